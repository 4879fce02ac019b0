import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from 'vitest';
import { createEngine, loadElsewhere } from '../../src/engine/index.js';
import { runHunt } from '../../src/hunt/index.js';
import { createNodePorts } from '../../src/node/index.js';
import { loadClickHouse } from '../../src/store/index.js';
import { LINKS } from '../../src/hunt/index.js';
import { clickHouse, type ClickHouseWorld } from './chdb.js';
import { HUNTS } from './hunts.js';
import { inProcess } from './transport.js';

const CASE = 'examples/case';
const ports = createNodePorts({ wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });
const silent = { onProgress: () => undefined };

function load(world: ClickHouseWorld, source: string, onInsert?: (table: string) => void) {
  return loadElsewhere(ports, { sources: [source] }, silent, (input, options) => loadClickHouse(inProcess(world, onInsert), input, options));
}

const engine = createEngine(ports);
await engine.ask('open', { sources: [CASE] });
const world = clickHouse();
const { loaded } = await load(world, CASE);
afterAll(() => engine.close());

async function both(text: string): Promise<readonly [unknown, unknown]> {
  const { elapsedMs: _, ...expected } = await engine.ask('hunt', { text, limit: 1000 });
  const { elapsedMs: __, ...got } = runHunt(world.port, { text, limit: 1000 });
  // Hints that count the open evidence are the engine's: it has a catalogue.
  return [{ ...expected, processes: [...expected.processes], diagnostics: [] }, { ...got, processes: [...got.processes], diagnostics: got.diagnostics.filter((one) => one.severity === 'error') }];
}

describe('a case loaded into ClickHouse', () => {
  test('holds as many events and processes as the embedded store', async () => {
    expect([(await engine.ask('hunt', { text: 'any where true', limit: 1 })).total, (await engine.ask('hunt', { text: 'processes where true', limit: 1 })).total]).toEqual([loaded.events, loaded.processes]);
    expect(loaded.events).toBeGreaterThan(50);
  });

  test.each([...HUNTS, 'any where true | fields event.id, @timestamp, event.action, process.args, process.parent.name, file.path, message, evidence.name, evidence.offset', 'processes where finding.score > 0'])('answers as the embedded store does: %s', async (text) => {
    const [expected, got] = await both(text);
    expect(got).toEqual(expected);
  });

  test('is refused a second time, and nothing is added', async () => {
    const before = world.session.query('SELECT count() FROM event', 'TSV');
    await expect(load(world, CASE)).rejects.toThrow(/the store holds this evidence already/);
    expect(world.session.query('SELECT count() FROM event', 'TSV')).toBe(before);
  });
});

test('columns that name processes are counted on from what is there', () => {
  const named = LINKS.flatMap(({ process, event }) => [process, event]).flatMap((sql) => /^\$\.(\w+)$/.exec(sql ?? '')?.[1] ?? []);
  const torn = { text: 'processes where process.orphan and process.creator.name != null', limit: 100 };
  const expected = runHunt(world.port, torn).total;
  const two = clickHouse();
  two.session.query("INSERT INTO process (id, entity_id, boot, pid) VALUES (9, 'x', 0, 1)");
  two.session.query("INSERT INTO event (id, category, type, action, basis) VALUES (99, 'log', 'info', 'log', 0)");
  return load(two, CASE).then(() => {
    const least = (column: string, table: string): number => Number(two.session.query(`SELECT min(${column}) FROM ${table} WHERE id > ${table === 'event' ? 99 : 9}`, 'TSV').trim().replace('\\N', '10'));
    for (const column of ['id', 'pre', 'post', ...named]) expect([column, least(column, 'process') >= 10]).toEqual([column, true]);
    for (const column of ['process', 'parent', 'other']) expect([column, least(column, 'event') >= 10]).toEqual([column, true]);
    expect(Number(two.session.query('SELECT min(process) FROM parentage', 'TSV'))).toBeGreaterThanOrEqual(10);
    expect(runHunt(two.port, torn).total).toBe(expected);
  });
});

test('a load that fails leaves nothing behind and says what the server said', async () => {
  const broken = clickHouse();
  await expect(load(broken, CASE, (table) => {
    if (table === 'event') throw new Error('Code: 241. Memory limit exceeded (out of memory)');
  })).rejects.toThrow('Code: 241. Memory limit exceeded');
  for (const table of ['event', 'process', 'parentage', 'evidence', 'member']) expect([table, broken.session.query(`SELECT count() FROM ${table}`, 'TSV').trim()]).toEqual([table, '0']);
});
