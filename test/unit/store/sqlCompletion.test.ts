import { createRequire } from 'node:module';
import initSqlJs from 'sql.js';
import { describe, expect, test } from 'vitest';
import { completeSql, READABLE, type SqlCompletion, viewOf } from '../../../src/store/index.js';
import { SCHEMA } from '../../../src/store/schema.js';

/** What is offered at the mark `|`. */
function at(marked: string): SqlCompletion | undefined {
  const place = marked.indexOf('|');
  return completeSql(marked.slice(0, place) + marked.slice(place + 1), place);
}

const labels = (marked: string): readonly string[] => at(marked)?.items.map(({ label }) => label) ?? [];
const columns = (marked: string): readonly string[] => at(marked)?.items.filter(({ kind }) => kind === 'column').map(({ label }) => label) ?? [];

const sql = await initSqlJs({ locateFile: () => createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });

function store(): InstanceType<typeof sql.Database> {
  const database = new sql.Database();
  database.run(SCHEMA);
  for (const [table, name] of Object.entries(READABLE)) database.run(viewOf({ table, columns: columnsIn(database, table) }, name));
  return database;
}

function columnsIn(database: InstanceType<typeof sql.Database>, table: string): string[] {
  return (database.exec('SELECT name FROM pragma_table_info(?)', [table])[0]?.values ?? []).map(([name]) => String(name));
}

