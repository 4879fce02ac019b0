import { chartOf, timelineOf, type Chart, type Timeline } from './plot.js';
import type { ProcessAct } from './protocol.js';
import { BASES, type Basis } from '../../src/model/index.js';
import type { Cell, HuntAsk, HuntResult, Summary, TreeLine } from '../../src/engine/requests.js';

/** How a hunt was run: as written, with the creator for the parent, or both to see what only the created tree gives. */
export type HuntParents = NonNullable<HuntAsk['parents']>;
export const HUNT_PARENTS = ['recorded', 'created', 'difference'] as const satisfies readonly HuntParents[];

/** A hunt's result as a notebook output carries it: plain JSON, its first rows and the counts of the whole. */
export interface ResultOutput {
  readonly version: 1;
  /** Key of the open set, for questions back. */
  readonly set: string;
  /** What a person calls the evidence. */
  readonly evidence: string;
  /** The hunt, for asking for more of its rows. */
  readonly text: string;
  /** Absent: as it is written. */
  readonly parents?: HuntParents;
  /** Lineage known by less counted as absent; absent: all of it counted. */
  readonly atLeast?: Basis;
  /** Absent: a hunt. A SQL statement knows no undecided rows, basis or processes. */
  readonly language?: 'sql';
  /** What was left out of a SQL statement's rows, a sentence each. */
  readonly notes?: readonly string[];
  /** Texts whose lets it sees; absent: none. */
  readonly before?: readonly string[];
  /** The notebook cell's document, for what is written below it; absent where the result stands in no notebook. */
  readonly cell?: string;
  /** What a timeline or chart draws, of all its rows; the rows themselves are only the first. */
  readonly plot?: Plot;
  readonly columns: HuntResult['columns'];
  readonly rows: readonly (readonly Cell[])[];
  /** The process behind each row, -1 none. */
  readonly processes: readonly number[];
  readonly total: number;
  readonly truncated: boolean;
  readonly undecided: HuntResult['undecided'];
  readonly basis: HuntResult['basis'];
  readonly bases: HuntResult['bases'];
  readonly view: HuntResult['view'];
  readonly tree: readonly TreeLine[];
  /** What the evidence could not have shown: one sentence each. */
  readonly gaps: readonly string[];
  /** Evidence of the set that could not be read, so that no row can come from it. */
  readonly unreadable: readonly string[];
}

export type Plot = ({ readonly view: 'timeline' } & Timeline) | ({ readonly view: 'chart' } & Chart);

/** A question back about a hunt that was run. */
export type Question = Pick<ResultOutput, 'set' | 'text' | 'parents' | 'atLeast' | 'language' | 'before'>;

/** The question that a result answers. */
export function questionOf({ set, text, parents, atLeast, language, before }: ResultOutput): Question {
  return {
    set,
    text,
    ...(parents ? { parents } : {}),
    ...(atLeast ? { atLeast } : {}),
    ...(language ? { language } : {}),
    ...(before ? { before } : {}),
  };
}

/** What can be copied of a result's process. */
export const COPY_ACTS = ['copyForTicket', 'copyIndicators'] as const satisfies readonly ProcessAct[];
export type CopyAct = (typeof COPY_ACTS)[number];

/** What the renderer says to the extension. */
export type FromRenderer =
  /** Shows a process in the tree editor. */
  | { readonly kind: 'openProcess'; readonly set: string; readonly process: number }
  /** Copies what is known of a row's process: for a ticket, or the indicators of all it created. */
  | { readonly kind: 'copyProcess'; readonly act: CopyAct; readonly set: string; readonly process: number }
  /** Puts text on the clipboard: a notebook's page may not be allowed to. */
  | { readonly kind: 'copy'; readonly text: string }
  /** Asks for up to {@link MOST_ROWS} rows of a hunt whose output carries fewer; or, `undecided`, for the rows that it could not decide. Answered with the same id. */
  | ({ readonly kind: 'more'; readonly id: string; readonly undecided?: true } & Question)
  /** Writes the cell's result below it, as text, with so many rows: as many as are shown. */
  | { readonly kind: 'pin'; readonly cell: string; readonly rows: number };

/** What the extension answers. */
export type ToRenderer = { readonly kind: 'more'; readonly id: string } & ({ readonly output: ResultOutput } | { readonly error: string });

/** So many rows are drawn at most: each is an element of the page. The command line and a narrower hunt have no such bound. */
export const MOST_ROWS = 2_000;

/** Rows of a timeline or chart that are read for its picture (HUNT 13). */
export const MOST_PLOTTED = 100_000;

