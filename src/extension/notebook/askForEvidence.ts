import * as vscode from 'vscode';
import type { Engines } from '../engines.js';
import { CASE_FILE } from '../evidenceSets.js';
import { plain } from '../plain.js';
import type { AskForEvidence } from './notebookSets.js';

/** How many files of the workspace are offered; what lies deeper is browsed for. */
const OFFERED = 50;
const LIKELY = '**/{audit.log*,*.audit.log*,audit*.log*,ps*.txt,proc*.jsonl,proc*.tar.gz}';

/** Offers what is open, the cases and likely files of the workspace, and a dialog. */
export function askForEvidenceWith(engines: Engines): AskForEvidence {
  return async () => {
    const token = new vscode.CancellationTokenSource();
    try {
      const [cases, files] = await Promise.all([
        vscode.workspace.findFiles(`**/${CASE_FILE}`, '**/node_modules/**', OFFERED, token.token),
        vscode.workspace.findFiles(LIKELY, '**/node_modules/**', OFFERED, token.token),
      ]);
      type Item = vscode.QuickPickItem & { resources?: readonly vscode.Uri[]; browse?: boolean };
      const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
      const items: Item[] = [
        heading(vscode.l10n.t('Open')),
        ...engines.sets.map((set): Item => ({ label: `$(database) ${plain(set.title)}`, resources: set.sources })),
        heading(vscode.l10n.t('Cases')),
        ...cases.map((uri): Item => ({ label: `$(briefcase) ${plain(vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')))}`, resources: [uri] })),
        heading(vscode.l10n.t('Files')),
        ...files.map((uri): Item => ({ label: `$(file) ${plain(vscode.workspace.asRelativePath(uri))}`, resources: [uri] })),
        heading(''),
        { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, browse: true },
      ];
      const chosen = await vscode.window.showQuickPick(items, {
        placeHolder: vscode.l10n.t('Which evidence does this notebook hunt in?'),
        matchOnDescription: true,
      });
      if (!chosen) return undefined;
      if (!chosen.browse) return chosen.resources;
      return await vscode.window.showOpenDialog({ canSelectMany: true, canSelectFiles: true, canSelectFolders: true, openLabel: vscode.l10n.t('Hunt in It') });
    } finally {
      token.dispose();
    }
  };
}
