import { BASIS_DERIVED, BASIS_OBSERVED, type Batch, FLAG, NO_PROCESS } from '../model/index.js';
import type { HostPass } from './hostPass.js';
import type { Processes } from './processes.js';
import { CREATOR_WHY, END_WHY } from './why.js';

/**
 * Two statements of a start may differ by this much and mean the same process: a snapshot's start is boot time (whole seconds) plus ticks,
 * ps prints whole seconds and can be off by one, audit stamps the entry of the fork.
 */
const SAME_START_MICROS = 3_000_000;
/** A snapshot is a walk: who was born this shortly before its stamp may be missing from it. */
const WALK_MICROS = 2_000_000;
/** A snapshot with fewer processes than this is a part of one (`ps` of a terminal), and its silence proves nothing. */
const WHOLE_SNAPSHOT = 10;

/** Joins snapshots with the lifetimes of a pass. */
export class Snapshots {
  private stamp = 1;
  private seenInit = false;

  constructor(
    private readonly pass: HostPass,
    private readonly processes: Processes,
  ) {}

  /** A process in a snapshot taken at `t`. */
  seen(batch: Batch, at: number): number {
    const { pass, processes: p } = this;
    const pid = batch.pid[at]!;
    const ppid = batch.ppid[at]!;
    const t = batch.time[at]!;
    const start = batch.start[at]!;
    if (pid === 1) this.seenInit = true;
    let row = pass.byPid.get(pid) ?? NO_PROCESS;
    if (row !== NO_PROCESS && pass.isAlive(row) && !Number.isNaN(start)) {
      const known = p.start[row]!;
      const born = p.startBasis[row] === BASIS_OBSERVED;
      if (start > (born ? known + SAME_START_MICROS : Math.max(known, p.lastSeen[row]!) + SAME_START_MICROS)) {
        pass.end(row, start, BASIS_DERIVED, END_WHY.pidReused);
      } else if (!born) {
        p.start[row] = Math.min(start, known);
        p.startBasis[row] = BASIS_OBSERVED;
      }
    }
    const before = p.count;
    row = pass.lifetime(pid, ppid === 0 ? -1 : ppid, batch.ses[at]!, t);
    const fresh = p.count > before && p.start[row] === t;
    if (fresh && !Number.isNaN(start)) {
      p.start[row] = Math.min(start, t);
      p.startBasis[row] = BASIS_OBSERVED;
    }
    if (fresh && p.creatorWhy[row] === CREATOR_WHY.firstParentSeen) p.creatorWhy[row] = CREATOR_WHY.snapshotParent;
    pass.describe(row, batch, at);
    if (batch.exeDeleted[at] === 1) p.flags[row]! |= FLAG.exeDeleted;
    if (ppid === 2 || pid === 2) {
      p.flags[row]! |= FLAG.kernelThread;
      if (pid === 2) p.creatorWhy[row] = CREATOR_WHY.kernel;
    }
    pass.knowSubreaper(row);
    p.snapshotStamp[row] = this.stamp;
    if (batch.zombie[at] === 1) pass.end(row, t, BASIS_DERIVED, END_WHY.exitRecord);
    return row;
  }

  /** The end of a snapshot: who lived before it and is not in it has ended. */
  taken(t: number, count: number): void {
    const { pass, processes: p } = this;
    if (this.seenInit && count >= WHOLE_SNAPSHOT) {
      for (const row of pass.byPid.values()) {
        if (!pass.isAlive(row) || p.snapshotStamp[row] === this.stamp || p.pid[row]! <= 2) continue;
        if (p.tentative[row] === 1 && p.spoke[row] === 0) continue;
        if (Math.max(p.start[row]!, Number.isNaN(p.lastSeen[row]!) ? -Infinity : p.lastSeen[row]!) > t - WALK_MICROS) continue;
        pass.end(row, t, BASIS_DERIVED, END_WHY.notInSnapshot);
      }
    }
    this.stamp++;
    this.seenInit = false;
  }
}
