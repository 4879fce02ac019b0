import type { Given } from './score.mjs';

export type How = 'plain' | 'path-blind' | 'name-blind' | 'plausible' | 'nonsense' | 'exec-only' | 'forks' | 'x0.5' | 'x3' | 'twice' | 'zone';
export interface FindingScores {
  readonly averagePrecision: number;
  readonly found: number;
  readonly maliciousOrphans: number;
  /** Of the malicious orphans, those with an alert. */
  readonly alerted: number;
  readonly falseAlerts: number;
}
export interface QuietScores {
  readonly hours: number;
  readonly alerts: number;
  readonly onLab: number;
  readonly perHostDay: number;
  readonly names: readonly string[];
}
export function isQuiet(capture: string): boolean;
export function scoreFindings(capture: string, given: Exclude<Given, 'naive'>, how?: How): FindingScores;
export function scoreLearned(capture: string, learnedFrom: string): FindingScores;
export function scorePathRule(capture: string): FindingScores;
export function scoreQuiet(capture: string, given: Exclude<Given, 'naive'>, how?: How): QuietScores;
export function findingsTable(rows: readonly (readonly [capture: string, given: string, how: string, scores: FindingScores])[]): string;
export function quietTable(rows: readonly (readonly [capture: string, given: string, how: string, scores: QuietScores])[]): string;
