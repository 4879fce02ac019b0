import { dsvFormat } from 'd3-dsv';
import type { Member } from '../model/index.js';
import { byteText } from './byteText.js';

/** One record of a CSV text, or a line of it that is none. Cells are one char a byte; see bytesOfText and utf8OfText. */
export type CsvPiece =
  | { readonly kind: 'record'; readonly cells: readonly string[]; readonly offset: number; readonly byteLength: number }
  | { readonly kind: 'broken'; readonly what: string; readonly offset: number; readonly byteLength: number };

/** A record longer than this is none: a quote that nothing closes would take the rest of the file. */
const LONGEST_RECORD = 1 << 20;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const UNCLOSED = 'a quote that is not closed, or closed too late';
const WIDTH = 'a record with another number of cells than the header';

/**
 * The records of a CSV member, the header first. What a record is, is found here: its place in bytes is its provenance, and a broken quote must cost its
 * own line only, which no library offers; its cells are read by d3-dsv. Every record has as many cells as the first, else its first line is broken and
 * reading goes on with the next line. Blank lines are no records.
 */
export async function* csvRecordsOf(member: Member, delimiter = ','): AsyncGenerator<CsvPiece> {
  const reader = new CsvReader(delimiter);
  for await (const chunk of member.open(0)) {
    reader.append(chunk);
    yield* reader.read(false);
  }
  yield* reader.read(true);
}

class CsvReader {
  private readonly format: ReturnType<typeof dsvFormat>;
  private readonly delimiter: number;
  private buffer = new Uint8Array(1 << 16);
  private length = 0;
  /** Offset in the member of the buffer's first byte. */
  private base = 0;
  /** Where the open record begins, and how far it was looked at. */
  private start = 0;
  private at = 0;
  private inQuotes = false;
  private isFieldStart = true;
  /** The first line end inside the open record's quotes; -1 while there is none. */
  private innerEnd = -1;
  /** A closing quote was followed by something else than the end of its field. */
  private isMalformed = false;
  private width = -1;
  /** In a line that is too long to be read. */
  private isSkipping = false;

  constructor(delimiter: string) {
    this.format = dsvFormat(delimiter);
    this.delimiter = delimiter.charCodeAt(0);
  }

  append(chunk: Uint8Array): void {
    if (this.start > 0 && (this.start === this.length || this.length + chunk.length > this.buffer.length)) {
      this.buffer.copyWithin(0, this.start, this.length);
      this.length -= this.start;
      this.at -= this.start;
      if (this.innerEnd >= 0) this.innerEnd -= this.start;
      this.base += this.start;
      this.start = 0;
    }
    if (this.length + chunk.length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + chunk.length));
      larger.set(this.buffer.subarray(0, this.length));
      this.buffer = larger;
    }
    this.buffer.set(chunk, this.length);
    this.length += chunk.length;
  }

  *read(isEnd: boolean): Generator<CsvPiece> {
    for (;;) {
      const end = this.recordEnd(isEnd);
      if (end < 0) {
        if (this.length - this.start <= LONGEST_RECORD || isEnd) return;
        yield* this.tooLong();
        continue;
      }
      yield* this.record(end, isEnd);
      if (isEnd && this.start >= this.length) return;
    }
  }

  /** The end of the open record, without its line feed; -1: not in the buffer yet. */
  private recordEnd(isEnd: boolean): number {
    const { buffer, length } = this;
    for (; this.at < length; this.at++) {
      const byte = buffer[this.at]!;
      if (this.inQuotes) {
        if (byte === LINE_FEED && this.innerEnd < 0) this.innerEnd = this.at;
        if (byte !== QUOTE) continue;
        // A doubled quote is one; whether it is doubled may only the next chunk tell.
        if (this.at + 1 === length && !isEnd) return -1;
        if (buffer[this.at + 1] === QUOTE && this.at + 1 < length) this.at++;
        else {
          this.inQuotes = false;
          const after = this.at + 1 < length ? buffer[this.at + 1] : LINE_FEED;
          if (after !== this.delimiter && after !== LINE_FEED && after !== CARRIAGE_RETURN) this.isMalformed = true;
        }
      } else if (byte === LINE_FEED) return this.at;
      else if (byte === QUOTE && this.isFieldStart) {
        this.inQuotes = true;
        this.isFieldStart = false;
      } else this.isFieldStart = byte === this.delimiter || (this.base + this.at < 3 && byte >= 0xbb); // a byte order mark stands before the first field
    }
    return isEnd && this.start < length ? length : -1;
  }

  private *record(end: number, isEnd: boolean): Generator<CsvPiece> {
    const { start, base, innerEnd, inQuotes } = this;
    const isBroken = this.isMalformed || (isEnd && end === this.length && inQuotes);
    const next = end < this.length ? end + 1 : end;
    if (this.isSkipping) {
      this.isSkipping = false;
      this.begin(next);
      return;
    }
    const cells = isBroken ? undefined : this.cellsOf(start, end);
    if (cells?.length === 0) return this.begin(next); // a blank line
    if (cells && (this.width < 0 || cells.length === this.width)) {
      this.width = cells.length;
      this.begin(next);
      yield { kind: 'record', cells, offset: base + start, byteLength: next - start };
      return;
    }
    // The first line alone is to blame; the lines behind it may be whole.
    const resume = innerEnd >= 0 ? innerEnd + 1 : next;
    this.begin(resume);
    yield { kind: 'broken', what: cells ? WIDTH : UNCLOSED, offset: base + start, byteLength: resume - start };
  }

  private *tooLong(): Generator<CsvPiece> {
    const { start, base, innerEnd } = this;
    const resume = innerEnd >= 0 ? innerEnd + 1 : this.length;
    if (innerEnd < 0 && this.isSkipping) return this.begin(resume);
    this.isSkipping = innerEnd < 0;
    this.begin(resume);
    yield { kind: 'broken', what: UNCLOSED, offset: base + start, byteLength: resume - start };
  }

  private begin(at: number): void {
    this.start = at;
    this.at = at;
    this.inQuotes = false;
    this.isFieldStart = true;
    this.innerEnd = -1;
    this.isMalformed = false;
  }

  private cellsOf(start: number, end: number): readonly string[] {
    const { buffer } = this;
    let from = start;
    let to = end;
    if (to > from && buffer[to - 1] === CARRIAGE_RETURN) to--;
    if (this.base + start === 0 && buffer[from] === 0xef && buffer[from + 1] === 0xbb && buffer[from + 2] === 0xbf) from = Math.min(from + 3, to);
    if (from === to) return [];
    return this.format.parseRows(byteText(buffer, from, to)).flat();
  }
}
