import * as vscode from 'vscode';
import type { Engines, KnownSet } from './engines.js';
import { editorResource } from './evidenceView.js';
import { COMMAND, type CommandId } from './ids.js';
import { showFailure, type Log } from './log.js';
import type { TreeEditor } from './treeEditor/index.js';
import { makeCase, makeCaseIn } from './verdicts.js';

/** Commands of triage that belong to no page: showing a finding's process, making a case. */
export function registerTriage(context: vscode.ExtensionContext, engines: Engines, tree: TreeEditor, log: Log): void {
  const register = (id: CommandId, run: (...args: unknown[]) => Promise<unknown>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(id, (...args: unknown[]) => run(...args).catch((error: unknown) => showFailure(log, error))));
  };
  const known = (key: unknown): KnownSet | undefined => engines.sets.find((set) => set.key === key);
  register(COMMAND.showProcess, async (key, process) => {
    const set = known(key);
    if (set && typeof process === 'number') await tree.show(editorResource(set), set.key, process);
  });
  register(COMMAND.makeCase, async (key, folder) => {
    const set = known(key) ?? engines.sets.find(({ caseFolder }) => caseFolder === undefined);
    if (!set) throw new Error(vscode.l10n.t('Open evidence first: a case is made of what is open and is in none yet.'));
    return folder instanceof vscode.Uri ? makeCaseIn(folder, set) : makeCase(set);
  });
}
