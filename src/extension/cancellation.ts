import * as vscode from 'vscode';

/** An AbortController that a CancellationToken pulls; dispose it to stop listening. */
export interface TokenAbort {
  readonly signal: AbortSignal;
  abort(): void;
  dispose(): void;
}

export function abortOf(token: vscode.CancellationToken | undefined): TokenAbort {
  const controller = new AbortController();
  if (token?.isCancellationRequested) controller.abort();
  const listening = token?.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, abort: () => controller.abort(), dispose: () => void listening?.dispose() };
}

/** What a promise gives, or a CancellationError as soon as the token is cancelled: of work that others wait for too, only this wait ends. */
export function untilCancelled<T>(promise: Promise<T>, token: vscode.CancellationToken): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(new vscode.CancellationError());
    const listening = token.onCancellationRequested(leave);
    if (token.isCancellationRequested) leave();
    promise.then(resolve, reject).finally(() => void listening.dispose());
  });
}
