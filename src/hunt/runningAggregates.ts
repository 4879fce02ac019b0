import type { AggregateName } from './bound.js';
import type { Value } from './evaluate.js';
import { percentile } from './sqlFunctions.js';

/** An aggregate over rows that come in at one end of a window and leave at the other: each costs its own value, not all of them. */
export interface Running {
  add(value: Value): void;
  /** Takes out the oldest value. */
  remove(value: Value): void;
  value(): Value;
}

/** Undefined for aggregates that hang on the order of the rows: they are made of the rows themselves ({@link aggregateOf}). */
export function createRunning(name: AggregateName, hasArgument: boolean): Running | undefined {
  if (!hasArgument) return counter(() => true);
  switch (name) {
    case 'count':
      return counter(isPlain);
    case 'distinct':
      return createPassing(() => true, (count) => count);
    case 'sum':
    case 'avg':
      return sum(name === 'avg');
    case 'min':
      return extreme((a, b) => a < b);
    case 'max':
      return extreme((a, b) => a > b);
    case 'median':
      return share(0.5);
    case 'p90':
      return share(0.9);
    case 'p99':
      return share(0.99);
    case 'first':
    case 'last':
    case 'values':
      return undefined;
  }
}

type Plain = string | number;

function isPlain(value: Value): value is Plain {
  return typeof value === 'string' || typeof value === 'number';
}

function counter(counts: (value: Value) => boolean): Running {
  let count = 0;
  return { add: (value) => void (count += Number(counts(value))), remove: (value) => void (count -= Number(counts(value))), value: () => count };
}

/** Of the different values of a window those that pass, which is asked once of each: what `tells` makes of how many there are, and how many pass. */
export function createPassing(passes: (value: Plain) => boolean, tells: (count: number, passing: number) => Value): Running {
  const known = new Map<Plain, { times: number; readonly passes: boolean }>();
  let passing = 0;
  return {
    add(value) {
      if (!isPlain(value)) return;
      const one = known.get(value) ?? { times: 0, passes: passes(value) };
      if (one.times++ > 0) return;
      known.set(value, one);
      passing += Number(one.passes);
    },
    remove(value) {
      if (!isPlain(value)) return;
      const one = known.get(value);
      if (one === undefined || --one.times > 0) return;
      known.delete(value);
      passing -= Number(one.passes);
    },
    value: () => tells(known.size, passing),
  };
}

function sum(isMean: boolean): Running {
  let total = 0, count = 0;
  const move = (value: Value, by: 1 | -1): void => {
    if (typeof value !== 'number') return;
    count += by;
    total = count === 0 ? 0 : total + by * value;
  };
  return { add: (value) => move(value, 1), remove: (value) => move(value, -1), value: () => (count === 0 ? null : isMean ? total / count : total) };
}

/** The least or greatest of a window: those that a later one beats never come up again. */
function extreme(beats: (a: Plain, b: Plain) => boolean): Running {
  const kept: { readonly value: Plain; readonly at: number }[] = [];
  let head = 0, added = 0, removed = 0;
  return {
    add(value) {
      if (!isPlain(value)) return;
      while (kept.length > head && beats(value, kept.at(-1)!.value)) kept.pop();
      kept.push({ value, at: added++ });
    },
    remove(value) {
      if (!isPlain(value)) return;
      if (kept[head]?.at === removed) head++;
      removed++;
    },
    value: () => kept[head]?.value ?? null,
  };
}

/** A percentile: the numbers stay sorted. */
function share(part: number): Running {
  const sorted: number[] = [];
  const placeOf = (value: number): number => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add(value) {
      if (typeof value === 'number') sorted.splice(placeOf(value), 0, value);
    },
    remove(value) {
      if (typeof value === 'number') sorted.splice(placeOf(value), 1);
    },
    value: () => percentile(sorted, part, true),
  };
}

/** An aggregate of the values that it was given, null for rows without one. */
export function aggregateOf(name: AggregateName, values: readonly Value[]): Value {
  const running = createRunning(name, true);
  if (running !== undefined) {
    for (const value of values) running.add(value);
    return running.value();
  }
  const plain = values.filter(isPlain);
  return name === 'first' ? (plain[0] ?? null) : name === 'last' ? (plain.at(-1) ?? null) : plain.length === 0 ? null : [...new Set(plain)]; // an empty list is absent
}
