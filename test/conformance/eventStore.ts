import type { SourceRow, SqlPort } from '../../src/hunt/index.js';
import type { FieldModel, Place } from '../../src/hunt/resolve.js';
import type { ValueType } from '../../src/hunt/types.js';
import { sqlDatabase } from '../unit/hunt/sqlDatabase.js';

export type EventJson = Readonly<Record<string, unknown>>;

export interface EventStore {
  readonly port: SqlPort;
  readonly model: FieldModel;
  readonly sources: ReadonlyMap<string, SourceRow>;
  /** The event behind a row's id. */
  readonly events: readonly EventJson[];
}

export interface Shape {
  /** Fields that no event has but that exist. */
  readonly declared?: readonly string[];
  /** Fields that are times, with how to read one as microseconds. */
  readonly times?: Readonly<Record<string, (value: unknown) => number | null>>;
  /** When an event happened, in microseconds; without it its place. */
  readonly timeOf?: (event: EventJson, place: number) => number;
  /** Of the older engine's data: processes by `unique_pid` and `unique_ppid`. */
  readonly hasProcesses?: boolean;
}

interface Field {
  type: ValueType;
  list: boolean;
}

/** Events of any shape as one table: a column for each name, texts interned, lists as argument lists are, objects by the paths into them. Rows are in the order given. */
export function eventStore(given: readonly EventJson[], shape: Shape = {}): EventStore {
  const events = given.map((event) => flattened(event));
  const { database, port } = sqlDatabase();
  const types = new Map<string, Field>((shape.declared ?? []).map((name) => [name, { type: 'any', list: false }]));
  for (const event of events) for (const [name, value] of Object.entries(event)) addType(types, name, value);
  for (const name of Object.keys(shape.times ?? {})) if (types.has(name)) types.set(name, { type: 'time', list: false });
  const names = [...types.keys()];
  const column = (name: string): string => `f${names.indexOf(name)}`;
  database.run('CREATE TABLE string (id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE TABLE arg (args_s INTEGER, at INTEGER, arg_s INTEGER);');
  database.run('CREATE TABLE process (id INTEGER PRIMARY KEY, creator INTEGER, parent INTEGER, start INTEGER, pre INTEGER, post INTEGER, depth INTEGER, creator_basis INTEGER);');
  database.run(`CREATE TABLE event (id INTEGER PRIMARY KEY, time INTEGER, process INTEGER, parent INTEGER, basis INTEGER, category TEXT${names.map((name) => `, ${column(name)}`).join('')})`);
  const ids = new Map<string, number>();
  const intern = (text: string): number => {
    const id = ids.get(text) ?? ids.size + 1;
    if (!ids.has(text)) {
      ids.set(text, id);
      database.run('INSERT INTO string VALUES (?, ?)', [id, text]);
    }
    return id;
  };
  const time = shape.timeOf ?? ((_: EventJson, place: number) => place);
  const processes = shape.hasProcesses === true ? processTree(events, time) : undefined;
  for (const row of processes?.rows ?? []) database.run('INSERT INTO process VALUES (?, ?, ?, ?, ?, ?, ?, 0)', row);
  events.forEach((event, id) => {
    const cells = names.map((name) => {
      const value = event[name];
      const { type, list } = types.get(name)!;
      const read = shape.times?.[name];
      if (value === null || value === undefined) return null;
      if (read !== undefined) return read(value);
      if (list) {
        const items = Array.isArray(value) ? (value as unknown[]) : [value];
        const listId = intern(`${id}\u0001${name}`);
        items.forEach((item, at) => { if (item !== null) database.run('INSERT INTO arg VALUES (?, ?, ?)', [listId, at, intern(textOf(item))]); });
        return items.length === 0 ? null : listId;
      }
      return type === 'text' ? intern(textOf(value)) : Number(value);
    });
    database.run(`INSERT INTO event VALUES (?, ?, ?, ?, 0, ?${names.map(() => ', ?').join('')})`, [id, time(event, id), processes?.of(event.unique_pid) ?? null, processes?.of(event.unique_ppid) ?? null, categoryOf(event), ...cells]);
  });
  database.run('CREATE INDEX by_creator ON process(creator); CREATE INDEX by_pre ON process(pre); CREATE INDEX by_process ON event(process);');
  const placeOf = (name: string): Place | undefined => {
    const field = types.get(name);
    if (field === undefined) return undefined;
    const isNumber = field.type === 'int' || field.type === 'float';
    return { name, type: field.type, list: field.list, origin: 'ecs', doc: '', steps: [], column: { sql: `$.${column(name)}`, form: field.list ? 'args' : field.type === 'text' ? 'interned' : 'plain', ...(field.list && isNumber && { derive: 'CAST($ AS NUMERIC)' }) } };
  };
  const model: FieldModel = {
    names: () => names,
    resolve(name) {
      const place = placeOf(name);
      if (place !== undefined) return { kind: 'place', place };
      const indexed = /^(.*)\[(\d+)\]$/.exec(name);
      const list = indexed === null ? undefined : placeOf(indexed[1]!);
      if (list?.list !== true) return { kind: 'unknown' };
      return { kind: 'place', place: { ...list, name, list: false, column: { sql: `(SELECT i.arg_s FROM arg i WHERE i.args_s = ${list.column.sql} AND i.at = ${indexed![2]!})`, form: 'interned' } } };
    },
  };
  const sources = new Map<string, SourceRow>([['any', { name: 'any', table: 'event', doc: '', columns: [] }]]);
  for (const category of new Set(events.map(categoryOf))) {
    sources.set(category, { name: category, table: 'event', where: `e.category = '${category.replaceAll("'", "''")}'`, doc: '', columns: [] });
  }
  return { port, model, sources, events: given };
}

