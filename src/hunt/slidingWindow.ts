import { madeColumn, mapBound, walkBound, type AggregateName, type Bound, type BoundPipe } from './bound.js';
import { isTrue, type Value } from './evaluate.js';
import { asksOnlyItem } from './listColumns.js';
import { aggregateOf, createPassing, createRunning, type Running } from './runningAggregates.js';

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
  const ordered = orderedRows(rows, keyCount);
  const windows = new Map<number, { readonly entries: Entry[]; head: number; done: boolean; readonly running: readonly (Running | undefined)[] }>();
  const found: Value[][] = [];
  const isList = pipe.keys.map((key) => madeColumn(key).list);
  const { having, watches } = watched(pipe);
  const asked = aggregatesAsked(pipe, having);
  const kept: readonly Kept[] = [...asked, ...watches.map(({ aggregate, create }) => ({ argument: asked[aggregate]!.argument, create }))];
  ordered.forEach(({ row, time, key }, index) => {
    const keys = row.slice(4, 4 + keyCount).map((cell, at) => (isList[at] === true && typeof cell === 'string' ? (JSON.parse(cell) as string[]) : valueIn(cell))); // a list comes as JSON of ours
    let window = windows.get(key);
    if (window === undefined) windows.set(key, (window = { entries: [], head: 0, done: false, running: kept.map(({ create }) => create?.()) }));
    if (window.done) return;
    const { entries, running } = window;
    const entry: Entry = { time, basis: Number(row[2] ?? 0), values: row.slice(4 + keyCount).map(valueIn) };
    entries.push(entry);
    running.forEach((one, at) => one?.add(argumentOf(entry, kept[at]!)));
    for (let oldest = entries[window.head]; oldest !== undefined && oldest.time <= time - span; oldest = entries[++window.head]) {
      for (const [at, one] of running.entries()) one?.remove(argumentOf(oldest, kept[at]!));
    }
    // Events at one moment belong to one window: it is looked at when the last of them is in.
    const next = ordered[index + 1];
    if (next?.time === time && next.key === key) return;
    const { head } = window;
    const whole = (at: number): Value => aggregateIn(entries, head, asked[at]!);
    if (having !== undefined && !isTrue(having, { place: () => null, column: (at) => (at < keyCount ? (keys[at] ?? null) : (running[at - keyCount] ?? { value: () => whole(at - keyCount) }).value()) })) return;
    window.done = true;
    const inWindow = entries.slice(head);
    found.push([inWindow.reduce((weakest, { basis }) => Math.max(weakest, basis), 0), ...[...keys, ...asked.map((_, at) => whole(at))].map((value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value))]);
    entries.length = 0;
  });
  return found;
}

interface OrderedRow {
  readonly row: readonly unknown[];
  readonly time: number;
  /** A number for its keys. */
  readonly key: number;
}

/** The rows with a time, in its order; those of one moment by their keys, so that all of a key's come together. */
function orderedRows(rows: Iterable<readonly unknown[]>, keyCount: number): readonly OrderedRow[] {
  const numbers = new Map<string, number>();
  const ordered: OrderedRow[] = [];
  for (const row of rows) {
    if (typeof row[3] !== 'number') continue;
    const name = JSON.stringify(row.slice(4, 4 + keyCount).map(valueIn));
    const key = numbers.get(name) ?? numbers.size;
    numbers.set(name, key);
    ordered.push({ row, time: row[3], key });
  }
  return ordered.sort((a, b) => a.time - b.time || a.key - b.key);
}

/** What is kept of a window while its rows come and go: which of the row's values it takes (undefined: it counts rows); nothing where no filter asks it of every row. */
interface Kept {
  readonly argument: number | undefined;
  readonly create: (() => Running | undefined) | undefined;
}

/** One aggregate of the pipe. */
interface Asked extends Kept {
  readonly name: AggregateName;
}

/** What a filter asks of the values of a window, kept as rows come and go in place of looking at all of them for each row. */
interface Watch {
  /** Which of the aggregates. */
  readonly aggregate: number;
  readonly create: () => Running;
}

/** The filter with each test of a list of values that hangs on nothing else in the place of a column: the watches stand behind the aggregates. */
function watched({ having, keys, aggregates }: Stats): { readonly having: Bound | undefined; readonly watches: readonly Watch[] } {
  const watches: Watch[] = [];
  const watch = (list: Bound, type: 'int' | 'bool', create: () => Running): Bound | undefined => {
    if (list.kind !== 'column' || aggregates[list.index - keys.length]?.aggregate !== 'values') return undefined;
    const index = keys.length + aggregates.length + watches.push({ aggregate: list.index - keys.length, create }) - 1;
    return { kind: 'column', type, name: list.name, index, list: false };
  };
  const kept = (expr: Bound): Bound => {
    if (expr.kind === 'isNull') return watch(expr.operand, 'bool', () => createPassing(() => true, (count) => (count === 0) !== expr.negated)) ?? mapBound(expr, kept);
    if (expr.kind !== 'items' || !asksOnlyItem(expr.where, expr.item)) return mapBound(expr, kept);
    const passes = (value: string | number): boolean => isTrue(expr.where, { place: () => null, column: () => null, item: () => value });
    return watch(expr.list, expr.type, () => createPassing(passes, (count, passing) => (count === 0 ? null : expr.counts ? passing : passing > 0))) ?? mapBound(expr, kept);
  };
  return { having: having && kept(having), watches };
}

function aggregatesAsked(pipe: Stats, having: Bound | undefined): Asked[] {
  const filtered = new Set<number>();
  if (having !== undefined) {
    walkBound(having, (expr) => {
      if (expr.kind === 'column') filtered.add(expr.index - pipe.keys.length);
    });
  }
  let values = 0;
  return pipe.aggregates.map(({ aggregate, expr }, at) => ({ name: aggregate, argument: expr === undefined ? undefined : values++, create: filtered.has(at) ? () => createRunning(aggregate, expr !== undefined) : undefined }));
}

function argumentOf({ values }: Entry, { argument }: Kept): Value {
  return argument === undefined ? null : (values[argument] ?? null);
}

function aggregateIn(entries: readonly Entry[], head: number, asked: Asked): Value {
  // Mostly the first row that is looked at has a value.
  if (asked.name === 'first') for (let at = head; at < entries.length; at++) if (argumentOf(entries[at]!, asked) !== null) return argumentOf(entries[at]!, asked);
  if (asked.name === 'last') for (let at = entries.length - 1; at >= head; at--) if (argumentOf(entries[at]!, asked) !== null) return argumentOf(entries[at]!, asked);
  const inWindow = entries.slice(head);
  return asked.argument === undefined ? inWindow.length : aggregateOf(asked.name, inWindow.map((entry) => argumentOf(entry, asked)));
}

function valueIn(cell: unknown): Value {
  return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
}
