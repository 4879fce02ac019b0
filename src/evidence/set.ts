import type { Accounting, Batch, EvidenceEntry, Member, StringTable } from '../model/index.js';

/** One file or folder as it was handed in: its members, read through gzip, tar and the like by the caller (node/ or extension/). */
export interface Source {
  /** As the person named it; shown, and the key of `hostOf`. */
  readonly name: string;
  readonly members: readonly Member[];
  /** Set when the file could not be listed or opened at all; the rest of the set is still read. */
  readonly error?: string;
  /** What the case's manifest states about it. */
  readonly stated?: Stated;
  /** SHA-256 of the file as it is stored, lower-case hex. Throws EvidenceUnreadable, and the signal's reason when it was aborted. */
  sha256?(signal?: AbortSignal): Promise<string>;
}

/** A manifest's word on one evidence; each stronger than a guess, weaker than what a record says. */
export interface Stated {
  readonly id?: string;
  readonly host?: string;
  readonly zone?: string;
  readonly takenMicros?: number;
  /** Hash when it was added to the case, lower-case hex. */
  readonly sha256?: string;
}

/** What a person or a manifest states about sources. */
export interface SetOptions {
  /** `+02:00`, `-0530`, `UTC`. */
  readonly zone?: string | undefined;
  /** Capture time of snapshots without a stamp, microseconds. */
  readonly takenMicros?: number | undefined;
  /** Source or member name -> host. */
  readonly hostOf?: Readonly<Record<string, string>> | undefined;
}

/** A set of evidence while it is read, and after. */
export interface EvidenceSet {
  readonly strings: StringTable;
  /** Every observation; those of one evidence in its own order, those of large ones side by side. To be consumed once. */
  readonly batches: AsyncIterable<Batch>;
  /** After a batch: no observation older than this (microseconds) comes any more, as long as each evidence is in order. */
  settledMicros(): number;
  /** True once evidence that looked ordered turned out not to be: what was told of it may be wrong, and it is to be read again with `sortsAll`. */
  isDisordered(): boolean;
  /** What became of each evidence; whole after `batches` was consumed. */
  entries(): readonly EvidenceEntry[];
  /** The member behind a batch's `member` column, and the index of its entry. Throws RangeError for an id that no batch holds. */
  member(id: number): { readonly evidence: number; readonly path: string; readonly member: Member };
}

/** Progress of reading: bytes done of bytes known (compressed ones as stored); `what` is the member that is being read. */
export interface ReadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly what: string;
}

export type { Accounting, StringTable };
