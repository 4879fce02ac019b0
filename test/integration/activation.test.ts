import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const EXTENSION = 'foundling.foundling';
const TREE = 'foundling.tree';

describe('the extension in a real VS Code', () => {
  it('is there and activates without an error', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension, `${EXTENSION} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command that its manifest contributes', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    const manifest = extension?.packageJSON as { contributes: { commands: readonly { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      manifest.contributes.commands.map((each) => each.command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('opens an audit log in the tree editor', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder, 'the suite runs in a workspace');
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.joinPath(folder.uri, 'audit.log'), TREE);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom, 'the active tab is a custom editor');
    assert.equal(input.viewType, TREE);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
