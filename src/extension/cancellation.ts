import type * as vscode from 'vscode';

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
