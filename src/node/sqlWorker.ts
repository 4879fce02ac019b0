import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import initSqlJs from 'sql.js';
import type { Cell } from '../engine/index.js';
import { READABLE, type SqlModule, type SqlValue, viewOf } from '../store/index.js';
import type { FromSqlWorker, SqlResult, SqlStart } from './sqlCell.js';

/** What a statement may take of SQLite's memory: sorts, groups, one value. The copy itself is not counted. */
const HEAP_BYTES = 256 * 1024 * 1024;
/** Characters of one value, and of all that are kept: what is longer is cut, and said. */
const CELL_CHARACTERS = 4096;
const ALL_CHARACTERS = 8 * 1024 * 1024;
const BLOB_BYTES = 32;

/** Runs one statement on the copy of the store. The thread is thrown away with it. */
async function runStatement({ bytes, sql, wasmPath, rows: mostRows, counted }: SqlStart): Promise<SqlResult> {
  const wasm = readFileSync(wasmPath);
  const module: SqlModule = await initSqlJs({ wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) });
  const database = new module.Database(bytes);
  // In memory: a temporary file would lie in the thread's heap, which has no such limit. Before the views: it drops what is temporary.
  database.run(`PRAGMA temp_store = MEMORY; PRAGMA hard_heap_limit = ${HEAP_BYTES};`);
  const tables = tablesOf(database);
  for (const [table, name] of Object.entries(READABLE)) database.run(viewOf({ table, columns: tables.get(table) ?? [] }, name));
  database.run('PRAGMA query_only = ON;');
  try {
    const statement = database.prepare(sql);
    const names = statement.getColumnNames();
    const rows: Cell[][] = [];
    const cut = { cells: 0, rows: false };
    let total = 0, characters = 0;
    while (total < counted && statement.step()) {
      total++;
      if (rows.length >= mostRows || cut.rows) continue;
      const row = statement.get().map((value) => cellOf(value, cut));
      characters += row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0);
      if (characters > ALL_CHARACTERS && rows.length > 0) cut.rows = true;
      else rows.push(row);
    }
    const isCounted = total < counted || !statement.step();
    const notes = [
      ...(isCounted ? [] : [`Stopped after ${counted.toLocaleString('en')} rows; there are more. Add LIMIT, or group them.`]),
      ...(cut.rows ? ['The rows hold more text than a cell shows; the last ones are left out. Choose fewer columns.'] : []),
      ...(cut.cells > 0 ? [`${cut.cells.toLocaleString('en')} long ${cut.cells === 1 ? 'value is' : 'values are'} cut.`] : []),
    ];
    return { columns: names.map((name, at) => ({ name, type: typeOf(rows, at) })), rows, total, truncated: !isCounted || rows.length < total, notes };
  } catch (error) {
    throw new Error(sentenceOf(error instanceof Error ? error.message : String(error), [...tables.keys()]), { cause: error });
  }
}

function tablesOf(database: InstanceType<SqlModule['Database']>): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  const [found] = database.exec("SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'");
  for (const [table, column] of found?.values ?? []) tables.set(String(table), [...(tables.get(String(table)) ?? []), String(column)]);
  return tables;
}

function cellOf(value: SqlValue, cut: { cells: number }): Cell {
  if (value instanceof Uint8Array) {
    if (value.length > BLOB_BYTES) cut.cells++;
    return `x'${Buffer.from(value.subarray(0, BLOB_BYTES)).toString('hex')}${value.length > BLOB_BYTES ? '…' : ''}'`;
  }
  if (typeof value !== 'string' || value.length <= CELL_CHARACTERS) return value;
  cut.cells++;
  return `${value.slice(0, CELL_CHARACTERS)}…`;
}

/** SQLite types values, not columns. */
function typeOf(rows: readonly (readonly Cell[])[], at: number): 'int' | 'float' | 'text' {
  const values = rows.map((row) => row[at] ?? null).filter((value) => value !== null);
  if (values.length === 0 || !values.every((value) => typeof value === 'number')) return 'text';
  return values.every((value) => Number.isInteger(value)) ? 'int' : 'float';
}

/** What SQLite says, with what to do. */
function sentenceOf(says: string, tables: readonly string[]): string {
  if (/^no such table/.test(says)) return `${says}. There are ${[...Object.values(READABLE), ...tables].sort().join(', ')}.`;
  if (/^no such column/.test(says)) return `${says}. Columns are listed by SELECT name FROM pragma_table_info('events').`;
  if (/readonly database/.test(says)) return 'A SQL cell only reads; nothing was written.';
  if (/out of memory/.test(says)) return `The statement needs more than ${HEAP_BYTES / 1024 / 1024} MiB of memory. Narrow it.`;
  return `${says}.`;
}

if (parentPort) {
  const port = parentPort;
  const answer = (message: FromSqlWorker): void => port.postMessage(message);
  // sqlCell.ts is the only one who starts this file.
  runStatement(workerData as SqlStart).then(
    (result) => answer({ kind: 'ok', result }),
    (error: unknown) => answer({ kind: 'error', message: error instanceof Error ? error.message : String(error) }),
  );
}
