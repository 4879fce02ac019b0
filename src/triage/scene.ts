import {
  BASIS_OBSERVED, type Batch, FLAG, type Lineage, NO_PROCESS, OBSERVATION_KINDS, type ObservationKind, type Operation, OPERATIONS, PARENT_KINDS,
  type ProcessRow, type SessionRecord, type StringId, type StringTable,
} from '../model/index.js';
import type { LoadInput } from '../store/index.js';
import { isDetacherName, isTalkerName } from './baseline/programs.js';
import { type Shape, shapeOf } from './baseline/shape.js';
import type { RecordPlace } from './finding.js';

/** What triage is made from: one evidence set, read and healed, while its observations are still at hand. */
export interface SceneInput extends Pick<LoadInput, 'strings' | 'lineage' | 'sessions' | 'members' | 'batches' | 'assignments' | 'others'> {
  /** First and last dated observation of processes, microseconds. */
  readonly from: number;
  readonly to: number;
}

/** One observation that detections look at. Texts are ids of the strings; 0 where the record states none. */
export interface SceneFact {
  readonly kind: ObservationKind;
  readonly operation: Operation;
  readonly time: number;
  readonly process: ProcessRow;
  readonly other: ProcessRow;
  readonly ppid: number;
  readonly flags: number;
  readonly path: StringId;
  readonly path2: StringId;
  readonly port: number;
  readonly args: StringId;
  readonly unit: StringId;
  readonly key: StringId;
  readonly message: StringId;
  /** Bit n-1 = signal n; -1 where it is not stated. */
  readonly signalsIgnored: number;
  readonly member: number;
  readonly offset: number;
}

/** Everything that detections see: plain data, built once, changed by nobody. */
export interface Scene {
  readonly lineage: Lineage;
  readonly strings: StringTable;
  readonly sessions: readonly SessionRecord[];
  readonly from: number;
  readonly to: number;
  /** Paths of the members, by their global id. */
  readonly members: readonly string[];
  /** Facts about the processes that are watched: orphans, who was made under another's parent, who was asked for, and all above and below them. In order of time. */
  readonly facts: ReadonlyMap<ProcessRow, readonly SceneFact[]>;
  /** Facts about hosts, whoever caused them: changes of rules, of the clock, of units. In order of time. */
  readonly hostFacts: readonly SceneFact[];
  /** Places where a snapshot names another parent than the lineage has at that time. */
  readonly disagreements: readonly SceneFact[];
  /** The marks of every orphan and of everybody else that triage says something of in any case. */
  readonly shapes: ReadonlyMap<ProcessRow, Shape>;
  /** How many processes ran each executable. */
  readonly uses: ReadonlyMap<StringId, number>;
  /** Children by creation, where there are any. */
  readonly children: ReadonlyMap<ProcessRow, readonly ProcessRow[]>;
}

