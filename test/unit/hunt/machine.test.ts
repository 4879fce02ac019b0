import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runMachine } from '../../../src/hunt/machine.js';
import { TooManyPending } from '../../../src/hunt/machineKeys.js';
import type { MachinePlan, MachineTerm } from '../../../src/hunt/plan.js';
import type { BoundTerm } from '../../../src/hunt/bound.js';

interface Event {
  readonly id: number;
  readonly time: number;
  readonly key: string | null;
  readonly mask: number;
}

interface TermShape {
  readonly negated: boolean;
  readonly fork: boolean;
  readonly runs: number;
}

interface Shape {
  readonly terms: readonly TermShape[];
  readonly maxspan: number | undefined;
  readonly hasUntil: boolean;
}

function planOf(shape: Shape): MachinePlan {
  const term = (one: TermShape): MachineTerm => ({ keys: [0], optional: [false], term: { ...one, rows: undefined, residual: undefined, name: undefined, keys: [] } as unknown as BoundTerm }); // the machine reads no more of a term
  return {
    kind: 'sequence', terms: shape.terms.map(term), until: shape.hasUntil ? term({ negated: false, fork: false, runs: 1 }) : undefined, maxspan: shape.maxspan, untilFirst: false, samplesPerKey: 1,
    columns: [{ expr: { kind: 'value', type: 'text', value: '' }, coded: 'value' }], values: [], width: shape.terms.reduce((sum, one) => sum + one.runs, 0),
  };
}

const rowsOf = (events: readonly Event[]): unknown[][] => events.map((event) => [event.id, event.time, null, 0, event.mask, event.key]);

/** HUNT section 7 word for word: a list of pending sequences, walked whole for each event. */
function reference(shape: Shape, events: readonly Event[]): number[][] {
  const layout = shape.terms.flatMap((term, at) => Array.from({ length: term.runs }, () => ({ ...term, at })));
  const steps = layout.filter((step) => !step.negated);
  const matches = (event: Event, at: number): boolean => (event.mask & (2 ** at)) !== 0;
  let pending: { readonly key: string; readonly events: readonly Event[] }[] = [];
  const found: { readonly key: string; readonly events: readonly Event[] }[] = [];
  for (const event of events) {
    if (shape.maxspan !== undefined) pending = pending.filter((one) => event.time - one.events[0]!.time <= shape.maxspan!);
    if (event.key === null) continue;
    const key = event.key;
    for (let step = steps.length - 1; step >= 0; step--) {
      if (!matches(event, steps[step]!.at)) continue;
      const held = pending.find((one) => one.key === key && one.events.length === step);
      if (step > 0 && held === undefined) continue;
      if (held !== undefined && !steps[step]!.fork) pending = pending.filter((one) => one !== held);
      const next = { key, events: [...(held?.events ?? []), event] };
      if (next.events.length === steps.length) found.push(next);
      else pending = [...pending.filter((one) => one.key !== key || one.events.length !== step + 1), next];
    }
    if (shape.hasUntil && matches(event, shape.terms.length)) pending = pending.filter((one) => one.key !== key);
  }
  const isSpoilt = (key: string, chosen: readonly Event[]): boolean => {
    const first = chosen[0]!, last = chosen.at(-1)!, span = shape.maxspan ?? Infinity;
    const bad = (at: number, test: (event: Event) => boolean): boolean => events.some((event) => event.key === key && matches(event, at) && test(event));
    const leads = (from: number, at: number): boolean => bad(at, (event) => event.id < first.id && event.time >= from);
    const trails = (to: number, at: number): boolean => bad(at, (event) => event.id > last.id && event.time <= to);
    let passed = 0;
    const leading: number[] = [], trailing: number[] = [];
    for (const step of layout) {
      if (!step.negated) passed++;
      else if (passed === 0) leading.push(step.at);
      else if (passed === steps.length) trailing.push(step.at);
      else if (bad(step.at, (event) => event.id > chosen[passed - 1]!.id && event.id < chosen[passed]!.id)) return true;
    }
    if (leading.length > 0 && trailing.length > 0) {
      for (let from = last.time - span; from <= first.time; from++) if (!leading.some((at) => leads(from, at)) && !trailing.some((at) => trails(from + span, at))) return false;
      return true;
    }
    return leading.some((at) => leads(last.time - span, at)) || trailing.some((at) => trails(first.time + span, at));
  };
  return found.filter((one) => !isSpoilt(one.key, one.events)).map((one) => {
    let at = 0;
    return layout.map((step) => (step.negated ? -1 : one.events[at++]!.id));
  });
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  terms: fc.array(fc.record({ negated: fc.boolean(), fork: fc.boolean(), runs: fc.integer({ min: 1, max: 2 }) }), { minLength: 1, maxLength: 4 }).filter((terms) => terms.some((term) => !term.negated)),
  maxspan: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  hasUntil: fc.boolean(),
}).map((shape) => (shape.maxspan === undefined ? { ...shape, terms: shape.terms.map((term) => ({ ...term, negated: false })) } : shape));

const streams = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 2 }), key: fc.constantFrom('a', 'a', 'b', null), mask: fc.integer({ min: 1, max: 31 }) }), { maxLength: 24 }).map((items) => {
  let time = 0;
  return items.map((item, id): Event => ({ id, time: (time += item.gap), key: item.key, mask: item.mask }));
});

test('the sequence machine agrees with the specification said slowly, on random streams', () => {
  fc.assert(fc.property(shapes, streams, (shape, events) => {
    expect(runMachine(planOf(shape), rowsOf(events)).map((one) => one.events)).toEqual(reference(shape, events));
  }), { numRuns: 3000 });
});

const two: Shape = { terms: [{ negated: false, fork: false, runs: 1 }, { negated: false, fork: false, runs: 1 }], maxspan: undefined, hasUntil: false };

test('more pending sequences than allowed end the hunt', () => {
  const events = Array.from({ length: 20 }, (_, id): Event => ({ id, time: id, key: `k${id}`, mask: 1 }));
  expect(() => runMachine(planOf(two), rowsOf(events), { maxPending: 10 })).toThrow(TooManyPending);
});

test('what is older than maxspan is forgotten: a long stream holds few', () => {
  const events = Array.from({ length: 1000 }, (_, id): Event => ({ id, time: id, key: `k${id}`, mask: 1 }));
  expect(runMachine(planOf({ ...two, maxspan: 5 }), rowsOf(events), { maxPending: 10 })).toEqual([]);
});

test('events of several loads are in the order of the scan, whatever their ids say', () => {
  const one = (negated: boolean): TermShape => ({ negated, fork: false, runs: 1 });
  const plan = planOf({ terms: [one(false), one(true), one(false)], maxspan: 10, hasUntil: false });
  const events = (between: number): Event[] => [{ id: 100, time: 1, key: 'k', mask: 1 }, { id: 5, time: 2, key: 'k', mask: between }, { id: 101, time: 3, key: 'k', mask: 4 }];
  expect(runMachine(plan, rowsOf(events(0))).map((found) => found.events)).toEqual([[100, -1, 101]]);
  expect(runMachine(plan, rowsOf(events(2)))).toEqual([]);
});
