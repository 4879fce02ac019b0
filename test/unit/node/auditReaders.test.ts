import { build } from 'esbuild';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSet } from '../../../src/evidence/index.js';
import { createAuditReaders } from '../../../src/node/auditReaders.js';
import { openSources } from '../../../src/node/index.js';

let folder = '';
let log = '';
let worker = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-readers-'));
  log = join(folder, 'audit.log');
  const round = readFileSync(new URL('../../fixtures/audit/forks.log', import.meta.url), 'utf8');
  const file = openSync(log, 'w');
  for (let length = 0, at = 0; length < 34 << 20; at++) length += writeSync(file, round.replace(/audit\((\d+)/g, (_all, seconds: string) => `audit(${Number(seconds) + at * 60}`));
  closeSync(file);
  worker = join(folder, 'auditWorker.js');
  await build({ entryPoints: ['src/node/auditWorker.ts'], bundle: true, platform: 'node', target: 'node20', format: 'cjs', mainFields: ['module', 'main'], outfile: worker, logLevel: 'error' });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** What a log gives: its entry, and sums over its rows. */
async function told(path: string, startReaders?: ReturnType<typeof createAuditReaders>): Promise<{ rows: number; pids: number; comms: Record<string, number>; entry: unknown }> {
  const set = readSet(await openSources([path]), { startReaders });
  let rows = 0, pids = 0;
  const comms: Record<string, number> = {};
  for await (const batch of set.batches) {
    rows += batch.count;
    for (let row = 0; row < batch.count; row++) {
      pids = (pids * 31 + batch.pid[row]! + batch.offset[row]!) % 1e9;
      const comm = set.strings.text(batch.comm[row]!) ?? '';
      comms[comm] = (comms[comm] ?? 0) + 1;
    }
  }
  return { rows, pids, comms, entry: set.entries()[0] };
}

describe('threads that read an audit log', () => {
  test('give what this thread gives alone, and are free for the next log', async () => {
    const alone = await told(log);
    const start = createAuditReaders(worker);
    expect(await told(log, start)).toEqual(alone);
    expect(await told(log, start)).toEqual(alone);
  }, 60_000);

  test('belong to one log at a time', async () => {
    const start = createAuditReaders(worker);
    const readers = start();
    expect(readers).toBeDefined();
    expect(start()).toBeUndefined();
    await readers!.close();
    const again = start();
    expect(again).toBeDefined();
    await again!.close();
  });

  test('are not there where their bundle is not', () => {
    expect(createAuditReaders(join(folder, 'none.js'))()).toBeUndefined();
  });

  test('one that dies is told with what to do', async () => {
    const dying = join(folder, 'dying.js');
    writeFileSync(dying, "require('node:worker_threads').parentPort.on('message', () => { throw new Error('no memory left'); });");
    await expect(told(log, createAuditReaders(dying))).rejects.toThrow(/thread that reads the log stopped: no memory left.*Open the evidence again/);
  });

  test('a log that shrinks while it is read keeps what was read, and says so', async () => {
    const shrinking = join(folder, 'shrinking.log');
    writeFileSync(shrinking, readFileSync(log));
    const sources = await openSources([shrinking]);
    const file = openSync(shrinking, 'r+');
    ftruncateSync(file, 20 << 20);
    closeSync(file);
    const set = readSet(sources, { startReaders: createAuditReaders(worker) });
    let rows = 0;
    for await (const batch of set.batches) rows += batch.count;
    expect(rows).toBeGreaterThan(1000);
    expect(set.entries()[0]!.error).toMatch(/became shorter/);
  }, 60_000);
});
