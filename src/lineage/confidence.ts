import { BASIS_OBSERVED } from '../model/index.js';
import type { Rebuilt } from './rebuild.js';
import { END_WHY, ORPHAN_WHY } from './why.js';

/** How likely it is that a process which the pass calls an orphan was one. Measured on the captures with the kernel's record (npm run truth). */
export function orphanConfidence({ processes: p, exitsSeen }: Rebuilt, row: number): number {
  if (p.orphanBasis[row] === BASIS_OBSERVED) return 0.99;
  const adopted = p.adoptedMax[row]!;
  if (p.lastSeen[row]! >= adopted || p.signalled[row]! > adopted || (p.endWhy[row] === END_WHY.killed && p.end[row]! > adopted)) return 0.95;
  if (!exitsSeen.has(p.host[row]!)) return 0.3; // where no exit is recorded, it may have ended at any time
  return p.orphanWhy[row] === ORPHAN_WHY.parentExited ? 0.85 : 0.5;
}
