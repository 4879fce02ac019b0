import type { VerdictState } from '../case/index.js';
import type { Details, FindingRow, Known, ProcessRef, RawRecord, StepNotes } from '../engine/requests.js';
import type { Basis, EvidenceEntry, ProcessRow } from '../model/index.js';
import type { PlaybookStep } from '../triage/index.js';
import type { Connection, FileChange, ReportedIndicator } from './indicators.js';

/**
 * All that a report says, as plain data: whoever writes HTML or Markdown only puts it into words and marks. Times are microseconds since the epoch, texts
 * from evidence stand as they were read; the writers make them fit for their place.
 */
export interface ReportModel {
  readonly title: string;
  readonly madeAt: number;
  readonly author: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly counts: ReportCounts;
  /** Loud statements that stand before everything: changed evidence, a sensor that was tampered with, a bound that cut the report. */
  readonly warnings: readonly string[];
  /** Processes told at length, worst first. */
  readonly subjects: readonly Subject[];
  readonly timeline: readonly TimelineEntry[];
  /** Every process with loud findings that is not told at length, alike ones together. */
  readonly others: readonly AlikeFindings[];
  /** Every clause of the playbook, answered for the case. */
  readonly playbook: readonly PlaybookStep[];
  /** What analysts pinned to steps and said of them, for the case as a whole and on processes that this evidence does not hold; the rest is with the subjects. */
  readonly notes: readonly StepNotes[];
  readonly verdicts: readonly VerdictState[];
  readonly hosts: readonly HostRow[];
  readonly patterns: readonly Pattern[];
  readonly coverage: readonly CoverageRow[];
  readonly containment: Containment;
  readonly evidence: readonly ReportedEvidence[];
  /** What went wrong while the case's settings, baseline or verdicts were read. */
  readonly troubles: readonly string[];
}

/** An evidence file with the name by which others know it; `error` has that name too, `file` is where it was read. */
export interface ReportedEvidence extends EvidenceEntry {
  readonly name: string;
}

/** Processes of one host with the same name, the same kinds of finding and the same score: the first, and all of them. */
export interface AlikeFindings {
  readonly first: FindingRow;
  readonly rows: readonly FindingRow[];
}

export interface ReportCounts {
  readonly processes: number;
  readonly orphans: number;
  readonly alerts: number;
  readonly alertLine: number;
  readonly unexpected: number;
  readonly explained: number;
  readonly notJudged: number;
  readonly known: Known | undefined;
}

/** One process told at length. */
export interface Subject {
  readonly details: Details;
  /** Undefined where triage has nothing to say of it, and only a verdict made it a subject. */
  readonly row: FindingRow | undefined;
  readonly verdict: VerdictState | undefined;
  readonly records: readonly RawRecord[];
  /** How many records speak of it; `records` are the first of them. */
  readonly recordCount: number;
  /** From the oldest known ancestor by creation down to the process. */
  readonly path: readonly PathStep[];
  readonly connections: readonly Connection[];
  readonly files: readonly FileChange[];
  readonly indicators: readonly ReportedIndicator[];
  /** The triggers of escalation, and steps that analysts pinned something to or answered in their own words, answered for this process. */
  readonly steps: readonly PlaybookStep[];
  readonly notes: readonly StepNotes[];
  readonly picture: Picture;
}

/** One link of the execution path. */
export interface PathStep {
  readonly details: Details;
  readonly role: readonly ('entry' | 'launcher' | 'intermediate' | 'unrecorded' | 'subject')[];
  /** What it ran, in order; an interpreter's script is named as the script. */
  readonly programs: readonly ProgramStep[];
  /** Where its times come from, in words: which clock, how fine. */
  readonly clock: string;
}

export interface ProgramStep {
  /** NaN: no exec of it is on record; it is what the process was seen as, its creator's program or one from before the evidence. */
  readonly time: number;
  /** "/opt/x/job.sh (a script, run by bash)", "/usr/bin/nc". */
  readonly says: string;
  readonly args: readonly string[];
  /** SHA-256 of the image where a sensor stated it. */
  readonly sha256: string | undefined;
}

export interface TimelineEntry {
  readonly time: number;
  readonly host: string;
  readonly process: ProcessRef | undefined;
  readonly says: string;
  readonly basis: Basis | null;
  /** True where the time is a bound, not a moment that a record states. */
  readonly isAbout: boolean;
}

export interface HostRow {
  readonly host: string;
  /** `unknown`: named or contacted, and nothing of it is in the evidence: neither clean nor affected. */
  readonly state: 'affected' | 'nothing seen' | 'unknown';
  readonly says: string;
  readonly processes: readonly string[];
}

/** One trait of the subjects, looked for on every host. */
export interface Pattern {
  readonly kind: 'executable' | 'arguments' | 'shape' | 'address' | 'sha256';
  readonly value: string;
  readonly hosts: readonly { readonly host: string; readonly count: number; readonly first: number; readonly last: number }[];
}

/** One gap, with the names of all the files of a host that have it. */
export interface CoverageRow {
  readonly host: string;
  readonly files: readonly string[];
  readonly says: string;
  readonly remedy: string | undefined;
}

/** `mayRun`: no end of it is on record; undefined where the report did not look. */
export interface ToContain {
  readonly host: string;
  readonly process: ProcessRef;
  readonly mayRun: boolean | undefined;
  readonly says: string;
}

/** What would have to be contained, written out and never done. */
export interface Containment {
  readonly hosts: readonly string[];
  readonly processes: readonly ToContain[];
  readonly files: readonly ReportedIndicator[];
  readonly addresses: readonly ReportedIndicator[];
  /** All of it that a tool can look for or block, for lists. */
  readonly indicators: readonly ReportedIndicator[];
  /** Text for other tools, each with its name. */
  readonly snippets: readonly { readonly tool: string; readonly says: string; readonly text: string }[];
}

/** A lineage picture: rows from top to bottom, edges between rows. */
export interface Picture {
  readonly nodes: readonly { readonly process: ProcessRow; readonly label: string; readonly detail: string; readonly depth: number; readonly kind: 'plain' | 'orphan' | 'intermediate' | 'unrecorded' | 'outside'; readonly isSubject: boolean }[];
  /** Indices into `nodes`. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly kind: 'created' | 'adopted' | 'requested' }[];
}
