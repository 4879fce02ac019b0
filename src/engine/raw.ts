import { EvidenceUnreadable, type Member, type ProcessRow } from '../model/index.js';
import { eventWordsOf, type SqlStore } from '../store/index.js';
import type { OpenedSet } from './openSet.js';
import { nameOf } from './processFacts.js';
import { decodeAudit } from './rawDecode.js';
import { auditEventId, BYTES_AT_MOST, hexOf, linesOf, readSpans } from './rawReading.js';
import type { RawRecord } from './requests.js';
import { showCommand } from './showCommand.js';

/** Records read for one answer at most. */
const RECORDS_AT_MOST = 500;

/** One record that speaks of a process: where it lies and what it states. */
interface Sighting {
  readonly member: number;
  readonly offset: number;
  readonly byteLength: number;
  readonly time: number;
  readonly states: readonly string[];
}

/** The raw records that speak of a process, oldest first: from the store's event rows, or from the observations while it fills. */
export async function rawOf(set: OpenedSet, store: SqlStore | undefined, process: ProcessRow, first: number, count: number, signal?: AbortSignal): Promise<{ total: number; records: RawRecord[] }> {
  const begin = Math.max(0, Math.trunc(first)), most = Math.max(0, Math.min(Math.trunc(count), RECORDS_AT_MOST));
  const { total, wanted } = sightingsOf(set, store, process, begin, most);
  const records = new Array<RawRecord>(wanted.length);
  const byMember = new Map<number, number[]>();
  wanted.forEach((sighting, at) => byMember.set(sighting.member, [...(byMember.get(sighting.member) ?? []), at]));
  for (const [id, places] of byMember) {
    const { member, evidence } = set.member(id);
    const file = set.entries[evidence]?.file ?? '';
    const spans = places.map((at) => wanted[at]!);
    try {
      const bytes = await readSpans(member, spans, signal);
      places.forEach((at, i) => (records[at] = recordOf(file, member, wanted[at]!, bytes[i]!)));
    } catch (error) {
      if (!(error instanceof EvidenceUnreadable)) throw error;
      // What the record states is still known; why it cannot be shown stands in its place.
      for (const at of places) records[at] = { ...recordOf(file, member, wanted[at]!, new Uint8Array(0)), lines: [error.message] };
    }
  }
  return { total, records };
}

interface Sightings {
  readonly total: number;
  readonly wanted: readonly Sighting[];
}

/** Where the records lie that speak of a process, without reading them: {@link rawOf}'s, oldest first. */
export function sightingsOf(set: OpenedSet, store: SqlStore | undefined, process: ProcessRow, first: number, count: number): Sightings {
  return store ? sightingsInStore(set, store, process, first, count) : sightingsInBatches(set, process, first, count);
}

/** One row a record, since one record may state several facts; a process like pid 1 has a hundred thousand, so only the window leaves SQLite. */
function sightingsInStore(set: OpenedSet, store: SqlStore, process: ProcessRow, first: number, count: number): Sightings {
  const own = 'SELECT id, member, offset, byte_length, time, action, process, other FROM event WHERE member IS NOT NULL AND';
  const about = `(${own} process = ?1 UNION ${own} other = ?1)`;
  const [counted] = store.query(`SELECT count(*) FROM (SELECT DISTINCT member, offset FROM ${about})`, [process]);
  const rows = store.query(
    `SELECT member, offset, max(byte_length), min(time), group_concat(action || ' ' || coalesce(process, -1) || ' ' || coalesce(other, -1), char(10))
     FROM ${about} GROUP BY member, offset ORDER BY min(id) LIMIT ?2 OFFSET ?3`,
    [process, count, first],
  );
  const wanted = [...rows].map(([member, offset, byteLength, time, facts]): Sighting => {
    const states = String(facts).split('\n').map((fact) => {
      const [action = '', who = '-1', other = '-1'] = fact.split(' ');
      return statement(set, process, action, Number(who), Number(other));
    });
    return { member: Number(member), offset: Number(offset), byteLength: Number(byteLength), time: time === null ? NaN : Number(time), states: [...new Set(states)] };
  });
  return { total: Number(counted?.[0] ?? 0), wanted };
}

