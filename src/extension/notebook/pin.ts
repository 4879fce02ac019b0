import * as vscode from 'vscode';
import { isResultOutput, questionOf, type FromRenderer, type ResultOutput } from '../../../webview/shared/result.js';
import type { Engines, KnownSet } from '../engines.js';
import { RESULT_MIME } from '../ids.js';
import { askCell, type RunSql } from './askCell.js';
import { pinText } from './pinText.js';

/** What is pinned: the result of the cell with this document, with as many rows as its page shows by now. */
export type Pinned = Pick<Extract<FromRenderer, { readonly kind: 'pin' }>, 'cell' | 'rows'>;

/** Writes the result that a cell shows below it as Markdown: outputs are not saved, a pin is. */
export async function pinResult(notebook: vscode.NotebookDocument, { cell: uri, rows }: Pinned, engines: Engines, runSql: RunSql, version: unknown): Promise<void> {
  const cell = notebook.getCells().find(({ document }) => document.uri.toString() === uri);
  const output = cell && outputIn(cell);
  if (!cell || !output) throw new Error(vscode.l10n.t('This result is no longer shown by its cell. Run the cell again.'));
  const set = engines.sets.find(({ key }) => key === output.set);
  if (!set) throw new Error(vscode.l10n.t('The evidence of this result is no longer open. Run the cell again.'));
  const { evidence } = await set.engine.ask('summary', {});
  const shown = rows > output.rows.length ? await askedAgain(set, output, rows, runSql) : output;
  const text = pinText(shown, { evidence, version: String(version), at: Date.now() * 1000 });
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(cell.index + 1, [new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, 'markdown')])]);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t('The notebook could not be written to.'));
}

/** The rows that the page asked for after the cell had run: the notebook's own output has only the first. */
async function askedAgain(set: KnownSet, output: ResultOutput, rows: number, runSql: RunSql): Promise<ResultOutput> {
  const answered = await askCell(set, questionOf(output), rows, runSql);
  if ('mistake' in answered) throw new Error(answered.mistake.message);
  return answered.output;
}

function outputIn(cell: vscode.NotebookCell): ResultOutput | undefined {
  const item = cell.outputs.flatMap(({ items }) => items).find(({ mime }) => mime === RESULT_MIME);
  const output: unknown = item && JSON.parse(new TextDecoder().decode(item.data));
  return isResultOutput(output) ? output : undefined;
}
