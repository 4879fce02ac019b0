import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBatch } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { numberTree } from '../../../src/lineage/index.js';
import { orderRows } from '../../../src/lineage/order.js';

it('rows come in order of time, then serial, whatever batches and order they were in', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.nat(5)), { maxLength: 200 }), { maxLength: 5 }), (groups) => {
      const batches = groups.map((rows) => {
        const batch = createBatch(Math.max(1, rows.length));
        for (const [at, [time, serial]] of rows.entries()) {
          batch.time[at] = time;
          batch.serial[at] = serial;
          batch.offset[at] = at;
        }
        batch.count = rows.length;
        return batch;
      });
      const order = orderRows(batches, createStringTable());
      expect(order.count).toBe(groups.reduce((sum, rows) => sum + rows.length, 0));
      const keys = Array.from({ length: order.count }, (_, i) => [order.batch[i]!, order.row[i]!] as const);
      expect(new Set(keys.map(String)).size).toBe(order.count);
      for (let i = 1; i < keys.length; i++) {
        const [a, b] = [keys[i - 1]!, keys[i]!].map(([batch, row]) => batches[batch]!.time[row]! * 100 + batches[batch]!.serial[row]!);
        expect(a!).toBeLessThanOrEqual(b!);
      }
    }),
  );
});

it('undated rows come first and do not disturb the others', () => {
  const batch = createBatch(3);
  batch.time.set([2, NaN, 1]);
  batch.count = 3;
  expect([...orderRows([batch], createStringTable()).row]).toEqual([1, 2, 0]);
});

it('a cycle of creators is cut, and every row is numbered once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 20 }), { minLength: 1, maxLength: 21 }), (creators) => {
      const parent = Int32Array.from(creators, (creator) => (creator < creators.length ? creator : -1));
      const { pre, size, depth } = numberTree(parent);
      expect([...pre].sort((a, b) => a - b)).toEqual(creators.map((_, i) => i));
      for (let row = 0; row < parent.length; row++) {
        const above = parent[row]!;
        if (above < 0) expect(depth[row]).toBe(0);
        else {
          expect(depth[row]).toBe(depth[above]! + 1);
          expect(pre[row]! > pre[above]! && pre[row]! < pre[above]! + size[above]!).toBe(true);
        }
      }
    }),
  );
});
