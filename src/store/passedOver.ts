import { ADOPTER_KINDS, lastBefore, type Lineage, OBSERVATION_KINDS } from '../model/index.js';
import type { LoadInput } from './loadInput.js';

const SUBREAPER = OBSERVATION_KINDS.indexOf('subreaper');
const INIT = ADOPTER_KINDS.indexOf('init');
const LONGEST_WALK = 256;

interface Setting {
  readonly time: number;
  readonly is: boolean;
}

/**
 * For a process that init adopted: the nearest subreaper above its dead parent that lived on, else -1. The kernel would have chosen that one
 * (kernel/exit.c, find_new_reaper), so the evidence contradicts itself there. Only prctl records make a subreaper here, and only a later sign of life
 * says that it lived: what is supposed proves no contradiction.
 */
export function createPassedOver(input: LoadInput): (row: number) => number {
  const { lineage } = input;
  const settings = new Map<number, Setting[]>();
  input.batches.forEach((batch, source) => {
    for (let row = 0; row < batch.count; row++) {
      const process = input.assignments[source]![row]!;
      if (batch.kind[row] !== SUBREAPER || process < 0) continue;
      const own = settings.get(process);
      const setting = { time: batch.time[row]!, is: batch.flags[row] !== 0 };
      if (own === undefined) settings.set(process, [setting]);
      else own.push(setting);
    }
  });
  for (const own of settings.values()) own.sort((a, b) => a.time - b.time);
  if (settings.size === 0) return () => -1;
  const isSubreaper = (process: number, time: number): boolean => {
    const own = settings.get(process) ?? [];
    return own[lastBefore(own, time)]?.is === true;
  };
  const livesAfter = (process: number, time: number): boolean => lineage.end[process]! > time || lineage.lastSeen[process]! > time;
  return (row) => {
    if (lineage.adopterKind[row] !== INIT) return -1;
    const adoption = lastAdoption(lineage, row);
    if (adoption === undefined) return -1;
    let above = adoption.parent;
    for (let steps = 0; above >= 0 && above !== adoption.by && steps < LONGEST_WALK; steps++) {
      above = parentBefore(lineage, above, adoption.time);
      if (above >= 0 && above !== adoption.by && isSubreaper(above, adoption.time) && livesAfter(above, adoption.time)) return above;
    }
    return -1;
  };
}

/** Who it had before, when it was adopted, and by whom. */
function lastAdoption(lineage: Lineage, row: number): { parent: number; time: number; by: number } | undefined {
  const first = lineage.intervalFirst[row]!;
  for (let at = lineage.intervalFirst[row + 1]! - 1; at >= first; at--) {
    if (lineage.intervalAdopted[at]) return { parent: at > first ? lineage.intervalParent[at - 1]! : lineage.creator[row]!, time: lineage.intervalFrom[at]!, by: lineage.intervalParent[at]! };
  }
  return undefined;
}

/** The parent that a process had when a moment came, -1 where none is known. */
function parentBefore(lineage: Lineage, row: number, time: number): number {
  const first = lineage.intervalFirst[row]!;
  let at = lineage.intervalFirst[row + 1]! - 1;
  while (at > first && !(lineage.intervalFrom[at]! <= time)) at--;
  return at < first ? -1 : lineage.intervalParent[at]!;
}
