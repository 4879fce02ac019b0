import { BASIS_DERIVED, BASIS_NONE, BASIS_OBSERVED, FLAG, FLAGS_UNKNOWN, ID_NOT_STATED, NO_PROCESS, NOT_STATED, UNSET_ID } from '../model/index.js';
import { Deaths } from './deaths.js';
import { type Links } from './lists.js';
import { NamespaceBirths } from './namespaceBirths.js';
import type { PidClock } from './pidClock.js';
import { type Processes } from './processes.js';
import { inheritTraits } from './traits.js';
import { CREATOR_WHY, END_WHY, ORPHAN_WHY } from './why.js';

/** A record of a process may be stamped this much after its end: the stamp is the system call's entry on a coarse clock. */
const LATE_MICROS = 100_000;
/** How long after the end of a process a log may still write of it. */
const LOGGED_LATE_MICROS = 5_000_000;
/** How long a dead parent's pid may still be named without doubt. */
const NAMED_AFTER_DEATH_MICROS = 1_000_000;

/** How long after its stamp a snapshot may still meet newborn processes (and how far its starts may be early). */
const WALK_MICROS = 3_000_000;

/** A process first seen this many births ago is not the newcomer whose number is given now. */
const ROUND_BIRTHS = 250;

/** CLONE_* flags (include/uapi/linux/sched.h) that decide lineage. */
const CLONE_PARENT = 0x8000;
const CLONE_THREAD = 0x10000;
const INIT_PID = 1;
const KTHREADD_PID = 2;
/** The first child that the init of a fresh pid namespace makes has this number there; outside it is kthreadd, which never ends. */
const FIRST_CHILD_IN_NAMESPACE = 2;

/**
 * The online pass over one boot of one host: takes observations in order of time and keeps who is alive, who made whom, and who has whom now.
 * What Linux does is in DESIGN section 5; what audit shows of it, with measurements, in the notes at each step.
 */
export class HostPass {
  /** The last lifetime of each pid, living or ended. */
  readonly byPid = new Map<number, number>();
  /** Births inside a child pid namespace, by caller: their numbers are the namespace's own, so they wait for a child to show itself. */
  private readonly namespaceBirths = new NamespaceBirths();
  /** Children that their creator's parent either adopted or had from birth, by creator. */
  private readonly besideOrAdopted = new Map<number, number[]>();
  private initRow = NO_PROCESS;
  forkSeenSince = NaN;
  readonly deaths: Deaths;

  constructor(
    readonly host: number,
    readonly boot: number,
    private readonly processes: Processes,
    private readonly intervals: Links,
    /** Tells the holders of a pid apart, on a host whose births are not on record. */
    private clock?: PidClock,
  ) {
    this.deaths = new Deaths(processes, intervals, this.byPid, (t) => this.init(t));
  }

  /** pid 1 of this boot. */
  init(t: number): number {
    if (this.initRow === NO_PROCESS) {
      const known = this.byPid.get(INIT_PID);
      this.initRow = known ?? this.pointedTo(INIT_PID, t);
    }
    return this.initRow;
  }

  /**
   * The lifetime that a record of `pid` at `t` belongs to; made where none fits. `named` is the parent that the record names, NOT_STATED if none;
   * `exe` the program that the record shows it running, where it does not start it.
   */
  lifetime(pid: number, named: number, ses: number, t: number, exe?: number): number {
    const p = this.processes;
    // Nobody is its own parent, and init has none in its namespace: such a record is damaged or forged.
    const ppid = named === pid || pid === INIT_PID ? NOT_STATED : named;
    const row = this.byPid.get(pid);
    this.clock?.at(t);
    if (row !== undefined) {
      const ended = p.end[row]!;
      if (Number.isNaN(ended)) {
        if (this.cameRound(row) && exe !== p.exe[row]) this.deaths.end(row, t, BASIS_DERIVED, END_WHY.pidReused);
        else if (this.continues(row, ppid, ses, t)) return this.speaks(row, t);
        else this.deaths.end(row, t, BASIS_DERIVED, END_WHY.namesOtherParent);
      } else if (t <= ended + LATE_MICROS || p.endWhy[row] === END_WHY.notInSnapshot) {
        if (p.endWhy[row] === END_WHY.notInSnapshot && t > ended) this.deaths.revive(row);
        return this.speaks(row, t);
      }
    }
    return this.firstSeen(pid, ppid, ses, t);
  }

