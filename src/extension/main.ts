import * as vscode from 'vscode';
import { registerCommands } from './commands.js';
import { registerContent } from './content.js';
import { createEngines, type Engines, type KnownSet } from './engines.js';
import { evidenceTree } from './evidenceView.js';
import { createFindingsView } from './findingsView.js';
import { EVIDENCE_VIEW, FINDINGS_VIEW } from './ids.js';
import { registerLanguage } from './language.js';
import { createLog, showFailure, type Log } from './log.js';
import { registerNotebook, type NotebookSets } from './notebook/index.js';
import { openHunt } from './notebook/openHunt.js';
import { createProblems } from './problems.js';
import { startSharedEngine } from './startEngine.js';
import { registerTreeEditor, type TreeEditor } from './treeEditor/index.js';
import { keepNotes } from './stepNotes.js';
import { actingOn, registerTriage } from './triage.js';
import { decide } from './verdicts.js';

/** What the integration tests may look at. */
export interface FoundlingApi {
  readonly engines: Engines;
  readonly tree: TreeEditor;
}

/** Registers and returns; engine and language client are loaded when they are first needed. VS Code says nothing when this throws, so it is said here. */
export function activate(context: vscode.ExtensionContext): FoundlingApi | undefined {
  const log = createLog();
  context.subscriptions.push(log);
  try {
    return register(context, log);
  } catch (error) {
    showFailure(log, new Error(vscode.l10n.t('Foundling did not start: {0}', error instanceof Error ? error.message : String(error)), { cause: error }));
    return undefined;
  }
}

function register(context: vscode.ExtensionContext, log: Log): FoundlingApi {
  const engines = createEngines(() => startSharedEngine(context), log);
  context.subscriptions.push(engines);
  context.subscriptions.push(vscode.window.createTreeView(EVIDENCE_VIEW, { treeDataProvider: evidenceTree(engines), showCollapseAll: true }));
  registerCommands(context, engines, log);
  const findings = createFindingsView(engines);
  context.subscriptions.push(vscode.window.createTreeView(FINDINGS_VIEW, { treeDataProvider: findings.provider, showCollapseAll: true }));
  const problems = createProblems(engines, log);
  context.subscriptions.push(problems);
  const written = (set: KnownSet, process: number): void => {
    findings.refresh();
    problems.refresh();
    tree.decided(set.key, process);
  };
  const act = actingOn(written);
  const tree: TreeEditor = registerTreeEditor(context, engines, {
    openHunt: (set, text) => openHunt(notebooks, set, text),
    openContent: registerContent(context, engines),
    async decide(set, decision) {
      const said = await decide(set, decision);
      if (said.isWritten) written(set, decision.process);
      return said;
    },
    onProcess: act,
    async note(set, asked, wantsCase) {
      const noted = await keepNotes(set, asked, wantsCase);
      if (noted.isKept) tree.noted(set.key);
      return noted;
    },
  });
  const notebooks: NotebookSets = registerNotebook(context, engines, tree, log);
  registerTriage(context, engines, tree, act, log);
  registerLanguage(context, engines, notebooks, log);
  return { engines, tree };
}
