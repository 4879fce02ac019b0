import * as vscode from 'vscode';
import { chooseSet } from './chooseSet.js';
import type { EvidenceNode } from './evidenceView.js';
import type { Engines } from './engines.js';
import { CASE_FILE, isCaseFile, nameOf, setUri } from './evidenceSets.js';
import { COMMAND, CUSTOM_EDITOR, NOTEBOOK, type CommandId } from './ids.js';
import { showFailure, type Log } from './log.js';

/** The commands that belong to no single view. Each shows its own failure. */
export function registerCommands(context: vscode.ExtensionContext, engines: Engines, log: Log): void {
  const register = (id: CommandId, run: (...args: unknown[]) => Promise<unknown>): void => {
    const shown = (...args: unknown[]): Promise<unknown> => run(...args).catch((error: unknown) => showFailure(log, error));
    context.subscriptions.push(vscode.commands.registerCommand(id, shown));
  };

  register(COMMAND.openAsEvidence, async (given, selected) => {
    const resources = (await urisOf(given, selected)) ?? activeFile() ?? (await browse({ canSelectFiles: true, canSelectMany: true }));
    if (resources.length > 0) await openTree(resources);
  });
  register(COMMAND.openFolderAsEvidence, async (given, selected) => {
    const resources = (await urisOf(given, selected)) ?? (await browse({ canSelectFolders: true, canSelectFiles: false }));
    if (resources.length > 0) await openTree(resources);
  });
  register(COMMAND.openExample, async () => {
    const example = vscode.Uri.joinPath(context.extensionUri, 'examples', 'case', CASE_FILE);
    // The story beside the tree, in a tab of its own.
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.joinPath(context.extensionUri, 'examples', 'case', 'double-fork.hunt.md'), NOTEBOOK);
    await openTree([example]);
  });
  register(COMMAND.newHuntNotebook, async () => {
    const hunt = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'processes where process.orphan | tree', 'hunt');
    const title = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, `# ${vscode.l10n.t('Hunt')}`, 'markdown');
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(NOTEBOOK, new vscode.NotebookData([title, hunt])));
  });
  register(COMMAND.closeEvidence, async (given) => {
    const key = isSetNode(given) ? given.set.key : (await chooseSet(engines, vscode.l10n.t('Which evidence shall be closed?')))?.key;
    if (key !== undefined) await engines.end(key);
  });
  context.subscriptions.push(vscode.commands.registerCommand(COMMAND.showLog, () => log.show()));
}

/** Opens resources as one set in the tree editor. */
async function openTree(resources: readonly vscode.Uri[]): Promise<void> {
  const [first] = resources;
  if (!first) return;
  const single = resources.length === 1 && (isCaseFile(first) || !(await isFolder(first)));
  await vscode.commands.executeCommand('vscode.openWith', single ? first : await setOf(resources), CUSTOM_EDITOR);
}

/** A folder that holds a case is shown as that case; other folders and several files get a name of their own. */
async function setOf(resources: readonly vscode.Uri[]): Promise<vscode.Uri> {
  const [first] = resources;
  if (!first) throw new Error('a set of nothing');
  const inside = vscode.Uri.joinPath(first, CASE_FILE);
  if (resources.length === 1 && (await isFile(inside))) return inside;
  return setUri(resources, resources.length === 1 ? nameOf(first) : vscode.l10n.t('{0} and {1} more', nameOf(first), resources.length - 1));
}

async function browse(options: vscode.OpenDialogOptions): Promise<readonly vscode.Uri[]> {
  return (await vscode.window.showOpenDialog({ openLabel: vscode.l10n.t('Open as Evidence'), ...options })) ?? [];
}

/** The file that is open as text in the active tab: what the palette's command means. */
function activeFile(): readonly vscode.Uri[] | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText && input.uri.scheme === 'file' ? [input.uri] : undefined;
}

/** What a menu hands over: the resource, and all that are selected. */
function urisOf(given: unknown, selected: unknown): Promise<readonly vscode.Uri[] | undefined> {
  if (Array.isArray(selected) && selected.length > 0 && selected.every((each) => each instanceof vscode.Uri)) return Promise.resolve(selected);
  return Promise.resolve(given instanceof vscode.Uri ? [given] : undefined);
}

function isSetNode(given: unknown): given is Extract<EvidenceNode, { kind: 'set' }> {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'set' && 'set' in given;
}

async function isFolder(resource: vscode.Uri): Promise<boolean> {
  return ((await vscode.workspace.fs.stat(resource)).type & vscode.FileType.Directory) !== 0;
}

async function isFile(resource: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(resource)).type & vscode.FileType.File) !== 0;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}
