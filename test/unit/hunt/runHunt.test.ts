import { Cancelled } from '../../../src/store/index.js';
import { describe, expect, test } from 'vitest';
import { CLICKHOUSE, runHunt } from '../../../src/hunt/index.js';
import { doubleFork, handMade } from './store.js';

const world = doubleFork();

describe('the tree view', () => {
  test('the created tree runs from the orphan up to its root, with the recorded parent beside the orphan', () => {
    const result = runHunt(world.port, { text: 'processes where process.orphan | tree', limit: 10 });
    expect(result.view).toBe('tree');
    expect(result.tree?.map((line) => `${' '.repeat(line.depth)}${line.label}${line.matched ? ' *' : ''}${line.orphan ? ' orphan' : ''}${line.other === null ? '' : ` <- ${line.other.name} ${line.other.pid}`}`)).toEqual([
      'systemd 1',
      ' sshd 100  sshd -D',
      '  bash 200  -bash',
      '   bash 300',
      '    nc 400  nc -e /bin/sh 10.0.0.5 * orphan <- systemd 1',
    ]);
  });

  test('the recorded tree has it below its adopter, with the creator beside', () => {
    const result = runHunt(world.port, { text: 'processes where process.orphan | tree recorded', limit: 10 });
    expect(result.tree?.map((line) => [line.depth, line.process, line.other?.pid ?? null])).toEqual([[0, 0, null], [1, 4, 300]]);
  });

  test('up and down count links', () => {
    expect(runHunt(world.port, { text: 'processes where process.pid == 200 | tree up 1', limit: 10 }).tree?.map((line) => line.process)).toEqual([1, 2]);
    expect(runHunt(world.port, { text: 'processes where process.pid == 200 | tree up 0 down 1', limit: 10 }).tree?.map((line) => line.process)).toEqual([2, 3]);
  });

  test('a process that no record names says so, at its line and as another parent; one that has a name, behind its number', () => {
    const unrecorded = handMade({
      process: [
        { id: 0, entity_id: 'a', host_s: 'h', boot: 0, pid: 1, name_s: 'systemd' }, { id: 1, entity_id: 'b', host_s: 'h', boot: 0, pid: 565, unrecorded: 1 },
        { id: 2, entity_id: 'c', host_s: 'h', boot: 0, pid: 566, unrecorded: 1, name_s: 'sh', creator: 1 }, { id: 3, entity_id: 'd', host_s: 'h', boot: 0, pid: 567, unrecorded: 0, name_s: 'nc', creator: 1, parent: 0 },
      ],
    });
    const drawn = (view: string): unknown => runHunt(unrecorded.port, { text: `processes where process.pid >= 565 | ${view}`, limit: 10 }).tree?.map(({ depth, label, other }) => [depth, label, other?.name ?? null]);
    expect(drawn('tree')).toEqual([[0, 'unrecorded 565', null], [1, 'sh 566, unrecorded', null], [1, 'nc 567', 'systemd']]);
    expect(drawn('tree recorded')).toEqual(expect.arrayContaining([[1, 'nc 567', 'unrecorded']]));
  });

  test('parents in a circle are drawn, each once', () => {
    const circle = handMade({ process: [{ id: 0, entity_id: 'a', host_s: 'h', boot: 0, pid: 1, creator: 1 }, { id: 1, entity_id: 'b', host_s: 'h', boot: 0, pid: 2, creator: 0 }] });
    expect(runHunt(circle.port, { text: 'processes where true | tree', limit: 10 }).tree?.map((line) => line.process).sort()).toEqual([0, 1]);
  });
});

describe('the basis of each row', () => {
  const basesOf = (text: string, more: object = {}) => runHunt(world.port, { text, limit: 10, ...more }).bases;

  test('is the weakest of what the hunt used of it', () => {
    expect(basesOf('processes where process.pid in (200, 400)')).toEqual(['observed', 'observed']);
    expect(basesOf('processes where process.pid in (200, 400) and process.creator.pid > 0')).toEqual(['observed', 'derived']);
    expect(basesOf('processes where process.creator.pid > 0 | stats count() as n by process.creator.name | sort process.creator.name')).toEqual(['derived', 'observed', 'observed']);
  });

  test('of a sequence is that of its events, of records behind a row that of the row', () => {
    expect(basesOf('sequence by process.entity_id [exec where process.name == "nc"] [network where process.creator.name == "bash"]')).toEqual(['derived']);
    expect(new Set(basesOf('network where process.creator.pid == 300 | evidence'))).toEqual(new Set(['derived']));
  });

  test('is not claimed of what could not be decided', () => {
    expect(basesOf('processes where process.orphaned_after < 1h | undecided')).toEqual([]);
  });

  test('stands in the tree at each match, and how the link above it is known at each line', () => {
    const lines = runHunt(world.port, { text: 'processes where process.creator.pid == 300 | tree', limit: 10 }).tree;
    expect(lines?.map(({ basis, link }) => [basis, link])).toEqual([[null, null], [null, 'observed'], [null, 'observed'], [null, 'observed'], ['derived', 'derived']]);
  });

  test('of a link of the recorded tree is that of the last recorded parent', () => {
    const base = { host_s: 'h', boot: 0 };
    const adopted = handMade({ process: [{ ...base, id: 0, entity_id: 'a', pid: 1 }, { ...base, id: 1, entity_id: 'b', pid: 2, parent: 0 }], parentage: [{ process: 1, parent: 0, from_time: 5, basis: 2 }, { process: 1, parent: null, from_time: 1, basis: 0 }] });
    expect(runHunt(adopted.port, { text: 'processes where process.pid == 2 | tree recorded', limit: 10 }).tree?.map(({ link }) => link)).toEqual([null, 'inferred']);
  });
});

