import { basisOf, FLAG } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { hasNoCreator } from './otherAnswers.js';
import type { Known } from './requests.js';

/** How the creators of a set's processes are known; threads of the kernel and pid 1, which no process made, are not counted. */
export function knownOf(set: OpenedSet): Known {
  const { lineage } = set;
  const creators = { observed: 0, derived: 0, inferred: 0, unknown: 0 };
  let unrecorded = 0, orphanUnknown = 0;
  for (let row = 0; row < lineage.count; row++) {
    const flags = lineage.flags[row]!;
    if ((flags & FLAG.unrecorded) !== 0) unrecorded++;
    if ((flags & FLAG.orphanUnknown) !== 0) orphanUnknown++;
    if ((flags & FLAG.kernelThread) !== 0 || hasNoCreator(set, row)) continue;
    creators[lineage.creator[row]! < 0 ? 'unknown' : (basisOf(lineage.creatorBasis[row]!) ?? 'unknown')]++;
  }
  return { creators, unrecorded, orphanUnknown };
}