/** A message of a renderer, checked: it draws strangers' text. */
export function messageFromRenderer(value: unknown): FromRenderer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>; // each field is checked before it is used
  const { kind, set, process, text, id, cell, rows, before } = message;
  if (kind === 'copy') return typeof text === 'string' ? { kind, text } : undefined;
  if (kind === 'pin') return typeof cell === 'string' && typeof rows === 'number' && Number.isInteger(rows) && rows >= 0 && rows <= MOST_ROWS ? { kind, cell, rows } : undefined;
  if (kind === 'more') {
    if (typeof id !== 'string' || typeof set !== 'string' || typeof text !== 'string') return undefined;
    const parents = HUNT_PARENTS.find((each) => each === message['parents']);
    const atLeast = BASES.find((each) => each === message['atLeast']);
    const seen = Array.isArray(before) && before.every((each) => typeof each === 'string') ? { before } : {};
    return { kind, id, set, text, ...seen, ...(parents ? { parents } : {}), ...(atLeast ? { atLeast } : {}), ...(message['language'] === 'sql' ? { language: 'sql' as const } : {}), ...(message['undecided'] === true ? { undecided: true } : {}) };
  }
  if (typeof set !== 'string' || typeof process !== 'number' || !Number.isInteger(process) || process < 0) return undefined;
  if (kind === 'openProcess') return { kind, set, process };
  const act = COPY_ACTS.find((each) => each === message['act']);
  return kind === 'copyProcess' && act !== undefined ? { kind, act, set, process } : undefined;
}

/** A result in an output item, checked as far as drawing needs it: a file that was saved by another version is told, not drawn wrong. */
export function isResultOutput(value: unknown): value is ResultOutput {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'rows' in value && Array.isArray(value.rows);
}

/** What a result is about, beside its rows. `rows`: so many are carried at most. */
export interface About {
  readonly set: string;
  readonly evidence: string;
  readonly text: string;
  readonly parents?: HuntParents | undefined;
  readonly atLeast?: Basis | undefined;
  readonly summary: Summary;
  readonly before?: readonly string[];
  readonly cell?: string;
  readonly rows?: number;
}

export function outputOf(result: HuntResult, about: About): ResultOutput {
  const { set, evidence, text, parents, atLeast, summary, before, cell, rows = result.rows.length } = about;
  const plot = plotOf(result);
  const order = columnOrder(result.columns, parents);
  return {
    version: 1,
    set,
    evidence,
    text,
    ...(parents ? { parents } : {}),
    ...(atLeast ? { atLeast } : {}),
    ...(before && before.length > 0 ? { before } : {}),
    ...(cell === undefined ? {} : { cell }),
    ...(plot ? { plot } : {}),
    columns: order.map((at) => result.columns[at]!), // an order of the columns' own indices
    rows: result.rows.slice(0, rows).map((row) => order.map((at) => row[at] ?? null)),
    processes: [...result.processes.subarray(0, rows)],
    total: result.total,
    truncated: result.truncated || rows < result.rows.length,
    undecided: result.undecided,
    basis: result.basis,
    bases: result.bases.slice(0, rows),
    view: result.view,
    tree: result.tree ?? [],
    gaps: [...new Set(summary.evidence.flatMap((entry) => entry.coverage.map((coverage) => coverage.says)))],
    unreadable: unreadableOf(summary),
  };
}

/** Columns as a result shows them: of a difference, the edge stands before what needs the most room, not behind it. */
function columnOrder(columns: HuntResult['columns'], parents: HuntParents | undefined): readonly number[] {
  const all = columns.map((_, at) => at);
  const before = columns.findIndex(({ name }) => name === 'process.command_line');
  const edge = columns.findIndex(({ name }) => name === 'recorded parent'); // the first of those that the difference adds at the end
  if (parents !== 'difference' || before < 0 || edge < before) return all;
  return [...all.slice(0, before), ...all.slice(edge), ...all.slice(before, edge)];
}

/** The rows of a SQL statement as a hunt's are carried. */
export function sqlOutputOf(result: Pick<HuntResult, 'columns' | 'rows' | 'total' | 'truncated'> & { readonly notes: readonly string[] }, about: Omit<About, 'parents' | 'atLeast' | 'before' | 'rows'>): ResultOutput {
  const rest = { processes: new Int32Array(result.rows.length).fill(-1), undecided: { count: 0, fields: [] }, basis: { observed: 0, derived: 0, inferred: 0 }, bases: [], view: 'table', diagnostics: [], elapsedMs: 0 } as const;
  return { ...outputOf({ ...result, ...rest }, about), language: 'sql', ...(result.notes.length > 0 ? { notes: result.notes } : {}) };
}

function plotOf(result: HuntResult): Plot | undefined {
  if (result.rows.length === 0) return undefined;
  if (result.view === 'timeline') return { view: 'timeline', ...timelineOf(result) };
  return result.view === 'chart' ? { view: 'chart', ...chartOf(result) } : undefined;
}

/** The hunt that lists what this one could not decide: `| undecided` in place of its view. */
export function undecidedText(text: string): string {
  return `${text.replace(/\|\s*(?:table|tree|timeline|chart)\b[^|"\n]*\s*$/, '').trimEnd()}\n| undecided`;
}

/** A sentence for each evidence that could not be read to its end. */
function unreadableOf(summary: Summary): string[] {
  return summary.evidence.flatMap(({ file, error }) => (error === undefined ? [] : [error.includes(file) ? error : `${file}: ${error}`]));
}
