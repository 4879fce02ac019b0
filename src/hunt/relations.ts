import type { Bound } from './bound.js';
import type { Table } from './resolve.js';
import type { Printer, Scope } from './sqlite.js';

/** Prints a lineage predicate (HUNT section 6) as a test on the scope's row. */
export function printRelation(relation: Extract<Bound, { kind: 'relation' }>, scope: Scope, scopeOf: (table: Table) => Scope, printerOf: (scope: Scope) => Printer): string {
  void scope;
  void scopeOf;
  void printerOf;
  throw new Error(`${relation.relation} of`);
}
