import { type Basis, basisOf, FLAG } from '../model/index.js';

/** Processes by how their creator is known. Threads of the kernel, pid 1 and pid 2, which no process made, are in none of `creators`. */
export class Counts {
  processes = 0;
  orphans = 0;
  readonly creators: Record<Basis | 'unknown', number> = { observed: 0, derived: 0, inferred: 0, unknown: 0 };
  unrecorded = 0;
  orphanUnknown = 0;

  /** Counts a process: its creator's row (negative: unknown), the code of that basis, its pid and flags. */
  add(creator: number, basis: number, pid: number, flags: number): void {
    this.processes++;
    if ((flags & FLAG.orphan) !== 0) this.orphans++;
    if ((flags & FLAG.unrecorded) !== 0) this.unrecorded++;
    if ((flags & FLAG.orphanUnknown) !== 0) this.orphanUnknown++;
    if ((flags & FLAG.kernelThread) !== 0 || (creator < 0 && (pid === 1 || pid === 2))) return;
    this.creators[creator < 0 ? 'unknown' : (basisOf(basis) ?? 'unknown')]++;
  }

  addAll(other: Counts): void {
    this.processes += other.processes;
    this.orphans += other.orphans;
    this.unrecorded += other.unrecorded;
    this.orphanUnknown += other.orphanUnknown;
    for (const basis of ['observed', 'derived', 'inferred', 'unknown'] as const) this.creators[basis] += other.creators[basis];
  }
}
