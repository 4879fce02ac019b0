import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PIPES } from '../../../src/hunt/index.js';

test('the TextMate grammar gives every word its scope', () => {
  const run = (): string => execFileSync(process.execPath, ['node_modules/vscode-tmgrammar-test/dist/unit.js', '-g', 'syntaxes/hunt.tmLanguage.json', 'test/unit/hunt/grammar/*.hunt'], { encoding: 'utf8', stdio: 'pipe' });
  expect(run).not.toThrow();
});

test('the grammar knows every pipe', () => {
  const grammar = JSON.parse(readFileSync('syntaxes/hunt.tmLanguage.json', 'utf8')) as { repository: { pipe: { match: string } } };
  for (const pipe of PIPES) expect(grammar.repository.pipe.match.split(/[(|)\\]/)).toContain(pipe.name);
});
