import type { Batch, StringId } from '../model/index.js';
import { type Carried, carryNothing } from './auditCarried.js';
import type { EventKey, EventRows } from './auditEvents.js';
import { isWord } from './auditFields.js';
import { AuditRecordTypes, type Reader } from './auditRecordTypes.js';
import { enrichedTail } from './auditValues.js';
import { byteText } from './byteText.js';
import type { ParseContext } from './format.js';

/** A record type that was met, by the hash of its name. */
interface MetType {
  readonly name: string;
  readonly reader: Reader | undefined;
}

/** Reads the records of one member, line by line, into event rows. */
export class AuditRecords {
  private readonly types: AuditRecordTypes;
  private readonly rows: EventRows;
  private readonly met = new Map<number, MetType>();
  private isLate = false;

  /** `isSorted`: each event's records come one after another, from anywhere in the member. `countsHoles` is false where the source holds some of a host's events only, so that missing numbers say nothing. */
  constructor(
    member: number,
    private readonly path: string,
    private readonly context: Pick<ParseContext, 'strings' | 'account'>,
    private readonly countsHoles = true,
    private readonly carried: Carried = carryNothing(),
    isSorted = false,
  ) {
    this.types = new AuditRecordTypes(member, context, carried, isSorted);
    this.rows = this.types.rows;
  }

  /** True once records came in such an order that events may be told in pieces: they have to be sorted first. */
  get isDisordered(): boolean {
    return this.isLate || this.types.isTorn || this.carried.serials.isDisordered;
  }

  take(): Batch[] {
    return this.rows.take();
  }

  finish(): void {
    this.rows.finish();
    this.context.account.lostBySource += this.carried.serials.finish();
  }

  /** Says that these events were told by another reader: what comes of them now is late. */
  know(events: Iterable<EventKey>): void {
    this.rows.know(events);
  }

  /** Rows, counted from the first, whose arguments rest on their process not having been met before; and its pid. */
  get firstTitles(): { readonly rows: readonly number[]; readonly pids: readonly number[] } {
    return this.rows.firstTitles;
  }

  /**
   * Reads the line [from, end); `last` when the file ends without a line end, so that the record may be cut. `span` is its length in the member,
   * where the line given is another form's record told anew. `isRepeat` for the same line as the one before.
   */
  line(bytes: Uint8Array, from: number, end: number, offset: number, last = false, span?: number, isRepeat = false): void {
    const { account } = this.context;
    if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    if (end > from && bytes[end - 1] === 0x0d) end--;
    let at = from;
    while (at < end && bytes[at]! <= 0x20) at++;
    if (at === end) return; // a blank line is no record
    if (bytes[at] === 0x23 || bytes[at] === 0x2d || isWord(bytes, at, Math.min(end, at + 6), 'time->')) {
      account.notNeeded++; // comments, and the separators of `ausearch --raw`
      return;
    }
    let node: StringId = 0;
    if (isWord(bytes, at, at + 5, 'node=')) {
      const nodeFrom = at + 5;
      while (at < end && bytes[at] !== 0x20) at++;
      node = this.context.strings.intern(bytes, nodeFrom, at);
      at++;
    }
    if (!isWord(bytes, at, at + 5, 'type=')) return this.reject('expected type= at the head of an audit record', offset);
    at += 5;
    let hash = 0;
    const typeFrom = at;
    while (at < end && bytes[at] !== 0x20) hash = (Math.imul(hash, 31) + bytes[at++]!) | 0;
    if (!isWord(bytes, at, at + 11, ' msg=audit(')) return this.reject('expected msg=audit( after the record type', offset);
    let type = this.met.get(hash);
    if (type === undefined || type.name.length !== at - typeFrom) {
      const name = byteText(bytes, typeFrom, at);
      type = { name, reader: this.types.readerOf(name) };
      this.met.set(hash, type);
    }
    at += 11;
    let micros = 0;
    let digits = 0;
    for (; bytes[at]! >= 48 && bytes[at]! <= 57 && at < end; at++, digits++) micros = micros * 10 + bytes[at]! - 48;
    if (bytes[at] !== 0x2e || digits === 0 || digits > 12) return this.reject('expected seconds.milliseconds after msg=audit(', offset);
    let fraction = 0;
    for (at++, digits = 0; bytes[at]! >= 48 && bytes[at]! <= 57 && at < end; at++, digits++) fraction = fraction * 10 + bytes[at]! - 48;
    if (digits !== 3) return this.reject('expected seconds.milliseconds after msg=audit(', offset);
    micros = micros * 1e6 + fraction * 1e3;
    if (bytes[at] !== 0x3a) return this.reject('expected :serial after the time of an audit record', offset);
    let serial = 0;
    for (at++, digits = 0; bytes[at]! >= 48 && bytes[at]! <= 57 && at < end; at++, digits++) serial = serial * 10 + bytes[at]! - 48;
    if (bytes[at] !== 0x29 || digits === 0 || digits > 15) return this.reject('expected ): after the serial of an audit record', offset);
    at += bytes[at + 1] === 0x3a ? 2 : 1;
    const { reader } = type;
    if (this.countsHoles && bytes[typeFrom] !== 0x44) this.carried.serials.see(serial, micros, node); // not DAEMON_*
    if (!reader) {
      account.notNeeded++; // a record type that says nothing about processes, files, sockets or sessions
      return;
    }
    account.understood++;
    if (isRepeat) {
      account.duplicates++;
      return;
    }
    if (last && bytes[end - 1] !== 0x22 && !enrichedTail(bytes, at, end)) account.note('the last record has no line end: it may be cut', this.path, offset);
    if (!this.rows.find(serial, micros, node, offset, offset + (span ?? end - from))) {
      this.isLate = true;
      account.note('a record came long after the other records of its event; its event stays incomplete', this.path, offset);
      return;
    }
    reader(bytes, at, end);
  }

  /** Counts what is no record. */
  reject(what: string, offset: number): void {
    this.context.account.reject(what, this.path, offset);
  }
}
