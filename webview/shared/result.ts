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
  readonly columns: HuntResult['columns'];
  readonly rows: readonly (readonly Cell[])[];
  /** The process behind each row, -1 none. */
  readonly processes: readonly number[];
  readonly total: number;
  readonly truncated: boolean;
  readonly undecided: HuntResult['undecided'];
  readonly basis: HuntResult['basis'];
  readonly view: HuntResult['view'];
  readonly tree: readonly TreeLine[];
  /** What the evidence could not have shown: one sentence each. */
  readonly gaps: readonly string[];
  /** Evidence of the set that could not be read, so that no row can come from it. */
  readonly unreadable: readonly string[];
}

/** What the renderer says to the extension. */
export type FromRenderer =
  /** Shows a process in the tree editor. */
  | { readonly kind: 'openProcess'; readonly set: string; readonly process: number }
  /** Puts text on the clipboard: a notebook's page may not be allowed to. */
  | { readonly kind: 'copy'; readonly text: string }
  /** Asks for up to {@link MOST_ROWS} rows of a hunt whose output carries fewer. Answered with the same id. */
  | { readonly kind: 'more'; readonly id: string; readonly set: string; readonly text: string; readonly parents?: HuntParents };

/** What the extension answers. */
export type ToRenderer = { readonly kind: 'more'; readonly id: string } & ({ readonly output: ResultOutput } | { readonly error: string });

/** So many rows are drawn at most: each is an element of the page. The command line and a narrower hunt have no such bound. */
export const MOST_ROWS = 2_000;

/** A message of a renderer, checked: it draws strangers' text. */
export function messageFromRenderer(value: unknown): FromRenderer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>; // each field is checked before it is used
  const { kind, set, process, text, id } = message;
  if (kind === 'copy') return typeof text === 'string' ? { kind, text } : undefined;
  if (kind === 'more') {
    const parents = HUNT_PARENTS.find((each) => each === message['parents']);
    return typeof id === 'string' && typeof set === 'string' && typeof text === 'string' ? { kind, id, set, text, ...(parents ? { parents } : {}) } : undefined;
  }
  const whole = kind === 'openProcess' && typeof set === 'string' && typeof process === 'number' && Number.isInteger(process) && process >= 0;
  return whole ? { kind, set, process } : undefined;
}

/** A result in an output item, checked as far as drawing needs it: a file that was saved by another version is told, not drawn wrong. */
export function isResultOutput(value: unknown): value is ResultOutput {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'rows' in value && Array.isArray(value.rows);
}

export function outputOf(
  result: HuntResult,
  about: { set: string; evidence: string; text: string; parents: HuntParents | undefined; summary: Summary },
): ResultOutput {
  const { set, evidence, text, parents, summary } = about;
  return {
    version: 1,
    set,
    evidence,
    text,
    ...(parents ? { parents } : {}),
    columns: result.columns,
    rows: result.rows,
    processes: [...result.processes],
    total: result.total,
    truncated: result.truncated,
    undecided: result.undecided,
    basis: result.basis,
    view: result.view,
    tree: result.tree ?? [],
    gaps: [...new Set(summary.evidence.flatMap((entry) => entry.coverage.map((coverage) => coverage.says)))],
    unreadable: unreadableOf(summary),
  };
}

/** A sentence for each evidence that could not be read to its end. */
function unreadableOf(summary: Summary): string[] {
  return summary.evidence.flatMap(({ file, error }) => (error === undefined ? [] : [error.includes(file) ? error : `${file}: ${error}`]));
}
