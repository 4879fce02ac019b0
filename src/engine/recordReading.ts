import { csvRecordsOf, utf8OfText } from '../evidence/index.js';
import type { EvidenceEntry, Member } from '../model/index.js';
import type { RecordPlaces } from '../store/index.js';
import { createBreather } from './breathe.js';
import { cellFields, recordFields, type RecordValue, type TakeValue, type Wanted } from './recordFields.js';
import { namingOf } from './recordFormats.js';
import type { Progress } from './requests.js';
import { spansInOrder } from './spanReading.js';

const RECORDS_BETWEEN_PROGRESS = 4096;

export interface ReadCall {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
}

/** Whose records are read. */
export interface RecordSet {
  readonly entries: readonly EvidenceEntry[];
  /** By their global id. */
  readonly members: readonly { readonly evidence: number; readonly member: Member }[];
}

/** The members whose records name values, by their format. */
export function membersByFormat({ entries, members }: RecordSet): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  members.forEach(({ evidence }, id) => {
    const { format } = entries[evidence]!; // a member is of an entry
    if (namingOf(format) === undefined) return;
    const of = found.get(format);
    if (of) of.push(id);
    else found.set(format, [id]);
  });
  return found;
}

/** A value as stores keep it: lists are joined by NUL there. */
export function textOfValue(value: RecordValue): string {
  return String(value).replaceAll('\0', ' ');
}

/** One record: its events, and its values by name. */
export interface ReadRecord {
  readonly events: readonly number[];
  readonly values: ReadonlyMap<string, readonly (string | number | boolean)[]>;
}

/** The values of the records at places, each record once. */
export async function* recordsOf({ members, entries }: RecordSet, places: readonly RecordPlaces[], wanted: Wanted, call: ReadCall, what: string): AsyncGenerator<ReadRecord> {
  const breathe = createBreather();
  const total = places.reduce((sum, { events }) => sum + events.length, 0);
  let done = 0, toldAt = 0;
  for (const { member: id, offsets, byteLengths, events } of places) {
    const { member, evidence } = members[id]!; // ids come from the store, which has them from here
    const columns = await columnsOf(member, entries[evidence]?.format ?? '');
    const spans: { offset: number; byteLength: number; first: number }[] = [];
    offsets.forEach((offset, at) => {
      const before = spans.at(-1);
      if (before?.offset === offset) before.byteLength = Math.max(before.byteLength, byteLengths[at]!);
      else spans.push({ offset, byteLength: byteLengths[at]!, first: at });
    });
    for await (const { at, bytes } of spansInOrder(member, spans, call.signal)) {
      const values = new Map<string, (string | number | boolean)[]>();
      const take: TakeValue = (name, value) => {
        const known = values.get(name);
        if (known === undefined) values.set(name, [value]);
        else if (!known.includes(value)) known.push(value);
      };
      if (columns === undefined) recordFields(bytes, wanted, take);
      else cellFields(columns, await cellsOf(bytes), wanted, take);
      const until = spans[at + 1]?.first ?? events.length;
      if (values.size > 0 || wanted === undefined) yield { events: [...events.subarray(spans[at]!.first, until)], values };
      done += until - spans[at]!.first;
      if (done - toldAt >= RECORDS_BETWEEN_PROGRESS) {
        toldAt = done;
        call.onProgress({ what, done, total });
        call.signal?.throwIfAborted();
      }
      await breathe();
    }
  }
}

/** The names of the columns of a CSV member; undefined where its records are something else. */
async function columnsOf(member: Member, format: string): Promise<readonly string[] | undefined> {
  const naming = namingOf(format);
  if (naming !== 'table' && naming !== 'either') return undefined;
  for await (const piece of csvRecordsOf(member)) {
    if (piece.kind === 'broken' || /^\s*[[{]/.test(piece.cells[0] ?? '')) return undefined;
    return piece.cells.map((cell) => utf8OfText(cell).trim());
  }
  return undefined;
}

async function cellsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const row: Member = { path: '', size: bytes.length, modifiedMicros: undefined, open: () => oneChunk(bytes) };
  for await (const piece of csvRecordsOf(row)) return piece.kind === 'record' ? piece.cells.map(utf8OfText) : [];
  return [];
}

// eslint-disable-next-line @typescript-eslint/require-await -- a member gives its bytes so
async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
