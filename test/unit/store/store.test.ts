import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSet } from '../../../src/engine/openSet.js';
import { createBatch, createStringTable, KIND, OPERATION } from '../../../src/evidence/index.js';
import { createHealer } from '../../../src/lineage/index.js';
import type { Batch } from '../../../src/model/index.js';
import { Cancelled, createSqlStore, loadStore, type SqlStore, StoreFull, type LoadInput } from '../../../src/store/index.js';
import { inTotalOrder, sortedRows, type EventSource } from '../../../src/store/eventOrder.js';
import { auditLines, DOUBLE_FORK, loadSql, sourceOf } from '../engine/smallHost.js';

const sql = await loadSql();

interface Row { readonly time: number; readonly serial: number; readonly member?: number; readonly offset: number; readonly pid: number; readonly args?: string; readonly message?: string; readonly port?: number }

/** Sights of processes, healed and ready to load; one batch for each list. */
function inputOf(lists: readonly (readonly Row[])[]): LoadInput {
  const strings = createStringTable();
  const host = strings.internText('web1');
  const batches: Batch[] = lists.map((rows) => {
    const batch = createBatch(Math.max(1, rows.length));
    rows.forEach((row, at) => {
      batch.kind[at] = row.port === undefined ? KIND.exec : KIND.socket;
      if (row.port !== undefined) batch.operation[at] = OPERATION.connection_attempted;
      batch.time[at] = row.time;
      batch.serial[at] = row.serial;
      batch.member[at] = row.member ?? 0;
      batch.offset[at] = row.offset;
      batch.host[at] = host;
      batch.pid[at] = row.pid;
      batch.ppid[at] = 1;
      batch.comm[at] = strings.internText('sh');
      if (row.args !== undefined) batch.args[at] = strings.internText(row.args);
      if (row.message !== undefined) batch.message[at] = strings.internText(row.message);
      if (row.port !== undefined) batch.port[at] = row.port;
    });
    batch.count = rows.length;
    return batch;
  });
  const healer = createHealer(strings);
  for (const batch of batches) healer.add(batch);
  const healed = healer.finish();
  return {
    strings, lineage: healed.lineage, sessions: healed.sessions, batches, assignments: healed.assignments, others: healed.others,
    entries: [], members: [{ evidence: 0, path: 'audit.log' }, { evidence: 0, path: 'other.log' }], entityId: (row) => `e${row}`, userName: () => undefined,
  };
}

const atOnce = { breathe: () => Promise.resolve() };

async function loaded(lists: readonly (readonly Row[])[]): Promise<SqlStore> {
  const store = createSqlStore(sql);
  await loadStore(store, inputOf(lists), atOnce);
  return store;
}

describe('the order of events', () => {
  test('is time, serial, member, offset, however the rows came', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.record({ time: fc.constantFrom(NaN, 1, 2, 3), serial: fc.nat(2), member: fc.nat(1), offset: fc.nat(3) }), { maxLength: 12 }), { maxLength: 5 }), (lists) => {
        const sources: EventSource[] = lists.map((rows) => ({
          count: rows.length, time: Float64Array.from(rows, (row) => row.time), serial: Float64Array.from(rows, (row) => row.serial),
          member: Uint32Array.from(rows, (row) => row.member), offset: Float64Array.from(rows, (row) => row.offset),
        }));
        const seen: string[] = [];
        const key = (row: (typeof lists)[number][number]): number[] => [Number.isNaN(row.time) ? -1 : row.time, row.serial, row.member, row.offset];
        const slices = [...inTotalOrder(sources, sources.map(sortedRows), 3, (source, row) => void seen.push(JSON.stringify(key(lists[source]![row]!))))];
        const all = lists.flat().map(key).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]! || a[3]! - b[3]!);
        expect(seen).toEqual(all.map((each) => JSON.stringify(each)));
        expect(slices.at(-1)).toBe(all.length);
      }),
    );
  });

  test('does not depend on how rows were cut into batches', async () => {
    const rows: Row[] = [3, 1, 2, 2, 5].map((time, at) => ({ time: time * 1e6, serial: 10 - at, offset: at * 100, pid: 100 + at }));
    const dump = async (lists: readonly (readonly Row[])[]): Promise<unknown> => (await loaded(lists)).table("SELECT id, time, serial, offset FROM event WHERE action = 'exec' ORDER BY id").rows;
    expect(await dump([rows])).toEqual(await dump([rows.slice(0, 2), rows.slice(2)]));
  });
});

