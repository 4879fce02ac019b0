import * as vscode from 'vscode';
import { plain } from './plain.js';

/** The one log of the extension. */
export type Log = vscode.LogOutputChannel;

export function createLog(): Log {
  return vscode.window.createOutputChannel('Foundling', { log: true });
}

export function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled'));
}

/** What an error says, with what caused it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Logs an error and offers what a person can do about it. Nothing is shown for a cancellation. Not awaited: a notification stays open as long as
 * nobody answers it, and no command may wait for that.
 */
export function showFailure(log: Log, error: unknown, actions: Readonly<Record<string, () => unknown>> = {}): void {
  if (isCancellation(error)) return;
  log.error(error instanceof Error ? error : new Error(String(error)));
  const showLog = vscode.l10n.t('Show Log');
  const all: Readonly<Record<string, () => unknown>> = { ...actions, [showLog]: () => log.show() };
  void vscode.window.showErrorMessage(plain(messageOf(error)), ...Object.keys(all)).then((chosen) => chosen !== undefined && all[chosen]?.());
}