  /**
   * The process that a log line names. Such a line is written later than what it tells, and its pid may be long gone: it is joined to the last holder,
   * and shows a process of its own only where no fork record would have.
   */
  named(pid: number, t: number): number {
    const row = this.byPid.get(pid);
    if (row !== undefined) {
      const ended = this.processes.end[row]!;
      if (Number.isNaN(ended) || t <= ended + LOGGED_LATE_MICROS) return row;
    }
    return Number.isNaN(this.forkSeenSince) ? this.firstSeen(pid, NOT_STATED, ID_NOT_STATED, t) : (row ?? NO_PROCESS);
  }

  private speaks(row: number, t: number): number {
    const p = this.processes;
    p.spoke[row] = 1;
    p.tentative[row] = 0;
    p.activeAt[row] = this.clock?.births() ?? 0;
    p.flags[row]! &= ~FLAG.unrecorded;
    if (t > p.goneBy[row]! + NAMED_AFTER_DEATH_MICROS) {
      for (const child of this.besideOrAdopted.get(row) ?? []) this.bornBeside(child, p.parent[child]!, p.parentSeen[child]!);
      this.besideOrAdopted.delete(row);
    }
    p.goneBy[row] = NaN; // whoever speaks is alive
    if (!(p.lastSeen[row]! >= t)) p.lastSeen[row] = t;
    return row;
  }

  /** A process without a birth record, known since `t`. */
  private firstSeen(pid: number, ppid: number, ses: number, t: number): number {
    const p = this.processes;
    const previous = this.byPid.get(pid) ?? NO_PROCESS;
    const row = p.add(this.host, this.boot, pid, t);
    p.bornAt[row] = this.clock?.birthOf(pid) ?? 0;
    p.activeAt[row] = p.bornAt[row]!;
    p.startBasis[row] = BASIS_DERIVED;
    p.previousLifetime[row] = previous;
    this.byPid.set(pid, row);
    if (pid === INIT_PID) this.initRow = row;
    this.speaks(row, t);
    if (ppid > 0) this.firstParent(row, this.living(ppid, t, ses), ses, t);
    return row;
  }

  /** A process that another record only points to (a ppid, a signal's target). */
  private pointedTo(pid: number, t: number): number {
    const p = this.processes;
    const previous = this.byPid.get(pid) ?? NO_PROCESS;
    const row = p.add(this.host, this.boot, pid, t);
    p.bornAt[row] = this.clock?.birthOf(pid) ?? 0;
    p.activeAt[row] = p.bornAt[row]!;
    p.startBasis[row] = BASIS_DERIVED;
    p.flags[row] = pid === INIT_PID || pid === KTHREADD_PID ? 0 : FLAG.unrecorded;
    p.previousLifetime[row] = previous;
    this.byPid.set(pid, row);
    if (pid === INIT_PID) this.initRow = row;
    return row;
  }

  /** The living process of a pid that a record names as a parent. */
  living(pid: number, t: number, ses = ID_NOT_STATED): number {
    const row = this.byPid.get(pid);
    if (row === undefined) return this.pointedTo(pid, t);
    const ended = this.processes.end[row]!;
    if (Number.isNaN(ended) && this.notTheParent(row, ses)) {
      this.deaths.end(row, t, BASIS_DERIVED, END_WHY.pidReused);
      return this.pointedTo(pid, t);
    }
    return Number.isNaN(ended) || t <= ended + NAMED_AFTER_DEATH_MICROS ? row : this.pointedTo(pid, t);
  }

  /** Where no forks are on record: is it this number's turn now, and was its known holder born in an earlier round? Then somebody else has it. */
  private cameRound(row: number): boolean {
    const { clock, processes: p } = this;
    const pid = p.pid[row]!;
    return clock !== undefined && pid > KTHREADD_PID && clock.isTurnOf(pid) && clock.births() - p.bornAt[row]! > ROUND_BIRTHS;
  }

  /**
   * The known holder of a pid that a newcomer names as its parent is not meant: another audit session, which only a LOGIN changes, and then the
   * newcomer says so itself; or the number came round, and nothing shows that its holder outlived its youth.
   */
  private notTheParent(row: number, ses: number): boolean {
    const p = this.processes;
    if (!this.clock || p.pid[row]! <= KTHREADD_PID) return false;
    const known = p.ses[row]!;
    if (ses !== ID_NOT_STATED && ses !== UNSET_ID && known !== ID_NOT_STATED && known !== UNSET_ID && known !== ses) return true;
    return this.cameRound(row) && p.activeAt[row]! - p.bornAt[row]! <= ROUND_BIRTHS;
  }

