import type { Statement } from './dialect.js';
import type { MadeColumn } from './bound.js';

/**
 * What to ask of the store. `rows` gives for each row its id, its process, the code of its weakest basis, then the columns;
 * a table made by a pipe gives NULL for the first three where a row is no one's. `LIMIT` is its last parameter.
 */
export interface Statements {
  readonly columns: readonly MadeColumn[];
  readonly rows: (limit: number) => Statement;
  /** Count of the rows and how many rest on each basis. */
  readonly total: Statement;
  /** `rows` and `total` at once: each row ends in a JSON list of what `total` gives. */
  readonly together?: (limit: number) => Statement;
}

/** Count of the undecided rows, then for each of `wanting` how many of them lack it; and the rows themselves, as `Statements.rows`. */
export interface Undecided {
  readonly count: Statement;
  readonly wanting: readonly string[];
  readonly rows: (limit: number) => Statement;
  readonly columns: readonly MadeColumn[];
}

/** What a machine or a sliding window made in TypeScript, as one JSON text of arrays: it is the input of the SQL that follows. */
export interface Given {
  readonly json: string;
  /** Of a machine: the ids of all events in its results, as JSON. */
  readonly events?: string;
  /** Pipes that are done already. */
  readonly pipesDone: number;
  /** Set where the rows are a table. */
  readonly columns?: readonly MadeColumn[];
}

/** A term so rare that the keys of its events are had first, and the key that joins it to the others. */
export interface RareTerm {
  readonly term: number;
  readonly key: number;
}
