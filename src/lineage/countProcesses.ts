import { FLAG, NO_PROCESS, type StringTable } from '../model/index.js';
import { isOrphanUnknown, ORPHAN_FLOOR, orphanChance } from './confidence.js';
import { Counts } from './counts.js';
import { inferAll } from './finish.js';
import { keptRows } from './keptRows.js';
import type { Rebuilt } from './rebuilt.js';
import { cutCycles } from './tree.js';

/** What is counted of an evidence set. */
export interface Counted {
  readonly counts: Counts;
  /** In order of their first processes. */
  readonly hosts: readonly string[];
}

/** Counts the processes of a pass as the lineage that `finish` makes of it would show them, those that were let go with the others. */
export function countProcesses(rebuilt: Rebuilt, strings: StringTable): Counted {
  const { processes: p, forgotten, isLastBoot } = rebuilt;
  inferAll(rebuilt, strings);
  const kept = keptRows(rebuilt);
  const renumber = new Int32Array(p.count).fill(NO_PROCESS);
  for (let row = 0; row < kept.length; row++) renumber[kept[row]!] = row;
  const creator = new Int32Array(kept.length);
  for (let row = 0; row < kept.length; row++) creator[row] = p.creator[kept[row]!] === NO_PROCESS ? NO_PROCESS : renumber[p.creator[kept[row]!]!]!;
  cutCycles(creator);
  const counts = forgotten?.counts(isLastBoot) ?? new Counts();
  const firstStarts = new Map(forgotten?.firstStarts);
  for (let row = 0; row < kept.length; row++) {
    const old = kept[row]!;
    const flag = orphanChance(rebuilt, old) >= ORPHAN_FLOOR ? FLAG.orphan : isOrphanUnknown(rebuilt, old) ? FLAG.orphanUnknown : 0;
    counts.add(creator[row]!, p.creatorBasis[old]!, p.pid[old]!, p.flags[old]! | flag);
    const host = p.host[old]!;
    if (!(firstStarts.get(host)! <= p.start[old]!)) firstStarts.set(host, p.start[old]!);
  }
  const hosts = [...firstStarts].sort(([, a], [, b]) => a - b).map(([host]) => strings.text(host) ?? '').filter((host) => host !== '');
  return { counts, hosts };
}