const KIND = Object.fromEntries(OBSERVATION_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<ObservationKind, number>>; // fromEntries forgets its keys
const OF_PROCESSES = new Set<number>([KIND.fork, KIND.exec, KIND.exit, KIND.setsid, KIND.subreaper, KIND.signal, KIND.socket, KIND.file, KIND.seen].map(Number));
const OPEN = OPERATIONS.indexOf('open');
const AT_CAPTURE = new Set<number>([PARENT_KINDS.indexOf('atCapture'), PARENT_KINDS.indexOf('atEvent')]);
/** Of one kind for one process: the first few tell it; a server's millionth connection tells nothing new. */
const FACTS_A_KIND = 64;
const HOST_FACTS = 20_000;
const DISAGREEMENTS = 2_000;
/** A snapshot is a walk, and audit's clock is coarse: so near to a change of parents nothing disagrees. */
const NEAR_MICROS = 3_000_000;
/** /proc counts starts in hundredths of a second. */
const START_GRAIN = 20_000;

/** Builds the scene. `breathe` gives the thread back between batches. Throws what the signal throws. */
export async function gatherScene(input: SceneInput, options: { readonly signal?: AbortSignal | undefined; readonly breathe: () => Promise<void> }): Promise<Scene> {
  const { lineage, strings, batches } = input;
  const watched = watchedRows(lineage), twins = twinsOf(lineage);
  const facts = new Map<ProcessRow, SceneFact[]>();
  const counts = new Map<number, number>();
  const hostFacts: SceneFact[] = [];
  const disagreements: SceneFact[] = [];
  const keep = (fact: SceneFact, row: ProcessRow, kind: number): void => {
    const key = row * OBSERVATION_KINDS.length + kind;
    const count = counts.get(key) ?? 0;
    if (count >= FACTS_A_KIND) return;
    counts.set(key, count + 1);
    const list = facts.get(row);
    if (list) list.push(fact);
    else facts.set(row, [fact]);
  };
  for (const [at, batch] of batches.entries()) {
    const about = input.assignments[at]!, others = input.others[at]!;
    for (let row = 0; row < batch.count; row++) {
      const kind = batch.kind[row]!, process = about[row]!, other = others[row]!;
      if (kind === KIND.configuration || kind === KIND.service) {
        if (hostFacts.length < HOST_FACTS) hostFacts.push(factOf(batch, row, process, other));
        continue;
      }
      if (!OF_PROCESSES.has(kind)) continue;
      if (kind === KIND.seen && disagreements.length < DISAGREEMENTS) {
        const first = twins.get(process) ?? process;
        if (disagrees(lineage, batch, row, first, first !== process)) disagreements.push(factOf(batch, row, first, other));
      }
      if (kind === KIND.file && batch.operation[row] === OPEN) continue;
      if (process >= 0 && watched[process] === 1) keep(factOf(batch, row, process, other), process, kind);
      // Its birth, and what was sent to it, are facts of the other one too.
      if (other >= 0 && other !== process && watched[other] === 1 && (kind === KIND.fork || kind === KIND.signal)) keep(factOf(batch, row, process, other), other, kind);
    }
    options.signal?.throwIfAborted();
    await options.breathe();
  }
  const byTime = (a: SceneFact, b: SceneFact): number => a.time - b.time || a.member - b.member || a.offset - b.offset;
  for (const list of facts.values()) list.sort(byTime);
  hostFacts.sort(byTime);
  return {
    lineage, strings, sessions: input.sessions, from: input.from, to: input.to,
    members: input.members.map(({ path }) => path),
    facts, hostFacts, disagreements, shapes: shapesOf(lineage, strings), uses: usesOf(lineage), children: childrenOf(lineage, watched),
  };
}

/** Where the raw record of a fact lies. */
export function placeOf(scene: Scene, fact: SceneFact): RecordPlace {
  return { member: scene.members[fact.member] ?? '', offset: fact.offset };
}

const RAW = /\b(raw|packet|p_raw|p_dgr)\b/i;

/** Whether a fact of a socket speaks of a raw or packet socket, in the words of ss and lsof. */
export function isRawSocket(scene: Scene, fact: SceneFact): boolean {
  return RAW.test(scene.strings.text(fact.message) ?? '');
}

/** Orphans, siblings by CLONE_PARENT, and who was asked for; with everybody above and below them by creation. */
function watchedRows(lineage: Lineage): Uint8Array {
  const watched = new Uint8Array(lineage.count);
  const below = new Int32Array(lineage.count + 1); // a difference: who lies below a subject, by preorder
  for (let row = 0; row < lineage.count; row++) {
    if (!isSubject(lineage, row)) continue;
    below[lineage.pre[row]!]!++;
    below[lineage.pre[row]! + lineage.size[row]!]!--;
    for (let at: ProcessRow = row; at >= 0 && (watched[at] === 0 || at === row); at = lineage.creator[at]!) watched[at] = 1;
    if (lineage.requester[row]! >= 0) watched[lineage.requester[row]!] = 1;
  }
  const rowAt = new Int32Array(lineage.count);
  for (let row = 0; row < lineage.count; row++) rowAt[lineage.pre[row]!] = row;
  for (let pre = 0, depth = 0; pre < lineage.count; pre++) {
    depth += below[pre]!;
    if (depth > 0) watched[rowAt[pre]!] = 1;
  }
  return watched;
}

/** May have been adopted, unseen: no exits are on record. */
export function isSuspect(lineage: Lineage, row: ProcessRow): boolean {
  return (lineage.flags[row]! & FLAG.orphanUnknown) !== 0 && (lineage.flags[row]! & (FLAG.orphan | FLAG.foreignParent)) === 0;
}

/** A process that triage says something of in any case. */
export function isSubject(lineage: Lineage, row: ProcessRow): boolean {
  return (lineage.flags[row]! & (FLAG.orphan | FLAG.foreignParent)) !== 0 || (lineage.requester[row]! >= 0 && lineage.requester[row] !== lineage.creator[row]);
}

/**
 * A snapshot's parent that the records rule out. The kernel gives a child only to its ancestors or to init, and only when its parent has died
 * (kernel/exit.c, forget_original_parent): another parent beside a living creator, or one that is no ancestor, is somebody's lie or a clock that was wrong.
 */
function disagrees(lineage: Lineage, batch: Batch, at: number, row: ProcessRow, isTwin: boolean): boolean {
  const ppid = batch.ppid[at]!, time = batch.time[at]!;
  if (row < 0 || ppid <= 0 || Number.isNaN(time) || (lineage.flags[row]! & (FLAG.kernelThread | FLAG.inNamespace | FLAG.foreignParent)) !== 0) return false;
  if (!AT_CAPTURE.has(batch.parentKind[at]!)) return false;
  const creator = lineage.creator[row]!;
  if (creator < 0 || lineage.creatorBasis[row] !== BASIS_OBSERVED || lineage.pid[creator] === ppid) return false;
  if (isTwin) return true;
  const end = lineage.end[creator]!;
  const livedOn = (Number.isNaN(end) ? lineage.lastSeen[creator]! : end) > time + NEAR_MICROS;
  if (livedOn) return true;
  if (ppid === 1) return false;
  for (let interval = lineage.intervalFirst[row]!; interval < lineage.intervalFirst[row + 1]!; interval++) {
    const parent = lineage.intervalParent[interval]!;
    if (parent >= 0 && lineage.pid[parent] === ppid) return !isAbove(lineage, parent, row);
  }
  return false;
}

/** Rows that are another's by pid and start: one process, of which a source says what cannot be, so that the lineage holds it for two. */
function twinsOf(lineage: Lineage): Map<ProcessRow, ProcessRow> {
  const twins = new Map<ProcessRow, ProcessRow>(), last = new Map<number, ProcessRow>();
  for (let row = 0; row < lineage.count; row++) {
    const key = (lineage.host[row]! * 1024 + lineage.boot[row]!) * 2 ** 23 + lineage.pid[row]!;
    const before = last.get(key);
    last.set(key, row);
    if (before === undefined || lineage.host[before] !== lineage.host[row] || lineage.boot[before] !== lineage.boot[row]) continue;
    if (Math.abs(lineage.start[row]! - lineage.start[before]!) <= START_GRAIN) twins.set(row, before);
  }
  return twins;
}

function isAbove(lineage: Lineage, above: ProcessRow, below: ProcessRow): boolean {
  return lineage.pre[above]! <= lineage.pre[below]! && lineage.pre[below]! < lineage.pre[above]! + lineage.size[above]!;
}

function factOf(batch: Batch, row: number, process: ProcessRow, other: ProcessRow): SceneFact {
  return {
    kind: OBSERVATION_KINDS[batch.kind[row]!]!, operation: OPERATIONS[batch.operation[row]!] ?? '', time: batch.time[row]!, process, other,
    ppid: batch.ppid[row]!, flags: batch.flags[row]!, path: batch.path[row]!, path2: batch.path2[row]!, port: batch.port[row]!, args: batch.args[row]!,
    unit: batch.unit[row]!, key: batch.key[row]!, message: batch.message[row]!, signalsIgnored: batch.signalsIgnored[row]!, member: batch.member[row]!, offset: batch.offset[row]!,
  };
}

function shapesOf(lineage: Lineage, strings: StringTable): Map<ProcessRow, Shape> {
  const shapes = new Map<ProcessRow, Shape>();
  // Of those that may have been adopted only the kinds that are let go: programs that exist to talk, and what a detacher runs. Others are innocent until seen.
  const talkers = stringsThat(lineage.exe, strings, isTalkerName), detachers = stringsThat(lineage.programExe, strings, isDetacherName);
  for (let row = 0; row < lineage.count; row++) {
    if (isSubject(lineage, row)) shapes.set(row, shapeOf(lineage, strings, row));
    else if (isSuspect(lineage, row) && (talkers.has(lineage.exe[row]!) || ranAny(lineage, lineage.creator[row]!, detachers))) shapes.set(row, shapeOf(lineage, strings, row));
  }
  return shapes;
}

function stringsThat(column: Uint32Array, strings: StringTable, is: (path: string) => boolean): Set<StringId> {
  return new Set([...new Set(column)].filter((id) => id !== 0 && is(strings.text(id) ?? '')));
}

function ranAny(lineage: Lineage, row: ProcessRow, programs: ReadonlySet<StringId>): boolean {
  if (row < 0) return false;
  for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) if (programs.has(lineage.programExe[at]!)) return true;
  return false;
}

function usesOf(lineage: Lineage): Map<StringId, number> {
  const uses = new Map<StringId, number>();
  for (let row = 0; row < lineage.count; row++) {
    const exe = lineage.exe[row]!;
    if (exe !== 0) uses.set(exe, (uses.get(exe) ?? 0) + 1);
  }
  return uses;
}

function childrenOf(lineage: Lineage, watched: Uint8Array): Map<ProcessRow, ProcessRow[]> {
  const children = new Map<ProcessRow, ProcessRow[]>();
  for (let row = 0; row < lineage.count; row++) {
    const creator = lineage.creator[row]!;
    if (creator === NO_PROCESS || watched[row] === 0) continue;
    const list = children.get(creator);
    if (list) list.push(row);
    else children.set(creator, [row]);
  }
  return children;
}
