import { describe, expect, test } from 'vitest';
import { runHunt, type SqlPort } from '../../src/hunt/index.js';
import type { HuntAsk } from '../../src/engine/requests.js';
import { doubleFork } from '../unit/hunt/store.js';
import { clickHouse } from './chdb.js';
import { addRecords, copyStore, HAND_MODEL } from './copy.js';
import { HUNTS, LIST_COLUMNS, LONG_LISTS, RECORD_HUNTS } from './hunts.js';

const world = doubleFork();
world.database.run('INSERT INTO parentage VALUES (1, 0, 10000000, NULL, 0, 0), (2, 1, 20000000, 90000000, 0, 0), (3, 2, 30000000, 31000000, 0, 0), (4, 3, 30500000, 31000000, 0, 0), (4, 0, 31000000, NULL, 1, 1)');
const other = clickHouse();
copyStore((sql) => world.database.exec(sql)[0]?.values ?? [], other.session);
addRecords(world.database, other.session);

function answer(port: SqlPort, ask: Omit<HuntAsk, 'limit'>): unknown {
  const { elapsedMs: _, processes, ...rest } = runHunt(port, { ...ask, limit: 100 });
  return { ...rest, processes: [...processes] };
}

describe('SQLite and ClickHouse give the same answer', () => {
  test.each(HUNTS)('%s', (text) => {
    const expected = answer(world.port, { text });
    expect(expected).toMatchObject({ diagnostics: expect.not.arrayContaining([expect.objectContaining({ severity: 'error' })]) as unknown });
    expect(answer(other.port, { text })).toEqual(expected);
  });

  test.each(HUNTS)('with edges that were observed only: %s', (text) => {
    expect(answer(other.port, { text, basis: 'observed' })).toEqual(answer(world.port, { text, basis: 'observed' }));
  });

  test.each(HUNTS.filter((text) => !/ (count|fields|unique_count|stats)\b/.test(text)))('of what a broken tree hides: %s', (text) => {
    expect(answer(other.port, { text, parents: 'difference' })).toEqual(answer(world.port, { text, parents: 'difference' }));
  });
});

describe('what only the records have is found by both engines', () => {
  test.each(RECORD_HUNTS)('%s', (text) => {
    const { elapsedMs: _, ...expected } = runHunt(world.port, { text, limit: 100 }, { model: HAND_MODEL });
    const { elapsedMs: __, ...got } = runHunt(other.port, { text, limit: 100 });
    expect(expected.total).toBeGreaterThan(0);
    expect(got).toEqual(expected);
  });
});

describe('a column that holds a list is asked of its items by both engines', () => {
  test.each(LIST_COLUMNS)('%s', (text) => {
    const { elapsedMs: _, ...expected } = runHunt(world.port, { text, limit: 100 });
    const { elapsedMs: __, ...got } = runHunt(other.port, { text, limit: 100 });
    expect(expected.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(expected.total).toBeGreaterThan(0);
    expect(got).toEqual(expected);
  });
});

describe('a list as long as the text of a hunt allows finds what a short one does on both engines', () => {
  test.each(LONG_LISTS.map(([long, short]) => [long.slice(0, 60), long, short]))('%s...', (_, long, short) => {
    const found = (port: SqlPort, text: string): unknown => {
      const { total, rows, undecided, diagnostics } = runHunt(port, { text, limit: 100 }, { model: HAND_MODEL });
      return { total, rows, undecided, mistakes: diagnostics.filter(({ severity }) => severity === 'error') };
    };
    const expected = found(world.port, short);
    expect(expected).toMatchObject({ total: expect.toSatisfy((total: number) => total > 0) as unknown, mistakes: [] });
    expect(found(world.port, long)).toEqual(expected);
    expect(found(other.port, long)).toEqual(expected);
  });
});

test('no text of the hunt is in the SQL', () => {
  other.statements.length = 0;
  runHunt(other.port, { text: 'exec where process.name == "x\'; DROP TABLE event; --" and process.args : "*zzz*" and process.pid == 31337 and process.name regex "a\\\\\\\\.q+"', limit: 1 });
  expect(other.statements.length).toBeGreaterThan(0);
  expect(other.statements.join('\n')).not.toMatch(/DROP|zzz|31337|q\+/);
});
