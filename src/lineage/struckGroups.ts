import { NO_PROCESS } from '../model/index.js';
import { latest, type Processes } from './processes.js';
import { renumberKeys } from './renumber.js';

/** How long a command that timeout(1) has struck may tidy up before it leaves, and timeout after it (8.1 s was the longest measured). */
const TIDY_MICROS = 10_000_000;
/** So many of an adopter's children are looked at for each timeout. */
const LOOKED_AT_MOST = 4096;
/** timeout(1) exits with this when time ran out. */
const TIMED_OUT = 124;

/** What it means for others when a process of this program leaves. */
export type Leaving = 'timeout' | 'terminal' | '';

/** Told by the program's path; a session's sshd holds the terminal of its shell. */
export function leavingOf(exe: string): Leaving {
  const name = exe.replace(/^.*\//, '');
  return name === 'timeout' ? 'timeout' : ['sshd', 'sshd-session', 'dropbear', 'in.telnetd'].includes(name) ? 'terminal' : '';
}

/**
 * Signals that reach a whole group though no record tells: deaths by a signal leave no exit, and most hosts do not audit kill(2). What tells is who
 * left: timeout(1) says by its status that it struck its group; a session's sshd that leaves before its shell hangs up the terminal.
 * Whoever was in such a group and is never heard of again ended by that signal, which came when the last of them had spoken.
 */
export class StruckGroups {
  /** Shells whose terminal was hung up, and when. */
  private readonly hungUp = new Map<number, number>();

  constructor(
    private readonly processes: Processes,
    /** Ran nohup or setsid, or ignores SIGHUP. */
    private readonly outlivesHangUp: (row: number) => boolean,
  ) {}

  /** timeout(1) leaves with its exit status, at `t`; `adopter` has its orphans. One with `--foreground` struck its child alone. */
  timeoutLeft(timeout: number, status: number, adopter: number, t: number): void {
    if (status !== TIMED_OUT) return;
    const p = this.processes;
    const isIn = (row: number): boolean => this.mayBeStruck(row);
    const group = [...this.childrenOf(timeout)].filter(isIn);
    // An older orphan is taken for one that had left the group. Those adopted last come first.
    let looked = 0;
    for (const row of this.childrenOf(adopter)) {
      if (looked++ === LOOKED_AT_MOST) break;
      if (p.adoptedMax[row]! >= t - TIDY_MICROS && this.isBelow(row, timeout) && isIn(row)) group.push(row);
    }
    this.addAllBelow(group, isIn);
    this.strike(group, timeout, -Infinity);
  }

  /** The holder of a terminal leaves at `t`, before the shells on it. */
  terminalLeft(holder: number, isOnTerminal: (row: number) => boolean, t: number): void {
    for (const row of this.childrenOf(holder)) if (isOnTerminal(row)) this.hungUp.set(row, t);
  }

  isHungUp(row: number): boolean {
    return this.hungUp.has(row);
  }

  /** The shell of a terminal that was hung up, at or above `row` by creation; -1 none. */
  shellAbove(row: number): number {
    if (this.hungUp.size === 0) return NO_PROCESS;
    let at = row;
    for (let depth = 0; at !== NO_PROCESS && depth < 256; depth++) {
      if (this.hungUp.has(at)) return at;
      at = this.processes.creator[at]!;
    }
    return NO_PROCESS;
  }

  /** Strikes what was on the terminal of a shell. The shell tells its jobs first, and goes last (bash, termsig_handler). */
  strikeTerminal(shell: number): void {
    if (this.outlivesHangUp(shell)) return;
    const group = [shell];
    this.addAllBelow(group, (row) => this.mayBeStruck(row) && !this.outlivesHangUp(row));
    this.strike(group, shell, this.hungUp.get(shell) ?? -Infinity);
  }

  /** All shells whose terminal was hung up. */
  shells(): Iterable<number> {
    return this.hungUp.keys();
  }

  /** A shell has ended. */
  forget(shell: number): void {
    this.hungUp.delete(shell);
  }

  /** Rows have new numbers. */
  renumber(renumber: Int32Array): void {
    renumberKeys(this.hungUp, renumber);
  }

  private strike(group: readonly number[], by: number, atLeast: number): void {
    const p = this.processes;
    const struck = group.reduce((last, row) => Math.max(last, latest(p, row)), atLeast);
    for (const row of group) {
      if (p.signalled[row]! >= latest(p, row)) continue; // its signal is on record
      p.struck[row] = struck;
      p.struckBy[row] = by;
      p.signalled[row] = struck;
    }
  }

  /** Whoever called setsid left the group; a thread is in nobody's. */
  private mayBeStruck(row: number): boolean {
    const p = this.processes;
    return Number.isNaN(p.setsidAt[row]!) && !(p.tentative[row] === 1 && p.spoke[row] === 0);
  }

  private addAllBelow(group: number[], isIn: (row: number) => boolean): void {
    const known = new Set(group); // records that contradict each other may put a process below itself
    for (const above of group) {
      for (const row of this.childrenOf(above)) {
        if (known.has(row) || !isIn(row)) continue;
        known.add(row);
        group.push(row);
      }
    }
  }

  private *childrenOf(row: number): Iterable<number> {
    const p = this.processes;
    for (let child = p.firstChild[row]!; child !== NO_PROCESS; child = p.nextSibling[child]!) yield child;
  }

  private isBelow(row: number, ancestor: number): boolean {
    const { creator } = this.processes;
    let at = creator[row]!;
    for (let depth = 0; at !== NO_PROCESS && at !== ancestor && depth < 256; depth++) at = creator[at]!;
    return at === ancestor;
  }
}
