import type { Basis, ParentView, ProcessRef, ProcessRow } from '../model/index.js';

/** A hunt to run: its text, the parent view where the text names none, the weakest basis that counts, and how many rows at most. */
export interface HuntAsk {
  readonly text: string;
  readonly parents?: ParentView | 'difference';
  readonly basis?: Basis;
  readonly limit: number;
  /** Texts whose lets this one sees: the case's hunts, then the cells above. */
  readonly before?: readonly string[];
}

/** One value of a row; a list stays a list. */
export type Cell = string | number | boolean | null | readonly (string | number)[];

/** What a hunt found. */
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
  /** On which basis each of `rows` rests: the weakest of what the hunt used of it. Empty where rows claim nothing (`undecided`, `explain`). */
  readonly bases: readonly Basis[];
  /** `timeline`: the columns `@timestamp` and, where rows lie in lanes, `lane`. `chart`: keys, then numbers; the key `time` is a span's beginning. */
  readonly view: 'table' | 'tree' | 'timeline' | 'chart';
  /** For the tree view: rows in preorder. */
  readonly tree?: readonly TreeLine[];
  readonly diagnostics: readonly Diagnostic[];
  readonly elapsedMs: number;
}

/** A row of the tree view: a matched process or one above or below it. */
export interface TreeLine {
  readonly process: ProcessRow;
  readonly depth: number;
  readonly matched: boolean;
  readonly label: string;
  readonly orphan: boolean;
  /** On what its rows rest, the weakest of them; null where it is no match. */
  readonly basis: Basis | null;
  /** How the link to the line above it is known; null where it hangs below none. */
  readonly link: Basis | null;
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

/** What completion and hover know about the open evidence. */
export interface Catalogue {
  readonly sources: readonly { readonly name: string; readonly rows: number }[];
  readonly fields: readonly CatalogueField[];
  /** Programs that orphans ran, by name, with how many of them did. */
  readonly orphans?: readonly (readonly [name: string, count: number])[];
  /** Fields that only the records have, by what a sample of them shows. */
  readonly evidence?: readonly EvidenceField[];
}

/** A field of the evidence's own records that no table holds: a key of audit's, a vendor's value by its dotted path. */
export interface EvidenceField {
  readonly name: string;
  /** What the store knows it by (`record_value.field`). */
  readonly id: number;
  /** Of all its values that were seen. */
  readonly type: 'text' | 'int' | 'float' | 'bool';
  readonly list: boolean;
  /** Formats whose records have it, as people call them. */
  readonly formats: readonly string[];
  /** Share of the records looked at that have it, 0..1, of those formats. */
  readonly filled: number;
  /** The most frequent values among those records, most frequent first. */
  readonly values: readonly (readonly [string, number])[];
}

/** One field of the catalogue. */
export interface CatalogueField {
  readonly name: string;
  /** Share of rows filled, 0..1, over process events and over lifetimes, whichever has it. */
  readonly filled: number;
  /** The most frequent values (up to 200) with their counts, most frequent first. */
  readonly values: readonly (readonly [string, number])[];
}
