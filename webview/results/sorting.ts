import type { Cell } from '../../src/engine/requests.js';

export interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

/** The order of rows (indices) under a sorting: stable, numbers by value, text by code unit, absent first as in Hunt. */
export function sortedRows(rows: readonly (readonly Cell[])[], sorting: Sorting | undefined): number[] {
  const order = rows.map((_, at) => at);
  if (!sorting) return order;
  const { column, descending } = sorting;
  return order.sort((a, b) => {
    const compared = compare(rows[a]?.[column] ?? null, rows[b]?.[column] ?? null);
    return (descending ? -compared : compared) || a - b;
  });
}

/** What a click on a column's heading does: ascending, descending, as it came. */
export function nextSorting(now: Sorting | undefined, column: number): Sorting | undefined {
  if (now?.column !== column) return { column, descending: false };
  return now.descending ? undefined : { column, descending: true };
}

function compare(a: Cell, b: Cell): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = typeof a === 'object' ? a.join('\0') : String(a);
  const right = typeof b === 'object' ? b.join('\0') : String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
