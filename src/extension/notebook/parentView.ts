import * as vscode from 'vscode';
import { CELL_PARENTS, type CellParents } from '../../case/index.js';
import { COMMAND, LANGUAGE, NOTEBOOK } from '../ids.js';
import { parentsOf, type HuntController } from './controller.js';
import type { NotebookSets } from './notebookSets.js';
import { cellMetadata } from './serializer.js';

const MEANS: Readonly<Record<CellParents, () => string>> = {
  recorded: () => vscode.l10n.t('as the hunt is written: process.parent is whom the kernel showed'),
  created: () => vscode.l10n.t('process.parent is read as who created the process'),
  difference: () => vscode.l10n.t('only what the created tree gives: what a rule misses because a tree was broken'),
};

/**
 * Shows the parent view below each hunt cell, and in a restricted workspace a way to run it: VS Code's own button asks there to trust the folder first,
 * since the cells of other notebooks are programs. A hunt is a question to evidence that runs nothing.
 */
export function cellStatus(sets: NotebookSets): vscode.NotebookCellStatusBarItemProvider & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire());
  return {
    onDidChangeCellStatusBarItems: changed.event,
    dispose() {
      trusted.dispose();
      changed.dispose();
    },
    provideCellStatusBarItems(cell) {
      if (cell.document.languageId !== LANGUAGE) return [];
      const items: vscode.NotebookCellStatusBarItem[] = [];
      if (!vscode.workspace.isTrusted) {
        const run = new vscode.NotebookCellStatusBarItem(`$(play) ${vscode.l10n.t('Run Hunt')}`, vscode.NotebookCellStatusBarAlignment.Left);
        run.tooltip = vscode.l10n.t('Runs this hunt without trusting the folder: it only asks the evidence.');
        run.command = { command: COMMAND.runHunt, title: vscode.l10n.t('Run Hunt'), arguments: [cell] };
        items.push(run);
      }
      const parents = shownParents(cell, sets);
      if (parents === undefined) return items;
      const item = new vscode.NotebookCellStatusBarItem(
        `$(type-hierarchy) ${vscode.l10n.t('Parents: {0}', parents)}`,
        vscode.NotebookCellStatusBarAlignment.Right,
      );
      item.tooltip = vscode.l10n.t('{0}. Click to switch.', MEANS[parents]());
      item.command = { command: COMMAND.chooseParents, title: vscode.l10n.t('Choose the Parent View'), arguments: [cell] };
      item.accessibilityInformation = { label: vscode.l10n.t('Parent view: {0}', parents), role: 'button' };
      return [...items, item];
    },
  };
}

/**
 * Asks for a cell's parent view (or takes the one given), writes it into the fence, and runs the cell again if it was run before: the question is
 * "and what does the other tree say?".
 */
export async function chooseParents(sets: NotebookSets, controller: HuntController, given: unknown, parents?: CellParents): Promise<void> {
  const cell = cellOf(given);
  if (!cell || cell.document.languageId !== LANGUAGE) return;
  const items = CELL_PARENTS.map((each) => ({ label: each, description: MEANS[each](), picked: each === shownParents(cell, sets), each }));
  const chosen = parents ?? (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which parents does this hunt follow?') }))?.each;
  if (!chosen) return;
  const edit = new vscode.WorkspaceEdit();
  edit.set(cell.notebook.uri, [vscode.NotebookEdit.updateCellMetadata(cell.index, { ...cellMetadata(cell.metadata), parents: chosen })]);
  await vscode.workspace.applyEdit(edit);
  if (cell.outputs.length > 0) await controller.run([cell]);
}

/** Runs a cell (or the selected one) without VS Code's question whether the folder is trusted. */
export async function runHunt(controller: HuntController, kernel: { readonly id: string; readonly extension: string }, given: unknown): Promise<void> {
  const cell = cellOf(given);
  if (!cell || cell.document.languageId !== LANGUAGE) return;
  if (!controller.serves(cell.notebook)) await vscode.commands.executeCommand('notebook.selectKernel', kernel);
  await controller.run([cell]);
}

/** A mistake in the front matter is told when a cell runs, not by a status bar that cannot say it. */
function shownParents(cell: vscode.NotebookCell, sets: NotebookSets): CellParents | undefined {
  try {
    return parentsOf(cell, sets) ?? 'recorded';
  } catch {
    return cellMetadata(cell.metadata).parents;
  }
}

/** The cell that a status bar item names, or the selected one of the active notebook for the palette. */
function cellOf(given: unknown): vscode.NotebookCell | undefined {
  if (typeof given === 'object' && given !== null && 'notebook' in given) return given as vscode.NotebookCell; // only our own status bar item passes it
  const editor = vscode.window.activeNotebookEditor;
  return editor?.notebook.notebookType === NOTEBOOK ? editor.notebook.cellAt(editor.selection.start) : undefined;
}