function sightingsInBatches(set: OpenedSet, process: ProcessRow, first: number, count: number): Sightings {
  const { kept } = set;
  if (!kept) throw new Error('This engine keeps no records: it was made to open evidence only.');
  const sightings: (Sighting & { readonly serial: number })[] = [];
  kept.batches.forEach((batch, at) => {
    const about = kept.assignments[at]!, other = kept.others[at]!;
    for (let row = 0; row < batch.count; row++) {
      if (about[row] !== process && other[row] !== process) continue;
      const { action } = eventWordsOf(batch.kind[row]!, batch.operation[row]!);
      const isBirth = action === 'fork' && other[row]! >= 0;
      sightings.push({
        member: batch.member[row]!,
        offset: batch.offset[row]!,
        byteLength: batch.byteLength[row]!,
        time: batch.time[row]!,
        serial: batch.serial[row]!,
        states: [isBirth ? statement(set, process, action, other[row]!, about[row]!) : statement(set, process, action === 'fork' ? 'clone' : action, about[row]!, other[row]!)],
      });
    }
  });
  sightings.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.serial - b.serial || a.member - b.member || a.offset - b.offset));
  const records = joined(sightings);
  return { total: records.length, wanted: records.slice(first, first + count) };
}

/** Several facts of one record become one entry. */
function joined(sightings: readonly Sighting[]): Sighting[] {
  const byPlace = new Map<string, Sighting>();
  for (const sighting of sightings) {
    const key = `${sighting.member}:${sighting.offset}`;
    const known = byPlace.get(key);
    byPlace.set(key, known ? { ...known, byteLength: Math.max(known.byteLength, sighting.byteLength), states: [...new Set([...known.states, ...sighting.states])] } : sighting);
  }
  return [...byPlace.values()];
}

/** What the record states about the process, in our words. Of a fork, `about` is the child and `other` the caller. */
function statement(set: OpenedSet, process: ProcessRow, action: string, about: ProcessRow, other: ProcessRow): string {
  const called = (row: ProcessRow): string => `${nameOf(set, row) ?? 'process'} ${set.lineage.pid[row]!}`;
  if (action === 'fork') return about === process ? (other >= 0 ? `created by ${called(other)}` : 'created') : `fork of ${called(about)}`;
  if (action === 'signal' && other >= 0) return about === process ? `signal to ${called(other)}` : `signal from ${about >= 0 ? called(about) : 'an unknown process'}`;
  return WORDS[action] ?? action;
}

const WORDS: Readonly<Record<string, string>> = {
  clone: 'made a thread',
  sight: 'seen alive',
  seen: 'seen in a snapshot',
  'thread-exit': 'a thread ended',
  'exec-failed': 'exec that failed',
  setsid: 'made a session of its own',
  connection_attempted: 'connect',
  connection_accepted: 'accept',
  'bound-socket': 'bind',
  'opened-session': 'session opened',
  'closed-session': 'session closed',
};

function recordOf(file: string, member: Member, place: Omit<Sighting, 'member'>, bytes: Uint8Array): RawRecord {
  const lines = linesOf(bytes);
  if (bytes.length >= BYTES_AT_MOST && place.byteLength > BYTES_AT_MOST) lines.push(`(cut: the record has ${place.byteLength} bytes)`);
  return {
    evidence: file,
    member: member.path,
    offset: place.offset,
    byteLength: place.byteLength,
    time: place.time,
    states: place.states.join('; '),
    lines,
    decoded: decodeAudit(lines),
    command: showCommand({ file, member, offset: place.offset, byteLength: place.byteLength, firstLine: lines[0] ?? '' }),
    hex: hexOf(bytes, place.offset),
  };
}

/** How far behind its first line an audit event's later lines are looked for. */
const EVENT_WINDOW = 256 << 10;
const LINE_AT_MOST = BYTES_AT_MOST;
/** How far before a place the beginning of its line is looked for. */
const LINE_BEFORE = 64 << 10;

/**
 * The record at a place of a member, found by its bytes alone: the line there and, of an audit event, its other lines after it.
 * A member is named by its path, its file, or the end of either; an ambiguous name is an error that lists the choices.
 */
