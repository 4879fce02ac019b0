import { expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-languageserver/node';
import type { Catalogue } from '../../../src/engine/requests.js';
import { huntLanguage, HUNTS_NOTIFICATION, type HuntLanguage } from '../../../src/server/index.js';
import { clientOf, completionsAt, show, tellEvidence } from './client.js';

const catalogue: Catalogue = { sources: [{ name: 'exec', rows: 7 }], fields: [{ name: 'process.name', filled: 1, values: [['nc', 3]] }] };

/** A language that answers with what it was asked, so that each test sees what crossed. */
const echo: HuntLanguage = {
  ...huntLanguage,
  complete: ({ texts, at, catalogue: known }, offset, counted) =>
    (counted ?? known?.fields.flatMap((field) => field.values) ?? []).map(([value, count]) => ({
      label: value,
      kind: 'value' as const,
      insertText: `"${value}"`,
      isSnippet: false,
      documentation: '',
      from: offset,
      to: texts[at]?.text.length ?? 0,
      detail: String(count),
    })),
  valuesAsked: () => undefined,
  hover: ({ texts, at }, offset) => ({ from: offset, to: offset + 1, contents: `\`${texts[at]?.text}\`` }),
  codeActions: () => [],
  diagnose: ({ texts, at: own }) => {
    const at = texts[own]?.text.indexOf('prcess') ?? -1;
    return at < 0
      ? []
      : [
          {
            code: 'HUNT202',
            severity: 'error',
            from: at,
            to: at + 6,
            message: 'no source prcess',
            fixes: [{ title: 'process', from: at, to: at + 6, text: 'process' }],
          },
        ];
  },
};

const next = (client: MessageConnection): Promise<{ uri: string; diagnostics: { code: string; range: unknown }[] }> =>
  new Promise((resolve) => client.onNotification('textDocument/publishDiagnostics', resolve));

test('a mistake is published with its place, and its fix is a code action', async () => {
  const client = await clientOf(echo);
  const published = next(client);
  await show(client, 'file:///a.hunt', 'any where true\nprcess where true');
  const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 6 } };
  expect((await published).diagnostics).toMatchObject([{ code: 'HUNT202', range }]);
  expect(await client.sendRequest('textDocument/codeAction', { textDocument: { uri: 'file:///a.hunt' }, range, context: { diagnostics: [] } })).toMatchObject([
    { title: 'process', isPreferred: true, edit: { changes: { 'file:///a.hunt': [{ range, newText: 'process' }] } } },
  ]);
});

test('a cell completes with the values of its own notebook, and not with those of another', async () => {
  const client = await clientOf(echo);
  await tellEvidence(client, '/w/a.hunt.md', catalogue);
  await tellEvidence(client, '/w/b.hunt.md', { sources: [], fields: [] });
  const ask = async (uri: string): Promise<unknown> => {
    await show(client, uri, 'exec where process.name == ');
    return (await completionsAt(client, uri, 27)).items;
  };
  expect(await ask('vscode-notebook-cell:/w/a.hunt.md#W0sZmlsZQ%3D%3D')).toMatchObject([
    { label: 'nc', labelDetails: { description: '3' }, textEdit: { newText: '"nc"' } },
  ]);
  expect(await ask('vscode-notebook-cell:/w/b.hunt.md#W0sZmlsZQ%3D%3D')).toEqual([]);
});

test('a hunt below a case folder knows that case, and nothing once it was closed', async () => {
  const client = await clientOf(echo);
  await tellEvidence(client, '/case one/', catalogue);
  await tellEvidence(client, '/other/', { sources: [], fields: [] });
  await show(client, 'file:///case%20one/hunts/a.hunt', 'x ');
  const ask = async (): Promise<unknown[]> => (await completionsAt(client, 'file:///case%20one/hunts/a.hunt', 2)).items;
  expect(await ask()).toHaveLength(1);
  await tellEvidence(client, '/case one/', null);
  expect(await ask()).toHaveLength(0);
});

test('a blank that indents a line asks for nothing', async () => {
  const client = await clientOf(echo);
  await tellEvidence(client, '/a.hunt', catalogue);
  await show(client, 'file:///a.hunt', '  \nand ');
  const ask = async (line: number, character: number): Promise<unknown[]> => (await completionsAt(client, 'file:///a.hunt', character, line, true)).items;
  expect(await ask(0, 2)).toHaveLength(0);
  expect(await ask(1, 4)).toHaveLength(1);
});

