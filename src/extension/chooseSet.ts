import * as vscode from 'vscode';
import type { Engines, KnownSet } from './engines.js';
import { editorResource } from './evidenceView.js';
import { plain } from './plain.js';

/** The set that a command means: the one named, else the only one that is open, else the person says which. Undefined: none is open, or the person gave up. */
export async function chooseSet(engines: Engines, placeHolder: string, key?: string): Promise<KnownSet | undefined> {
  const named = engines.sets.find((set) => set.key === key);
  const [only, ...others] = engines.sets;
  if (named || others.length === 0) return named ?? only;
  const items = engines.sets.map((set) => ({ label: plain(set.title), description: plain(editorResource(set).fsPath), set }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.set;
}
