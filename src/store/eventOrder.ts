import type { Batch } from '../model/index.js';

/** What the merge needs of a source of events: its rows' keys of the total order (time, serial, evidence, offset; HUNT 4). */
export interface EventSource {
  readonly count: number;
  readonly time: Float64Array;
  readonly serial: Float64Array;
  readonly member: Uint32Array;
  readonly offset: Float64Array;
}

/** NaN (undated) sorts before every time: such rows have no place in time, and loading must not decide where they stand. */
function byTotalOrder(a: EventSource, i: number, b: EventSource, j: number): number {
  const at = a.time[i]!, bt = b.time[j]!;
  if (at !== bt) {
    const aDated = at === at, bDated = bt === bt;
    if (aDated && bDated) return at - bt;
    if (aDated !== bDated) return aDated ? 1 : -1;
  }
  return a.serial[i]! - b.serial[j]! || a.member[i]! - b.member[j]! || a.offset[i]! - b.offset[j]! || i - j;
}

/** The rows of one source in total order. */
export function sortedRows(source: EventSource): Uint32Array {
  const rows = new Uint32Array(source.count);
  let sorted = true;
  for (let i = 0; i < source.count; i++) {
    rows[i] = i;
    if (sorted && i > 0 && byTotalOrder(source, i - 1, source, i) > 0) sorted = false;
  }
  return sorted ? rows : rows.sort((i, j) => byTotalOrder(source, i, source, j));
}

/**
 * Calls `visit(source, row)` for every row of all sources in total order. Each source was sorted by itself ({@link sortedRows}), so memory is an index
 * a row and no pass takes longer than one batch. A generator of slices: the caller yields to its event loop between them.
 */
export function* inTotalOrder(sources: readonly EventSource[], orders: readonly Uint32Array[], sliceRows: number, visit: (source: number, row: number) => void): Generator<number> {
  const heap: number[] = [];
  const at = new Uint32Array(sources.length);
  const less = (a: number, b: number): boolean => {
    const order = byTotalOrder(sources[a]!, orders[a]![at[a]!]!, sources[b]!, orders[b]![at[b]!]!);
    return order < 0 || (order === 0 && a < b);
  };
  const sink = (from: number): void => {
    const source = heap[from]!;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && less(heap[child + 1]!, heap[child]!)) child++;
      if (!less(heap[child]!, source)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = source;
  };
  for (let source = 0; source < sources.length; source++) if (orders[source]!.length > 0) heap.push(source);
  for (let from = (heap.length >> 1) - 1; from >= 0; from--) sink(from);
  let done = 0;
  while (heap.length > 0) {
    const source = heap[0]!;
    visit(source, orders[source]![at[source]!]!);
    if (++at[source]! >= orders[source]!.length) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    if (heap.length > 0) sink(0);
    if (++done % sliceRows === 0) yield done;
  }
  yield done;
}

/** A batch is a source of events as it is. */
export function sourceOf(batch: Batch): EventSource {
  return batch;
}