test('a hover has its range and its Markdown', async () => {
  const client = await clientOf(echo);
  await show(client, 'file:///a.hunt', 'any\nwhere');
  expect(await client.sendRequest('textDocument/hover', { textDocument: { uri: 'file:///a.hunt' }, position: { line: 1, character: 2 } })).toEqual({
    range: { start: { line: 1, character: 2 }, end: { line: 1, character: 3 } },
    contents: { kind: 'markdown', value: '`any\nwhere`' },
  });
});

test('the true language answers through the server', async () => {
  const client = await clientOf(huntLanguage);
  await tellEvidence(client, '/a.hunt', catalogue);
  const published = next(client);
  await show(client, 'file:///a.hunt', 'exec where process.name == "n');
  expect((await published).diagnostics.map((each) => each.code)).toContain('HUNT102');
  const offered = (await completionsAt(client, 'file:///a.hunt', 29)).items;
  expect(offered[0]).toMatchObject({ label: 'nc', labelDetails: { description: expect.stringContaining('3') as string } });
});

test('a list of fields is asked for again with each letter, and its order is the language’s, not the editor’s', async () => {
  const client = await clientOf(huntLanguage);
  await show(client, 'file:///a.hunt', 'exec where name');
  const { isIncomplete, items } = await completionsAt(client, 'file:///a.hunt', 15);
  expect(isIncomplete).toBe(true);
  expect(items[0]).toMatchObject({ label: 'process.name', filterText: 'name' });
  expect(items.findIndex(({ label }) => label === 'host.name')).toBeGreaterThan(0);
  expect(new Set(items.map(({ filterText }) => filterText))).toEqual(new Set(['name']));
  expect(items.map(({ sortText }) => sortText)).toEqual(items.map(({ sortText }) => sortText).sort());
  await show(client, 'file:///b.hunt', 'exec where process.name ');
  expect((await completionsAt(client, 'file:///b.hunt', 24)).isIncomplete).toBe(false);
});

test('a hunt that lies nowhere near evidence has the values of the only set, though it speaks for several scopes, or of the only case', async () => {
  const client = await clientOf(echo);
  await show(client, 'file:///x/a.hunt', 'x ');
  const offered = async (): Promise<string[]> => (await completionsAt(client, 'file:///x/a.hunt', 2)).items.map(({ label }) => label);
  await tellEvidence(client, '/case/', catalogue, 'case', true);
  await tellEvidence(client, '/case/n.hunt.md', { ...catalogue }, 'case', true);
  expect(await offered()).toEqual(['nc']);
  await tellEvidence(client, '/logs/', { sources: [], fields: [] }, 'logs');
  expect(await offered()).toEqual(['nc']);
  await tellEvidence(client, '/second/', { sources: [], fields: [] }, 'second', true);
  expect(await offered()).toEqual([]);
});

test('where no values are, what brings them is said: open evidence, the hunt’s case, or which of several', async () => {
  const client = await clientOf(huntLanguage);
  const text = 'exec where process.name == ';
  const says = async (uri: string): Promise<unknown> => {
    await show(client, uri, text);
    const [only, ...others] = (await completionsAt(client, uri, text.length)).items;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ label: 'no values yet', textEdit: { newText: '' } });
    return [only?.labelDetails?.description, only?.documentation];
  };
  expect(await says('file:///x/a.hunt')).toEqual(['open evidence first', expect.stringContaining('Open as Evidence')]);
  await client.sendNotification(HUNTS_NOTIFICATION, { scope: '/w/web 1/', hunts: [] });
  expect(await says('file:///w/web%201/hunts/b.hunt')).toEqual(['open its case web 1', expect.stringContaining('case.foundling.json')]);
  await tellEvidence(client, '/logs/', catalogue, 'audit.log');
  await tellEvidence(client, '/other/', catalogue, 'ps.txt');
  expect(await says('file:///x/c.hunt')).toEqual(['which evidence is not clear', expect.stringContaining('audit.log, ps.txt')]);
  expect(await says('vscode-notebook-cell:/x/n.hunt.md#1')).toEqual(['the evidence is not read', expect.any(String)]);
});
