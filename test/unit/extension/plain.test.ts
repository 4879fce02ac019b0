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

/** The sources of the extension by name. */
function sources(): readonly (readonly [string, string])[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => [name, readFileSync(path.join(root, name), 'utf8')]);
}

test('whatever a tree item shows is visible text, or words and counts of ours; nothing of it is Markdown', () => {
  const sinks = /\bnew vscode\.TreeItem\(|\bitem\.(?:label|description|tooltip) = /g;
  const isOurs = /^(?:visibleText\(|vscode\.l10n\.t\((?:'[^'{]*'|'\{0\} more', grouped\()|counted\(|grouped\(|String\(\w+(?:\.\w+)*\.length\)|`\$\{counted\([^{}]*\}, \$\{counted\(|node\.label, node\.isOpen)/;
  const others = sources().flatMap(([name, text]) => [...text.matchAll(sinks)].map((sink) => `${name}: ${text.slice(sink.index + sink[0].length).split('\n')[0]!}`).filter((each) => !isOurs.test(each.slice(each.indexOf(': ') + 2))));
  expect(others).toEqual([]);
  // The one label that is passed on is a group's, a word of ours.
  expect(sources().find(([name]) => name === 'findingsView.ts')![1].match(/\blabel: vscode\.l10n\.t\('[^'{]*'\), icon: '/g)).toHaveLength(5);
  for (const [name, text] of sources()) expect(text, name).not.toMatch(/MarkdownString|isTrusted = true|supportHtml|supportThemeIcons/);
});

test('whatever stands in a pick list is plain, or words of ours', () => {
  const isOurs = /^(?:plain\(|vscode\.l10n\.t\((?:'[^'{]*'|"[^"{]*")\)|`\$\([a-z-]+\) \$\{(?:plain\(|vscode\.l10n\.t\('[^'{]*'\)\}`)|choice\.(?:kind|label|means)|words\[language\]|words\(label\)|label\b)/;
  const others = sources()
    .filter(([, text]) => /QuickPick\(/.test(text))
    .flatMap(([name, text]) => [...text.matchAll(/\{ label(?:: ([^\n]*))?|\bdescription: ([^\n]*)/g)].map(([, label, description]) => `${name}: ${(label ?? description ?? 'label').slice(0, 80)}`))
    .filter((each) => !isOurs.test(each.slice(each.indexOf(': ') + 2)));
  expect(others).toEqual([]);
});
