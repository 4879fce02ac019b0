import { BASIS_DERIVED, BASIS_NONE, BASIS_OBSERVED, ID_NOT_STATED, NO_PROCESS, UNSET_ID } from '../model/index.js';
import type { Links } from './lists.js';
import { latest, type Processes } from './processes.js';
import { renumberRows } from './renumber.js';
import { type Leaving, StruckGroups } from './struckGroups.js';
import { END_WHY, ORPHAN_WHY } from './why.js';

/**
 * A child that spoke last this long before its parent exited, and never after, while the parent went on working: the parent had waited for it, so it
 * had died, of a signal (a pipeline's writer by SIGPIPE). A parent that only slept and left tells nothing.
 */
const SILENT_MICROS = 500_000;
const WORKED_ON_MICROS = 500_000;
/** Signals this close to each other mean one end: the first of them did it, the next ones met a process that was ending. */
const BURST_MICROS = 500_000;
const INIT_PID = 1;

/** Ends of processes, and what the kernel does then: their children are adopted, or go with their namespace. One boot of one host. */
export class Deaths {
  private exitsSeen = false;
  /** Met as zombies, whose exit should be on record and was not yet. */
  private readonly zombies = new Set<number>();
  private readonly groups: StruckGroups;

  constructor(
    private readonly processes: Processes,
    private readonly intervals: Links,
    private readonly byPid: ReadonlyMap<number, number>,
    /** pid 1 of this boot. */
    private readonly init: (t: number) => number,
    outlivesHangUp: (row: number) => boolean,
  ) {
    this.groups = new StruckGroups(processes, outlivesHangUp);
  }

  isAlive(row: number): boolean {
    return Number.isNaN(this.processes.end[row]!);
  }

  /** Hands a child to its adopter, between two moments (equal when the death is on record). */
  adopt(row: number, adopter: number, min: number, max: number, basis: number, why: number): void {
    const p = this.processes;
    const old = p.interval[row]!;
    if (old !== -1) this.intervals.to[old] = max;
    p.move(row, adopter);
    p.interval[row] = this.intervals.add(max, NaN, adopter, basis, 1, old);
    if (p.orphanBasis[row] === BASIS_NONE) {
      p.adoptedMin[row] = min;
      p.adoptedMax[row] = max;
    }
    if (p.orphanBasis[row]! > basis) {
      p.orphanBasis[row] = basis;
      p.orphanWhy[row] = why;
    }
  }

  /**
   * Who gets the children of a dead process: the nearest living subreaper above it by current parents, inside its pid namespace, else the
   * namespace's init (kernel/exit.c find_new_reaper).
   */
  private reaper(dead: number, t: number): number {
    const p = this.processes;
    const namespace = p.namespaceInit[dead]!;
    let at = p.parent[dead]!;
    for (let depth = 0; at !== NO_PROCESS && depth < 256; depth++) {
      if (at === namespace) return at;
      if (p.pid[at] === INIT_PID) break;
      if (p.subreaper[at] === 1 && this.isAlive(at)) return at;
      at = p.parent[at]!;
    }
    return namespace !== NO_PROCESS && namespace !== dead && this.isAlive(namespace) ? namespace : this.init(t);
  }

  /** Ends a lifetime and gives its children away. */
  end(row: number, t: number, basis: number, why: number): void {
    const p = this.processes;
    if (!this.isAlive(row)) return;
    p.end[row] = t;
    p.endBasis[row] = basis;
    p.endWhy[row] = why;
    p.unlink(row);
    const interval = p.interval[row]!;
    if (interval !== -1) this.intervals.to[interval] = t;
    if (p.namespaceInit[row] === row) return this.endNamespace(row, t);
    let child = p.firstChild[row]!;
    if (child === NO_PROCESS) return;
    const adopter = this.reaper(row, t);
    while (child !== NO_PROCESS) {
      const next = p.nextSibling[child]!;
      if (child === adopter) p.move(child, NO_PROCESS);
      else if (p.tentative[child] === 0 || p.spoke[child] === 1) this.adopt(child, adopter, t, t, BASIS_DERIVED, why === END_WHY.exitRecord ? ORPHAN_WHY.parentExited : ORPHAN_WHY.parentGone);
      else p.move(child, adopter);
      child = next;
    }
  }

  /** The init of a pid namespace takes all of its own with it; nobody adopts them. */
  private endNamespace(init: number, t: number): void {
    const p = this.processes;
    for (const row of this.byPid.values()) {
      if (row !== init && p.namespaceInit[row] === init && this.isAlive(row)) {
        p.firstChild[row] = NO_PROCESS;
        p.namespaceInit[row] = NO_PROCESS; // so that ending it does not look for its namespace
        this.end(row, t, BASIS_DERIVED, END_WHY.namespaceEnded);
        p.namespaceInit[row] = init;
      }
    }
  }

