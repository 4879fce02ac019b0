import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClickHousePort } from '../../../src/node/index.js';

let folder = '';
/** The bundled worker over a client that is written here instead of @clickhouse/client. */
async function workerOver(name: string, client: string): Promise<string> {
  const stub = join(folder, `${name}.client.mjs`), outfile = join(folder, `${name}.js`);
  writeFileSync(stub, client);
  await build({ entryPoints: ['src/node/clickhouseWorker.ts'], bundle: true, platform: 'node', target: 'node20', format: 'cjs', alias: { '@clickhouse/client': stub }, outfile, logLevel: 'error' });
  return outfile;
}
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'foundling-port-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const address = { url: 'http://127.0.0.1:1', database: 'x', username: 'default', password: '' };
const CLIENT = (query: string): string => `export const ClickHouseLogLevel = { OFF: 0 };\nexport const createClient = () => ({ async query() { ${query} }, async close() {} });\n`;

test('rows come block by block, and whoever leaves early may ask again', async () => {
  const worker = await workerOver('rows', CLIENT("return { async *stream() { for (const block of [[1, 2], [3]]) yield block.map((n) => ({ json: () => [n] })); } };"));
  const { port, close } = openClickHousePort(worker, address);
  for (const [first] of port.each?.('SELECT 1', []) ?? []) {
    expect(first).toBe(1);
    break;
  }
  expect(port.all('SELECT 1', [])).toEqual([[1], [2], [3]]);
  await close();
});

test('what the server refuses is thrown, with the server', async () => {
  const { port, close } = openClickHousePort(await workerOver('refuses', CLIENT("throw new Error('no such table');")), address);
  expect(() => port.all('SELECT 1', [])).toThrow('http://127.0.0.1:1 (database x): no such table');
  await close();
});

test('a worker that ends without an answer wakes who sleeps, then and ever after', async () => {
  const { port, close } = openClickHousePort(await workerOver('ends', CLIENT('process.exit(3);')), address);
  for (let time = 0; time < 2; time++) expect(() => port.all('SELECT 1', [])).toThrow('The thread that asks ClickHouse ended without an answer.');
  await close();
});
