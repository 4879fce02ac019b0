import type { Basis, ProcessRow } from '../model/index.js';

/** Every kind of finding (DESIGN 15), in the order of that table. */
export const FINDING_KINDS = [
  'adopted', 'double-fork', 'daemonised', 'foreign-parent', 'brokered', 'reused-pid', 'kernel-name', 'name-mismatch', 'no-file',
  'orphan-network', 'orphan-persistence', 'service-shell', 'outlived-session', 'ignored-signals', 'sensor-tampered', 'sources-disagree',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Where a raw record lies: a member's path as `raw --at` takes it, and the byte offset in the decompressed member. */
export interface RecordPlace {
  readonly member: string;
  readonly offset: number;
}

/** One reason of a finding, in words; `basis` is the weakest of what it rests on. */
export interface FindingReason {
  /** One sentence. */
  readonly says: string;
  /** What it adds to (or, below zero, takes from) the points. */
  readonly points: number;
  readonly basis: Basis;
  /** The records behind it, the first few. */
  readonly records: readonly RecordPlace[];
}

/** One detection on one process. `points` is the sum of its reasons' points, at least 0. */
export interface Finding {
  readonly kind: FindingKind;
  readonly process: ProcessRow;
  readonly points: number;
  /** ATT&CK ids, the most telling first. */
  readonly techniques: readonly string[];
  readonly reasons: readonly FindingReason[];
}

/**
 * What is said of an orphan: *unexpected* (loud), *explained* by a baseline entry (quiet), or *not judged* for want of evidence.
 * Of a process that is no orphan but has findings: unexpected.
 */
export const FINDING_STATES = ['unexpected', 'explained', 'not judged'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** How one baseline entry fits a process: which of its conditions hold and which do not, in words. */
export interface BaselineMatch {
  readonly entry: string;
  /** Where the entry comes from: shipped, learned from a host, a verdict, a unit file. */
  readonly source: string;
  readonly held: readonly string[];
  readonly failed: readonly string[];
  /** What the evidence cannot say. */
  readonly unknown: readonly string[];
}

/** All that triage says of one process. */
export interface ProcessFindings {
  readonly process: ProcessRow;
  /** Sum of the findings' points after the baseline, at least 0. */
  readonly score: number;
  /** Score at or above the case's alert line. */
  readonly alert: boolean;
  readonly state: FindingState;
  /** One sentence: what makes it stand out, or why it is quiet, or for want of what it is not judged. */
  readonly why: string;
  readonly findings: readonly Finding[];
  /** The entry that explains it (`failed` is empty), or the near misses, nearest first. */
  readonly baseline: readonly BaselineMatch[];
}

/** Settings of triage in the case's `triage` object; a VS Code setting is only the default for new cases (DESIGN 10). */
export interface TriageSettings {
  /** Alerts begin at this score. */
  readonly alertLine: number;
  /** DET0443's TimeWindow: a detach within it is immediate, microseconds. */
  readonly timeWindowMicros: number;
  /** DET0443's ReparentingDetectionScope: adopters whose adoptions count. */
  readonly adopters: readonly ('init' | 'subreaper' | 'namespace-init')[];
  /** DET0443's ExecutableScope: wildcard patterns over executables whose findings count; empty: all. */
  readonly executables: readonly string[];
  /** Wildcard patterns over files that count as configuration in the playbook, beside those that we know. */
  readonly configurationFiles: readonly string[];
}
