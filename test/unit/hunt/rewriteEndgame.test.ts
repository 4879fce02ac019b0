import { describe, expect, test } from 'vitest';
import { codeActions } from '../../../src/hunt/codeActions.js';
import { runHunt } from '../../../src/hunt/index.js';
import { rewriteEndgame } from '../../../src/hunt/rewriteEndgame.js';
import { doubleFork } from './store.js';

const world = doubleFork();
const older = (text: string, more = ''): string => `// dialect: endgame${more}\n${text}`;

describe('a hunt of the older dialect rewritten', () => {
  test.each([
    ["process where process.name == 'SSHD'", 'process where process.name : "SSHD"'],
    ["process where process.name == 's*' and not process.pid == 1", 'process where process.name : "s*" and process.pid != null and not process.pid == 1'],
    ['process where not (process.name == "a" or process.pid = 1)', 'process where process.name != null\n  and not process.name : "a"\n  and process.pid != null\n  and not process.pid == 1'],
    ['process where process.name != "sh" and not process.end == null', 'process where process.name != null and not process.name : "sh" and process.end != null'],
    ['process where process.name in ("A", "b") and process.command_line:length() > 3', 'process where process.name in~ ("A", "b") and length(process.command_line) > 3'],
    ['process where process.name:startsWith("S")', 'process where startsWith~(process.name, "S")'],
    ['process where process.name == ?"a\\b" and no_such_field == 1', 'process where process.name : "a\\\\b" and ?no_such_field == 1'],
    ['sequence by user.id [process where true] [network where true] until [process where false]', '// differs: until is asked after the terms here, before them there\nsequence by ?user.id\n  [process where true]\n  [network where true]\n  until [process where false]'],
    ['process where true | sort process.pid process.name | head 3', '// differs: keys and sorted text keep their case here\nprocess where true\n| sort process.pid, process.name\n| head 3'],
    ['// why\nprocess where true', '// why\nprocess where true'],
  ])('%s', (text, expected) => expect(rewriteEndgame(older(text))).toBe(expected));

  test('with case where the dialect says so', () => expect(rewriteEndgame(older('process where process.name == "a*" and process.executable == "b"', ' case sensitive'))).toBe('process where process.name like "a*" and process.executable == "b"'));
  test('Hunt, and what has a mistake, is left alone', () => {
    expect(rewriteEndgame('process where true')).toBeUndefined();
    expect(rewriteEndgame(older('process where ('))).toBeUndefined();
  });
  test('is a code action', () => {
    const text = older('process where process.pid = 1');
    expect(codeActions({ texts: [{ uri: '', text }], at: 0 }, { from: 25, to: 25 }).find((action) => action.title === 'Rewrite as Hunt')?.edits[0]?.text).toBe('process where process.pid == 1');
  });

  test.each([
    "any where process.name == 'SSHD'", "any where not process.name == 'sshd'", "any where process.name != 's*'", "any where not (process.name == 'sshd' and process.pid > 100)", 'any where not (process.exit_code == 0)',
    'any where not process.exit_code == 0 or process.name == "b*"', 'any where not (process.working_directory == null) and not not process.pid > 1', 'any where process.name in ("SSHD", "Bash") and not process.executable in ("/usr/sbin/sshd")',
    'any where process.command_line:stringContains("TMP")', 'any where not process.command_line:stringContains("tmp")', 'any where not file.path == "/etc/*"', 'any where wildcard(process.name, "S*", "b*") != true', 'any where no_such == 1 or not no_such == 1',
  ])('gives the rows that the original gives: %s', (text) => {
    const made = rewriteEndgame(older(text))!;
    const before = runHunt(world.port, { text: older(text), limit: 1000 });
    const after = runHunt(world.port, { text: made, limit: 1000 });
    expect([before, after].map((result) => result.diagnostics.filter((one) => one.severity === 'error'))).toEqual([[], []]);
    expect(after.rows.map((row) => row.join(' '))).toEqual(before.rows.map((row) => row.join(' ')));
  });
});
