import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const { contributes } = JSON.parse(read('package.json')) as {
  readonly contributes: { readonly commands: readonly { readonly title: string }[]; readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> } };
};
const strings = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const page = read('docs/editor.md');

test('docs/editor.md has every command of the manifest by its title', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|')[1]!.trim());
  const named = new Set(rows.flatMap((cell) => [cell, ...cell.split(', ')]));
  expect(contributes.commands.map(({ title }) => strings[title.replaceAll('%', '')]).filter((title) => !named.has(title!))).toEqual([]);
});

test('docs/editor.md has every setting of the manifest with its default', () => {
  for (const [name, { default: value }] of Object.entries(contributes.configuration.properties))
    expect(page).toContain(`| \`${name}\` | ${value === '' ? 'empty' : `\`${String(value)}\``} |`);
});

test('every link between pages of the documentation leads to a file that is there', () => {
  for (const file of ['README.md', 'CONTRIBUTING.md', 'examples/README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)])
    for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g))
      expect(readdirSync(path.dirname(path.resolve(root, path.dirname(file), target!))), `${file}: ${target}`).toContain(path.basename(target!));
});
