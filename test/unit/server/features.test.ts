import { expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ASK_REQUEST, COPY_COMMAND, huntLanguage, HUNTS_NOTIFICATION, type AskMessage } from '../../../src/server/index.js';
import { completionsOf } from '../../../src/server/translate.js';
import { clientOf, completionsAt, show, tellEvidence } from './client.js';

const cell = (at: number): string => `vscode-notebook-cell:/w/a.hunt.md#${at}`;

/** Opens a notebook as an editor does: its cells come with it. */
async function showNotebook(client: MessageConnection, ...texts: string[]): Promise<void> {
  await client.sendNotification('notebookDocument/didOpen', {
    notebookDocument: {
      uri: 'file:///w/a.hunt.md',
      notebookType: 'foundling.hunt',
      version: 1,
      cells: texts.map((_, at) => ({ kind: 2, document: cell(at) })),
    },
    cellTextDocuments: texts.map((text, at) => ({ uri: cell(at), languageId: 'hunt', version: 1, text })),
  });
}

const at = (uri: string, character: number, line = 0): object => ({ textDocument: { uri }, position: { line, character } });
const codesOf = (client: MessageConnection, uri: string): Promise<string[]> =>
  new Promise((resolve) => {
    client.onNotification('textDocument/publishDiagnostics', (published: { uri: string; diagnostics: { code: string }[] }) => {
      if (published.uri === uri) resolve(published.diagnostics.map((each) => each.code));
    });
  });

test('a cell sees the lets of the cells above it, and not of those below', async () => {
  const client = await clientOf(huntLanguage);
  const second = codesOf(client, cell(1));
  await showNotebook(client, 'let s = exec where true', 's', 'let t = exec where true');
  expect(await second).toEqual([]);
  expect(await client.sendRequest('textDocument/definition', at(cell(1), 0))).toEqual({
    uri: cell(0),
    range: { start: { line: 0, character: 4 }, end: { line: 0, character: 5 } },
  });
  const labels = (await completionsAt(client, cell(1), 0)).items.map((item) => item.label);
  expect(labels).toContain('s');
  expect(labels).not.toContain('t');
});

test('a let that is renamed is renamed in all cells and in the case’s hunts', async () => {
  const client = await clientOf(huntLanguage);
  await client.sendNotification(HUNTS_NOTIFICATION, {
    scope: '/w/',
    hunts: [{ uri: 'file:///w/hunts/a.hunt', text: '// of the case\nlet s = exec where true' }],
  });
  await showNotebook(client, 's', 'exec where child of s');
  expect(await client.sendRequest('textDocument/prepareRename', at(cell(1), 20))).toMatchObject({ placeholder: 's' });
  const edit: { changes: Record<string, { range: { start: object } }[]> } = await client.sendRequest('textDocument/rename', {
    ...at(cell(1), 20),
    newName: 'shells',
  });
  expect(Object.fromEntries(Object.entries(edit.changes).map(([uri, edits]) => [uri, edits.map((each) => each.range.start)]))).toEqual({
    'file:///w/hunts/a.hunt': [{ line: 1, character: 4 }],
    [cell(0)]: [{ line: 0, character: 0 }],
    [cell(1)]: [{ line: 0, character: 20 }],
  });
  await expect(client.sendRequest('textDocument/rename', { ...at(cell(1), 20), newName: 'exec' })).rejects.toThrow('is a source');
});

test('a change of one cell is told in the cells that use its lets', async () => {
  const client = await clientOf(huntLanguage);
  const first = codesOf(client, cell(1));
  await showNotebook(client, 'let s = exec where true', 's');
  expect(await first).toEqual([]);
  const told = codesOf(client, cell(1));
  await client.sendNotification('notebookDocument/didChange', {
    notebookDocument: { uri: 'file:///w/a.hunt.md', version: 2 },
    change: { cells: { textContent: [{ document: { uri: cell(0), version: 2 }, changes: [{ text: 'let t = exec where true' }] }] } },
  });
  expect(await told).toEqual(['HUNT202']);
});

test('values are asked of the evidence under the conditions already written; one that comes too late is not waited for', async () => {
  const client = await clientOf(huntLanguage);
  const asked: AskMessage[] = [];
  let answers = true;
  client.onRequest(ASK_REQUEST, (message: AskMessage) => {
    asked.push(message);
    return answers ? { rows: [['nc', 3]], total: 1 } : new Promise(() => undefined);
  });
  await show(client, 'file:///a.hunt', 'exec where user.id == "0" and process.name == ');
  const ask = async (): Promise<unknown> => (await completionsAt(client, 'file:///a.hunt', 46)).items;
  expect(await ask()).toMatchObject([{ label: 'no values yet' }]);
  expect(asked).toEqual([]);
  await tellEvidence(client, '/', { sources: [], fields: [] });
  expect(await ask()).toMatchObject([{ label: 'nc', labelDetails: { description: '3' } }]);
  expect(asked[0]).toMatchObject({ scope: '/', text: expect.stringContaining('(user.id == "0")') as string });
  answers = false;
  expect(await ask()).toEqual([]);
});

