import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/index.js';
import { startEngine } from '../../../src/node/index.js';
import { auditLines, DOUBLE_FORK } from './smallHost.js';

let folder = '';
let log = '';
const engines: Engine[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foundling-engine-'));
  log = join(folder, 'audit.log');
  writeFileSync(log, auditLines(DOUBLE_FORK));
  await build({ entryPoints: ['src/node/engineWorker.ts'], bundle: true, platform: 'node', target: 'node20', format: 'cjs', define: { 'import.meta.dirname': '__dirname' }, mainFields: ['module', 'main'], outfile: join(folder, 'engineWorker.js'), logLevel: 'error' });
});

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(folder, { recursive: true });
});

function start(workerPath: string = join(folder, 'engineWorker.js')): Engine {
  const engine = startEngine({ workerPath, wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });
  engines.push(engine);
  return engine;
}

describe('the engine behind a worker', () => {
  test('answers as the engine in this thread does, with typed arrays', async () => {
    const engine = start();
    const told: string[] = [];
    const summary = await engine.ask('open', { sources: [log] }, { onProgress: ({ what }) => told.push(what) });
    expect(summary.orphans).toBe(1);
    expect(told[0]).toBe('listing files');
    const { view, rowCount } = await engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
    const window = await engine.ask('rows', { view, first: 0, count: rowCount });
    expect(window.pid).toBeInstanceOf(Int32Array);
    expect([...window.pid]).toContain(822);
    await engine.storeReady();
    expect((await engine.ask('hunt', { text: 'processes where process.orphan', limit: 5 })).total).toBe(1);
    expect((await engine.ask('summary', {})).storeReady).toBe(true);
  });

  test('an error keeps its message', async () => {
    const engine = start();
    await expect(engine.ask('summary', {})).rejects.toThrow('No evidence is open.');
  });

  test('a file that is not there is an entry of the summary', async () => {
    const summary = await start().ask('open', { sources: [join(folder, 'gone.log')] });
    expect(summary.evidence[0]!.error).toMatch(/no such file/);
  });

  test('an aborted call rejects at once with the signal\'s reason, and the next one is answered', async () => {
    const engine = start();
    await engine.ask('open', { sources: [log] });
    const abort = new AbortController();
    const hunt = engine.ask('hunt', { text: 'any where true', limit: 5 }, { signal: abort.signal });
    abort.abort();
    await expect(hunt).rejects.toMatchObject({ name: 'AbortError' });
    expect((await engine.ask('hunt', { text: 'any where true', limit: 5 })).total).toBeGreaterThan(10);
  });

  test('closing rejects what is open and what comes later', async () => {
    const engine = start();
    const open = engine.ask('open', { sources: [log] });
    const refused = expect(open).rejects.toThrow('The evidence was closed.');
    await engine.close();
    await refused;
    await expect(engine.ask('summary', {})).rejects.toThrow('The evidence was closed.');
  });

  test('a thread that dies rejects its callers with what to do', async () => {
    const broken = join(folder, 'broken.js');
    writeFileSync(broken, "require('node:worker_threads').parentPort.on('message', () => { throw new Error('out of memory'); });");
    await expect(start(broken).ask('summary', {})).rejects.toThrow(/The engine stopped: out of memory\. Open the evidence again/);
  });
});
