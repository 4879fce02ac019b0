import { BASIS_INFERRED, BASIS_OBSERVED, type ProcessRow } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { firstAdoption, isOrphan } from './processFacts.js';
import type { Bounds } from './requests.js';

/** Creators followed upward for a lower bound; more adds nothing, and hostile evidence may hold circles. */
const STEPS_AT_MOST = 64;

/**
 * Between what moments a process began. Where its birth is not on record it was there when it was first seen; it began after the pid's last holder
 * ended, and after its creator did (an inferred creator bounds nothing).
 */
export function startBounds(set: OpenedSet, row: ProcessRow): Bounds {
  const { lineage } = set;
  const until = lineage.start[row]!;
  let from = NaN;
  for (let at = row, steps = 0; at >= 0 && steps < STEPS_AT_MOST; steps++) {
    const start = lineage.start[at]!;
    if (lineage.startBasis[at] === BASIS_OBSERVED) {
      from = later(from, start);
      break;
    }
    from = later(from, start - lineage.pidGap[at]!);
    if (lineage.creatorBasis[at] === BASIS_INFERRED) break;
    at = lineage.creator[at]!;
  }
  // Sources whose clocks differ can put a creator after its child: then it bounds nothing.
  return { from: from <= until ? from : NaN, until };
}

/** Between what moments an orphan was adopted first; undefined for who is none. */
export function adoptionBounds(set: OpenedSet, row: ProcessRow): Bounds | undefined {
  if (!isOrphan(set, row)) return undefined;
  const { lineage } = set;
  const start = lineage.start[row]!, min = lineage.orphanedAfterMin[row]!, max = lineage.orphanedAfterMax[row]!;
  const born = startBounds(set, row);
  // "Not before it was first seen" is not known of a process that was adopted when it was first seen.
  return { from: min > 0 ? start + min : born.from, until: Number.isNaN(max) ? firstAdoption(set, row) : start + max };
}

/** Its first sight shows the adopter already, and its birth is not on record: when it was adopted nobody saw. */
export function wasSeenAdopted(set: OpenedSet, row: ProcessRow): boolean {
  const { lineage } = set;
  return isOrphan(set, row) && lineage.startBasis[row] !== BASIS_OBSERVED && firstAdoption(set, row) <= lineage.start[row]!;
}

function later(a: number, b: number): number {
  return Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
}
