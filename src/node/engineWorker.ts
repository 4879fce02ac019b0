import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createEngine, type Progress } from '../engine/index.js';
import type { FromWorker, ToWorker, WorkerStart } from './engineMessages.js';
import { createNodePorts } from './enginePorts.js';

/** Progress is told at most so often: a person sees no more, and each message costs the other thread time. */
const PROGRESS_MS = 100;

/** The engine's thread: answers one client until it is ended. */
function serve(port: MessagePort, start: WorkerStart): void {
  const engine = createEngine(createNodePorts({ wasmPath: start.wasmPath }));
  const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

  async function handle(message: ToWorker): Promise<void> {
    const { id } = message;
    try {
      switch (message.kind) {
        case 'storeReady':
          await engine.storeReady();
          return post({ id, kind: 'ok', answer: undefined });
        case 'ask': {
          const answer = await engine.ask(message.method, message.ask, { signal: sharedSignal(message.cancel), onProgress: throttled((progress) => post({ id, kind: 'progress', progress })) });
          return post({ id, kind: 'ok', answer }, ownBuffers(answer));
        }
      }
    } catch (error) {
      post({ id, kind: 'error', name: error instanceof Error ? error.name : 'Error', message: error instanceof Error ? error.message : String(error) });
    }
  }

  port.on('message', (message: ToWorker) => void handle(message));
}

/** A signal that another thread sets through shared memory: a query that holds this thread sees it too, where an event could not arrive. */
function sharedSignal(cancel: SharedArrayBuffer): AbortSignal {
  const flag = new Int32Array(cancel);
  return {
    get aborted() {
      return Atomics.load(flag, 0) === 1;
    },
    throwIfAborted() {
      if (Atomics.load(flag, 0) === 1) throw new DOMException('Cancelled.', 'AbortError');
    },
  } as AbortSignal; // the core asks a signal for nothing else (model/platform.d.ts)
}

function throttled(tell: (progress: Progress) => void): (progress: Progress) => void {
  let last = -Infinity, lastWhat = '';
  return (progress) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS && progress.what === lastWhat) return;
    last = now;
    lastWhat = progress.what;
    tell(progress);
  };
}

/** Buffers of an answer's typed arrays that hold nothing else: moved, not copied. A view on a larger buffer would ship all of it, so that is copied. */
function ownBuffers(answer: unknown): ArrayBuffer[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const buffers = new Set<ArrayBuffer>();
  for (const value of Object.values(answer)) {
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength && value.byteLength > 0) buffers.add(value.buffer);
  }
  return [...buffers];
}

if (parentPort) serve(parentPort, workerData as WorkerStart); // engineClient.ts is the only one who starts this file
