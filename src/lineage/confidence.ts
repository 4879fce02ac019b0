import { BASIS_NONE, BASIS_OBSERVED, FLAG, NO_PROCESS } from '../model/index.js';
import type { Rebuilt } from './rebuilt.js';
import { CREATOR_WHY, END_WHY, ORPHAN_WHY } from './why.js';

/** One signal that reached a parent and its child: the parent ended first in 4 of 5 such pairs (shells and what they ran, by SIGTERM and SIGHUP). */
const STRUCK_WITH_PARENT = 0.8;
const TOGETHER_MICROS = 500_000;

/** From here on a process is held to be an orphan. */
export const ORPHAN_FLOOR = 0.5;

/** How likely it is that a process was adopted; 0 where nothing says so. */
export function orphanChance(rebuilt: Pick<Rebuilt, 'processes' | 'exitsSeen'>, row: number): number {
  return rebuilt.processes.orphanBasis[row] === BASIS_NONE ? 0 : orphanConfidence(rebuilt, row);
}

/** Of a process that is held for no orphan: nobody can say, for its host's evidence holds no exits. */
export function isOrphanUnknown({ processes: p, exitsSeen }: Rebuilt, row: number): boolean {
  return !exitsSeen.has(p.host[row]!) && p.pid[row]! > 2 && (p.flags[row]! & FLAG.kernelThread) === 0;
}

/** How likely it is that a process which the pass calls an orphan was one. Measured on the captures with the kernel's record (npm run truth). */
function orphanConfidence({ processes: p, exitsSeen }: Pick<Rebuilt, 'processes' | 'exitsSeen'>, row: number): number {
  const wasStruckWithParent = p.orphanWhy[row] === ORPHAN_WHY.parentGone && p.endWhy[row] === END_WHY.signalled && p.end[row]! - p.adoptedMax[row]! <= TOGETHER_MICROS;
  if (p.orphanBasis[row] === BASIS_OBSERVED) return 0.99;
  if (p.orphanSure[row]! > 0) return p.orphanSure[row]!;
  if (wasStruckWithParent) return STRUCK_WITH_PARENT;
  const adopted = p.adoptedMax[row]!;
  if (p.lastSeen[row]! >= adopted || p.signalled[row]! > adopted || (p.endWhy[row] === END_WHY.killed && p.end[row]! > adopted)) return 0.95;
  if (!exitsSeen.has(p.host[row]!)) return 0.3; // where no exit is recorded, it may have ended at any time
  return p.orphanWhy[row] === ORPHAN_WHY.parentExited ? 0.85 : 0.5;
}

/** How sure a creator is, by why it is held to be: measured likewise. What a record states is not doubted. */
export function creatorConfidence({ processes: p }: Rebuilt, row: number): number {
  if (p.creator[row] === NO_PROCESS) return 0;
  if (p.creatorBasis[row] === BASIS_OBSERVED) return 0.99;
  if (p.creatorSure[row]! > 0) return p.creatorSure[row]!;
  switch (p.creatorWhy[row]) {
    case CREATOR_WHY.firstParentInit:
      return 0.9; // 284 of 284 where traces had taken out who was adopted
    case CREATOR_WHY.sessionLeader:
      return 0.99; // 357 of 357
    default:
      return 0.98; // a first ppid is not the creator's in 31 of 1834 (TRUTH 6.1), and most of those were told apart
  }
}
