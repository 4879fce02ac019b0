import { BASIS_DERIVED, BASIS_INFERRED, BASIS_NONE, BASIS_OBSERVED, FLAG, NO_PROCESS, type StringTable, type Trace } from '../model/index.js';
import type { Claims } from './claims.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import { SURE } from './sure.js';
import { CREATOR_WHY, ORPHAN_WHY } from './why.js';

/** Pids are given one after the other: a middle that made the process just before stands this far below it at most. */
const MIDDLE_WITHIN_PIDS = 6;
/** Two starts this far apart belong to different launches. */
const SAME_LAUNCH_MICROS = 60_000_000;
/** As are two that so many other births lie between, where the numbers come round that fast. */
const SAME_ROUND_BIRTHS = 250;
/** Who was born later shows an earlier birth its latest moment: so many numbers on are looked at. */
const LATER_PIDS = 16;

/** Writes what is inferred into the columns, with its reasons: creators, vanished middles, adoptions. */
export class Inferred {
  private holders: Map<string, number[]> | undefined;

  constructor(
    private readonly p: Processes,
    private readonly intervals: Links,
    private readonly strings: StringTable,
    private readonly claims: Claims,
  ) {}

  /** Names a creator: the launcher itself, or (`viaMiddle`) the middle of a double fork where a number between the two is nobody's. `since`: when the launcher could first have. */
  create(row: number, launcher: number, viaMiddle: boolean, since: number, sure: number, trace: Trace, says: string): void {
    const { p, claims } = this;
    const middle = viaMiddle ? this.middleOf(row, launcher, since) : NO_PROCESS;
    p.creator[row] = middle === NO_PROCESS ? launcher : middle;
    p.creatorBasis[row] = BASIS_INFERRED;
    p.creatorWhy[row] = CREATOR_WHY.traces;
    p.creatorSure[row] = middle === NO_PROCESS ? sure : Math.min(sure, SURE.middle);
    p.launcherHint[row] = launcher;
    p.launcherSure[row] = trace === 'audit-session' ? SURE.launcherShell : SURE.launcher;
    claims.reason(row, { about: 'creator', for: true, says, trace });
    claims.reason(row, { about: 'creator', for: false, says: 'no fork is on record, and arguments can be written by whoever runs them' });
    if (middle !== NO_PROCESS) {
      claims.reason(row, { about: 'creator', for: true, says: `no record is of pid ${p.pid[middle]}, which was given between the two: the middle of a double fork`, trace: 'pid-order' });
      claims.runnerUp(row, { about: 'creator', process: launcher, confidence: (1 - SURE.middle) * sure, says: `made by ${this.name(launcher)} itself, if pid ${p.pid[middle]} was another's` });
    }
    claims.settledBy(row, 'audit rules for fork, vfork, clone and clone3 record who makes whom');
  }

  /** Marks a process as adopted by `adopter`, who has it on record. */
  mark(row: number, adopter: number, sure: number, trace: Trace, says: string): void {
    const { p, intervals } = this;
    if (p.orphanBasis[row] === BASIS_OBSERVED) return this.adoptedBefore(row, adopter);
    if (p.orphanBasis[row] === BASIS_INFERRED) return;
    const interval = p.interval[row]!;
    if (interval !== -1 && intervals.a[interval] === adopter) {
      intervals.c[interval] = 1; // it has it by adoption, as long as it is on record
      intervals.b[interval] = BASIS_OBSERVED;
    } else p.interval[row] = intervals.add(p.start[row]!, NaN, adopter, BASIS_INFERRED, 1, interval);
    this.orphaned(row, sure, trace, says);
  }

  /** An adoption is on record, and who had the process before had adopted it, too. */
  private adoptedBefore(row: number, adopter: number): void {
    const { p, intervals } = this;
    for (let at = p.interval[row]!; at !== -1; at = intervals.next[at]!) {
      if (intervals.a[at] !== adopter || intervals.c[at] === 1) continue;
      intervals.c[at] = 1;
      p.adoptedMin[row] = p.adoptedMax[row] = NaN; // before it was first seen
    }
  }

  /** Marks a process as adopted when its creator left: after its last record, where `since` says nothing else. */
  left(row: number, sure: number, trace: Trace, says: string, since = this.p.lastSeen[row]!): void {
    const { p, intervals } = this;
    if (p.orphanBasis[row] !== BASIS_NONE && p.orphanBasis[row] !== BASIS_DERIVED) return;
    const known = p.interval[row]!;
    if (p.orphanBasis[row] === BASIS_DERIVED && known !== -1 && intervals.c[known] === 1) {
      // That the creator was gone was told by its number only, when that was given again: it left long before.
      intervals.time[known] = since;
      intervals.b[known] = BASIS_INFERRED;
      const before = intervals.next[known]!;
      if (before !== -1) intervals.to[before] = since;
      p.adoptedMin[row] = since;
    } else p.interval[row] = intervals.add(since, NaN, this.reaper(row), BASIS_INFERRED, 1, known);
    this.orphaned(row, sure, trace, says);
    this.claims.runnerUp(row, { about: 'orphan', process: NO_PROCESS, confidence: 1 - sure, says: 'its creator waited for it, or it ended first: no orphan' });
    this.claims.settledBy(row, 'a later record or snapshot of it would show who has it now; audit rules for exit and exit_group, who ended first');
  }

