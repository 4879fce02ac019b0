import { ADOPTER_KINDS, type AdopterKind, BASIS_NONE, BASIS_OBSERVED, FLAG, type Lineage, NO_PROCESS, type SessionRecord, type StringId, type StringTable } from '../model/index.js';
import { findBrokered } from './brokered.js';
import { Claims } from './claims.js';
import { Inference } from './infer.js';
import { creatorConfidence, isOrphanUnknown, ORPHAN_FLOOR, orphanChance } from './confidence.js';
import { keptRows } from './keptRows.js';
import { type Column, taker } from './pick.js';
import { latest, type Processes } from './processes.js';
import { reasonsOf, type WhyColumns } from './reasons.js';
import type { Rebuilt } from './rebuilt.js';
import { numberTree } from './tree.js';
import { inferFromSnapshots } from './snapshotTraces.js';
import { findWays } from './ways.js';
import { END_WHY } from './why.js';

const ADOPTER = Object.fromEntries(ADOPTER_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<AdopterKind, number>>;
/** Whose programs lie here may be anybody's (HUNT 5, process.exe.writable_dir). */
const WRITABLE = /^\/(tmp|var\/tmp|dev\/shm|run)\//;
const END_KNOWN_MICROS = 2_000_000;

/** What leaves this module: the lineage, the sessions, and which process each observation is about. */
export interface Healed {
  readonly lineage: Lineage;
  readonly sessions: readonly SessionRecord[];
  readonly hosts: readonly string[];
  readonly assignments: readonly Int32Array[];
  readonly others: readonly Int32Array[];
}

/**
 * Freezes a pass into columns: threads that were taken for processes left out, rows in order of start, references renumbered. The columns of `rebuilt`
 * become those of the lineage, in their own memory: nobody may use it afterwards.
 */
export function finish(rebuilt: Rebuilt, strings: StringTable): Healed {
  const { processes: p, intervals, programs } = rebuilt;
  const claims = inferAll(rebuilt, strings);
  const sure = (row: number): number => creatorConfidence(rebuilt, row);
  const brokered = findBrokered(rebuilt, strings);
  const ways = findWays(p, programs, strings, rebuilt.logins, sure, brokered.entryBy);
  const requesters = brokered.requesters(ways, sure, claims);
  const kept = keptRows(rebuilt);
  const count = kept.length;
  const renumber = new Int32Array(p.count).fill(NO_PROCESS);
  for (let row = 0; row < count; row++) renumber[kept[row]!] = row;
  const refer = (column: Int32Array): Int32Array => {
    const taken = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      const to = column[kept[row]!]!;
      taken[row] = to === NO_PROCESS ? NO_PROCESS : renumber[to]!;
    }
    return taken;
  };

  const creator = refer(p.creator);
  const confidence = new Float32Array(count);
  const orphanSure = new Float32Array(count);
  const adopter = new Int32Array(count).fill(NO_PROCESS);
  const adopterKind = new Uint8Array(count);
  const adopterBasis = new Uint8Array(count).fill(BASIS_NONE);
  const after = { min: new Float64Array(count).fill(NaN), max: new Float64Array(count).fill(NaN) };
  const pidGap = new Float64Array(count).fill(NaN);

  const spans = new LinkedRows(count, intervals.count);
  const runs = new LinkedRows(count, programs.count);
  const traits = programTraits(strings);
  for (let row = 0; row < count; row++) {
    const old = kept[row]!;
    const chance = orphanChance(rebuilt, old);
    const isOrphan = chance >= ORPHAN_FLOOR;
    // Intervals come newest first. An adoption that is not held to have been leaves none.
    for (let at = p.interval[old]!; at !== -1; at = intervals.next[at]!) if (isOrphan || intervals.c[at] !== 1) spans.add(at);
    spans.turn();
    spans.end(row);
    for (let at = p.firstProgram[old]!; at !== -1; at = programs.next[at]!) runs.add(at);
    runs.end(row);
    confidence[row] = sure(old);
    let flags = p.flags[old]! | traits(p.exe[old]!);
    if (p.tty[old] !== 0 && strings.text(p.tty[old]!) !== '?') flags |= FLAG.interactive;
    if (p.namespaceInit[old] !== NO_PROCESS) flags |= FLAG.inNamespace;
    const previous = p.previousLifetime[old]!;
    if (previous !== NO_PROCESS && !Number.isNaN(p.end[previous]!)) pidGap[row] = Math.max(0, p.start[old]! - p.end[previous]!);
    if (isOrphan) {
      flags |= FLAG.orphan;
      orphanSure[row] = chance;
      after.min[row] = Math.max(0, p.adoptedMin[old]! - p.start[old]!);
      after.max[row] = Math.max(0, p.adoptedMax[old]! - p.start[old]!);
      const by = intervals.a[spans.last]!;
      adopter[row] = renumber[by]!;
      adopterBasis[row] = intervals.b[spans.last]!;
      adopterKind[row] = p.pid[by] === 1 ? ADOPTER.init : p.namespaceInit[old] === by ? ADOPTER['namespace-init'] : ADOPTER.subreaper;
    } else {
      p.orphanBasis[old] = BASIS_NONE;
      if (isOrphanUnknown(rebuilt, old)) flags |= FLAG.orphanUnknown;
    }
    p.flags[old] = flags;
  }
  markMiddles(p, kept, creator);
  forgetUnknownTimes(p, kept);

  const { pre, size, depth } = numberTree(creator);
  const take = taker(kept);
  const columns: Omit<Lineage, keyof Explained> = {
    count, host: take(p.host), boot: take(p.boot), pid: take(p.pid), start: take(p.start), startBasis: take(p.startBasis), end: take(p.end), endBasis: take(p.endBasis),
    lastSeen: take(p.lastSeen), exitCode: take(p.exitCode), flags: take(p.flags), creator, creatorBasis: take(p.creatorBasis), creatorConfidence: confidence,
    adopter, adopterKind, adopterBasis, orphanBasis: take(p.orphanBasis), orphanConfidence: orphanSure, orphanedAfterMin: after.min, orphanedAfterMax: after.max,
    launcher: refer(ways.launcher), launcherBasis: take(ways.launcherBasis), launcherConfidence: take(ways.launcherConfidence), launcherDistance: take(ways.launcherDistance),
    entry: refer(ways.entry), entryKind: take(ways.entryKind), entryBasis: take(ways.entryBasis), entryConfidence: take(ways.entryConfidence),
    requester: refer(requesters.requester), requesterConfidence: take(requesters.confidence),
    uid: take(p.uid), user: take(p.user), euid: take(p.euid), gid: take(p.gid), auid: take(p.auid), ses: take(p.ses), sid: take(p.sid), pgid: take(p.pgid), setsidAt: take(p.setsidAt),
    tty: take(p.tty), comm: take(p.comm), exe: take(p.exe), args: take(p.args), cwd: take(p.cwd), cgroup: take(p.cgroup), unit: take(p.unit), container: take(p.container),
    execs: take(p.execs), pidGap,
    intervalFirst: spans.first, intervalParent: spans.pick(intervals.a, new Int32Array(spans.count), renumber), intervalFrom: spans.pick(intervals.time, new Float64Array(spans.count)),
    intervalTo: spans.pick(intervals.to, new Float64Array(spans.count)), intervalBasis: spans.pick(intervals.b, new Uint8Array(spans.count)), intervalAdopted: spans.pick(intervals.c, new Uint8Array(spans.count)),
    programFirst: runs.first, programTime: runs.pick(programs.time, new Float64Array(runs.count)), programComm: runs.pick(programs.a, new Uint32Array(runs.count)),
    programExe: runs.pick(programs.b, new Uint32Array(runs.count)), programArgs: runs.pick(programs.c, new Uint32Array(runs.count)), pre, size, depth,
  };
  const lineage = explained(columns, strings, { creator: take(p.creatorWhy), end: take(p.endWhy), orphan: take(p.orphanWhy) }, claims, kept, renumber);
  nameByArguments(lineage, strings);
  for (const column of [...rebuilt.assignments, ...rebuilt.others]) for (let at = 0; at < column.length; at++) if (column[at] !== NO_PROCESS) column[at] = renumber[column[at]!]!;
  const hosts = [...new Set(lineage.host)].map((host) => strings.text(host) ?? '').filter((host) => host !== '');
  const sessions = rebuilt.logins.map((login) => ({ ...login, leader: renumber[login.leader]! }));
  return { lineage, sessions, hosts, assignments: rebuilt.assignments, others: rebuilt.others };
}

