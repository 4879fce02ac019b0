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
  const shown = columns.flatMap((column) => {
    // Arguments are one text with NUL between them, where SQLite would end it.
    if (column.endsWith('args_s')) return [`(SELECT group_concat(text, ' ' ORDER BY at) FROM arg JOIN string ON string.id = arg.arg_s WHERE arg.args_s = t."${column}") AS "${column.slice(0, -2)}"`];
    if (column.endsWith('_s')) return [`(SELECT text FROM string WHERE string.id = t."${column}") AS "${column.slice(0, -2)}"`];
    const plain = `t."${column}"`;
    return TIMES.has(column) ? [plain, `strftime('%Y-%m-%d %H:%M:%fZ', ${plain} / 1e6, 'unixepoch') AS "${column}_utc"`] : [plain];
  });
  return `CREATE TEMP VIEW "${name}" AS SELECT ${shown.join(', ')} FROM "${table}" t`;
}