  private orphaned(row: number, sure: number, trace: Trace, says: string): void {
    const { p } = this;
    p.orphanBasis[row] = BASIS_INFERRED;
    p.orphanWhy[row] = ORPHAN_WHY.traces;
    p.orphanSure[row] = sure;
    this.claims.reason(row, { about: 'orphan', for: true, says, trace });
  }

  /** Who adopts what a process leaves: the nearest subreaper above it, else init (kernel/exit.c, find_new_reaper). */
  reaper(row: number): number {
    const { p } = this;
    let at = p.creator[row]!;
    for (let depth = 0; at !== NO_PROCESS && depth < 256; depth++) {
      if (p.pid[at] === 1 || (p.subreaper[at] === 1 && at !== row)) return at;
      at = p.creator[at]!;
    }
    return this.holdersOf(p.host[row]!, p.boot[row]!, 1)[0] ?? p.add(p.host[row]!, p.boot[row]!, 1, NaN);
  }

  /** The vanished middle of a double fork: the nearest number below that is nobody else's, and above its launcher's. NO_PROCESS: none. */
  private middleOf(row: number, launcher: number, since: number): number {
    const { p } = this;
    for (let pid = p.pid[row]! - 1; pid > Math.max(2, p.pid[row]! - MIDDLE_WITHIN_PIDS); pid--) {
      if (pid === p.pid[launcher]) return NO_PROCESS;
      const isNear = (other: number): boolean => Math.abs(p.start[other]! - p.start[row]!) <= SAME_LAUNCH_MICROS && Math.abs(p.bornAt[other]! - p.bornAt[row]!) <= SAME_ROUND_BIRTHS;
      // A number is not given again while its holder lives, from however long ago.
      const livesOn = (other: number): boolean => p.start[other]! < p.start[row]! && p.activeAt[other]! > p.bornAt[row]!;
      if (this.holdersOf(p.host[row]!, p.boot[row]!, pid).some((other) => isNear(other) || livesOn(other))) continue;
      const middle = p.add(p.host[row]!, p.boot[row]!, pid, this.bornBy(row, pid, Math.max(since, p.start[launcher]!)));
      p.flags[middle] = FLAG.unrecorded | FLAG.intermediate;
      p.creator[middle] = launcher;
      p.creatorBasis[middle] = BASIS_INFERRED;
      p.creatorWhy[middle] = CREATOR_WHY.traces;
      p.creatorSure[middle] = SURE.middleOfLaunch;
      p.launcherHint[middle] = launcher;
      p.launcherSure[middle] = SURE.launcher;
      p.ses[middle] = p.ses[row]!;
      p.auid[middle] = p.auid[row]!;
      p.end[middle] = Math.max(p.start[middle]!, p.start[row]!);
      p.endBasis[middle] = BASIS_INFERRED;
      this.claims.reason(middle, { about: 'creator', for: true, says: `its number was given between ${this.name(launcher)} and ${this.name(row)}, which that one launched`, trace: 'pid-order' });
      return middle;
    }
    return NO_PROCESS;
  }

  /** The latest moment at which a number was given: pids go up, so before any later one was seen; not before `since`. */
  bornBy(near: number, pid: number, since: number): number {
    const { p } = this;
    let by = p.start[near]!;
    for (let later = pid + 1; later <= pid + LATER_PIDS; later++) {
      for (const other of this.holdersOf(p.host[near]!, p.boot[near]!, later)) {
        if (Math.abs(p.bornAt[other]! - p.bornAt[near]!) <= SAME_ROUND_BIRTHS && p.start[other]! < by && p.start[other]! >= since) by = p.start[other]!;
      }
    }
    return by;
  }

  private holdersOf(host: number, boot: number, pid: number): readonly number[] {
    const { p } = this;
    if (!this.holders) {
      this.holders = new Map();
      for (let row = 0; row < p.count; row++) {
        const key = sessionKey(p.host[row]!, p.boot[row]!, p.pid[row]!);
        const known = this.holders.get(key);
        if (known) known.push(row);
        else this.holders.set(key, [row]);
      }
    }
    return this.holders.get(sessionKey(host, boot, pid)) ?? [];
  }

  name(row: number): string {
    return `${this.strings.text(this.p.comm[row]!) ?? 'pid'} ${this.p.pid[row]}`;
  }
}

/** Rows by host, boot and audit session. */
export function groupBySession(p: Processes, rows: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

export function sessionKey(host: number, boot: number, ses: number): string {
  return `${host} ${boot} ${ses}`;
}

