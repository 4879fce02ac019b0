import { execFile } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { openClickHouse, parseStoreUrl } from '../../src/node/index.js';
import { clickHouse } from './chdb.js';
import { serveClickHouse } from './server.js';

const CASE = 'examples/case';
const world = clickHouse();
const server = await serveClickHouse(world);
const store = `${server.url}/evidence`;
afterAll(() => server.close());

/** Runs the command line in a process of its own: it sleeps while it waits for the server, which is in this one. */
function foundling(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/cli.js', ...args], (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr }));
  });
}

describe('the command line and a ClickHouse server', () => {
  test('load makes database and tables, and a hunt there gives what a hunt over the evidence gives', async () => {
    const loaded = await foundling('load', CASE, '--store', store);
    expect(loaded).toMatchObject({ code: 0, stderr: '' });
    expect(loaded.stdout).toMatch(/^[\d,]+ events and [\d,]+ processes of \d+ files? are in /);
    for (const query of ['processes where process.orphan', 'any where true | count by event.action', 'sequence by process.entity_id [exec where true] [network where true]', 'exec where process.args : "*\\u{27}*" or process.command_line : "*\\\\*" | tail 5', 'processes where process.orphan | tree', 'any where auditd.data.exit < 0 | count by auditd.data.syscall, auditd.data.exit']) {
      const there = await foundling('hunt', query, '--store', store), here = await foundling('hunt', query, CASE);
      expect([query, there.code, there.stdout]).toEqual([query, 0, here.stdout]);
    }
  });

  test('what is in the store already is refused', async () => {
    expect(await foundling('load', CASE, '--store', store)).toMatchObject({ code: 1, stderr: expect.stringContaining('the store holds this evidence already') as unknown });
  });

  test('a server that is not there is named, without the password', async () => {
    const { code, stderr } = await foundling('hunt', 'any where true', '--store', 'http://me:secret@127.0.0.1:1/evidence');
    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:1 (database evidence)');
    expect(stderr).not.toContain('secret');
  });

  test.each([['ftp://host/x', 'only http and https'], ['http://host:8123', 'name the database'], ['host', 'it is written http://'], ['http://h/a;DROP', 'name the database']])('--store %s is refused: %s', async (url, says) => {
    expect(await foundling('hunt', 'any where true', '--store', url)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) as unknown });
  });
});

test('text of any kind comes back over HTTP as it was bound, also where it is too long for a URL', async () => {
  const transport = await openClickHouse(parseStoreUrl(store), { makesDatabase: true });
  try {
    for (const text of ['a\\b\'c"d\n\t\0é😀', '\\N', 'x'.repeat(100_000)]) {
      const rows: unknown[] = [];
      for await (const block of transport.query('SELECT {p0:String}, {p1:Int64}, {p2:Float64}', [text, 5_000_000_000, 2.5])) rows.push(...block);
      expect(rows).toEqual([[text, 5_000_000_000, 2.5]]);
    }
  } finally {
    await transport.close();
  }
});
