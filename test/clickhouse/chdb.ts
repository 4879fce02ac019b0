import { loadChdb, type ChdbSession } from '../../scripts/chdb.mjs';
import { CLICKHOUSE, type SqlPort, type SqlValue } from '../../src/hunt/index.js';
import { clickHouseTables } from '../../src/store/index.js';

export interface ClickHouseWorld {
  readonly session: ChdbSession;
  readonly port: SqlPort;
  /** The texts that were asked. */
  readonly statements: string[];
}

let last: ChdbSession | undefined;

/** A ClickHouse in this process with the store's tables, empty. A process has one at a time: the one before ends. */
export function clickHouse(): ClickHouseWorld {
  const chdb = loadChdb();
  if (chdb === undefined) throw new Error('chdb is not installed; "node scripts/chdb.mjs" installs it (546 MB, into the cache folder).');
  last?.cleanup();
  const session = (last = new chdb.Session());
  for (const table of clickHouseTables()) session.query(table);
  const statements: string[] = [];
  const all = (sql: string, params: readonly SqlValue[]): unknown[][] => {
    statements.push(sql);
    return askRows(session, sql, params);
  };
  return { session, statements, port: { dialect: CLICKHOUSE, all } };
}

export function askRows(session: ChdbSession, sql: string, params: readonly SqlValue[]): unknown[][] {
  const answer = session.queryBind(sql, Object.fromEntries(params.map((value, at) => [`p${at}`, value])), 'JSONCompact');
  return (JSON.parse(answer) as { readonly data: unknown[][] }).data;
}
