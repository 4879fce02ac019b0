import type { Dialect, Statement } from './dialect.js';
import type { SqlValue } from './sqlFunctions.js';

/** What a hunt needs of a store. Throws when cancelled (`alive()` throws). */
export interface SqlPort {
  /** Every row of a statement, at once. */
  all(sql: string, params: readonly SqlValue[]): readonly (readonly unknown[])[];
  /** Rows as they come, for machines that keep none; without it they are fetched at once. */
  each?(sql: string, params: readonly SqlValue[]): Iterable<readonly unknown[]>;
  /** SQLite unless said. */
  readonly dialect?: Dialect;
}

export function eachOf(port: SqlPort, statement: Statement): Iterable<readonly unknown[]> {
  return port.each?.(statement.sql, statement.params) ?? port.all(statement.sql, statement.params);
}

export function allOf(port: SqlPort, statement: Statement): readonly (readonly unknown[])[] {
  return port.all(statement.sql, statement.params);
}