/** Adds to a pass what traces say where no record does; answers what is said for and against it. */
export function inferAll(rebuilt: Rebuilt, strings: StringTable): Claims {
  const { processes, intervals, programs, logins, terminals, brokers, forksSince } = rebuilt;
  const claims = new Claims();
  new Inference(processes, intervals, programs, strings, logins, terminals, brokers, forksSince, claims).run();
  inferFromSnapshots(rebuilt, strings, claims);
  return claims;
}

type Explained = Pick<Lineage, 'reasons' | 'runnersUp' | 'settledBy'>;

/** Adds what is said of a row when it is asked for. Functions made in {@link finish} would keep all that the pass used for as long as the lineage is there. */
function explained(columns: Omit<Lineage, keyof Explained>, strings: StringTable, whys: WhyColumns, claims: Claims, kept: Uint32Array, renumber: Int32Array): Lineage {
  const lineage: Lineage = {
    ...columns,
    reasons: (row) => [...reasonsOf(lineage, strings, whys, row), ...claims.reasonsOf(kept[row]!)],
    runnersUp: (row) => claims.runnersUpOf(kept[row]!, renumber),
    settledBy: (row) => claims.settledByOf(kept[row]!),
  };
  return lineage;
}

/** Flags that the file of a program gives its process, worked out once for each. */
function programTraits(strings: StringTable): (exe: StringId) => number {
  const known = new Map<StringId, number>();
  return (exe) => {
    let traits = known.get(exe);
    if (traits === undefined) {
      const file = strings.text(exe) ?? '';
      traits = (WRITABLE.test(file) ? FLAG.writableDir : 0) | (/^\/?memfd:/.test(file) ? FLAG.memfd : 0) | (file.endsWith(' (deleted)') ? FLAG.exeDeleted : 0);
      known.set(exe, traits);
    }
    return traits;
  };
}

