import * as vscode from 'vscode';
import type { ResultOutput } from '../../../webview/shared/result.js';
import { resultText } from '../../../webview/shared/resultText.js';
import type { Diagnostic, Summary } from '../../engine/requests.js';
import { abortOf } from '../cancellation.js';
import { textsBefore } from '../caseHunts.js';
import { CONTROLLER, LANGUAGE, NOTEBOOK, RESULT_MIME, SETTING } from '../ids.js';
import { isCancellation, messageOf, type Log } from '../log.js';
import { plain } from '../plain.js';
import { askCell, type RunSql } from './askCell.js';
import { settingsFor } from './cellSettings.js';
import type { NotebookSets } from './notebookSets.js';

/** Runs cells on their notebook's evidence, one after the other. */
export interface HuntController extends vscode.Disposable {
  run(cells: readonly vscode.NotebookCell[]): Promise<void>;
  /** Whether the notebook has this kernel: VS Code lets a controller write into no other. */
  serves(notebook: vscode.NotebookDocument): boolean;
}

export function createHuntController(sets: NotebookSets, runSql: RunSql, log: Log): HuntController {
  const controller = vscode.notebooks.createNotebookController(CONTROLLER, NOTEBOOK, 'Foundling');
  controller.supportedLanguages = [LANGUAGE, 'sql'];
  controller.supportsExecutionOrder = true;
  const served = new WeakSet<vscode.NotebookDocument>();
  const selecting = controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => void (selected ? served.add(notebook) : served.delete(notebook)));
  let order = 0;

  async function run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      execution.executionOrder = ++order;
      execution.start(Date.now());
      let ended: boolean | undefined = false;
      try {
        ended = await runCell(execution, cell.notebook, sets, runSql);
      } catch (error) {
        if (isCancellation(error)) ended = undefined;
        else {
          log.error(`${cell.notebook.uri.path}, cell ${cell.index + 1}: ${messageOf(error)}`);
          await execution.replaceOutput(failure('', messageOf(error)));
        }
      } finally {
        execution.end(ended, Date.now());
      }
      if (ended === undefined) return; // cancelled: the cells behind it were asked for in the same breath
    }
  }

  controller.executeHandler = run;
  return {
    run,
    serves: (notebook) => served.has(notebook),
    dispose() {
      selecting.dispose();
      controller.dispose();
    },
  };
}

async function runCell(execution: vscode.NotebookCellExecution, notebook: vscode.NotebookDocument, sets: NotebookSets, runSql: RunSql): Promise<boolean> {
  await execution.clearOutput();
  const { cell } = execution;
  const { parents, basis } = settingsFor(cell, sets);
  const isHunt = cell.document.languageId === LANGUAGE;
  const abort = abortOf(execution.token);
  try {
    const set = await sets.setOf(notebook, execution.token);
    const nothing = whyNothingWasRead(set.summary);
    if (nothing !== undefined) throw new Error(nothing || vscode.l10n.t('{0} holds no evidence.', set.title));
    const limit = vscode.workspace.getConfiguration(undefined, notebook.uri).get(SETTING.outputRows, 200);
    const asked = isHunt ? { before: await textsBefore(cell), ...(parents ? { parents } : {}), ...(basis ? { atLeast: basis } : {}) } : { language: 'sql' as const };
    const answered = await askCell(set, { text: cell.document.getText(), ...asked }, limit, runSql, { cell: cell.document.uri.toString(), signal: abort.signal });
    await execution.replaceOutput('mistake' in answered ? failure(answered.mistake.code, placed(answered.mistake, cell.document)) : shown(answered.output));
    return !('mistake' in answered);
  } finally {
    abort.dispose();
  }
}

/** Why no row could come from a set: an empty result would look like a clean one. undefined: something was read. */
function whyNothingWasRead({ evidence }: Summary): string | undefined {
  if (evidence.some((entry) => entry.error === undefined && entry.format !== 'unknown')) return undefined;
  if (evidence.length === 0) return vscode.l10n.t('No files were found in this evidence.');
  return evidence
    .map(({ file, error, accounting }) => {
      if (error !== undefined) return error;
      return accounting.bytes === 0 ? vscode.l10n.t('{0}: the file is empty', file) : vscode.l10n.t('{0}: no known evidence format', file);
    })
    .join('\n');
}

function shown(output: ResultOutput): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(output, RESULT_MIME),
    vscode.NotebookCellOutputItem.text(resultText(output), 'text/plain'),
  ]);
}

function failure(name: string, message: string): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error({ name, message: message.split('\n').map(plain).join('\n') })]);
}

function placed(diagnostic: Diagnostic, document: vscode.TextDocument): string {
  const { line, character } = document.positionAt(diagnostic.from);
  return vscode.l10n.t('Line {0}, column {1}: {2}', line + 1, character + 1, diagnostic.message);
}
