import { describe, expect, it } from 'vitest';
import { captures, scoreCapture, table, tableRow } from './score.mjs';

/** Floors, a little below what was measured; a change that falls below one has made lineage worse. */
const FLOORS: Readonly<Record<string, { creator: number; precision: number; recall: number; entry: number }>> = {
  full: { creator: 0.999, precision: 0.93, recall: 0.955, entry: 0.95 },
  forks: { creator: 0.999, precision: 0.93, recall: 0.95, entry: 0.95 },
};
const names = captures();
const profileOf = (capture: string): string => capture.replace(/(-quiet)?-dev$/, '');

describe.skipIf(names.length === 0)("lineage against the kernel's own record (../shared/evidence/lab)", () => {
  if (names.length === 0) it('not run: ../shared/evidence/lab is not there', () => undefined);
  for (const capture of names) {
    for (const given of ['audit', 'audit+snapshots'] as const) {
      it(`${capture}, ${given}`, () => {
        const result = scoreCapture(capture, given);
        console.log(table([tableRow(capture, given, result)]));
        const floor = FLOORS[profileOf(capture)];
        const { creator, orphan } = result.score.observable;
        if (!floor) {
          // Only execs on record: what may be claimed is little, but no orphan may be called one lightly.
          expect(creator.accuracyOfStated).toBeGreaterThanOrEqual(0.97);
          expect(orphan.precision ?? 1).toBeGreaterThanOrEqual(0.85);
          return;
        }
        expect(creator.accuracyOfAll).toBeGreaterThanOrEqual(floor.creator);
        expect(creator.wrongLifetime).toBe(0);
        expect(orphan.precision).toBeGreaterThanOrEqual(floor.precision);
        expect(orphan.recall).toBeGreaterThanOrEqual(floor.recall);
        expect(orphan.adopterAccuracy).toBeGreaterThanOrEqual(0.99);
        expect(result.claims.entry.rightShare).toBeGreaterThanOrEqual(floor.entry);
        expect(result.score.mergedLifetimes).toBe(0);
      });
    }
  }
});
