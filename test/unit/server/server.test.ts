import { expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-languageserver/node';
import type { Catalogue } from '../../../src/engine/requests.js';
import { CATALOGUE_NOTIFICATION, huntLanguage, type HuntLanguage } from '../../../src/server/index.js';
import { clientOf, show } from './client.js';

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
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/w/a.hunt.md', catalogue });
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/w/b.hunt.md', catalogue: { sources: [], fields: [] } });
  const ask = async (uri: string): Promise<unknown> => {
    await show(client, uri, 'exec where process.name == ');
    return client.sendRequest('textDocument/completion', { textDocument: { uri }, position: { line: 0, character: 27 } });
  };
  expect(await ask('vscode-notebook-cell:/w/a.hunt.md#W0sZmlsZQ%3D%3D')).toMatchObject([
    { label: 'nc', labelDetails: { description: '3' }, textEdit: { newText: '"nc"' } },
  ]);
  expect(await ask('vscode-notebook-cell:/w/b.hunt.md#W0sZmlsZQ%3D%3D')).toEqual([]);
});

test('a hunt below a case folder knows that case, and nothing once it was closed', async () => {
  const client = await clientOf(echo);
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/case one/', catalogue });
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/other/', catalogue: { sources: [], fields: [] } });
  await show(client, 'file:///case%20one/hunts/a.hunt', 'x ');
  const ask = (): Promise<unknown[]> =>
    client.sendRequest('textDocument/completion', { textDocument: { uri: 'file:///case%20one/hunts/a.hunt' }, position: { line: 0, character: 2 } });
  expect(await ask()).toHaveLength(1);
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/case one/', catalogue: null });
  expect(await ask()).toHaveLength(0);
});

test('a blank that indents a line asks for nothing', async () => {
  const client = await clientOf(echo);
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/a.hunt', catalogue });
  await show(client, 'file:///a.hunt', '  \nand ');
  const ask = (line: number, character: number): Promise<unknown[]> =>
    client.sendRequest('textDocument/completion', {
      textDocument: { uri: 'file:///a.hunt' },
      position: { line, character },
      context: { triggerKind: 2, triggerCharacter: ' ' },
    });
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
  await client.sendNotification(CATALOGUE_NOTIFICATION, { scope: '/a.hunt', catalogue });
  const published = next(client);
  await show(client, 'file:///a.hunt', 'exec where process.name == "n');
  expect((await published).diagnostics.map((each) => each.code)).toContain('HUNT102');
  const offered: readonly { label: string; textEdit: { newText: string } }[] = await client.sendRequest('textDocument/completion', {
    textDocument: { uri: 'file:///a.hunt' },
    position: { line: 0, character: 29 },
  });
  expect(offered[0]).toMatchObject({ label: 'nc', labelDetails: { description: expect.stringContaining('3') as string } });
});
