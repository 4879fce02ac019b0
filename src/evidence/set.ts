import type { Accounting, Batch, EvidenceEntry, Member, StringTable } from '../model/index.js';

/** One file or folder as it was handed in: its members, read through gzip, tar and the like by the caller (node/ or extension/). */
export interface Source {
  /** As the person named it; shown, and the key of `hostOf`. */
  readonly name: string;
  readonly members: readonly Member[];
  /** Set when the file could not be listed or opened at all; the rest of the set is still read. */
  readonly error?: string;
  sha256?(): Promise<string>;
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

/** An evidence being read: its entry fills while `batches` is consumed. */
export interface OpenedEvidence {
  readonly entry: EvidenceEntry;
  readonly batches: AsyncIterable<Batch>;
}

/** Progress of reading: bytes done of bytes known. */
export interface ReadProgress { readonly doneBytes: number; readonly totalBytes: number; readonly what: string }

export type { Accounting, StringTable };
