import type { SqlValue } from './sqlModule.js';

export interface InsertStatement {
  run(values: SqlValue[]): void;
  free(): unknown;
}

/** What is filled: the embedded store, or what writes the same rows elsewhere. */
export interface StoreTarget {
  run(sql: string): void;
  /** `INSERT INTO table [(columns)] VALUES (...)`, of literals, `?` and `CAST(? AS TEXT)`. */
  prepare(sql: string): InsertStatement;
  buildIndices(): void;
}
