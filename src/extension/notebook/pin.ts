import * as vscode from 'vscode';
import { isResultOutput, type ResultOutput } from '../../../webview/shared/result.js';
import type { Engines } from '../engines.js';
import { RESULT_MIME } from '../ids.js';
import { pinText } from './pinText.js';

/** Writes the result that a cell shows below it as Markdown: outputs are not saved, a pin is. `uri`: the cell's document. */
export async function pinResult(notebook: vscode.NotebookDocument, uri: string, engines: Engines, version: unknown): Promise<void> {
  const cell = notebook.getCells().find(({ document }) => document.uri.toString() === uri);
  const output = cell && outputIn(cell);
  if (!cell || !output) throw new Error(vscode.l10n.t('This result is no longer shown by its cell. Run the cell again.'));
  const set = engines.sets.find(({ key }) => key === output.set);
  if (!set) throw new Error(vscode.l10n.t('The evidence of this result is no longer open. Run the cell again.'));
  const { evidence } = await set.engine.ask('summary', {});
  const text = pinText(output, { evidence, version: String(version), at: Date.now() * 1000 });
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(cell.index + 1, [new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, 'markdown')])]);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t('The notebook could not be written to.'));
}

function outputIn(cell: vscode.NotebookCell): ResultOutput | undefined {
  const item = cell.outputs.flatMap(({ items }) => items).find(({ mime }) => mime === RESULT_MIME);
  const output: unknown = item && JSON.parse(new TextDecoder().decode(item.data));
  return isResultOutput(output) ? output : undefined;
}
