import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { NotebookSets } from '../../src/extension/notebook/notebookSets.js';
import { closeAll, evidenceFile, eventually, foundling, textOf, workspaceFile, write } from './support.js';

const RESULT = 'application/vnd.foundling.result+json';

/** A notebook beside the workspace's audit log that hunts in it. */
async function openNotebook(name: string, text: string): Promise<vscode.NotebookDocument> {
  const uri = await write(name, text);
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook);
  await vscode.commands.executeCommand('notebook.selectKernel', { id: 'foundling.hunt', extension: 'foundling.foundling' });
  return notebook;
}

async function run(notebook: vscode.NotebookDocument, index: number): Promise<vscode.NotebookCell> {
  const before = notebook.cellAt(index).executionSummary?.executionOrder;
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges: [{ start: index, end: index + 1 }], document: notebook.uri });
  await eventually('the cell ended', () => {
    const summary = notebook.cellAt(index).executionSummary;
    return summary?.timing !== undefined && summary.executionOrder !== before && notebook.cellAt(index).outputs.length > 0;
  });
  return notebook.cellAt(index);
}

const itemOf = (cell: vscode.NotebookCell, mime: string): string | undefined => {
  const item = cell.outputs.flatMap((output) => output.items).find((each) => each.mime === mime);
  return item && new TextDecoder().decode(item.data);
};
const errorOf = (cell: vscode.NotebookCell): string =>
  (JSON.parse(itemOf(cell, 'application/vnd.code.notebook.error') ?? '{}') as { message?: string }).message ?? '';

