import { BASIS_NONE, ID_NOT_STATED, NO_PROCESS, NOT_STATED } from '../model/index.js';
import { type Column, taker } from './pick.js';

/** Columns that name other rows. */
const ROW_COLUMNS = ['creator', 'parent', 'firstChild', 'nextSibling', 'previousSibling', 'namespaceInit', 'struckBy', 'launcherHint', 'entryHint', 'previousLifetime'] as const satisfies readonly (keyof Processes)[];

/**
 * The processes while they are being rebuilt: one row a lifetime, growing columns. Freed of what only the pass needs, they become the Lineage.
 * Times are microseconds; NaN is unknown; -1 in a row column is "none".
 */
export class Processes {
  count = 0;
  private capacity = 0;
  host!: Uint32Array;
  boot!: Uint16Array;
  pid!: Int32Array;
  /** Birth, else first seen. */
  start!: Float64Array;
  startBasis!: Uint8Array;
  /** How far apart the bounds are between which the start lies: 0 for a birth on record, Infinity for a first sight. */
  startSpan!: Float64Array;
  /** The number of its birth by the pid clock. */
  bornAt!: Float64Array;
  /** 1 where it was its number's turn when it was first seen: that birth is its own, not the moment's. */
  bornInTurn!: Uint8Array;
  /** Births that the clock had counted when it last acted or was named as a parent. */
  activeAt!: Float64Array;
  /** First record of its own, Infinity if none: the start lies before it. */
  firstRecord!: Float64Array;
  end!: Float64Array;
  endBasis!: Uint8Array;
  endWhy!: Uint8Array;
  exitCode!: Int32Array;
  /** Last record that the process itself made, or last snapshot that shows it. */
  lastSeen!: Float64Array;
  /** Last record of its own that is not its exit. */
  lastActive!: Float64Array;
  flags!: Uint32Array;
  /** 1 once a record was made by it, or a snapshot shows it: no longer only pointed to. */
  spoke!: Uint8Array;
  /** 1 for the child of a clone3 until something shows that it is a process and no thread. */
  tentative!: Uint8Array;
  /** 1 if its clone flags were behind a pointer. */
  flagsHidden!: Uint8Array;
  creator!: Int32Array;
  creatorBasis!: Uint8Array;
  creatorWhy!: Uint8Array;
  /** The parent now, the time of the last record that names it, and the children by that parent (linked). */
  parent!: Int32Array;
  parentSeen!: Float64Array;
  firstChild!: Int32Array;
  nextSibling!: Int32Array;
  previousSibling!: Int32Array;
  /** Parent intervals, newest first (linked). */
  interval!: Int32Array;
  orphanBasis!: Uint8Array;
  orphanWhy!: Uint8Array;
  /** Bounds of the first adoption. */
  adoptedMin!: Float64Array;
  adoptedMax!: Float64Array;
  subreaper!: Uint8Array;
  /** Row of the init of the child pid namespace it lives in; -1 in the initial one. */
  namespaceInit!: Int32Array;
  /** Last signal that may have ended it: number and time. */
  signalled!: Float64Array;
  /** First signal of the burst that may have ended it, and who sent it. */
  struck!: Float64Array;
  struckBy!: Int32Array;
  /** Latest moment by which it must have ended though no record says so. */
  goneBy!: Float64Array;
  snapshotStamp!: Uint32Array;
  /** Name of the user, where the evidence gives no number (ps). */
  user!: Uint32Array;
  uid!: Uint32Array;
  euid!: Uint32Array;
  gid!: Uint32Array;
  auid!: Uint32Array;
  ses!: Uint32Array;
  sid!: Int32Array;
  pgid!: Int32Array;
  setsidAt!: Float64Array;
  tty!: Uint32Array;
  comm!: Uint32Array;
  exe!: Uint32Array;
  args!: Uint32Array;
  cwd!: Uint32Array;
  cgroup!: Uint32Array;
  unit!: Uint32Array;
  container!: Uint32Array;
  /** Ignored signals (bit n-1 = signal n), NaN where not stated; its number in its innermost pid namespace, NOT_STATED in the initial one. */
  signalsIgnored!: Float64Array;
  namespacePid!: Int32Array;
  /** How sure traces make a creator and an adoption; 0: why it is held to be so decides. */
  creatorSure!: Float32Array;
  orphanSure!: Float32Array;
  /** The launcher and the way in that traces lead to where the creators do not; 0 sure: none. */
  launcherHint!: Int32Array;
  launcherSure!: Float32Array;
  entryHint!: Int32Array;
  entryHintKind!: Uint8Array;
  entrySure!: Float32Array;
  execs!: Uint32Array;
  /** First and last program run (linked by `nextProgram`); -1 none. */
  firstProgram!: Int32Array;
  lastProgram!: Int32Array;
  previousLifetime!: Int32Array;

