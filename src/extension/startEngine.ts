import * as vscode from 'vscode';
import type { Engine } from '../engine/requests.js';

/** Starts an engine in a worker thread of its own. Loaded when the first evidence is opened. */
export async function startSharedEngine(context: vscode.ExtensionContext): Promise<Engine> {
  const { startEngine } = await import('../node/index.js');
  const beside = (name: string): string => vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  return startEngine({ workerPath: beside('engineWorker.js'), wasmPath: beside('sql-wasm.wasm') });
}
