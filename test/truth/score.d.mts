/** Names of the captures, [] where ../shared is not there. */
export function captures(): string[];
export type Given = 'audit' | 'audit+snapshots' | 'folder' | 'naive';
export interface Scores {
  readonly score: {
    readonly observable: {
      readonly creator: { readonly accuracyOfAll: number; readonly accuracyOfStated: number; readonly wrongPid: number; readonly wrongLifetime: number };
      readonly orphan: { readonly precision: number | null; readonly recall: number; readonly creatorAccuracy: number; readonly adopterAccuracy: number };
    };
    readonly mergedLifetimes: number;
    readonly scenarioSum: { readonly attacks: number; readonly fullyRight: number };
  };
  readonly claims: {
    readonly entry: { readonly rightShare: number; readonly kindShare: number };
    readonly requester: { readonly brokered: number; readonly rightShare: number | null; readonly rightOfStated: number | null };
    readonly calibration: { readonly creator: { readonly error: number | null }; readonly launcher: { readonly error: number | null }; readonly entry: { readonly error: number | null } };
  };
}
/** Less than was recorded: without the calls that end processes by signals (as the forks profile), and without forks and exits as well. */
export type Cut = 'no signals' | 'execs only';
export function scoreCapture(capture: string, given: Given, cut?: Cut): Scores;
export function scoreRenumbered(capture: string, limit: number, given: 'audit' | 'naive'): Scores;
export function tableRow(capture: string, given: Given, result: Scores): unknown[];
export function table(rows: readonly unknown[][]): string;
export type LoneKind = '/proc' | 'ps axo';
export interface LoneScores {
  readonly orphans: number;
  /** Orphans whose launcher is claimed with a confidence of 0.8 or more, and of these the true ancestors and the exact launchers. */
  readonly sure: number;
  readonly trueAncestors: number;
  readonly exact: number;
  readonly payloads: number;
  readonly entries: number;
  readonly entriesRight: number;
  readonly calibration: Readonly<Record<'creator' | 'launcher' | 'entry', number | null>>;
}
export function scoreLone(capture: string, kind: LoneKind): LoneScores;
export function loneTable(rows: readonly (readonly [capture: string, kind: LoneKind, scores: LoneScores])[]): string;