/** Who only served to detach: it ran no program of its own, ended, and what it made, or what such a one below it made, was left behind. */
function markMiddles(p: Processes, kept: Uint32Array, creator: Int32Array): void {
  const onlyForked = (old: number): boolean => p.execs[old] === 0 && p.creatorBasis[old] === BASIS_OBSERVED && !Number.isNaN(p.end[old]!);
  for (const [row, old] of kept.entries()) {
    if ((p.flags[old]! & FLAG.orphan) === 0) continue;
    for (let above = creator[row]!; above !== NO_PROCESS; above = creator[above]!) {
      const middle = kept[above]!;
      if (!onlyForked(middle) || (p.flags[middle]! & FLAG.intermediate) !== 0) break;
      p.flags[middle]! |= FLAG.intermediate;
    }
  }
}

/** A snapshot's silence says that a process had ended by then. When, nobody knows, unless it had just been seen. */
function forgetUnknownTimes(p: Processes, kept: Uint32Array): void {
  for (const row of kept) {
    if (p.endWhy[row] === END_WHY.notInSnapshot && p.end[row]! - latest(p, row) > END_KNOWN_MICROS) p.end[row] = NaN;
    if (Number.isNaN(p.startSpan[row]!)) p.start[row] = NaN; // known by its number alone; its place in the order is its child's
  }
}

/** Linked rows of all processes, one process after another: those of process `n` stand from `first[n]` to before `first[n + 1]`. */
class LinkedRows {
  readonly first: Uint32Array;
  private readonly all: Int32Array;
  count = 0;
  private from = 0;

  /** `most`: how many are linked at most. */
  constructor(processes: number, most: number) {
    this.first = new Uint32Array(processes + 1);
    this.all = new Int32Array(most);
  }

  add(row: number): void {
    this.all[this.count++] = row;
  }

  /** Turns round those of the process that is being added. */
  turn(): void {
    if (this.count > this.from + 1) this.all.subarray(this.from, this.count).reverse();
  }

  /** Ends the rows of a process. */
  end(process: number): void {
    this.first[process + 1] = this.from = this.count;
  }

  /** The latest row added. */
  get last(): number {
    return this.all[this.count - 1]!;
  }

  /** What a column of the links says of each row, put through `renumber` where that is given. */
  pick<C extends Column>(column: Float64Array | Int32Array, to: C, renumber?: Int32Array): C {
    for (let at = 0; at < this.count; at++) {
      const said = column[this.all[at]!]!;
      to[at] = renumber ? renumber[said]! : said;
    }
    return to;
  }
}

/** `ps -ef` shows no comm: then the program's file, or its first argument, gives the name. */
function nameByArguments(lineage: Lineage, strings: StringTable): void {
  for (let row = 0; row < lineage.count; row++) {
    if (lineage.comm[row] !== 0) continue;
    const from = strings.text(lineage.exe[row]!) ?? strings.list(lineage.args[row]!)[0];
    const name = from?.replace(/^-/, '').replace(/:$/, '').split(' ')[0]?.replace(/^.*\//, '');
    if (name) lineage.comm[row] = strings.internText(name);
  }
}
