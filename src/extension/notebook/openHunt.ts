import * as vscode from 'vscode';
import { withSettings } from '../../case/index.js';
import type { KnownSet } from '../engines.js';
import { COMMAND, NOTEBOOK } from '../ids.js';
import type { NotebookSets } from './notebookSets.js';

/** Runs a hunt in a notebook of the set beside the editor: as one more cell where such a notebook is in sight, else in a new one. */
export async function openHunt(sets: NotebookSets, set: KnownSet, text: string): Promise<void> {
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'hunt');
  const open = vscode.window.visibleNotebookEditors.find(({ notebook }) => sets.sets.some((each) => each.notebook === notebook && each.set.key === set.key));
  if (open) {
    const at = open.notebook.cellCount;
    const edit = new vscode.WorkspaceEdit();
    edit.set(open.notebook.uri, [vscode.NotebookEdit.insertCells(at, [cell])]);
    await vscode.workspace.applyEdit(edit);
    open.selections = [new vscode.NotebookRange(at, at + 1)];
    open.revealRange(new vscode.NotebookRange(at, at + 1));
    await vscode.commands.executeCommand(COMMAND.runHunt, open.notebook.cellAt(at));
    return;
  }
  const data = new vscode.NotebookData([cell]);
  const head = withSettings('', set.caseFolder ? { case: set.caseFolder.path } : { evidence: set.sources.map(({ path }) => path) });
  data.metadata = { head, eol: '\n' };
  const notebook = await vscode.workspace.openNotebookDocument(NOTEBOOK, data);
  const { viewColumn } = await vscode.window.showNotebookDocument(notebook, { viewColumn: vscode.ViewColumn.Beside });
  // VS Code opens what is unsaved and not yet shown by itself, in the tree's group: once is enough.
  const twins = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input, group }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === notebook.uri.toString() && group.viewColumn !== viewColumn);
  await vscode.window.tabGroups.close(twins, true);
  await vscode.commands.executeCommand(COMMAND.runHunt, notebook.cellAt(0));
}