describe('completion in a SQL cell', () => {
  test('a statement begins with what may run', () => {
    expect(labels('|')).toEqual(['SELECT', 'WITH', 'WITH RECURSIVE', 'VALUES', 'EXPLAIN QUERY PLAN']);
    expect(at('-- who\nsel|')).toMatchObject({ place: 'beginning', from: 7, to: 10 });
    for (const marked of ['EXPLAIN QUERY PLAN |', 'SELECT 1 UNION ALL |', 'SELECT 1 UNION |', 'WITH a AS (|', 'WITH a AS (SELECT 1) |', 'WITH a AS NOT MATERIALIZED (SELECT 1) |']) expect([marked, at(marked)?.place]).toEqual([marked, 'beginning']);
  });

  test('after FROM, JOIN and a comma between sources come tables', () => {
    for (const marked of ['SELECT * FROM |', 'SELECT * FROM ev| WHERE pid = 1', 'SELECT * FROM events e, |', 'SELECT * FROM events e JOIN |', 'SELECT * FROM events e JOIN processes p ON p.id = e.process, |', 'SELECT (SELECT max(id) FROM |']) {
      expect([marked, at(marked)?.place]).toEqual([marked, 'table']);
      expect(labels(marked)).toEqual(expect.arrayContaining(['events', 'processes', 'parentage', 'string']));
    }
    expect(labels('SELECT * FROM (|')).toEqual(expect.arrayContaining(['events', 'SELECT']));
    expect(labels('WITH late AS (SELECT pid FROM processes) SELECT * FROM |')[0]).toBe('late');
  });

  test('the tables and their columns are those that the cell sees', () => {
    const database = store();
    const tables = at('SELECT * FROM |')!.items.filter(({ kind }) => kind === 'table');
    const [there] = database.exec("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' UNION SELECT name FROM temp.sqlite_schema ORDER BY name");
    expect(tables.map(({ label }) => label).sort()).toEqual(there!.values.flat());
    for (const { label } of tables) {
      expect([label, ...columns(`SELECT t.| FROM ${label} t`)]).toEqual([label, ...columnsIn(database, label)]);
      const inserted = at(`SELECT | FROM ${label}`)!.items.filter(({ kind }) => kind === 'column').map(({ insert }) => insert);
      expect(() => database.exec(`SELECT ${inserted.join(', ')} FROM ${label}`)).not.toThrow();
    }
  });

  test('the functions are those of the bundled SQLite', () => {
    const there = new Set(store().exec('SELECT name FROM pragma_function_list')[0]!.values.flat());
    const offered = at('SELECT |')!.items.filter(({ kind }) => kind === 'function').map(({ label }) => label);
    expect(offered.length).toBeGreaterThan(30);
    expect(offered.filter((name) => !there.has(name))).toEqual([]);
  });

  test('after an alias come the columns of its table', () => {
    expect(columns('SELECT e.| FROM events e JOIN process AS p ON p.id = e.process')).toEqual(expect.arrayContaining(['action', 'name', 'time_utc']));
    expect(columns('SELECT * FROM events e JOIN process AS p ON P.na|')).toContain('name_s');
    expect(at('SELECT p.na| FROM processes p')).toMatchObject({ place: 'column', from: 9, to: 11 });
    expect(columns('SELECT process.| FROM process')).toContain('pid');
    expect(columns('SELECT g.| FROM main.parentage g')).toEqual(['process', 'parent', 'from_time', 'to_time', 'basis', 'adopted']);
    expect(columns('SELECT "the one".| FROM finding "the one"')).toEqual(['process', 'kind', 'points']);
    expect(columns('SELECT x.| FROM events e')).toEqual([]);
  });

  test('an expression is offered the columns of its sources, by the source where two have them', () => {
    const offered = columns('SELECT * FROM finding f JOIN parentage g ON g.process = f.process WHERE |');
    expect(offered).toEqual(['f.process', 'kind', 'points', 'g.process', 'parent', 'from_time', 'to_time', 'basis', 'adopted']);
    expect(labels('SELECT * FROM finding f WHERE |')).toEqual(expect.arrayContaining(['f', 'lower', 'AND']));
    expect(columns('SELECT | FROM finding')).toEqual(['process', 'kind', 'points']);
    expect(columns('SELECT max(| ) FROM finding')).toEqual(['process', 'kind', 'points']);
    expect(columns('SELECT |')).toEqual(expect.arrayContaining(['time_utc', 'creator']));
    expect(at('SELECT en| FROM processes')!.items.find(({ label }) => label === 'end')?.insert).toBe('"end"');
  });

  test('queries in queries see the sources around them, each half of a union its own', () => {
    expect(columns('SELECT * FROM finding f WHERE EXISTS (SELECT 1 FROM verdict v WHERE v.process = f.|)')).toEqual(['process', 'kind', 'points']);
    expect(columns('SELECT | FROM verdict UNION SELECT 1, 2 FROM finding')).toEqual(['process', 'verdict']);
    expect(columns('SELECT 1, 2 FROM verdict UNION SELECT 1, 2 FROM finding WHERE |')).toEqual(['process', 'kind', 'points']);
  });

  test('what a WITH or a query in FROM gives is known by name', () => {
    expect(columns('WITH late AS (SELECT pid, max(start) AS last, f.kind FROM processes, finding f) SELECT late.| FROM late')).toEqual(['pid', 'last', 'kind']);
    expect(columns('WITH n(x, y) AS (VALUES (1, 2)) SELECT | FROM n')).toEqual(['x', 'y']);
    expect(columns('SELECT q.| FROM (SELECT *, 1 AS one FROM verdict) q')).toEqual(['process', 'verdict', 'one']);
    expect(columns('SELECT q.| FROM (SELECT v.* FROM finding f, verdict v) q')).toEqual(['process', 'verdict']);
    expect(columns('SELECT count(*) AS runs, kind FROM finding GROUP BY kind ORDER BY |')).toContain('runs');
  });

  test('nothing is offered in texts, comments, quoted names, numbers, or where a name is made up', () => {
    for (const marked of ["SELECT 'FROM |", "SELECT 'it''s |' FROM events", '-- SELECT |', '/* SELECT |', 'SELECT "na|', 'SELECT [na|', 'SELECT 12|', 'SELECT pid AS |', 'WITH |', 'SELECT `a|` FROM events']) expect([marked, at(marked)]).toEqual([marked, undefined]);
    for (const marked of ["SELECT 'a' |", '/* who */ |', 'SELECT "a" |', "SELECT ''|"]) expect(at(marked)).toBeDefined();
  });

  test('after a source come the words that may follow it', () => {
    expect(at('SELECT * FROM events |')?.place).toBe('clause');
    expect(labels('SELECT * FROM events e LEFT |')).toEqual(expect.arrayContaining(['WHERE', 'JOIN']));
  });

  test('a hostile text ends soon: parentheses, stars of stars, megabytes', () => {
    const deep = 5000;
    expect(at(`SELECT ${'('.repeat(deep)}|`)?.place).toBe('expression');
    expect(at(`${'SELECT * FROM ('.repeat(1000)}|`)?.place).toBe('table');
    const stars = Array.from({ length: 40 }, (_, n) => `a${n + 1} AS (SELECT * FROM a${n} x, a${n} y)`).join(', ');
    expect(columns(`WITH a0 AS (SELECT * FROM verdict), ${stars} SELECT | FROM a40`)).toEqual(['process', 'verdict']);
    expect(completeSql(' '.repeat(1_000_000), 9)).toBeUndefined();
  });
});
