import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine, type ViewAsk } from '../../../src/engine/index.js';
import { createNodePorts } from '../../../src/node/index.js';

/** A capture of a real host, third-party data that is not copied here. */
const CAPTURE = fileURLToPath(new URL('../../../../shared/evidence/lab/full-dev/audit.log.gz', import.meta.url));
const isThere = existsSync(CAPTURE);

test.runIf(process.env['CI'] === 'true')('the capture is there in CI', () => expect(isThere).toBe(true));

describe.skipIf(!isThere)(isThere ? 'a real capture' : 'a real capture: not run, ../shared/evidence is not there', () => {
  let engine: Engine;
  let processes = 0;
  let orphans = 0;

  beforeAll(async () => {
    engine = createEngine(createNodePorts({ wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') }));
    ({ processes, orphans } = await engine.ask('open', { sources: [CAPTURE] }));
  });
  afterAll(() => engine.close());

  const all: ViewAsk = { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: true };

  test.each<[string, ViewAsk]>([
    ['created', all],
    ['recorded', { ...all, parents: 'recorded' }],
    ['created, by session', { ...all, group: 'session' }],
    ['recorded, by session', { ...all, parents: 'recorded', group: 'session' }],
  ])('%s: every process stands in exactly one row', async (_name, ask) => {
    const { view, rowCount } = await engine.ask('view', ask);
    const seen = new Set<number>();
    let rows = 0;
    for (let first = 0; first < rowCount; first += 1000) {
      const window = await engine.ask('rows', { view, first, count: 1000 });
      for (const process of window.process) {
        if (process < 0) continue;
        rows++;
        seen.add(process);
      }
    }
    expect([seen.size, rows]).toEqual([processes, processes]);
    await engine.ask('closeView', { view });
  });

  test('walking from orphan to orphan in a closed tree meets each once', async () => {
    const { view } = await engine.ask('view', all);
    await engine.ask('toggle', { view, row: 0, expanded: false, deep: true });
    const met = new Set<number>();
    let row = -1;
    for (let step = 0; step < orphans; step++) {
      ({ row } = await engine.ask('nextOrphan', { view, row, backward: false }));
      met.add((await engine.ask('rows', { view, first: row, count: 1 })).process[0]!);
    }
    expect(met.size).toBe(orphans);
  });

  test('raw records from the store are those from the observations, and every one is read', async () => {
    const { view } = await engine.ask('view', { ...all, orphansOnly: true });
    const window = await engine.ask('rows', { view, first: 0, count: 40 });
    const sample = [...window.process].filter((process) => process >= 0);
    const before = await Promise.all(sample.map((process) => engine.ask('raw', { process, first: 0, count: 5 })));
    await engine.storeReady();
    for (const [at, process] of sample.entries()) {
      const after = await engine.ask('raw', { process, first: 0, count: 5 });
      expect(after.total).toBe(before[at]!.total);
      expect(new Set(after.records.map(({ offset }) => offset))).toEqual(new Set(before[at]!.records.map(({ offset }) => offset)));
      for (const record of after.records) expect(record.lines[0]).toMatch(/^(node=\S+ )?type=/);
    }
  });

  test('hunts count what the lineage counts', async () => {
    const count = async (text: string): Promise<number> => (await engine.ask('hunt', { text, limit: 1 })).total;
    expect(await count('processes where true')).toBe(processes);
    expect(await count('processes where process.orphan')).toBe(orphans);
    expect(await count('fork where true')).toBeGreaterThan(5000);
  });
}, 120_000);
