import type { Catalogue } from './answers.js';
import type { ParentView } from '../model/index.js';
import type { Bound, BoundSource, MadeColumn } from './bound.js';
import type { Diagnostic } from './diagnostics.js';
import type { Lets } from './lets.js';
import type { FieldModel, Table } from './resolve.js';
import type { SourceRow } from './sources.js';
import type { Inner } from './tree.js';

/** The columns of a table that a pipe made. */
export type MadeColumns = readonly MadeColumn[];

/** Which language a text is in: Hunt, or the older EQL, with or without its ignoring of case. */
export interface Dialect {
  readonly isEndgame: boolean;
  readonly ignoresCase: boolean;
}

/** The events of a sequence that may be named: how many there are, and the names that `as` gave to some. */
export interface NamedEvents {
  readonly count: number;
  readonly names: ReadonlyMap<string, number>;
  /** The event whose fields a bare name means; undefined: bare names are the row's own. */
  readonly bare: number | undefined;
}

/** A store that was filled before, from evidence that is elsewhere. */
export interface LoadedStore {
  /** Whether what only the records have was loaded too: an older version did not. Throws what the store's port throws. */
  hasRecords(): boolean;
}

/** What a binder knows while it reads one source and its pipes. */
export interface BindContext {
  readonly model: FieldModel;
  readonly sources: ReadonlyMap<string, SourceRow>;
  readonly catalogue: Catalogue | undefined;
  readonly parents: ParentView;
  readonly diagnostics: Diagnostic[];
  readonly table: Table;
  readonly lets: Lets;
  readonly loaded: LoadedStore | undefined;
  readonly dialect: Dialect;
  /** Set after a pipe that makes a table: names are its columns. */
  readonly made: MadeColumns | undefined;
  /** Parameters of the let that is being read, with what they stand for. */
  readonly parameters: ReadonlyMap<string, Bound>;
  /** Names of list items (arrayCount, arraySearch). */
  readonly items: ReadonlyMap<string, number>;
  readonly events: NamedEvents | undefined;
  /** Binds what stands in the brackets of a term or relation: a condition may hold whole queries, which hold conditions. */
  readonly bindInner: (inner: Inner, context: BindContext) => BoundSource | undefined;
}

/** Share of rows in which the open evidence has a field; undefined when that is not known. */
export function filledShare(context: Pick<BindContext, 'catalogue'>, name: string): number | undefined {
  return context.catalogue?.fields.find((field) => field.name === name)?.filled;
}
