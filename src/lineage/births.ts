import { BASIS_DERIVED, BASIS_OBSERVED, FLAG, FLAGS_UNKNOWN, NO_PROCESS } from '../model/index.js';
import type { Deaths } from './deaths.js';
import type { Links } from './lists.js';
import { NamespaceBirths } from './namespaceBirths.js';
import type { Processes } from './processes.js';
import { inheritTraits } from './traits.js';
import { CREATOR_WHY, ORPHAN_WHY } from './why.js';

/** How long after its stamp a snapshot may still meet newborn processes (and how far its starts may be early). */
const WALK_MICROS = 3_000_000;
/** CLONE_* flags (include/uapi/linux/sched.h) that decide lineage. */
const CLONE_PARENT = 0x8000;
const CLONE_THREAD = 0x10000;
/** The first child that the init of a fresh pid namespace makes has this number there; outside it is kthreadd, which never ends. */
const FIRST_CHILD_IN_NAMESPACE = 2;

/** Births on record: who made whom, and who had it first. One boot of one host. */
export class Births {
  /** Births inside a child pid namespace, by caller: their numbers are the namespace's own, so they wait for a child to show itself. */
  private readonly inNamespaces = new NamespaceBirths();

  constructor(
    private readonly host: number,
    private readonly boot: number,
    private readonly processes: Processes,
    private readonly intervals: Links,
    /** The last lifetime of each pid. */
    private readonly byPid: Map<number, number>,
    private readonly deaths: Deaths,
  ) {}

  /** fork, vfork, clone, clone3: `caller` made a child whose number in the caller's namespace is `number`. Returns the child's row, or -1 for a thread. */
  fork(caller: number, number: number, flags: number, t: number): number {
    const p = this.processes;
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
    if (existing !== undefined && this.deaths.isAlive(existing)) this.deaths.replaced(existing, t);
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
    this.inNamespaces.add(caller, t);
    return NO_PROCESS;
  }

  /** The first birth in a namespace by this maker that no child was found for; undefined if there is none. */
  unclaimed(maker: number): number | undefined {
    return this.inNamespaces.takeOldest(maker);
  }

  /** Makers, of the namespaces whose init `mayGo` does not let go, whose children may still show themselves. */
  *expecting(mayGo: (row: number) => boolean): Iterable<number> {
    for (const caller of this.inNamespaces.callers()) if (!mayGo(this.processes.namespaceInit[caller]!)) yield caller;
  }

  /** Rows have new numbers. */
  renumber(renumber: Int32Array): void {
    this.inNamespaces.renumber(renumber);
  }

  /** A process first seen below its namespace's init, which made none that is missing: the last birth there was its own, and its maker is gone. */
  adoptedInNamespace(row: number, init: number, t: number): boolean {
    const p = this.processes;
    const found = this.inNamespaces.takeLatest((caller) => caller !== init && p.namespaceInit[caller] === init, t);
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

  created(row: number, creator: number, basis: number, why: number): void {
    const p = this.processes;
    p.creator[row] = creator;
    p.creatorBasis[row] = basis;
    p.creatorWhy[row] = why;
  }
}
