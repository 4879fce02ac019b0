import { csvRecordsOf, utf8OfText } from '../evidence/index.js';
import { type EvidenceField, type HuntAsk, namesUnknownFields, recordsAsked, type SeenField, SOURCES } from '../hunt/index.js';
import type { EvidenceEntry, Member, StringTable } from '../model/index.js';
import { createRecordValues, type FieldValue, recordPlaces, type RecordPlaces, type SqlStore } from '../store/index.js';
import { createBreather } from './breathe.js';
import { FieldFacts } from './fieldFacts.js';
import { cellFields, recordFields, type TakeValue, type Wanted } from './recordFields.js';
import { namingOf } from './recordFormats.js';
import type { Progress } from './requests.js';
import { spansInOrder } from './spanReading.js';

/** Records of one format that are looked at for what they name. */
const SAMPLE = 2000;
/** Of each source so many besides, so that what is rare is looked at too. */
const OF_EACH_SOURCE = 20;
const RECORDS_AT_ONCE = 1024;
const RECORDS_BETWEEN_PROGRESS = 4096;

interface Call {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
}

/** What the fields are of. */
export interface FieldSet {
  readonly store: SqlStore;
  readonly strings: StringTable;
  readonly entries: readonly EvidenceEntry[];
  /** By their global id. */
  readonly members: readonly { readonly evidence: number; readonly member: Member }[];
}

/**
 * The fields that only the records of an evidence set have. A sample of the records says which there are; the values of those that a hunt names are read from
 * the records of its sources, once, and lie beside the events from then on.
 */
export interface EvidenceFields {
  /** What is known of them by now, after the sample. Throws EvidenceUnreadable, and the signal's reason when it was aborted. */
  known(call: Call): Promise<readonly EvidenceField[]>;
  /** Reads what hunts ask of records, all of them in one walk; undefined where they ask nothing of them. Throws as `known` does. */
  prepare(asks: readonly Pick<HuntAsk, 'text' | 'before'>[], call: Call): Promise<readonly EvidenceField[] | undefined>;
}

export function createEvidenceFields(set: FieldSet): EvidenceFields {
  const byFormat = membersByFormat(set);
  const facts = new FieldFacts();
  let isSampled = false;
  let last: Promise<unknown> = Promise.resolve();

  /** One walk after the other: who waits finds what was read before it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work); // another's failure is its own
    last = mine.catch(() => undefined);
    return mine;
  }

  async function sample(call: Call): Promise<void> {
    for (const [format, members] of isSampled ? [] : byFormat) {
      const places = watched(set.store, call.signal, () => samplePlaces(set.store, members));
      let records = 0;
      for await (const { values } of recordsOf(set, places, undefined, call, 'looking at records')) {
        records++;
        facts.addSample(format, values);
      }
      facts.sampled(format, records, places.isWhole);
    }
    isSampled = true;
  }

  async function read(asks: readonly Pick<HuntAsk, 'text' | 'before'>[], call: Call): Promise<void> {
    const may = (name: string): SeenField | undefined => facts.mayBe(name);
    const wanted = new Map<string, Set<string>>(); // scopes that lack names
    for (const ask of asks) {
      const { names, sources } = recordsAsked(ask, may);
      for (const source of sources) {
        const scope = source.table === 'process' ? 'process' : source.name;
        const missing = names.filter((name) => !facts.isRead(name, scope));
        if (missing.length > 0) wanted.set(scope, new Set([...(wanted.get(scope) ?? []), ...missing]));
      }
    }
    if (wanted.size === 0) return;
    const names = new Set([...wanted.values()].flatMap((some) => [...some]));
    const where = [...wanted.keys()].map((scope) => `(${SOURCES.find(({ name }) => name === scope)?.where ?? '1'})`).join(' OR ');
    const values = createRecordValues(set.store, set.strings);
    try {
      for (const [format, members] of byFormat) {
        const here = new Set([...names].filter((name) => facts.mayHave(format, name)));
        if (here.size === 0) continue;
        const places = watched(set.store, call.signal, () => ({ places: recordPlaces(set.store, members, where), isWhole: true }));
        let batch: FieldValue[] = [];
        for await (const record of recordsOf(set, places, here, call, 'reading records')) {
          facts.addRead(format, record.values);
          for (const [name, items] of record.values) for (const event of record.events) batch.push({ field: facts.idOf(name), event, values: items.map((item) => String(item).replaceAll('\0', ' ')) });
          if (batch.length < RECORDS_AT_ONCE) continue;
          values.add(batch);
          batch = [];
        }
        values.add(batch);
      }
    } finally {
      values.close();
    }
    for (const scope of wanted.keys()) for (const name of names) facts.wasRead(name, scope);
  }

  return {
    known: (call) => inTurn(async () => {
      await sample(call);
      return facts.list();
    }),
    async prepare(asks, call) {
      if (byFormat.size === 0) return undefined;
      const some = asks.filter(namesUnknownFields);
      if (some.length === 0) return undefined;
      return inTurn(async () => {
        await sample(call);
        await read(some, call);
        return facts.list();
      });
    },
  };
}

/** The members whose records name values, by their format. */
function membersByFormat({ entries, members }: FieldSet): ReadonlyMap<string, readonly number[]> {
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

function watched<T>(store: SqlStore, signal: AbortSignal | undefined, work: () => T): T {
  return store.watched({ cancelled: () => signal?.aborted ?? false }, work);
}

interface Places {
  readonly places: readonly RecordPlaces[];
  /** Every record of the members is among them. */
  readonly isWhole: boolean;
}

/** Records spread evenly over the events of a format, and the first of each source. */
function samplePlaces(store: SqlStore, members: readonly number[]): Places {
  const list = members.join(', ');
  const count = Number([...store.query(`SELECT count(*) FROM event e WHERE ((e.id & 4095) <> 0 OR alive()) AND e.member IN (${list})`)][0]?.[0] ?? 0);
  if (count <= SAMPLE) return { places: recordPlaces(store, members, '1'), isWhole: true };
  const firsts = SOURCES.flatMap(({ table, where }) => (table === 'event' && where !== undefined ? recordPlaces(store, members, where, OF_EACH_SOURCE) : []));
  const ids = new Set(firsts.flatMap(({ events }) => [...events]));
  return { places: recordPlaces(store, members, `e.id % ${Math.ceil(count / SAMPLE)} = 0 OR e.id IN (${[...ids].join(', ')})`), isWhole: false };
}

interface ReadRecord {
  readonly events: readonly number[];
  readonly values: ReadonlyMap<string, readonly (string | number | boolean)[]>;
}

/** The values of the records at places, each record once. */
async function* recordsOf({ members, entries }: FieldSet, { places }: Places, wanted: Wanted, call: Call, what: string): AsyncGenerator<ReadRecord> {
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
