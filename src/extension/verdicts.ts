import { hostname, userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { Verdict } from '../model/index.js';
import type { KnownSet } from './engines.js';
import { CASE_FILE, nameOf } from './evidenceSets.js';
import { untilHashed } from './hashes.js';
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

/** Writes a decision into the set's case and makes the engine read it; an escalation pins what it rests on. Without a case the way to one is offered, and nothing is written. */
export async function decide(set: KnownSet, decision: Decision): Promise<Decided> {
  if (set.caseFolder === undefined) {
    void offerCase(set);
    return { says: vscode.l10n.t('Verdicts are kept in a case, and this evidence is in none.'), isWritten: false };
  }
  const pinned = await write(set, set.caseFolder.fsPath, decision);
  const { process, verdict, escalation } = decision;
  const { name, pid } = await set.engine.ask('details', { process });
  await set.engine.ask('verdicts', { reload: true });
  const more = escalation ? vscode.l10n.t(', escalated to {0}, {1} observations pinned', escalation.to, pinned) : '';
  return { says: vscode.l10n.t('{0} {1}: {2}{3}', name ?? 'process', pid, verdict, more), isWritten: true };
}

/** Answers how many observations an escalation pinned. */
async function write(set: KnownSet, folder: string, { process, verdict, note, escalation }: Decision): Promise<number> {
  const { escalationNotes, writeStepNotes, writeVerdict } = await import('../node/index.js');
  const { engine } = set;
  const by = await writer();
  if (escalation) await hashed(set);
  const ask: typeof engine.ask = (method, question, options) => engine.ask(method, question, options);
  const pins = escalation ? await escalationNotes(ask, process, by) : [];
  await writeVerdict(folder, { verdict, author: by.author, at: by.now(), note, ...(escalation && { escalation }), anchor: await engine.ask('anchor', { process }) });
  await writeStepNotes(folder, pins);
  return pins.length;
}

/** A pin names the hash of its evidence, so it waits for it; that it does is shown in the status bar. */
export async function hashed({ engine }: KnownSet): Promise<void> {
  if ((await engine.ask('summary', {})).hashed === true) return;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Foundling: hashing the evidence for the pin') }, () => untilHashed(engine));
}

async function offerCase(set: KnownSet): Promise<void> {
  const make = vscode.l10n.t('Make a Case');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('Verdicts are kept in a case: a folder that a team shares, with the evidence by reference, hunts and verdicts.'), make);
  if (chosen === make) await vscode.commands.executeCommand(COMMAND.makeCase, set.key);
}

/**
 * Makes a case of a set in a folder that the person chooses, with the evidence by reference, and opens it. `keep` writes into it before it opens.
 * Undefined: the person gave up.
 */
export async function makeCase(set: KnownSet, keep?: (folder: string) => Promise<unknown>): Promise<vscode.Uri | undefined> {
  const [only] = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: vscode.l10n.t('Make the Case Here'), title: vscode.l10n.t('An empty folder for the case') }) ?? [];
  return only === undefined ? undefined : makeCaseIn(only, set, keep);
}

export async function makeCaseIn(folder: vscode.Uri, set: KnownSet, keep?: (folder: string) => Promise<unknown>): Promise<vscode.Uri> {
  const { addEvidence, initCase } = await import('../node/index.js');
  const by = await writer();
  await initCase(folder.fsPath, set.title, {}, by);
  for (const source of set.sources) await addEvidence(folder.fsPath, source.fsPath, { reference: true, facts: {} }, by);
  await keep?.(folder.fsPath);
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