test('a hover of a let tells how many rows it has', async () => {
  const client = await clientOf(huntLanguage);
  client.onRequest(ASK_REQUEST, () => ({ rows: [], total: 1234 }));
  await tellEvidence(client, '/', { sources: [], fields: [] });
  await show(client, 'file:///a.hunt', 'let s = exec where true\ns');
  expect(await client.sendRequest('textDocument/hover', at('file:///a.hunt', 0, 1))).toMatchObject({
    contents: { value: expect.stringContaining('1,234 rows') as string },
  });
});

test('signature, tokens, layout, folds, outline and selection in the protocol’s words', async () => {
  const client = await clientOf(huntLanguage);
  const uri = 'file:///a.hunt';
  await show(client, uri, 'exec   where cidrMatch(destination.ip, "10.0.0.0/8")\n| head 5');
  expect(await client.sendRequest('textDocument/signatureHelp', at(uri, 39))).toMatchObject({
    activeParameter: 1,
    signatures: [{ label: 'cidrMatch(ip, network, ...)', parameters: [{ label: [10, 12] }, { label: [14, 21] }] }],
  });
  const { data }: { data: number[] } = await client.sendRequest('textDocument/semanticTokens/full', { textDocument: { uri } });
  expect(data.slice(0, 20)).toEqual([0, 0, 4, 1, 0, 0, 7, 5, 0, 0, 0, 6, 9, 3, 0, 0, 10, 14, 2, 1]);
  expect(data.slice(-10)).toEqual([0, 2, 4, 12, 0, 0, 5, 1, 9, 0]);
  expect(await client.sendRequest('textDocument/formatting', { textDocument: { uri }, options: {} })).toEqual([
    {
      range: { start: { line: 0, character: 0 }, end: { line: 1, character: 8 } },
      newText: 'exec where cidrMatch(destination.ip, "10.0.0.0/8") | head 5',
    },
  ]);
  expect(await client.sendRequest('textDocument/foldingRange', { textDocument: { uri } })).toEqual([{ startLine: 0, endLine: 1 }]);
  expect(await client.sendRequest('textDocument/documentSymbol', { textDocument: { uri } })).toMatchObject([
    { name: 'exec', selectionRange: { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } } },
  ]);
  const [selection]: [{ range: object; parent: { range: object } }] = await client.sendRequest('textDocument/selectionRange', {
    textDocument: { uri },
    positions: [{ line: 1, character: 3 }],
  });
  expect(selection).toMatchObject({
    range: { start: { line: 1, character: 2 }, end: { line: 1, character: 6 } },
    parent: { range: { start: { line: 1, character: 2 }, end: { line: 1, character: 8 } } },
  });
});

test('actions edit, copy, or say why they cannot', async () => {
  const client = await clientOf(huntLanguage);
  const uri = 'file:///a.hunt';
  const actions = async (text: string, character: number): Promise<{ title: string; disabled?: object; command?: object; edit?: object }[]> => {
    await show(client, uri, text);
    const range = { start: { line: 0, character }, end: { line: 0, character } };
    return client.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context: { diagnostics: [] } });
  };
  const created = await actions('exec where process.creator.name == "sh"', 20);
  expect(created.find((action) => action.title === 'Copy as Elastic EQL')).toMatchObject({
    disabled: { reason: expect.stringContaining('lineage') as string },
  });
  const plain = await actions('network where process.parent.name == "sh"', 20);
  expect(plain.find((action) => action.title === 'Copy as Elastic EQL')).toMatchObject({
    command: { command: COPY_COMMAND, arguments: ['network where process.parent.name == "sh"'] },
  });
  expect(plain.find((action) => action.title.startsWith('Ask who created'))).toMatchObject({
    edit: { changes: { [uri]: [{ newText: 'creator', range: { start: { line: 0, character: 22 } } }] } },
  });
});

test('what is drawn of a hostile hunt or a hostile value shows its hidden characters: completion, symbols, mistakes', async () => {
  const client = await clientOf(huntLanguage);
  const uri = 'file:///w/hostile.hunt';
  const published = new Promise<{ message: string }[]>((resolve) => {
    client.onNotification('textDocument/publishDiagnostics', (told: { uri: string; diagnostics: { message: string }[] }) => {
      if (told.uri === uri) resolve(told.diagnostics);
    });
  });
  await show(client, uri, 'exec where \u202eevil == "a" and \u001b[31m');
  const messages = (await published).map(({ message }) => message);
  for (const hidden of ['\u202e', '\u001b']) expect(messages.join('\n')).not.toContain(hidden);
  expect(messages.length).toBeGreaterThan(0);
  const symbols = await client.sendRequest('textDocument/documentSymbol', { textDocument: { uri } });
  expect(JSON.stringify(symbols)).not.toMatch(/\u202e|\\u001b/i);
});

test('a value of the evidence with hidden characters is offered as what it is', () => {
  const value = { label: 'gpj\u202e.sh', kind: 'value', detail: '1', documentation: '', insertText: '"gpj\\u{202e}.sh"', isSnippet: false, from: 0, to: 0 } as const;
  const [item] = completionsOf([value], 0, TextDocument.create('file:///a.hunt', 'hunt', 1, '')).items;
  expect(item).toMatchObject({ label: 'gpj\\u{202e}.sh', textEdit: { newText: value.insertText } });
});
