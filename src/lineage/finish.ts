import { ADOPTER_KINDS, type AdopterKind, BASIS_NONE, BASIS_OBSERVED, FLAG, type Lineage, NO_PROCESS, type SessionRecord, type StringTable } from '../model/index.js';
import { findBrokered } from './brokered.js';
import { Claims } from './claims.js';
import { Inference } from './infer.js';
import { creatorConfidence, orphanConfidence } from './confidence.js';
import { latest } from './processes.js';
import { reasonsOf } from './reasons.js';
import type { Rebuilt } from './rebuild.js';
import { numberTree } from './tree.js';
import { inferFromSnapshots } from './snapshotTraces.js';
import { findWays } from './ways.js';
import { END_WHY } from './why.js';

const ADOPTER = Object.fromEntries(ADOPTER_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<AdopterKind, number>>;
/** Whose programs lie here may be anybody's (HUNT 5, process.exe.writable_dir). */
const WRITABLE = /^\/(tmp|var\/tmp|dev\/shm|run)\//;
const ORPHAN_FLOOR = 0.5;
const END_KNOWN_MICROS = 2_000_000;

/** What leaves this module: the lineage, the sessions, and which process each observation is about. */
export interface Healed {
  readonly lineage: Lineage;
  readonly sessions: readonly SessionRecord[];
  readonly hosts: readonly string[];
  readonly assignments: readonly Int32Array[];
  readonly others: readonly Int32Array[];
}

/** Freezes a pass into columns: threads that were taken for processes left out, rows in order of start, references renumbered. */
export function finish(rebuilt: Rebuilt, strings: StringTable): Healed {
  const { processes: p, intervals, programs } = rebuilt;
  const claims = new Claims();
  new Inference(p, intervals, programs, strings, rebuilt.logins, rebuilt.forksSince, claims).run();
  inferFromSnapshots(rebuilt, strings, claims);
  const sure = (row: number): number => creatorConfidence(rebuilt, row);
  const brokered = findBrokered(rebuilt, strings);
  const ways = findWays(p, programs, strings, rebuilt.logins, sure, brokered.entryBy);
  const requesters = brokered.requesters(ways, sure, claims);
  const kept = keptRows(rebuilt);
  const count = kept.length;
  const renumber = new Int32Array(p.count).fill(NO_PROCESS);
  for (let row = 0; row < count; row++) renumber[kept[row]!] = row;
  const take = taker(kept);
  const refer = (column: Int32Array): Int32Array => {
    const taken = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      const to = column[kept[row]!]!;
      taken[row] = to === NO_PROCESS ? NO_PROCESS : renumber[to]!;
    }
    return taken;
  };

  const flags = take(p.flags);
  const creator = refer(p.creator);
  const creatorBasis = take(p.creatorBasis);
  const orphanBasis = take(p.orphanBasis);
  const confidence = new Float32Array(count);
  const orphanSure = new Float32Array(count);
  const adopter = new Int32Array(count).fill(NO_PROCESS);
  const adopterKind = new Uint8Array(count);
  const adopterBasis = new Uint8Array(count).fill(BASIS_NONE);
  const after = { min: new Float64Array(count).fill(NaN), max: new Float64Array(count).fill(NaN) };
  const pidGap = new Float64Array(count).fill(NaN);
  const children = new Uint32Array(count);
  for (let row = 0; row < count; row++) if (creator[row] !== NO_PROCESS) children[creator[row]!]!++;

  // Parent intervals, oldest first, and the programs run.
  const intervalFirst = new Uint32Array(count + 1);
  const spans: number[] = [];
  const programFirst = new Uint32Array(count + 1);
  const runs: number[] = [];
  for (let row = 0; row < count; row++) {
    const old = kept[row]!;
    const chance = orphanBasis[row] === BASIS_NONE ? 0 : orphanConfidence(rebuilt, old);
    const isOrphan = chance >= ORPHAN_FLOOR;
    const mine: number[] = [];
    // An adoption that is not held to have been leaves no interval.
    for (let at = p.interval[old]!; at !== -1; at = intervals.next[at]!) if (isOrphan || intervals.c[at] !== 1) mine.push(at);
    spans.push(...mine.reverse());
    intervalFirst[row + 1] = spans.length;
    for (let at = p.firstProgram[old]!; at !== -1; at = programs.next[at]!) runs.push(at);
    programFirst[row + 1] = runs.length;
    confidence[row] = sure(old);
    const exe = strings.text(p.exe[old]!) ?? '';
    if (WRITABLE.test(exe)) flags[row]! |= FLAG.writableDir;
    if (exe.startsWith('/memfd:') || exe.startsWith('memfd:')) flags[row]! |= FLAG.memfd;
    if (exe.endsWith(' (deleted)')) flags[row]! |= FLAG.exeDeleted;
    if (p.tty[old] !== 0 && strings.text(p.tty[old]!) !== '?') flags[row]! |= FLAG.interactive;
    if (p.namespaceInit[old] !== NO_PROCESS) flags[row]! |= FLAG.inNamespace;
    if (children[row]! > 0 && p.execs[old] === 0 && creatorBasis[row] === BASIS_OBSERVED && !Number.isNaN(p.end[old]!)) flags[row]! |= FLAG.intermediate;
    const previous = p.previousLifetime[old]!;
    if (previous !== NO_PROCESS && !Number.isNaN(p.end[previous]!)) pidGap[row] = Math.max(0, p.start[old]! - p.end[previous]!);
    const mayBeUnseen = !rebuilt.exitsSeen.has(p.host[old]!) && p.pid[old]! > 2 && (flags[row]! & FLAG.kernelThread) === 0;
    if (!isOrphan) {
      orphanBasis[row] = BASIS_NONE;
      if (mayBeUnseen) flags[row]! |= FLAG.orphanUnknown;
      continue;
    }
    orphanSure[row] = chance;
    flags[row]! |= FLAG.orphan;
    after.min[row] = Math.max(0, p.adoptedMin[old]! - p.start[old]!);
    after.max[row] = Math.max(0, p.adoptedMax[old]! - p.start[old]!);
    const last = spans.at(-1)!;
    const by = intervals.a[last]!;
    adopter[row] = renumber[by]!;
    adopterBasis[row] = intervals.b[last]!;
    adopterKind[row] = p.pid[by] === 1 ? ADOPTER.init : p.namespaceInit[old] === by ? ADOPTER['namespace-init'] : ADOPTER.subreaper;
  }
  const span = spans.length;
  const intervalParent = new Int32Array(span);
  const intervalFrom = new Float64Array(span);
  const intervalTo = new Float64Array(span);
  const intervalBasis = new Uint8Array(span);
  const intervalAdopted = new Uint8Array(span);
  for (const [at, link] of spans.entries()) {
    intervalParent[at] = renumber[intervals.a[link]!]!;
    intervalFrom[at] = intervals.time[link]!;
    intervalTo[at] = intervals.to[link]!;
    intervalBasis[at] = intervals.b[link]!;
    intervalAdopted[at] = intervals.c[link]!;
  }
  const programTime = Float64Array.from(runs, (link) => programs.time[link]!);
  const programComm = Uint32Array.from(runs, (link) => programs.a[link]!);
  const programExe = Uint32Array.from(runs, (link) => programs.b[link]!);
  const programArgs = Uint32Array.from(runs, (link) => programs.c[link]!);

  const { pre, size, depth } = numberTree(creator);
  const lineage: Lineage = {
    count, host: take(p.host), boot: take(p.boot), pid: take(p.pid), start: take(p.start), startBasis: take(p.startBasis), end: take(p.end), endBasis: take(p.endBasis),
    lastSeen: take(p.lastSeen), exitCode: take(p.exitCode), flags, creator, creatorBasis, creatorConfidence: confidence,
    adopter, adopterKind, adopterBasis, orphanBasis, orphanConfidence: orphanSure, orphanedAfterMin: after.min, orphanedAfterMax: after.max,
    launcher: refer(ways.launcher), launcherBasis: take(ways.launcherBasis), launcherConfidence: take(ways.launcherConfidence), launcherDistance: take(ways.launcherDistance),
    entry: refer(ways.entry), entryKind: take(ways.entryKind), entryBasis: take(ways.entryBasis), entryConfidence: take(ways.entryConfidence),
    requester: refer(requesters.requester), requesterConfidence: take(requesters.confidence),
    uid: take(p.uid), user: take(p.user), euid: take(p.euid), gid: take(p.gid), auid: take(p.auid), ses: take(p.ses), sid: take(p.sid), pgid: take(p.pgid), setsidAt: take(p.setsidAt),
    tty: take(p.tty), comm: take(p.comm), exe: take(p.exe), args: take(p.args), cwd: take(p.cwd), cgroup: take(p.cgroup), unit: take(p.unit), container: take(p.container),
    execs: take(p.execs), pidGap, intervalFirst, intervalParent, intervalFrom, intervalTo, intervalBasis, intervalAdopted,
    programFirst, programTime, programComm, programExe, programArgs, pre, size, depth,
    reasons: (row) => [...reasonsOf(lineage, strings, { creator: creatorWhy, end: endWhy, orphan: orphanWhy }, row), ...claims.reasonsOf(kept[row]!)],
    runnersUp: (row) => claims.runnersUpOf(kept[row]!, renumber),
    settledBy: (row) => claims.settledByOf(kept[row]!),
  };
  // A snapshot's silence says that a process had ended by then. When, nobody knows, unless it had just been seen.
  for (let row = 0; row < count; row++) {
    const old = kept[row]!;
    if (p.endWhy[old] === END_WHY.notInSnapshot && p.end[old]! - latest(p, old) > END_KNOWN_MICROS) lineage.end[row] = NaN;
    if (Number.isNaN(p.startSpan[old]!)) lineage.start[row] = NaN; // known by its number alone; its place in the order is its child's
  }
  nameByArguments(lineage, strings);
  const creatorWhy = take(p.creatorWhy);
  const endWhy = take(p.endWhy);
  const orphanWhy = take(p.orphanWhy);
  for (const column of [...rebuilt.assignments, ...rebuilt.others]) for (let at = 0; at < column.length; at++) if (column[at] !== NO_PROCESS) column[at] = renumber[column[at]!]!;
  const hosts = [...new Set(lineage.host)].map((host) => strings.text(host) ?? '').filter((host) => host !== '');
  const sessions = rebuilt.logins.map((login) => ({ ...login, leader: renumber[login.leader]! }));
  return { lineage, sessions, hosts, assignments: rebuilt.assignments, others: rebuilt.others };
}

