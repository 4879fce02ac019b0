import type { VerdictState } from '../case/index.js';
import { evidenceNames, withName } from '../evidence/index.js';
import type { Details, RawRecord, StepNotes, Summary } from '../engine/requests.js';
import { confidenceWord } from '../model/index.js';
import type { ProcessFindings } from '../triage/index.js';
import { adopterWords, called, claimWords, creatorWords, endWords, entryWords, pidAtStart, startWords } from './processWords.js';
import { earlierWords, observationWords, provenanceWords, stepWords } from './stepNoteWords.js';
import { argumentsText, notFormula, words } from './text.js';
import { utcWords } from './timeWords.js';

/** What a ticket is written from: the details of a process, the records shown with it, and the set's summary with its hashes. */
export interface TicketInput {
  readonly records: readonly RawRecord[];
  readonly summary: Pick<Summary, 'evidence'>;
  readonly findings?: ProcessFindings | undefined;
  readonly verdict?: VerdictState | undefined;
  /** What analysts pinned to steps of the playbook for it, and said of them. */
  readonly notes?: readonly StepNotes[];
}

/**
 * A process as plain text for a ticket: what was found, on which host, in which zone, on which evidence. Addresses are defanged and hidden characters
 * visible, since it will be pasted where text becomes links, or where a line that begins like a formula becomes one.
 */
export function ticketText(details: Details, { records, summary, findings, verdict, notes = [] }: TicketInput): string {
  const evidence = new Set(records.map((record) => record.evidence));
  const nameOf = evidenceNames(summary.evidence.map(({ file }) => file));
  const hashes = summary.evidence
    .filter((entry) => evidence.size === 0 || evidence.has(entry.file))
    .flatMap((entry) => [`  ${nameOf(entry.file)}  sha256 ${entry.sha256 ?? 'not computed yet'}`, ...(entry.error === undefined ? [] : [`    ${withName(entry.error, entry.file, nameOf(entry.file))}`])]);
  const lines = [
    details.why,
    findings === undefined ? undefined : `Triage: ${findings.why} (score ${findings.score}, ${findings.state}${findings.alert ? ', alert' : ''})`,
    verdict === undefined ? undefined : verdictWords(verdict),
    '',
    `Host:        ${details.host}`,
    `Process:     ${called(details)}, ${pidAtStart(details)}; started ${startWords(details)}; ${endWords(details)}`,
    `Id:          ${details.entityId}`,
    `Executable:  ${details.executable ?? 'not known'}`,
    `Arguments:   ${details.args.length > 0 ? argumentsText(details.args) : 'not known'}`,
    `User:        ${details.user ?? 'not known'}; login user ${details.auid ?? 'not known'}; session ${details.session ?? 'not known'}`,
    `Created by:  ${creatorWords(details)}`,
    ...(details.creator.runnersUp ?? []).map((other) => `Or created:  by ${other.parent ? called(other.parent) : 'nobody that is known'} (${confidenceWord(other.confidence)}, ${other.confidence.toFixed(2)}): ${other.says}`),
    `Now under:   ${adopterWords(details)}`,
    `Launcher:    ${claimWords(details.launcher)}`,
    `Entry:       ${entryWords(details)}`,
    details.requester?.parent ? `Requested:   by ${claimWords(details.requester)}; no fork joins the two` : undefined,
    ...(findings === undefined || findings.findings.length === 0 ? [] : ['', 'Findings:', ...findings.findings.map(({ kind, points, techniques }) => `  ${kind} (${points} points): ${techniques.join(', ')}`)]),
    ...(notes.length === 0 ? [] : ['', 'Playbook, pinned and said:', ...notes.flatMap(noteLines)]),
    '',
    'Records (member at byte offset):',
    ...(records.length > 0 ? records.map((record) => `  ${record.member} at ${record.offset}, ${utcWords(record.time)}: ${record.states}${serialOf(record)}`) : ['  none']),
    '',
    'Evidence:',
    ...(hashes.length > 0 ? hashes : ['  not known']),
    '',
    'All times are UTC. Addresses are defanged.',
  ];
  return lines
    .filter((line) => line !== undefined)
    .map((line) => notFormula(words(line)))
    .join('\n');
}

function noteLines(notes: StepNotes): readonly string[] {
  const { pins, word } = notes;
  return [
    `  ${stepWords(notes.step)}`,
    ...pins.map((pin) => `    pinned by ${pin.author} at ${utcWords(pin.at)}: ${observationWords(pin)} (${provenanceWords(pin)})`),
    ...(word === undefined ? [] : [`    the word of ${word.author} at ${utcWords(word.at)}${earlierWords(notes)}:`, ...word.text.split('\n').map((line) => `      ${line}`)]),
  ];
}

/** `Verdict: malicious, by alice at ...: the note; escalated to T2 ...`. Not yet made fit for any place. */
export function verdictWords({ current, escalations, history }: VerdictState): string {
  const raised = escalations.map(({ to, why, at }) => `; escalated to ${to} at ${utcWords(at)}: ${why}`).join('');
  const earlier = history.length > 1 ? ` (${history.length - 1} earlier)` : '';
  return `Verdict: ${current.verdict}, by ${current.author} at ${utcWords(current.at)}${current.note === '' ? '' : `: ${current.note}`}${raised}${earlier}`;
}

/** The audit event's own number, where the first line has one. */
function serialOf(record: RawRecord): string {
  const serial = /\baudit\(\d+\.\d+:(\d+)\)/.exec(record.lines[0] ?? '')?.[1];
  return serial ? ` (audit serial ${serial})` : '';
}
