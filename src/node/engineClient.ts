import { Worker } from 'node:worker_threads';
import type { AnswerOf, AskOf, Engine, EngineMethod, Progress } from '../engine/index.js';
import type { FromWorker, ToWorker, WorkerStart } from './engineMessages.js';

export interface StartEngine {
  /** The bundled engineWorker.ts. */
  readonly workerPath: string;
  /** sql-wasm.wasm. */
  readonly wasmPath: string;
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Stops listening to the caller's signal. */
  release(): void;
}

/**
 * An engine in a worker thread of its own. A call whose signal is aborted rejects at once with the signal's reason, and the worker stops working on it.
 * When the thread dies (out of memory), every open call rejects with what happened, and so does every later one. `close` ends the thread.
 */
export function startEngine(start: StartEngine): Engine {
  const worker = new Worker(start.workerPath, { workerData: { wasmPath: start.wasmPath } satisfies WorkerStart });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let ended: Error | undefined;
  let closing: Promise<void> | undefined;

  const end = (error: Error): void => {
    ended ??= error;
    for (const call of pending.values()) {
      call.release();
      call.reject(ended);
    }
    pending.clear();
  };
  worker.on('error', (cause) => end(new Error(`The engine stopped: ${cause instanceof Error ? cause.message : String(cause)}. Open the evidence again; if it was short of memory, open fewer files at once.`, { cause })));
  worker.on('exit', () => end(new Error('The evidence was closed.')));
  worker.on('message', (message: FromWorker) => {
    const call = pending.get(message.id);
    if (!call) return; // its caller gave up
    if (message.kind === 'progress') {
      call.onProgress?.(message.progress);
      return;
    }
    pending.delete(message.id);
    call.release();
    if (message.kind === 'ok') call.resolve(message.answer);
    else call.reject(Object.assign(new Error(message.message), { name: message.name }));
  });

  function send(message: (id: number) => ToWorker, onProgress?: (progress: Progress) => void, signal?: AbortSignal, cancel?: SharedArrayBuffer): Promise<unknown> {
    if (ended) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      const abort = (): void => {
        if (cancel) Atomics.store(new Int32Array(cancel), 0, 1);
        pending.delete(id);
        reject(signal?.reason instanceof Error ? signal.reason : new DOMException('Cancelled.', 'AbortError'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      pending.set(id, { resolve, reject, onProgress, release: () => signal?.removeEventListener('abort', abort) });
      worker.postMessage(message(id));
    });
  }

  return {
    async ask<M extends EngineMethod>(method: M, ask: AskOf<M>, options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {}): Promise<AnswerOf<M>> {
      options.signal?.throwIfAborted();
      const cancel = new SharedArrayBuffer(4);
      // The worker answers each method with its own type (engineMessages.ts); a map of ids cannot say so.
      return (await send((id) => ({ id, kind: 'ask', method, ask, cancel }) as unknown as ToWorker, options.onProgress, options.signal, cancel)) as AnswerOf<M>;
    },
    async storeReady() {
      await send((id) => ({ id, kind: 'storeReady' }));
    },
    close() {
      closing ??= (async () => {
        // A running query would not hear `close`; ending the thread ends it, and the thread holds nothing that must be saved.
        end(new Error('The evidence was closed.'));
        await worker.terminate();
      })();
      return closing;
    },
  };
}