  /** The parent at the first sight of a process whose birth no record shows: its creator, unless it was adopted before. */
  private firstParent(row: number, parent: number, ses: number, t: number): void {
    const p = this.processes;
    p.move(row, parent);
    p.parentSeen[row] = t;
    p.activeAt[parent] = this.clock?.births() ?? 0;
    p.interval[row] = this.intervals.add(t, NaN, parent, BASIS_OBSERVED, 0, p.interval[row]!);
    const namespace = p.namespaceInit[parent]!;
    p.namespaceInit[row] = namespace;
    const own = namespace === NO_PROCESS ? undefined : this.namespaceBirths.takeOldest(parent);
    if (own !== undefined) {
      p.start[row] = own;
      p.startBasis[row] = BASIS_OBSERVED;
    p.startSpan[row] = 0;
      this.created(row, parent, BASIS_OBSERVED, CREATOR_WHY.forkInNamespace);
      inheritTraits(p, row, parent);
    } else if (parent === namespace && this.adoptedInNamespace(row, namespace, t)) {
      return;
    } else if (p.pid[parent] === INIT_PID) {
      // Without fork records, a process of a login session below init is as likely an orphan as init's own child: then nothing is claimed.
      const inSession = ses !== UNSET_ID && ses !== ID_NOT_STATED;
      if (!inSession || !Number.isNaN(this.forkSeenSince)) this.created(row, parent, BASIS_DERIVED, CREATOR_WHY.firstParentInit);
    } else {
      this.created(row, parent, BASIS_DERIVED, CREATOR_WHY.firstParentSeen);
    }
  }

  /** A process first seen below its namespace's init, which made none that is missing: the last birth there was its own, and its maker is gone. */
  private adoptedInNamespace(row: number, init: number, t: number): boolean {
    const p = this.processes;
    const found = this.namespaceBirths.takeLatest((caller) => caller !== init && p.namespaceInit[caller] === init, t);
    if (!found) return false;
    const { caller: maker, birth } = found;
    p.start[row] = birth;
    p.startBasis[row] = BASIS_OBSERVED;
    p.startSpan[row] = 0;
    this.created(row, maker, BASIS_DERIVED, CREATOR_WHY.forkInNamespace);
    inheritTraits(p, row, maker);
    const left = this.deaths.isAlive(maker) ? t : Math.min(p.end[maker]!, t);
    if (this.deaths.isAlive(maker)) p.goneBy[maker] = t;
    this.intervals.a[p.interval[row]!] = maker;
    this.intervals.b[p.interval[row]!] = BASIS_DERIVED;
    this.intervals.time[p.interval[row]!] = birth;
    this.deaths.adopt(row, init, left, left, BASIS_OBSERVED, ORPHAN_WHY.parentExited);
    return true;
  }

  private created(row: number, creator: number, basis: number, why: number): void {
    const p = this.processes;
    p.creator[row] = creator;
    p.creatorBasis[row] = basis;
    p.creatorWhy[row] = why;
  }

