import { type EvidenceField, type HuntAsk, namesUnknownFields, recordsAsked, type SeenField, SOURCES } from '../hunt/index.js';
import type { StringTable } from '../model/index.js';
import { createRecordValues, type FieldValue, recordPlaces, type RecordPlaces, type SqlStore } from '../store/index.js';
import { FieldFacts } from './fieldFacts.js';
import { membersByFormat, type ReadCall, type RecordSet, recordsOf, textOfValue } from './recordReading.js';

/** Records of one format that are looked at for what they name. */
const SAMPLE = 2000;
/** Of each source so many besides, so that what is rare is looked at too. */
const OF_EACH_SOURCE = 20;
const RECORDS_AT_ONCE = 1024;

/** What the fields are of. */
export interface FieldSet extends RecordSet {
  readonly store: SqlStore;
  readonly strings: StringTable;
}

/**
 * The fields that only the records of an evidence set have. A sample of the records says which there are; the values of those that a hunt names are read from
 * the records of its sources, once, and lie beside the events from then on.
 */
export interface EvidenceFields {
  /** What is known of them by now, after the sample. Throws EvidenceUnreadable, and the signal's reason when it was aborted. */
  known(call: ReadCall): Promise<readonly EvidenceField[]>;
  /** Reads what hunts ask of records, all of them in one walk; undefined where they ask nothing of them. Throws as `known` does. */
  prepare(asks: readonly Pick<HuntAsk, 'text' | 'before'>[], call: ReadCall): Promise<readonly EvidenceField[] | undefined>;
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

  async function sample(call: ReadCall): Promise<void> {
    for (const [format, members] of isSampled ? [] : byFormat) {
      const places = watched(set.store, call.signal, () => samplePlaces(set.store, members));
      let records = 0;
      for await (const { values } of recordsOf(set, places.places, undefined, call, 'looking at records')) {
        records++;
        facts.addSample(format, values);
      }
      facts.sampled(format, records, places.isWhole);
    }
    isSampled = true;
  }

  async function read(asks: readonly Pick<HuntAsk, 'text' | 'before'>[], call: ReadCall): Promise<void> {
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
        for await (const record of recordsOf(set, places.places, here, call, 'reading records')) {
          facts.addRead(format, record.values);
          for (const [name, items] of record.values) for (const event of record.events) batch.push({ field: facts.idOf(name), event, values: items.map(textOfValue) });
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
