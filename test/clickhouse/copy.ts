import type { Database } from 'sql.js';
import type { ChdbSession } from '../../scripts/chdb.mjs';
import { modelWith } from '../../src/hunt/evidenceFields.js';
import { CLICKHOUSE_TABLES } from '../../src/store/index.js';

/** Asks a store in SQLite. */
export type Ask = (sql: string) => unknown[][];

/** A field of the records of a store made by hand: its values as texts, by event. */
export interface HandField {
  readonly name: string;
  readonly type: 'text' | 'int' | 'bool';
  readonly list: boolean;
  readonly values: Readonly<Record<number, readonly string[]>>;
}

export const HAND_FIELDS: readonly HandField[] = [
  { name: 'vendor.text', type: 'text', list: false, values: { 0: ['bash'], 2: ['NC'], 3: ['nc'], 4: ['%'], 5: ['nc'], 6: [''] } },
  { name: 'vendor.list', type: 'text', list: true, values: { 0: ['-e', 'bash'], 1: ['nc'], 3: ['/bin/bash', '1000', '-e'], 5: ['x'] } },
  { name: 'vendor.number', type: 'int', list: false, values: { 0: ['1'], 1: ['100'], 3: ['-1'], 4: ['none'], 7: ['5000000000'] } },
  { name: 'vendor.flag', type: 'bool', list: false, values: { 1: ['true'], 3: ['false'], 4: ['true'] } },
];

/** The same fields as the binder sees them; their ids are their places. */
export const HAND_MODEL = modelWith((name) => {
  const id = HAND_FIELDS.findIndex((field) => field.name === name);
  const field = HAND_FIELDS[id];
  return field === undefined ? undefined : { id, type: field.type, list: field.list, formats: ['by hand'] };
});

/** Puts the fields by hand into both stores. */
export function addRecords(database: Database, session: ChdbSession): void {
  database.run('CREATE TABLE record_value (field INTEGER NOT NULL, event INTEGER NOT NULL, value_s INTEGER NOT NULL, PRIMARY KEY (field, event)) WITHOUT ROWID');
  const idOf = (text: string): number => {
    const known = database.exec('SELECT id FROM string WHERE text = ?', [text])[0]?.values[0]?.[0];
    if (known !== undefined) return Number(known);
    database.run('INSERT INTO string SELECT max(id) + 1, ?, ? FROM string', [text, text.length]);
    return idOf(text);
  };
  HAND_FIELDS.forEach(({ name, type, list, values }, field) => {
    const rows = Object.entries(values).map(([event, items]) => ({ event: Number(event), items }));
    for (const { event, items } of rows) {
      const whole = idOf(items.length === 1 ? items[0]! : `list ${field} ${event}`); // sql.js ends a text at NUL
      items.forEach((item, at) => database.run('INSERT OR IGNORE INTO arg VALUES (?, ?, ?)', [whole, at, idOf(item)]));
      database.run('INSERT INTO record_value VALUES (?, ?, ?)', [field, event, whole]);
    }
    session.query(`INSERT INTO record_field FORMAT JSONCompactEachRow\n${JSON.stringify([0, field, name, type, Number(list), ['by hand']])}`);
    session.query(`INSERT INTO record_value FORMAT JSONCompactEachRow\n${rows.map(({ event, items }) => JSON.stringify([field, event, items])).join('\n')}`);
  });
}

/** Fills ClickHouse with what a small SQLite store holds: the same rows, texts in the place of their ids. (What is loaded for real goes another way: load.test.ts.) */
export function copyStore(ask: Ask, session: ChdbSession): void {
  const texts = new Map(ask('SELECT id, text FROM string').map(([id, text]) => [id, text]));
  const lists = new Map<unknown, unknown[]>();
  for (const [list, item] of ask('SELECT args_s, arg_s FROM arg ORDER BY args_s, at')) lists.set(list, [...(lists.get(list) ?? []), texts.get(item)]);
  for (const { name, columns } of CLICKHOUSE_TABLES) {
    const own = columns.filter(({ name: column }) => column !== 'evidence_file' && !column.startsWith('finding_'));
    const more = name === 'process' ? ['0', 'NULL'] : own.length < columns.length ? ['(SELECT v.file FROM member m JOIN evidence v ON v.id = m.evidence WHERE m.id = t.member)'] : [];
    const rows = ask(`SELECT ${[...own.map((column) => `t."${column.name}"`), ...more].join(', ')} FROM ${name} t`);
    const cell = (value: unknown, at: number): unknown => {
      const kind = columns[at]!.kind;
      return kind === 'list' ? (lists.get(value) ?? []) : kind === 'text' ? (texts.get(value) ?? null) : value;
    };
    if (rows.length > 0) session.query(`INSERT INTO ${name} FORMAT JSONCompactEachRow\n${rows.map((row) => JSON.stringify(row.map(cell))).join('\n')}`);
  }
}
