import { describe, expect, it } from 'vitest';
import { createBatch, KIND } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';
import { orderRows } from '../../../src/lineage/order.js';
import { type Batch, NO_PROCESS, type ObservationKind, OPERATIONS, type Operation, type StringTable } from '../../../src/model/index.js';
import { shuffled, told, toldOf } from '../evidence/told.js';

interface Said {
  readonly kind: ObservationKind;
  readonly pid: number;
  readonly ppid?: number;
  readonly other?: number;
  readonly operation?: Operation;
  readonly exe?: string;
}

/** Records of one moment, without a number. */
function batchOf(records: readonly Said[], strings: StringTable): Batch {
  const batch = createBatch(records.length);
  for (const [at, { kind, pid, ppid = -1, other = -1, operation = '', exe }] of records.entries()) {
    batch.kind[at] = KIND[kind];
    batch.time[at] = 1.7e15;
    batch.host[at] = strings.internText('web1');
    batch.pid[at] = pid;
    batch.ppid[at] = ppid;
    batch.other[at] = other;
    batch.operation[at] = OPERATIONS.indexOf(operation);
    if (kind === 'fork') batch.flags[at] = 0;
    if (exe !== undefined) batch.exe[at] = strings.internText(exe);
    batch.offset[at] = at * 10;
    batch.byteLength[at] = 10;
  }
  batch.count = records.length;
  return batch;
}

/** A shell starts a program that starts another; all three end. */
const CHAIN: readonly Said[] = [
  { kind: 'fork', pid: 500, other: 90 },
  { kind: 'exec', pid: 90, ppid: 500, exe: '/bin/sh' },
  { kind: 'fork', pid: 90, other: 80, ppid: 500 },
  { kind: 'exec', pid: 80, ppid: 90, exe: '/usr/bin/id' },
  { kind: 'socket', pid: 80, ppid: 90, operation: 'connection_attempted' },
  { kind: 'exit', pid: 80 },
  { kind: 'exit', pid: 90 },
  { kind: 'exit', pid: 500 },
];

