import type { EvidenceField, SeenField } from '../hunt/index.js';
import { AUDIT_PREFIX, MESSAGE_TYPE, type RecordValue } from './recordFields.js';
import { namingOf, titleOf } from './recordFormats.js';

/** Names that are kept: an object whose keys are data has no end of them. */
const NAMES_AT_MOST = 20_000;
const VALUES_COUNTED = 1000;
const VALUES_TOLD = 100;

type Values = ReadonlyMap<string, readonly RecordValue[]>;

interface Fact {
  readonly id: number;
  readonly name: string;
  readonly kinds: Set<EvidenceField['type']>;
  readonly formats: Set<string>;
  isList: boolean;
  /** Records of the sample that have it. */
  count: number;
  readonly values: Map<string, number>;
  /** Sources whose records were read for it. */
  readonly scopes: Set<string>;
}

/** What is known of the fields of records: from a sample of each format, and from what was read since. */
export class FieldFacts {
  private readonly facts: Fact[] = [];
  private readonly byName = new Map<string, Fact>();
  private readonly formats = new Map<string, { readonly records: number; readonly isWhole: boolean; readonly paths: ReadonlySet<string> }>();
  private told: readonly EvidenceField[] | undefined;

  addSample(format: string, values: Values): void {
    for (const [name, items] of values) {
      const fact = this.factOf(name);
      if (fact === undefined) continue;
      note(fact, format, items);
      fact.count++;
      for (const item of items) if (fact.values.has(String(item)) || fact.values.size < VALUES_COUNTED) fact.values.set(String(item), (fact.values.get(String(item)) ?? 0) + 1);
    }
    this.told = undefined;
  }

  /** The sample of a format is done; `isWhole`: it was every record. */
  sampled(format: string, records: number, isWhole: boolean): void {
    const paths = new Set<string>();
    for (const { name, formats } of this.facts) if (formats.has(format)) for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) paths.add(name.slice(0, dot));
    this.formats.set(format, { records, isWhole, paths });
    this.told = undefined;
  }

  addRead(format: string, values: Values): void {
    for (const [name, items] of values) note(this.asked(name), format, items);
    this.told = undefined;
  }

  /** Notes what a record has, of as many names as are kept, and answers those. */
  addAll(format: string, values: Values): Values {
    const kept = new Map<string, readonly RecordValue[]>();
    for (const [name, items] of values) {
      const fact = this.factOf(name);
      if (fact === undefined) continue;
      note(fact, format, items);
      kept.set(name, items);
    }
    this.told = undefined;
    return kept;
  }

  /** Whether records of a format have, or could have, a field: one of the sample does, or, where that was not all, one has others beside it. */
  mayHave(format: string, name: string): boolean {
    const known = this.formats.get(format);
    if (known === undefined || this.byName.get(name)?.formats.has(format) === true) return known !== undefined;
    if (known.isWhole) return false;
    return namingOf(format) === 'audit' ? name === MESSAGE_TYPE || name.startsWith(AUDIT_PREFIX) : known.paths.has(name.slice(0, name.lastIndexOf('.')));
  }

  /** What a name would be, if any open format could have it. */
  mayBe(name: string): SeenField | undefined {
    return [...this.formats.keys()].some((format) => this.mayHave(format, name)) ? told(this.asked(name), 0) : undefined;
  }

  idOf(name: string): number {
    return this.asked(name).id;
  }

  isRead(name: string, scope: string): boolean {
    const { scopes } = this.asked(name);
    return scopes.has('any') || scopes.has(scope) || (OF_PROCESS.has(scope) && scopes.has('process'));
  }

  wasRead(name: string, scope: string): void {
    this.asked(name).scopes.add(scope);
  }

  /** The fields that some record has. */
  list(): readonly EvidenceField[] {
    return (this.told ??= this.facts.filter(({ kinds }) => kinds.size > 0).map((fact) => told(fact, [...fact.formats].reduce((sum, format) => sum + (this.formats.get(format)?.records ?? 0), 0))));
  }

  private factOf(name: string): Fact | undefined {
    return this.byName.get(name) ?? (this.facts.length < NAMES_AT_MOST ? this.asked(name) : undefined);
  }

  private asked(name: string): Fact {
    let fact = this.byName.get(name);
    if (fact === undefined) {
      fact = { id: this.facts.length, name, kinds: new Set(), formats: new Set(), isList: false, count: 0, values: new Map(), scopes: new Set() };
      this.facts.push(fact);
      this.byName.set(name, fact);
    }
    return fact;
  }
}

const OF_PROCESS = new Set(['exec', 'fork', 'exit']);

function note(fact: Fact, format: string, items: readonly RecordValue[]): void {
  fact.formats.add(format);
  fact.isList ||= items.length > 1;
  for (const item of items) fact.kinds.add(typeof item === 'string' ? 'text' : typeof item === 'boolean' ? 'bool' : Number.isInteger(item) ? 'int' : 'float');
}

function told({ id, name, kinds, formats, isList, count, values }: Fact, records: number): EvidenceField {
  const [only] = kinds;
  const type = kinds.size === 1 ? only! : kinds.size === 2 && kinds.has('int') && kinds.has('float') ? 'float' : 'text';
  return { id, name, type, list: isList, formats: [...formats].map(titleOf), filled: records === 0 ? 0 : count / records, values: [...values].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, VALUES_TOLD) };
}
