import type { ChdbSession } from '../../scripts/chdb.mjs';
import { CLICKHOUSE_TABLES } from '../../src/store/index.js';

/** Asks a store in SQLite. */
export type Ask = (sql: string) => unknown[][];

/** Fills ClickHouse with what a small SQLite store holds: the same rows, texts in the place of their ids. (What is loaded for real goes another way: load.test.ts.) */
export function copyStore(ask: Ask, session: ChdbSession): void {
  const texts = new Map(ask('SELECT id, text FROM string').map(([id, text]) => [id, text]));
  const lists = new Map<unknown, unknown[]>();
  for (const [list, item] of ask('SELECT args_s, arg_s FROM arg ORDER BY args_s, at')) lists.set(list, [...(lists.get(list) ?? []), texts.get(item)]);
  for (const { name, columns } of CLICKHOUSE_TABLES) {
    const own = columns.filter(({ name: column }) => column !== 'evidence_file' && !column.startsWith('finding_'));
    const more = name === 'process' ? ['0', 'NULL'] : own.length < columns.length ? ['(SELECT v.file FROM member m JOIN evidence v ON v.id = m.evidence WHERE m.id = t.member)'] : [];
    const rows = ask(`SELECT ${[...own.map((column) => `t."${column.name}"`), ...more].join(', ')} FROM ${name} t`);
    const cell = (value: unknown, at: number): unknown => {
      const kind = columns[at]!.kind;
      return kind === 'list' ? (lists.get(value) ?? []) : kind === 'text' ? (texts.get(value) ?? null) : value;
    };
    if (rows.length > 0) session.query(`INSERT INTO ${name} FORMAT JSONCompactEachRow\n${rows.map((row) => JSON.stringify(row.map(cell))).join('\n')}`);
  }
}
