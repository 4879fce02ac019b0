import { isTrue, type Row, type Value } from './evaluate.js';
import { joinEvents } from './joinMachine.js';
import { createKeyReader, firstValue, TooManyPending, type Found, type Key } from './machineKeys.js';
import { ownPlace, type MachinePlan, type MachineTerm } from './plan.js';
import type { Place } from './resolve.js';
import { sampleEvents } from './sampleMachine.js';

export interface MachineOptions {
  /** More pending sequences than this end the hunt. */
  readonly maxPending?: number;
}

const MAX_PENDING = 1_000_000;

/**
 * Runs a machine over the rows of its scan, in total order: (id, time, process, basis, mask, keys, values). Rows are looked at once and not kept.
 * Throws {@link TooManyPending}.
 */
export function runMachine(plan: MachinePlan, rows: Iterable<readonly unknown[]>, options: MachineOptions = {}): Found[] {
  switch (plan.kind) {
    case 'sequence':
      return findSequences(plan, rows, options.maxPending ?? MAX_PENDING);
    case 'sample':
      return sampleEvents(plan, rows, options.maxPending ?? MAX_PENDING);
    case 'join':
      return joinEvents(plan, rows, options.maxPending ?? MAX_PENDING);
  }
}

/** A partial sequence: its last event and what stands before it. Never changed once made, so that a fork may share it. */
interface Partial {
  readonly id: number;
  /** Its place among the rows of the scan: ids are in that order only where one load made them. */
  readonly place: number;
  readonly time: number;
  readonly process: number | null;
  readonly basis: number;
  readonly before: Partial | undefined;
  readonly start: number;
  /** What residual conditions ask of it. */
  readonly values: readonly unknown[];
  readonly key: Key;
}

/** A term as often as it runs. */
interface Step {
  readonly term: MachineTerm;
  readonly bit: number;
}

/** What one key has pending: at i, a sequence of which steps 0 to i are found. */
interface Pending {
  readonly steps: (Partial | undefined)[];
}

/** The events of one key that a `![...]` term matches, in order. */
interface Unwanted {
  readonly places: number[];
  readonly times: number[];
}

function findSequences(plan: MachinePlan, rows: Iterable<readonly unknown[]>, maxPending: number): Found[] {
  const keysOf = createKeyReader(plan);
  const layout = plan.terms.flatMap((term, at) => Array.from({ length: term.term.runs }, (): Step => ({ term, bit: 2 ** at })));
  const steps = layout.filter((step) => !step.term.term.negated);
  const unwantedTerms = plan.terms.map((term, at) => ({ term, bit: 2 ** at })).filter(({ term }) => term.term.negated);
  const unwanted = new Map(unwantedTerms.map(({ term }) => [term, new Map<string | number, Unwanted>()]));
  const untilBit = plan.until === undefined ? 0 : 2 ** plan.terms.length;
  const last = steps.length - 1;
  const maxspan = plan.maxspan ?? Infinity;
  const valuesFrom = firstValue(plan);
  const pending = new Map<string | number, Pending>();
  const expiry = createExpiryQueue();
  const complete: Partial[] = [];
  let count = 0;

  const clear = (held: Pending): void => {
    for (let at = 0; at < last; at++) {
      if (held.steps[at] !== undefined) count--;
      held.steps[at] = undefined;
    }
  };
  /** Takes a sequence out that is too old, and says what is there. */
  const alive = (held: Pending, at: number, time: number): Partial | undefined => {
    const partial = held.steps[at];
    if (partial === undefined || time - partial.start <= maxspan) return partial;
    held.steps[at] = undefined;
    count--;
    return undefined;
  };
  const put = (held: Pending, at: number, partial: Partial): void => {
    if (held.steps[at] === undefined && ++count > maxPending) throw new TooManyPending(maxPending);
    held.steps[at] = partial;
  };
  const forget = (time: number): void => {
    for (let key = expiry.before(time - maxspan); key !== undefined; key = expiry.before(time - maxspan)) {
      const held = pending.get(key);
      if (held === undefined) continue;
      let isEmpty = true;
      for (let at = 0; at < last; at++) if (alive(held, at, time) !== undefined) isEmpty = false;
      if (isEmpty) pending.delete(key);
    }
  };
  const kill = (row: readonly unknown[]): void => {
    for (const key of keysOf(plan.until!, row)) { // asked only where the bit of until is set
      const held = pending.get(key.text);
      if (held === undefined) continue;
      clear(held);
      pending.delete(key.text);
    }
  };

  let place = 0;
  for (const row of rows) {
    place++;
    const id = Number(row[0]), time = Number(row[1]), mask = Number(row[4]);
    if (maxspan !== Infinity) forget(time);
    for (const { term, bit } of unwantedTerms) {
      if ((mask & bit) === 0) continue;
      const byKey = unwanted.get(term)!; // made for each of these terms
      for (const key of keysOf(term, row)) {
        let list = byKey.get(key.text);
        if (list === undefined) byKey.set(key.text, (list = { places: [], times: [] }));
        list.places.push(place);
        list.times.push(time);
      }
    }
    const stops = untilBit !== 0 && (mask & untilBit) !== 0;
    if (stops && plan.untilFirst) kill(row);
    for (let at = last; at >= 0; at--) {
      const { term, bit } = steps[at]!;
      if ((mask & bit) === 0) continue;
      for (const key of keysOf(term, row)) {
        let held = pending.get(key.text);
        const before = at === 0 || held === undefined ? undefined : alive(held, at - 1, time);
        if (at > 0 && before === undefined) continue;
        if (term.term.residual !== undefined && !isTrue(term.term.residual, residualRow(plan, layout, before, row))) continue;
        const partial: Partial = { id, place, time, process: row[2] === null ? null : Number(row[2]), basis: Math.max(before?.basis ?? 0, Number(row[3] ?? 0)), before, start: before?.start ?? time, values: plan.values.length === 0 ? [] : row.slice(valuesFrom), key: before?.key ?? key };
        if (before !== undefined && !term.term.fork) {
          held!.steps[at - 1] = undefined; // it holds `before`
          count--;
        }
        if (at === last) complete.push(partial);
        else {
          if (held === undefined) pending.set(key.text, (held = { steps: [] }));
          put(held, at, partial);
          if (at === 0 && maxspan !== Infinity) expiry.add(key.text, time);
        }
      }
    }
    if (stops && !plan.untilFirst) kill(row);
  }
  return complete.map(eventsOf).filter((events) => !isSpoilt(plan, layout, unwanted, events)).map((events) => foundOf(layout, events));
}