describe('values', () => {
  test('microseconds and offsets beyond 32 bits are exact integers', async () => {
    const time = 1_795_532_611_860_123, offset = 5_000_000_001;
    const store = await loaded([[{ time, serial: 4_294_967_295, offset, pid: 7 }]]);
    expect(store.table("SELECT time, typeof(time), serial, typeof(serial), offset, typeof(offset) FROM event WHERE action = 'exec'").rows).toEqual([[time, 'integer', 4_294_967_295, 'integer', offset, 'integer']]);
  });

  test('arguments are stored once a list, their items in order, the command line joined by blanks', async () => {
    const args = 'sh\0-c\0id > /tmp/x';
    const store = await loaded([[{ time: 1e6, serial: 1, offset: 0, pid: 7, args }, { time: 2e6, serial: 2, offset: 9, pid: 8, args }]]);
    expect(store.table('SELECT s.text FROM arg a JOIN string s ON s.id = a.arg_s ORDER BY a.at').rows).toEqual([['sh'], ['-c'], ['id > /tmp/x']]);
    expect(store.table('SELECT DISTINCT s.text FROM event e JOIN string s ON s.id = e.command_line_s').rows).toEqual([['sh -c id > /tmp/x']]);
    expect(store.table('SELECT DISTINCT args_count FROM event WHERE args_s IS NOT NULL').rows).toEqual([[3]]);
  });

  test('the length of a text is counted at load, since SQLite stops at NUL', async () => {
    const store = await loaded([[{ time: 1e6, serial: 1, offset: 0, pid: 7, message: 'a\0bc' }]]);
    expect(store.table('SELECT s.chars FROM event e JOIN string s ON s.id = e.message_s').rows).toEqual([[4]]);
  });

  test.each([
    ['\xff is no UTF-8', [0x61, 0xff, 0x62], 'a\ufffdb', 3],
    ['a character beyond the basic plane counts as two units', [...new TextEncoder().encode('a\u{1f600}')], 'a\u{1f600}', 3],
  ])('%s', async (_name, bytes, text, chars) => {
    const input = inputOf([[{ time: 1e6, serial: 1, offset: 0, pid: 7, message: 'placeholder' }]]);
    const id = input.strings.intern(Uint8Array.from(bytes), 0, bytes.length);
    const store = createSqlStore(sql);
    await loadStore(store, input, atOnce);
    expect(store.table('SELECT text, chars FROM string WHERE id = ?', [id]).rows).toEqual([[text, chars]]);
  });

  test('what no record states is NULL', async () => {
    const store = await loaded([[{ time: 1e6, serial: 1, offset: 0, pid: 7 }]]);
    expect(store.table("SELECT uid, auid, ses, exit_code, port, path_s, other, user_s FROM event WHERE action = 'exec'").rows).toEqual([[null, null, null, null, null, null, null, null]]);
  });

  test('created tree intervals hold: a descendant lies between pre and post of its ancestor', async () => {
    const set = await openSet([sourceOf(auditLines(DOUBLE_FORK))], { keep: true });
    const store = createSqlStore(sql);
    await loadStore(store, { ...inputOf([]), strings: set.strings, lineage: set.lineage, sessions: set.sessions, ...set.kept! }, atOnce);
    const below = 'SELECT d.pid FROM process a JOIN process d ON d.pre > a.pre AND d.pre <= a.post WHERE a.pid = 800 ORDER BY d.pid';
    expect(store.table(below).rows).toEqual([[810], [820], [821], [822]]);
    expect(store.table('SELECT children, descendants, parent FROM process WHERE pid = 800').rows[0]!.slice(0, 2)).toEqual([1, 4]);
    expect(store.table("SELECT p.pid, q.pid, r.adopted FROM parentage r JOIN process p ON p.id = r.process JOIN process q ON q.id = r.parent WHERE p.pid = 822 ORDER BY from_time").rows).toEqual([[822, 821, 0], [822, 1, 1]]);
  });

  test('an exec knows the program before it, also the one that was inherited from the creator', async () => {
    const set = await openSet([sourceOf(auditLines(DOUBLE_FORK))], { keep: true });
    const store = createSqlStore(sql);
    await loadStore(store, { ...inputOf([]), strings: set.strings, lineage: set.lineage, sessions: set.sessions, ...set.kept! }, atOnce);
    const previous = "SELECT n.text, b.text FROM event e JOIN string n ON n.id = e.name_s JOIN string b ON b.id = e.previous_name_s WHERE e.action = 'exec' ORDER BY e.id";
    expect(store.table(previous).rows).toEqual([['sshd', 'sshd'], ['bash', 'sshd'], ['dropper', 'bash'], ['nc', 'dropper']]);
  });
});

describe('cancelling', () => {
  const rows = Array.from({ length: 20_000 }, (_, at): Row => ({ time: at * 1e6, serial: at, offset: at, pid: 1000 + (at % 5) }));
  const SCAN = 'SELECT count(*) FROM event e WHERE ((e.id & 4095) <> 0 OR alive())';

  test('a query ends in its middle with an AbortError, and the store answers the next one', async () => {
    const store = await loaded([rows]);
    const looks: number[] = [];
    const run = (): unknown => store.watched({ cancelled: () => looks.length >= 2, onRows: (done) => looks.push(done) }, () => store.table(SCAN));
    expect(run).toThrow(Cancelled);
    expect(looks).toEqual([4096, 8192]);
    expect(Number(store.table(SCAN).rows[0]![0])).toBeGreaterThanOrEqual(20_000);
  });

  test('a query past its deadline ends with an error that is no cancellation', async () => {
    const store = await loaded([rows]);
    expect(() => store.watched({ cancelled: () => false, deadlineMs: -1 }, () => store.table(SCAN))).toThrow(/longer than its time limit/);
  });

  test('what fails after a query was cancelled fails for its own reason', async () => {
    const store = await loaded([rows]);
    expect(() => store.watched({ cancelled: () => true }, () => store.table(SCAN))).toThrow(Cancelled);
    store.register('fails', (_: number) => { throw new Error('no such thing'); });
    expect(() => store.table('SELECT fails(1)')).toThrow('no such thing');
  });

  test('loading stops at its next slice when its signal is aborted', async () => {
    const abort = new AbortController();
    const store = createSqlStore(sql);
    const load = loadStore(store, inputOf([rows]), { ...atOnce, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(load).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('a store whose memory ends says how far it came and what to do', async () => {
  const real = createSqlStore(sql);
  const full: SqlStore = {
    ...real,
    prepare: (text) => {
      const statement = real.prepare(text);
      return text.startsWith('INSERT INTO event') ? { ...statement, run: () => { throw new Error('out of memory'); }, free: () => statement.free() } : statement;
    },
  };
  const failure = loadStore(full, inputOf([[{ time: 1e6, serial: 1, offset: 0, pid: 7 }]]), atOnce);
  await expect(failure).rejects.toThrow(StoreFull);
  await expect(failure).rejects.toThrow(/ClickHouse/);
});
