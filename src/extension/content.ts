import * as vscode from 'vscode';
import { visibleText } from '../../webview/shared/text.js';
import { besideTree } from './beside.js';
import type { Engines, KnownSet } from './engines.js';

/** Scheme of a file of the evidence that is shown as text. Its URI says which, so that nothing is kept for it. */
const CONTENT_SCHEME = 'foundling-content';

/**
 * Shows a member of a set as text beside the editor. The document belongs to no file and cannot be edited. What stands in it is hostile: it is plain text
 * whatever its name and first line say, so that no extension for a language works on it.
 */
export type OpenContent = (set: KnownSet, member: string) => Promise<void>;

export function registerContent(context: vscode.ExtensionContext, engines: Engines): OpenContent {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(CONTENT_SCHEME, {
      async provideTextDocumentContent({ query }) {
        const { key, member } = readQuery(query);
        const set = engines.sets.find((each) => each.key === key);
        if (!set) throw new Error(vscode.l10n.t('The evidence of this file is no longer open. Open the evidence, and its content from there again.'));
        const { text, isCut } = await set.engine.ask('content', { member });
        return isCut ? `${text}\n… ${vscode.l10n.t('(cut: the file is longer)')}` : text;
      },
    }),
  );
  return async ({ key }, member) => {
    // The tab is called after the file; the ending keeps VS Code from taking it for a script by its name.
    const uri = vscode.Uri.from({ scheme: CONTENT_SCHEME, path: `/${visibleText(member).replace(/^\/+/, '')} (${vscode.l10n.t('evidence')})`, query: JSON.stringify({ key, member }) });
    const document = await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), 'plaintext');
    await vscode.window.showTextDocument(document, { viewColumn: besideTree(), preview: true });
  };
}

function readQuery(query: string): { readonly key: string; readonly member: string } {
  const read: unknown = JSON.parse(query);
  if (typeof read === 'object' && read !== null && 'key' in read && 'member' in read && typeof read.key === 'string' && typeof read.member === 'string') return { key: read.key, member: read.member };
  throw new Error(vscode.l10n.t('This names no file of the evidence.'));
}
