import { RECORD_TABLES } from './clickhouseSchema.js';
import type { LoadOptions, RecordReader } from './loadInput.js';
import type { RecordPlaces } from './recordValues.js';
import type { Transport } from './transport.js';

/** Events whose records are read together, and rows that are sent together. */
const EVENTS_AT_ONCE = 2048;
const ROWS_AT_ONCE = 20_000;

/** First ids of a load: its events and members, and its evidence. */
interface Firsts {
  readonly event: number;
  readonly member: number;
  readonly evidence: number;
}

/** One event with the place of its record; `member` as its load numbers it. */
interface Placed {
  readonly member: number;
  readonly offset: number;
  readonly byteLength: number;
  readonly event: number;
}

/** Puts what only the records of a load's events have beside those events, each record read once. Rejects with what reading or sending says. */
export async function loadRecords(transport: Transport, records: RecordReader, firsts: Firsts, options: LoadOptions): Promise<void> {
  if (records.members.length === 0) return;
  const ids = new Map<string, number>();
  let next = 0;
  for await (const rows of transport.query(`SELECT DISTINCT name, id FROM record_field${NUMBERS}`)) {
    for (const [name, id] of rows) {
      ids.set(String(name), Number(id));
      next = Math.max(next, Number(id) + 1);
    }
  }
  let waiting: unknown[][] = [];
  const send = async (atLeast: number): Promise<void> => {
    if (waiting.length < atLeast) return;
    const rows = waiting;
    waiting = [];
    await insert(transport, 'record_value', rows);
  };
  for await (const { events, done, total } of eventsByRecord(transport, records.members, firsts)) {
    await records.read(placesOf(events), (name, of, values) => {
      let id = ids.get(name);
      if (id === undefined) ids.set(name, (id = next++));
      for (const event of of) waiting.push([id, event, values]);
    });
    await send(ROWS_AT_ONCE);
    options.onProgress?.(done, total);
    await options.breathe();
    options.signal?.throwIfAborted();
  }
  await send(1);
  await insert(transport, 'record_field', records.fields().map(({ name, type, list, formats }) => [firsts.evidence, ids.get(name), name, type, Number(list), formats]));
}

const NUMBERS = ' SETTINGS output_format_json_quote_64bit_integers = 0';

/** The events of a load in the order of their records, so many at a time; those of one record stay together. */
async function* eventsByRecord(transport: Transport, members: readonly number[], firsts: Firsts): AsyncGenerator<{ readonly events: readonly Placed[]; readonly done: number; readonly total: number }> {
  let events: Placed[] = [];
  let done = 0, total = 0;
  const theirs = `e.id >= ${firsts.event} AND e.member IN (${members.map((member) => member + firsts.member).join(', ')})`;
  for await (const rows of transport.query(`SELECT e.member, e.offset, e.byte_length, e.id, count() OVER () FROM event e WHERE ${theirs} ORDER BY e.member, e.offset, e.id${NUMBERS}`)) {
    for (const [member, offset, byteLength, event, count] of rows) {
      const next: Placed = { member: Number(member) - firsts.member, offset: Number(offset), byteLength: Number(byteLength), event: Number(event) };
      const last = events.at(-1);
      if (events.length >= EVENTS_AT_ONCE && (last?.offset !== next.offset || last.member !== next.member)) {
        yield { events, done, total };
        events = [];
      }
      events.push(next);
      done++;
      total = Number(count);
    }
  }
  if (events.length > 0) yield { events, done, total };
}

/** Events in the order of their records as places by member. */
function placesOf(events: readonly Placed[]): RecordPlaces[] {
  const found = new Map<number, Placed[]>();
  for (const event of events) {
    const of = found.get(event.member);
    if (of) of.push(event);
    else found.set(event.member, [event]);
  }
  const column = (of: readonly Placed[], name: keyof Placed): Float64Array => Float64Array.from(of, (event) => event[name]);
  return [...found].map(([member, of]) => ({ member, offsets: column(of, 'offset'), byteLengths: column(of, 'byteLength'), events: column(of, 'event') }));
}

async function insert(transport: Transport, table: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  const { columns } = RECORD_TABLES.find(({ name }) => name === table)!; // both tables are of the list
  if (rows.length > 0) await transport.insert(table, columns.map(({ name }) => name), rows);
}
