import { hostname, userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { Verdict } from '../model/index.js';
import type { KnownSet } from './engines.js';
import { CASE_FILE, nameOf } from './evidenceSets.js';
import { COMMAND, CUSTOM_EDITOR, SETTING } from './ids.js';
import { plain } from './plain.js';

/** What an analyst decided. */
export interface Decision {
  readonly process: number;
  readonly verdict: Verdict;
  readonly note: string;
  readonly escalation?: { readonly to: string; readonly why: string };
}

/** What is to be said of an act on a process, and whether a verdict was written. */
export interface Decided {
  readonly says: string;
  readonly isWritten: boolean;
}

const RECORDS_READ = 50;

/** Writes a decision into the set's case and makes the engine read it. Without a case the way to one is offered, and nothing is written. */
export async function decide(set: KnownSet, { process, verdict, note, escalation }: Decision): Promise<Decided> {
  if (set.caseFolder === undefined) {
    void offerCase(set);
    return { says: vscode.l10n.t('Verdicts are kept in a case, and this evidence is in none.'), isWritten: false };
  }
  const [{ anchorOf }, { writeVerdict }] = await Promise.all([import('../case/index.js'), import('../node/index.js')]);
  const { engine } = set;
  const details = await engine.ask('details', { process });
  const { records } = await engine.ask('raw', { process, first: 0, count: RECORDS_READ });
  const { evidence } = await engine.ask('summary', {});
  const { author, now } = await writer();
  const hashes = new Map(evidence.map(({ file, sha256 }) => [file, sha256]));
  await writeVerdict(set.caseFolder.fsPath, { verdict, author, at: now(), note, ...(escalation && { escalation }), anchor: anchorOf(details, records, (file) => hashes.get(file)) });
  await engine.ask('verdicts', { reload: true });
  return { says: vscode.l10n.t('{0} {1}: {2}{3}', details.name ?? 'process', details.pid, verdict, escalation ? vscode.l10n.t(', escalated to {0}', escalation.to) : ''), isWritten: true };
}

async function offerCase(set: KnownSet): Promise<void> {
  const make = vscode.l10n.t('Make a Case');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('Verdicts are kept in a case: a folder that a team shares, with the evidence by reference, hunts and verdicts.'), make);
  if (chosen === make) await vscode.commands.executeCommand(COMMAND.makeCase, set.key);
}

/** Makes a case of a set in a folder that the person chooses, with the evidence by reference, and opens it. Undefined: the person gave up. */
export async function makeCase(set: KnownSet): Promise<vscode.Uri | undefined> {
  const [only] = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: vscode.l10n.t('Make the Case Here'), title: vscode.l10n.t('An empty folder for the case') }) ?? [];
  return only === undefined ? undefined : makeCaseIn(only, set);
}

export async function makeCaseIn(folder: vscode.Uri, set: KnownSet): Promise<vscode.Uri> {
  const { addEvidence, initCase } = await import('../node/index.js');
  const by = await writer();
  await initCase(folder.fsPath, set.title, {}, by);
  for (const source of set.sources) await addEvidence(folder.fsPath, source.fsPath, { reference: true, facts: {} }, by);
  const manifest = vscode.Uri.joinPath(folder, CASE_FILE);
  await vscode.commands.executeCommand('vscode.openWith', manifest, CUSTOM_EDITOR);
  void vscode.window.showInformationMessage(plain(vscode.l10n.t('{0} is a case now. Verdicts go into its folder verdicts.', nameOf(folder))));
  return manifest;
}

/** Who writes: the setting, else the login name. Git's settings are not read. */
export async function writer(): Promise<{ author: string; machine: string; now: () => number }> {
  const { clock } = await import('../node/index.js');
  const stated = vscode.workspace.getConfiguration().get<string>(SETTING.author)?.trim();
  return { author: stated || loginName(), machine: hostname(), now: clock };
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'analyst'; // a uid without a passwd entry has no name
  }
}
