import * as vscode from 'vscode';
import { completeSql, type SqlSuggestion } from '../../store/index.js';
import { NOTEBOOK } from '../ids.js';

const KINDS: Readonly<Record<SqlSuggestion['kind'], vscode.CompletionItemKind>> = {
  table: vscode.CompletionItemKind.Struct,
  column: vscode.CompletionItemKind.Field,
  function: vscode.CompletionItemKind.Function,
  keyword: vscode.CompletionItemKind.Keyword,
};

/** Completes SQL cells: the tables and columns of the store, the functions and words of SQLite. */
export function sqlCompletion(): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider({ language: 'sql', notebookType: NOTEBOOK }, { provideCompletionItems }, '.', ' ');
}

function provideCompletionItems(document: vscode.TextDocument, position: vscode.Position, _token: vscode.CancellationToken, { triggerCharacter }: vscode.CompletionContext): vscode.CompletionItem[] {
  const found = completeSql(document.getText(), document.offsetAt(position));
  // A space asks by itself only where a table has to follow: elsewhere the list would come between words all the time.
  if (found === undefined || (triggerCharacter === ' ' && found.place !== 'table')) return [];
  const inserting = new vscode.Range(document.positionAt(found.from), position);
  const range = { inserting, replacing: inserting.with(undefined, document.positionAt(found.to)) };
  return found.items.map(({ kind, label, insert, detail }, at) => ({ label, kind: KINDS[kind], detail, insertText: insert, range, sortText: String(at).padStart(5, '0') }));
}
