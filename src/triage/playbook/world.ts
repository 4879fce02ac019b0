import type { HuntResult } from '../../hunt/index.js';
import { type Coverage, type CoverageGap, FLAG, ID_NOT_STATED, type Lineage, type ProcessRow, type SessionRecord, type StringTable, UNSET_ID, type Verdict } from '../../model/index.js';
import type { ProcessFindings, RecordPlace, TriageSettings } from '../finding.js';
import type { ChangeWindow } from '../intel/changeWindows.js';
import type { RuleAlert } from '../intel/index.js';
import type { IndicatorHit } from '../intel/match.js';
import type { HashField } from './imageHashes.js';

/** What the steps of the playbook ask: one open evidence set with its store, its findings and what the analyst brought along. */
export interface World {
  readonly lineage: Lineage;
  readonly strings: StringTable;
  readonly sessions: readonly SessionRecord[];
  /** Runs one of the playbook's own hunts. */
  hunt(text: string): HuntResult;
  /** Where the records of events lie, in order of the events. */
  placesOf(events: readonly number[]): readonly RecordPlace[];
  /** Ranked. */
  readonly findings: readonly ProcessFindings[];
  readonly settings: TriageSettings;
  /** What analysts decided, by process. */
  readonly verdicts: ReadonlyMap<ProcessRow, { readonly verdict: Verdict; readonly author: string }>;
  readonly hits: readonly IndicatorHit[];
  /** How many indicators were looked for. */
  readonly indicators: number;
  readonly windows: readonly ChangeWindow[];
  /** Rules of others that were run, and the processes they fired on. */
  readonly rules: number;
  readonly alerts: readonly RuleAlert[];
  /** Fields in which sensors state the hashes of programs that were run; none where no sensor does. */
  readonly hashFields: readonly HashField[];
  readonly coverage: readonly Coverage[];
  /** Formats of the open files, by their ids, with the files. */
  readonly formats: ReadonlyMap<string, readonly string[]>;
  /** A file as it may be named to others: not by where it lies on this machine. */
  nameOf(file: string): string;
  readonly hosts: readonly string[];
  /** Hosts that the case names and of which no evidence is open. */
  readonly hostsWithoutEvidence: readonly string[];
  /** First and last dated observation, microseconds. */
  readonly from: number;
  readonly to: number;
  entityId(row: ProcessRow): string;
  userName(row: ProcessRow, uid: number): string | null;
  /** The member that holds a file of a host, where the evidence has its content. A path that begins with `/.` is below some home folder. */
  contentOf(path: string, host: string): RecordPlace | undefined;
  /** How far the stamps of a member are ahead of its host's reference clock, microseconds; 0 where that was not measured. */
  skewOf(member: string): number;
}

/** What the playbook is asked about: a process, or the whole case (process -1). */
export interface Subject {
  readonly process: ProcessRow;
  readonly host: string;
  /** First adoption, else start; NaN for the case. */
  readonly moment: number;
  /** The time frame, microseconds; NaN on both sides for everything. */
  readonly from: number;
  readonly until: number;
}

/** A process with its time frame: `before` until its adoption, `after` since, microseconds. */
export function subjectOf(world: World, process: ProcessRow, before: number, after: number): Subject {
  if (process < 0) return { process, host: '', moment: NaN, from: NaN, until: NaN };
  const moment = momentOf(world.lineage, process);
  return { process, host: world.strings.text(world.lineage.host[process]!) ?? '', moment, from: moment - before, until: moment + after };
}

/** When a process was first adopted, else when it began. */
export function momentOf(lineage: Lineage, row: ProcessRow): number {
  for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) if (lineage.intervalAdopted[at] === 1) return lineage.intervalFrom[at]!;
  return lineage.start[row]!;
}

/** "sshd 418", or "process 418" where nothing names it. */
export function called({ lineage, strings }: Pick<World, 'lineage' | 'strings'>, row: ProcessRow): string {
  if (row < 0) return 'a process that is not known';
  const executable = strings.text(lineage.exe[row]!) ?? '';
  return `${(strings.text(lineage.comm[row]!) ?? executable.slice(executable.lastIndexOf('/') + 1)) || 'process'} ${lineage.pid[row]!}`;
}

