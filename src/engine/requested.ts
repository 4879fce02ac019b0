import type { ProcessRow } from '../model/index.js';
import type { OpenedSet } from './openSet.js';

/** Steps upward at most: hostile evidence may hold circles. */
const STEPS_AT_MOST = 4096;

/**
 * What a broker started, of all that descends from it: the requester of a job is the requester of everything below. The process itself where the
 * request was for it; -1 where nobody is known to have asked.
 */
export function requestedStart(set: OpenedSet, row: ProcessRow): ProcessRow {
  const { creator, requester } = set.lineage;
  const asked = requester[row]!;
  if (asked < 0) return -1;
  let at = row;
  for (let steps = 0; steps < STEPS_AT_MOST; steps++) {
    const above = creator[at]!;
    if (above < 0 || requester[above] !== asked) break;
    at = above;
  }
  return at;
}
