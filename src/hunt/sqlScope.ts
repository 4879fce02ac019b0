import { BASES, type Basis } from '../model/index.js';
import { placesNeeded } from './absence.js';
import { balanced } from './balanced.js';
import type { Bound } from './bound.js';
import type { Column } from './fields.js';
import type { Place, Step, Table } from './resolve.js';

/** Polls for cancellation once each 4,096 rows of a scan: a call for each row would cost more than the scan. */
export function alive(alias: string): string {
  return `((${alias}.id & 4095) <> 0 OR alive())`;
}

/** The rows of one SELECT: its root alias and the processes joined to it so far. */
export class Scope {
  private readonly aliases = new Map<string, string>();
  private readonly parts: string[] = [];

  constructor(
    readonly table: Table,
    readonly root: string,
    private readonly fresh: () => string,
    /** Code of the weakest basis that still counts; 2: all. */
    readonly floor: number,
    private readonly columns: { columnOf(column: Column): string; besideOf?(column: Column): string | undefined },
    /** The events that steps lead to. */
    private readonly events = 'event',
  ) {}

  get joins(): string {
    return this.parts.join(' ');
  }

  /** Adds a join of its own and answers its alias. */
  join(print: (alias: string) => string): string {
    const alias = this.fresh();
    this.parts.push(print(alias));
    return alias;
  }

  /** Alias of the row that the steps lead to. */
  reach(steps: readonly Step[]): string {
    let alias = this.root;
    let path = '';
    for (const step of steps) {
      path += `>${step.name}`;
      const known = this.aliases.get(path);
      if (known !== undefined) {
        alias = known;
        continue;
      }
      const next = this.fresh();
      const floor = step.basis !== undefined && this.floor < 2 ? ` AND ${this.holds(put(step.basis, alias))}` : '';
      this.parts.push(`LEFT JOIN ${step.table === 'event' ? this.events : 'process'} ${next} ON ${next}.id = ${put(step.sql, alias)}${floor}`);
      this.aliases.set(path, next);
      alias = next;
    }
    return alias;
  }

  /** Alias of what is joined beside a row by its id, once for each. */
  private beside(row: string, select: string): string {
    const path = `${row} beside ${select}`;
    const alias = this.aliases.get(path) ?? this.join((next) => `LEFT JOIN (${select}) ${next} ON ${next}.id = ${row}.id`);
    this.aliases.set(path, alias);
    return alias;
  }

  /** The column of a place; weaker than the floor is absent. */
  column(place: Place): string {
    const row = this.reach(place.steps);
    const beside = this.columns.besideOf?.(place.column);
    const alias = beside === undefined ? row : this.beside(row, beside);
    const sql = put(this.columns.columnOf(place.column), alias);
    return place.column.basis !== undefined && this.floor < 2 ? `(CASE WHEN ${this.holds(put(place.column.basis, row))} THEN ${sql} END)` : sql;
  }

  /** Whether a basis is strong enough. What claims no basis (that a process is no orphan) rests on no edge. */
  holds(basis: string): string {
    return `coalesce(${basis}, 0) <= ${this.floor}`;
  }

  /** SQL that is true where a place is absent because there is nothing to be known; undefined where evidence may always lack it. */
  noneOf(place: Place): string | undefined {
    const conditions = place.steps.flatMap((step, at) => (step.noneWhere === undefined ? [] : [put(step.noneWhere, this.reach(place.steps.slice(0, at)))]));
    if (place.column.noneWhere !== undefined) conditions.push(put(place.column.noneWhere, this.reach(place.steps)));
    return conditions.length === 0 ? undefined : balanced(conditions.map((condition) => `coalesce(${condition}, 0)`), 'OR');
  }

  /** The same for the places that one test needs: without one of them it is false and not undecided. */
  noneIn(test: Bound): string | undefined {
    const conditions = placesNeeded(test).flatMap((place) => this.noneOf(place) ?? []);
    return conditions.length === 0 ? undefined : balanced([...new Set(conditions)], 'OR');
  }

  /** Columns of the bases that a place rests on. */
  bases(place: Place): string[] {
    const found: string[] = [];
    for (let at = 0; at < place.steps.length; at++) {
      const { basis } = place.steps[at]!;
      if (basis !== undefined) found.push(put(basis, this.reach(place.steps.slice(0, at))));
    }
    if (place.column.basis !== undefined) found.push(put(place.column.basis, this.reach(place.steps)));
    return found;
  }
}

/** Puts an alias in the place of `$`. */
export function put(sql: string, alias: string): string {
  return sql.replaceAll('$', alias);
}

/** Code of a basis floor: weaker edges read as absent. */
export function floorOf(basis: Basis | undefined): number {
  return basis === undefined ? 2 : BASES.indexOf(basis);
}
