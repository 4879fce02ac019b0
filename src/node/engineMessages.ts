import type { AnswerOf, AskOf, EngineMethod, Progress } from '../engine/index.js';

/** What the client posts to the worker. `cancel` is one shared Int32: 1 asks the call to stop, also in the middle of a query. */
export type ToWorker =
  | { readonly [M in EngineMethod]: { readonly id: number; readonly kind: 'ask'; readonly method: M; readonly ask: AskOf<M>; readonly cancel: SharedArrayBuffer } }[EngineMethod]
  | { readonly id: number; readonly kind: 'storeReady' };

/** What the worker posts back. One `ok` or `error` for each id, any number of `progress` before. */
export type FromWorker =
  | { readonly id: number; readonly kind: 'ok'; readonly answer: AnswerOf<EngineMethod> | undefined }
  | { readonly id: number; readonly kind: 'error'; readonly name: string; readonly message: string }
  | { readonly id: number; readonly kind: 'progress'; readonly progress: Progress };

export interface WorkerStart {
  readonly wasmPath: string;
}
