import type { Member } from '../model/index.js';
import { joinedBytes } from './joinedBytes.js';

/** The fields of one JSON object, as they were parsed. */
export type Fields = Readonly<Record<string, unknown>>;

/** One record of a JSON text, or a piece of it that is none. */
export type JsonPiece =
  | { readonly kind: 'record'; readonly fields: Fields; readonly offset: number; readonly byteLength: number }
  | { readonly kind: 'broken'; readonly what: string; readonly offset: number; readonly byteLength: number };

/** A record longer than this is not kept: a sensor's records are far below it, and a hostile file must not fill the memory. */
const LONGEST_RECORD = 16 << 20;
/** No sensor nests so deep; what does is made to break its reader, since whatever walks it calls itself once a level. */
const DEEPEST_RECORD = 256;

/** Whether a text would be JSON that is nested deeper than records may be. */
export function isTooDeep(json: string): boolean {
  let depth = 0, inString = false;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (inString && char === '\\') at++;
    else if (char === '"') inString = !inString;
    else if (!inString && (char === '{' || char === '[') && ++depth > DEEPEST_RECORD) return true;
    else if (!inString && (char === '}' || char === ']')) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const EVENTS_HEAD = /\{\s*"(?:events|records)"\s*:\s*$/;
const CUT = 'a JSON object that breaks off';
const NO_JSON = 'a line that is no JSON object';

/**
 * The JSON objects of a member, whatever carries them: one a line, pretty-printed, an array, the hits of an Elastic search, the list of an object that
 * holds nothing else (`events`, `records`), or behind a syslog header.
 * `list` is the key of the array that holds a search's records. A broken object costs itself only: a raw line feed ends a string, and an object at the beginning of a line begins a new record.
 */
export async function* jsonRecordsOf(member: Member, list: 'hits' | 'results' = 'hits'): AsyncGenerator<JsonPiece> {
  const reader = new JsonReader(list);
  for await (const chunk of member.open(0)) yield* reader.chunk(chunk);
  yield* reader.end();
}

class JsonReader {
  private offset = 0; // of the chunk
  private kept: Uint8Array[] = []; // bytes of the open record from earlier chunks
  private keptLength = 0;
  private start = 0; // of the open record or of the text that is none
  private depth = 0;
  private deepest = 0;
  private inString = false;
  private isEscaped = false;
  private isLineStart = true;
  private isText = false; // between records, in something that is no JSON
  private isSkipping = false; // after a record that was too long, until a line begins with an object
  private count = 0;
  private readonly decoder = new TextDecoder();
  private readonly listHead: RegExp;

  constructor(private readonly list: string) {
    this.listHead = new RegExp(`"${list}"\\s*:\\s*$`);
  }

  *chunk(bytes: Uint8Array): Generator<JsonPiece> {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.inString && byte !== LINE_FEED) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) this.inString = false;
        continue;
      }
      if (byte === LINE_FEED) {
        if (this.inString) {
          yield this.broken(CUT, at); // JSON writes a line feed in a string as \n
          this.reset();
        } else if (this.isText) {
          yield this.broken(NO_JSON, at);
          this.reset();
        }
        this.isLineStart = true;
        continue;
      }
      const isLineStart = this.isLineStart;
      this.isLineStart = false;
      if (byte === OPEN_BRACE) {
        if (this.depth > 0 && isLineStart) {
          yield this.broken(CUT, at); // pretty-printed objects are indented inside; this one is a new record
          this.reset();
        }
        if (this.isSkipping && !isLineStart) continue;
        if (this.depth === 0) {
          this.isSkipping = false;
          this.isText = false; // what stood before it on the line was a header
          this.start = this.offset + at;
        }
        this.deepen();
      } else if (this.depth === 0) {
        if (this.isSkipping || this.isText || isSeparator(byte)) continue;
        this.isText = true;
        this.start = this.offset + at;
      } else if (byte === QUOTE) {
        this.inString = true;
      } else if (byte === OPEN_BRACKET) {
        if (this.count === 0 && this.depth <= 3 && this.isAfterListKey(bytes, at)) this.reset();
        else this.deepen();
      } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --this.depth === 0) {
        yield this.record(bytes.subarray(Math.max(0, this.start - this.offset), at + 1), this.offset + at + 1);
        this.reset();
      }
    }
    if (this.depth > 0) this.keep(bytes, Math.max(0, this.start - this.offset));
    this.offset += bytes.length;
    if (this.keptLength > LONGEST_RECORD) {
      yield this.broken('a JSON object of more than 16 MiB', 0);
      this.reset();
      this.isSkipping = true;
    }
  }

  *end(): Generator<JsonPiece> {
    if (this.depth > 0 || this.isText) {
      this.count++;
      yield { kind: 'broken', what: this.isText ? NO_JSON : CUT, offset: this.start, byteLength: this.offset - this.start };
    }
  }

  private record(tail: Uint8Array, end: number): JsonPiece {
    const bytes = this.keptLength > 0 ? joinedBytes(this.kept, tail, this.keptLength) : tail;
    const span = { offset: this.start, byteLength: end - this.start };
    this.count++;
    if (this.deepest > DEEPEST_RECORD) return { kind: 'broken', what: `a JSON object that is nested deeper than ${DEEPEST_RECORD}`, ...span };
    let value: unknown;
    try {
      value = JSON.parse(this.decoder.decode(bytes));
    } catch {
      return { kind: 'broken', what: 'an object that is no JSON', ...span }; // counted by whoever reads the pieces, with its place
    }
    return isFields(value) ? { kind: 'record', fields: value, ...span } : { kind: 'broken', what: NO_JSON, ...span };
  }

  private broken(what: string, at: number): JsonPiece {
    this.count++;
    return { kind: 'broken', what, offset: this.start, byteLength: this.offset + at - this.start };
  }

  private deepen(): void {
    if (++this.depth > this.deepest) this.deepest = this.depth;
  }

  private reset(): void {
    this.kept = [];
    this.keptLength = 0;
    this.depth = this.deepest = 0;
    this.inString = false;
    this.isEscaped = false;
    this.isText = false;
  }

  private keep(bytes: Uint8Array, from: number): void {
    const piece = bytes.slice(from);
    this.kept.push(piece);
    this.keptLength += piece.length;
    if (this.kept.length > 4096) this.kept = [joinedBytes(this.kept, new Uint8Array(0), this.keptLength)]; // chunks of a byte
  }

  /** Is this bracket the list of a search answer, `"hits": [`, or the only thing in an object? Its elements are the records. */
  private isAfterListKey(bytes: Uint8Array, at: number): boolean {
    const here = bytes.subarray(Math.max(0, at - 24), at);
    const before = here.length < 24 && this.keptLength > 0 ? joinedBytes(this.kept, new Uint8Array(0), this.keptLength).subarray(-24) : new Uint8Array(0);
    const head = this.decoder.decode(joinedBytes([before], here, before.length));
    return this.listHead.test(head) || (this.depth === 1 && this.list === 'hits' && EVENTS_HEAD.test(head));
  }
}

/** White space, commas and brackets between records, the record separator of JSON text sequences, and a byte order mark. */
function isSeparator(byte: number): boolean {
  return byte <= 0x20 || byte === 0x2c || byte === OPEN_BRACKET || byte === CLOSE_BRACKET || byte === CLOSE_BRACE || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
