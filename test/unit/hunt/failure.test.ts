import { describe, expect, test } from 'vitest';
import { compileHunt, runCompiled, runHunt, type SqlPort } from '../../../src/hunt/index.js';
import { failureOf } from '../../../src/hunt/failure.js';
import { TimedOut } from '../../../src/store/sqlStore.js';
import { doubleFork } from './store.js';

const { port } = doubleFork();
const failing = (when: (sql: string) => boolean, error: Error): SqlPort => ({
  all(sql, params) {
    if (when(sql)) throw error;
    return port.all(sql, params);
  },
});

describe('a hunt that ends without rows says why', () => {
  test.each<[string, (sql: string) => boolean, string]>([
    ['sequence by process.entity_id [exec where true] [exit where true]', (sql) => sql.includes('AS mask'), 'scan of the sequence'],
    ['processes where process.orphaned_after < 1s', (sql) => sql.startsWith('SELECT count(*), coalesce'), 'undecided rows'],
    ['processes where process.orphan', (sql) => sql.startsWith('WITH hits'), 'rows'],
    ['processes where process.orphan | evidence', (sql) => sql.includes('e.byte_length'), 'evidence'],
    ['exec where true | stats count() as n by process.pid within 1s | filter n > 0', (sql) => sql.includes('row_number()'), 'stats within'],
  ])('403 names the step: %s', (text, when, step) => {
    const { diagnostics, rows } = runHunt(failing(when, new Error('disk I/O error')), { text, limit: 10 });
    expect([diagnostics.at(-1)?.code, diagnostics.at(-1)?.message, rows]).toEqual(['HUNT403', `The store could not run this hunt: ${step}: disk I/O error`, []]);
  });

  test('402: its time ran out', () => {
    const { diagnostics } = runHunt(failing(() => true, new TimedOut()), { text: 'exec where true', limit: 10 });
    expect(diagnostics.map(({ code, message }) => [code, message.slice(0, 46)])).toEqual([['HUNT402', 'Cancelled: The query took longer than its time']]);
  });

  test('a person who cancels is told nothing', () => {
    const aborted = Object.assign(new Error('Cancelled.'), { name: 'AbortError' });
    expect(() => runHunt(failing(() => true, aborted), { text: 'exec where true', limit: 10 })).toThrow(aborted);
  });

  test.each<[string, string[]]>([
    ['sequence [exec where true] [exit where true]', ['sequence by host.id, process.entity_id [exec where true] [exit where true]', 'sequence with maxspan=5m [exec where true] [exit where true]']],
    ['sequence by process.pid [exec where true] [exit where true]', ['sequence with maxspan=5m by process.pid [exec where true] [exit where true]']],
    ['sample by process.pid with maxspan=1s [exec where true] [exit where true]', []],
    ['join by process.pid [exec where true] [exit where true]', []],
  ])('401 stands at the word, with keys or a maxspan as its fixes: %s', (text, expected) => {
    const compiled = compileHunt(text);
    let thrown: unknown;
    try {
      runCompiled(port, compiled, { limit: 10, maxPending: 0 });
    } catch (error) {
      thrown = error;
    }
    const told = failureOf(thrown, text.length, compiled);
    expect([told.code, text.slice(told.from, told.to)]).toEqual(['HUNT401', text.split(' ')[0]]);
    expect(told.fixes.map((fix) => text.slice(0, fix.from) + fix.text + text.slice(fix.to))).toEqual(expected);
  });
});
