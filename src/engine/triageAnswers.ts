import type { Anchor, Observation, StepNotes, VerdictState } from '../case/index.js';
import type { ProcessRow } from '../model/index.js';
import type { IndicatorHit, ProcessFindings, RuleAlert, TriageSettings } from '../triage/index.js';

/** Rows [first, first + count), worst first. */
export interface FindingsAsk {
  readonly first: number;
  readonly count: number;
  /** Only processes of this host. */
  readonly host?: string;
  /** Only this process: no row where triage has nothing to say of it. */
  readonly process?: ProcessRow;
  /** Only processes that stand so. */
  readonly standing?: Standing;
}

/** How a process stands on an analyst's list: what has a verdict is decided, whatever triage says; `alert` and `unexpected` (below the alert line) wait for one. */
export type Standing = 'alert' | 'unexpected' | 'decided' | 'not judged' | 'explained';

/** What triage says, and with what it was made. */
export interface FindingsAnswer {
  /** Rows in all, and how many of them are alerts. */
  readonly total: number;
  readonly alerts: number;
  /** How many of all stand how, whichever standing was asked for. */
  readonly standings: Readonly<Record<Standing, number>>;
  readonly rows: readonly FindingRow[];
  /** What the findings were made with. */
  readonly settings: TriageSettings;
  /** What is wrong with the case's settings or baseline; the defaults stand in for what could not be read. */
  readonly troubles: readonly string[];
}

/** What triage says of one process, with enough of it to print a line. */
export interface FindingRow extends ProcessFindings {
  readonly host: string;
  readonly pid: number;
  /** As in `lineage`: never NaN. */
  readonly start: number;
  readonly name: string | null;
  readonly executable: string | null;
  readonly isOrphan: boolean;
}

/** Without `verdict`: of all orphans. `entries` is empty where too little is known of the process to know it again. */
export interface BaselineAsk {
  readonly verdict?: { readonly process: ProcessRow; readonly author: string; readonly note: string };
}

/** The case's verdicts. */
export interface VerdictsAnswer {
  readonly verdicts: readonly VerdictState[];
  /** What was pinned to steps of the playbook and said of them. */
  readonly notes: readonly StepNotes[];
  /** Lines of the case's files that are neither, each with its place. */
  readonly troubles: readonly string[];
}

/** Left out: `process` the case as a whole, `steps` all of them, `before` and `after` (microseconds around the adoption) what the case sets. */
export interface PlaybookAsk {
  readonly process?: ProcessRow;
  readonly steps?: readonly string[];
  readonly before?: number;
  readonly after?: number;
}

/** Facts of the playbook's answers. Left out: `process` the case as a whole, `facts` (their ids) all that these steps tell. */
export interface ObservationsAsk {
  readonly process?: ProcessRow;
  readonly steps: readonly string[];
  readonly facts?: readonly string[];
}

/** What is needed to pin facts: who the playbook was gone through for (null: the case), and each fact with its provenance. */
export interface ObservationsAnswer {
  readonly anchor: Anchor | null;
  readonly observations: readonly { readonly step: string; readonly pin: string; readonly observation: Observation }[];
}

/** What indicators, change calendars and rules of others say of the set. */
export interface IntelAnswer {
  /** How many were read. */
  readonly indicators: number;
  readonly windows: number;
  /** Where indicators occur, in order of time. */
  readonly hits: readonly IndicatorHit[];
  /** Rules of others (Sigma, EQL) that were run, and the processes they fired on. */
  readonly rules: number;
  readonly alerts: readonly RuleAlert[];
  /** What could not be read, a sentence each. */
  readonly troubles: readonly string[];
}
