import { copyable } from './copyable.js';
import { INDICES, SCHEMA } from './schema.js';
import type { SqlModule, SqlStatement, SqlValue } from './sqlModule.js';

/** Queries call `alive()` once in so many rows: `(id & 4095) <> 0 OR alive()`. */
const ROWS_BETWEEN_LOOKS = 4096;
/** Rows given out, and calls of registered functions, between two looks at the watch: a sort, a group or a cursor has no `alive()` of its own. */
const CALLS_BETWEEN_LOOKS = 1024;

/** What a running query is watched by. SQLite in wasm has no interrupt, so the query itself calls out (HUNT 13, `alive()`). */
export interface Watch {
  /** True ends the query with {@link Cancelled}. */
  cancelled(): boolean;
  /** Rows looked at so far, about. */
  onRows?(rows: number): void;
  /** performance.now() after which the query ends with an error; for callers that cannot cancel. */
  readonly deadlineMs?: number;
}

/** A query was cancelled by its watch. Carries the name that AbortSignal's own error has, so that callers tell it from a failure. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled.');
    this.name = 'AbortError';
  }
}

/** A query was ended by its watch's deadline. */
export class TimedOut extends Error {
  constructor() {
    super('The query took longer than its time limit; narrow it: a smaller source, a condition on time, fewer keys.');
    this.name = 'TimeoutError';
  }
}

/** The embedded store cannot hold more: told with the way out. */
export class StoreFull extends Error {
  constructor(events: number, options?: { cause?: unknown }) {
    super(
      `The embedded store is full after ${events} events (its memory ends at 2 GiB). The tree, details and search still work; ` +
        'for hunts open fewer files at once. A set of this size belongs in a ClickHouse store.',
      options,
    );
    this.name = 'StoreFull';
  }
}

/** The embedded store: one SQLite database in memory. */
export interface SqlStore {
  /** Rows of a query as they come; the statement ends with the iteration. Throws {@link Cancelled} when the watch says so. */
  query(sql: string, params?: readonly SqlValue[]): IterableIterator<SqlValue[]>;
  /** Column names and all rows. */
  table(sql: string, params?: readonly SqlValue[]): { readonly columns: readonly string[]; readonly rows: readonly SqlValue[][] };
  /** Statements that answer nothing. */
  run(sql: string): void;
  prepare(sql: string): SqlStatement;
  /** A function for queries; called once a row, so it must be quick. Text, numbers and null come in. */
  register(name: string, body: (...args: never[]) => SqlValue | boolean): void;
  /** Runs queries under a watch: `alive()` in their text asks it. Watches do not nest. */
  watched<T>(watch: Watch, work: () => T): T;
  buildIndices(): void;
  /** All of it as a database file, a copy of its own; undefined while a statement is open. */
  copy(): Uint8Array | undefined;
  close(): void;
}

/** An empty store with its tables, and `alive()` registered. */
export function createSqlStore(module: SqlModule): SqlStore {
  const database = copyable(new module.Database(), 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
  let watch: Watch | undefined;
  let calls = 0;
  let stopped: Error | undefined;
  let sinceLook = 0;

  database.run(SCHEMA);
  database.create_function('alive', () => {
    calls++;
    watch?.onRows?.(calls * ROWS_BETWEEN_LOOKS);
    look();
    return 1;
  });

  /** Throws what ends the query, when its watch says so. */
  function look(): void {
    if (!watch) return;
    if (watch.cancelled()) stopped = new Cancelled();
    else if (watch.deadlineMs !== undefined && performance.now() > watch.deadlineMs) stopped = new TimedOut();
    if (stopped) throw stopped;
  }

  function lookNowAndThen(): void {
    if (++sinceLook < CALLS_BETWEEN_LOOKS) return;
    sinceLook = 0;
    look();
  }

  function* query(sql: string, params: readonly SqlValue[] = []): IterableIterator<SqlValue[]> {
    const statement = database.prepare(sql);
    try {
      statement.bind([...params]);
      while (step(statement)) yield statement.get();
    } finally {
      statement.free();
    }
  }

  /** sql.js turns what a function throws into a plain error of its own; the caller gets the one that `alive()` threw. */
  function step(statement: SqlStatement): boolean {
    lookNowAndThen();
    try {
      return statement.step();
    } catch (error) {
      throw stopped ?? error;
    }
  }

  return {
    query,
    table(sql, params = []) {
      const statement = database.prepare(sql);
      try {
        statement.bind([...params]);
        const rows: SqlValue[][] = [];
        while (step(statement)) rows.push(statement.get());
        return { columns: statement.getColumnNames(), rows };
      } finally {
        statement.free();
      }
    },
    run: (sql) => void database.run(sql),
    prepare: (sql) => database.prepare(sql),
    register(name, body) {
      const watched = (...args: never[]): SqlValue | boolean => {
        lookNowAndThen();
        return body(...args);
      };
      // sql.js takes the number of arguments from the function.
      database.create_function(name, Object.defineProperty(watched, 'length', { value: body.length }));
    },
    watched(asked, work) {
      watch = asked;
      calls = 0;
      try {
        return work();
      } finally {
        watch = undefined;
        stopped = undefined; // what fails later fails for a reason of its own
      }
    },
    buildIndices: () => void database.run(INDICES),
    copy: () => database.copy(),
    close: () => database.close(),
  };
}
