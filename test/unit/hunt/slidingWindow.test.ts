import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AggregateName, Bound, BoundPipe } from '../../../src/hunt/bound.js';
import { compileHunt } from '../../../src/hunt/index.js';
import { aggregateOf, createRunning } from '../../../src/hunt/runningAggregates.js';
import { earliestWindows } from '../../../src/hunt/slidingWindow.js';

const column = (index: number): Bound => ({ kind: 'column', type: 'int', name: `c${index}`, index, list: false });
const value = (number: number): Bound => ({ kind: 'value', type: 'int', value: number });

function pipeOf(aggregate: AggregateName, least: number, within: number): Extract<BoundPipe, { kind: 'stats' }> {
  return {
    kind: 'stats', keys: [{ name: 'key', expr: column(0) }], within,
    aggregates: [{ name: 'made', aggregate, expr: aggregate === 'count' ? undefined : column(0), type: 'int' }],
    having: { kind: 'compare', type: 'bool', op: '>=', left: column(1), right: value(least) },
  };
}

/** (id, process, basis, time, key, value) */
const row = (id: number, time: number, key: string, argument: number | string | null = null): unknown[] => [id, null, 0, time, key, argument];

describe('the earliest window of a key', () => {
  test('holds all events of its last moment, also where those of other keys stand between', () => {
    const rows = [row(0, 10, 'a'), row(1, 10, 'b'), row(2, 10, 'a'), row(3, 10, 'b'), row(4, 10, 'a')];
    expect(earliestWindows(pipeOf('count', 2, 5), rows)).toEqual([[0, 'a', 3], [0, 'b', 2]]);
  });

  test('does not hold what lies a whole span back', () => {
    expect(earliestWindows(pipeOf('count', 2, 5), [row(0, 10, 'a'), row(1, 15, 'a')])).toEqual([]);
    expect(earliestWindows(pipeOf('count', 2, 5), [row(0, 10, 'a'), row(1, 14, 'a')])).toEqual([[0, 'a', 2]]);
  });

  test('of no length holds nothing', () => {
    expect(earliestWindows(pipeOf('count', 0, 0), [row(0, 10, 'a')])).toEqual([[0, 'a', 0]]);
    expect(earliestWindows(pipeOf('count', 1, 0), [row(0, 10, 'a'), row(1, 10, 'a')])).toEqual([]);
  });

  test('of a hundred thousand events that never pass is looked for without going over all of them again', () => {
    const rows = Array.from({ length: 100_000 }, (_, at) => row(at, at, 'a', at % 100));
    for (const aggregate of ['count', 'distinct', 'min', 'sum', 'median', 'first', 'last'] as const) expect(earliestWindows(pipeOf(aggregate, 1e12, 1e9), rows)).toEqual([]);
  });
});

describe('a filter on the values of a window', () => {
  const withValues = (text: string): Extract<BoundPipe, { kind: 'stats' }> => {
    const [pipe] = compileHunt(`any where true | stats values(process.name) as names, count() as n by host.id within 10s | filter ${text}`).query!.pipes;
    if (pipe?.kind !== 'stats') throw new Error('it is a stats');
    return pipe;
  };
  const rowsOf = (names: readonly (string | null)[]): unknown[][] => names.map((name, at) => row(at, at * 4_000_000, 'a', name)); // three are within ten seconds

  test.each<[string, readonly (string | null)[], readonly string[] | undefined]>([
    ['names == "nc"', ['sh', 'nc', 'sh', 'id'], ['sh', 'nc']],
    ['names == "id" and names == "sh"', ['sh', 'nc', 'cp', 'id', 'sh'], ['cp', 'id', 'sh']],
    ['names : "N*"', ['sh', 'id', 'nc'], ['sh', 'id', 'nc']],
    ['names != "sh"', ['sh', 'sh', 'nc', 'nc', 'nc'], ['nc']],
    ['not names == "sh"', ['sh', null, null, null], undefined],
    ['names in ("x", "y")', ['sh', 'x'], ['sh', 'x']],
    ['length(names) == 3', ['sh', 'sh', 'nc', 'id'], ['sh', 'nc', 'id']],
    ['length(names) >= n and n > 2', ['sh', 'sh', 'nc', 'id'], ['sh', 'nc', 'id']],
    ['arrayCount(names, one, one like "?c") == 2', ['nc', 'sh', 'sh', 'nc', 'ic'], ['sh', 'nc', 'ic']],
    ['arrayContains(names, "ic")', ['nc', 'ic'], ['nc', 'ic']],
    ['names == null and n == 3', ['sh', null, null, null], undefined],
    ['names > "s" and startsWith(names, "t")', ['sh', 'tr'], ['sh', 'tr']],
    ['names == host.id', ['sh', 'a'], ['sh', 'a']],
  ])('%s', (text, names, expected) => {
    const found = earliestWindows(withValues(text), rowsOf(names)).map((made) => (made[2] === null ? undefined : (JSON.parse(String(made[2])) as string[])));
    expect(found).toEqual([expected]);
  });

  test('of sixty thousand events with as many values is answered without going over all of them for each', () => {
    const rows = Array.from({ length: 60_000 }, (_, at) => row(at, at, 'a', `n${at}`));
    for (const text of ['names == "nc"', 'names : "x*" or names regex "y.*"', 'length(names) > 100000', 'names != null and names == "z"']) expect(earliestWindows(withValues(text), rows)).toEqual([]);
  });
});

test('aggregates that rows enter and leave agree with those of the window as it stands', () => {
  const names = ['count', 'distinct', 'sum', 'avg', 'min', 'max', 'median', 'p90', 'p99'] as const;
  const cells = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(null)), { maxLength: 40 });
  fc.assert(fc.property(cells, fc.array(fc.boolean(), { maxLength: 80 }), (values, moves) => {
    for (const name of names) {
      const running = createRunning(name, true)!;
      let from = 0, to = 0;
      for (const comes of moves) {
        if (comes && to < values.length) running.add(values[to++]!);
        else if (!comes && from < to) running.remove(values[from++]!);
        const inWindow = values.slice(from, to);
        const numbers = inWindow.filter((one) => one !== null).sort((a, b) => a - b);
        const sum = numbers.reduce((total, one) => total + one, 0);
        const expected = { count: numbers.length, distinct: new Set(numbers).size, sum: numbers.length === 0 ? null : sum, avg: numbers.length === 0 ? null : sum / numbers.length, min: numbers[0] ?? null, max: numbers.at(-1) ?? null };
        if (name in expected) expect(running.value()).toEqual(expected[name as keyof typeof expected]);
        else expect(running.value()).toEqual(aggregateOf(name, inWindow));
      }
    }
  }));
});
