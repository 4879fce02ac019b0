import { type Column, LEAVES, type LinkRow, LINKS, PROGRAM_COLUMNS, ROOTS, SOURCES } from '../hunt/index.js';
import { BASES, type StringId } from '../model/index.js';
import type { Loaded, SqlStore, ValueCounts } from '../store/index.js';
import type { Catalogue, CatalogueField } from './requests.js';

const VALUES_A_FIELD = 200;
/** The values of linked processes (`process.creator.name`) are counted for so long; a set too large for that has their share only. */
const LINKED_VALUES_MS = 3000;

/** A field with the column that is counted for it. */
interface Counted {
  readonly name: string;
  readonly type: string;
  readonly column: Column;
}

/**
 * What completion knows of a set: each source's rows, each field's share filled, and its most frequent values with their counts. Fields of the row
 * itself are counted over events, or over lifetimes where only those have them; the program of an event over process events.
 * `breathe` is called between queries; all of it is done once, after the store is full.
 */
export async function catalogueOf(store: SqlStore, loaded: Loaded, text: (string: StringId) => string | undefined, breathe: () => Promise<void>): Promise<Catalogue> {
  const counter = createCounter(store);
  const sources: { name: string; rows: number }[] = [];
  for (const { name, table, where } of SOURCES) {
    sources.push({ name, rows: one(store, table === 'event' ? `SELECT count(*) FROM event e${where === undefined ? '' : ` WHERE ${where}`}` : 'SELECT count(*) FROM process') });
    await breathe();
  }
  const fields: CatalogueField[] = [];
  const add = async (rows: string, counts: ValueCounts, columns: readonly Counted[]): Promise<void> => {
    // What lies plainly in a column was counted while it was loaded; the rest is asked of the store.
    const asked = columns.filter(({ column }) => plainColumn(column) === undefined || counts.filled(plainColumn(column)!) === undefined);
    const filledBySql = counter.filled(rows, asked);
    for (const field of columns) {
      await breathe();
      const place = asked.indexOf(field), name = plainColumn(field.column);
      const filled = place >= 0 ? filledBySql[place]! : (counts.filled(name!) ?? 0);
      const known = place >= 0 || !isListed(field) || field.column.form === 'args' || field.column.derive !== undefined ? undefined : counts.top(name!, VALUES_A_FIELD);
      const values =
        filled === 0 || !isListed(field) ? []
        : known ? known.map(([value, count]) => [field.column.form === 'interned' ? (text(Number(value)) ?? '') : shown(value, field.type, field.column), count] as const)
        : place < 0 && field.column.form !== 'args' && field.column.derive === undefined ? []
        : counter.values(rows, field);
      fields.push({ name: field.name, filled: counts.rows > 0 ? filled / counts.rows : 0, values });
    }
  };
  const rowsOf = (name: string): number => sources.find((source) => source.name === name)?.rows ?? 0;
  await add('event r', loaded.events.all, [...ROOTS.flatMap(({ name, type, event }) => (event ? [{ name, type, column: event }] : [])), ...LINKS.flatMap((link) => programsOf(link, link.program?.event))]);
  await add("(SELECT * FROM event WHERE category = 'process') r", loaded.events.process, LEAVES.flatMap(({ name, type, event }) => (event ? [{ name: `process.${name}`, type, column: event }] : [])));
  await add('process r', loaded.processes, [
    ...ROOTS.flatMap(({ name, type, event, process }) => (!event && process ? [{ name, type, column: process }] : [])),
    ...LEAVES.flatMap(({ name, type, event, process }) => (!event && process ? [{ name: `process.${name}`, type, column: process }] : [])),
    ...LINKS.flatMap((link) => programsOf(link, link.program?.process)),
  ]);
  await addLinked(store, counter, fields, rowsOf('processes'), breathe);
  return { sources, fields, orphans: orphanPrograms(store) };
}

/** Programs that orphans ran, most first: a filter on one concerns so many of them. */
function orphanPrograms(store: SqlStore): (readonly [string, number])[] {
  const ran = 'SELECT e.name_s AS name, p.id AS process FROM process p JOIN event e ON e.process = p.id WHERE p.orphan = 1 AND e.name_s IS NOT NULL UNION SELECT name_s, id FROM process WHERE orphan = 1 AND name_s IS NOT NULL';
  return [...store.query(`SELECT s.text, c.n FROM (SELECT name, count(*) AS n FROM (${ran}) GROUP BY name) c JOIN string s ON s.id = c.name ORDER BY c.n DESC, s.text`)].map(([name, count]) => [String(name), Number(count)] as const);
}

