import * as vscode from 'vscode';
import type { Engine, Summary } from '../engine/requests.js';
import { type Verdict, VERDICTS } from '../model/index.js';
import type { ProcessAct } from '../../webview/shared/protocol.js';
import { counted, processLabel } from '../../webview/shared/words.js';
import type { KnownSet } from './engines.js';
import { untilHashed } from './hashes.js';
import { choiceAndNote, inOneBox } from './oneBox.js';
import { decide, type Decided } from './verdicts.js';

/** So many records are looked through for what a ticket lists, and for hashes of images. */
const TICKET_RECORDS = 8;
const HASH_RECORDS = 200;
/** A ticket names the evidence by its hashes; who copies does not wait longer for them than this. */
const HASHES_WAITED_MS = 3_000;

/** Does what was asked with a process of a set, from whichever view: texts go to the clipboard, what is missing is asked. Undefined: the person gave up. */
export async function actOnProcess(set: KnownSet, act: ProcessAct, process: number, note: string): Promise<Decided | undefined> {
  switch (act) {
    case 'copyForTicket':
      return copied(await ticketOf(set, process));
    case 'copyIndicators':
      return copied(await indicatorsBelow(set, process));
    case 'giveVerdict':
      return giveVerdict(set, process, note);
    case 'escalate':
      return escalate(set, process, note);
  }
}

async function copied({ text, says }: { text: string; says: string }): Promise<Decided> {
  await vscode.env.clipboard.writeText(text);
  return { says, isWritten: false };
}

async function ticketOf({ engine }: KnownSet, process: number): Promise<{ text: string; says: string }> {
  const { ticketText } = await import('../report/index.js');
  const details = await engine.ask('details', { process });
  const { records } = await engine.ask('raw', { process, first: 0, count: TICKET_RECORDS });
  const [findings] = (await engine.ask('findings', { first: 0, count: 1, process })).rows;
  const summary = await summaryWithin(engine, HASHES_WAITED_MS);
  const notes = await engine.ask('stepNotes', { process });
  return { text: ticketText(details, { records, summary, findings, verdict: details.verdict, notes }), says: vscode.l10n.t('Copied {0} for a ticket.', processLabel(details.name, details.pid)) };
}

/** The summary with the files' hashes, or without those that take longer: the ticket says which are not computed yet. */
async function summaryWithin(engine: Engine, mostMs: number): Promise<Summary> {
  try {
    return await untilHashed(engine, { signal: AbortSignal.timeout(mostMs) });
  } catch {
    return engine.ask('summary', {}); // too late, or no store to hash behind: its own failure was shown where it was opened
  }
}

async function indicatorsBelow({ engine }: KnownSet, process: number): Promise<{ text: string; says: string }> {
  const { collectSubtree, indicatorsOf, indicatorsText } = await import('../report/index.js');
  const subtree = await collectSubtree((method, ask, options) => engine.ask(method, ask, options), process);
  const { records } = await engine.ask('raw', { process, first: 0, count: HASH_RECORDS });
  const indicators = indicatorsOf(subtree, records);
  const says = vscode.l10n.t('Copied {0} of {1}, defanged{2}.', counted(indicators.length, 'indicator'), counted(subtree.processes.length, 'process', 'processes'), subtree.isCut ? vscode.l10n.t('; there are more') : '');
  return { text: indicatorsText(indicators), says };
}

async function giveVerdict(set: KnownSet, process: number, noted: string): Promise<Decided | undefined> {
  const given = await choiceAndNote({ choices: VERDICTS, what: vscode.l10n.t('What is it?'), why: vscode.l10n.t('Why? A sentence that another analyst can check. It may stay empty.'), noted });
  return given && decide(set, { process, verdict: given.choice, note: given.note });
}

/** Hands it over; the verdict stays what it was, or undetermined. */
async function escalate(set: KnownSet, process: number, noted: string): Promise<Decided | undefined> {
  if (set.caseFolder === undefined) return decide(set, { process, verdict: 'undetermined', note: noted });
  const escalation = await inOneBox(async (ask) => {
    const to = await ask({ title: vscode.l10n.t('Escalate'), prompt: vscode.l10n.t('To whom?'), value: 'tier 2' });
    if (to === undefined) return undefined;
    const why = await ask({ title: vscode.l10n.t('Escalate to {0}', to), prompt: vscode.l10n.t('Why?'), value: noted || (await triggersSay(set, process)) });
    return why === undefined ? undefined : { to, why };
  });
  if (!escalation) return undefined;
  const standing: Verdict = (await set.engine.ask('details', { process })).verdict?.current.verdict ?? 'undetermined';
  return decide(set, { process, verdict: standing, note: noted, escalation });
}

/** What the playbook's triggers say, and which of them the evidence leaves open, as the beginning of a reason. */
async function triggersSay({ engine }: KnownSet, process: number): Promise<string> {
  const { steps } = await engine.ask('playbook', { process, steps: ['escalation.1', 'escalation.2', 'escalation.3'] });
  const open = steps.filter(({ trigger }) => trigger === 'cannot be known').map(({ question }) => question);
  return [...steps.filter(({ trigger }) => trigger === 'met').map(({ says }) => says[0] ?? ''), ...(open.length > 0 ? [vscode.l10n.t('Open: {0}', open.join(' '))] : [])].join(' ');
}
