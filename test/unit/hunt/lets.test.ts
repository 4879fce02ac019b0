import { describe, expect, test } from 'vitest';
import { compileHunt, format, runHunt } from '../../../src/hunt/index.js';
import { rewriteEndgame } from '../../../src/hunt/rewriteEndgame.js';
import { doubleFork } from './store.js';

const { port } = doubleFork();
const pids = (text: string, before: readonly string[]): unknown[] => {
  const { rows, diagnostics } = runHunt(port, { text: `${text} | fields process.pid`, before, limit: 9 });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return rows.flat();
};

describe('a let means what it means in its own text', () => {
  test('a later text that gives a name anew changes nothing of the lets before it', () => {
    const before = ['let wanted = process.name == "nc"\nlet found = processes where wanted'];
    expect(pids('found', before)).toEqual([400]);
    expect(pids('let wanted = process.name == "sshd"\nfound', before)).toEqual([400]);
    expect(pids('let wanted = process.name == "sshd"\nprocesses where wanted', before)).toEqual([100]);
    expect(pids('found', [...before, 'let wanted = process.name == "bash"'])).toEqual([400]);
  });

  test('of two texts that give a name the nearer one counts, and each sees its own', () => {
    const before = ['let wanted = process.name == "nc"\nlet first = processes where wanted', 'let wanted = process.name == "sshd"\nlet second = processes where wanted'];
    expect([pids('first', before), pids('second', before), pids('processes where wanted', before)]).toEqual([[400], [100], [100]]);
  });

  test('lets of the same name in two texts are no circle', () => {
    expect(pids('let b = a\nprocesses where b', ['let b = process.name == "nc"\nlet a = b'])).toEqual([400]);
  });

  test('a let of a text before that goes round is told at its use', () => {
    const { diagnostics } = compileHunt('processes where a', { before: ['let a = b\nlet b = a'] });
    expect(diagnostics.map(({ code, from }) => [code, from])).toEqual([['HUNT230', 16]]);
  });

  test('it sees no item, parameter or event that is named around its use', () => {
    const wrong = (text: string, before: string): string[] => compileHunt(text, { before: [before] }).diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    expect(wrong('processes where arrayCount(process.args, item, hit) > 0', 'let hit = item == "-e"')).toEqual(['HUNT201']);
    expect(wrong('let f(item) = hit\nprocesses where f(process.name)', 'let hit = item == "-e"')).toEqual(['HUNT201']);
    expect(wrong('sequence [exec where true] as a [exec where hit]', 'let hit = a.process.pid == 1')).toEqual(['HUNT201']);
  });
});

describe('macro and const of the older EQL are lets', () => {
  test.each([
    ['macro IS(x) x == "nc"\nconst SERVER = "sshd"\nprocesses where IS(process.name) or process.name == SERVER', [100, 400]],
    ['// dialect: endgame\nmacro IS(x) x == "N*"\nprocesses where IS(process.name)', [400]],
    ['macro both(x, y) x == "nc" and y > 3\nprocesses where both(process.name, process.args_count)', [400]],
    ['let macro = processes where process.name == "nc"\nmacro where true', [400]],
  ])('%s', (text, expected) => {
    expect(pids(text, [])).toEqual(expected);
  });

  test('the layout keeps them, and Rewrite as Hunt makes lets of them', () => {
    const text = 'macro IS(x)   x=="nc"\nconst T="sshd"\nprocesses where IS(process.name) or process.name == T';
    expect(format(text)).toBe('macro IS(x) x == "nc"\nconst T = "sshd"\nprocesses where IS(process.name) or process.name == T');
    expect(rewriteEndgame(`// dialect: endgame\n${text}`)).toContain('let IS(x) = x : "nc"\nlet T = "sshd"\n');
  });
});
