import { SCHEMA } from './schema.js';

/** How a column of the store lies in ClickHouse. `text`: what the embedded store keeps as an id of `string`. */
export type ColumnKind = 'integer' | 'real' | 'word' | 'text' | 'list';

export interface StoreColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
}

export interface StoreTable {
  readonly name: string;
  readonly columns: readonly StoreColumn[];
}

/**
 * ClickHouse keeps texts and lists in their rows (LowCardinality and Array do what `string` and `arg` are for), so that loads of many machines share no ids,
 * and what triage says of a process in its row. Verdicts are the case's and stay there.
 */
const ONLY_EMBEDDED = new Set(['string', 'arg', 'triaged', 'verdict']);
/** Texts that are seldom the same: a dictionary would only cost. */
const VARIED = new Set(['entity_id', 'message_s', 'command_line_s', 'parent_command_line_s', 'creator_command_line_s', 'path_s', 'path2_s', 'sha256']);
/** What only ClickHouse has in its row, and SQLite asks another table for. */
const MORE: Readonly<Record<string, readonly StoreColumn[]>> = {
  event: [{ name: 'evidence_file', kind: 'word', isNullable: true }],
  process: [{ name: 'finding_score', kind: 'integer', isNullable: false }, { name: 'finding_kinds_s', kind: 'list', isNullable: true }],
};

/** The tables of `schema.ts`, read from the one text that says what the columns are. */
export const STORE_TABLES: readonly StoreTable[] = tablesOf(SCHEMA);

/** The same as ClickHouse has them. */
export const CLICKHOUSE_TABLES: readonly StoreTable[] = STORE_TABLES
  .filter(({ name }) => !ONLY_EMBEDDED.has(name))
  .map((table) => ({ ...table, columns: [...table.columns, ...(MORE[table.name] ?? [])] }));

/**
 * What only the records have, by field and event (the embedded store reads it when a hunt asks, recordValues.ts), and the fields by name: a row for each
 * load that has them. `load` is the first evidence id of that load.
 */
export const RECORD_TABLES: readonly StoreTable[] = [
  { name: 'record_field', columns: [columnOf('load', 'integer'), columnOf('id', 'integer'), columnOf('name', 'word'), columnOf('type', 'word'), columnOf('is_list', 'integer'), columnOf('formats', 'list')] },
  { name: 'record_value', columns: [columnOf('field', 'integer'), columnOf('event', 'integer'), columnOf('value', 'list')] },
];

function columnOf(name: string, kind: ColumnKind): StoreColumn {
  return { name, kind, isNullable: false };
}

function tablesOf(schema: string): StoreTable[] {
  const plain = schema.replaceAll(/--[^\n]*/g, '');
  return [...plain.matchAll(/CREATE TABLE (\w+) \(([\s\S]*?)\)(?: WITHOUT ROWID)?;/g)].map(([, name = '', body = '']) => ({
    name,
    columns: body.split(',').map((part) => part.trim()).filter((part) => /^\w+ (INTEGER|TEXT|REAL)\b/.test(part)).map((part): StoreColumn => {
      const [column = '', type = ''] = part.split(/\s+/);
      const isText = column.endsWith('_s');
      return { name: column, kind: isText ? (column.endsWith('args_s') ? 'list' : 'text') : type === 'TEXT' ? 'word' : type === 'REAL' ? 'real' : 'integer', isNullable: isText || !/NOT NULL|PRIMARY KEY/.test(part) };
    }),
  }));
}

function typeOf({ name, kind, isNullable }: StoreColumn): string {
  const nullable = (type: string): string => (isNullable ? `Nullable(${type})` : type);
  switch (kind) {
    case 'integer':
      return nullable('Int64');
    case 'real':
      return nullable('Float64');
    case 'list':
      return 'Array(String)'; // an absent list is an empty one: the language has one notion of absence
    case 'word':
    case 'text':
      return VARIED.has(name) ? nullable('String') : `LowCardinality(${nullable('String')})`;
  }
}

/** Microseconds of a day: events lie by host and day. */
const DAY = 86_400_000_000;
const EVENT_ORDER = `PARTITION BY (host_s, intDiv(time, ${DAY})) ORDER BY (host_s, time, id) SETTINGS allow_nullable_key = 1`;

/** The statements that make what is not there yet; the records' first, since a store without them is an older one. Ids grow with time, so a smallest and largest id a granule finds single events. */
export function clickHouseTables(): string[] {
  return [...RECORD_TABLES, ...CLICKHOUSE_TABLES].map(({ name, columns }) => {
    const index = name === 'event' ? ', INDEX by_id id TYPE minmax GRANULARITY 1, INDEX by_process process TYPE bloom_filter GRANULARITY 4' : '';
    const order = name === 'event' ? EVENT_ORDER : name === 'record_value' ? 'ORDER BY (field, event)' : `ORDER BY ${columns[0]!.name}`; // each table begins with what it is found by
    return `CREATE TABLE IF NOT EXISTS ${name} (${columns.map((column) => `${column.name} ${typeOf(column)}`).join(', ')}${index}) ENGINE = MergeTree ${order}`;
  });
}
