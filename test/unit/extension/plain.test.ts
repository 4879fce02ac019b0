import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { plain } from '../../../src/extension/plain.js';

const root = path.resolve(import.meta.dirname, '../../../src/extension');

test('text from evidence makes no link, no icon and hides nothing in a notification, a pick list or the status bar', () => {
  expect(plain('a [go](command:workbench.action.closeAllEditors) $(flame) \u202egnp\u001b[31m')).toBe('a [go] (command:workbench.action.closeAllEditors) $ (flame) \\u{202e}gnp\\x1b[31m');
});

/** What VS Code draws with links and icons in it: the call up to its first argument, and what may stand there. */
const SINKS = /\b(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)\(\s*|\breport\(\{ message: |\bProgressLocation\.\w+, title: /g;

test('whatever goes to a notification, a progress or the status bar is plain, or a text of ours with nothing but counts in it', () => {
  const others: string[] = [];
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(path.join(root, name), 'utf8');
    for (const sink of text.matchAll(SINKS)) {
      const argument = text.slice(sink.index + sink[0].length).split('\n')[0]!;
      const isFixed = /^vscode\.l10n\.t\((?:'[^'{]*'|"[^"{]*"|`[^`${]*`)\)/.test(argument);
      if (!argument.startsWith('plain(') && !isFixed) others.push(`${name}: ${argument.slice(0, 60)}`);
    }
  }
  // Counts and words of ours; `says` is what Add Indicators counted.
  expect(others.sort()).toEqual([
    'leaving.ts: `${what} ${done}/${total}` }),',
    'leaving.ts: says);',
    'leaving.ts: vscode.l10n.t("{0} learned. Read them: what is saved as a ca',
    "leaving.ts: vscode.l10n.t('Not learned: {0} with an alert. A host where ",
  ]);
});
