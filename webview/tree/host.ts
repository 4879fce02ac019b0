import type { AnswerOf, AskOf } from '../../src/engine/requests.js';
import type { FromPage, PageMethod, ToPage } from '../shared/protocol.js';
import { unpack } from '../shared/wire.js';

/** What VS Code gives a webview's script. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** The extension as the page sees it. */
export interface Host {
  /** Rejects with an Error whose message is fit to show, or with an AbortError. */
  ask<M extends PageMethod>(method: M, ask: AskOf<M>, signal?: AbortSignal): Promise<AnswerOf<M>>;
  tell(message: Exclude<FromPage, { kind: 'ask' | 'cancel' }>): void;
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Joins the page to the extension. `onMessage` gets what is no answer. */
export function connectHost(api: VsCodeApi, onMessage: (message: Exclude<ToPage, { kind: 'answer' }>) => void): Host {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  const post = (message: FromPage): void => api.postMessage(message);

  // Only the extension can post into a webview's frame; there the message is typed by the same file.
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = unpack(event.data) as ToPage;
    if (message.kind !== 'answer') {
      onMessage(message);
      return;
    }
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.ok);
  });

  return {
    ask<M extends PageMethod>(method: M, ask: AskOf<M>, signal?: AbortSignal) {
      return new Promise<AnswerOf<M>>((resolve, reject) => {
        if (signal?.aborted) {
          reject(aborted());
          return;
        }
        const id = ++lastId;
        const leave = (): void => {
          if (!pending.delete(id)) return;
          post({ kind: 'cancel', id });
          reject(aborted());
        };
        signal?.addEventListener('abort', leave, { once: true });
        const settled = (): void => signal?.removeEventListener('abort', leave);
        pending.set(id, {
          // The protocol ties answer and method by the id that was made here.
          resolve: (answer) => (settled(), resolve(answer as AnswerOf<M>)),
          reject: (error) => (settled(), reject(error)),
        });
        // A generic method loses its tie to its question's type; the signature above keeps it.
        post({ kind: 'ask', id, method, ask } as FromPage);
      });
    },
    tell: post,
  };
}

function aborted(): Error {
  return new DOMException('no longer wanted', 'AbortError');
}

/** Cancelled is not an error: it is passed over in silence. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