  /** Undoes an end that only a snapshot's silence spoke for. */
  revive(row: number): void {
    const p = this.processes;
    p.end[row] = NaN;
    p.endBasis[row] = BASIS_NONE;
    p.endWhy[row] = END_WHY.unknown;
    const interval = p.interval[row]!;
    if (interval !== -1) this.intervals.to[interval] = NaN;
    const parent = p.parent[row]!;
    p.parent[row] = NO_PROCESS;
    p.move(row, parent);
  }

  /** The exit_group record of a process: its parent there (`ppid`, <= 0 where not stated) is the one it died with. */
  exit(row: number, code: number, ppid: number, t: number): void {
    const p = this.processes;
    this.exitsSeen = true;
    p.exitCode[row] = code;
    // An exit is stamped at its entry, and the process is gone only some milliseconds later. A child whose own exit still names the parent that was
    // leaving at that time was gone first, or in the same moment: nobody adopted it (TRUTH 6.2: true of 3,887 of 3,888 deaths).
    if (ppid > 0 && this.isAlive(row)) {
      const adoption = p.interval[row]!;
      const before = adoption !== -1 && this.intervals.c[adoption] === 1 ? this.intervals.next[adoption]! : -1;
      if (before !== -1 && p.orphanBasis[row] === BASIS_DERIVED && p.pid[this.intervals.a[before]!] === ppid && this.byPid.get(ppid) === this.intervals.a[before]) this.notAdopted(row, t);
    }
    if (this.isAlive(row)) this.end(row, t, BASIS_OBSERVED, END_WHY.exitRecord);
  }

  /** SIGKILL ends whoever it reaches; other signals may. Returns the target's row, -1 if there is none. */
  signal(sender: number, target: number, signal: number, t: number, delivered: boolean): number {
    const p = this.processes;
    if (target <= 0) return NO_PROCESS;
    const row = this.byPid.get(target);
    if (row === undefined || !delivered || signal === 0) return row ?? NO_PROCESS;
    if (!this.isAlive(row)) return row;
    if (signal === 9) this.end(row, t, BASIS_DERIVED, END_WHY.killed);
    else if (mayEnd(signal, p.ses[row]!)) {
      const before = p.signalled[row]!;
      if (!(before >= latest(p, row) && t - before <= BURST_MICROS)) {
        p.struck[row] = t;
        p.struckBy[row] = sender;
      } else if (row === sender) p.struckBy[row] = sender;
      p.signalled[row] = t;
    }
    return row;
  }

  /** A process of a program that others hang on leaves, at `t` (StruckGroups). */
  leaves(row: number, how: Leaving, status: number, isOnTerminal: (row: number) => boolean, t: number): void {
    if (how === 'timeout') this.groups.timeoutLeft(row, status, this.reaper(row, t), t);
    else if (how === 'terminal') this.groups.terminalLeft(row, isOnTerminal, t);
  }

  /** The pid of a process is given to another: it had ended, by the signal that it was never heard of after, if there was one. */
  replaced(row: number, t: number): void {
    const p = this.processes;
    const shell = this.groups.shellAbove(row);
    if (shell !== NO_PROCESS && this.isAlive(shell)) this.groups.strikeTerminal(shell);
    const wasStruck = (at: number): boolean => this.isAlive(at) && p.signalled[at]! >= latest(p, at);
    if (this.zombies.has(row) && t >= p.goneBy[row]!) return this.end(row, p.goneBy[row]!, BASIS_DERIVED, END_WHY.zombie);
    if (!wasStruck(row)) return this.end(row, t, BASIS_DERIVED, END_WHY.pidReused);
    const struck = [row];
    for (let at = p.parent[row]!; at !== NO_PROCESS && wasStruck(at) && p.struck[at] === p.struck[row] && struck.length < 256; at = p.parent[at]!) struck.push(at);
    this.endSignalled(struck);
  }

  /** Strikes what was on terminals that were hung up, where their shells are never heard of again. */
  strikeTerminals(isSilent: (shell: number) => boolean): void {
    for (const shell of this.groups.shells()) {
      if (!this.isAlive(shell)) this.groups.forget(shell);
      else if (isSilent(shell)) this.groups.strikeTerminal(shell);
    }
  }

  /**
   * A snapshot begun at `t` shows a zombie. A snapshot is a walk of seconds, so where exits are on record it may have lived until then: its own exit tells
   * when it ended, and it ended at `t` only if none comes.
   */
  zombie(row: number, t: number): void {
    if (!this.isAlive(row)) return;
    if (!this.exitsSeen) return this.end(row, t, BASIS_DERIVED, END_WHY.zombie);
    this.zombies.add(row);
    if (!(this.processes.goneBy[row]! <= t)) this.processes.goneBy[row] = t;
  }

  /** Takes back an adoption: the child had died, `t`, before its parent did. */
  private notAdopted(row: number, t: number): void {
    const p = this.processes;
    const adoption = p.interval[row]!;
    const before = this.intervals.next[adoption]!;
    p.interval[row] = before;
    p.orphanBasis[row] = BASIS_NONE;
    p.orphanWhy[row] = ORPHAN_WHY.none;
    p.adoptedMin[row] = NaN;
    p.adoptedMax[row] = NaN;
    if (before !== -1) this.intervals.to[before] = t;
    if (before !== -1) {
      p.unlink(row);
      p.parent[row] = this.intervals.a[before]!;
    }
  }

