import type { Catalogue, Diagnostic } from '../engine/requests.js';

/** The language as the server sees it: pure questions on a text. `src/hunt` answers them; tests bring their own. Offsets are UTF-16 code units. */
export interface HuntLanguage {
  complete(text: string, offset: number, catalogue: Catalogue | undefined): readonly Completion[];
  hover(text: string, offset: number, catalogue: Catalogue | undefined): Hover | undefined;
  diagnose(text: string, catalogue: Catalogue | undefined): readonly Diagnostic[];
}

export const COMPLETION_KINDS = ['source', 'field', 'lineage', 'operator', 'value', 'function', 'relation', 'pipe', 'keyword', 'let', 'snippet'] as const;
export type CompletionKind = (typeof COMPLETION_KINDS)[number];

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** What is put in the place of [from, to). */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  /** Beside the label: a count, a type. */
  readonly detail?: string;
  /** A sentence or two in plain text. */
  readonly documentation?: string;
  /** True when `insert` holds `$1` places. */
  readonly snippet?: boolean;
}

export interface Hover {
  readonly from: number;
  readonly to: number;
  /** Lines of plain text: what evidence says in them is never Markdown. */
  readonly lines: readonly string[];
}
