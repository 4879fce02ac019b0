import type { LoadedStore } from './bindContext.js';
import type { Dialect } from './dialect.js';
import { modelWith, type SeenField } from './evidenceFields.js';
import { inStep } from './failure.js';
import { allOf, type SqlPort } from './port.js';
import type { FieldModel } from './resolve.js';

/** A ClickHouse store as hunts are compiled against it: the fields of its tables and those of the records that it was loaded with (store/loadRecords.ts). It is asked when a hunt first names one that no table has, and throws what the port throws. */
export function loadedStore(port: SqlPort, dialect: Dialect): LoadedStore & { readonly model: FieldModel } {
  const ask = (sql: string): readonly (readonly unknown[])[] => inStep('fields of the records', () => allOf(port, dialect.parameters().statement(sql)));
  let isThere: boolean | undefined;
  const hasRecords = (): boolean => (isThere ??= ask("SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'record_field'").length > 0);
  let known: ReadonlyMap<string, SeenField> | undefined;
  const fields = (): ReadonlyMap<string, SeenField> => (known ??= new Map(hasRecords() ? ask('SELECT r.id, r.name, groupUniqArray(r.type), max(r.is_list), arrayDistinct(arrayFlatten(groupArray(r.formats))) FROM record_field r GROUP BY r.id, r.name').map(fieldOf) : []));
  return { model: modelWith((name) => fields().get(name)), hasRecords };
}

function fieldOf([id, name, types, list, formats]: readonly unknown[]): [string, SeenField] {
  return [String(name), { id: Number(id), type: typeOf(textsOf(types)), list: Number(list) === 1, formats: textsOf(formats) }];
}

/** One kind of value, or what all of them can be read as, where loads differ. */
function typeOf(types: readonly string[]): SeenField['type'] {
  const only = types.length === 1 ? types[0] : types.every((type) => type === 'int' || type === 'float') ? 'float' : 'text';
  return only === 'int' || only === 'float' || only === 'bool' ? only : 'text';
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
