import { decompress } from 'fzstd';
import type { Member } from '../model/index.js';
import { byteText } from './byteText.js';
import { lz4Block } from './lz4Block.js';

/** One entry of a journal file; its fields as one char a byte. */
export interface JournalFileEntry {
  readonly fields: ReadonlyMap<string, string>;
  readonly offset: number;
  readonly byteLength: number;
  /** Why it is none that can be read. */
  readonly trouble?: string;
}

/** The head of every journal file (systemd, docs/JOURNAL_FILE_FORMAT.md). */
export const JOURNAL_SIGNATURE = 'LPKSHHRH';
const HEADER_LEAST = 208;
const INCOMPATIBLE = { xz: 1, lz4: 2, keyedHash: 4, zstd: 8, compact: 16 } as const;
const KNOWN_FLAGS = 31;
const OBJECT_HEADER = 16;
const DATA = 1;
const ENTRY = 3;
/** Types up to this one are known: data, field, entry, two hash tables, entry array, tag. */
const LAST_TYPE = 7;
const COMPRESSED = { xz: 1, lz4: 2, zstd: 4 } as const;
/** journald compresses fields from 512 bytes on; longer than this is none of ours. */
const LONGEST_FIELD = 16 << 20;
/** Characters of field values that are kept for the entries to come: journald's own files end at 128 MiB. */
const MOST_KEPT = 512 << 20;
/** The fields that are read (journalEntry.ts); others are passed over. */
const NEEDED = new Set([
  'MESSAGE', '_SOURCE_REALTIME_TIMESTAMP', '_TRANSPORT', '_AUDIT_ID', '_AUDIT_TYPE', '_AUDIT_TYPE_NAME', 'SYSLOG_IDENTIFIER', '_COMM', '_HOSTNAME', '_SYSTEMD_CGROUP', '_PID', 'SYSLOG_PID', 'LEADER',
  'SESSION_ID', 'UNIT', 'USER_UNIT', '_SYSTEMD_USER_UNIT', '_SYSTEMD_UNIT', '_UID', '_GID', '_AUDIT_LOGINUID', '_AUDIT_SESSION', '_EXE', '_CMDLINE',
]);

/** Told of a field that is missing from its entries, and why. */
type Note = (what: string, offset: number) => void;

/**
 * The entries of a binary journal in the order in which they were written. The file is read once from its head: journald appends, so the data of an entry
 * stands before it. Where an object is none, nothing tells where the next one begins: what follows is one piece that is not understood.
 */
export async function* journalFileEntriesOf(member: Member, note: Note): AsyncGenerator<JournalFileEntry> {
  const reader = new ByteReader(member);
  const head = await reader.take(HEADER_LEAST);
  if (head?.length !== HEADER_LEAST || byteText(head, 0, 8) !== JOURNAL_SIGNATURE) {
    await reader.drain();
    if (reader.at > 0) yield broken('a journal whose header breaks off', 0, reader.at);
    return;
  }
  const view = viewOf(head);
  const flags = view.getUint32(12, true);
  const headerLength = bigAt(view, 88);
  if ((flags & ~KNOWN_FLAGS) !== 0 || headerLength < HEADER_LEAST || headerLength > 65_536) {
    await reader.drain();
    yield broken('a journal of a newer form; convert it first: journalctl --file X -o export > X.export', 0, reader.at);
    return;
  }
  await reader.skip(headerLength - HEADER_LEAST);
  yield* objectsOf(reader, (flags & INCOMPATIBLE.compact) !== 0, note);
}

async function* objectsOf(reader: ByteReader, isCompact: boolean, note: Note): AsyncGenerator<JournalFileEntry> {
  const fields = new Map<number, readonly [string, string]>();
  let kept = 0;
  for (;;) {
    await reader.skip((8 - (reader.at % 8)) % 8);
    const offset = reader.at;
    const header = await reader.take(OBJECT_HEADER);
    if (!header || header.every((byte) => byte === 0)) break; // the end, or space that is set aside for what will be written
    const type = header[0]!;
    const size = header.length < OBJECT_HEADER ? 0 : bigAt(viewOf(header), 8);
    if (header.length < OBJECT_HEADER || type < DATA || type > LAST_TYPE || size < OBJECT_HEADER || size > 2 ** 40) {
      await reader.drain();
      yield header.length < OBJECT_HEADER ? cut(offset, reader) : broken('bytes that are no journal object; what follows them is not read', offset, reader.at - offset);
      return;
    }
    if (type === DATA && size <= LONGEST_FIELD) {
      const body = await reader.take(size - OBJECT_HEADER);
      if (body?.length !== size - OBJECT_HEADER) {
        yield cut(offset, reader);
        return;
      }
      const field = fieldIn(body.subarray(isCompact ? 56 : 48), header[1]!);
      if (field === 'unreadable') note('a long field that is compressed by xz or damaged; its entries are read without it', offset);
      else if (field && kept >= MOST_KEPT) note('a field beyond the 512 MiB that are kept of one journal; its entries are read without it', offset);
      else if (field) {
        fields.set(offset, field);
        kept += field[1].length;
      }
    } else if (type === ENTRY && size <= LONGEST_FIELD) {
      const body = await reader.take(size - OBJECT_HEADER);
      if (body?.length !== size - OBJECT_HEADER) {
        yield cut(offset, reader);
        return;
      }
      yield { fields: fieldsOf(body, isCompact, fields), offset, byteLength: size };
    } else if ((await reader.skip(size - OBJECT_HEADER)) < size - OBJECT_HEADER) {
      yield cut(offset, reader);
      return;
    }
  }
  await reader.drain();
}