  /**
   * Does a record that names `ppid` belong to the living lifetime `row`? The kernel changes a parent only by adoption, to init, to a subreaper or,
   * unseen as such, to an ancestor; any other parent means that the pid has a new holder.
   */
  private continues(row: number, ppid: number, ses: number, t: number): boolean {
    const p = this.processes;
    const known = p.ses[row]!;
    // An audit session is left only by a new login, whose LOGIN record changes `ses` here before any other record does.
    if (ses !== ID_NOT_STATED && known !== ID_NOT_STATED && known !== UNSET_ID && ses !== known) return false;
    if (ppid <= 0) return true;
    const parent = p.parent[row]!;
    if (parent === NO_PROCESS) {
      this.firstParent(row, this.living(ppid, t, ses), ses, t);
      return true;
    }
    if (p.pid[parent] === ppid) {
      const ended = p.end[parent]!;
      if (!Number.isNaN(ended) && t > ended + NAMED_AFTER_DEATH_MICROS && this.byPid.get(ppid) !== parent) return false;
      p.parentSeen[row] = t;
      const interval = p.interval[row]!;
      if (p.orphanBasis[row] === BASIS_DERIVED && interval !== -1 && this.intervals.c[interval] === 1) {
        p.orphanBasis[row] = BASIS_OBSERVED; // what the exit implied, this record states
        this.intervals.b[interval] = BASIS_OBSERVED;
      }
      return true;
    }
    const other = this.byPid.get(ppid);
    const adopted = p.interval[row]!;
    if (other !== undefined && adopted !== -1 && this.intervals.c[adopted] === 1) {
      const before = this.intervals.next[adopted]!;
      if (before !== -1 && this.intervals.a[before] === other && t <= p.end[other]! + NAMED_AFTER_DEATH_MICROS) {
        // Its dying parent is still named: an exit is stamped at its start, the adoption comes some milliseconds later.
        this.intervals.time[adopted] = t;
        this.intervals.to[before] = t;
        p.adoptedMax[row] = Math.max(t, p.adoptedMax[row]!);
        return true;
      }
    }
    if (other !== undefined && p.flagsHidden[row] === 1 && Number.isNaN(p.parentSeen[row]!) && p.parent[parent] === other && this.deaths.isAlive(parent) && parent === p.creator[row]) {
      // First seen below the caller's own parent while the caller lives: clone3 with CLONE_PARENT, whose flags audit cannot show. Where that parent
      // adopts, the caller may just be dying (its exit not written yet): then what the caller does next decides.
      if (p.pid[other] !== INIT_PID && p.subreaper[other] === 0) {
        this.bornBeside(row, other, t);
        return true;
      }
      const doubtful = this.besideOrAdopted.get(parent);
      if (doubtful) doubtful.push(row);
      else this.besideOrAdopted.set(parent, [row]);
    }
    const adopter = ppid === INIT_PID ? this.init(t) : other;
    if (adopter === undefined || !this.deaths.isAlive(adopter) || !(ppid === INIT_PID || p.subreaper[adopter] === 1 || this.isAncestor(adopter, row) || p.namespaceInit[row] === adopter)) return false;
    if (ppid !== INIT_PID && p.namespaceInit[row] !== adopter) p.subreaper[adopter] = 1; // only a subreaper can have adopted it
    this.changed(row, adopter, t);
    return true;
  }

  /** CLONE_PARENT, seen from what follows: the child's first parent is its creator's parent. */
  private bornBeside(row: number, parent: number, t: number): void {
    const p = this.processes;
    p.creatorWhy[row] = CREATOR_WHY.cloneParentSeen;
    p.flags[row]! |= FLAG.foreignParent;
    p.orphanBasis[row] = BASIS_NONE;
    p.adoptedMin[row] = NaN;
    p.adoptedMax[row] = NaN;
    p.move(row, parent);
    p.interval[row] = this.intervals.add(p.start[row]!, NaN, parent, BASIS_OBSERVED, 0, -1);
    p.parentSeen[row] = t;
  }

  private isAncestor(ancestor: number, row: number): boolean {
    const p = this.processes;
    let at = row;
    for (let depth = 0; depth < 256; depth++) {
      at = p.creator[at]!;
      if (at === NO_PROCESS) return false;
      if (at === ancestor) return true;
    }
    return false;
  }

  /** A record shows that `row` has another parent than before. */
  private changed(row: number, adopter: number, t: number): void {
    const p = this.processes;
    const before = p.parent[row]!;
    const interval = p.interval[row]!;
    if (p.orphanBasis[row] === BASIS_DERIVED && p.interval[row] !== -1 && this.intervals.c[interval] === 1 && !(p.parentSeen[row]! > this.intervals.time[interval]!)) {
      // The exit of its parent had it adopted, by another than we thought: this record knows better.
      this.intervals.a[interval] = adopter;
      this.intervals.b[interval] = BASIS_OBSERVED;
      p.move(row, adopter);
      p.parentSeen[row] = t;
      p.orphanBasis[row] = BASIS_OBSERVED;
      return;
    }
    const ended = p.end[before]!;
    const from = Number.isNaN(p.parentSeen[row]!) ? p.start[row]! : p.parentSeen[row]!;
    const at = Number.isNaN(ended) ? t : Math.min(ended, t);
    if (Number.isNaN(ended)) p.goneBy[before] = Number.isNaN(p.goneBy[before]!) ? t : Math.min(t, p.goneBy[before]!);
    this.deaths.adopt(row, adopter, Math.min(from, at), at, BASIS_OBSERVED, ORPHAN_WHY.parentChanged);
    p.parentSeen[row] = t;
  }

