/** What a table's columns are called. */
export interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Tables whose rows a person asks for, and the view that shows them in words. */
export const READABLE: Readonly<Record<string, string>> = { process: 'processes', event: 'events' };

/** Columns that hold microseconds since the epoch. */
const TIMES = new Set(['time', 'start', 'end', 'last_seen', 'session_start', 'session_end', 'setsid_at']);

/**
 * A temporary view of a table for people: ids of text (`name_s`) as the text (`name`), and beside each time the same in UTC (`time_utc`). Whatever a
 * statement does not name costs it nothing: SQLite computes only the columns that are asked for.
 */
export function viewOf({ table, columns }: TableColumns, name: string): string {
  const shown = columns.flatMap((column) => viewColumns(column).map((own) => `${sqlOf(column, own)} AS "${own}"`));
  return `CREATE TEMP VIEW "${name}" AS SELECT ${shown.join(', ')} FROM "${table}" t`;
}

/** What a view shows of a column, by name. */
export function viewColumns(column: string): readonly string[] {
  if (column.endsWith('_s')) return [column.slice(0, -2)];
  return TIMES.has(column) ? [column, `${column}_utc`] : [column];
}

function sqlOf(column: string, own: string): string {
  const plain = `t."${column}"`;
  // Arguments are one text with NUL between them, where SQLite would end it.
  if (column.endsWith('args_s')) return `(SELECT group_concat(text, ' ' ORDER BY at) FROM arg JOIN string ON string.id = arg.arg_s WHERE arg.args_s = ${plain})`;
  if (column.endsWith('_s')) return `(SELECT text FROM string WHERE string.id = ${plain})`;
  return own === column ? plain : `strftime('%Y-%m-%d %H:%M:%fZ', ${plain} / 1e6, 'unixepoch')`;
}
