import * as vscode from 'vscode';
import { BASES } from '../model/index.js';
import type { Finding } from '../triage/index.js';
import type { ProcessAct } from '../../webview/shared/protocol.js';
import { chooseSet } from './chooseSet.js';
import type { Engines, KnownSet } from './engines.js';
import { editorResource } from './evidenceView.js';
import type { FindingNode } from './findingsView.js';
import { COMMAND, type CommandId } from './ids.js';
import { addIntel, type Exported, exportDetection, learnBaseline, writeReport } from './leaving.js';
import { showFailure, type Log } from './log.js';
import { plain } from './plain.js';
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
  /** A key and what else is needed may be handed over, as keybindings and other extensions do; what is left out is asked. */
  const onSet = (id: CommandId, placeHolder: string, run: (set: KnownSet, given: unknown) => Promise<void>): void =>
    register(id, async (key, given) => {
      const set = known(key) ?? (await chooseSet(engines, placeHolder, tree.activeKey));
      if (set) await run(set, given);
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
  onSet(COMMAND.writeReport, vscode.l10n.t('On which evidence?'), (set, file) => writeReport(set, file instanceof vscode.Uri ? file : undefined));
  onSet(COMMAND.addIntel, vscode.l10n.t('To which evidence?'), (set, files) => addIntel(set, Array.isArray(files) ? files.filter((file) => file instanceof vscode.Uri) : undefined));
  onSet(COMMAND.learnBaseline, vscode.l10n.t('From which evidence, taken for good?'), (set) => learnBaseline(set));
  register(COMMAND.exportDetection, async (kind, language) => {
    const [{ FINDING_KINDS }, { PREVENT_LANGUAGES }] = await Promise.all([import('../triage/index.js'), import('../report/index.js')]);
    const named = FINDING_KINDS.filter((each) => each === kind);
    await exportDetection(named.length > 0 ? named.map((each) => ({ kind: each })) : undefined, PREVENT_LANGUAGES.find((each) => each === language));
  });
  for (const [id, what] of FINDING_ACTS) {
    register(id, async (given) => {
      const named = isProcessNode(given) ? { set: given.set, process: given.row.process } : rowOfResult(given, known);
      if (!named) return;
      const done = await act(named.set, what, named.process, '');
      if (done) vscode.window.setStatusBarMessage(plain(done.says), STATUS_MS);
    });
  }
  register(COMMAND.findingDetection, async (node) => {
    if (isProcessNode(node)) await exportDetection(node.row.findings.map(exported));
  });
}

const STATUS_MS = 5000;

/** The basis of a finding is the weakest of its reasons. */
function exported({ kind, reasons }: Finding): Exported {
  const rests = [...BASES].reverse().find((basis) => reasons.some((reason) => reason.basis === basis));
  return rests === undefined ? { kind } : { kind, rests };
}

/** What the context menu of a notebook's result hands over: a set that is open, and a process of it. */
function rowOfResult(given: unknown, known: (key: unknown) => KnownSet | undefined): { readonly set: KnownSet; readonly process: number } | undefined {
  if (typeof given !== 'object' || given === null || !('foundlingSet' in given) || !('foundlingProcess' in given)) return undefined;
  const set = known(given.foundlingSet);
  if (!set) throw new Error(vscode.l10n.t('The evidence of this result is no longer open. Run the cell again.'));
  return typeof given.foundlingProcess === 'number' ? { set, process: given.foundlingProcess } : undefined;
}

function isProcessNode(given: unknown): given is Extract<FindingNode, { kind: 'process' }> {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'process' && 'row' in given;
}