/** Rows that are processes, in order of start. A clone3 child that never showed itself as a process was a thread. */
function keptRows({ processes: p }: Rebuilt): Uint32Array {
  const needed = new Uint8Array(p.count);
  for (let row = 0; row < p.count; row++) {
    if (p.tentative[row] === 1 && p.spoke[row] === 0) continue;
    needed[row] = 1;
  }
  for (let row = 0; row < p.count; row++) {
    if (needed[row] === 0) continue;
    for (let at = p.creator[row]!; at !== NO_PROCESS && needed[at] === 0; at = p.creator[at]!) needed[at] = 1;
    for (let at = p.parent[row]!; at !== NO_PROCESS && needed[at] === 0; at = p.parent[at]!) needed[at] = 1;
  }
  const rows = new Uint32Array(p.count);
  let count = 0;
  for (let row = 0; row < p.count; row++) if (needed[row] === 1) rows[count++] = row;
  return byStart(rows.subarray(0, count), p.start);
}

/** Rows in order of start, then of number. They come nearly so, as the pass met them: only those that are out of order are sorted, and put in between. */
function byStart(rows: Uint32Array, start: Float64Array): Uint32Array {
  const compare = (a: number, b: number): number => start[a]! - start[b]! || a - b;
  const inOrder = new Uint32Array(rows.length);
  const astray: number[] = [];
  let count = 0;
  for (const row of rows) {
    if (count > 0 && compare(inOrder[count - 1]!, row) > 0) astray.push(row);
    else inOrder[count++] = row;
  }
  if (astray.length === 0) return inOrder;
  astray.sort(compare);
  const sorted = new Uint32Array(rows.length);
  for (let at = 0, next = 0, late = 0; at < sorted.length; at++) {
    const isLate = next === count || (late < astray.length && compare(astray[late]!, inOrder[next]!) < 0);
    sorted[at] = isLate ? astray[late++]! : inOrder[next++]!;
  }
  return sorted;
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

type Column = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Picks the kept rows of a column. */
function taker(kept: Uint32Array): <C extends Column>(column: C) => C {
  return (column) => {
    const taken = new (column.constructor as new (length: number) => typeof column)(kept.length);
    const { BYTES_PER_ELEMENT: width, buffer, length } = column;
    if (width === 8) pick64(kept, new Float64Array(buffer, 0, length), new Float64Array(taken.buffer));
    else if (width === 4) pick32(kept, new Uint32Array(buffer, 0, length), new Uint32Array(taken.buffer));
    else if (width === 2) pick16(kept, new Uint16Array(buffer, 0, length), new Uint16Array(taken.buffer));
    else pick8(kept, new Uint8Array(buffer, 0, length), new Uint8Array(taken.buffer));
    return taken;
  };
}

// One loop for each width: a single loop that meets every kind of array was 10 % of reading a 400 MB log.
function pick64(kept: Uint32Array, from: Float64Array, to: Float64Array): void {
  for (let row = 0; row < kept.length; row++) to[row] = from[kept[row]!]!;
}
function pick32(kept: Uint32Array, from: Uint32Array, to: Uint32Array): void {
  for (let row = 0; row < kept.length; row++) to[row] = from[kept[row]!]!;
}
function pick16(kept: Uint32Array, from: Uint16Array, to: Uint16Array): void {
  for (let row = 0; row < kept.length; row++) to[row] = from[kept[row]!]!;
}
function pick8(kept: Uint32Array, from: Uint8Array, to: Uint8Array): void {
  for (let row = 0; row < kept.length; row++) to[row] = from[kept[row]!]!;
}