describe('records of one moment', () => {
  it('come as one makes the other possible, in whatever order they are stored', () => {
    for (let seed = 0; seed < 40; seed++) {
      const strings = createStringTable();
      const batch = batchOf(shuffled(CHAIN, seed), strings);
      const order = orderRows([batch], strings);
      const come = Array.from(order.row, (row) => CHAIN.findIndex(({ kind, pid }) => KIND[kind] === batch.kind[row] && pid === batch.pid[row]));
      expect(come).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it('make no orphan of who ended together with its parent', () => {
    for (let seed = 0; seed < 20; seed++) {
      const strings = createStringTable();
      const healer = createHealer(strings);
      healer.add(batchOf(shuffled(CHAIN, seed), strings));
      const { lineage } = healer.finish();
      expect([...lineage.pid]).toEqual([500, 90, 80]);
      expect([...lineage.creator]).toEqual([NO_PROCESS, 0, 1]);
      expect([...lineage.flags].map((flags) => flags & 1)).toEqual([0, 0, 0]);
    }
  });

  it('keep the rows of one record together and as they stand', () => {
    const strings = createStringTable();
    const batch = batchOf([{ kind: 'exec', pid: 9 }, { kind: 'fork', pid: 9, other: 10 }, { kind: 'exec', pid: 3 }], strings);
    batch.offset[1] = batch.offset[0]!;
    expect([...orderRows([batch], strings).row]).toEqual([2, 0, 1]);
  });

  it('of a snapshot come before the word that it was taken, though that stands at one of them', () => {
    const strings = createStringTable();
    const batch = batchOf([{ kind: 'seen', pid: 7, ppid: 1 }, { kind: 'snapshot', pid: -1 }, { kind: 'seen', pid: 9, ppid: 7 }, { kind: 'seen', pid: 1 }], strings);
    batch.offset[1] = batch.offset[0]!;
    expect([...orderRows([batch], strings).row].map((row) => batch.pid[row])).toEqual([1, 7, 9, -1]);
  });

  it('hold when they claim to be each other\'s parent', () => {
    const strings = createStringTable();
    const circle: readonly Said[] = [{ kind: 'exec', pid: 7, ppid: 8 }, { kind: 'exec', pid: 8, ppid: 9 }, { kind: 'exec', pid: 9, ppid: 7 }];
    const pids = [1, 2, 3].map((seed) => {
      const batch = batchOf(shuffled(circle, seed), strings);
      return [...orderRows([batch], strings).row].map((row) => batch.pid[row]);
    });
    expect(pids).toEqual([[7, 8, 9], [7, 8, 9], [7, 8, 9]]);
  });
});

describe('lines of a tracer', () => {
  const LINES = ['23:59:58 sh 700 600 0 /bin/sh', '23:59:58 id 701 700 0 /usr/bin/id', '23:59:59 env 701 700 0 /usr/bin/env', '00:00:01 cat 702 701 0 /bin/cat', '00:00:01 ls 703 702 0 /bin/ls'];
  const HEADER = 'TIME     PCOMM PID PPID RET ARGS';
  /** Rows in order of pid: processes of one moment may change places. */
  const lineageOf = async (lines: readonly string[]): Promise<Record<string, string>> => {
    const { lineage } = await told([HEADER, ...lines], false, '\n', 'execsnoop.txt');
    const columns = new Map(lineage.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1).split(/[ |]/)]));
    const at = (name: string, row: number): string => columns.get(name)?.[row] ?? '';
    return Object.fromEntries((columns.get('pid') ?? []).map((pid, row) => [pid, [at('start', row), at('comm', row), at('pid', Number(at('creator', row))), at('execs', row)].join(' ')]));
  };

  it('are dated the same when somebody put them in another order, though midnight lies among them', async () => {
    const expected = await lineageOf(LINES);
    expect(Object.values(expected).map((said) => said.split(' ').slice(1).join(' '))).toEqual(expect.arrayContaining(['env 700 2', 'cat 701 1', 'ls 702 1']));
    for (const order of [[4, 3, 2, 1, 0], [2, 4, 0, 3, 1], [3, 0, 4, 1, 2]]) expect([order, await lineageOf(order.map((at) => LINES[at]!))]).toEqual([order, expected]);
  });

  it('tell by their order which of two programs of one second came last', async () => {
    const two = ['10:00:00 sh 700 600 0 /bin/sh', '10:00:00 id 700 600 0 /usr/bin/id', '10:00:02 ls 703 700 0 /bin/ls'];
    expect((await lineageOf(two))['700']).toContain(' id ');
    expect((await lineageOf([two[1]!, two[0]!, two[2]!]))['700']).toContain(' sh ');
  });
});

describe('a process that osquery lists in other words than before', () => {
  const row = (action: string, pid: number, start: number, name: string, unixTime = 1_700_000_100): string =>
    JSON.stringify({ name: 'pack_processes', hostIdentifier: 'n1', unixTime, counter: 7, action, columns: { pid: String(pid), parent: '1', name, path: `/usr/bin/${name}`, start_time: String(1_700_000_000 + start) } });
  const FIRST = [row('added', 50, 5, 'old', 1_700_000_040), row('added', 60, 6, 'old', 1_700_000_040), row('added', 70, 7, 'old', 1_700_000_040)];
  // 50 changed its name, 60's number was given again, 70 is gone.
  const GONE = [row('removed', 50, 5, 'old'), row('removed', 60, 6, 'old'), row('removed', 70, 7, 'old')];
  const THERE = [row('added', 50, 5, 'new'), row('added', 60, 90, 'new')];

  it('lives on, whether what is gone and what is there lie in one file or in two', async () => {
    const one = await told([...FIRST, ...GONE, ...THERE], false, '\n', 'osqueryd.results.log');
    for (const [left, right] of [[[...FIRST, ...GONE], THERE], [[...FIRST, ...THERE], GONE], [GONE, [...FIRST, ...THERE]]] as const) {
      expect((await toldOf([['a/osqueryd.results.log', left], ['b/osqueryd.results.log', right]], false)).lineage).toBe(one.lineage);
    }
    const column = (name: string): string[] => (one.lineage.split('\n').find((line) => line.startsWith(`${name} `)) ?? '').slice(name.length + 1).split(' ');
    expect(column('pid')).toEqual(['50', '60', '70', '1', '60']);
    expect(column('end').map((end) => end !== 'NaN')).toEqual([false, true, true, false, false]);
  });
});
