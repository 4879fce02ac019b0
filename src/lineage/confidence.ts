import { BASIS_OBSERVED } from '../model/index.js';
import type { Rebuilt } from './rebuild.js';

/** How likely it is that a process which the pass calls an orphan was one. */
export function orphanConfidence({ processes: p }: Rebuilt, row: number): number {
  if (p.orphanBasis[row] === BASIS_OBSERVED) return 0.99;
  return p.lastSeen[row]! >= p.adoptedMax[row]! ? 0.95 : 0.6;
}
