import type { VerdictState } from '../case/index.js';
import type { Basis, ClaimKind, EntryKind, EvidenceEntry, ParentView, ProcessRow, Reason } from '../model/index.js';
import type { BaselineEntry, IndicatorHit, IntelText, PlaybookAnswers, ProcessFindings, RuleAlert, TriageSettings } from '../triage/index.js';

export type { VerdictState } from '../case/index.js';
export type { BaselineMatch, FindingReason, PlaybookAnswers, PlaybookStep, StepFact } from '../triage/index.js';

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
  /** What triage says, worst first: rows [first, first + count) of the processes that have findings and of all orphans. Answered before the store is full. */
  findings(ask: FindingsAsk): FindingsAnswer;
  /** Baseline entries for `baseline.json`: of all orphans of a host taken for good, or of one process by an analyst's verdict; and what unit files propose. */
  baseline(ask: BaselineAsk): { readonly entries: readonly BaselineEntry[]; readonly proposed: readonly BaselineEntry[] };
  /** The next process that triage is loud about and nobody has decided, in order of rank after `after` (-1: the first), round to the beginning; -1: all are decided. */
  nextFinding(ask: { after: ProcessRow; backward: boolean }): { process: ProcessRow; undecided: number; total: number };
  /** The case's verdicts with the processes that they are about, unmatched ones last; `reload` reads the case's files again first. */
  verdicts(ask: { reload?: boolean }): VerdictsAnswer;
  /** Goes through the playbook for a process (left out: for the case), all steps or those named; `before` and `after` its adoption are microseconds. */
  playbook(ask: PlaybookAsk): PlaybookAnswers;
  /** IoC lists, change calendars and rules of others: those of the case, and what is added here for as long as the set is open. */
  intel(ask: { add?: readonly IntelText[]; reload?: boolean }): IntelAnswer;
  /** A member of the evidence as text (a script, a unit, a crontab), its first 256 KiB. */
  content(ask: { member: string }): { text: string; isCut: boolean };
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
}

/** Processes by how their creator is known; beside it, how many are known only by what points to them, and of how many nobody can say whether they were adopted. */
export interface Known {
  readonly creators: Readonly<Record<Basis | 'unknown', number>>;
  readonly unrecorded: number;
  readonly orphanUnknown: number;
}

/** A process named by another's record: enough to print it without a second question. */
export interface ProcessRef {
  readonly process: ProcessRow;
  readonly pid: number;
  readonly start: number; // NaN: unrecorded, undated
  readonly name: string | null;
}

export type GroupBy = 'creation' | 'session';

export interface ViewAsk {
  readonly parents: ParentView;
  readonly group: GroupBy;
  /** Keep only orphans with their ancestors. */
  readonly orphansOnly: boolean;
  readonly kernelThreads: boolean;
  /** Tree as it stood at this time; undefined: all processes of the set. */
  readonly at?: number;
  /** Only processes of this host. */
  readonly host?: string;
  /** Show only these processes with their ancestors (a hunt's tree). */
  readonly only?: readonly ProcessRow[];
}

export interface ViewState {
  readonly view: number;
  readonly rowCount: number;
  readonly from: number;
  readonly to: number;
  readonly processes: number;
  readonly orphans: number;
}

/** A window of rows as columns. `process` is -1 for a group heading (a session), whose words are in `name`. */
export interface RowWindow {
  readonly first: number;
  readonly count: number;
  readonly rowCount: number;
  readonly process: Int32Array;
  readonly depth: Uint16Array;
  /** 0 leaf, 1 collapsed, 2 expanded. */
  readonly fold: Uint8Array;
  readonly setSize: Uint32Array;
  readonly posInSet: Uint32Array;
  readonly pid: Int32Array;
  readonly flags: Uint32Array; // FLAG
  readonly start: Float64Array;
  /** Basis code of `start`: other than observed, it began then or before (first seen). */
  readonly startBasis?: Uint8Array;
  readonly end: Float64Array; // NaN: alive at the end of the evidence, or not known
  readonly lastSeen: Float64Array;
  /** When it was first adopted, NaN if never: where the lifeline changes. */
  readonly adoptedAt: Float64Array;
  /** Row in this view of the other tree's parent (creator in the recorded view, adopter in the created view); -1 none or hidden. */
  readonly otherParentRow: Int32Array;
  readonly creatorPid: Int32Array;
  readonly adopterPid: Int32Array;
  readonly creatorBasis: Uint8Array;
  readonly hiddenBelow: Uint32Array;
  readonly name: readonly string[];
  readonly args: readonly string[];
  readonly user: readonly string[];
  readonly creatorName: readonly string[];
  readonly adopterName: readonly string[];
  /** How sure the creator is, 0..1. */
  readonly creatorConfidence?: Float32Array;
  /** Basis code and confidence of the adoption; 255 and 0 for who is no orphan. */
  readonly orphanBasis?: Uint8Array;
  readonly orphanConfidence?: Float32Array;
  /** From start to first adoption, microseconds, as bounds; NaN where nothing bounds it. */
  readonly orphanedAfterMin?: Float64Array;
  readonly orphanedAfterMax?: Float64Array;
  /** Who asked a broker to start it (not merely something above it): pid (-1 none known), name, and its row in this view (-1 none or hidden). */
  readonly requesterPid?: Int32Array;
  readonly requesterName?: readonly string[];
  readonly requesterRow?: Int32Array;
  /** What triage gives it, 0 for nothing or not weighed yet; 1 where it is at or above the alert line; and the word of the last verdict, "" for none. */
  readonly score?: Uint16Array;
  readonly alert?: Uint8Array;
  readonly verdict?: readonly string[];
}

