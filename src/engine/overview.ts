import { FLAG } from '../model/index.js';
import type { OpenedSet } from './openSet.js';
import { firstAdoption } from './processFacts.js';
import type { Overview } from './requests.js';
import { endOf, type View } from './views.js';

const BUCKETS_AT_MOST = 10_000;

/** Marks for the strip beside the rows and the band above them: orphans a row bucket; processes alive and orphans adopted a time bucket. */
export function overviewOf(set: OpenedSet, view: View, askedRows: number, askedTimes: number): Overview {
  const { lineage } = set;
  const { layout, state } = view;
  const rowBuckets = clampBuckets(askedRows), timeBuckets = clampBuckets(askedTimes);
  const rowOrphans = new Uint32Array(rowBuckets), timeAlive = new Uint32Array(timeBuckets), timeOrphans = new Uint32Array(timeBuckets);
  const change = new Int32Array(timeBuckets + 1);
  const span = state.to - state.from;
  const bucketOf = (time: number): number => (span > 0 ? Math.max(0, Math.min(timeBuckets - 1, Math.floor(((time - state.from) / span) * timeBuckets))) : 0);
  let row = 0;
  for (let node = 0; node < layout.count; node++) {
    if (view.rowOf[node]! >= 0) row = view.rowOf[node]!;
    const process = layout.process[node]!;
    if (process < 0) continue;
    const start = lineage.start[process]!, end = endOf(set, process);
    if (!Number.isNaN(start)) {
      change[bucketOf(start)]!++;
      if (!Number.isNaN(end)) change[bucketOf(Math.max(start, end)) + 1]!--;
    }
    if ((lineage.flags[process]! & FLAG.orphan) === 0) continue;
    // An orphan inside a closed row marks that row: closing must not hide it from the strip.
    rowOrphans[Math.min(rowBuckets - 1, Math.floor((row / view.rows.length) * rowBuckets))]!++;
    const adopted = firstAdoption(set, process);
    if (!Number.isNaN(adopted)) timeOrphans[bucketOf(adopted)]!++;
  }
  for (let at = 0, alive = 0; at < timeBuckets; at++) timeAlive[at] = alive += change[at]!;
  return { rowOrphans, timeAlive, timeOrphans, from: state.from, to: state.to };
}

function clampBuckets(asked: number): number {
  return Math.max(1, Math.min(BUCKETS_AT_MOST, Math.trunc(asked) || 1));
}
