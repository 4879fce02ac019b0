import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine, loadElsewhere } from '../../src/engine/index.js';
import type { Source } from '../../src/evidence/index.js';
import { runHunt } from '../../src/hunt/index.js';
import { type LoadInput, loadClickHouse, type Transport } from '../../src/store/index.js';
import { auditLines, DOUBLE_FORK, portsOver, sourceOf } from '../unit/engine/smallHost.js';
import { clickHouse, type ClickHouseWorld } from './chdb.js';
import { inProcess } from './transport.js';

const alert = (at: number, fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ hostname: 'web', output: 'x', priority: 'Warning', rule: 'Shell in container', time: `2024-05-07T18:54:${at}.000000000Z`, tags: ['container', 'shell'].slice(0, at % 10), output_fields: { 'evt.type': 'execve', 'proc.name': 'bash', 'proc.pid': at, ...fields } });

const AUDIT = sourceOf(auditLines(DOUBLE_FORK), 'audit.log');
const FALCO = sourceOf([alert(11, { 'proc.tty': 34816, 'vendor.exit': 'none' }), alert(12, { 'proc.tty': 0, 'proc.aname[2]': 'runc' })].join('\n'), 'falco.json');

function load(transport: Transport, source: Source, change: (input: LoadInput) => LoadInput = (input) => input) {
  return loadElsewhere(portsOver([source]), { sources: ['x'] }, { onProgress: () => undefined }, (input, options) => loadClickHouse(transport, change(input), options));
}

const count = ({ session }: ClickHouseWorld, table: string): number => Number(session.query(`SELECT count() FROM ${table}`, 'TSV'));

describe('what only the records have is loaded beside the events', () => {
  const engines: Engine[] = [];
  let world: ClickHouseWorld;
  beforeAll(async () => {
    world = clickHouse();
    for (const source of [AUDIT, FALCO]) {
      await load(inProcess(world), source);
      const engine = createEngine(portsOver([source]));
      engines.push(engine);
      await engine.ask('open', { sources: ['x'] });
    }
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.close())));

  test.each<[string, number]>([
    ['any where auditd.data.exit > 800 and auditd.data.success == "yes" | fields auditd.data.exit, auditd.data.syscall', 0],
    ['any where auditd.data.exit == "821" or auditd.data.exit in (820, 822)', 0],
    ['any where auditd.data.a0 : "12*11" | count by auditd.data.exit', 0],
    ['any where auditd.message_type == "sockaddr"', 0],
    ['processes where auditd.data.syscall == 59 | fields process.pid, auditd.data.syscall', 0],
    ['sequence by auditd.data.pid [exec where process.name == "nc"] [network where auditd.data.syscall == "42"]', 0],
    ['sequence [fork where auditd.data.exit == 822] as f [exec where auditd.data.pid == f.auditd.data.exit]', 0],
    ['any where output_fields.proc.tty > 0 | fields output_fields.proc.tty, rule', 1],
    ['any where tags == "shell" or output_fields.vendor.exit != "none" | fields tags, tags[0], output_fields.vendor.exit', 1],
    ['any where output_fields.proc.aname[2] == "runc"', 1],
  ])('%s', async (text, evidence) => {
    const ask = { text, limit: 100 };
    const expected = await engines[evidence]!.ask('hunt', ask);
    expect(expected.total).toBeGreaterThan(0);
    const got = runHunt(world.port, ask);
    expect([got.total, got.rows, got.columns]).toEqual([expected.total, expected.rows, expected.columns]);
  });

  test('a field that a table has too is not kept twice, and one that nobody has is told', () => {
    expect(world.session.query("SELECT count() FROM record_field WHERE name IN ('process.pid', '@timestamp', 'message')", 'TSV').trim()).toBe('0');
    expect(runHunt(world.port, { text: 'any where auditd.data.none == 1', limit: 1 }).diagnostics.map(({ code, message }) => [code, message])).toEqual([['HUNT205', 'This store has no auditd.data.none: it is absent in every row. Leave it out, or load evidence that has it.']]);
  });
});

describe('a load whose records fail', () => {
  const asked = { text: 'any where auditd.data.exit == 821', limit: 10 };

  test.each<[string, (world: ClickHouseWorld) => Promise<unknown>, string]>([
    ['because the server takes no more', (world) => load(inProcess(world, (table) => {
      if (table === 'record_value') throw new Error('Code: 243. Cannot reserve 1.00 MiB, not enough space');
    }), AUDIT), 'Code: 243. Cannot reserve 1.00 MiB, not enough space'],
    ['because the fields are not taken', (world) => load(inProcess(world, (table) => {
      if (table === 'record_field') throw new Error('Code: 241. Memory limit exceeded');
    }), AUDIT), 'Code: 241. Memory limit exceeded'],
    ['because the evidence is gone', (world) => load(inProcess(world), AUDIT, (input) => ({ ...input, records: { ...input.records!, read: () => Promise.reject(new Error('audit.log: no such file')) } })), 'audit.log: no such file'],
  ])('says so %s, and leaves what was there before', async (_, failing, says) => {
    const world = clickHouse();
    await load(inProcess(world), FALCO);
    const tables = ['event', 'process', 'evidence', 'member', 'record_value', 'record_field'];
    const before = tables.map((table) => [table, count(world, table)]);
    await expect(failing(world)).rejects.toThrow(new Error(says));
    expect(tables.map((table) => [table, count(world, table)])).toEqual(before);
    await load(inProcess(world), AUDIT); // and may be loaded again
    expect(runHunt(world.port, asked).total).toBe(2);
  });

  test('says what to do where not even that can be taken back', async () => {
    const world = clickHouse();
    const transport: Transport = {
      ...inProcess(world, (table) => {
        if (table === 'record_value') throw new Error('connection refused');
      }),
      run: (sql) => (sql.startsWith('DELETE') ? Promise.reject(new Error('still refused')) : Promise.resolve(void world.session.query(sql))),
    };
    await expect(load(transport, AUDIT)).rejects.toThrow('connection refused. A part of this load is still in the store, since it could not be taken back (still refused): load all of the evidence into another database.');
  });
});

describe('a store that an older version filled', () => {
  let world: ClickHouseWorld;
  beforeAll(async () => {
    world = clickHouse();
    await load(inProcess(world), AUDIT);
    for (const table of ['record_value', 'record_field']) world.session.query(`DROP TABLE ${table}`);
  });

  test('answers what its tables have', () => {
    const { total, diagnostics } = runHunt(world.port, { text: 'exec where process.name == "nc"', limit: 1 });
    expect([total, diagnostics]).toEqual([1, []]);
  });

  test.each([
    ['any where auditd.data.exit == 821', 'HUNT205', 'This store has no auditd.data.exit: it is absent in every row.'],
    ['any where vendor.exit == 821', 'HUNT201', 'There is no field vendor.exit'],
  ])('says of what only the records have why it is not there: %s', (text, code, says) => {
    const { total, diagnostics } = runHunt(world.port, { text, limit: 1 });
    expect([total, diagnostics.map((one) => one.code)]).toEqual([0, [code]]);
    expect(diagnostics[0]!.message).toContain(says);
    expect(diagnostics[0]!.message).toContain('An older version filled this store, without what only the records have: load the evidence anew, into another database.');
  });

  test('takes no more: a part with records and a part without would find less in silence', async () => {
    const before = count(world, 'event');
    await expect(load(inProcess(world), FALCO)).rejects.toThrow('An older version filled this store, without what only the records have. Nothing was loaded; load all of the evidence into another database.');
    expect(count(world, 'event')).toBe(before);
  });
});
