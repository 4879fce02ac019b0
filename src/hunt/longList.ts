import type { Bound } from './bound.js';

/** Values of a list that are bound one by one: an engine takes so many parameters and so much text of a statement, which repeats its conditions. */
const MOST_ONE_BY_ONE = 200;

export interface LongList {
  /** A JSON array of all of them, for one parameter. */
  readonly json: string;
  readonly kind: 'text' | 'int' | 'float';
}

/** A list of literals that is too long to bind them one by one; undefined for any other. */
export function longList(items: readonly Bound[]): LongList | undefined {
  if (items.length <= MOST_ONE_BY_ONE) return undefined;
  const values: (string | number)[] = [];
  for (const item of items) {
    if (item.kind !== 'value' || (typeof item.value !== 'string' && typeof item.value !== 'number')) return undefined;
    values.push(item.value);
  }
  return longValues(values);
}

/** The same of plain values of one kind. */
export function longValues(values: readonly (string | number)[]): LongList | undefined {
  if (values.length <= MOST_ONE_BY_ONE) return undefined;
  return { json: JSON.stringify(values), kind: typeof values[0] === 'string' ? 'text' : values.every(Number.isInteger) ? 'int' : 'float' };
}