  /** Takes back an adoption that cannot have been: the child had died, without a record, before its parent did. */
  private diedBeforeParent(row: number): void {
    const p = this.processes;
    const t = this.intervals.time[p.interval[row]!]!;
    this.notAdopted(row, t);
    if (this.isAlive(row)) this.end(row, t, BASIS_DERIVED, END_WHY.silent);
    else if (p.end[row]! > t) {
      p.end[row] = t;
      p.endBasis[row] = BASIS_DERIVED;
      p.endWhy[row] = END_WHY.silent;
    }
  }

  /**
   * Deaths that no record states (a signal's leave none), decided when all is known: who was shown to have lost its children; who got a signal that
   * ends processes and was never heard of again; who fell silent long before its parent exited. `waits` tells programs that leave only when their
   * child has ended; `daemonizes` those that go into the background when they start.
   */
  settle(isOfBoot: (row: number) => boolean, exitsSeen: boolean, waits: (row: number) => boolean, daemonizes: (row: number) => boolean): void {
    const p = this.processes;
    // auditd is its own first witness: who started it leaves as soon as it runs, before anything is recorded.
    const holders = [...this.byPid.values()].sort((a, b) => a - b);
    for (const row of holders) {
      const parent = p.parent[row]!;
      if (parent === NO_PROCESS || p.pid[parent] === INIT_PID || p.spoke[parent] === 1 || !this.isAlive(row) || !this.isAlive(parent) || !daemonizes(row)) continue;
      this.end(parent, p.parentSeen[row]!, BASIS_DERIVED, END_WHY.daemonized);
    }
    for (const row of holders) {
      const gone = p.goneBy[row]!;
      if (!Number.isNaN(gone) && this.isAlive(row)) this.end(row, gone, BASIS_DERIVED, this.zombies.has(row) ? END_WHY.zombie : END_WHY.childAdopted);
    }
    if (!exitsSeen) return;
    this.strikeTerminals(isOfBoot);
    const signalled: number[] = [];
    for (let row = 0; row < p.count; row++) if (isOfBoot(row) && this.isAlive(row) && p.signalled[row]! >= latest(p, row)) signalled.push(row);
    this.endSignalled(signalled);
    for (let row = 0; row < p.count; row++) {
      if (!isOfBoot(row)) continue;
      const first = this.diedFirst(row, waits, this.groups.isHungUp(row));
      if (first === 'recorded') this.notAdopted(row, p.end[row]!);
      else if (first === 'silent') this.diedBeforeParent(row);
    }
  }

  /**
   * Had a process that the exit of its parent made an orphan died before, by its recorded end, or without a record as far as its silence tells? '' if not.
   * `isHungUp`: it is the shell of a terminal that was hung up.
   */
  diedFirst(row: number, waits: (row: number) => boolean, isHungUp: boolean): 'recorded' | 'silent' | '' {
    const p = this.processes;
    if (p.orphanBasis[row] !== BASIS_DERIVED) return '';
    const adopted = p.adoptedMax[row]!;
    const before = this.intervals.next[p.interval[row]!]!;
    if (before === -1) return '';
    if (p.end[row]! < adopted) return 'recorded';
    if (p.orphanWhy[row] !== ORPHAN_WHY.parentExited || p.spoke[row] === 0) return '';
    const parent = this.intervals.a[before]!;
    if (isHungUp) return ''; // its session's sshd left first, or there would have been nothing to hang up
    const signalledLater = p.signalled[row]! >= adopted || (p.endWhy[row] === END_WHY.killed && p.end[row]! > adopted);
    if (parent === NO_PROCESS || signalledLater || latest(p, row) >= adopted - SILENT_MICROS) return '';
    return p.lastActive[parent]! > latest(p, row) + WORKED_ON_MICROS || waits(parent) ? 'silent' : '';
  }

  /** Rows have new numbers. */
  renumber(renumber: Int32Array): void {
    renumberRows(this.zombies, renumber);
    this.groups.renumber(renumber);
  }

  /**
   * Ends who got a signal and was never heard of again. Of those that one signal reached parents went first (measured: 4 of 5), but last who caught
   * it, tidied up and then signalled itself.
   */
  endSignalled(rows: readonly number[]): void {
    const p = this.processes;
    const caught = (row: number): number => (p.struckBy[row] === row ? 1 : 0);
    for (const row of [...rows].sort((a, b) => p.struck[a]! - p.struck[b]! || caught(a) - caught(b) || a - b)) this.end(row, p.struck[row]!, BASIS_DERIVED, END_WHY.signalled);
  }
}

/** Signals whose default action ends a process (signal(7)); SIGHUP reloads daemons, so it counts only inside a login session. */
function mayEnd(signal: number, ses: number): boolean {
  if (signal === 1) return ses !== UNSET_ID && ses !== ID_NOT_STATED;
  return [2, 3, 6, 13, 14, 15].includes(signal);
}