  constructor() {
    this.grow(1024);
  }

  /** A new row, everything unknown. */
  add(host: number, boot: number, pid: number, start: number): number {
    if (this.count === this.capacity) this.grow(larger(this.capacity));
    const row = this.count++;
    this.host[row] = host;
    this.boot[row] = boot;
    this.pid[row] = pid;
    this.start[row] = start;
    return row;
  }

  /** Puts a process below another parent. */
  move(row: number, parent: number): void {
    this.unlink(row);
    this.parent[row] = parent;
    if (parent === NO_PROCESS) return;
    const first = this.firstChild[parent]!;
    this.nextSibling[row] = first;
    if (first !== NO_PROCESS) this.previousSibling[first] = row;
    this.firstChild[parent] = row;
  }

  /** Takes a process from its parent's children; its parent stays on record. */
  unlink(row: number): void {
    const parent = this.parent[row]!;
    if (parent === NO_PROCESS) return;
    const previous = this.previousSibling[row]!;
    const next = this.nextSibling[row]!;
    if (previous !== NO_PROCESS) this.nextSibling[previous] = next;
    else if (this.firstChild[parent] === row) this.firstChild[parent] = next;
    else return;
    if (next !== NO_PROCESS) this.previousSibling[next] = previous;
    this.previousSibling[row] = NO_PROCESS;
    this.nextSibling[row] = NO_PROCESS;
  }

  /** Keeps these rows alone, in their order, which must rise; `renumber` gives each its new number, NO_PROCESS to all others. */
  keep(rows: Uint32Array, renumber: Int32Array): void {
    this.lay(this.capacity, taker(rows));
    this.count = rows.length;
    for (const name of ROW_COLUMNS) {
      const column = this[name];
      for (let row = 0; row < this.count; row++) if (column[row] !== NO_PROCESS) column[row] = renumber[column[row]!]!;
    }
  }

  private grow(capacity: number): void {
    this.lay(capacity);
    this.capacity = capacity;
  }

