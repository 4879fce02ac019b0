import type { ClickHouseClient, Row } from '@clickhouse/client';
import type { Transport } from '../store/index.js';

/** Longer parameters (the results of a machine) go into the body of the request: a URL has an end. */
const LONGEST_IN_URL = 2000;
const REQUEST_TIMEOUT_MS = 120_000;

/** A store's address: `http[s]://[user[:password]@]host[:8123]/database`. Throws what is wrong with it. */
export interface StoreAddress {
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

export function parseStoreUrl(text: string): StoreAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new Error(`--store ${text}: it is written http://USER:PASSWORD@HOST:8123/DATABASE.`, { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`--store ${withoutPassword(url)}: only http and https lead to a ClickHouse server.`);
  const database = decodeURIComponent(url.pathname.replace(/^\/+|\/+$/g, ''));
  if (!/^\w+$/.test(database)) throw new Error(`--store ${withoutPassword(url)}: name the database after the host, as in http://localhost:8123/evidence. It is a word of letters, digits and _.`);
  return { url: url.origin, database, username: decodeURIComponent(url.username) || 'default', password: decodeURIComponent(url.password) };
}

/** An address as it may be shown. */
function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

/** ClickHouse over HTTP. Makes the database where it is not, when asked to. `close` ends its connections. */
export async function openClickHouse(address: StoreAddress, options: { readonly makesDatabase?: boolean } = {}): Promise<Transport & { close(): Promise<void> }> {
  const { url, database, username, password } = address;
  const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client'); // only who asks a server pays for its client
  const connect = (name: string | undefined): ClickHouseClient =>
    createClient({ url, username, password, request_timeout: REQUEST_TIMEOUT_MS, compression: { request: true, response: true }, log: { level: ClickHouseLogLevel.OFF }, ...(name !== undefined && { database: name }) });
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new Error(`${url} (database ${database}): ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
  if (options.makesDatabase === true) {
    const server = connect(undefined);
    try {
      await told(server.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` })); // a word, as parseStoreUrl saw
    } finally {
      await server.close();
    }
  }
  const client = connect(database);
  return {
    async *query(sql, params = []) {
      const isLong = params.some((value) => typeof value === 'string' && value.length > LONGEST_IN_URL);
      const abort = new AbortController();
      try {
        const found = await told(client.query({ query: sql, format: 'JSONCompactEachRow', query_params: Object.fromEntries(params.map((value, at) => [`p${at}`, value])), use_multipart_params: isLong, abort_signal: abort.signal }));
        const blocks: AsyncIterator<readonly Row<unknown[], 'JSONCompactEachRow'>[]> = found.stream<unknown[]>()[Symbol.asyncIterator]();
        for (let block = await told(blocks.next()); block.done !== true; block = await told(blocks.next())) yield block.value.map((row) => row.json());
      } finally {
        abort.abort(); // a question that nobody reads to its end is not worked on
      }
    },
    run: async (sql) => void (await told(client.command({ query: sql }))),
    insert: async (table, columns, rows) => void (await told(client.insert({ table, columns: [columns[0]!, ...columns.slice(1)], values: rows, format: 'JSONCompactEachRow', clickhouse_settings: { max_partitions_per_insert_block: '0' } }))), // every table has a column
    close: () => client.close(),
  };
}
