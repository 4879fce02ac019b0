import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { CLICKHOUSE, type SqlPort, type SqlValue } from '../hunt/index.js';
import type { StoreAddress } from './clickhouseTransport.js';

/** What the worker is asked: a query, whose blocks come one at a time when they are asked for. */
export type ToQuery = { readonly kind: 'query'; readonly sql: string; readonly params: readonly SqlValue[] } | { readonly kind: 'next' } | { readonly kind: 'end' };
export type FromQuery = { readonly kind: 'rows'; readonly rows: readonly (readonly unknown[])[] } | { readonly kind: 'done' } | { readonly kind: 'failed'; readonly says: string };

export interface QueryStart {
  readonly address: StoreAddress;
  /** Counts the answers that were posted. */
  readonly signal: SharedArrayBuffer;
}

/** The client gives a silent server up sooner (clickhouseTransport.ts): a worker that says nothing for so long has ended without a word. */
const SILENCE_MS = 180_000;

/**
 * A ClickHouse store as hunts ask it. A hunt runs at one go (its machines read rows as they come), the network does not: a worker asks the server, and
 * this thread sleeps until the next block is there; reading throws what the server says. For threads that may sleep: the command line's, an engine's; never VS Code's extension host.
 */
export function openClickHousePort(workerPath: string, address: StoreAddress): { readonly port: SqlPort; close(): Promise<void> } {
  const signal = new SharedArrayBuffer(4);
  const answers = new Int32Array(signal);
  const { port1, port2 } = new MessageChannel();
  const start: QueryStart = { address, signal };
  const worker = new Worker(workerPath, { workerData: { ...start, port: port2 }, transferList: [port2] });
  let received = 0, hasEnded = false;
  const ask = (message: ToQuery): FromQuery => {
    if (!hasEnded) {
      port1.postMessage(message);
      Atomics.wait(answers, 0, received++, SILENCE_MS);
      const answer = receiveMessageOnPort(port1);
      if (answer !== undefined) return answer.message as FromQuery; // the worker posts nothing else
    }
    hasEnded = true;
    throw new Error('The thread that asks ClickHouse ended without an answer. Ask again; if it was short of memory, narrow the hunt.');
  };
  function* each(sql: string, params: readonly SqlValue[]): Generator<readonly unknown[]> {
    let answer = ask({ kind: 'query', sql, params });
    try {
      for (; answer.kind === 'rows'; answer = ask({ kind: 'next' })) yield* answer.rows;
      if (answer.kind === 'failed') throw new Error(answer.says);
    } finally {
      if (answer.kind === 'rows') ask({ kind: 'end' }); // left before its end
    }
  }
  return {
    port: { dialect: CLICKHOUSE, each, all: (sql, params) => [...each(sql, params)] },
    async close() {
      port1.close();
      await worker.terminate();
    },
  };
}
