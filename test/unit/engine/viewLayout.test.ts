import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from '../../../src/engine/viewLayout.js';

/** Any parents at all: later rows, itself, cycles. */
const forests = fc.integer({ min: 1, max: 40 }).chain((count) =>
  fc.record({
    parents: fc.array(fc.integer({ min: -1, max: count - 1 }), { minLength: count, maxLength: count }).map((parents) => Int32Array.from(parents)),
    keep: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }).map((keep) => Uint8Array.from(keep)),
    groups: fc.option(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count }).map((of) => ({ of: Int32Array.from(of), count: 3 })), { nil: undefined }),
  }),
);

describe('layout', () => {
  test('every kept process has exactly one node, whatever the parents', () => {
    fc.assert(
      fc.property(forests, (ask) => {
        const layout = layOut(ask);
        const shown = [...layout.process].filter((process) => process >= 0);
        expect(new Set(shown).size).toBe(shown.length);
        ask.keep.forEach((kept, row) => kept && expect(shown).toContain(row));
        shown.forEach((row) => expect(layout.process[layout.nodeOf[row]!]).toBe(row));
      }),
    );
  });

  test('subtree sizes of the roots add up to all nodes, and a node\'s children lie inside its span', () => {
    fc.assert(
      fc.property(forests, (ask) => {
        const layout = layOut(ask);
        let sum = 0;
        for (let node = 0; node < layout.count; node++) {
          const above = layout.above[node]!;
          if (above < 0) sum += layout.size[node]!;
          else {
            expect(node).toBeGreaterThan(above);
            expect(node + layout.size[node]!).toBeLessThanOrEqual(above + layout.size[above]!);
            expect(layout.depth[node]).toBe(layout.depth[above]! + 1);
          }
        }
        expect(sum).toBe(layout.count);
      }),
    );
  });

  test('positions among siblings run from 1 to the size of the set', () => {
    fc.assert(
      fc.property(forests, (ask) => {
        const layout = layOut(ask);
        const sets = new Map<number, number[]>();
        for (let node = 0; node < layout.count; node++) {
          const above = layout.above[node]!;
          sets.set(above, [...(sets.get(above) ?? []), layout.positionInSet[node]!]);
        }
        for (let node = 0; node < layout.count; node++) {
          const positions = sets.get(layout.above[node]!)!;
          expect(layout.setSize[node]).toBe(positions.length);
        }
        for (const positions of sets.values()) expect(positions).toEqual(positions.map((_, at) => at + 1));
      }),
    );
  });

  test('a kept process stands below its parent unless that closes a circle or leaves the group', () => {
    const layout = layOut({ parents: Int32Array.from([-1, 0, 1, 1]), keep: Uint8Array.from([0, 0, 1, 0]) });
    expect([...layout.process]).toEqual([0, 1, 2]);
    expect([...layout.depth]).toEqual([0, 1, 2]);
  });

  test('two processes that name each other as parent are both shown', () => {
    const layout = layOut({ parents: Int32Array.from([1, 0]), keep: Uint8Array.from([1, 1]) });
    expect([...layout.process].sort()).toEqual([0, 1]);
  });

  test('a chain of 300,000 does not exhaust the stack', () => {
    const count = 300_000;
    const layout = layOut({ parents: Int32Array.from({ length: count }, (_, row) => row - 1), keep: new Uint8Array(count).fill(1) });
    expect(layout.size[0]).toBe(count);
  });
});
