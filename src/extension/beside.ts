import * as vscode from 'vscode';

/** Where a text is opened that belongs to what is in front: beside a tree or a notebook, but in the place of another text, since each would open one column more. */
export function besideTree(): vscode.ViewColumn {
  return vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
}
