import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** A file of the suite's workspace, which is a copy: tests may write into it. */
export function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the suite runs in a workspace');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** The audit log that lies in the workspace. */
export function evidenceFile(): vscode.Uri {
  return workspaceFile('audit.log');
}

export async function write(name: string, text: string): Promise<vscode.Uri> {
  const uri = workspaceFile(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

export async function textOf(uri: vscode.Uri): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri));
}

/**
 * Waits until a condition holds. VS Code tells of no single event for most of what these tests look at, so the condition is asked again until mocha's
 * own time-out ends the test.
 */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, mostMs = 40_000): Promise<void> {
  const until = Date.now() + mostMs;
  while (!(await holds())) {
    if (Date.now() > until) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Closes every editor and gives up what was not saved: a question whether to save would wait for somebody. */
export async function closeAll(): Promise<void> {
  const { tabGroups } = vscode.window;
  while (tabGroups.activeTabGroup.activeTab) await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