/** seqnum, realtime, monotonic, boot id, hash; then where the data lies that the entry consists of. */
function fieldsOf(body: Uint8Array, isCompact: boolean, known: ReadonlyMap<number, readonly [string, string]>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (body.length < 48) return found;
  const view = viewOf(body);
  found.set('__REALTIME_TIMESTAMP', String(bigAt(view, 8)));
  found.set('__MONOTONIC_TIMESTAMP', String(bigAt(view, 16)));
  const step = isCompact ? 4 : 16;
  for (let at = 48; at + step <= body.length; at += step) {
    const field = known.get(isCompact ? view.getUint32(at, true) : bigAt(view, at));
    if (field && !found.has(field[0])) found.set(field[0], field[1]);
  }
  return found;
}

/** `NAME=value`; undefined for a field that is not read here. */
function fieldIn(payload: Uint8Array, flags: number): readonly [string, string] | 'unreadable' | undefined {
  const bytes = (flags & (COMPRESSED.xz | COMPRESSED.lz4 | COMPRESSED.zstd)) === 0 ? payload : inflated(payload, flags);
  if (!bytes) return 'unreadable';
  const equals = bytes.indexOf(0x3d);
  if (equals <= 0 || equals > 64) return undefined;
  const name = byteText(bytes, 0, equals);
  return NEEDED.has(name) ? [name, byteText(bytes, equals + 1, bytes.length)] : undefined;
}

/** A long field as it was before journald compressed it. One by xz (RHEL 7) is known to be long, and not read. */
function inflated(payload: Uint8Array, flags: number): Uint8Array | undefined {
  if ((flags & COMPRESSED.xz) !== 0) return undefined;
  const isZstd = (flags & COMPRESSED.zstd) !== 0;
  const length = isZstd ? zstdLength(payload) : payload.length < 8 ? NaN : bigAt(viewOf(payload), 0);
  if (!(length > 0 && length <= LONGEST_FIELD)) return undefined;
  if (!isZstd) return lz4Block(payload.subarray(8), length);
  try {
    return decompress(payload, new Uint8Array(length));
  } catch {
    return undefined; // damage: the field is missing from its entry, which is read without it
  }
}

/** The length that a zstd frame states in its header (RFC 8878, 3.1.1.1); NaN where it states none. */
function zstdLength(frame: Uint8Array): number {
  if (frame.length < 18 || viewOf(frame).getUint32(0, true) !== 0xfd2fb528) return NaN;
  const descriptor = frame[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const view = viewOf(frame);
  switch (descriptor >> 6) {
    case 0:
      return isSingle ? frame[at]! : NaN;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return bigAt(view, at);
  }
}

function cut(offset: number, reader: ByteReader): JournalFileEntry {
  return broken('a journal object that breaks off', offset, reader.at - offset);
}

function broken(trouble: string, offset: number, byteLength: number): JournalFileEntry {
  return { fields: new Map(), offset, byteLength, trouble };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Eight bytes, little endian; beyond 2^53 not exact, and then beyond any file. */
function bigAt(view: DataView, at: number): number {
  return at + 8 > view.byteLength ? NaN : view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

/** Takes bytes off a member in pieces of any length. */
class ByteReader {
  at = 0;
  private chunk: Uint8Array = new Uint8Array(0);
  private place = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;

  constructor(member: Member) {
    this.chunks = member.open(0)[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, fewer at the end, undefined behind it. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const taken: Uint8Array[] = [];
    let sum = 0;
    while (sum < length && (await this.fill())) {
      const part = this.chunk.subarray(this.place, this.place + length - sum);
      this.place += part.length;
      sum += part.length;
      taken.push(part);
    }
    this.at += sum;
    if (sum === 0) return length === 0 ? new Uint8Array(0) : undefined;
    if (taken.length === 1) return taken[0];
    const whole = new Uint8Array(sum);
    let to = 0;
    for (const part of taken) {
      whole.set(part, to);
      to += part.length;
    }
    return whole;
  }

  /** Passes over bytes, and answers how many there were. */
  async skip(length: number): Promise<number> {
    let sum = 0;
    while (sum < length && (await this.fill())) {
      const step = Math.min(length - sum, this.chunk.length - this.place);
      this.place += step;
      sum += step;
    }
    this.at += sum;
    return sum;
  }

  async drain(): Promise<void> {
    await this.skip(Infinity);
  }

  private async fill(): Promise<boolean> {
    while (this.place >= this.chunk.length) {
      const next = await this.chunks.next();
      if (next.done === true) return false;
      this.chunk = next.value;
      this.place = 0;
    }
    return true;
  }
}
