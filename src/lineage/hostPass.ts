import { type Batch, BASIS_DERIVED, BASIS_NONE, BASIS_OBSERVED, FLAG, ID_NOT_STATED, NO_PROCESS, NO_STRING, NOT_STATED, UNSET_ID, PARENT_KINDS, type ParentKind } from '../model/index.js';
import { Births } from './births.js';
import { Deaths } from './deaths.js';
import { type Links } from './lists.js';
import type { PidClock } from './pidClock.js';
import { type Processes } from './processes.js';
import { renumberKeys, renumberValues } from './renumber.js';
import { inheritTraits } from './traits.js';
import { CREATOR_WHY, END_WHY, ORPHAN_WHY } from './why.js';

/** A record of a process may be stamped this much after its end: the stamp is the system call's entry on a coarse clock. */
const LATE_MICROS = 100_000;
/** How long after the end of a process a log may still write of it. */
const LOGGED_LATE_MICROS = 5_000_000;
/** How long a dead parent's pid may still be named without doubt. */
const NAMED_AFTER_DEATH_MICROS = 1_000_000;


/** A process first seen this many births ago is not the newcomer whose number is given now. */
const ROUND_BIRTHS = 250;

const INIT_PID = 1;
const KTHREADD_PID = 2;

/** A tracer, what an agent found when it looked later, and an agent's own table may name a stranger: no lifetime ends and nobody is adopted for these. */
const SOFT_KINDS: ReadonlySet<number> = new Set((['ptraceView', 'byReader', 'tracked'] satisfies ParentKind[]).map((kind) => PARENT_KINDS.indexOf(kind)));

/**
 * The online pass over one boot of one host: takes observations in order of time and keeps who is alive, who made whom, and who has whom now.
 * What Linux does is in DESIGN section 5; what audit shows of it, with measurements, in the notes at each step.
 */
export class HostPass {
  /** The last lifetime of each pid, living or ended. */
  readonly byPid = new Map<number, number>();
  /** Children that their creator's parent either adopted or had from birth, by creator. */
  private readonly besideOrAdopted = new Map<number, number[]>();
  /** Lifetimes by their sensors' own ids (StringId). */
  private readonly byIdentity = new Map<number, number>();
  private initRow = NO_PROCESS;
  forkSeenSince = NaN;
  readonly deaths: Deaths;
  private readonly births: Births;

  constructor(
    readonly host: number,
    readonly boot: number,
    private readonly processes: Processes,
    private readonly intervals: Links,
    /** Was it made to live on when its terminal is hung up? */
    outlivesHangUp: (row: number) => boolean,
    /** Tells the holders of a pid apart, on a host whose births are not on record. */
    private clock?: PidClock,
  ) {
    this.deaths = new Deaths(processes, intervals, this.byPid, (t) => this.init(t), outlivesHangUp);
    this.births = new Births(host, boot, processes, intervals, this.byPid, this.deaths);
  }

  /** Rows that records still to come may ask for although they may go as far as `mayGo` knows, and those that stand for something. */
  *held(mayGo: (row: number) => boolean): Iterable<number> {
    if (this.initRow !== NO_PROCESS) yield this.initRow;
    for (const [creator, children] of this.besideOrAdopted) if (!mayGo(creator)) yield* children;
    yield* this.births.expecting(mayGo);
  }

  /** Rows have new numbers; those that are gone are forgotten. */
  renumber(renumber: Int32Array): void {
    renumberValues(this.byPid, renumber);
    renumberValues(this.byIdentity, renumber);
    renumberKeys(this.besideOrAdopted, renumber);
    for (const [creator, children] of this.besideOrAdopted) this.besideOrAdopted.set(creator, children.map((child) => renumber[child]!).filter((child) => child !== NO_PROCESS));
    if (this.initRow !== NO_PROCESS) this.initRow = renumber[this.initRow]!;
    this.deaths.renumber(renumber);
    this.births.renumber(renumber);
  }

  /** pid 1 of this boot. */
  init(t: number): number {
    if (this.initRow === NO_PROCESS) {
      const known = this.byPid.get(INIT_PID);
      this.initRow = known ?? this.pointedTo(INIT_PID, t);
    }
    return this.initRow;
  }