  /** Makes the columns anew with room for so many rows; or, with `take`, lets each keep what it takes of its rows, and blanks the others. */
  private lay(capacity: number, take?: <C extends Column>(column: C) => C): void {
    const fresh = <C extends Column>(make: new (length: number) => C, old: C | undefined, blank = 0): C => {
      if (old && take) {
        old.fill(blank, take(old).length, this.count);
        return old;
      }
      const column = new make(capacity);
      if (blank !== 0) column.fill(blank, this.capacity);
      if (old) column.set(old);
      return column;
    };
    this.host = fresh(Uint32Array, this.host);
    this.boot = fresh(Uint16Array, this.boot);
    this.pid = fresh(Int32Array, this.pid);
    this.start = fresh(Float64Array, this.start, NaN);
    this.startBasis = fresh(Uint8Array, this.startBasis, BASIS_NONE);
    this.startSpan = fresh(Float64Array, this.startSpan, Infinity);
    this.bornAt = fresh(Float64Array, this.bornAt);
    this.bornInTurn = fresh(Uint8Array, this.bornInTurn);
    this.activeAt = fresh(Float64Array, this.activeAt);
    this.firstRecord = fresh(Float64Array, this.firstRecord, Infinity);
    this.end = fresh(Float64Array, this.end, NaN);
    this.endBasis = fresh(Uint8Array, this.endBasis, BASIS_NONE);
    this.endWhy = fresh(Uint8Array, this.endWhy);
    this.exitCode = fresh(Int32Array, this.exitCode, NOT_STATED);
    this.lastSeen = fresh(Float64Array, this.lastSeen, NaN);
    this.lastActive = fresh(Float64Array, this.lastActive, NaN);
    this.flags = fresh(Uint32Array, this.flags);
    this.spoke = fresh(Uint8Array, this.spoke);
    this.tentative = fresh(Uint8Array, this.tentative);
    this.flagsHidden = fresh(Uint8Array, this.flagsHidden);
    this.creator = fresh(Int32Array, this.creator, NO_PROCESS);
    this.creatorBasis = fresh(Uint8Array, this.creatorBasis, BASIS_NONE);
    this.creatorWhy = fresh(Uint8Array, this.creatorWhy);
    this.parent = fresh(Int32Array, this.parent, NO_PROCESS);
    this.parentSeen = fresh(Float64Array, this.parentSeen, NaN);
    this.firstChild = fresh(Int32Array, this.firstChild, NO_PROCESS);
    this.nextSibling = fresh(Int32Array, this.nextSibling, NO_PROCESS);
    this.previousSibling = fresh(Int32Array, this.previousSibling, NO_PROCESS);
    this.interval = fresh(Int32Array, this.interval, NO_PROCESS);
    this.orphanBasis = fresh(Uint8Array, this.orphanBasis, BASIS_NONE);
    this.orphanWhy = fresh(Uint8Array, this.orphanWhy);
    this.adoptedMin = fresh(Float64Array, this.adoptedMin, NaN);
    this.adoptedMax = fresh(Float64Array, this.adoptedMax, NaN);
    this.subreaper = fresh(Uint8Array, this.subreaper);
    this.namespaceInit = fresh(Int32Array, this.namespaceInit, NO_PROCESS);
    this.signalled = fresh(Float64Array, this.signalled, NaN);
    this.struck = fresh(Float64Array, this.struck, NaN);
    this.struckBy = fresh(Int32Array, this.struckBy, NO_PROCESS);
    this.goneBy = fresh(Float64Array, this.goneBy, NaN);
    this.snapshotStamp = fresh(Uint32Array, this.snapshotStamp);
    this.user = fresh(Uint32Array, this.user);
    this.uid = fresh(Uint32Array, this.uid, ID_NOT_STATED);
    this.euid = fresh(Uint32Array, this.euid, ID_NOT_STATED);
    this.gid = fresh(Uint32Array, this.gid, ID_NOT_STATED);
    this.auid = fresh(Uint32Array, this.auid, ID_NOT_STATED);
    this.ses = fresh(Uint32Array, this.ses, ID_NOT_STATED);
    this.sid = fresh(Int32Array, this.sid, NOT_STATED);
    this.pgid = fresh(Int32Array, this.pgid, NOT_STATED);
    this.setsidAt = fresh(Float64Array, this.setsidAt, NaN);
    this.tty = fresh(Uint32Array, this.tty);
    this.comm = fresh(Uint32Array, this.comm);
    this.exe = fresh(Uint32Array, this.exe);
    this.args = fresh(Uint32Array, this.args);
    this.cwd = fresh(Uint32Array, this.cwd);
    this.cgroup = fresh(Uint32Array, this.cgroup);
    this.unit = fresh(Uint32Array, this.unit);
    this.container = fresh(Uint32Array, this.container);
    this.signalsIgnored = fresh(Float64Array, this.signalsIgnored, NaN);
    this.namespacePid = fresh(Int32Array, this.namespacePid, NOT_STATED);
    this.creatorSure = fresh(Float32Array, this.creatorSure);
    this.orphanSure = fresh(Float32Array, this.orphanSure);
    this.launcherHint = fresh(Int32Array, this.launcherHint, NO_PROCESS);
    this.launcherSure = fresh(Float32Array, this.launcherSure);
    this.entryHint = fresh(Int32Array, this.entryHint, NO_PROCESS);
    this.entryHintKind = fresh(Uint8Array, this.entryHintKind);
    this.entrySure = fresh(Float32Array, this.entrySure);
    this.execs = fresh(Uint32Array, this.execs);
    this.firstProgram = fresh(Int32Array, this.firstProgram, NO_PROCESS);
    this.lastProgram = fresh(Int32Array, this.lastProgram, NO_PROCESS);
    this.previousLifetime = fresh(Int32Array, this.previousLifetime, NO_PROCESS);
  }
}

/** Twice as large while small; then by a quarter: half-empty columns of a long log would be most of the memory. */
export function larger(capacity: number): number {
  return capacity < 1 << 16 ? capacity * 2 : capacity + (capacity >>> 2);
}

/** The last moment at which a process is known to have lived by its own doing. */
export function latest(p: Processes, row: number): number {
  return Number.isNaN(p.lastSeen[row]!) ? p.start[row]! : p.lastSeen[row]!;
}

/** May `row` have been given its number after `other` was? By the pid clock where it knows, since numbers come round; else by the numbers alone. */
export function mayBeBornAfter(p: Processes, row: number, other: number): boolean {
  if (p.bornInTurn[row] === 0) return p.pid[row]! > p.pid[other]!;
  return p.bornAt[row]! > p.bornAt[other]! || (p.bornInTurn[other] === 0 && p.pid[row]! > p.pid[other]!);
}
