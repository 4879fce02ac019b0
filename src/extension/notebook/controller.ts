import * as vscode from 'vscode';
import { MOST_PLOTTED, outputOf, type About, type HuntParents } from '../../../webview/shared/result.js';
import { resultText } from '../../../webview/shared/resultText.js';
import type { Diagnostic, Engine, HuntAsk, HuntResult, Summary } from '../../engine/requests.js';
import { abortOf } from '../cancellation.js';
import { textsBefore } from '../caseHunts.js';
import { CONTROLLER, LANGUAGE, NOTEBOOK, RESULT_MIME, SETTING } from '../ids.js';
import { isCancellation, messageOf, type Log } from '../log.js';
import type { NotebookSets } from './notebookSets.js';
import { cellMetadata } from './serializer.js';

/** Runs cells on their notebook's evidence, one after the other. */
export interface HuntController extends vscode.Disposable {
  run(cells: readonly vscode.NotebookCell[]): Promise<void>;
  /** Whether the notebook has this kernel: VS Code lets a controller write into no other. */
  serves(notebook: vscode.NotebookDocument): boolean;
}

export function createHuntController(sets: NotebookSets, log: Log): HuntController {
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
        ended = await runCell(execution, cell.notebook, sets);
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

/** The parent view of a cell: its own, else the notebook's; undefined: the hunt runs as it is written, which reads `process.parent` as recorded. */
export function parentsOf(cell: vscode.NotebookCell, sets: NotebookSets): HuntParents | undefined {
  return cellMetadata(cell.metadata).parents ?? sets.settings(cell.notebook).parents;
}

async function runCell(execution: vscode.NotebookCellExecution, notebook: vscode.NotebookDocument, sets: NotebookSets): Promise<boolean> {
  await execution.clearOutput();
  const { cell } = execution;
  if (cell.document.languageId !== LANGUAGE) {
    const says = vscode.l10n.t('SQL cells are kept in the notebook, but Foundling does not run them. Write it as a hunt; explain shows its SQL.');
    await execution.replaceOutput(failure('', says));
    return false;
  }
  const parents = parentsOf(cell, sets);
  const abort = abortOf(execution.token);
  try {
    const set = await sets.setOf(notebook, execution.token);
    const nothing = whyNothingWasRead(set.summary);
    if (nothing !== undefined) throw new Error(nothing || vscode.l10n.t('{0} holds no evidence.', set.title));
    const limit = vscode.workspace.getConfiguration(undefined, notebook.uri).get(SETTING.outputRows, 200);
    const text = cell.document.getText();
    const before = await textsBefore(cell);
    const result = await huntToShow(set.engine, { text, before, ...(parents ? { parents } : {}) }, limit, abort.signal);
    const mistake = result.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    await execution.replaceOutput(
      mistake
        ? failure(mistake.code, placed(mistake, cell.document))
        : shown(result, { set: set.key, evidence: set.title, text, parents, summary: set.summary, before, cell: cell.document.uri.toString(), rows: limit }),
    );
    return mistake === undefined;
  } finally {
    abort.dispose();
  }
}

/** Runs a hunt for so many rows; of a timeline or chart, whose picture is of all of them, for as many as can be drawn. */
export async function huntToShow(engine: Engine, ask: Omit<HuntAsk, 'limit'>, rows: number, signal?: AbortSignal): Promise<HuntResult> {
  const options = signal ? { signal } : {};
  const result = await engine.ask('hunt', { ...ask, limit: rows }, options);
  const isPlot = result.view === 'timeline' || result.view === 'chart';
  return isPlot && result.truncated ? engine.ask('hunt', { ...ask, limit: MOST_PLOTTED }, options) : result;
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

function shown(result: HuntResult, about: About): vscode.NotebookCellOutput {
  const output = outputOf(result, about);
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(output, RESULT_MIME),
    vscode.NotebookCellOutputItem.text(resultText(output), 'text/plain'),
  ]);
}

function failure(name: string, message: string): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error({ name, message })]);
}

function placed(diagnostic: Diagnostic, document: vscode.TextDocument): string {
  const { line, character } = document.positionAt(diagnostic.from);
  return vscode.l10n.t('Line {0}, column {1}: {2}', line + 1, character + 1, diagnostic.message);
}
