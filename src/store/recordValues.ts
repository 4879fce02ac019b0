import type { StringTable } from '../model/index.js';
import type { SqlStore } from './sqlStore.js';

/** Values of a field are text: one, or a list. `values` are joined by NUL as argument lists are. */
export interface FieldValue {
  readonly field: number;
  readonly event: number;
  readonly values: readonly string[];
}

/**
 * Values of fields that no table has, by field and event: they are read from the records when a hunt first asks for them (engine/evidenceFields.ts).
 * `value_s` is a text and at once a list of its NUL-separated items, so that a field may turn out to be a list after it was taken for a text.
 */
export function createRecordValues(store: SqlStore, strings: StringTable): { add(values: readonly FieldValue[]): void; close(): void } {
  store.run('CREATE TABLE IF NOT EXISTS record_value (field INTEGER NOT NULL, event INTEGER NOT NULL, value_s INTEGER NOT NULL, PRIMARY KEY (field, event)) WITHOUT ROWID');
  let stored = Number([...store.query('SELECT coalesce(max(id), 0) FROM string')][0]?.[0] ?? 0);
  const listed = new Set<number>();
  const addString = store.prepare('INSERT INTO string VALUES (?, CAST(? AS TEXT), ?)');
  const addItem = store.prepare('INSERT OR IGNORE INTO arg VALUES (?, ?, ?)');
  const addValue = store.prepare('INSERT OR IGNORE INTO record_value VALUES (?, ?, ?)');
  const intern = (text: string): number => {
    const id = strings.internText(text);
    // Whatever else was interned since the store was filled goes along: ids have no holes.
    for (stored++; stored <= id; stored++) addString.run([stored, strings.bytes(stored), (strings.text(stored) ?? '').length]);
    stored--;
    return id;
  };
  return {
    add(values) {
      for (const { field, event, values: items } of values) {
        const list = intern(items.join('\0'));
        if (!listed.has(list)) {
          listed.add(list);
          items.forEach((item, at) => addItem.run([list, at, intern(item)]));
        }
        addValue.run([field, event, list]);
      }
    },
    close() {
      for (const statement of [addString, addItem, addValue]) statement.free();
    },
  };
}

/** Events with the places of their records, by member. */
export interface RecordPlaces {
  readonly member: number;
  /** In order. */
  readonly offsets: Float64Array;
  readonly byteLengths: Float64Array;
  readonly events: Float64Array;
}

/** Where the records of events lie: of some members, for which `where` (SQL of our own over `event e`) holds; `limit` of them at most. Throws what the store's watch throws. */
export function recordPlaces(store: SqlStore, members: readonly number[], where: string, limit = Infinity): RecordPlaces[] {
  const found = new Map<number, { offsets: number[]; lengths: number[]; events: number[] }>();
  if (members.length === 0) return [];
  const most = Number.isFinite(limit) ? ` LIMIT ${limit}` : '';
  for (const [member, offset, byteLength, event] of store.query(`SELECT e.member, e.offset, e.byte_length, e.id FROM event e WHERE ((e.id & 4095) <> 0 OR alive()) AND e.member IN (${members.join(', ')}) AND (${where})${most}`)) {
    const id = Number(member);
    let of = found.get(id);
    if (!of) found.set(id, (of = { offsets: [], lengths: [], events: [] }));
    of.offsets.push(Number(offset));
    of.lengths.push(Number(byteLength));
    of.events.push(Number(event));
  }
  return [...found].sort(([a], [b]) => a - b).map(([member, { offsets, lengths, events }]) => {
    // Events come in order of time, which most logs are written in.
    const order = offsets.every((offset, at) => at === 0 || offsets[at - 1]! <= offset) ? undefined : Uint32Array.from(offsets.keys()).sort((a, b) => offsets[a]! - offsets[b]!);
    const inOrder = (values: readonly number[]): Float64Array => (order ? Float64Array.from(order, (at) => values[at]!) : Float64Array.from(values));
    return { member, offsets: inOrder(offsets), byteLengths: inOrder(lengths), events: inOrder(events) };
  });
}
