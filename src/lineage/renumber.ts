import { NO_PROCESS } from '../model/index.js';

/** Gives the rows that a map holds their new numbers; those that are gone leave it. */
export function renumberValues(map: Map<number, number>, renumber: Int32Array): void {
  for (const [key, row] of map) {
    const now = renumber[row]!;
    if (now === NO_PROCESS) map.delete(key);
    else map.set(key, now);
  }
}

/** The same for the rows that are a map's keys. */
export function renumberKeys<Value>(map: Map<number, Value>, renumber: Int32Array): void {
  const entries = [...map];
  map.clear();
  for (const [row, value] of entries) if (renumber[row] !== NO_PROCESS) map.set(renumber[row]!, value);
}

/** The same for a set of rows. */
export function renumberRows(rows: Set<number>, renumber: Int32Array): void {
  const all = [...rows];
  rows.clear();
  for (const row of all) if (renumber[row] !== NO_PROCESS) rows.add(renumber[row]!);
}
