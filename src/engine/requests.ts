import type { Anchor, StepNotes } from '../case/index.js';
import type { Catalogue, HuntAsk, HuntResult } from '../hunt/index.js';
import type { Basis, EvidenceEntry, ProcessRow } from '../model/index.js';
import type { BaselineEntry, IntelText, Learned, PlaybookAnswers } from '../triage/index.js';
import type { LineageRecord } from './lineageAnswers.js';
import type { Details, RawRecord } from './processAnswers.js';
import type { BaselineAsk, FindingsAnswer, FindingsAsk, IntelAnswer, ObservationsAnswer, ObservationsAsk, PlaybookAsk, VerdictsAnswer } from './triageAnswers.js';
import type { Overview, RowWindow, ViewAsk, ViewState } from './viewAnswers.js';

export type { Anchor, Pin, StepNotes, VerdictState } from '../case/index.js';
export type { Catalogue, CatalogueField, Cell, Diagnostic, HuntAsk, HuntResult, TreeLine } from '../hunt/index.js';
export type { ProcessRef } from '../model/index.js';
export type { BaselineMatch, FindingReason, PlaybookAnswers, PlaybookStep, ToldFact } from '../triage/index.js';
export type * from './lineageAnswers.js';
export type * from './processAnswers.js';
export type * from './triageAnswers.js';
export type * from './viewAnswers.js';

/**
 * Everything that editor, notebook, language server and command line may ask of an engine. One line a request: its question and its answer.
 * Questions and answers are plain data (structured clone); times are microseconds since the epoch; a process is its row in the lineage.
 */
export interface EngineRequests {
  /** Reads a set; answers when the lineage stands (the store goes on filling). A file that cannot be read is an entry with `error`. */
  open(ask: OpenAsk): Summary;
  summary(ask: Record<never, never>): Summary;
  /** Rows [first, first + count) of all processes as the command line prints them (DESIGN 12, `lineage --json`). */
  lineage(ask: { first: number; count: number }): readonly LineageRecord[];
  /** Makes a view (its layout and what is collapsed live in the engine) and answers its size. */
  view(ask: ViewAsk): ViewState;
  closeView(ask: { view: number }): null;
  /** Rows [first, first + count) of a view, 5,000 at most. */
  rows(ask: { view: number; first: number; count: number }): RowWindow;
  /** Opens or closes one row; `deep`: all below it. */
  toggle(ask: { view: number; row: number; expanded: boolean; deep?: boolean }): ViewState;
  /** Opens what hides a process and answers its row; -1 when the view's filter leaves it out. */
  reveal(ask: { view: number; process: ProcessRow }): { state: ViewState; row: number };
  /** Processes whose name, pid, user, executable or decoded arguments hold the text (ASCII case ignored), in view order; `rows[i]` is -1 inside a closed row. */
  search(ask: { view: number; text: string; limit: number }): { processes: Int32Array; rows: Int32Array; total: number };
  /** The next (or previous) orphan after a row; -1 none. */
  nextOrphan(ask: { view: number; row: number; backward: boolean }): { state: ViewState; row: number };
  /** For the overview strip: per row bucket and per time bucket how many processes and orphans. */
  overview(ask: { view: number; rowBuckets: number; timeBuckets: number }): Overview;
  details(ask: { process: ProcessRow }): Details;
  /** The raw records that speak of a process, oldest first. */
  raw(ask: { process: ProcessRow; first: number; count: number }): { total: number; records: readonly RawRecord[] };
  rawAt(ask: { member: string; offset: number }): RawRecord;
  hunt(ask: HuntAsk): HuntResult;
  /** Reads in one walk what these hunts will ask of records; each would read its own part when it runs. */
  prepareHunts(ask: { readonly hunts: readonly Pick<HuntAsk, 'text' | 'before'>[] }): Record<never, never>;
  /** What triage says, worst first: rows [first, first + count) of the processes that have findings and of all orphans. Answered before the store is full. */
  findings(ask: FindingsAsk): FindingsAnswer;
  /**
   * Baseline entries for `baseline.json`: of the orphans of a host taken for good, or of one process by an analyst's verdict; and what unit files propose. Not learned are
   * `standOut` orphans with an alert and `scratch` whose program lies where everybody may write.
   */
  baseline(ask: BaselineAsk): Learned & { readonly proposed: readonly BaselineEntry[] };
  /** The next process that triage is loud about and nobody has decided, in order of rank after `after` (-1: the first), round to the beginning; -1: all are decided. */
  nextFinding(ask: { after: ProcessRow; backward: boolean }): { process: ProcessRow; undecided: number; total: number };
  /** The case's verdicts and notes to steps with the processes that they are about, unmatched ones last; `reload` reads the case's files again first. */
  verdicts(ask: { reload?: boolean }): VerdictsAnswer;
  /** Goes through the playbook for a process (left out: for the case), all steps or those named; `before` and `after` its adoption are microseconds. */
  playbook(ask: PlaybookAsk): PlaybookAnswers;
  /** What is pinned to steps of the playbook and said of them for a process; left out: for the case as a whole. As it was read last. */
  stepNotes(ask: { process?: ProcessRow }): readonly StepNotes[];
  /** Facts of the playbook's answers with their provenance, to be pinned. Rejects where an id is no fact's of these steps any more. */
  observations(ask: ObservationsAsk): ObservationsAnswer;
  /** What a verdict or a note on a process hangs on: it finds the process again when more evidence came. */
  anchor(ask: { process: ProcessRow }): Anchor;
  /** IoC lists, change calendars and rules of others: those of the case, and what is added here for as long as the set is open. */
  intel(ask: { add?: readonly IntelText[]; reload?: boolean }): IntelAnswer;
  /** A member of the evidence as text (a script, a unit, a crontab), its first 256 KiB. */
  content(ask: { member: string }): { text: string; isCut: boolean };
  /** The embedded store as a SQLite file, for a thread that may do with it what it likes (SQL cells). */
  storeCopy(ask: Record<never, never>): { readonly bytes: Uint8Array };
  /** What completion knows of this set; answered from memory. */
  catalogue(ask: Record<never, never>): Catalogue;
}