describe('a hunt notebook', () => {
  afterEach(closeAll);

  it('opens its Markdown as cells, and an edit changes the edited cell alone', async () => {
    const text = '---\ntitle: odd\n---\n\n\n#  Odd   \n~~~hunt\nprocesses where true\n~~~\ntail   \n\n\n\n```python\nx\n```';
    const notebook = await openNotebook('odd.hunt.md', text);
    assert.deepEqual(
      notebook.getCells().map((cell) => [cell.document.languageId, cell.document.getText()]),
      [
        ['markdown', '#  Odd   '],
        ['hunt', 'processes where true'],
        ['markdown', 'tail   '],
        ['markdown', '```python\nx\n```'],
      ],
    );
    const edit = new vscode.WorkspaceEdit();
    edit.replace(notebook.cellAt(1).document.uri, new vscode.Range(0, 0, 0, 9), 'exec');
    await vscode.workspace.applyEdit(edit);
    assert.ok(await notebook.save());
    assert.equal(await textOf(notebook.uri), text.replace('processes where', 'exec where'));
  });

  it('keeps a byte order mark, CRLF and bytes that are not UTF-8 when another cell is edited', async () => {
    const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
    const cases: readonly (readonly [string, number[]])[] = [
      ['mark.hunt.md', bytes('\uFEFF# One\r\n\r\n```hunt\r\nold\r\n```\r\n\u00e4\r\n')],
      ['latin1.hunt.md', [...bytes('# One '), 0xe4, 0xff, ...bytes('\n\n```hunt\nold\n```\n'), 0x80]],
    ];
    for (const [name, before] of cases) {
      const uri = workspaceFile(name);
      await vscode.workspace.fs.writeFile(uri, Uint8Array.from(before));
      const notebook = await vscode.workspace.openNotebookDocument(uri);
      await vscode.window.showNotebookDocument(notebook);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(notebook.cellAt(1).document.uri, new vscode.Range(0, 0, 0, 3), 'new');
      await vscode.workspace.applyEdit(edit);
      assert.ok(await notebook.save());
      const at = Buffer.from(before).indexOf('old');
      assert.deepEqual([...(await vscode.workspace.fs.readFile(uri))], [...before.slice(0, at), ...bytes('new'), ...before.slice(at + 3)], name);
    }
  });

  it('runs a hunt on the evidence that its front matter names: a table, and the same as text', async () => {
    const notebook = await openNotebook(
      'table.hunt.md',
      '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexec where process.name != null | head 5\n```\n',
    );
    const cell = await run(notebook, 0);
    assert.equal(errorOf(cell), '');
    assert.equal(cell.executionSummary?.success, true);
    const result = JSON.parse(itemOf(cell, RESULT) ?? 'null') as { rows: unknown[]; total: number; view: string };
    assert.equal(result.view, 'table');
    assert.equal(result.rows.length, 5);
    assert.match(itemOf(cell, 'text/plain') ?? '', /\n5 rows · .*basis: .* · process\.parent as recorded$/m);
    assert.equal(notebook.isDirty, false, 'an output is no edit');
  });

  it('draws the tree of a hunt that asks for one', async () => {
    const notebook = await openNotebook(
      'tree.hunt.md',
      '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nprocesses where process.pid > 1 | head 20 | tree\n```\n',
    );
    const result = JSON.parse(itemOf(await run(notebook, 0), RESULT) ?? 'null') as { view: string; tree: unknown[] };
    assert.equal(result.view, 'tree');
    assert.ok(result.tree.length > 0, 'the tree has lines');
  });

  it('shows a mistake with its place, and the notebook goes on', async () => {
    const notebook = await openNotebook(
      'mistake.hunt.md',
      '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexec where process.nmae == "x"\n```\n\n```hunt\nexec where true\n```\n\n```sql\ndrop table event\n```\n',
    );
    const wrong = await run(notebook, 0);
    assert.equal(wrong.executionSummary?.success, false);
    assert.match(errorOf(wrong), /Line 1, column 12: .*process\.nmae/);
    assert.equal((await run(notebook, 1)).executionSummary?.success, true);
    assert.match(errorOf(await run(notebook, 2)), /only reads/);
  });

  it('says which file is missing instead of an empty result', async () => {
    const notebook = await openNotebook('gone.hunt.md', '---\nfoundling: {evidence: gone.log}\n---\n\n```hunt\nexec where true\n```\n');
    const cell = await run(notebook, 0);
    assert.equal(cell.executionSummary?.success, false);
    assert.match(errorOf(cell), /gone\.log/);
  });

  it('says that a picture is no evidence instead of an empty result', async () => {
    await vscode.workspace.fs.writeFile(workspaceFile('picture.log'), new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1]));
    const notebook = await openNotebook('picture.hunt.md', '---\nfoundling: {evidence: picture.log}\n---\n\n```hunt\nexec where true\n```\n');
    assert.match(errorOf(await run(notebook, 0)), /picture\.log: no known evidence format/);
  });

  it('runs SQL on a copy of the store, as a table', async () => {
    const notebook = await openNotebook('sql.hunt.md', '---\nfoundling: {evidence: audit.log}\n---\n\n```sql\nSELECT action, count(*) AS n FROM events GROUP BY action ORDER BY n DESC\n```\n');
    const cell = await run(notebook, 0);
    assert.equal(errorOf(cell), '');
    const result = JSON.parse(itemOf(cell, RESULT) ?? 'null') as { language: string; columns: { name: string }[]; rows: [string, number][] };
    assert.deepEqual([result.language, result.columns.map(({ name }) => name)], ['sql', ['action', 'n']]);
    const hunted = await openNotebook('counted.hunt.md', '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexit where true | count\n```\n');
    const counted = JSON.parse(itemOf(await run(hunted, 0), RESULT) ?? 'null') as { rows: [number][] };
    assert.equal(new Map(result.rows).get('exit'), counted.rows[0]?.[0]);
  });

  it('a cell that waits for evidence which its notebook opens by itself can be stopped, and the opening goes on for others', async () => {
    const uri = await write('slow.hunt.md', '---\nfoundling: {evidence: slow.log}\n---\n\n```hunt\nexec where true\n```\n');
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    const { engines } = await foundling();
    const asked: (vscode.CancellationToken | undefined)[] = [];
    const open = ([resource]: readonly vscode.Uri[], { token }: { token?: vscode.CancellationToken } = {}): Promise<never> => {
      if (resource?.path.endsWith('/slow.log')) asked.push(token); // notebooks of other tests may be open still
      return new Promise<never>(() => undefined);
    };
    const log = vscode.window.createOutputChannel('slow', { log: true });
    const sets = new NotebookSets({ sets: [], onDidChange: engines.onDidChange, end: (key) => engines.end(key), open, dispose: () => undefined }, () => Promise.resolve(undefined), log);
    await eventually('the opening began', () => asked.length === 1);
    const stop = new vscode.CancellationTokenSource();
    const waiting = sets.setOf(notebook, stop.token);
    stop.cancel();
    await assert.rejects(waiting, vscode.CancellationError);
    assert.deepEqual(asked, [undefined]); // nobody cancels what it began by itself
    for (const each of [sets, stop, log]) each.dispose();
  });

  it('ends an endless SQL statement when it is cancelled', async () => {
    const notebook = await openNotebook('endless.hunt.md', '---\nfoundling: {evidence: audit.log}\n---\n\n```sql\nWITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n\n```\n');
    const running = vscode.commands.executeCommand('notebook.cell.execute', { ranges: [{ start: 0, end: 1 }], document: notebook.uri });
    await eventually('the cell began', () => notebook.cellAt(0).executionSummary?.executionOrder !== undefined);
    await vscode.commands.executeCommand('notebook.cell.cancelExecution', { ranges: [{ start: 0, end: 1 }], document: notebook.uri });
    await running;
    assert.deepEqual([notebook.cellAt(0).executionSummary?.success, errorOf(notebook.cellAt(0))], [undefined, '']);
  });

  it('takes only lineage of the basis that a cell asks for, writes it into the fence, and runs it again', async () => {
    const text = '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt parents=created\nprocesses where process.creator.pid != null\n```\n';
    const notebook = await openNotebook('basis.hunt.md', text);
    const totalOf = (cell: vscode.NotebookCell): number => (JSON.parse(itemOf(cell, RESULT) ?? 'null') as { total: number }).total;
    const any = await run(notebook, 0);
    const [order, all] = [any.executionSummary?.executionOrder ?? 0, totalOf(any)];
    await vscode.commands.executeCommand('foundling.chooseBasis', notebook.cellAt(0), 'observed');
    await eventually('the cell ran again', () => (notebook.cellAt(0).executionSummary?.executionOrder ?? 0) > order && itemOf(notebook.cellAt(0), 'text/plain')?.includes('no record states') === true);
    assert.ok(totalOf(notebook.cellAt(0)) < all, `${totalOf(notebook.cellAt(0))} of ${all} are observed`);
    await notebook.save();
    assert.equal(await textOf(notebook.uri), text.replace('parents=created', 'parents=created basis=observed'));
  });

  it('switches the parent view of a cell in its fence, and runs it again', async () => {
    const text = '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexec where true | head 1\n```\n\nStays   \n';
    const notebook = await openNotebook('parents.hunt.md', text);
    const order = (await run(notebook, 0)).executionSummary?.executionOrder ?? 0;
    await vscode.commands.executeCommand('foundling.chooseParents', notebook.cellAt(0), 'created');
    await eventually(
      'the cell ran again',
      () =>
        (notebook.cellAt(0).executionSummary?.executionOrder ?? 0) > order &&
        itemOf(notebook.cellAt(0), 'text/plain')?.includes('process.parent as created') === true,
    );
    await notebook.save();
    assert.equal(await textOf(notebook.uri), text.replace('```hunt\n', '```hunt parents=created\n'));
  });

  it('runs a hunt by its own command, which asks for no trust', async () => {
    const notebook = await vscode.workspace.openNotebookDocument(
      await write('own.hunt.md', '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexec where true | head 1\n```\n'),
    );
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('foundling.runHunt', notebook.cellAt(0));
    assert.equal(errorOf(notebook.cellAt(0)), '');
    assert.ok(itemOf(notebook.cellAt(0), RESULT));
  });

  it('asks for evidence where none is named, and writes the answer into the front matter', async () => {
    const notebook = await openNotebook('asks.hunt.md', '# Asks\n\n```hunt\nexec where true | head 1\n```\n');
    const running = vscode.commands.executeCommand('notebook.cell.execute', { ranges: [{ start: 1, end: 2 }], document: notebook.uri });
    await eventually('the answer was taken', async () => {
      if (notebook.cellAt(1).outputs.length > 0) return true;
      // The question needs a moment to be drawn; accepting nothing does nothing.
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return false;
    });
    await running;
    assert.equal(errorOf(notebook.cellAt(1)), '');
    await notebook.save();
    assert.match(await textOf(notebook.uri), /^---\nfoundling:\n  (evidence|case): \S+\n---\n\n# Asks\n\n```hunt\n/);
  });

  it('finds the nearest case by itself', async () => {
    await vscode.workspace.fs.createDirectory(workspaceFile('case/notes'));
    await vscode.workspace.fs.copy(evidenceFile(), workspaceFile('case/audit.log'), { overwrite: true });
    await write('case/case.foundling.json', JSON.stringify({ version: 1, title: 'The nearest', hosts: [], evidence: [{ id: 'a', path: 'audit.log' }] }));
    const notebook = await openNotebook('case/notes/near.hunt.md', '```hunt\nexec where true | head 1\n```\n');
    const result = JSON.parse(itemOf(await run(notebook, 0), RESULT) ?? 'null') as { evidence: string };
    assert.equal(result.evidence, 'The nearest');
  });
});
