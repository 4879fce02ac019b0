import { type Batch, type StringId, type StringTable, type Trouble } from '../model/index.js';
import { Account } from './account.js';
import { type Carried, carryNothing, SerialList, type SerialsRead } from './auditCarried.js';
import { AuditLines } from './auditLines.js';
import { AuditRecords } from './auditRecords.js';
import { createStringTable } from './stringTable.js';

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

/** A table is begun anew when it holds this much, so that threads beside each other do not each hold all strings of a log. */
const TABLE_BYTES = 8 << 20;

/** Reads parts of logs, one after another, in any thread. */
export class AuditPartReader {
  private strings: StringTable = createStringTable();
  private told: StringId = 1;
  private toldBytes = 0;

  read(part: AuditPart): AuditPartRead {
    if (this.toldBytes > TABLE_BYTES) {
      this.strings = createStringTable();
      this.told = 1;
      this.toldBytes = 0;
    }
    const account = new Account();
    const serials = new SerialList();
    const carried: Carried = carryNothing(serials);
    const records = new AuditRecords(part.member, part.path, { strings: this.strings, account }, true, carried);
    const lines = new AuditLines(records, part.offset);
    lines.chunk(new Uint8Array(part.buffer, 0, part.length));
    lines.end();
    const { understood, notNeeded, notUnderstood, duplicates, troubles } = account;
    return {
      part,
      batches: records.take(),
      strings: this.newStrings(),
      counts: { understood, notNeeded, notUnderstood, duplicates },
      troubles,
      serials: serials.taken(),
      isTorn: records.isDisordered,
      users: { uids: [...carried.namedUsers.keys()], rows: [...carried.namedUsers.values()] },
      titles: { ...records.firstTitles, titled: carried.titled },
    };
  }

  private newStrings(): AuditPartRead['strings'] {
    const { strings, told: first } = this;
    const ends = new Uint32Array(strings.count - first);
    let length = 0;
    for (let id = first; id < strings.count; id++) ends[id - first] = length += strings.bytes(id).length;
    const bytes = new Uint8Array(length);
    for (let id = first, at = 0; id < strings.count; id++) {
      bytes.set(strings.bytes(id), at);
      at = ends[id - first]!;
    }
    this.told = strings.count;
    this.toldBytes += length;
    return { first, bytes, ends };
  }
}

/** The buffers of what was read, to be moved, not copied. */
export function buffersOf(read: AuditPartRead): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>([read.part.buffer]);
  const columns = [...read.batches.flatMap((batch) => Object.values(batch)), read.strings.bytes, read.strings.ends, read.serials.serials, read.serials.times, read.serials.nodes, read.titles.titled];
  for (const column of columns) if (typeof column !== 'number' && column.buffer instanceof ArrayBuffer) buffers.add(column.buffer);
  return [...buffers];
}