export async function rawAtPlace(
  members: readonly MemberOf[],
  name: string,
  offset: number,
  options: { readonly signal?: AbortSignal | undefined; readonly statesAt?: (member: Member, offset: number) => string } = {},
): Promise<RawRecord> {
  const { signal, statesAt } = options;
  const { file, member } = findMember(members, name);
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Error(`${offset} is no offset: a whole number of bytes from the start of the member is needed.`);
  if (member.size !== undefined && offset >= member.size) throw new Error(`${name} has ${member.size} bytes; there is nothing at ${offset}.`);
  // The place may be inside a record (a search in the bytes found it): what is shown begins with its line.
  const before = Math.min(offset, LINE_BEFORE);
  const [window] = await readSpans(member, [{ offset: offset - before, byteLength: before + LINE_AT_MOST - LINE_BEFORE }], signal);
  if (window!.length <= before) throw new Error(`${name}: there is nothing at ${offset}; the member ends before it.`);
  const from = before === 0 ? 0 : window!.lastIndexOf(0x0a, before - 1) + 1;
  const bytes = window!.subarray(from);
  const start = offset - before + from;
  let end = bytes.indexOf(0x0a);
  const isCut = end < 0 && window!.length >= before + LINE_AT_MOST - LINE_BEFORE;
  end = end < 0 ? bytes.length : end + 1;
  const event = auditEventId(new TextDecoder().decode(bytes.subarray(0, Math.min(end, 4096))));
  if (event !== undefined) end = lastLineOf(bytes, event, end);
  const time = event === undefined ? NaN : Math.round(Number(event.split(':')[0]) * 1e6);
  const record = recordOf(file, member, { offset: start, byteLength: end, time, states: [statesAt?.(member, start) ?? ''] }, bytes.subarray(0, end));
  return isCut ? { ...record, lines: [...record.lines, `(cut: the line is longer than the ${bytes.length} bytes that are shown)`] } : record;
}

/** The end of the last line within the window that belongs to an event. */
function lastLineOf(bytes: Uint8Array, event: string, firstEnd: number): number {
  const id = `audit(${event})`;
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, firstEnd + EVENT_WINDOW)); // one character a byte: indices are offsets
  const last = text.lastIndexOf(id);
  if (last < firstEnd) return firstEnd;
  const end = text.indexOf('\n', last);
  return end < 0 ? text.length : end + 1;
}

/** What the observations at a place state, in our words; nothing where none begins there or the engine keeps none. */
export function statesAtPlace(set: OpenedSet, store: SqlStore | undefined, id: number, offset: number): string {
  const called = (row: ProcessRow): string => (row < 0 ? '' : ` of ${nameOf(set, row) ?? 'process'} ${set.lineage.pid[row]!}`);
  const states = new Set<string>();
  if (store) {
    for (const [action, about] of store.query('SELECT action, process FROM event WHERE member = ? AND offset = ?', [id, offset])) states.add(`${WORDS[String(action)] ?? String(action)}${called(about === null ? -1 : Number(about))}`);
  }
  set.kept?.batches.forEach((batch, at) => {
    for (let row = 0; row < batch.count; row++) {
      if (batch.member[row] !== id || batch.offset[row] !== offset) continue;
      const { action } = eventWordsOf(batch.kind[row]!, batch.operation[row]!);
      states.add(`${WORDS[action] ?? action}${called(set.kept!.assignments[at]![row]!)}`);
    }
  });
  return [...states].join('; ');
}

export interface MemberOf {
  readonly file: string;
  readonly member: Member;
}

/** A member by its path as the evidence's records name it. Throws where none, or several, are called so. */
export function findMember(members: readonly MemberOf[], name: string): MemberOf {
  const exact = members.filter(({ file, member }) => member.path === name || file === name || `${file}/${member.path}` === name);
  const found = exact.length > 0 ? exact : members.filter(({ file, member }) => member.path.endsWith(`/${name}`) || file.endsWith(`/${name}`));
  if (found.length === 1) return found[0]!;
  const choices = (found.length > 1 ? found : members).slice(0, 8).map(({ file, member }) => (file.endsWith(member.path) ? file : `${file}/${member.path}`));
  throw new Error(`${found.length > 1 ? `${name} names ${found.length} members` : `There is no member ${name}`}; members are: ${choices.join(', ')}${members.length > 8 ? ', ...' : ''}.`);
}
