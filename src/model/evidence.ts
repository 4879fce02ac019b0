/** One file inside evidence (of a folder, a tar, a gzip); plain evidence has one member. */
export interface Member {
  /** Path inside its evidence, with `/`; for a file by itself, its name. */
  readonly path: string;
  /** Decompressed size in bytes, when known without reading. */
  readonly size: number | undefined;
  /** Last modification, microseconds since the epoch: a weak clue to the capture time. */
  readonly modifiedMicros: number | undefined;
  /** Its name as the archive has it, where `path` leaves out a leading `./`. */
  readonly archiveName?: string;
  /** Target of a symbolic link inside an archive or a /proc copy; a link has no bytes. */
  readonly linkTarget?: string;
  /** For compressed members: bytes as stored, and how many of them the latest `open` has consumed; progress is told by these. */
  readonly stored?: { readonly size: number; readonly read: number };
  /**
   * The decompressed bytes from an offset on, in chunks. Throws {@link EvidenceUnreadable}. With `reusesChunks` (default false) the bytes of a chunk need
   * to be valid only until the next is asked for: whoever wants them longer copies them.
   */
  open(from: number, reusesChunks?: boolean): AsyncIterable<Uint8Array>;
}

/** A file that could not be read (gone, no permission, corrupt compression): the world's fault, told to the person. */
export class EvidenceUnreadable extends Error {
  constructor(
    readonly path: string,
    reason: string,
    options?: { cause?: unknown },
  ) {
    super(`${path}: ${reason}`, options);
    this.name = 'EvidenceUnreadable';
  }
}

/** Place of a kind of trouble, kept for the first few of each kind. */
export interface Place {
  readonly member: string;
  readonly offset: number;
}

/** Records not understood, or not whole, by kind; with the first places. */
export interface Trouble {
  /** What was expected and what stood there, as a sentence without the place. */
  readonly what: string;
  count: number;
  readonly places: Place[];
}

/**
 * What became of every byte of one evidence. `understood + notNeeded + notUnderstood === records`, always.
 * Duplicates are records that came twice, or events that another evidence of the set has already; they are counted inside understood; lostBySource are records that the source itself says it lost.
 */
export interface Accounting {
  bytes: number;
  records: number;
  understood: number;
  notNeeded: number;
  notUnderstood: number;
  lostBySource: number;
  duplicates: number;
}

/** What this evidence could not have shown. */
export const COVERAGE_GAPS = [
  'no-forks',
  'no-exits',
  'exec-only',
  'no-exec',
  'records-lost',
  'rules-changed',
  'no-snapshot',
  'no-parents',
  'truncated',
  'zone-guessed',
  'host-guessed',
  'taken-guessed',
  'clock-skew',
  'disordered',
] as const;
export type CoverageGap = (typeof COVERAGE_GAPS)[number];

export interface Coverage {
  readonly gap: CoverageGap;
  /** A sentence for the analyst: what is missing and what it hides. */
  readonly says: string;
  /** The audit rules (or the collection step) that would close the hole, one a line. */
  readonly remedy?: string;
}

/** How far a source's clock is from another's of the same host, by events that both tell. */
export interface Skew {
  /** The file it was measured against. */
  readonly against: string;
  /** Its stamp minus the other's, microseconds, where most shared events agree; and how many do. */
  readonly micros: number;
  readonly events: number;
}

/** One evidence of a set, after it was read. */
export interface EvidenceEntry {
  readonly file: string;
  /** Paths of the members that were read; index = the member ids of this entry minus `firstMember`. */
  readonly members: readonly string[];
  readonly format: string;
  readonly host: string;
  readonly sha256: string | undefined;
  readonly accounting: Accounting;
  readonly troubles: readonly Trouble[];
  readonly coverage: readonly Coverage[];
  readonly skew?: Skew;
  /** What is wrong with the file: it is not the one that the case states, or it could not be read to its end (what came before it is kept), or both. */
  readonly error?: string;
  /** True if its hash is another than the case states; `error` says both hashes. */
  readonly isChanged?: true;
}
