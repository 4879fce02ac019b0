import type { Transport } from '../../src/store/index.js';
import { askRows, type ClickHouseWorld } from './chdb.js';

/** A transport to the ClickHouse in this process. `onInsert` may throw, as a server does. */
export function inProcess({ session }: Pick<ClickHouseWorld, 'session'>, onInsert: (table: string) => void = () => undefined): Transport {
  return {
    async *query(sql, params = []) {
      yield await Promise.resolve(askRows(session, sql, params));
    },
    run: (sql) => Promise.resolve(void session.query(sql)),
    insert(table, columns, rows) {
      onInsert(table);
      session.query(`INSERT INTO ${table} (${columns.join(', ')}) SETTINGS max_partitions_per_insert_block = 0 FORMAT JSONCompactEachRow\n${rows.map((row) => JSON.stringify(row)).join('\n')}`);
      return Promise.resolve();
    },
  };
}
