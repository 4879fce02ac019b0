import type { VerdictState } from '../case/index.js';
import { evidenceNames, withName } from '../evidence/index.js';
import type { AnswerOf, AskOf, Details, Engine, EngineMethod, FindingRow, RawRecord, StepNotes } from '../engine/requests.js';
import { FLAG, type ProcessRow } from '../model/index.js';
import { containmentOf } from './containment.js';
import { hostRowsOf, patternsOf } from './hosts.js';
import { collectSubtree, indicatorsOf, type Subtree } from './indicators.js';
import { STEPS } from '../triage/index.js';
import { coverageOf } from './coverageRows.js';
import type { AlikeFindings, PathStep, ReportedEvidence, ReportModel, Subject } from './model.js';
import { pictureOf } from './pictures.js';
import { called } from './processWords.js';
import { clockOf, programsOf } from './programs.js';
import { listed } from './reportWords.js';
import { timelineOf } from './timeline.js';
import { utcWords } from './timeWords.js';

export interface CollectOptions {
  /** Microseconds since the epoch. */
  readonly now: number;
  readonly author?: string | undefined;
  /** Where the set has no title of its own. */
  readonly title?: string;
  /** Hosts that the case names, also those without evidence. */
  readonly knownHosts?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** So many processes are told at length; the others are in the table, and it is said. */
const SUBJECTS_AT_MOST = 40;
const OTHERS_AT_MOST = 500;
const FINDINGS_A_REQUEST = 1000;
const RECORDS_OF_SUBJECT = 40;
const RECORDS_OF_ANCESTOR = 6;
const PATH_AT_MOST = 40;

/** The three triggers. */
const ESCALATION = STEPS.filter(({ section }) => section === 'escalation').map(({ id }) => id);

/** Asks an engine for everything that a report says. Waits for the store and, where `open` asked for them, rests on the files' hashes. */
export async function collectReport(ask: Engine['ask'], options: CollectOptions): Promise<ReportModel> {
  const signalled = options.signal === undefined ? {} : { signal: options.signal };
  const asked = <M extends EngineMethod>(method: M, question: AskOf<M>): Promise<AnswerOf<M>> => ask(method, question, signalled);
  const summary = await asked('summary', {});
  const nameOf = evidenceNames(summary.evidence.map(({ file }) => file));
  const evidence = summary.evidence.map((entry): ReportedEvidence => ({ ...entry, name: nameOf(entry.file), ...(entry.error !== undefined && { error: withName(entry.error, entry.file, nameOf(entry.file)) }) }));
  const { rows, alertLine, troubles } = await allFindings(asked);
  const { verdicts, notes, troubles: unread } = await asked('verdicts', {});
  const verdictOf = new Map(verdicts.filter(({ process }) => process >= 0).map((state) => [state.process, state]));
  const wanted = [...new Set([...subjectsOf(rows, verdicts), ...notes.map(({ process }) => process).filter((process) => process >= 0)])];
  const subjects: Subject[] = [];
  const formats = new Map(summary.evidence.map(({ file, format }) => [file, format]));
  const ancestors = new Map<ProcessRow, PathStep>();
  for (const [at, process] of wanted.entries()) {
    options.onProgress?.('writing the report', at, wanted.length);
    if (at >= SUBJECTS_AT_MOST) break;
    subjects.push(await subjectOf(asked, ask, process, { row: rows.find((row) => row.process === process), verdict: verdictOf.get(process), notes: notes.filter((each) => each.process === process), formatOf: (file) => formats.get(file), nameOf, ancestors, signal: options.signal }));
  }
  const told = new Set(subjects.map(({ details }) => details.process));
  const loud = rows.filter(({ process, state, score, alert }) => !told.has(process) && (alert || (state === 'unexpected' && score > 0)));
  const hosts = hostRowsOf(summary, subjects, loud, options.knownHosts ?? []);
  return {
    title: summary.title ?? options.title ?? 'Evidence',
    madeAt: options.now,
    author: options.author,
    from: summary.from,
    to: summary.to,
    counts: {
      processes: summary.processes,
      orphans: summary.orphans,
      alerts: rows.filter(({ alert }) => alert).length,
      alertLine,
      unexpected: rows.filter(({ state, isOrphan }) => state === 'unexpected' && isOrphan).length,
      explained: rows.filter(({ state, isOrphan }) => state === 'explained' && isOrphan).length,
      notJudged: rows.filter(({ state, isOrphan }) => state === 'not judged' && isOrphan).length,
      known: summary.known,
    },
    warnings: warningsOf(evidence, rows, subjects, wanted.length, loud.length),
    subjects,
    timeline: timelineOf(subjects),
    others: alike(loud.slice(0, OTHERS_AT_MOST)),
    playbook: (await asked('playbook', {})).steps,
    notes: notes.filter(({ process }) => process < 0),
    verdicts,
    hosts,
    patterns: await patternsOf(asked, subjects, rows),
    coverage: coverageOf(evidence),
    containment: containmentOf(subjects, loud),
    evidence,
    troubles: [...troubles, ...unread],
  };
}

type Asked = <M extends EngineMethod>(method: M, question: AskOf<M>) => Promise<AnswerOf<M>>;

async function allFindings(asked: Asked): Promise<{ rows: FindingRow[]; alertLine: number; troubles: readonly string[] }> {
  const rows: FindingRow[] = [];
  for (;;) {
    const answer = await asked('findings', { first: rows.length, count: FINDINGS_A_REQUEST });
    rows.push(...answer.rows);
    if (answer.rows.length === 0 || rows.length >= answer.total) return { rows, alertLine: answer.settings.alertLine, troubles: answer.troubles };
  }
}

/** Who is told at length, worst first: what analysts called bad or escalated, the alerts, then everything else with a verdict. */
function subjectsOf(rows: readonly FindingRow[], verdicts: readonly VerdictState[]): readonly ProcessRow[] {
  const scores = new Map(rows.map(({ process, score }) => [process, score]));
  const matched = verdicts.filter(({ process }) => process >= 0).sort((a, b) => (scores.get(b.process) ?? 0) - (scores.get(a.process) ?? 0));
  const called = (words: readonly string[]): ProcessRow[] => matched.filter(({ current }) => words.includes(current.verdict)).map(({ process }) => process);
  const raised = matched.filter(({ escalations }) => escalations.length > 0).map(({ process }) => process);
  return [...new Set([...called(['malicious']), ...called(['suspicious']), ...raised, ...rows.filter(({ alert }) => alert).map(({ process }) => process), ...called(['undetermined', 'authorised', 'benign'])])];
}

interface SubjectOptions {
  readonly row: FindingRow | undefined;
  readonly verdict: VerdictState | undefined;
  readonly notes: readonly StepNotes[];
  readonly formatOf: (file: string) => string | undefined;
  /** A file by the name that others know. */
  readonly nameOf: (file: string) => string;
  /** Steps that another subject's path has already. */
  readonly ancestors: Map<ProcessRow, PathStep>;
  readonly signal: AbortSignal | undefined;
}

async function subjectOf(asked: Asked, ask: Engine['ask'], process: ProcessRow, options: SubjectOptions): Promise<Subject> {
  const { records: read, total } = await asked('raw', { process, first: 0, count: RECORDS_OF_SUBJECT });
  const records = read.map((record) => ({ ...record, command: sharedCommand(record, options.nameOf(record.evidence)) }));
  const subtree: Subtree = await collectSubtree(ask, process, options.signal);
  const details = subtree.processes[0]!; // the root is always there
  const path: PathStep[] = [stepOf(details, records, options.formatOf, details)];
  for (const { process: above } of details.chain.slice(0, PATH_AT_MOST)) {
    let step = options.ancestors.get(above);
    if (step === undefined) {
      const [ancestor, seen] = await Promise.all([asked('details', { process: above }), asked('raw', { process: above, first: 0, count: RECORDS_OF_ANCESTOR })]);
      step = stepOf(ancestor, seen.records, options.formatOf);
      options.ancestors.set(above, step);
    }
    path.unshift({ ...step, role: roleOf(step.details, details, path[0]!.details.orphan !== null) });
  }
  return {
    details,
    row: options.row,
    verdict: options.verdict,
    records,
    recordCount: total,
    path,
    connections: subtree.connections,
    files: subtree.files,
    indicators: indicatorsOf(subtree, records),
    steps: (await asked('playbook', { process, steps: [...ESCALATION, ...options.notes.map(({ step }) => step)] })).steps,
    notes: options.notes,
    picture: pictureOf(path, subtree.processes.slice(1)),
  };
}

/** The command that shows a record, run where the file lies; empty where its path is written in a way that would tell it. */
function sharedCommand({ command, evidence }: RawRecord, name: string): string {
  return evidence === name || command.includes(evidence) ? withName(command, evidence, name) : '';
}

/** Alike ones together, in order of the first of each. */
function alike(rows: readonly FindingRow[]): readonly AlikeFindings[] {
  const groups = new Map<string, FindingRow[]>();
  for (const row of rows) {
    const key = [row.host, row.name ?? '', row.score, ...row.findings.map(({ kind }) => kind)].join('\0');
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].map((each) => ({ first: each[0]!, rows: each })); // a group begins with a row
}

function stepOf(details: Details, records: readonly RawRecord[], formatOf: (file: string) => string | undefined, subject?: Details): PathStep {
  return { details, role: subject === undefined ? [] : roleOf(details, subject, false), programs: programsOf(details, records), clock: clockOf(details, records, formatOf) };
}

/** `hasLetGo`: what it created on the way down was adopted after it ended. */
function roleOf(details: Details, subject: Details, hasLetGo: boolean): PathStep['role'] {
  const roles: PathStep['role'][number][] = [];
  if (subject.entry.parent?.process === details.process) roles.push('entry');
  if (subject.launcher.parent?.process === details.process) roles.push('launcher');
  if (hasLetGo && (details.flags & FLAG.intermediate) !== 0) roles.push('intermediate');
  if ((details.flags & FLAG.unrecorded) !== 0) roles.push('unrecorded');
  if (details.process === subject.process) roles.push('subject');
  return roles;
}

/** What must be read before anything else. */
function warningsOf(evidence: readonly ReportedEvidence[], rows: readonly FindingRow[], subjects: readonly Subject[], wanted: number, loud: number): readonly string[] {
  const warnings: string[] = [];
  for (const { error } of evidence) if (error !== undefined) warnings.push(error);
  const unhashed = evidence.filter(({ sha256, error }) => sha256 === undefined && error === undefined).length;
  if (unhashed > 0) warnings.push(`${unhashed} of ${evidence.length} evidence have no hash here (a folder, or it was not computed): nothing proves that they are what was collected.`);
  for (const { says, files, gap } of coverageOf(evidence)) if (gap === 'rules-changed') warnings.push(`${listed(files)}: ${says} “Nothing seen” proves nothing there.`);
  for (const row of rows) {
    const tampered = row.findings.find(({ kind }) => kind === 'sensor-tampered');
    if (tampered === undefined) continue;
    warnings.push(`The sensor of ${row.host} was tampered with (${called(row)} at ${utcWords(row.start)}): ${tampered.reasons[0]?.says ?? 'see the findings'} That nothing is seen there afterwards proves nothing.`);
  }
  if (wanted > subjects.length) warnings.push(`${wanted} processes deserve a section of their own; the worst ${subjects.length} have one, the others stand in the table of other findings.`);
  if (loud > OTHERS_AT_MOST) warnings.push(`The table of other findings shows ${OTHERS_AT_MOST} of ${loud}.`);
  return warnings;
}
