import type { Catalogue } from '../engine/requests.js';
import type { ParentView } from '../model/index.js';
import type { Diagnostic } from './diagnostics.js';
import type { FieldModel, Table } from './resolve.js';
import type { SourceRow } from './sources.js';
import type { ValueType } from './types.js';

/** The columns of a table that a pipe made. */
export type MadeColumns = readonly { readonly name: string; readonly type: ValueType }[];

/** What a binder knows while it reads one source and its pipes. */
export interface BindContext {
  readonly model: FieldModel;
  readonly sources: ReadonlyMap<string, SourceRow>;
  readonly catalogue: Catalogue | undefined;
  readonly parents: ParentView;
  readonly diagnostics: Diagnostic[];
  readonly table: Table;
  /** Names of the lets, which do not run yet: they are told once, where they are defined. */
  readonly lets: ReadonlySet<string>;
  /** Set after a pipe that makes a table: names are its columns. */
  readonly made: MadeColumns | undefined;
}

/** Share of rows in which the open evidence has a field; undefined when that is not known. */
export function filledShare(context: Pick<BindContext, 'catalogue'>, name: string): number | undefined {
  return context.catalogue?.fields.find((field) => field.name === name)?.filled;
}
