import type { SqlDatabase, SqlStatement } from './sqlModule.js';

/** A database that can be copied while it is in use. */
export interface CopyableDatabase extends SqlDatabase {
  /** All of it as a database file, a copy of its own; undefined while a statement is open, which would be lost. */
  copy(): Uint8Array | undefined;
}

/** sql.js closes and opens a database to export it, and forgets functions, pragmas and open statements: here they are remembered. */
export function copyable(database: SqlDatabase, pragmas: string): CopyableDatabase {
  const functions = new Map<string, Parameters<SqlDatabase['create_function']>[1]>();
  const open = new Set<SqlStatement>();
  database.run(pragmas);
  return {
    run: (sql, params) => database.run(sql, params),
    exec: (sql, params) => database.exec(sql, params),
    prepare(sql) {
      const statement = database.prepare(sql);
      const free = statement.free.bind(statement);
      statement.free = () => {
        open.delete(statement);
        return free();
      };
      open.add(statement);
      return statement;
    },
    create_function(name, body) {
      functions.set(name, body);
      return database.create_function(name, body);
    },
    export: () => database.export(),
    copy() {
      if (open.size > 0) return undefined;
      const bytes = database.export();
      database.run(pragmas);
      for (const [name, body] of functions) database.create_function(name, body);
      return bytes;
    },
    close: () => database.close(),
  };
}
