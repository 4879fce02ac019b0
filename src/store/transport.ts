export type TransportValue = string | number | null;

/** A way to a ClickHouse server: HTTP from Node (node/clickhouseTransport.ts). Errors name the server and what it said. */
export interface Transport {
  /** Blocks of rows, in order. The parameters are `{p0:Type}`, `{p1:Type}`, ... in the text. Ending the iteration ends the query. */
  query(sql: string, params?: readonly TransportValue[]): AsyncIterable<readonly (readonly unknown[])[]>;
  /** A statement that answers nothing. */
  run(sql: string): Promise<void>;
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
}
