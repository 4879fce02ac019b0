import * as vscode from 'vscode';
import { messageFromRenderer, MOST_ROWS, undecidedText, type ToRenderer } from '../../../webview/shared/result.js';
import type { Engines } from '../engines.js';
import { editorResource } from '../evidenceView.js';
import { COMMAND, CONTROLLER, NOTEBOOK, RENDERER } from '../ids.js';
import { messageOf, showFailure, type Log } from '../log.js';
import { plain } from '../plain.js';
import { actOnProcess } from '../processActs.js';
import type { TreeEditor } from '../treeEditor/index.js';
import { askForEvidenceWith } from './askForEvidence.js';
import { askCell, sqlRunner, type RunSql } from './askCell.js';
import { cellStatus, chooseBasis, chooseParents, runHunt } from './cellStatus.js';
import { createHuntController } from './controller.js';
import { NotebookSets } from './notebookSets.js';
import { pinResult, type Pinned } from './pin.js';
import { notebookSerializer } from './serializer.js';
import { sqlCompletion } from './sqlCompletion.js';

export type { NotebookSets } from './notebookSets.js';

/** Notebooks `*.hunt.md`: the file as cells, running them, their results, the parent view and basis of each. */
export function registerNotebook(context: vscode.ExtensionContext, engines: Engines, tree: TreeEditor, log: Log): NotebookSets {
  const sets = new NotebookSets(engines, askForEvidenceWith(engines), log);
  const runSql = sqlRunner(context);
  const controller = createHuntController(sets, runSql, log);
  const status = cellStatus(sets);
  const kernel = { id: CONTROLLER, extension: context.extension.id };
  const { version }: { version?: unknown } = context.extension.packageJSON as Readonly<Record<string, unknown>>; // our own manifest
  const messaging = vscode.notebooks.createRendererMessaging(RENDERER);
  context.subscriptions.push(
    sets,
    vscode.workspace.registerNotebookSerializer(NOTEBOOK, notebookSerializer, { transientOutputs: true }),
    controller,
    status,
    sqlCompletion(),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK, status),
    messaging.onDidReceiveMessage(({ editor, message }) => {
      answerRenderer(message, engines, tree, runSql, (answer) => messaging.postMessage(answer, editor), (pinned) => pinResult(editor.notebook, pinned, engines, runSql, version)).catch((error: unknown) => showFailure(log, error));
    }),
    vscode.commands.registerCommand(COMMAND.chooseParents, (cell: unknown, parents: unknown) =>
      chooseParents(sets, controller, cell, parents).catch((error: unknown) => showFailure(log, error)),
    ),
    vscode.commands.registerCommand(COMMAND.chooseBasis, (cell: unknown, basis: unknown) =>
      chooseBasis(sets, controller, cell, basis).catch((error: unknown) => showFailure(log, error)),
    ),
    vscode.commands.registerCommand(COMMAND.runHunt, (cell: unknown) => runHunt(controller, kernel, cell).catch((error: unknown) => showFailure(log, error))),
    vscode.commands.registerCommand(COMMAND.chooseEvidence, () => {
      const notebook = vscode.window.activeNotebookEditor?.notebook;
      return notebook && sets.choose(notebook).catch((error: unknown) => showFailure(log, error));
    }),
  );
  return sets;
}

/** How long the status bar says what was copied. */
const SAID_MS = 5_000;

async function answerRenderer(message: unknown, engines: Engines, tree: TreeEditor, runSql: RunSql, answer: (message: ToRenderer) => Thenable<unknown>, pin: (pinned: Pinned) => Promise<void>): Promise<void> {
  const asked = messageFromRenderer(message);
  if (!asked) return;
  if (asked.kind === 'copy') {
    await vscode.env.clipboard.writeText(asked.text);
    return;
  }
  if (asked.kind === 'pin') return pin(asked);
  const set = engines.sets.find((each) => each.key === asked.set);
  const closed = vscode.l10n.t('The evidence of this result is no longer open. Run the cell again.');
  if (asked.kind === 'copyProcess') {
    if (!set) throw new Error(closed);
    const done = await actOnProcess(set, asked.act, asked.process, '');
    if (done) vscode.window.setStatusBarMessage(plain(done.says), SAID_MS);
    return;
  }
  if (asked.kind === 'openProcess') {
    if (!set) throw new Error(closed);
    await tree.show(editorResource(set), set.key, asked.process);
    return;
  }
  // The page that asked shows what went wrong, where the person looks.
  const { id, ...question } = asked;
  const text = asked.undecided ? undecidedText(asked.text) : asked.text;
  if (!set) return void (await answer({ kind: 'more', id, error: closed }));
  try {
    const answered = await askCell(set, { ...question, text }, MOST_ROWS, runSql);
    await answer({ kind: 'more', id, ...('mistake' in answered ? { error: answered.mistake.message } : answered) });
  } catch (error) {
    await answer({ kind: 'more', id, error: messageOf(error) });
  }
}