/** An id of a record as a number; undefined where it is unset or not stated. */
export function stated(id: number): number | undefined {
  return id === UNSET_ID || id === ID_NOT_STATED ? undefined : id;
}

export function isOrphan(lineage: Lineage, row: ProcessRow): boolean {
  return (lineage.flags[row]! & FLAG.orphan) !== 0;
}

/** True where `above` created `row`, at any distance. */
export function isBelow(lineage: Lineage, row: ProcessRow, above: ProcessRow): boolean {
  return above >= 0 && row >= 0 && lineage.pre[row]! > lineage.pre[above]! && lineage.pre[row]! < lineage.pre[above]! + lineage.size[above]!;
}

/** The process and all who created it, nearest first. */
export function chainOf(lineage: Lineage, row: ProcessRow): ProcessRow[] {
  const chain: ProcessRow[] = [];
  for (let at = row; at >= 0 && chain.length < 256; at = lineage.creator[at]!) chain.push(at);
  return chain;
}

/** How a process stands to the subject, in words; undefined where nothing joins them. */
export function relationOf(world: World, subject: ProcessRow, other: ProcessRow): string | undefined {
  const { lineage } = world;
  if (subject < 0 || other < 0 || (lineage.pid[other]! <= 2 && other !== subject)) return undefined; // pid 1 stands above all: that joins nothing
  if (other === subject) return 'the process itself';
  if (isBelow(lineage, other, subject)) return 'created below it';
  if (isBelow(lineage, subject, other)) return 'one of its creators';
  const launcher = lineage.launcher[subject]!, entry = lineage.entry[subject]!, requester = lineage.requester[subject]!;
  if (requester >= 0 && (other === requester || isBelow(lineage, other, requester))) return 'of the one who asked for it';
  if (launcher > 0 && isBelow(lineage, other, launcher) && lineage.pid[launcher]! > 2) return 'of the same launcher';
  if (entry >= 0 && (other === entry || isBelow(lineage, other, entry))) return 'of the same entry';
  const ses = stated(lineage.ses[subject]!), login = stated(lineage.auid[subject]!);
  if (ses !== undefined && stated(lineage.ses[other]!) === ses && lineage.host[other] === lineage.host[subject] && lineage.boot[other] === lineage.boot[subject]) return 'of the same audit session';
  return login !== undefined && stated(lineage.auid[other]!) === login ? 'of the same login user' : undefined;
}

/** What shows that a gap of one file is closed by another: some event of that kind was recorded. */
const CLOSED_BY: Partial<Record<CoverageGap, string>> = {
  'no-forks': 'fork where true', 'exec-only': 'fork where true', 'no-parents': 'fork where true', 'no-exits': 'exit where true', 'no-exec': 'exec where event.basis == "observed"', 'no-snapshot': 'snapshot where true',
};

/** The gaps that no open file closes, and what would, as one sentence each; only those that bear on what was asked. */
export function missingFor(world: World, gaps: readonly CoverageGap[]): string[] {
  const isOpen = (gap: CoverageGap): boolean => CLOSED_BY[gap] === undefined || world.hunt(`${CLOSED_BY[gap]} | head 1`).total === 0;
  const closable = new Set<CoverageGap>(); // one sentence tells such a gap, whichever file it was noticed in
  const said = world.coverage.filter(({ gap }) => {
    if (!gaps.includes(gap) || !isOpen(gap) || closable.has(gap)) return false;
    if (CLOSED_BY[gap] !== undefined) closable.add(gap);
    return true;
  });
  return [...new Set(said.map(({ says, remedy }) => `${says}${remedy === undefined ? '' : ` To record it: ${remedy.split('\n').join('; ')}.`}`))];
}

/** What is said beside an answer that a sensor could not give. */
export const BLINDED = 'Sensors were switched off or their rules removed: what was not seen since may have been.';

/** Whether a sensor of the subject's host (of any, for the case) was tampered with before its time frame ends: what was not seen may have been. */
export function isBlinded(world: World, { process, until }: Pick<Subject, 'process' | 'until'>): boolean {
  const { lineage } = world;
  return world.findings.some(
    ({ process: by, findings }) =>
      findings.some(({ kind }) => kind === 'sensor-tampered') && (process < 0 || lineage.host[by] === lineage.host[process]) && !(lineage.start[by]! > until),
  );
}