export interface Overview {
  /** Orphans for each bucket of rows, and processes alive / orphans adopted for each bucket of time. */
  readonly rowOrphans: Uint32Array;
  readonly timeAlive: Uint32Array;
  readonly timeOrphans: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/** One parent (creator or recorded) with what it rests on. */
export interface ParentClaim {
  readonly parent: ProcessRef | null;
  readonly basis: Basis | null;
  readonly confidence: number | null;
  readonly reasons: readonly Reason[];
  /** The next best answers, likeliest first. */
  readonly runnersUp?: readonly Alternative[];
}

/** Another answer to an inferred claim; `parent` is null where it is nobody that is known, or (about `orphan`) where it was not adopted. */
export interface Alternative {
  readonly about: ClaimKind;
  readonly parent: ProcessRef | null;
  readonly confidence: number;
  /** Why it could be so, one sentence. */
  readonly says: string;
  /** About as likely as the claim itself, or the best other answer to a claim that is not strong: both explanations are to be shown. */
  readonly near: boolean;
}

/** When something happened: at once where both are equal, NaN where nothing bounds it. */
export interface Bounds {
  readonly from: number;
  readonly until: number;
}

export interface Details {
  readonly process: ProcessRow;
  readonly entityId: string;
  readonly host: string;
  readonly boot: number;
  readonly pid: number;
  readonly start: number;
  readonly startBasis: Basis | null;
  readonly end: number;
  readonly endBasis: Basis | null;
  readonly lastSeen: number;
  readonly name: string | null;
  readonly executable: string | null;
  readonly args: readonly string[];
  readonly cwd: string | null;
  readonly user: string | null;
  readonly auid: string | null;
  readonly session: string | null;
  readonly tty: string | null;
  readonly unit: string | null;
  readonly cgroup: string | null;
  readonly flags: number;
  /** The one sentence: who it is, who made it, who has it now, and why we say so. */
  readonly why: string;
  readonly creator: ParentClaim;
  /** Why nothing is claimed about the creator, or that the kernel itself made it; null where a process is claimed. */
  readonly noCreator?: { readonly kind: 'unknown' | 'kernel'; readonly says: string } | null;
  /** Between what moments it began. */
  readonly startBounds?: Bounds;
  readonly parents: readonly { readonly parent: ProcessRef | null; readonly from: number; readonly to: number; readonly basis: Basis | null; readonly adopted: boolean }[];
  readonly adopter: ParentClaim & { readonly kind: string };
  readonly orphanedAfter: { readonly min: number; readonly max: number } | null; // microseconds
  /** That it was adopted at all: how that is known, and between what moments it happened; null for who is no orphan. */
  readonly orphan?: { readonly basis: Basis | null; readonly confidence: number; readonly between: Bounds; readonly seenAdopted: boolean } | null;
  readonly launcher: ParentClaim;
  readonly entry: ParentClaim & { readonly kind: EntryKind; readonly session: string | null; readonly unit: string | null };
  /** Who asked a broker (systemd, atd, cron, a container daemon) to start it: no fork joins them. */
  readonly requester?: ParentClaim & { /** What was asked for: this process, or what it descends from. */ readonly started: ProcessRef | null };
  /** What would settle what is inferred or not known: a sentence each. */
  readonly settledBy?: readonly string[];
  readonly programs: readonly { readonly time: number; readonly name: string | null; readonly executable: string | null; readonly args: readonly string[] }[];
  /** Children by creation in order of start, the first 1,000; `childCount` is how many there are. */
  readonly children: readonly ProcessRef[];
  readonly childCount?: number;
  /** Ancestors by creation, nearest first. */
  readonly chain: readonly ProcessRef[];
  /** What analysts decided of it; left out where nobody did. */
  readonly verdict?: VerdictState;
}

export interface VerdictsAnswer {
  readonly verdicts: readonly VerdictState[];
  /** Lines of the case's files that are no verdicts, each with its place. */
  readonly troubles: readonly string[];
}

export interface RawRecord {
  readonly evidence: string;
  readonly member: string;
  readonly offset: number;
  readonly byteLength: number;
  readonly time: number;
  /** What the record states, in our words: "exec", "fork of 812". */
  readonly states: string;
  /** The bytes as text, one entry a line; control characters untouched (the shower makes them visible). */
  readonly lines: readonly string[];
  /** Hex values decoded: [field, text]. */
  readonly decoded: readonly (readonly [string, string])[];
  /** A command for a shell on the examiner's machine that shows the same record. */
  readonly command: string;
  readonly hex: string;
}

export interface HuntAsk {
  readonly text: string;
  readonly parents?: ParentView | 'difference';
  readonly basis?: Basis;
  readonly limit: number;
  /** Texts whose lets this one sees: the case's hunts, then the cells above. */
  readonly before?: readonly string[];
}

export type Cell = string | number | boolean | null | readonly (string | number)[];

export interface HuntResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  /** The process behind each row, -1 where a row is none's (aggregates). */
  readonly processes: Int32Array;
  /** The events of each row by their ids (several for a sequence, -1 for a missing one, none for an aggregate); left out for lifetimes. */
  readonly events?: readonly (readonly number[])[];
  readonly total: number;
  /** True when the limit cut the rows. */
  readonly truncated: boolean;
  readonly undecided: { readonly count: number; readonly fields: readonly string[] };
  /** How many rows rest on which basis. */
  readonly basis: Readonly<Record<Basis, number>>;
  /** `timeline`: the columns `@timestamp` and, where rows lie in lanes, `lane`. `chart`: keys, then numbers; the key `time` is a span's beginning. */
  readonly view: 'table' | 'tree' | 'timeline' | 'chart';
  /** For the tree view: rows in preorder. */
  readonly tree?: readonly TreeLine[];
  readonly diagnostics: readonly Diagnostic[];
  readonly elapsedMs: number;
}

