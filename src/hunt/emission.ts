import type { Dialect, Parameters, Printer } from './dialect.js';
import type { Given } from './emitted.js';
import type { Plan } from './plan.js';
import { OWN, type Place, type Table } from './resolve.js';
import { Scope } from './sqlScope.js';

const ROOTS: Readonly<Record<Table, string>> = { event: 'e', process: 'p', sequence: 's' };

/** What the statements printed from one plan share: bound values, aliases that never meet, the scopes and printers over them. */
export class Emission {
  readonly params: Parameters;
  private aliases = 0;

  constructor(
    readonly plan: Plan,
    readonly dialect: Dialect,
    readonly given: Given | undefined = undefined,
  ) {
    this.params = dialect.parameters();
  }

  /** A scope over the rows of a table, the plan's own where none is named. */
  scope(table: Table = this.plan.input.table): Scope {
    return new Scope(table, ROOTS[table], () => `j${++this.aliases}`, this.plan.floor, this.dialect, table === 'sequence' ? this.dialect.eventsOf(() => this.params.add(this.given?.events ?? '[]')) : undefined);
  }

  /** A printer over a scope; `made` is the SQL of the columns of a table that a pipe made. */
  printer(scope: Scope, made: readonly string[] = []): Printer {
    return this.dialect.printer({ params: this.params, scope, made, scopeOf: (table) => this.scope(table), printerOf: (other) => this.printer(other) });
  }

  /** Code of the weakest basis of what the hunt used of a row. */
  basisOf(scope: Scope, places: readonly Place[]): string {
    const parts = new Set(places.flatMap((place) => scope.bases(place)).map((basis) => `coalesce(${basis}, 0)`));
    if (scope.table === 'event') parts.add('coalesce(e.basis, 0)');
    if (scope.table === 'sequence') parts.add('s.basis');
    // Of a relation the edge to the row's own creator is looked at; those further up are not (that would be a walk for each row).
    else if (this.plan.climbs) parts.add(`coalesce(${scope.reach(scope.table === 'event' ? [OWN] : [])}.creator_basis, 0)`);
    const list = [...parts];
    return list.length === 0 ? '0' : list.length === 1 ? list[0]! : this.dialect.greatest(list);
  }
}
