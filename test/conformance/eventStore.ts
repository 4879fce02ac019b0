import initSqlJs from 'sql.js';
import { SQL_FUNCTIONS, type SourceRow, type SqlPort } from '../../src/hunt/index.js';
import type { FieldModel } from '../../src/hunt/resolve.js';
import type { ValueType } from '../../src/hunt/types.js';

type Json = string | number | boolean | null | readonly (string | number | null)[] | { readonly [key: string]: unknown };
export type EventJson = Readonly<Record<string, Json>>;

export interface EventStore {
  readonly port: SqlPort;
  readonly model: FieldModel;
  readonly sources: ReadonlyMap<string, SourceRow>;
  /** The event behind a row's id. */
  readonly events: readonly EventJson[];
}

const sql = await initSqlJs();

function categoryOf(event: EventJson): string {
  return typeof event.event_type === 'string' ? event.event_type : '';
}

/** Events of any shape as one table: a column for each name, texts interned, lists as argument lists are. Rows are in the order given. */
export function eventStore(events: readonly EventJson[], declared: readonly string[] = []): EventStore {
  const database = new sql.Database();
  for (const { name, implementation } of SQL_FUNCTIONS) database.create_function(name, implementation);
  database.create_function('alive', () => 1);
  const types = new Map<string, { type: ValueType; list: boolean }>();
  for (const name of declared) types.set(name, { type: 'any', list: false });
  for (const event of events) {
    for (const [name, value] of Object.entries(event)) {
      const first = Array.isArray(value) ? (value as readonly unknown[]).find((one) => one !== null) : value;
      if (first === null || first === undefined || typeof first === 'object') continue;
      const type: ValueType = typeof first === 'string' ? 'text' : typeof first === 'boolean' ? 'bool' : Number.isInteger(first) ? 'int' : 'float';
      const known = types.get(name);
      types.set(name, { type: known?.type === 'float' && type === 'int' ? 'float' : known?.type === 'text' ? 'text' : type, list: known?.list === true || Array.isArray(value) });
    }
  }
  const names = [...types.keys()];
  const column = (name: string): string => `f${names.indexOf(name)}`;
  database.run('CREATE TABLE string (id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE TABLE arg (args_s INTEGER, at INTEGER, arg_s INTEGER);');
  database.run(`CREATE TABLE event (id INTEGER PRIMARY KEY, process INTEGER, basis INTEGER, category TEXT${names.map((name) => `, ${column(name)}`).join('')})`);
  const ids = new Map<string, number>();
  const intern = (text: string): number => {
    const id = ids.get(text) ?? ids.size + 1;
    if (!ids.has(text)) {
      ids.set(text, id);
      database.run('INSERT INTO string VALUES (?, ?)', [id, text]);
    }
    return id;
  };
  events.forEach((event, id) => {
    const cells = names.map((name) => {
      const value = event[name];
      const { type, list } = types.get(name)!;
      if (value === null || value === undefined) return null;
      if (list) {
        const items = (Array.isArray(value) ? value : [value]) as (string | number | null)[];
        const listId = intern(`${id}\u0001${name}`);
        items.forEach((item, at) => { if (item !== null) database.run('INSERT INTO arg VALUES (?, ?, ?)', [listId, at, intern(String(item))]); });
        return items.length === 0 ? null : listId;
      }
      return typeof value === 'object' ? null : type === 'text' ? intern(String(value)) : Number(value);
    });
    database.run(`INSERT INTO event VALUES (?, NULL, 0, ?${names.map(() => ', ?').join('')})`, [id, categoryOf(event), ...cells]);
  });
  const model: FieldModel = {
    names: () => names,
    resolve: (name) => {
      const field = types.get(name);
      if (field === undefined) return { kind: 'unknown' };
      const form = field.list ? 'args' : field.type === 'text' ? 'interned' : 'plain';
      return { kind: 'place', place: { name, type: field.type, list: field.list, origin: 'ecs', doc: '', steps: [], column: { sql: `$.${column(name)}`, form } } };
    },
  };
  const sources = new Map<string, SourceRow>([['any', { name: 'any', table: 'event', doc: '', columns: [] }]]);
  for (const category of new Set(events.map((event) => categoryOf(event)))) {
    sources.set(category, { name: category, table: 'event', where: `e.category = '${category.replaceAll("'", "''")}'`, doc: '', columns: [] });
  }
  const port: SqlPort = { all: (text, params) => {
    const statement = database.prepare(text);
    try {
      statement.bind([...params]);
      const rows: unknown[][] = [];
      while (statement.step()) rows.push(statement.get());
      return rows;
    } finally {
      statement.free();
    }
  } };
  return { port, model, sources, events };
}
