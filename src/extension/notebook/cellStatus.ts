import * as vscode from 'vscode';
import type { CellParents } from '../../case/index.js';
import type { Basis } from '../../model/index.js';
import { COMMAND, LANGUAGE, NOTEBOOK } from '../ids.js';
import { type CellSettings, settingsFor } from './cellSettings.js';
import type { HuntController } from './controller.js';
import type { NotebookSets } from './notebookSets.js';
import { cellMetadata } from './serializer.js';

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly means: string;
}

const parentChoices = (): readonly Choice<CellParents>[] => [
  { value: 'recorded', label: vscode.l10n.t('recorded'), means: vscode.l10n.t('as the hunt is written: process.parent is whom the kernel showed') },
  { value: 'created', label: vscode.l10n.t('created'), means: vscode.l10n.t('process.parent is read as who created the process') },
  { value: 'difference', label: vscode.l10n.t('difference'), means: vscode.l10n.t('only what the created tree gives: what a rule misses because a tree was broken') },
];

const basisChoices = (): readonly Choice<Basis>[] => [
  { value: 'inferred', label: vscode.l10n.t('any'), means: vscode.l10n.t('all lineage counts, also what is inferred from traces') },
  { value: 'derived', label: vscode.l10n.t('derived or better'), means: vscode.l10n.t('lineage that is only inferred from traces counts as absent') },
  { value: 'observed', label: vscode.l10n.t('observed only'), means: vscode.l10n.t('only lineage that a record states counts') },
];

/**
 * Shows the settings below each hunt cell, and in a restricted workspace a way to run it: VS Code's own button asks there to trust the folder first,
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
      if (cell.kind !== vscode.NotebookCellKind.Code) return [];
      const run = vscode.workspace.isTrusted ? [] : [runItem(cell)];
      if (cell.document.languageId !== LANGUAGE) return run;
      const { parents, basis } = shownSettings(cell, sets);
      return [
        ...run,
        item(cell, COMMAND.chooseParents, '$(type-hierarchy)', (label) => vscode.l10n.t('Parents: {0}', label), chosen(parentChoices(), parents)),
        item(cell, COMMAND.chooseBasis, '$(verified)', (label) => vscode.l10n.t('Basis: {0}', label), chosen(basisChoices(), basis)),
      ];
    },
  };
}

/** Asks for a cell's parent view (or takes the one given) and runs the cell again if it was run before: the question is "and what does the other tree say?". */
export async function chooseParents(sets: NotebookSets, controller: HuntController, given: unknown, value: unknown): Promise<void> {
  await choose(controller, given, value, parentChoices(), vscode.l10n.t('Which parents does this hunt follow?'), (cell) => shownSettings(cell, sets).parents, (parents) => ({ parents }));
}

/** Asks for the weakest basis that a cell's hunt takes, as {@link chooseParents} does. */
export async function chooseBasis(sets: NotebookSets, controller: HuntController, given: unknown, value: unknown): Promise<void> {
  await choose(controller, given, value, basisChoices(), vscode.l10n.t('How well must lineage be known to count in this hunt?'), (cell) => shownSettings(cell, sets).basis, (basis) => ({ basis }));
}

/** Runs a cell (or the selected one) without VS Code's question whether the folder is trusted. */
export async function runHunt(controller: HuntController, kernel: { readonly id: string; readonly extension: string }, given: unknown): Promise<void> {
  const cell = cellOf(given);
  if (cell?.kind !== vscode.NotebookCellKind.Code) return;
  if (!controller.serves(cell.notebook)) await vscode.commands.executeCommand('notebook.selectKernel', kernel);
  await controller.run([cell]);
}

async function choose<Value extends string>(
  controller: HuntController,
  given: unknown,
  value: unknown,
  choices: readonly Choice<Value>[],
  question: string,
  now: (cell: vscode.NotebookCell) => Value,
  setting: (value: Value) => CellSettings,
): Promise<void> {
  const cell = cellOf(given);
  if (!cell || cell.document.languageId !== LANGUAGE) return;
  const items = choices.map((choice) => ({ label: choice.label, description: choice.means, picked: choice.value === now(cell), choice }));
  const picked = choices.find((choice) => choice.value === value) ?? (await vscode.window.showQuickPick(items, { placeHolder: question }))?.choice;
  if (!picked) return;
  const edit = new vscode.WorkspaceEdit();
  edit.set(cell.notebook.uri, [vscode.NotebookEdit.updateCellMetadata(cell.index, { ...cellMetadata(cell.metadata), ...setting(picked.value) })]);
  await vscode.workspace.applyEdit(edit);
  if (cell.outputs.length > 0) await controller.run([cell]);
}

function chosen<Value extends string>(choices: readonly Choice<Value>[], value: Value): Choice<Value> {
  return choices.find((choice) => choice.value === value)!; // each value is one of the choices
}

function item(cell: vscode.NotebookCell, command: string, icon: string, words: (label: string) => string, { label, means }: Choice<string>): vscode.NotebookCellStatusBarItem {
  const made = new vscode.NotebookCellStatusBarItem(`${icon} ${words(label)}`, vscode.NotebookCellStatusBarAlignment.Right);
  made.tooltip = vscode.l10n.t('{0}. Click to switch.', means);
  made.command = { command, title: words(label), arguments: [cell] };
  made.accessibilityInformation = { label: words(label), role: 'button' };
  return made;
}

function runItem(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem {
  const run = new vscode.NotebookCellStatusBarItem(`$(play) ${vscode.l10n.t('Run Hunt')}`, vscode.NotebookCellStatusBarAlignment.Left);
  run.tooltip = vscode.l10n.t('Runs this cell without trusting the folder: it only asks the evidence.');
  run.command = { command: COMMAND.runHunt, title: vscode.l10n.t('Run Hunt'), arguments: [cell] };
  return run;
}

/** With what holds where nothing is said. A mistake in the front matter is told when a cell runs, not by a status bar that cannot say it. */
function shownSettings(cell: vscode.NotebookCell, sets: NotebookSets): Required<CellSettings> {
  const standard = { parents: 'recorded', basis: 'inferred' } as const;
  try {
    return { ...standard, ...settingsFor(cell, sets) };
  } catch {
    const { parents = standard.parents, basis = standard.basis } = cellMetadata(cell.metadata);
    return { parents, basis };
  }
}

/** The cell that a status bar item names, or the selected one of the active notebook for the palette. */
function cellOf(given: unknown): vscode.NotebookCell | undefined {
  if (typeof given === 'object' && given !== null && 'notebook' in given) return given as vscode.NotebookCell; // only our own status bar item passes it
  const editor = vscode.window.activeNotebookEditor;
  return editor?.notebook.notebookType === NOTEBOOK ? editor.notebook.cellAt(editor.selection.start) : undefined;
}
