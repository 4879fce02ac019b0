import * as vscode from 'vscode';
import type { StepNote } from '../case/index.js';
import type { NoteAsk, StepAct } from '../../webview/shared/protocol.js';
import type { KnownSet } from './engines.js';
import { nameOf } from './evidenceSets.js';
import { hashed, makeCase, writer } from './verdicts.js';

/** What became of it: `needsCase` where there is no case to keep it in yet. */
export interface Noted {
  readonly says: string;
  readonly isKept: boolean;
  readonly needsCase: boolean;
}

/**
 * Keeps pins and words in the set's case. Where the set is in none, nothing is written until the person wants a case (`wantsCase`); then it is made, and holds
 * them before it opens.
 */
export async function keepNotes(set: KnownSet, asked: readonly NoteAsk[], wantsCase: boolean): Promise<Noted> {
  const { caseFolder, engine } = set;
  if (caseFolder === undefined && !wantsCase) return { says: vscode.l10n.t('Not kept yet: pins and words are kept in a case, and this evidence is in none.'), isKept: false, needsCase: true };
  const notes: StepNote[] = [];
  for (const each of asked) notes.push(...(await notesOf(set, each)));
  const { writeStepNotes } = await import('../node/index.js');
  if (caseFolder !== undefined) {
    await writeStepNotes(caseFolder.fsPath, notes);
    await engine.ask('verdicts', { reload: true });
    return { says: asked.map(({ act }) => saidOf(act)).join(' '), isKept: true, needsCase: false };
  }
  const made = await makeCase(set, async (folder) => void (await writeStepNotes(folder, notes)));
  if (!made) return { says: vscode.l10n.t('Not kept yet: no folder was chosen for the case.'), isKept: false, needsCase: true };
  return { says: vscode.l10n.t('Kept in the case {0}, which is open now: go on there.', nameOf(vscode.Uri.joinPath(made, '..'))), isKept: false, needsCase: false };
}

async function notesOf(set: KnownSet, { process, step, act }: NoteAsk): Promise<readonly StepNote[]> {
  const { engine } = set;
  const { pinNotes, unpinNote, wordNote } = await import('../node/index.js');
  const by = await writer();
  const subject = { step, ...(process >= 0 && { process }) };
  const ask: typeof engine.ask = (method, question, options) => engine.ask(method, question, options);
  switch (act.kind) {
    case 'pin': {
      await hashed(set);
      return pinNotes(ask, { ...(process >= 0 && { process }), steps: [step], facts: [act.fact] }, by);
    }
    case 'unpin':
      return [await unpinNote(ask, subject, act.pin, by)];
    case 'word':
      return [await wordNote(ask, subject, act.text, by)];
  }
}

function saidOf(act: StepAct): string {
  switch (act.kind) {
    case 'pin':
      return vscode.l10n.t('Pinned.');
    case 'unpin':
      return vscode.l10n.t('Unpinned.');
    case 'word':
      return act.text.trim() === '' ? vscode.l10n.t('Your word is taken back.') : vscode.l10n.t('Your word is kept.');
  }
}
