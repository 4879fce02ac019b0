import type { AggregateName, Bound } from './bound.js';
import type { Column } from './fields.js';
import type { Place, Table } from './resolve.js';
import type { SqlValue } from './sqlFunctions.js';
import type { Scope } from './sqlScope.js';
import type { Kin } from './types.js';

/** A statement of a dialect with its bound values. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** The bound values of one emission; a value may stand in several of its statements. */
export interface Parameters {
  /** Binds a value and answers what stands for it in the text. */
  add(value: SqlValue): string;
  statement(sql: string): Statement;
}

/** Prints bound expressions over one scope. */
export interface Printer {
  readonly scope: Scope;
  /** In condition position: true or not. Absent counts as false; `negatable` asks that it be never NULL. */
  condition(expr: Bound, negatable?: boolean): string;
  /** The same with absence carried through: NULL is undecided. Where there is nothing to be known (`noneWhere`) it is false. */
  threeValued(expr: Bound): string;
  /** The value, NULL where absent. */
  value(expr: Bound): string;
  /** True where a place is absent. */
  isAbsent(place: Place): string;
}

export interface PrintContext {
  readonly params: Parameters;
  readonly scope: Scope;
  /** SQL of the columns of a table that a pipe made. */
  readonly made: readonly string[];
  scopeOf(table: Table): Scope;
  printerOf(scope: Scope): Printer;
}

/**
 * What differs between two engines' SQL. The shape of statements (`statements.ts`) is common: SELECT, joins, window functions, GROUP BY, LIMIT as both
 * write them. To add a dialect is one file with one such value.
 */
export interface Dialect {
  readonly name: 'sqlite' | 'clickhouse';
  /** The ids of all rows that pass are collected once, counted, and only those that are shown are looked up: where a condition costs more than its hits. */
  readonly collects?: boolean;
  parameters(): Parameters;
  /** A condition that polls for cancellation now and then; `1` where the engine can be interrupted. */
  alive(alias: string): string;
  printer(context: PrintContext): Printer;
  /** The largest of several values, none of them NULL. */
  greatest(values: readonly string[]): string;
  /** The source's own condition, in which `+` before a column is a hint to SQLite's planner. */
  ownCondition(where: string): string;
  /** What orders the rows of a table as the language does: events in their total order. */
  rowOrder(table: Table, alias: string): string;
  /** A column's SQL, `$` for the alias. */
  columnOf(column: Column): string;
  /** A SELECT of (id, ...) that a column is of, in place of its row; it is joined by the row's id. */
  besideOf?(column: Column): string | undefined;
  /** The entity id of the process that a column names by its id; left out where that is no quicker than the entity id itself. */
  entityOf?(column: string): string;
  /** The text that an interned column holds. */
  textOf(column: string): string;
  /** A sort key: absent first, last when descending. */
  ordered(sql: string, descending: boolean): string;
  /** The results of a machine as a table of (id, process, basis, e0, e1, ..., k0, k1, ...), from one bound JSON text of arrays in that order. */
  given(parameter: string, events: number, keys: readonly Kin[]): string;
  /** The events of those results, from one bound JSON text of their ids: what a join of single events has to look at. */
  eventsOf(parameter: () => string): string;
  /** A table made in TypeScript as (id, process, basis, c0, c1, ..., n), from one bound JSON text of arrays [basis, c0, c1, ...]. */
  givenTable(parameter: string, columns: readonly Kin[]): string;
  /** An aggregate over `value` (undefined: of the rows themselves); `order` is the SQL that orders rows, for first and last. Absent values do not count. */
  aggregate(name: AggregateName, value: string | undefined, order: string): string;
  /** Microseconds cut to whole spans. */
  bucket(time: string, micros: number): string;
  /** `head body` with its rows numbered in an order, from 1, as `n`. */
  numbered(head: string, body: string, order: string): string;
  /** The scan of a machine: those rows of `head body` (body ends in a WHERE) that some term wants, in total order. */
  wanted(head: string, body: string): string;
}