/** Keys by the time their sequences began, oldest first: what is too old is found without a walk over all pending. */
function createExpiryQueue(): { add(key: string | number, time: number): void; before(time: number): string | number | undefined } {
  let keys: (string | number)[] = [];
  let times: number[] = [];
  let head = 0;
  return {
    add(key, time) {
      keys.push(key);
      times.push(time);
    },
    before(time) {
      if (head >= keys.length || times[head]! >= time) return undefined;
      const key = keys[head++]!;
      if (head > 4096 && head * 2 > keys.length) {
        keys = keys.slice(head);
        times = times.slice(head);
        head = 0;
      }
      return key;
    },
  };
}

function eventsOf(last: Partial): Partial[] {
  const events: Partial[] = [];
  for (let partial: Partial | undefined = last; partial !== undefined; partial = partial.before) events.push(partial);
  return events.reverse();
}

function foundOf(layout: readonly Step[], events: readonly Partial[]): Found {
  const last = events.at(-1)!; // a sequence has a positive term
  let at = 0;
  return { basis: last.basis, process: last.process, events: layout.map((step) => (step.term.term.negated ? -1 : events[at++]!.id)), keys: last.key.values };
}

/** Whether an event stands where a `![...]` forbids it. The candidate is dropped, not tried again (HUNT section 7). */
function isSpoilt(plan: MachinePlan, layout: readonly Step[], unwanted: ReadonlyMap<MachineTerm, ReadonlyMap<string | number, Unwanted>>, events: readonly Partial[]): boolean {
  if (unwanted.size === 0) return false;
  const first = events[0]!, last = events.at(-1)!;
  const maxspan = plan.maxspan ?? Infinity;
  let latestLeading = -Infinity, earliestTrailing = Infinity;
  let passed = 0;
  for (const { term } of layout) {
    if (!term.term.negated) {
      passed++;
      continue;
    }
    const list = unwanted.get(term)?.get(first.key.text);
    if (list === undefined) continue;
    if (passed === 0) {
      const at = firstAfter(list.places, first.place - 1) - 1;
      if (at >= 0) latestLeading = Math.max(latestLeading, list.times[at]!);
    } else if (passed === events.length) {
      const at = firstAfter(list.places, last.place);
      if (at < list.places.length) earliestTrailing = Math.min(earliestTrailing, list.times[at]!);
    } else {
      const at = firstAfter(list.places, events[passed - 1]!.place);
      if (at < list.places.length && list.places[at]! < events[passed]!.place) return true;
    }
  }
  const leads = latestLeading >= last.time - maxspan, trails = earliestTrailing <= first.time + maxspan;
  const isBoth = layout[0]!.term.term.negated && layout.at(-1)!.term.term.negated;
  if (!isBoth) return leads || trails;
  // Some window [s, s + maxspan] must hold the positives, begin after the last leading and end before the first trailing event.
  return Math.max(latestLeading + 1, last.time - maxspan) > Math.min(first.time, earliestTrailing - maxspan - 1);
}

/** Place of the first number above `bound` in ascending numbers. */
function firstAfter(numbers: readonly number[], bound: number): number {
  let low = 0, high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What a residual condition sees: the row itself, and the events before it by their place in the sequence. */
function residualRow(plan: MachinePlan, layout: readonly Step[], before: Partial | undefined, row: readonly unknown[]): Row {
  const events = before === undefined ? [] : eventsOf(before);
  const own = row.slice(firstValue(plan));
  return {
    column: () => null,
    place(place) {
      const [first] = place.steps;
      const index = plan.values.findIndex((one) => one.name === ownPlace(place).name);
      if (first?.table !== 'event') return cell(own[index], place);
      const wanted = Number(/\[(\d+)\]/.exec(first.name)?.[1] ?? 0);
      const at = layout.slice(0, wanted).filter((step) => !step.term.term.negated).length;
      return cell(events[at]?.values[index], place);
    },
  };
}

function cell(value: unknown, place: Place): Value {
  if (value === null || value === undefined) return null;
  if (place.list && typeof value === 'string' && value.startsWith('[')) return JSON.parse(value) as string[];
  if (place.type === 'bool') return Number(value) !== 0;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
