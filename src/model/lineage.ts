import type { StringId } from './strings.js';
import type { Trace } from './traces.js';

/** Row of a process in a {@link Lineage}; also the key of the store's process table. */
export type ProcessRow = number;
export const NO_PROCESS: ProcessRow = -1;

/** A process named by another's record: enough to print it without a second question. */
export interface ProcessRef {
  readonly process: ProcessRow;
  readonly pid: number;
  readonly start: number; // NaN: unrecorded, undated
  readonly name: string | null;
}

/** Kinds of the way in (DESIGN: entry). Code = index; 0 is "not known". */
export const ENTRY_KINDS = ['', 'login', 'service', 'timer', 'cron', 'at', 'console', 'container', 'boot'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const ADOPTER_KINDS = ['', 'init', 'subreaper', 'namespace-init'] as const;
export type AdopterKind = (typeof ADOPTER_KINDS)[number];

/** Bits of the `flags` column. */
export const FLAG = {
  orphan: 1,
  unrecorded: 2,
  intermediate: 4,
  kernelThread: 8,
  exeDeleted: 16,
  memfd: 32,
  writableDir: 64,
  interactive: 128,
  /** Creator is not the first parent: CLONE_PARENT. */
  foreignParent: 256,
  /** Lives in a child pid namespace. */
  inNamespace: 512,
  /** Nothing shows that it was adopted, and no exit is on record here: it may have been. */
  orphanUnknown: 1024,
} as const;

/** A reason behind a claim, and the observation or trace it rests on. */
export interface Reason {
  readonly about: ClaimKind;
  readonly for: boolean;
  /** One sentence in words. */
  readonly says: string;
  /** What kind of trace it rests on, where the claim is inferred; its price to forge is in TRACE_PRICE. */
  readonly trace?: Trace;
}

export type ClaimKind = 'creator' | 'orphan' | 'adopter' | 'launcher' | 'entry' | 'requester' | 'start' | 'end';

/** The next best answer to an inferred claim; `process` is -1 where it is "nobody that is known", or init's own child. */
export interface RunnerUp {
  readonly about: ClaimKind;
  readonly process: ProcessRow;
  /** 0..1, as likely as this one is. */
  readonly confidence: number;
  /** Why it could be so, one sentence. */
  readonly says: string;
}

/**
 * All processes of an evidence set, as columns. A row is one lifetime of one pid on one host and boot. Rows are in order of start.
 * Times are microseconds since the epoch, NaN where unknown. `*Basis` columns hold codes of basis.ts (255 = nothing known).
 */
export interface Lineage {
  readonly count: number;
  readonly host: Uint32Array; // StringId
  readonly boot: Uint16Array; // 0, 1, ... in order of time, for each host
  readonly pid: Int32Array;
  /** Birth, else first seen; NaN only for an unrecorded process that nothing dates. */
  readonly start: Float64Array;
  readonly startBasis: Uint8Array;
  /** End. NaN with no basis: none is known. NaN with a basis: it has ended (a later snapshot lacks it), nobody knows when. */
  readonly end: Float64Array;
  readonly endBasis: Uint8Array;
  readonly lastSeen: Float64Array;
  readonly exitCode: Int32Array;
  readonly flags: Uint32Array;
  readonly creator: Int32Array; // ProcessRow
  readonly creatorBasis: Uint8Array;
  readonly creatorConfidence: Float32Array;
  readonly adopter: Int32Array; // the last adopter
  readonly adopterKind: Uint8Array; // ADOPTER_KINDS
  readonly adopterBasis: Uint8Array;
  readonly orphanBasis: Uint8Array;
  readonly orphanConfidence: Float32Array;
  /** From start to first adoption, microseconds; NaN if not an orphan or not bounded. */
  readonly orphanedAfterMin: Float64Array;
  readonly orphanedAfterMax: Float64Array;
  readonly launcher: Int32Array;
  readonly launcherBasis: Uint8Array;
  readonly launcherConfidence: Float32Array;
  readonly launcherDistance: Uint16Array;
  readonly entry: Int32Array;
  readonly entryKind: Uint8Array; // ENTRY_KINDS
  readonly entryBasis: Uint8Array;
  readonly entryConfidence: Float32Array;
  readonly requester: Int32Array;
  readonly requesterConfidence: Float32Array;
  /** Ids at the last sight. */
  readonly uid: Uint32Array;
  /** StringId: the user as a snapshot names it, also where no number is known (`ps aux`); 0 where none does. */
  readonly user: Uint32Array;
  readonly euid: Uint32Array;
  readonly gid: Uint32Array;
  readonly auid: Uint32Array;
  readonly ses: Uint32Array;
  readonly sid: Int32Array;
  readonly pgid: Int32Array;
  readonly setsidAt: Float64Array;
  readonly tty: Uint32Array; // StringId, as are the next
  readonly comm: Uint32Array;
  readonly exe: Uint32Array;
  readonly args: Uint32Array;
  readonly cwd: Uint32Array;
  readonly cgroup: Uint32Array;
  readonly unit: Uint32Array;
  readonly container: Uint32Array;
  readonly execs: Uint32Array;
  /** Microseconds since the previous lifetime of this pid ended; NaN for the first. */
  readonly pidGap: Float64Array;
  /** Parent intervals of row p are [intervalFirst[p], intervalFirst[p+1]). */
  readonly intervalFirst: Uint32Array;
  readonly intervalParent: Int32Array; // ProcessRow
  readonly intervalFrom: Float64Array;
  readonly intervalTo: Float64Array;
  readonly intervalBasis: Uint8Array;
  /** 1 where the interval began by adoption. */
  readonly intervalAdopted: Uint8Array;
  /** Programs run (execs) of row p are [programFirst[p], programFirst[p+1]), in order of time. */
  readonly programFirst: Uint32Array;
  readonly programTime: Float64Array;
  readonly programComm: Uint32Array;
  readonly programExe: Uint32Array;
  readonly programArgs: Uint32Array;
  /** The created tree: preorder number, subtree size (itself included), depth. Processes without a creator are roots. */
  readonly pre: Uint32Array;
  readonly size: Uint32Array;
  readonly depth: Uint16Array;
  /** Reasons in words, made when asked for. */
  reasons(row: ProcessRow): readonly Reason[];
  /** Next best answers to the inferred claims of a process. */
  runnersUp(row: ProcessRow): readonly RunnerUp[];
  /** What would settle its inferred claims: evidence or a rule that is missing, a sentence each. */
  settledBy(row: ProcessRow): readonly string[];
}

/** A login session, service start or other context by number, for grouping and for session.start/end. */
export interface SessionRecord {
  readonly host: StringId;
  readonly boot: number;
  readonly ses: number;
  readonly auid: number;
  readonly start: number;
  readonly end: number;
  readonly leader: ProcessRow;
}
