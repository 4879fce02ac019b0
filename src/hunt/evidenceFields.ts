import type { Catalogue, EvidenceField } from './answers.js';
import type { Bound } from './bound.js';
import type { Column } from './fields.js';
import { FUNCTION_NAMES, type FunctionRow } from './functions.js';
import { STORE_FIELDS, type FieldModel, type Place, type Table } from './resolve.js';
import { kinOf, type Kin } from './types.js';

/**
 * Fields that no table has and the records of the open evidence do: `auditd.data.exit`, a vendor's own by its path. Their values are texts beside the events
 * (store/recordValues.ts); what is compared with one says how it is read.
 */
export function modelOf(catalogue: Catalogue | undefined): FieldModel {
  const { evidence } = catalogue ?? {};
  if (evidence === undefined || evidence.length === 0) return STORE_FIELDS;
  const byName = byNameOf(evidence);
  return modelWith((name) => byName.get(name));
}

/** The same for names that evidence may have: `seen` says what one is. Its `id` is what the store knows it by. */
export function modelWith(seen: (name: string) => SeenField | undefined): FieldModel {
  return {
    names: STORE_FIELDS.names,
    resolve(name, table, parents) {
      const known = STORE_FIELDS.resolve(name, table, parents);
      // A record tells of the recorded parent; of the creator it says nothing.
      if (known.kind === 'place' || (parents === 'created' && name.startsWith('process.parent.'))) return known;
      const field = seen(name);
      if (field !== undefined) return { kind: 'place', place: placeOf(name, field, table) };
      // An item of a list; Falco has names that look like one (`proc.aname[2]`).
      const [, list, item] = /^(.*[^\]])\[(\d{1,9})\]$/.exec(name) ?? [];
      const found = list === undefined ? undefined : seen(list);
      if (found === undefined) return known;
      const place = placeOf(name, found, table);
      return { kind: 'place', place: { ...place, list: false, column: { ...place.column, clickhouse: ITEMS, form: 'interned', item: Number(item) } } };
    },
  };
}

/** All values of a field in one record, as ClickHouse has them; none: an empty list. */
const ITEMS = '$.value';

/** What the binder has to know of one. */
export type SeenField = Pick<EvidenceField, 'id' | 'type' | 'list' | 'formats'>;

const NAMES = new WeakMap<readonly EvidenceField[], ReadonlyMap<string, EvidenceField>>();

function byNameOf(fields: readonly EvidenceField[]): ReadonlyMap<string, EvidenceField> {
  let names = NAMES.get(fields);
  if (names === undefined) NAMES.set(fields, (names = new Map(fields.map((field) => [field.name, field]))));
  return names;
}

/** What the records of the open evidence have under a name. */
export function evidenceField(catalogue: Catalogue | undefined, name: string): EvidenceField | undefined {
  const { evidence } = catalogue ?? {};
  return evidence === undefined ? undefined : byNameOf(evidence).get(name);
}

function placeOf(name: string, { type, list, id, formats }: SeenField, table: Table): Place {
  // Of a lifetime the last process event that has it counts, as with the fields of programs.
  const sql = table === 'process'
    ? `(SELECT v.value_s FROM event x JOIN record_value v ON v.event = x.id AND v.field = ${id} WHERE x.process = $.id AND x.category = 'process' ORDER BY x.id DESC LIMIT 1)`
    : `(SELECT v.value_s FROM record_value v WHERE v.field = ${id} AND v.event = $.id)`;
  const clickhouseFrom = table === 'process'
    ? `SELECT x.process AS id, argMax(v.value, x.id) AS value FROM record_value v INNER JOIN event x ON x.id = v.event WHERE v.field = ${id} AND x.category = 'process' AND isNotNull(x.process) GROUP BY x.process`
    : `SELECT v.event AS id, v.value AS value FROM record_value v WHERE v.field = ${id}`;
  const column: Column = { sql, clickhouseFrom, clickhouse: list ? ITEMS : `if(empty(${ITEMS}), NULL, ${ITEMS}[1])`, form: list ? 'args' : 'interned' };
  return { name, type: 'text', list, origin: 'ours', doc: `A field of the records (${formats.join(', ')}).`, steps: [], column, record: { id, type } };
}

/** A field as its values are typed: of records, in the records. */
export function asSeen(place: Place): Bound {
  const own: Bound = { kind: 'place', type: place.type, place };
  return place.record === undefined || place.list ? own : readAs(own, kinOf(place.record.type));
}

/** A field of records read as another kind: the text that it has, the number that this writes, whether it is `true`. Anything else stays as it is. */
export function readAs(bound: Bound, kin: Kin): Bound {
  const text = textRead(bound);
  if (text === undefined) return bound;
  switch (kin) {
    case 'text':
    case 'any': // beside null
      return text;
    case 'number': {
      const row = text.place.record?.type === 'int' ? NUMBER_ROWS.int : NUMBER_ROWS.float;
      return { kind: 'call', type: row.result, row, folds: false, args: [text] };
    }
    case 'bool':
      return { kind: 'compare', type: 'bool', op: '==', left: text, right: TRUE_TEXT };
    default:
      return bound;
  }
}

const NUMBER = FUNCTION_NAMES.get('number')!; // it is in the table
const TRUE_TEXT: Bound = { kind: 'value', type: 'text', value: 'true' };
const NUMBER_ROWS: Readonly<Record<'int' | 'float', FunctionRow>> = { int: { ...NUMBER, result: 'int' }, float: NUMBER };

type TextRead = Extract<Bound, { kind: 'place' }>;

/** The text behind a field of records, however it is read; undefined for everything else. */
function textRead(bound: Bound): TextRead | undefined {
  const inner = bound.kind === 'call' && (bound.row === NUMBER_ROWS.int || bound.row === NUMBER_ROWS.float) ? bound.args[0] : bound.kind === 'compare' && bound.right === TRUE_TEXT ? bound.left : bound;
  return inner?.kind === 'place' && inner.place.record !== undefined ? inner : undefined;
}

/** Two operands as they meet: a field of records is read as what stands on the other side. */
export function met(left: Bound, right: Bound): readonly [Bound, Bound] {
  const kins = [kinOf(left.type), kinOf(right.type)] as const;
  if (kins[0] === kins[1]) return [left, right];
  if (isRecord(left) && isRecord(right)) return [readAs(left, 'text'), readAs(right, 'text')];
  return [readAs(left, kins[1]), readAs(right, kins[0])];
}

function isRecord(bound: Bound): boolean {
  return textRead(bound) !== undefined;
}

/** A field of records where a condition is wanted: whether it is true. */
export function asCondition(bound: Bound): Bound {
  return kinOf(bound.type) === 'bool' ? bound : readAs(bound, 'bool');
}
