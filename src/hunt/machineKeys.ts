import type { KeyColumn, MachinePlan, MachineTerm } from './plan.js';

/** One sequence, sample or join that was found. `events` are ids in the order of the terms with their runs, -1 for a missing one. */
export interface Found {
  readonly basis: number;
  readonly process: number | null;
  readonly events: readonly number[];
  readonly keys: readonly (string | number | null)[];
}

/** Values that a row is joined by: what stands for them in a map, and as they were had. */
export interface Key {
  readonly text: string | number;
  readonly values: readonly (string | number | null)[];
}

/** Columns of a machine's scan before the keys: id, time, process, basis, mask. */
export const FIRST_KEY = 5;
const PROCESS = 2;

/** Several lists as keys join by every combination of their items. */
const KEYS_OF_ROW = 100_000;

const NO_KEYS: readonly Key[] = [{ text: 0, values: [] }];

/** Where a row has each key column; undefined: another key says it too. */
function positions(columns: readonly KeyColumn[]): (number | undefined)[] {
  let next = FIRST_KEY;
  return columns.map((column) => (column.from === 'implied' ? undefined : column.from === 'process' ? PROCESS : next++));
}

/** Where the values begin that residual conditions ask for: after the keys that are selected. */
export function firstValue(plan: Pick<MachinePlan, 'columns'>): number {
  return FIRST_KEY + plan.columns.filter((column) => column.from === undefined).length;
}

/** The keys of a row for one term: none where a key is absent, several where one is a list. */
export function createKeyReader(plan: Pick<MachinePlan, 'columns'>): (term: MachineTerm, row: readonly unknown[]) => readonly Key[] {
  const lists = plan.columns.map(joinsByList);
  const places = positions(plan.columns);
  return (term, row) => {
    if (term.keys.length === 0) return NO_KEYS;
    const only = onlyKey(term, places);
    if (only !== undefined && !lists[term.keys[only]!]) {
      const value = scalar(row[places[term.keys[only]!]!]);
      if (value === null && term.optional[only] !== true) return [];
      return [{ text: value ?? '\0', values: term.keys.length === 1 ? [value] : term.keys.map((_, at) => (at === only ? value : null)) }];
    }
    let keys: { text: string; values: (string | number | null)[] }[] = [{ text: '', values: [] }];
    for (let at = 0; at < term.keys.length; at++) {
      const column = term.keys[at]!;
      const place = places[column];
      if (place === undefined) {
        for (const key of keys) key.values.push(null);
        continue;
      }
      const cell = row[place];
      const values = lists[column] && typeof cell === 'string' ? [...new Set(JSON.parse(cell) as (string | number)[])] : [scalar(cell)];
      if (values.length === 0) values.push(null); // an empty list is absent
      if (values[0] === null && term.optional[at] !== true) return [];
      if (keys.length * values.length > KEYS_OF_ROW) throw new TooManyPending(KEYS_OF_ROW);
      keys = keys.flatMap((key) => values.map((value) => ({ text: `${key.text}\u0001${value ?? '\0'}`, values: [...key.values, value] })));
    }
    return keys;
  };
}

/** The one key of a term that is read from the row, by its place among the term's; undefined where there are several. */
function onlyKey(term: MachineTerm, places: readonly (number | undefined)[]): number | undefined {
  let only: number | undefined;
  for (let at = 0; at < term.keys.length; at++) {
    if (places[term.keys[at]!] === undefined) continue;
    if (only !== undefined) return undefined;
    only = at;
  }
  return only;
}

/** Whether a key is a list, each value of which joins. */
export function joinsByList(column: KeyColumn): boolean {
  return column.expr.kind === 'place' && column.expr.place.column.form === 'args';
}

function scalar(cell: unknown): string | number | null {
  return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
}

/** The order of keys in the results of a sample: absent first, numbers before text. */
export function compareKeys(a: Key, b: Key): number {
  for (let at = 0; at < a.values.length; at++) {
    const left = a.values[at] ?? null, right = b.values[at] ?? null;
    if (left === right) continue;
    if (left === null || right === null) return left === null ? -1 : 1;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** HUNT401: more sequences, or keys of a sample or join, were pending than are allowed. */
export class TooManyPending extends Error {
  constructor(readonly limit: number) {
    super(`More than ${limit} sequences were pending at once.`);
    this.name = 'TooManyPending';
  }
}