  /** The lifetime that a record is about; `exe` the program that it shows the process running, where it does not start it. */
  recorded(batch: Batch, at: number, exe?: number): number {
    const identity = batch.identity[at]!;
    const known = identity === NO_STRING ? undefined : this.byIdentity.get(identity);
    const pid = batch.pid[at]!;
    const t = batch.time[at]!;
    const ses = batch.ses[at]!;
    const ppid = this.parentNamed(batch, at);
    if (known !== undefined && this.processes.pid[known] === pid) {
      // The same id is the same process, whatever else the record seems to say.
      if (!this.deaths.isAlive(known)) return known;
      if (ppid > 0 && ppid !== pid && pid !== INIT_PID) this.continues(known, ppid, ses, t);
      return this.speaks(known, t);
    }
    const parent = batch.parentIdentity[at] === NO_STRING ? undefined : this.byIdentity.get(batch.parentIdentity[at]!);
    const row = this.lifetime(pid, ppid, ses, t, exe, parent !== undefined && this.processes.pid[parent] === ppid ? parent : NO_PROCESS);
    this.identify(identity, row);
    return row;
  }

  /** A sensor calls a lifetime by this id from now on. */
  identify(identity: number, row: number): void {
    if (identity !== NO_STRING && row !== NO_PROCESS) this.byIdentity.set(identity, row);
  }

  /** The parent that a record names, NOT_STATED where what it names is too weak to be held against what is known. */
  parentNamed(batch: Batch, at: number): number {
    const ppid = batch.ppid[at]!;
    if (ppid <= 0 || !SOFT_KINDS.has(batch.parentKind[at]!)) return ppid;
    const row = this.byPid.get(batch.pid[at]!);
    if (row === undefined || !this.deaths.isAlive(row)) return ppid;
    const parent = this.processes.parent[row]!;
    return parent === NO_PROCESS || (this.processes.pid[parent] === ppid && this.deaths.isAlive(parent)) ? ppid : NOT_STATED;
  }

