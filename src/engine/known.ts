import { Counts } from '../lineage/index.js';
import type { OpenedSet } from './openSet.js';

/** How many processes a set has, and how their creators are known. */
export function countsOf({ lineage }: Pick<OpenedSet, 'lineage'>): Counts {
  const counts = new Counts();
  for (let row = 0; row < lineage.count; row++) counts.add(lineage.creator[row]!, lineage.creatorBasis[row]!, lineage.pid[row]!, lineage.flags[row]!);
  return counts;
}
