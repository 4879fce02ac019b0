import initSqlJs, { type Database } from 'sql.js';
import { SQL_FUNCTIONS, type SqlPort } from '../../../src/hunt/index.js';

const sql = await initSqlJs();

/** An empty database with the functions that hunts call, and a port that asks it. */
export function sqlDatabase(): { readonly database: Database; readonly port: SqlPort } {
  const database = new sql.Database();
  for (const { name, implementation } of SQL_FUNCTIONS) database.create_function(name, implementation);
  database.create_function('alive', () => 1);
  return { database, port: { all: (text, params) => {
    const statement = database.prepare(text);
    try {
      statement.bind([...params]);
      const rows: unknown[][] = [];
      while (statement.step()) rows.push(statement.get());
      return rows;
    } finally {
      statement.free();
    }
  } } };
}