  /**
   * The lifetime that a record of `pid` at `t` belongs to; made where none fits. `named` is the parent that the record names, NOT_STATED if none;
   * `exe` the program that the record shows it running, where it does not start it; `parent` the very lifetime of `named`, where the record tells.
   */
  lifetime(pid: number, named: number, ses: number, t: number, exe?: number, parent = NO_PROCESS): number {
    const p = this.processes;
    // Nobody is its own parent, and init has none in its namespace: such a record is damaged or forged.
    const ppid = named === pid || pid === INIT_PID ? NOT_STATED : named;
    const row = this.byPid.get(pid);
    this.clock?.at(t);
    if (row !== undefined) {
      const ended = p.end[row]!;
      if (Number.isNaN(ended)) {
        if (this.cameRound(row) && exe !== NO_STRING && exe !== p.exe[row]) this.deaths.end(row, t, BASIS_DERIVED, END_WHY.pidReused);
        else if (this.continues(row, ppid, ses, t)) return this.speaks(row, t);
        else this.deaths.end(row, t, BASIS_DERIVED, END_WHY.namesOtherParent);
      } else if (t <= ended + LATE_MICROS) {
        return this.speaks(row, t);
      } else if (p.endWhy[row] === END_WHY.notInSnapshot && !this.cameRound(row)) {
        this.deaths.revive(row); // only a snapshot's silence spoke for its end
        if (this.continues(row, ppid, ses, t)) return this.speaks(row, t);
        this.deaths.end(row, ended, BASIS_DERIVED, END_WHY.notInSnapshot);
      }
    }
    return this.firstSeen(pid, ppid, ses, t, parent);
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
  private firstSeen(pid: number, ppid: number, ses: number, t: number, parent = NO_PROCESS): number {
    const row = this.knownSince(pid, t);
    this.speaks(row, t);
    if (ppid > 0) this.firstParent(row, parent === NO_PROCESS ? this.living(ppid, t, ses, row) : parent, ses, t);
    return row;
  }

  /** A process that another record only points to, as the parent of `child` where one is given. */
  private pointedTo(pid: number, t: number, child = NO_PROCESS): number {
    const row = this.knownSince(pid, t, child);
    this.processes.flags[row] = pid === INIT_PID || pid === KTHREADD_PID ? 0 : FLAG.unrecorded;
    return row;
  }

  private knownSince(pid: number, t: number, child = NO_PROCESS): number {
    const { clock, processes: p } = this;
    const row = p.add(this.host, this.boot, pid, t);
    if (clock) {
      p.bornInTurn[row] = this.isTurnOf(pid, child) ? 1 : 0;
      p.bornAt[row] = p.bornInTurn[row] === 1 ? clock.birthOf(pid) : clock.births();
    }
    p.activeAt[row] = p.bornAt[row]!;
    p.startBasis[row] = BASIS_DERIVED;
    p.previousLifetime[row] = this.byPid.get(pid) ?? NO_PROCESS;
    this.byPid.set(pid, row);
    if (pid === INIT_PID) this.initRow = row;
    return row;
  }

  /** The living process of a pid that a record of `child` names as its parent. */
  private living(pid: number, t: number, ses: number, child: number): number {
    const row = this.byPid.get(pid);
    if (row === undefined) return this.pointedTo(pid, t, child);
    const ended = this.processes.end[row]!;
    if (Number.isNaN(ended) && this.notTheParent(row, ses, child)) {
      this.deaths.end(row, t, BASIS_DERIVED, END_WHY.pidReused);
      return this.pointedTo(pid, t, child);
    }
    return Number.isNaN(ended) || t <= ended + NAMED_AFTER_DEATH_MICROS ? row : this.pointedTo(pid, t, child);
  }

  /**
   * Where no forks are on record: is it this number's turn now? A parent was given its number before its child: a number that comes only after the child's
   * has its turn still to come, and whoever is named by it has it from an earlier round.
   */
  private isTurnOf(pid: number, child = NO_PROCESS): boolean {
    const { clock, processes: p } = this;
    if (!clock?.isTurnOf(pid)) return false;
    return child === NO_PROCESS || p.bornInTurn[child] === 0 || clock.birthOf(pid) < p.bornAt[child]!;
  }

  /** Is it this number's turn now (no later than `child`, where it is asked as its parent), and was its known holder born in an earlier round? Then somebody else has it. */
  private cameRound(row: number, child = NO_PROCESS): boolean {
    const { clock, processes: p } = this;
    const pid = p.pid[row]!;
    return clock !== undefined && pid > KTHREADD_PID && this.isTurnOf(pid, child) && clock.births() - p.bornAt[row]! > ROUND_BIRTHS;
  }

  /**
   * The known holder of a pid that a newcomer names as its parent is not meant: another audit session, which only a LOGIN changes, and then the
   * newcomer says so itself; or the number came round, and nothing shows that its holder outlived its youth.
   */
  private notTheParent(row: number, ses: number, child: number): boolean {
    const p = this.processes;
    if (!this.clock || p.pid[row]! <= KTHREADD_PID) return false;
    const known = p.ses[row]!;
    if (ses !== ID_NOT_STATED && ses !== UNSET_ID && known !== ID_NOT_STATED && known !== UNSET_ID && known !== ses) return true;
    return this.cameRound(row, child) && p.activeAt[row]! - p.bornAt[row]! <= ROUND_BIRTHS;
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
    const own = namespace === NO_PROCESS ? undefined : this.births.unclaimed(parent);
    if (own !== undefined) {
      p.start[row] = own;
      p.startBasis[row] = BASIS_OBSERVED;
    p.startSpan[row] = 0;
      this.births.created(row, parent, BASIS_OBSERVED, CREATOR_WHY.forkInNamespace);
      inheritTraits(p, row, parent);
    } else if (parent === namespace && this.births.adoptedInNamespace(row, namespace, t)) {
      return;
    } else if (p.pid[parent] === INIT_PID) {
      // Without fork records, a process of a login session below init is as likely an orphan as init's own child: then nothing is claimed.
      const inSession = ses !== UNSET_ID && ses !== ID_NOT_STATED;
      if (!inSession || !Number.isNaN(this.forkSeenSince)) this.births.created(row, parent, BASIS_DERIVED, CREATOR_WHY.firstParentInit);
    } else {
      this.births.created(row, parent, BASIS_DERIVED, CREATOR_WHY.firstParentSeen);
    }
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
      this.firstParent(row, this.living(ppid, t, ses, row), ses, t);
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
    if (Number.isNaN(this.forkSeenSince)) this.forkSeenSince = t;
    this.clock = undefined; // from now on a birth says who is new
    return this.births.fork(caller, number, flags, t);
  }
}
