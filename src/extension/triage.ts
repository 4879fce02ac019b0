import * as vscode from 'vscode';
import type { ProcessAct } from '../../webview/shared/protocol.js';
import { chooseSet } from './chooseSet.js';
import type { Engines, KnownSet } from './engines.js';
import { editorResource } from './evidenceView.js';
import type { FindingNode } from './findingsView.js';
import { COMMAND, type CommandId } from './ids.js';
import { addIntel, exportDetection, learnBaseline, writeReport } from './leaving.js';
import { showFailure, type Log } from './log.js';
import { actOnProcess } from './processActs.js';
import type { TreeEditor } from './treeEditor/index.js';
import { type Decided, makeCase, makeCaseIn } from './verdicts.js';

/** An act on a process, with what follows from a verdict. */
export type ActOnProcess = (set: KnownSet, act: ProcessAct, process: number, note: string) => Promise<Decided | undefined>;

const FINDING_ACTS: readonly (readonly [CommandId, ProcessAct])[] = [
  [COMMAND.findingTicket, 'copyForTicket'],
  [COMMAND.findingIndicators, 'copyIndicators'],
  [COMMAND.findingVerdict, 'giveVerdict'],
  [COMMAND.findingEscalate, 'escalate'],
];

/** {@link actOnProcess}, after which every view that shows the process says the verdict. */
export function actingOn(written: (set: KnownSet, process: number) => void): ActOnProcess {
  return async (set, act, process, note) => {
    const done = await actOnProcess(set, act, process, note);
    if (done?.isWritten) written(set, process);
    return done;
  };
}

/** Commands of triage that belong to no page: a finding's process, a case, a report, a detection. */
export function registerTriage(context: vscode.ExtensionContext, engines: Engines, tree: TreeEditor, act: ActOnProcess, log: Log): void {
  const register = (id: CommandId, run: (...args: unknown[]) => Promise<unknown>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(id, (...args: unknown[]) => run(...args).catch((error: unknown) => showFailure(log, error))));
  };
  const known = (key: unknown): KnownSet | undefined => engines.sets.find((set) => set.key === key);
  const onSet = (id: CommandId, placeHolder: string, run: (set: KnownSet) => Promise<void>): void =>
    register(id, async () => {
      const set = await chooseSet(engines, placeHolder, tree.activeKey);
      if (set) await run(set);
      else if (engines.sets.length === 0) throw new Error(vscode.l10n.t('Open evidence first.'));
    });
  register(COMMAND.showProcess, async (key, process) => {
    const set = known(key);
    if (set && typeof process === 'number') await tree.show(editorResource(set), set.key, process);
  });
  register(COMMAND.makeCase, async (key, folder) => {
    const set = known(key) ?? engines.sets.find(({ caseFolder }) => caseFolder === undefined);
    if (!set) throw new Error(vscode.l10n.t('Open evidence first: a case is made of what is open and is in none yet.'));
    return folder instanceof vscode.Uri ? makeCaseIn(folder, set) : makeCase(set);
  });
  onSet(COMMAND.writeReport, vscode.l10n.t('On which evidence?'), writeReport);
  onSet(COMMAND.addIntel, vscode.l10n.t('To which evidence?'), addIntel);
  onSet(COMMAND.learnBaseline, vscode.l10n.t('From which evidence, taken for good?'), learnBaseline);
  register(COMMAND.exportDetection, () => exportDetection(undefined));
  for (const [id, what] of FINDING_ACTS) {
    register(id, async (node) => {
      if (!isProcessNode(node)) return;
      const done = await act(node.set, what, node.row.process, '');
      if (done) vscode.window.setStatusBarMessage(done.says, STATUS_MS);
    });
  }
  register(COMMAND.findingDetection, async (node) => {
    if (isProcessNode(node)) await exportDetection(node.row.findings.map(({ kind }) => kind));
  });
}

const STATUS_MS = 5000;

function isProcessNode(given: unknown): given is Extract<FindingNode, { kind: 'process' }> {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'process' && 'row' in given;
}