  /** fork, vfork, clone, clone3: `caller` made a child whose number in the caller's namespace is `number`. Returns the child's row, or -1 for a thread. */
  fork(caller: number, number: number, flags: number, t: number): number {
    const p = this.processes;
    if (Number.isNaN(this.forkSeenSince)) this.forkSeenSince = t;
    this.clock = undefined; // from now on a birth says who is new
    const known = flags !== FLAGS_UNKNOWN;
    if ((known && (flags & CLONE_THREAD) !== 0) || number === p.pid[caller]) return NO_PROCESS; // nobody makes itself: a damaged record
    if (number === FIRST_CHILD_IN_NAMESPACE && p.namespaceInit[caller] === NO_PROCESS) p.namespaceInit[caller] = caller;
    if (p.namespaceInit[caller] !== NO_PROCESS) return this.bornInNamespace(caller, t);
    const existing = this.byPid.get(number);
    const parent = known && (flags & CLONE_PARENT) !== 0 && p.parent[caller] !== NO_PROCESS ? p.parent[caller]! : caller;
    if (existing !== undefined && p.creatorWhy[existing] !== CREATOR_WHY.forkRecord && (p.start[existing]! >= t || this.seenInWalk(existing, t))) {
      p.start[existing] = t;
      // The child spoke first (6 % of births here, 29 % of vforks): its records are stamped alike and numbered earlier.
      p.startBasis[existing] = BASIS_OBSERVED;
      p.startSpan[existing] = 0;
      p.flags[existing]! &= ~FLAG.unrecorded;
      if (parent !== caller) p.flags[existing]! |= FLAG.foreignParent;
      if (this.deaths.isAlive(existing) && p.parent[existing] === NO_PROCESS) this.bear(existing, caller, parent, t);
      else this.created(existing, caller, BASIS_OBSERVED, parent === caller ? CREATOR_WHY.forkRecord : CREATOR_WHY.cloneParentFlag);
      if (p.namespaceInit[existing] === NO_PROCESS) p.namespaceInit[existing] = p.namespaceInit[caller]!;
      return existing;
    }
    if (existing !== undefined && this.deaths.isAlive(existing)) this.deaths.end(existing, t, BASIS_DERIVED, END_WHY.pidReused);
    const row = p.add(this.host, this.boot, number, t);
    p.startBasis[row] = BASIS_OBSERVED;
    p.startSpan[row] = 0;
    p.previousLifetime[row] = existing ?? NO_PROCESS;
    p.tentative[row] = known ? 0 : 1;
    p.flagsHidden[row] = known ? 0 : 1;
    this.byPid.set(number, row);
    inheritTraits(p, row, caller);
    this.bear(row, caller, parent, t);
    return row;
  }

  /** Shown by a snapshot that began shortly before this birth, and by nothing else: the snapshot's walk met the newborn. */
  private seenInWalk(row: number, t: number): boolean {
    const p = this.processes;
    return this.deaths.isAlive(row) && Number.isNaN(p.lastActive[row]!) && p.spoke[row] === 1 && p.start[row]! >= t - WALK_MICROS;
  }

  private bear(row: number, caller: number, parent: number, t: number): void {
    const p = this.processes;
    if (parent !== caller) p.flags[row]! |= FLAG.foreignParent;
    this.created(row, caller, BASIS_OBSERVED, parent === caller ? CREATOR_WHY.forkRecord : CREATOR_WHY.cloneParentFlag);
    p.move(row, parent);
    p.interval[row] = this.intervals.add(t, NaN, parent, parent === caller ? BASIS_OBSERVED : BASIS_DERIVED, 0, p.interval[row]!);
  }

  /** A birth whose number means nothing outside its namespace: joined to the child that spoke already, else kept until one does. */
  private bornInNamespace(caller: number, t: number): number {
    const p = this.processes;
    for (let child = p.firstChild[caller]!; child !== NO_PROCESS; child = p.nextSibling[child]!) {
      if (p.start[child]! >= t && p.startBasis[child] !== BASIS_OBSERVED) {
        p.startBasis[child] = BASIS_OBSERVED;
        p.startSpan[child] = 0;
        p.namespaceInit[child] = p.namespaceInit[caller]!;
        this.created(child, caller, BASIS_OBSERVED, CREATOR_WHY.forkInNamespace);
        return child;
      }
    }
    this.namespaceBirths.add(caller, t);
    return NO_PROCESS;
  }
}
