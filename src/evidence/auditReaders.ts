import type { Batch, StringId, Trouble } from '../model/index.js';
import type { SerialsRead } from './auditCarried.js';

/** A part of a log that another thread reads: whole lines, of whole events as far as could be seen. */
export interface AuditPart {
  /** Moved to the thread and back. */
  readonly buffer: ArrayBuffer;
  /** How many bytes of the buffer are the part's. */
  readonly length: number;
  /** Of its first byte in the member. */
  readonly offset: number;
  readonly member: number;
  readonly path: string;
}

/** What a part says by itself; what rests on the parts before it is noted, for {@link AuditJoin} to settle. Plain data that can be moved between threads. */
export interface AuditPartRead {
  readonly part: AuditPart;
  /** Rows in the order in which they were made; text cells are ids of the reader's own table. */
  readonly batches: readonly Batch[];
  /** The strings that are new in the reader's table since its part before: ids from `first` on, bytes one after another. `first` is 1 where it began a new table. */
  readonly strings: { readonly first: StringId; readonly bytes: Uint8Array; readonly ends: Uint32Array };
  readonly counts: { readonly understood: number; readonly notNeeded: number; readonly notUnderstood: number; readonly duplicates: number };
  readonly troubles: readonly Trouble[];
  readonly serials: SerialsRead;
  /** Some event's records stand in another order than the kernel's, so that what was told of it may be wrong. */
  readonly isTorn: boolean;
  /** Users that were named, and the rows that name them. */
  readonly users: { readonly uids: readonly number[]; readonly rows: readonly number[] };
  /** Rows whose arguments are the title of a process not met before in this part, and where {@link Carried.titled} stood at its end. */
  readonly titles: { readonly rows: readonly number[]; readonly pids: readonly number[]; readonly titled: Int32Array };
}

/** Threads that read parts of a log beside this one. */
export interface AuditReaders {
  /** How many parts are read at once. */
  readonly count: number;
  /** Has a part read by the reader `reader` (0 .. count - 1), each one's parts in the order of asking. The part's buffer is moved there, and comes back. */
  read(part: AuditPart, reader: number): Promise<AuditPartRead>;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}