export interface TreeLine {
  readonly process: ProcessRow;
  readonly depth: number;
  readonly matched: boolean;
  readonly label: string;
  readonly orphan: boolean;
  /** The other tree's parent, when it differs: drawn dashed. */
  readonly other: ProcessRef | null;
}

/** A mistake in a hunt's text. Offsets are UTF-16 code units of the text. */
export interface Diagnostic {
  readonly code: string; // HUNT201
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly fixes: readonly { readonly title: string; readonly from: number; readonly to: number; readonly text: string }[];
}

export interface FindingsAsk {
  readonly first: number;
  readonly count: number;
  /** Only processes of this host. */
  readonly host?: string;
  /** Only this process: no row where triage has nothing to say of it. */
  readonly process?: ProcessRow;
}

/** Without `verdict`: of all orphans. `entries` is empty where too little is known of the process to know it again. */
export interface BaselineAsk {
  readonly verdict?: { readonly process: ProcessRow; readonly author: string; readonly note: string };
}

export interface FindingsAnswer {
  /** Rows in all, and how many of them are alerts. */
  readonly total: number;
  readonly alerts: number;
  readonly rows: readonly FindingRow[];
  /** What the findings were made with. */
  readonly settings: TriageSettings;
  /** What is wrong with the case's settings or baseline; the defaults stand in for what could not be read. */
  readonly troubles: readonly string[];
}

export interface PlaybookAsk {
  readonly process?: ProcessRow;
  readonly steps?: readonly string[];
  readonly before?: number;
  readonly after?: number;
}

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

/** What completion and hover know about the open evidence. */
export interface Catalogue {
  readonly sources: readonly { readonly name: string; readonly rows: number }[];
  readonly fields: readonly CatalogueField[];
}

export interface CatalogueField {
  readonly name: string;
  /** Share of rows filled, 0..1, over process events and over lifetimes, whichever has it. */
  readonly filled: number;
  /** The most frequent values (up to 200) with their counts, most frequent first. */
  readonly values: readonly (readonly [string, number])[];
}

/** One line of `foundling lineage --json`; seconds since the epoch with 6 decimals, as numbers. */
export interface LineageRecord {
  readonly entity_id: string;
  readonly host: string;
  readonly boot: number;
  readonly pid: number;
  readonly start: number;
  readonly startBasis: Basis | null;
  readonly end: number | null;
  readonly endBasis: Basis | null;
  readonly unrecorded: boolean;
  readonly name: string | null;
  readonly executable: string | null;
  readonly args: readonly string[];
  readonly user: string | null;
  readonly auid: string | null;
  readonly session: string | null;
  readonly creator: Ref | null;
  readonly basis: Basis | null;
  readonly confidence: number | null;
  readonly parent: Ref | null;
  readonly adopter: { readonly pid: number } | null;
  readonly adopters: readonly { readonly pid: number; readonly start: number | null; readonly from: number | null; readonly to: number | null; readonly basis: Basis | null }[];
  readonly orphan: boolean;
  readonly orphanConfidence: number | null;
  readonly orphanedAfter: { readonly min: number | null; readonly max: number | null } | null;
  readonly launcher: Ref | null;
  readonly launcherConfidence: number | null;
  /** `pid` is null where only the session or unit is known, and the process that stood for the way in is gone. */
  readonly entry: { readonly kind: EntryKind; readonly pid: number | null; readonly start: number | null; readonly session?: string; readonly unit?: string } | null;
  readonly entryConfidence: number | null;
  readonly requester: Ref | null;
  readonly reasons: readonly string[];
}

export interface Ref {
  readonly pid: number;
  readonly start: number | null;
}
