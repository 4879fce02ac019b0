import { expect, test } from 'vitest';
import { CLICKHOUSE, compileHunt, runHunt } from '../../../src/hunt/index.js';
import { SQLITE } from '../../../src/hunt/sqlite.js';
import { Emitter } from '../../../src/hunt/statements.js';
import { doubleFork } from './store.js';

const { port } = doubleFork();
const pids = (count: number): string => Array.from({ length: count }, (_, at) => String(at)).join(',');

// test/clickhouse runs such lists of every kind on both engines.
test('a list as long as the text of a hunt allows is asked, also where the condition stands three times in a statement', () => {
  const found = (text: string) => {
    const { total, rows, undecided, diagnostics } = runHunt(port, { text, limit: 10 });
    return { total, rows, undecided, diagnostics };
  };
  const expected = found('processes where process.pid < 12500');
  expect(expected.total).toBeGreaterThan(0);
  expect(found(`processes where process.pid in (${pids(12_500)})`)).toEqual(expected);
});

test.each([SQLITE, CLICKHOUSE])('a long list is one parameter, a short one is written out: $name', (dialect) => {
  const paramsOf = (count: number) => new Emitter(compileHunt(`processes where process.pid in (${pids(count)})`).plan!, dialect).statements().rows(10).params;
  expect(paramsOf(201).filter((value) => typeof value === 'string')[0]).toBe(`[${pids(201)}]`);
  expect(paramsOf(201).length).toBeLessThan(5);
  expect(paramsOf(200)).toEqual(expect.arrayContaining([0, 100, 199]));
});
