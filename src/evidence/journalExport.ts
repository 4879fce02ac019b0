import type { Member } from '../model/index.js';
import { byteText } from './byteText.js';

/** One entry of an export; its fields as one char a byte, the first of repeated ones. */
export interface JournalExportEntry {
  readonly fields: ReadonlyMap<string, string>;
  readonly offset: number;
  readonly byteLength: number;
  /** Why it is none that can be read. */
  readonly trouble?: string;
}

const LINE_FEED = 0x0a;
/** journald's own limit of a field is 768 MiB; none of ours is near this, and a made-up length must not fill the memory. */
const LONGEST_FIELD = 16 << 20;
/** Fields of an entry that are kept. */
const MOST_FIELDS = 1024;
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

/**
 * The entries of a journal export, for a blank line between them. `KEY=value` is a field; `KEY` alone is followed by eight bytes of length (little
 * endian), so many bytes, and a line feed. A line that is neither costs itself only.
 */
export async function* journalEntriesOf(member: Member): AsyncGenerator<JournalExportEntry> {
  let buffer: Uint8Array = new Uint8Array(0);
  let base = 0; // place of buffer[0] in the member
  let fields = new Map<string, string>();
  let start = 0;
  let at = 0;
  const entry = (end: number): JournalExportEntry => ({ fields, offset: start, byteLength: end - start });

  /** Reads what is whole in the buffer. */
  function* scan(isEnd: boolean): Generator<JournalExportEntry> {
    while (at < buffer.length) {
      const lineFeed = buffer.indexOf(LINE_FEED, at);
      if (lineFeed < 0 && !isEnd && buffer.length - at <= LONGEST_FIELD) return;
      const end = lineFeed < 0 ? buffer.length : lineFeed;
      const to = end > at && buffer[end - 1] === 0x0d ? end - 1 : end;
      if (to === at) {
        if (fields.size > 0) yield entry(base + at);
        fields = new Map();
        at = end + 1;
        continue;
      }
      if (fields.size === 0) start = base + at;
      const equals = buffer.indexOf(0x3d, at);
      const name = byteText(buffer, at, Math.min(at + 65, equals >= 0 && equals < to ? equals : to));
      if (equals >= 0 && equals < to && NAME.test(name)) {
        if (!fields.has(name) && fields.size < MOST_FIELDS) fields.set(name, byteText(buffer, equals + 1, to));
        at = end + 1;
      } else if (NAME.test(name) && lineFeed >= 0) {
        if (buffer.length < end + 9 && !isEnd) return;
        const length = lengthAt(buffer, end + 1);
        if (length > LONGEST_FIELD || (isEnd && buffer.length < end + 9 + length)) {
          yield { fields: new Map(), offset: start, byteLength: end + 1 - (start - base), trouble: 'a binary field that is longer than the file or than 16 MiB' };
          fields = new Map();
          at = end + 1;
          continue;
        }
        if (buffer.length < end + 10 + length && !isEnd) return;
        if (!fields.has(name) && fields.size < MOST_FIELDS) fields.set(name, byteText(buffer, end + 9, end + 9 + length));
        at = end + 9 + length + 1;
      } else {
        yield { fields: new Map(), offset: base + at, byteLength: end + 1 - at, trouble: 'a line of a journal export that is no field' };
        at = end + 1;
      }
    }
  }

  for await (const chunk of member.open(0)) {
    const kept = buffer.subarray(at);
    base += at;
    at = 0;
    buffer = new Uint8Array(kept.length + chunk.length);
    buffer.set(kept);
    buffer.set(chunk, kept.length);
    yield* scan(false);
  }
  yield* scan(true);
  if (fields.size > 0) yield entry(base + buffer.length);
}

/** Eight bytes, little endian; Infinity for what is beyond any file. */
function lengthAt(bytes: Uint8Array, at: number): number {
  let length = 0;
  for (let i = 7; i >= 0; i--) length = length * 256 + (bytes[at + i] ?? 0xff);
  return length;
}
