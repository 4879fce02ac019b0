import type { StringId, StringTable } from '../model/index.js';
import { Account } from './account.js';
import { type Carried, carryNothing, SerialList } from './auditCarried.js';
import { AuditLines } from './auditLines.js';
import type { AuditPart, AuditPartRead } from './auditReaders.js';
import { AuditRecords } from './auditRecords.js';
import { createStringTable } from './stringTable.js';

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