/** `process.creator.name` and the like, where the row itself says what the linked process ran. */
function programsOf(link: LinkRow, prefix: string | undefined): Counted[] {
  if (prefix === undefined) return [];
  return LEAVES.flatMap(({ name, type, process }) => {
    const column = PROGRAM_COLUMNS[name];
    return column === undefined || process === undefined ? [] : [{ name: `process.${link.name}.${name}`, type, column: { sql: prefix + column, form: process.form } }];
  });
}

/** `process.creator.pid` and the like, over lifetimes: who is linked to is far fewer than who links, so each is counted once with its weight. */
async function addLinked(store: SqlStore, counter: Counter, fields: CatalogueField[], total: number, breathe: () => Promise<void>): Promise<void> {
  let spent = 0;
  for (const link of LINKS) {
    if (link.process === undefined) continue;
    store.run('DROP TABLE IF EXISTS temp.linked');
    store.run(`CREATE TEMP TABLE linked AS SELECT ${link.process.replaceAll('$', 'p')} AS target, count(*) AS n FROM process p WHERE ${link.process.replaceAll('$', 'p')} IS NOT NULL GROUP BY 1`);
    const columns = LEAVES.flatMap(({ name, type, process }): Counted[] => (process && (link.program === undefined || !(name in PROGRAM_COLUMNS)) ? [{ name: `process.${link.name}.${name}`, type, column: process }] : []));
    const rows = '(SELECT process.*, l.n AS weight FROM temp.linked l JOIN process ON process.id = l.target) r';
    const filled = counter.filled(rows, columns, 'r.weight');
    for (const [at, field] of columns.entries()) {
      await breathe();
      const began = performance.now();
      const isCounted = filled[at]! > 0 && spent < LINKED_VALUES_MS && field.column.form === 'interned';
      fields.push({ name: field.name, filled: total > 0 ? filled[at]! / total : 0, values: isCounted ? counter.values(rows, field, 'r.weight') : [] });
      spent += performance.now() - began;
    }
  }
  store.run('DROP TABLE IF EXISTS temp.linked');
}

interface Counter {
  /** How many rows have each column; `weight` is what one row counts for. */
  filled(rows: string, columns: readonly Counted[], weight?: string): readonly number[];
  /** The most frequent values, most frequent first. */
  values(rows: string, field: Counted, weight?: string): readonly (readonly [string, number])[];
}

function createCounter(store: SqlStore): Counter {
  const sqlOf = (column: Column): string => column.sql.replaceAll('$', 'r');
  return {
    filled(rows, columns, weight = '1') {
      if (columns.length === 0) return [];
      const sums = columns.map(({ column }) => `coalesce(sum(CASE WHEN ${sqlOf(column)} IS NOT NULL THEN ${weight} END), 0)`);
      return [...store.query(`SELECT ${sums.join(', ')} FROM ${rows}`)][0]!.map(Number); // an aggregate gives one row
    },
    values(rows, { column, type }, weight = '1') {
      const counts = `SELECT ${sqlOf(column)} AS v, sum(${weight}) AS n FROM ${rows} WHERE v IS NOT NULL GROUP BY v`;
      const last = `ORDER BY n DESC, v LIMIT ${VALUES_A_FIELD}`;
      const statement =
        column.form === 'args' ? `SELECT s.text AS v, c.n AS n FROM (SELECT a.arg_s AS v, sum(g.n) AS n FROM (${counts}) g JOIN arg a ON a.args_s = g.v GROUP BY a.arg_s ORDER BY 2 DESC LIMIT ${VALUES_A_FIELD}) c JOIN string s ON s.id = c.v ORDER BY n DESC, s.text`
        : column.form !== 'interned' ? `${counts} ${last}`
        : column.derive === undefined ? `SELECT s.text AS v, c.n AS n FROM (${counts} ORDER BY n DESC LIMIT ${VALUES_A_FIELD}) c JOIN string s ON s.id = c.v ORDER BY n DESC, s.text`
        : `SELECT ${column.derive.replaceAll('$', 's.text')} AS v, sum(c.n) AS n FROM (${counts}) c JOIN string s ON s.id = c.v GROUP BY 1 HAVING v IS NOT NULL ${last}`;
      return [...store.query(statement)].map(([value, count]) => [shown(value, type, column), Number(count)] as const);
    },
  };
}

/** The column's name, when the field is just that column. */
function plainColumn(column: Column): string | undefined {
  return /^\$\.(\w+)$/.exec(column.sql)?.[1];
}

/** Whether a person picks the field's value from a list: not moments, durations and shares. */
function isListed({ type }: Counted): boolean {
  return type !== 'time' && type !== 'duration' && type !== 'float';
}

function shown(value: unknown, type: string, column: Column): string {
  if (column.form === 'basis') return BASES[Number(value)] ?? String(value);
  return type === 'bool' ? String(Number(value) !== 0) : String(value);
}

function one(store: SqlStore, sql: string): number {
  const [row] = [...store.query(sql)];
  return Number(row?.[0] ?? 0);
}