describe('the difference of the parent views', () => {
  test('gives what only the created tree gives, with the edge that differs', () => {
    const result = runHunt(world.port, { text: 'processes where process.parent.name == "bash"', parents: 'difference', limit: 10 });
    const pid = result.columns.findIndex((column) => column.name === 'process.pid');
    expect(result.rows.map((row) => [row[pid], ...row.slice(-3)])).toEqual([[400, 'systemd 1', 'bash 300', 'derived']]);
    expect(result.total).toBe(1);
    expect(result.basis).toEqual({ observed: 0, derived: 1, inferred: 0 });
  });

  test('on events the recorded parent is that of the event', () => {
    const result = runHunt(world.port, { text: 'network where process.parent.name == "bash"', parents: 'difference', limit: 10 });
    expect(result.rows.map((row) => row.slice(-3))).toEqual([['systemd 1', 'bash 300', 'derived']]);
  });

  test('of rows that are no processes it is refused', () => {
    const result = runHunt(world.port, { text: 'processes where true | count', parents: 'difference', limit: 10 });
    expect(result.diagnostics.map((one) => one.code)).toEqual(['HUNT301']);
  });
});

test('a hunt with a mistake gives its diagnostics and no rows', () => {
  const result = runHunt(world.port, { text: 'processes where proces.orphan', limit: 10 });
  expect(result.rows).toEqual([]);
  expect(result.diagnostics.map((one) => one.code)).toEqual(['HUNT201']);
});

const failing = (error: Error) => ({ all: () => { throw error; } });

test('a hunt that is cancelled throws what the store throws then', () => {
  expect(() => runHunt(failing(new Cancelled()), { text: 'exec where true', limit: 1 })).toThrow(Cancelled);
});

test('what the store cannot do is told with its own words', () => {
  const { diagnostics, rows } = runHunt(failing(new Error('parser stack overflow')), { text: 'exec where true', limit: 1 });
  expect([rows, diagnostics.map((one) => [one.code, one.message])]).toEqual([[], [['HUNT403', 'The store could not run this hunt: rows: parser stack overflow']]]);
});

describe('a ClickHouse store and what only the records have', () => {
  const ask = (text: string, answers: (sql: string) => readonly (readonly unknown[])[]) => {
    const statements: string[] = [];
    const all = (sql: string): readonly (readonly unknown[])[] => {
      statements.push(sql);
      return answers(sql);
    };
    const { diagnostics } = runHunt({ all, dialect: CLICKHOUSE }, { text, limit: 1 });
    return { statements, told: diagnostics.map(({ code, severity, message }) => [code, severity, message]) };
  };
  const loaded = (sql: string): readonly (readonly unknown[])[] => (sql.includes('FROM record_field') ? [[7, 'SYSCALL.success', ['text'], 0, ['laurel']]] : sql.includes('system.tables') ? [[1]] : [[0, 0, 0, 0]]);
  const older = (sql: string): readonly (readonly unknown[])[] => (sql.includes('system.tables') ? [] : loaded(sql));

  test('it is asked which fields it was loaded with, once, and only by hunts that name one that no table has', () => {
    const { statements, told } = ask('exec where SYSCALL.success == "yes" and SYSCALL.success != null', loaded);
    expect(told).toEqual([]);
    expect(statements.filter((sql) => sql.includes('FROM record_field'))).toHaveLength(1);
    expect(statements.at(-1)).toContain('LEFT JOIN (SELECT v.event AS id, v.value AS value FROM record_value v WHERE v.field = 7)');
    expect(ask('exec where process.name == "nc"', loaded).statements.filter((sql) => /record_field|system/.test(sql))).toEqual([]);
  });

  test('a hunt with another mistake is told of that one alone', () => {
    expect(ask('exec where SYSCALL.success == "yes" and process.pid == "x"', loaded).told.map(([code]) => code)).toEqual(['HUNT203']);
  });

  test.each([
    ['exec where auditd.data.exit == 0', loaded, 'HUNT205', 'information', /^This store has no auditd\.data\.exit: it is absent in every row\. Leave it out, or load evidence that has it\.$/],
    ['exec where SYSCALL.failure == "yes"', loaded, 'HUNT201', 'error', /^There is no field SYSCALL\.failure[^A]*$/],
    ['exec where auditd.data.exit == 0', older, 'HUNT205', 'information', /in every row\. An older version filled this store.*into another database\.$/],
    ['exec where SYSCALL.success == "yes"', older, 'HUNT201', 'error', /^There is no field SYSCALL\.success.*An older version filled this store.*into another database\.$/],
  ] as const)('%s is told why it is not there', (text, answers, code, severity, says) => {
    expect(ask(text, answers).told).toEqual([[code, severity, expect.stringMatching(says)]]);
  });

  test('a server that does not say is told with the step', () => {
    const failed = ask('exec where auditd.data.exit == 0', () => {
      throw new Error('connection refused');
    });
    expect(failed.told).toEqual([['HUNT403', 'error', 'The store could not run this hunt: fields of the records: connection refused']]);
  });
});
