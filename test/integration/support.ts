import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { FoundlingApi } from '../../src/extension/main.js';

/** What the extension lets tests look at. */
export async function foundling(): Promise<FoundlingApi> {
  const extension = vscode.extensions.getExtension<FoundlingApi>('foundling.foundling');
  assert.ok(extension);
  return extension.activate();
}

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

/** Copies the example case into the workspace under a name; answers its manifest. Its triage has alerts. */
export async function exampleCase(name: string): Promise<vscode.Uri> {
  const example = vscode.extensions.getExtension('foundling.foundling')?.extensionUri;
  assert.ok(example);
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(example, 'examples/case'), workspaceFile(name), { overwrite: true });
  return workspaceFile(`${name}/case.foundling.json`);
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

/** Takes what an open pick or input box offers, `down` rows below the first. VS Code says nowhere that one is open: a moment is waited. */
export async function accept(down = 0): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (let row = 0; row < down; row++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
  await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
}

/** Closes every editor and gives up what was not saved: a question whether to save would wait for somebody. */
export async function closeAll(): Promise<void> {
  const { tabGroups } = vscode.window;
  while (tabGroups.activeTabGroup.activeTab) await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
