import type { Batch, Coverage, Member, StringTable } from '../model/index.js';
import type { Account } from './account.js';
import type { AuditReaders } from './auditReaders.js';
import type { OpenTemporary } from './temporary.js';

/** The head of a member that `sniff` may look at. */
export const SNIFF_BYTES = 8192;

/** What a parser is given besides bytes. */
export interface ParseContext {
  readonly strings: StringTable;
  /** Counts records and troubles of this evidence. Its `bytes` are set by readSet, which sees every byte that is read. */
  readonly account: Account;
  /** Global id of the first member; members of a group count on from it. */
  readonly firstMember: number;
  /** Offset from UTC in minutes for local stamps (east positive); undefined: not known, UTC is taken and said. */
  readonly zoneMinutes: number | undefined;
  /** When a snapshot was taken, microseconds: from the person, the manifest, a stamp in the name, or the modification time. */
  readonly takenMicros: number | undefined;
  /** Where takenMicros comes from; 'modified' is weak: a copy may have its own time. */
  readonly takenFrom?: 'stated' | 'name' | 'collection' | 'modified';
  /** States what this evidence could not have shown; kept once a gap. */
  readonly cover?: (coverage: Coverage) => void;
  /** True once a member ended before its end because it could not be read further. */
  readonly isCut?: () => boolean;
  readonly signal: AbortSignal | undefined;
  /** Starts threads that read parts of an audit log; undefined where there are none to be had. */
  readonly startReaders?: (() => AuditReaders | undefined) | undefined;
  /** Opens a temporary file for what is too much for memory. */
  readonly openTemporary?: OpenTemporary | undefined;
  /** True where an earlier reading found evidence of this set out of order: then all that could be is sorted. */
  readonly sortsAll?: boolean | undefined;
  /** Says that the records are out of order and were not sorted, so that what was told of them may be wrong. */
  readonly foundDisorder?: () => void;
  /** Says, before anything is told, that records are sorted: what is told may stand anywhere in what was read. */
  readonly sorts?: () => void;
  /** False where messages of logs are kept only as far as lineage reads them: nobody will show the others. */
  readonly keepsMessages?: boolean | undefined;
  /** How many carriers (exports, shippers) the bytes were taken out of; none when it is left out. */
  readonly depth?: number;
}

/**
 * One evidence format. To add one: write a file that exports a Format, add it to FORMATS in registry.ts.
 * A format claims single members (`sniff`) or, where one snapshot is many files (a /proc copy), a group of them (`claim`).
 */
export interface Format {
  readonly id: string;
  /** Shown to people: "auditd log", "ps text". */
  readonly title: string;
  /** True if its rows carry the kernel's numbers of audit events, so that the same event can be known in two evidences. */
  readonly numbersEvents?: boolean;
  /** True if its rows without a number are known by moment, writer and message: the forms of a journal's export, and the files of one syslog daemon, tell a line alike. */
  readonly isKnownByMoment?: boolean;
  /** True for a report on numbered events, which dates them by the second and says less of them than the log: known events are not told again from it. */
  readonly isReport?: boolean;
  /** True if its batches follow each other in time where its records do: then those of long evidence need not be kept. */
  readonly isInOrder?: boolean;
  /** True if the kernel stamped its records when they happened: other clocks of the host are measured against it. */
  readonly isKernelTimed?: boolean;
  /** True if its stamps are local time and name no zone. */
  readonly hasLocalTime?: boolean;
  /** 0 = not mine .. 1 = certain, from the first {@link SNIFF_BYTES} of the member and its path. */
  sniff(head: Uint8Array, path: string): number;
  /** The hosts that the head of a member names, where the lines of it do not show them as {@link hostsNamedIn} looks for them. */
  hostsIn?(head: Uint8Array): Promise<readonly string[]>;
  /** Which of a container's members belong together as one evidence of this format; undefined: none (more). Asked again for the rest until it answers undefined. */
  claim?(paths: readonly string[]): readonly string[] | undefined;
  /**
   * Reads one member (or one claimed group) into batches. Bad records are counted in `account`, never thrown; a member that cannot be read further
   * just ends, and `context.isCut()` tells. Throws only when it was aborted.
   */
  parse(members: readonly Member[], context: ParseContext): AsyncIterable<Batch>;
}
