import { Worker } from 'node:worker_threads';
import type { Engine, HuntResult } from '../engine/index.js';
import { whyNotRead } from '../store/index.js';

/** Rows of a statement. Columns are typed by their values; `notes` say what was left out, a sentence each. */
export interface SqlResult extends Pick<HuntResult, 'columns' | 'rows' | 'total' | 'truncated'> {
  readonly notes: readonly string[];
}

export interface SqlAsk {
  readonly sql: string;
  /** So many rows are carried at most. */
  readonly rows: number;
  /** The bundled sqlWorker.ts. */
  readonly workerPath: string;
  /** sql-wasm.wasm. */
  readonly wasmPath: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** What the thread is started with; `bytes` is moved into it. */
export interface SqlStart extends Pick<SqlAsk, 'sql' | 'rows' | 'wasmPath'> {
  readonly bytes: Uint8Array;
  /** Rows beyond these are not even counted. */
  readonly counted: number;
}

export type FromSqlWorker = { readonly kind: 'ok'; readonly result: SqlResult } | { readonly kind: 'error'; readonly message: string };

/** As hunts have it (HUNT 13). */
const TIME_LIMIT_MS = 60_000;
const MOST_COUNTED = 100_000;

/**
 * Runs one reading statement on a copy of the engine's store, in a thread that is thrown away after it. SQLite in wasm has no interrupt: cancelling and
 * the time limit end the thread. Rejects with an Error fit to show; with the signal's reason when cancelled.
 */
export async function runSql(engine: Engine, { sql, rows, workerPath, wasmPath, signal, timeoutMs = TIME_LIMIT_MS }: SqlAsk): Promise<SqlResult> {
  const why = whyNotRead(sql);
  if (why !== undefined) throw new Error(why);
  const { bytes } = await engine.ask('storeCopy', {}, signal ? { signal } : {});
  const start: SqlStart = { bytes, sql, rows, wasmPath, counted: MOST_COUNTED };
  const worker = new Worker(workerPath, { workerData: start, transferList: [bytes.buffer as ArrayBuffer] }); // a copy of its own (storeCopy), never shared memory
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  try {
    return await new Promise<SqlResult>((resolve, reject) => {
      abort = () => reject(signal?.reason instanceof Error ? signal.reason : new DOMException('Cancelled.', 'AbortError'));
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      timer = setTimeout(() => reject(new Error(`The statement was ended after ${timeoutMs / 1000} s. Narrow it.`)), timeoutMs);
      worker.on('message', (message: FromSqlWorker) => (message.kind === 'ok' ? resolve(message.result) : reject(new Error(message.message))));
      worker.on('error', (cause) => reject(new Error(`The statement's thread stopped: ${cause instanceof Error ? cause.message : String(cause)}. Narrow the statement.`, { cause })));
      worker.on('exit', () => reject(new Error("The statement's thread ended without an answer."))); // after an answer it says nothing
    });
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
