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

  it('completes SQL cells of notebooks, and no other SQL', async () => {
    const notebook = await vscode.workspace.openNotebookDocument(await write('complete.hunt.md', '```sql\nSELECT e.tim FROM events e\n```\n'));
    await vscode.window.showNotebookDocument(notebook);
    const cell = notebook.cellAt(0).document;
    await eventually('columns of the alias are offered', async () => (await completions(cell.uri, new vscode.Position(0, 12))).some((item) => labelOf(item) === 'time_utc' && item.kind === vscode.CompletionItemKind.Field));
    const other = await vscode.workspace.openTextDocument(await write('other.sql', 'SELECT e.tim FROM events e'));
    assert.ok(!(await completions(other.uri, new vscode.Position(0, 12))).some((item) => labelOf(item) === 'time_utc'));
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

  it('helps with the arguments of a function', async () => {
    const document = await vscode.workspace.openTextDocument(await write('signature.hunt', 'exec where cidrMatch(destination.ip, '));
    let help: vscode.SignatureHelp | undefined;
    await eventually('signature help', async () => {
      help = await vscode.commands.executeCommand<vscode.SignatureHelp | undefined>(
        'vscode.executeSignatureHelpProvider',
        document.uri,
        document.lineAt(0).range.end,
      );
      return help !== undefined;
    });
    assert.equal(help?.signatures[0]?.label, 'cidrMatch(ip, network, ...)');
    assert.equal(help.activeParameter, 1);
  });

  it('colours words by what they mean', async () => {
    const document = await vscode.workspace.openTextDocument(await write('tokens.hunt', 'exec where process.creator.pid == 1'));
    let tokens: vscode.SemanticTokens | undefined;
    await eventually('semantic tokens', async () => {
      tokens = await vscode.commands.executeCommand<vscode.SemanticTokens | undefined>('vscode.provideDocumentSemanticTokens', document.uri);
      return (tokens?.data.length ?? 0) > 0;
    });
    const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>('vscode.provideDocumentSemanticTokensLegend', document.uri);
    const [, , , source, , , , , keyword, , , start, length, field, modifiers] = tokens?.data ?? [];
    assert.deepEqual(
      [source, keyword, field].map((type) => legend.tokenTypes[type ?? -1]),
      ['source', 'keyword', 'field'],
    );
    assert.deepEqual([start, length], [6, 19]);
    assert.equal(legend.tokenModifiers[Math.log2(modifiers ?? 0)], 'lineage');
  });

  it('renames a let in all cells that see it', async () => {
    const cells = ['let shells = exec where process.name == "sh"', 'exec where child of shells', 'shells | head 3'];
    const uri = await write(
      'rename.hunt.md',
      `---\nfoundling: {evidence: audit.log}\n---\n\n${cells.map((cell) => `\`\`\`hunt\n${cell}\n\`\`\`\n`).join('\n')}`,
    );
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const last = notebook.cellAt(2).document;
    let edit: vscode.WorkspaceEdit | undefined;
    await eventually('a rename', async () => {
      try {
        edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
          'vscode.executeDocumentRenameProvider',
          last.uri,
          new vscode.Position(0, 2),
          'sh_runs',
        );
      } catch {
        return false; // the server has not seen the cells yet
      }
      return true;
    });
    assert.ok(edit && (await vscode.workspace.applyEdit(edit)));
    assert.deepEqual(
      notebook.getCells().map((cell) => cell.document.getText()),
      cells.map((cell) => cell.replaceAll('shells', 'sh_runs')),
    );
    await eventually('no cell has a mistake', () =>
      notebook
        .getCells()
        .every((cell) => vscode.languages.getDiagnostics(cell.document.uri).every((each) => each.severity !== vscode.DiagnosticSeverity.Error)),
    );
  });

  it('lays out a hunt', async () => {
    const document = await vscode.workspace.openTextDocument(await write('format.hunt', 'exec   where true|head 5|tail 1'));
    let edits: readonly vscode.TextEdit[] | undefined;
    await eventually('a layout', async () => {
      edits = await vscode.commands.executeCommand<readonly vscode.TextEdit[] | undefined>('vscode.executeFormatDocumentProvider', document.uri, {
        tabSize: 2,
        insertSpaces: true,
      });
      return (edits?.length ?? 0) > 0;
    });
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, [...(edits ?? [])]);
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.getText(), 'exec where true\n| head 5\n| tail 1');
  });

  it('offers what can be done at a place, and copies a hunt as Elastic EQL', async () => {
    const text = 'network where process.name == "sh" or process.name == "bash"';
    const document = await vscode.workspace.openTextDocument(await write('actions.hunt', text));
    let actions: readonly vscode.CodeAction[] = [];
    await eventually('actions', async () => {
      actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(0, 36, 0, 36),
      );
      return actions.some((action) => action.title.startsWith('Join into one list'));
    });
    const join = actions.find((action) => action.title.startsWith('Join into one list'));
    assert.ok(join?.edit && (await vscode.workspace.applyEdit(join.edit)));
    assert.equal(document.getText(), 'network where process.name in ("sh", "bash")');
    const copy = actions.find((action) => action.title === 'Copy as Elastic EQL');
    assert.ok(copy?.command);
    const previous = await vscode.env.clipboard.readText();
    try {
      await vscode.commands.executeCommand(copy.command.command, ...((copy.command.arguments ?? []) as unknown[]));
      assert.equal(await vscode.env.clipboard.readText(), text);
    } finally {
      await vscode.env.clipboard.writeText(previous);
    }
  });

  it('a cell that runs sees the lets of the cells above it', async () => {
    const uri = await write(
      'lets.hunt.md',
      '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nlet some = any where true\n```\n\n```hunt\nsome | count\n```\n',
    );
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.cell.execute', { ranges: [{ start: 1, end: 2 }], document: uri });
    await eventually('a result', () => notebook.cellAt(1).outputs.length > 0 && notebook.cellAt(1).executionSummary?.success !== undefined);
    assert.equal(notebook.cellAt(1).executionSummary?.success, true);
  });
});
