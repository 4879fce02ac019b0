import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, eventually, write } from './support.js';

async function completions(uri: vscode.Uri, at: vscode.Position): Promise<readonly vscode.CompletionItem[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', uri, at);
  return list.items;
}
const labelOf = (item: vscode.CompletionItem): string => (typeof item.label === 'string' ? item.label : item.label.label);
const countOf = (item: vscode.CompletionItem): string => (typeof item.label === 'string' ? '' : (item.label.description ?? ''));

describe('the language', () => {
  afterEach(closeAll);

  it('completes sources at the start of a hunt', async () => {
    const document = await vscode.workspace.openTextDocument(await write('start.hunt', 'proc'));
    assert.equal(document.languageId, 'hunt');
    await eventually('sources are offered', async () =>
      (await completions(document.uri, new vscode.Position(0, 4))).some((item) => labelOf(item).startsWith('processes')),
    );
  });

  it('marks an unknown field and offers the right one', async () => {
    const document = await vscode.workspace.openTextDocument(await write('wrong.hunt', 'exec where process.nmae == "sh"'));
    await eventually('a diagnostic', () => vscode.languages.getDiagnostics(document.uri).length > 0);
    const [diagnostic] = vscode.languages.getDiagnostics(document.uri);
    assert.equal(diagnostic?.code, 'HUNT201');
    assert.equal(diagnostic?.range.start.character, 11);
    const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, diagnostic.range);
    const fix = actions.find((action) => action.title.includes('process.name'));
    assert.ok(fix?.edit, `a fix to process.name among: ${actions.map((action) => action.title).join(', ')}`);
    await vscode.workspace.applyEdit(fix.edit);
    assert.equal(document.getText(), 'exec where process.name == "sh"');
    await eventually('the mistake is gone', () =>
      vscode.languages.getDiagnostics(document.uri).every((each) => each.severity !== vscode.DiagnosticSeverity.Error),
    );
  });

  it('says what a field means', async () => {
    const document = await vscode.workspace.openTextDocument(await write('hover.hunt', 'processes where process.orphan'));
    let text = '';
    await eventually('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(0, 20));
      text = hovers
        .flatMap((hover) => hover.contents)
        .map((content) => (typeof content === 'string' ? content : content.value))
        .join('\n');
      return text !== '';
    });
    assert.match(text, /adopted/);
  });

  it('offers the values of the notebook’s evidence with their counts, in a cell', async () => {
    const uri = await write('values.hunt.md', '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexec where process.name == \n```\n');
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const cell = notebook.cellAt(0).document;
    let offered: readonly vscode.CompletionItem[] = [];
    await eventually('values with counts', async () => {
      offered = await completions(cell.uri, cell.lineAt(0).range.end);
      return offered.some((item) => /\d/.test(countOf(item)));
    });
    const counts = offered.filter((item) => /^\d/.test(countOf(item))).map((item) => Number(/^[\d,]+/.exec(countOf(item))?.[0].replace(/,/g, '')));
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => b - a),
      'most frequent first',
    );
  });
});
