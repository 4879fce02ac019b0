import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLines, DOUBLE_FORK } from '../engine/smallHost.js';
import { foundling } from './runner.js';

/** A server that takes everything and answers no rows; `onInsert` is called when rows come. */
let server: Server;
let asked: string[] = [];
let onInsert: () => void = () => undefined;
let folder = '';
let log = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-load-'));
  log = join(folder, 'audit.log');
  writeFileSync(log, auditLines(DOUBLE_FORK));
  asked = [];
  onInsert = () => undefined;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts), text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      const query = new URL(request.url ?? '/', 'http://x').searchParams.get('query') ?? text;
      asked.push(query.trim());
      if (query.startsWith('INSERT')) onInsert();
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
const load = (...args: readonly string[]): ReturnType<typeof foundling> => foundling(['load', ...args, '--store', `http://127.0.0.1:${(server.address() as AddressInfo).port}/evidence`]);

test('what goes in is counted, and what cannot be read is exit 1', async () => {
  expect(await load(log)).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^\d+ events and \d+ processes of 1 file are in http:\/\/127\.0\.0\.1:\d+\/evidence\n$/) as string });
  expect(asked.filter((query) => query.startsWith('DELETE'))).toEqual([]);
  const missing = join(folder, 'gone.log');
  expect(await load(log, missing)).toMatchObject({ code: 1, err: `foundling: ${missing}: there is no such file (any more)\n`, out: expect.stringContaining('of 1 file') as string });
});

test('an interrupted load is taken back', async () => {
  onInsert = () => void process.emit('SIGINT');
  const { code, out, err } = await load(log);
  expect([code, out, err]).toEqual([1, '', 'foundling: The load was interrupted; nothing of it stays in the store.\n']);
  expect(asked.filter((query) => query.startsWith('DELETE FROM event'))).toHaveLength(1);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('evidence of a case that is not what was added is told', async () => {
  const dir = join(folder, 'case');
  await foundling(['case', 'init', dir]);
  await foundling(['case', 'add', dir, log, '--reference']);
  writeFileSync(log, `${auditLines(DOUBLE_FORK)}x\n`);
  expect(await load(dir)).toMatchObject({ code: 1, err: expect.stringContaining('the file is not the one that was added') as string });
});
