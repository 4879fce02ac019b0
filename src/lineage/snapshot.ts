import { BASIS_DERIVED, BASIS_OBSERVED, type Batch, FLAG, ID_NOT_STATED, NO_PROCESS, NOT_STATED, type StringTable } from '../model/index.js';
import type { HostPass } from './hostPass.js';
import { latest, type Processes } from './processes.js';
import { describeProcess, describeSight, knowSubreaper } from './traits.js';
import { CREATOR_WHY, END_WHY } from './why.js';

/**
 * Two statements of a start may differ by this much and mean the same process: a snapshot's start is boot time (whole seconds) plus ticks,
 * ps prints whole seconds and can be off by one, audit stamps the entry of the fork.
 */
const SAME_START_MICROS = 3_000_000;
/** A snapshot's start is taken for the start if it is stated at least this finely (ps prints minutes and days for older processes). */
const EXACT_START_MICROS = 1_000_000;
/**
 * Where a start is stated in whole seconds, the boot time that it was counted from was cut off to whole seconds too (btime in /proc/stat): 0.1 to 1.9 s early
 * in the lab's captures, a second in the middle.
 */
const CUT_OFF_MICROS = 1_000_000;
/** A snapshot is a walk: who was born this shortly before its stamp may be missing from it. */
const WALK_MICROS = 2_000_000;
/** A snapshot with fewer processes than this is a part of one (`ps` of a terminal), and its silence proves nothing. */
const WHOLE_SNAPSHOT = 10;

/** Joins snapshots with the lifetimes of a pass. */
export class Snapshots {
  /** The snapshot whose rows are passed over, and when it was taken: rows of lists that are no whole snapshot stand between. */
  private stamp = 0;
  private takenAt = NaN;
  /** The latest snapshot that shows pid 1, and so may be whole. */
  private whole = { takenAt: NaN, stamp: 0 };

  constructor(
    private readonly pass: HostPass,
    private readonly processes: Processes,
    private readonly strings: StringTable,
  ) {}

  /** Does a list of this very moment show the process? Then it has not gone from it: its words have changed. */
  shows(pid: number, t: number): number {
    const row = this.pass.byPid.get(pid) ?? NO_PROCESS;
    return row !== NO_PROCESS && t === this.takenAt && this.processes.snapshotStamp[row] === this.stamp ? row : NO_PROCESS;
  }

  /** A process in a snapshot taken at `t`. */
  seen(batch: Batch, at: number): number {
    const { pass, processes: p } = this;
    const pid = batch.pid[at]!;
    const ppid = batch.ppid[at]!;
    const t = batch.time[at]!;
    const from = batch.startFrom[at]!;
    const until = batch.startUntil[at]!;
    if (t !== this.takenAt) {
      this.takenAt = t;
      this.stamp++;
    }
    if (pid === 1) this.whole = { takenAt: t, stamp: this.stamp };
    let row = pass.byPid.get(pid) ?? NO_PROCESS;
    if (batch.zombie[at] === 1) return this.dead(row, batch, at);
    if (row !== NO_PROCESS && pass.deaths.isAlive(row)) {
      const known = p.start[row]!;
      const born = p.startBasis[row] === BASIS_OBSERVED;
      if (from > (born || Number.isNaN(p.lastSeen[row]!) ? known : Math.max(known, p.lastSeen[row]!)) + SAME_START_MICROS) pass.deaths.end(row, from, BASIS_DERIVED, END_WHY.pidReused);
      else if (until - from < p.startSpan[row]! && until - from <= EXACT_START_MICROS && Math.abs(from - known) <= (born ? SAME_START_MICROS : Infinity) && from < p.firstRecord[row]!) {
        // Whole seconds may be off by more than a program takes to start: near its first record, that is the better word.
        if (until - from < EXACT_START_MICROS) this.began(row, from, until - from);
        else if (known - from > SAME_START_MICROS) this.began(row, from + CUT_OFF_MICROS, until - from);
      }
    }
    // An earlier snapshot lacked it, and this one shows a later start: the number has another holder.
    if (row !== NO_PROCESS && p.endWhy[row] === END_WHY.notInSnapshot && from > latest(p, row) + SAME_START_MICROS) p.endWhy[row] = END_WHY.pidReused;
    if (row !== NO_PROCESS && !pass.deaths.isAlive(row) && this.endedInWalk(row, from, t)) {
      p.snapshotStamp[row] = this.stamp;
      return row;
    }
    const before = p.count;
    const exe = row === NO_PROCESS ? undefined : p.exe[row]!; // it lives on: what is seen here is no newcomer that runs a program
    row = pass.lifetime(pid, ppid === 0 ? -1 : pass.parentNamed(batch, at), batch.ses[at]!, t, exe);
    pass.identify(batch.identity[at]!, row);
    const fresh = p.count > before && p.start[row] === t;
    if (fresh && until - from <= EXACT_START_MICROS) this.began(row, Math.min(until - from < EXACT_START_MICROS ? from : from + CUT_OFF_MICROS, t), until - from);
    if (fresh && p.creatorWhy[row] === CREATOR_WHY.firstParentSeen) p.creatorWhy[row] = CREATOR_WHY.snapshotParent;
    describeProcess(p, row, batch, at);
    describeSight(p, row, batch, at);
    if (batch.exeDeleted[at] === 1) p.flags[row]! |= FLAG.exeDeleted;
    if (ppid === 2 || pid === 2) {
      p.flags[row]! |= FLAG.kernelThread;
      if (pid === 2) p.creatorWhy[row] = CREATOR_WHY.kernel;
    }
    knowSubreaper(p, row, this.strings);
    p.snapshotStamp[row] = this.stamp;
    return row;
  }

