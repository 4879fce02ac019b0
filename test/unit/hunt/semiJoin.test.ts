import { expect, test } from 'vitest';
import { runHunt } from '../../../src/hunt/index.js';
import { handMade, type Row } from './store.js';

const second = 1_000_000;
const MANY = 60;

/** Sixty processes that run sh, then id; three of them connect, one of these before id. */
function world(): ReturnType<typeof handMade> {
  const process: Row[] = [], event: Row[] = [];
  const add = (at: number, id: number, more: Row): void => void event.push({ id: event.length, time: at * second, basis: 0, host_s: 'web', process: id, ...more });
  for (let id = 0; id < MANY; id++) process.push({ id, entity_id: `E${id}`, host_s: 'web', boot: 0, pid: 100 + id, start: id * second, start_basis: 0, pre: id, post: id, depth: 0 });
  for (let id = 0; id < MANY; id++) add(100 + id, id, { category: 'process', type: 'start', action: 'exec', name_s: 'sh' });
  add(250, 7, { category: 'network', type: 'start', action: 'connection_attempted' });
  for (let id = 0; id < MANY; id++) add(300 + id, id, { category: 'process', type: 'start', action: 'exec', name_s: 'id' });
  add(500, 9, { category: 'network', type: 'start', action: 'connection_attempted' });
  add(510, 11, { category: 'process', type: 'end', action: 'exit' });
  add(520, 11, { category: 'network', type: 'start', action: 'connection_attempted' });
  return handMade({ process, event });
}

const hunt = (key: string): string => `sequence by host.id, ${key} [exec where process.name == "sh"] [exec where process.name == "id"] [network where true] until [exit where true]`;

test('a rare term goes first: its keys filter the scan of the others, and nothing else is found', () => {
  const made = world();
  const found = runHunt(made.port, { text: hunt('process.entity_id'), limit: 50 });
  expect(found.rows.map((row) => row[found.columns.findIndex((column) => column.name === 'process.entity_id')])).toEqual(['E9']);
  const scan = made.statements.find((text) => text.includes('AS mask'))!;
  expect(scan).toMatch(/e\.process IN \(SELECT e\.process FROM event e/);
  // A key that may be absent joins events without it, too: there every event is looked at.
  made.statements.length = 0;
  const whole = runHunt(made.port, { text: hunt('?process.entity_id'), limit: 50 });
  expect(whole.events).toEqual(found.events);
  expect(made.statements.find((text) => text.includes('AS mask'))).not.toMatch(/IN \(SELECT e\.process/);
});

test('terms that are about as many are read in one scan', () => {
  const made = world();
  runHunt(made.port, { text: 'sequence by process.entity_id [exec where process.name == "sh"] [exec where process.name == "id"]', limit: 5 });
  expect(made.statements.find((text) => text.includes('AS mask'))).not.toMatch(/IN \(SELECT e\.process/);
});

test('the plan shows which term goes first, with its rows, and the scan as it is run', () => {
  const steps = (text: string): (readonly unknown[])[] => [...runHunt(world().port, { text: `${text} | explain`, limit: 50 }).rows];
  const rare = steps(hunt('process.entity_id'));
  expect(rare.filter(([name]) => /^keys of term/.test(String(name))).map(([name, , rows]) => [name, rows])).toEqual([['keys of term 3 first', 3]]);
  expect(rare.find(([name]) => /^term 1/.test(String(name)))?.[3]).toMatch(/e\.process IN \(SELECT e\.process FROM event e/);
  expect(steps(hunt('?process.entity_id')).filter(([name]) => /^keys of term/.test(String(name)))).toEqual([]);
});