export type EngineMethod = keyof EngineRequests;
export type AskOf<M extends EngineMethod> = Parameters<EngineRequests[M]>[0];
export type AnswerOf<M extends EngineMethod> = ReturnType<EngineRequests[M]>;

/** What the engine tells while it works on a request. */
export interface Progress {
  /** "reading audit.log", "healing the tree", "filling the store", "hunting". */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** The engine as its users see it: the same in this thread, behind a worker, or in a test. */
export interface Engine {
  /** Rejects with an Error whose message is fit to show; an AbortError when `signal` was aborted. */
  ask<M extends EngineMethod>(method: M, ask: AskOf<M>, options?: { signal?: AbortSignal; onProgress?: (progress: Progress) => void }): Promise<AnswerOf<M>>;
  /** Resolves when the store holds every observation; hunts wait for it by themselves. */
  storeReady(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenAsk {
  /** Paths or `file:` URIs: files, folders, or a case folder / case.foundling.json. */
  readonly sources: readonly string[];
  readonly zone?: string;
  readonly takenMicros?: number;
  readonly hostOf?: Readonly<Record<string, string>>;
  /** Answer only when every file's SHA-256 is known; without it hashes come after the store is full (ask `summary` again). */
  readonly hash?: boolean;
  /** Only this answer is wanted, and later `summary`: no process is kept once it has ended and nothing can change it any more; all other requests reject. */
  readonly summaryOnly?: boolean;
}

export interface Summary {
  readonly evidence: readonly EvidenceEntry[];
  readonly hosts: readonly string[];
  readonly processes: number;
  readonly orphans: number;
  /** How the creators of the processes are known: what the evidence's gaps cost. Threads of the kernel and pid 1 are not counted. */
  readonly known?: Known;
  readonly observations: number;
  readonly from: number; // NaN when nothing is dated
  readonly to: number;
  /** Title of the case, if the set is one. */
  readonly title?: string;
  readonly storeReady: boolean;
  /** Every file was hashed and compared with what the case states: an entry's `error` is the last word on it. */
  readonly hashed?: boolean;
}

/** Processes by how their creator is known; beside it, how many are known only by what points to them, and of how many nobody can say whether they were adopted. */
export interface Known {
  readonly creators: Readonly<Record<Basis | 'unknown', number>>;
  readonly unrecorded: number;
  readonly orphanUnknown: number;
}
