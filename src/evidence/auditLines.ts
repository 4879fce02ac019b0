/** Takes the lines of a member, one by one. */
export interface LineReader {
  /** The line [from, end) that stands at `offset` in the member; `last` when the file ends without a line end. */
  line(bytes: Uint8Array, from: number, end: number, offset: number, last?: boolean): void;
  /** What stands at `offset` is no line to read. */
  reject(what: string, offset: number): void;
  finish(): void;
}

/** A record longer than this is no audit record: the kernel's own limit is 8,970 bytes (MAX_AUDIT_MESSAGE_LENGTH), enrichment may double it. */
const LONGEST_LINE = 1 << 20;
const LINE_END = 0x0a;

/** Cuts the bytes of a member into lines for a {@link LineReader}; what it gives does not depend on how the bytes are cut into chunks. */
export class AuditLines {
  private rest: Uint8Array = NOTHING; // the head of a line whose end is in a later chunk
  private skipping = false; // inside a line that is too long to be a record

  /** `offset` is that of the first byte in the member. */
  constructor(
    private readonly records: LineReader,
    private offset = 0,
  ) {}

  chunk(chunk: Uint8Array): void {
    let from = 0;
    // Only the line that lies over the border is copied; the others are read where they are.
    if (this.rest.length > 0 || this.skipping) {
      const end = chunk.indexOf(LINE_END);
      from = end < 0 ? chunk.length : end + 1;
      if (this.skipping) {
        this.offset += from;
        this.skipping = end < 0;
      } else {
        const line = joined(this.rest, end < 0 ? chunk : chunk.subarray(0, end));
        this.rest = end < 0 ? line : NOTHING;
        if (end >= 0) this.line(line, 0, line.length);
      }
    }
    for (let end = chunk.indexOf(LINE_END, from); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      this.line(chunk, from, end);
      from = end + 1;
    }
    if (from < chunk.length) this.rest = chunk.slice(from);
    if (this.rest.length > LONGEST_LINE) {
      this.records.reject(TOO_LONG, this.offset);
      this.skipping = true;
      this.offset += this.rest.length;
      this.rest = NOTHING;
    }
  }

  /** Ends the member, or a part of it that ends with a line. */
  end(): void {
    if (this.rest.length > 0) this.records.line(this.rest, 0, this.rest.length, this.offset, true);
    this.records.finish();
  }

  private line(bytes: Uint8Array, from: number, end: number): void {
    if (end - from > LONGEST_LINE) this.records.reject(TOO_LONG, this.offset);
    else this.records.line(bytes, from, end, this.offset);
    this.offset += end + 1 - from;
  }
}

const NOTHING = new Uint8Array(0);
const TOO_LONG = 'expected an audit record, found a line of more than 1 MiB';

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
