/** What the store needs of sql.js; the real module fits it. The module comes in as an argument, since only Node or the page can load its wasm. */
export type SqlValue = number | string | Uint8Array | null;

export interface SqlStatement {
  bind(values?: SqlValue[] | null): boolean;
  step(): boolean;
  get(): SqlValue[];
  run(values?: SqlValue[] | null): void;
  reset(): void;
  free(): boolean;
  getColumnNames(): string[];
}

export interface SqlDatabase {
  run(sql: string, params?: SqlValue[] | null): unknown;
  exec(sql: string, params?: SqlValue[] | null): { columns: string[]; values: SqlValue[][] }[];
  prepare(sql: string): SqlStatement;
  create_function(name: string, body: (...args: never[]) => SqlValue | boolean): unknown;
  /** The database as a file. Forgets functions, pragmas and what is temporary. */
  export(): Uint8Array;
  close(): void;
}

export interface SqlModule {
  readonly Database: new (bytes?: Uint8Array) => SqlDatabase;
}