  /** A process of the snapshot that had just ended by an exit on record: exits are stamped at their entry, and it was met on its way out. */
  private endedInWalk(row: number, from: number, t: number): boolean {
    const p = this.processes;
    return p.endWhy[row] === END_WHY.exitRecord && t <= p.end[row]! + WALK_MICROS && from <= p.end[row]! && Math.abs(from - p.start[row]!) <= SAME_START_MICROS;
  }

  /** A zombie ended already and waits for its parent; its children have left it. */
  private dead(known: number, batch: Batch, at: number): number {
    const { pass, processes: p } = this;
    const t = batch.time[at]!;
    const row = known === NO_PROCESS ? pass.lifetime(batch.pid[at]!, batch.ppid[at]! > 0 ? batch.ppid[at]! : NOT_STATED, ID_NOT_STATED, t) : known;
    if (known === NO_PROCESS) describeProcess(p, row, batch, at);
    pass.deaths.zombie(row, t);
    p.snapshotStamp[row] = this.stamp;
    return row;
  }

  private began(row: number, start: number, span: number): void {
    this.processes.start[row] = start;
    this.processes.startSpan[row] = span;
    this.processes.startBasis[row] = BASIS_OBSERVED;
  }

  /** The end, at `t`, of a snapshot that was begun at `since`: who lived before it, is not in it and was not heard of until its end has ended. */
  taken(t: number, since: number, count: number): void {
    const { pass, processes: p, whole } = this;
    if (since === whole.takenAt && count >= WHOLE_SNAPSHOT) {
      const gone: number[] = [];
      for (const row of pass.byPid.values()) {
        if (!pass.deaths.isAlive(row) || p.snapshotStamp[row]! >= whole.stamp || p.pid[row]! <= 2) continue;
        if (p.tentative[row] === 1 && p.spoke[row] === 0) continue;
        if (Math.max(p.start[row]!, latest(p, row)) <= since - WALK_MICROS) gone.push(row);
      }
      const isGone = new Set(gone);
      pass.deaths.strikeTerminals((shell) => isGone.has(shell));
      // Who got a signal that ends processes and was never heard of again ended then; of the others nobody knows who went first, so none adopts another.
      pass.deaths.endSignalled(gone.filter((row) => p.signalled[row]! >= latest(p, row)));
      const silent = gone.filter((row) => pass.deaths.isAlive(row));
      for (const row of silent) p.unlink(row);
      for (const row of silent) pass.deaths.end(row, t, BASIS_DERIVED, END_WHY.notInSnapshot);
    }
  }
}
