import type { Batch, Member } from '../model/index.js';
import { byteText } from './byteText.js';
import type { Format, ParseContext } from './format.js';
import { jsonShape } from './jsonFormat.js';
import { jsonRecordsOf } from './jsonRecords.js';
import { entryMicros, readEntry } from './journalEntry.js';
import { journalEntriesOf, type JournalExportEntry } from './journalExport.js';
import { JOURNAL_SIGNATURE, journalFileEntriesOf } from './journalFile.js';
import { isJournalVerbose, journalVerboseEntriesOf } from './journalVerbose.js';
import { LogRows } from './logRows.js';
import type { Provenance } from './procRows.js';
import { type RecordShape, recordsInOrder } from './recordOrder.js';

/** `journalctl -o json` and `json-pretty`: an object an entry (FORMATS 7). */
export const journalJsonFormat: Format = {
  id: 'journal-json',
  title: 'journalctl -o json',
  numbersEvents: true,
  isKnownByMoment: true,
  isInOrder: true,
  sniff(head) {
    const text = byteText(head, 0, head.length).replace(/^\u00ef\u00bb\u00bf/, '');
    const first = text.trimStart().startsWith('{') || text.trimStart().startsWith('[');
    return first && /"__(?:REALTIME_TIMESTAMP|CURSOR)"\s*:/.test(text) && /"(?:_BOOT_ID|_MACHINE_ID|_TRANSPORT)"\s*:/.test(text) ? 0.95 : 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readJson(member, context.firstMember + index, context);
  },
};

/** `journalctl -o export`: fields a line, binary ones by their length, a blank line between entries. */
export const journalExportFormat: Format = {
  id: 'journal-export',
  title: 'journalctl -o export',
  numbersEvents: true,
  isKnownByMoment: true,
  isInOrder: true,
  sniff(head) {
    return /^(?:\n)*(?:__CURSOR=|__REALTIME_TIMESTAMP=\d+\n)/.test(byteText(head, 0, Math.min(head.length, 512)).replaceAll('\r', '')) ? 1 : 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readEntries(recordsInOrder(member, entryShape(journalEntriesOf), context), member, context.firstMember + index, context);
  },
};

/** `journalctl -o verbose`: every field of an entry, for people. */
export const journalVerboseFormat: Format = {
  id: 'journal-verbose',
  title: 'journalctl -o verbose',
  numbersEvents: true,
  isKnownByMoment: true,
  isInOrder: true,
  sniff: (head) => (isJournalVerbose(byteText(head, 0, head.length)) ? 0.95 : 0),
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readEntries(recordsInOrder(member, entryShape(journalVerboseEntriesOf), context), member, context.firstMember + index, context);
  },
};

/** The journal as journald keeps it, `/var/log/journal/.../system.journal`. */
export const journalBinaryFormat: Format = {
  id: 'journal-binary',
  title: 'binary journal',
  numbersEvents: true,
  isKnownByMoment: true,
  isInOrder: true,
  sniff: (head) => (byteText(head, 0, 8) === JOURNAL_SIGNATURE ? 1 : 0),
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readEntries(journalFileEntriesOf(member, (what, offset) => context.account.note(what, member.path, offset)), member, context.firstMember + index, context);
  },
};

const JSON_SHAPE = jsonShape({
  cut: jsonRecordsOf,
  placeOf: (fields) => ({ time: entryMicros((name) => valueOf(fields[name])) }),
});

/** Entries whose fields are kept as JSON: `journalctl -r`, and what a collector put together, stand in another order than that of time. */
function entryShape(cut: (member: Member) => AsyncIterable<JournalExportEntry>): RecordShape<JournalExportEntry> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    cut,
    keyOf: ({ fields, trouble }) => {
      const time = trouble === undefined ? entryMicros((name) => fields.get(name)) : NaN;
      return Number.isNaN(time) ? undefined : { time, serial: 0, node: 0, rank: 0 };
    },
    store({ fields, offset, byteLength }, key, sort) {
      const bytes = encoder.encode(JSON.stringify([...fields]));
      sort.add(key, bytes, 0, bytes.length, offset, byteLength);
    },
    restore({ bytes, from, to, offset, span }) {
      const fields = JSON.parse(decoder.decode(bytes.subarray(from, to))) as [string, string][]; // as store() wrote them
      return { fields: new Map(fields), offset, byteLength: span };
    },
  };
}

async function* readJson(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const rows = new LogRows(memberId, member.path, context);
  for await (const piece of recordsInOrder(member, JSON_SHAPE, context)) {
    context.signal?.throwIfAborted();
    if (piece.kind === 'broken') {
      context.account.reject(piece.what, member.path, piece.offset);
      continue;
    }
    count(readEntry((name) => valueOf(piece.fields[name]), { member: memberId, offset: piece.offset, byteLength: piece.byteLength }, rows), piece.offset, member, context);
    yield* rows.take();
  }
  yield* rows.finish();
}

async function* readEntries(entries: AsyncIterable<JournalExportEntry>, member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const rows = new LogRows(memberId, member.path, context);
  for await (const entry of entries) {
    context.signal?.throwIfAborted();
    const from: Provenance = { member: memberId, offset: entry.offset, byteLength: entry.byteLength };
    if (entry.trouble !== undefined) context.account.reject(entry.trouble, member.path, entry.offset);
    else count(readEntry((name) => entry.fields.get(name), from, rows), entry.offset, member, context);
    yield* rows.take();
  }
  yield* rows.finish();
}

function count(verdict: ReturnType<typeof readEntry>, offset: number, member: Member, context: ParseContext): void {
  if (verdict === 'rejected') context.account.reject('a journal entry without time and message, or with an audit record that could not be read', member.path, offset);
  else context.account[verdict]++;
}

/** Strings; arrays of bytes where they are not UTF-8; arrays of strings where a field is repeated; null where it was too large. As a char a byte. */
function valueOf(value: unknown): string | undefined {
  if (typeof value === 'string') return bytesAsText(new TextEncoder().encode(value));
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return undefined;
  const list = value as readonly unknown[];
  if (list.length > 0 && list.every((byte) => typeof byte === 'number')) return bytesAsText(Uint8Array.from(list));
  return list.length > 0 ? valueOf(list[0]) : undefined;
}

function bytesAsText(bytes: Uint8Array): string {
  return byteText(bytes, 0, bytes.length);
}
