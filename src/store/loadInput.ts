import type { Batch, EvidenceEntry, Lineage, ProcessRow, SessionRecord, StringId, StringTable } from '../model/index.js';
import type { RecordPlaces } from './recordValues.js';

/** Reads what only the records of events have. */
export interface RecordReader {
  /** Members, by their global id, whose records name values. */
  readonly members: readonly number[];
  /** Calls `take` for each field of each record at the places: with its events and its values, without NUL. */
  read(places: readonly RecordPlaces[], take: (name: string, events: readonly number[], values: readonly string[]) => void): Promise<void>;
  /** The fields that were read, after the last of them. */
  fields(): readonly { readonly name: string; readonly type: string; readonly list: boolean; readonly formats: readonly string[] }[];
}

/** Everything that the store is filled from: one evidence set, read and healed. */
export interface LoadInput {
  readonly strings: StringTable;
  readonly lineage: Lineage;
  readonly sessions: readonly SessionRecord[];
  readonly batches: readonly Batch[];
  /** For each batch, for each row: the process it is about, and the one in its `other` column; -1 none. */
  readonly assignments: readonly Int32Array[];
  readonly others: readonly Int32Array[];
  readonly entries: readonly EvidenceEntry[];
  /** What triage found, where it was asked. */
  readonly findings?: readonly { readonly process: ProcessRow; readonly score: number; readonly findings: readonly { readonly kind: string; readonly points: number }[] }[];
  /** All members in order of their global id. */
  readonly members: readonly { readonly evidence: number; readonly path: string }[];
  /** For stores whose hunts cannot read the evidence any more. */
  readonly records?: RecordReader;
  entityId(row: ProcessRow): string;
  /** The name of a uid on a host as the evidence gives it, else undefined. */
  userName(host: StringId, uid: number): StringId | undefined;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Gives the thread back now and then; resolves at once in tests. */
  readonly breathe: () => Promise<void>;
}

/** What both loaders share besides the input. */
export interface Shared extends LoadInput {
  /** Id of the list's items joined by blanks; 0 for none. */
  commandLine(args: StringId): StringId;
  /** Number of items, null for none. */
  argsCount(args: StringId): number | null;
}
