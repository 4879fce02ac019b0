import { type ProcessRow, type Verdict, VERDICTS } from '../model/index.js';
import type { Anchor, AnchorMatch, Matched } from './anchors.js';
import { momentText, parseMoment } from './moment.js';

/** To whom a process was escalated, and why; apart from the verdict, since one may be undetermined and escalated. */
export interface Escalation {
  readonly to: string;
  readonly why: string;
}

/** One decision of one analyst, as it stands on one line of `verdicts/<author>.jsonl`. */
export interface VerdictRecord {
  readonly verdict: Verdict;
  readonly author: string;
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly note: string;
  readonly escalation?: Escalation;
  readonly anchor: Anchor;
}

/** What was decided of one process: the last word counts, the earlier ones are kept. */
export interface VerdictState {
  /** -1: this evidence holds no such process (shown, never dropped). */
  readonly process: ProcessRow;
  readonly matched: AnchorMatch;
  readonly current: VerdictRecord;
  /** All decisions on it, oldest first, the current one last. */
  readonly history: readonly VerdictRecord[];
  /** Escalations of the history, oldest first: a later verdict does not take one back. */
  readonly escalations: readonly (Escalation & { readonly at: number; readonly author: string })[];
}

/** A text of verdicts as it was read: the whole lines, and what could not be read with its line. */
export interface ParsedVerdicts {
  readonly records: readonly VerdictRecord[];
  readonly troubles: readonly string[];
}

/** Longer lines are no verdict of a person. */
const LINE_AT_MOST = 64 << 10;

/** The line that adds a verdict to its author's file. */
export function verdictLine(record: VerdictRecord): string {
  const { verdict, author, at, note, escalation, anchor } = record;
  const { moment } = anchor;
  return `${JSON.stringify({ verdict, author, at: momentText(at), note, ...(escalation === undefined ? {} : { escalation }), anchor: { ...anchor, moment: Number.isNaN(moment) ? null : momentText(moment) } })}\n`;
}

/** The file with a verdict added: nothing that stands in it changes, also where its last line lost its end. */
export function appendVerdict(text: string, record: VerdictRecord): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${verdictLine(record)}`;
}

/** Reads one author's file. A line that is no verdict is a trouble with its place; the others are still read. */
export function parseVerdicts(text: string, file: string): ParsedVerdicts {
  const records: VerdictRecord[] = [];
  const troubles: string[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = line.length > LINE_AT_MOST ? 'it is longer than a verdict can be' : recordOf(line);
    if (typeof record === 'string') troubles.push(`${file}:${at + 1}: ${record}; the line was left as it is and not counted`);
    else records.push(record);
  }
  return { records, troubles };
}

/** Joins verdicts to the processes of a set: the last one of a process wins, whoever wrote it. Matched ones in order of process, then the unmatched. */
export function matchVerdicts(match: (anchor: Anchor) => Matched, records: readonly VerdictRecord[]): readonly VerdictState[] {
  const groups = new Map<string, { readonly found: Matched; readonly records: VerdictRecord[] }>();
  for (const record of records) {
    const found = match(record.anchor);
    const key = found.process >= 0 ? String(found.process) : `${record.anchor.host}\0${record.anchor.pid}\0${record.anchor.moment}`;
    const group = groups.get(key);
    if (group) group.records.push(record);
    else groups.set(key, { found, records: [record] });
  }
  return [...groups.values()]
    .map(({ found, records: decided }): VerdictState => {
      const history = [...decided].sort((a, b) => a.at - b.at); // stable: of one moment the later line is the later word
      return {
        process: found.process,
        matched: found.by,
        current: history[history.length - 1]!,
        history,
        escalations: history.flatMap(({ escalation, at, author }) => (escalation === undefined ? [] : [{ ...escalation, at, author }])),
      };
    })
    .sort((a, b) => (a.process < 0 ? 1 : 0) - (b.process < 0 ? 1 : 0) || a.process - b.process);
}

function recordOf(line: string): VerdictRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  const raw = objectOf(value);
  if (raw === undefined) return 'it is no JSON object';
  const verdict = VERDICTS.find((each) => each === raw['verdict']);
  if (verdict === undefined) return `verdict must be one of ${VERDICTS.join(', ')}`;
  const author = textOf(raw, 'author'), at = parseMoment(textOf(raw, 'at') ?? '');
  if (author === undefined || at === undefined) return 'it needs an author, and at as a time such as 2026-11-24T15:01:38Z';
  const anchor = anchorOf(objectOf(raw['anchor']));
  if (anchor === undefined) return 'its anchor needs host, pid and moment';
  const stated = objectOf(raw['escalation']);
  const escalation = stated === undefined ? undefined : { to: textOf(stated, 'to') ?? '', why: textOf(stated, 'why') ?? '' };
  return { verdict, author, at, note: textOf(raw, 'note') ?? '', ...(escalation === undefined ? {} : { escalation }), anchor };
}

function anchorOf(raw: Readonly<Record<string, unknown>> | undefined): Anchor | undefined {
  if (raw === undefined) return undefined;
  const host = textOf(raw, 'host'), pid = wholeOf(raw, 'pid');
  const moment = raw['moment'] === null ? NaN : parseMoment(textOf(raw, 'moment') ?? '');
  if (host === undefined || pid === undefined || moment === undefined) return undefined;
  return { host, boot: wholeOf(raw, 'boot') ?? 0, pid, moment, executable: textOf(raw, 'executable') ?? null, evidence: textOf(raw, 'evidence') ?? null, offset: wholeOf(raw, 'offset') ?? null };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined; // an object that is no array
}

function textOf(raw: Readonly<Record<string, unknown>>, key: string): string | undefined {
  return typeof raw[key] === 'string' ? raw[key] : undefined;
}

function wholeOf(raw: Readonly<Record<string, unknown>>, key: string): number | undefined {
  return typeof raw[key] === 'number' && Number.isSafeInteger(raw[key]) ? raw[key] : undefined;
}
