import { type ProcessRow, type Verdict, VERDICTS } from '../model/index.js';
import { type Anchor, type AnchorMatch, type Matched, meantBy } from './anchors.js';
import { type JsonObject, LINE_AT_MOST, objectOf, parseLines, type ParsedLines, readAnchor, textOf, writerOfLine, writtenAnchor } from './jsonLines.js';
import { momentText } from './moment.js';

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

/** The line that adds a verdict to its author's file. Throws where it is longer than what is read back. */
export function verdictLine(record: VerdictRecord): string {
  const { verdict, author, at, note, escalation, anchor } = record;
  const line = JSON.stringify({ verdict, author, at: momentText(at), note, ...(escalation === undefined ? {} : { escalation }), anchor: writtenAnchor(anchor) });
  if (line.length > LINE_AT_MOST) throw new Error(`The verdict has ${line.length} characters with all that is said of it, and at most ${LINE_AT_MOST} are read back. Shorten the note, or write a notebook.`);
  return `${line}\n`;
}

/** Reads one author's file. A line that is no verdict is a trouble with its place; the others are still read. */
export function parseVerdicts(text: string, file: string): ParsedLines<VerdictRecord> {
  return parseLines(text, file, 'verdict', recordOf);
}

/** Joins verdicts to the processes of a set: the last one of a process wins, whoever wrote it. Matched ones in order of process, then the unmatched. */
export function matchVerdicts(match: (anchor: Anchor) => Matched, records: readonly VerdictRecord[]): readonly VerdictState[] {
  const groups = new Map<string, { readonly found: Matched; readonly records: VerdictRecord[] }>();
  for (const record of records) {
    const found = match(record.anchor);
    const key = meantBy(record.anchor, found);
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

function recordOf(raw: JsonObject): VerdictRecord | string {
  const verdict = VERDICTS.find((each) => each === raw['verdict']);
  if (verdict === undefined) return `verdict must be one of ${VERDICTS.join(', ')}`;
  const writer = writerOfLine(raw);
  if (typeof writer === 'string') return writer;
  const anchor = readAnchor(objectOf(raw['anchor']));
  if (anchor === undefined) return 'its anchor needs host, pid and moment';
  const stated = objectOf(raw['escalation']);
  const escalation = stated === undefined ? undefined : { to: textOf(stated, 'to') ?? '', why: textOf(stated, 'why') ?? '' };
  return { verdict, ...writer, note: textOf(raw, 'note') ?? '', ...(escalation === undefined ? {} : { escalation }), anchor };
}
