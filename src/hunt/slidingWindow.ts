import type { AggregateName, BoundPipe } from './bound.js';
import { isTrue, type Value } from './evaluate.js';
import { percentile } from './sqlFunctions.js';

type Stats = Extract<BoundPipe, { kind: 'stats' }>;

/** One row in a window: what aggregates ask of it, in their order. */
interface Entry {
  readonly time: number;
  readonly basis: number;
  readonly values: readonly Value[];
}

/**
 * `stats ... within d`: for each key the earliest window (t - d, t] that passes the condition, as rows [basis, keys, aggregates]. Rows come as
 * (id, process, basis, time, keys, values); undated ones lie in no window.
 */
export function earliestWindows(pipe: Stats, rows: Iterable<readonly unknown[]>): Value[][] {
  const keyCount = pipe.keys.length;
  const span = pipe.within ?? Infinity;
  const ordered = [...rows].filter((row) => typeof row[3] === 'number').sort((a, b) => Number(a[3]) - Number(b[3]));
  const windows = new Map<string, { readonly entries: Entry[]; head: number; done: boolean }>();
  const found: Value[][] = [];
  ordered.forEach((row, index) => {
    const keys = row.slice(4, 4 + keyCount).map(valueIn);
    const name = JSON.stringify(keys);
    let window = windows.get(name);
    if (window === undefined) windows.set(name, (window = { entries: [], head: 0, done: false }));
    if (window.done) return;
    const time = Number(row[3]);
    window.entries.push({ time, basis: Number(row[2] ?? 0), values: row.slice(4 + keyCount).map(valueIn) });
    while (window.entries[window.head]!.time <= time - span) window.head++;
    // Events at one moment belong to one window: it is looked at when the last of them is in.
    const next = ordered[index + 1];
    if (next !== undefined && Number(next[3]) === time && JSON.stringify(next.slice(4, 4 + keyCount).map(valueIn)) === name) return;
    const entries = window.entries.slice(window.head);
    let asked = 0;
    const aggregates = pipe.aggregates.map((one) => aggregateOf(one.aggregate, one.expr === undefined ? undefined : asked++, entries));
    const made = [...keys, ...aggregates];
    if (pipe.having !== undefined && !isTrue(pipe.having, { place: () => null, column: (at) => made[at] ?? null })) return;
    window.done = true;
    window.entries.length = 0;
    found.push([Math.max(...entries.map((entry) => entry.basis)), ...made.map((value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value))]);
  });
  return found;
}

function valueIn(cell: unknown): Value {
  return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
}

function aggregateOf(name: AggregateName, at: number | undefined, entries: readonly Entry[]): Value {
  if (at === undefined) return entries.length;
  const values = entries.map((entry) => entry.values[at] ?? null).filter((value): value is string | number => typeof value === 'string' || typeof value === 'number');
  const numbers = values.filter((value) => typeof value === 'number');
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'count':
      return values.length;
    case 'distinct':
      return new Set(values).size;
    case 'min':
      return values.length === 0 ? null : values.reduce((a, b) => (b < a ? b : a));
    case 'max':
      return values.length === 0 ? null : values.reduce((a, b) => (b > a ? b : a));
    case 'sum':
      return numbers.length === 0 ? null : sum;
    case 'avg':
      return numbers.length === 0 ? null : sum / numbers.length;
    case 'median':
      return percentile(numbers, 0.5);
    case 'p90':
      return percentile(numbers, 0.9);
    case 'p99':
      return percentile(numbers, 0.99);
    case 'first':
      return values[0] ?? null;
    case 'last':
      return values.at(-1) ?? null;
    case 'values':
      return [...new Set(values)];
  }
}
