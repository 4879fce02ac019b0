import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { createNodePorts, runSql, type SqlResult } from '../../../src/node/index.js';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';

const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
let folder = '';
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-sql-'));
  writeFileSync(join(folder, 'audit.log'), auditLines(DOUBLE_FORK));
  await build({ entryPoints: ['src/node/sqlWorker.ts'], bundle: true, platform: 'node', target: 'node20', format: 'cjs', mainFields: ['module', 'main'], outfile: join(folder, 'sqlWorker.js'), logLevel: 'error' });
  engine = createEngine(createNodePorts({ wasmPath }));
  await engine.ask('open', { sources: [join(folder, 'audit.log')] });
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function run(sql: string, options: { readonly signal?: AbortSignal; readonly timeoutMs?: number; readonly rows?: number } = {}): Promise<SqlResult> {
  return runSql(engine, { sql, rows: 200, wasmPath, workerPath: join(folder, 'sqlWorker.js'), ...options });
}

const ENDLESS = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n';
const orphans = async (): Promise<number> => (await engine.ask('hunt', { text: 'processes where process.orphan', limit: 9 })).total;

describe('a SQL cell', () => {
  test('reads tables, and views with their text and times in words', async () => {
    expect(await run('SELECT pid, orphan, 0.5 AS half, NULL AS absent FROM process WHERE pid = 822')).toEqual({
      columns: [{ name: 'pid', type: 'int' }, { name: 'orphan', type: 'int' }, { name: 'half', type: 'float' }, { name: 'absent', type: 'text' }],
      rows: [[822, 1, 0.5, null]], total: 1, truncated: false, notes: [],
    });
    const [hunted] = (await engine.ask('hunt', { text: 'processes where process.pid == 822 | fields process.name, process.start', limit: 1 })).rows;
    const { rows } = await run('SELECT name, start, start_utc FROM processes WHERE pid = 822');
    expect(rows[0]!.slice(0, 2)).toEqual(hunted);
    expect(rows[0]![2]).toBe(new Date(Math.floor(Number(hunted![1]) / 1000)).toISOString().replace('T', ' '));
    const [args] = (await run('SELECT args, command_line FROM processes WHERE pid = 822')).rows;
    expect(args![0]).toMatch(/^\S+ \S/);
    expect(args![0]).toBe(args![1]);
    expect((await run("-- who execs\nEXPLAIN QUERY PLAN SELECT count(*) FROM events WHERE action = 'exec'")).total).toBeGreaterThan(0);
  });

  test.each([
    ['', /holds no statement/],
    ['-- nothing', /holds no statement/],
    ["ATTACH DATABASE '/etc/passwd' AS x", /only reads.*not with ATTACH/],
    ['PRAGMA query_only = OFF', /only reads.*not with PRAGMA.*pragma_table_info/],
    ['EXPLAIN PRAGMA hard_heap_limit = 0', /only reads.*not with PRAGMA/],
    ['/* SELECT */ delete from process', /only reads.*not with DELETE/],
    ['SELECT 1; DROP TABLE process', /one statement/],
    ["SELECT ';'; ; SELECT 2", /one statement/],
    ['WITH t AS (SELECT 1) DELETE FROM process', /nothing was written/],
    ['WITH t AS (SELECT 1) INSERT INTO verdict SELECT 1, 2 FROM t', /nothing was written/],
    ["SELECT load_extension('x')", /no such function/],
    ["SELECT writefile('x', 'y')", /no such function/],
    ["SELECT * FROM pragma_query_only('OFF')", /./],
    ['SELECT * FROM proces', /no such table: proces\. There are .*event, events.*processes/],
    ['SELECT nme FROM processes', /no such column: nme\. .*pragma_table_info/],
    ['SELECT (', /incomplete input/],
    ["SELECT 'unclosed; DROP TABLE process", /unrecognized token/],
  ])('refuses %j', async (sql, says) => {
    await expect(run(sql)).rejects.toThrow(says);
  });

  test('what a statement does to its copy reaches no other question', async () => {
    const before = await orphans();
    await expect(run('WITH t AS (SELECT 1) UPDATE process SET orphan = 0')).rejects.toThrow(/nothing was written/);
    expect((await run('SELECT count(*) FROM process')).rows).not.toEqual([[0]]);
    expect(await orphans()).toBe(before); // hunts still run after a copy was taken: sql.js forgets the functions that they call
    expect((await engine.ask('hunt', { text: 'any where process.name regex "n.*"', limit: 1 })).diagnostics).toEqual([]);
  });

  test('an endless statement ends when it is cancelled, with the reason, and when its time is up', async () => {
    const cancel = new AbortController();
    const running = run(ENDLESS, { signal: cancel.signal });
    setTimeout(() => cancel.abort(new Error('enough')), 200);
    await expect(running).rejects.toThrow('enough');
    await expect(run(ENDLESS, { timeoutMs: 200 })).rejects.toThrow('ended after 0.2 s');
    await expect(run('SELECT 1', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  });

  test('an enormous result is cut, and says so', async () => {
    const many = await run('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n');
    expect(many.rows).toHaveLength(200);
    expect([many.total, many.truncated, many.notes]).toEqual([100_000, true, ['Stopped after 100,000 rows; there are more. Add LIMIT, or group them.']]);
    const exact = await run('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000) SELECT x FROM n');
    expect([exact.total, exact.notes]).toEqual([100_000, []]);
    const long = await run("SELECT hex(zeroblob(1000000)) AS a, zeroblob(100) AS b, 'short' AS c");
    expect(long.rows[0]!.map((cell) => String(cell).length)).toEqual([4097, 68, 5]);
    expect(long.notes).toEqual(['2 long values are cut.']);
    const wide = await run('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5000) SELECT x, hex(zeroblob(2048)) FROM n', { rows: 5000 });
    expect(wide.rows.length).toBeLessThan(3000);
    expect([wide.total, wide.truncated, wide.notes]).toEqual([5000, true, ['The rows hold more text than a cell shows; the last ones are left out. Choose fewer columns.']]);
  });

  test('memory has an end that is said', async () => {
    await expect(run('SELECT length(hex(zeroblob(200000000)))')).rejects.toThrow(/more than 256 MiB of memory/);
  });

  test('without an embedded store it says why', async () => {
    const bare = createEngine(createNodePorts({ wasmPath: undefined }));
    await bare.ask('open', { sources: [join(folder, 'audit.log')] });
    await expect(runSql(bare, { sql: 'SELECT 1', rows: 1, wasmPath, workerPath: join(folder, 'sqlWorker.js') })).rejects.toThrow(/without a store/);
    await bare.close();
  });
});