function categoryOf(event: EventJson): string {
  return typeof event.event_type === 'string' ? event.event_type : '';
}

/** `{ a: { b: 1 } }` has the fields `a` (it is there) and `a.b`. */
function flattened(event: EventJson, path = ''): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(event)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      found[path + key] = true;
      Object.assign(found, flattened(value as EventJson, `${path}${key}.`));
    } else found[path + key] = value;
  }
  return found;
}

function addType(types: Map<string, Field>, name: string, value: unknown): void {
  const first = Array.isArray(value) ? (value as readonly unknown[]).find((one) => one !== null) : value;
  if (first === null || first === undefined) return;
  const type: ValueType = typeof first === 'string' || typeof first === 'object' ? 'text' : typeof first === 'boolean' ? 'bool' : Number.isInteger(first) ? 'int' : 'float';
  const known = types.get(name);
  types.set(name, { type: known?.type === 'float' && type === 'int' ? 'float' : known?.type === 'text' ? 'text' : type, list: known?.list === true || Array.isArray(value) });
}

/** Starts are opcodes 1, 3 and 9 (SOURCE.md); a process that is only pointed to began before all. */
function processTree(events: readonly EventJson[], time: (event: EventJson, place: number) => number): { rows: (number | null)[][]; of(id: unknown): number | undefined } {
  const rowOf = new Map<unknown, number>();
  const creators: (number | null)[] = [], starts: number[] = [];
  const row = (id: unknown): number => {
    let at = rowOf.get(id);
    if (at === undefined) {
      rowOf.set(id, (at = rowOf.size));
      creators.push(null);
      starts.push(-1e18);
    }
    return at;
  };
  events.forEach((event, place) => {
    if (event.unique_pid === undefined) return;
    const own = row(event.unique_pid);
    if (event.event_type !== 'process' || ![1, 3, 9].includes(Number(event.opcode))) return;
    if (event.unique_ppid !== undefined) creators[own] = row(event.unique_ppid);
    starts[own] = time(event, place);
  });
  const rows: (number | null)[][] = [];
  const below = new Map<number | null, number[]>();
  creators.forEach((creator, at) => below.set(creator, [...(below.get(creator) ?? []), at]));
  let pre = 0;
  const visit = (at: number, depth: number): number => {
    const own = pre++;
    let post = own;
    for (const child of below.get(at) ?? []) post = visit(child, depth + 1);
    rows.push([at, creators[at]!, creators[at]!, starts[at]!, own, post, depth]);
    return post;
  };
  for (const root of below.get(null) ?? []) visit(root, 0);
  return { rows, of: (id) => rowOf.get(id) };
}

/** A value of an event as the store keeps text: what is no text as JSON writes it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
