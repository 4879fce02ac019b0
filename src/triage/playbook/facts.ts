import { type Cell, huntLiteral } from '../../hunt/index.js';
import { basisOf, type ProcessRow } from '../../model/index.js';
import type { AnswerState, StepAnswer, StepFact } from './playbook.js';
import type { Subject, World } from './world.js';

const RECORDS_AT_MOST = 8;

/** One row of a hunt: its cells by column, whose it is, and its records. */
export interface Found {
  readonly process: ProcessRow;
  text(column: string): string;
  number(column: string): number;
  /** "sshd 418" of the fields below a prefix ("process.creator"); "process 418" where nothing names it. */
  who(prefix: string): string;
}

export interface Facts {
  readonly facts: readonly StepFact[];
  readonly total: number;
  /** Rows that could not be decided for want of evidence. */
  readonly undecided: number;
}

const EVENT_COLUMNS = [
  '@timestamp', 'event.action', 'message', 'process.name', 'process.pid', 'process.command_line', 'process.parent.name', 'process.parent.pid', 'file.path',
  'destination.ip', 'destination.port', 'source.ip', 'source.port', 'user.name', 'evidence.name',
];
const PROCESS_COLUMNS = ['process.start', 'process.name', 'process.pid', 'process.command_line', 'process.executable'];

/** The hunt as the playbook runs it: with the columns that its sentences need, where it names none. */
function withColumns(hunt: string): string {
  if (/\| (?:fields|stats|count) /.test(hunt)) return hunt;
  return `${hunt} | fields ${(hunt.startsWith('processes ') ? PROCESS_COLUMNS : EVENT_COLUMNS).join(', ')}`;
}

/** Runs a hunt and tells each of its first rows; what two exports of one log tell alike is one fact. `says` answers undefined for a row that is no fact of this step. */
export function factsOf(world: World, hunt: string, says: (row: Found) => string | undefined): Facts {
  const result = world.hunt(withColumns(hunt));
  const mistake = result.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake) throw new Error(`A hunt of the playbook cannot be run (${mistake.code}: ${mistake.message}): ${hunt}`);
  const columns = new Map(result.columns.map(({ name }, at) => [name, at]));
  const facts: StepFact[] = [];
  const told = new Map<string, number>();
  let left = 0, twice = 0;
  result.rows.forEach((row, at) => {
    const process = result.processes[at]!;
    const text = (column: string): string => textOf(row[columns.get(column) ?? -1]);
    const sentence = says({ process, text, number: (column) => numberOf(row[columns.get(column) ?? -1]), who: (prefix) => calledBy(text(`${prefix}.name`), text(`${prefix}.pid`)) });
    if (sentence === undefined) {
      left++;
      return;
    }
    const events = (result.events?.[at] ?? []).filter((id) => id >= 0);
    const time = numberOf(row[columns.get('@timestamp') ?? columns.get('process.start') ?? -1]);
    const fact: StepFact = { says: sentence, process, time, basis: 'observed', records: world.placesOf(events.slice(0, RECORDS_AT_MOST)) };
    const key = `${process} ${time} ${sentence}`;
    const known = Number.isNaN(time) ? undefined : told.get(key);
    if (known === undefined) {
      told.set(key, facts.length);
      facts.push(fact);
    } else {
      twice++;
      facts[known] = { ...facts[known]!, records: [...facts[known]!.records, ...fact.records].slice(0, RECORDS_AT_MOST) };
    }
  });
  // Where some rows are no facts, only those that were looked at can be counted.
  return { facts, total: left > 0 ? facts.length : result.total - twice, undecided: result.undecided.count };
}

function calledBy(name: string, pid: string): string {
  return pid === '' ? name || 'a process that is not known' : `${name || 'process'} ${pid}`;
}

function textOf(cell: Cell | undefined): string {
  return cell === undefined || cell === null ? '' : typeof cell === 'object' ? cell.join(' ') : String(cell);
}

function numberOf(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : typeof cell === 'string' ? Date.parse(cell) * 1000 : NaN;
}

/** A fact about a process that rests on its lineage. */
export function processFact(world: World, process: ProcessRow, says: string, basisCode = 0, time = world.lineage.start[process] ?? NaN): StepFact {
  return { says, process, time, basis: basisOf(basisCode) ?? 'inferred', records: [] };
}

/** Several looks at the evidence as one answer. Where nothing was found, `blind` says that it could not have been. */
export function answer(parts: readonly Facts[], says: readonly string[], options: { readonly missing?: readonly string[]; readonly blind?: boolean } = {}): StepAnswer {
  const facts = parts.flatMap((part) => part.facts);
  const total = parts.reduce((sum, part) => sum + part.total, 0);
  const state: AnswerState = total > 0 ? 'answered' : options.blind === true ? 'cannot be known' : 'nothing found';
  return { state, says, facts, total, missing: options.missing ?? [] };
}

/** Whether a calendar holds a moment: a number of evidence may lie beyond all that a clock ever showed. */
export function isDated(micros: number): boolean {
  return Math.abs(micros) < 8.64e18;
}

/** A moment as a literal of Hunt; it must be {@link isDated}. */
export function momentText(micros: number): string {
  const whole = Math.floor(micros), millis = Math.floor(whole / 1000);
  return huntLiteral(`${new Date(millis).toISOString().slice(0, -1)}${String(whole - millis * 1000).padStart(3, '0')}Z`);
}

/** A moment in a sentence. */
export function utcText(micros: number): string {
  return isDated(micros) ? new Date(Math.floor(micros / 1000)).toISOString().replace('T', ' ') : 'at an unknown time';
}

/** The condition that a row lies in the subject's time frame and on its host, with `and` before it; empty for the case. */
export function inFrame(subject: Subject): string {
  if (subject.process < 0) return '';
  const host = subject.host === '' ? '' : ` and host.name == ${huntLiteral(subject.host)}`;
  return !isDated(subject.from) || !isDated(subject.until) ? host : `${host} and @timestamp >= ${momentText(subject.from)} and @timestamp <= ${momentText(subject.until)}`;
}

/** The condition that a row is the subject's, or of what it created; for the case: of any orphan and below. */
export function ofSubject(world: World, subject: Subject): string {
  if (subject.process < 0) return '(process.orphan or descendant of [processes where process.orphan])';
  const own = `process.entity_id == ${huntLiteral(world.entityId(subject.process))}`;
  return `(${own} or descendant of [processes where ${own}])`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
