import * as vscode from 'vscode';
import { nearestCase } from './evidenceSets.js';
import { LANGUAGE } from './ids.js';

/** One of a case's hunts, as an editor has it or as it lies there. */
export interface CaseHunt {
  readonly uri: string;
  readonly text: string;
}

const FOLDER = 'hunts';

/** The case's hunts (`hunts/*.hunt`) in the order of their names; none where there is no such folder. */
export async function huntsOf(caseFolder: vscode.Uri): Promise<readonly CaseHunt[]> {
  const folder = vscode.Uri.joinPath(caseFolder, FOLDER);
  const names = await namesIn(folder);
  return Promise.all(
    names.map(async (name) => {
      const uri = vscode.Uri.joinPath(folder, name);
      const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
      return { uri: uri.toString(), text: open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
    }),
  );
}

async function namesIn(folder: vscode.Uri): Promise<readonly string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries.flatMap(([name, type]) => ((type & vscode.FileType.File) !== 0 && name.endsWith('.hunt') ? [name] : [])).sort();
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return [];
    throw error;
  }
}

/** The texts whose lets a notebook's cell sees: its case's hunts, then the hunt cells above it. */
export async function textsBefore(cell: vscode.NotebookCell): Promise<readonly string[]> {
  const file = cell.notebook.isUntitled ? undefined : await nearestCase(cell.notebook.uri);
  const hunts = file === undefined ? [] : await huntsOf(vscode.Uri.joinPath(file, '..'));
  const above = cell.notebook.getCells().slice(0, cell.index);
  return [...hunts.map(({ text }) => text), ...above.filter(({ document }) => document.languageId === LANGUAGE).map(({ document }) => document.getText())];
}

/** Tells of the hunts of each case that an open hunt or notebook lies in, at once and whenever one of them changes on disk. */
export class CaseHuntWatch implements vscode.Disposable {
  private readonly watchers = new Map<string, vscode.Disposable>();
  private readonly listening: vscode.Disposable[] = [];

  constructor(
    private readonly tell: (caseFolder: vscode.Uri, hunts: readonly CaseHunt[]) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.listening.push(vscode.workspace.onDidOpenTextDocument((document) => this.see(document)));
    vscode.workspace.textDocuments.forEach((document) => this.see(document));
  }

  dispose(): void {
    for (const each of [...this.listening, ...this.watchers.values()]) each.dispose();
  }

  private see(document: vscode.TextDocument): void {
    if (document.languageId !== LANGUAGE || document.isUntitled) return;
    // A cell has its notebook's path.
    const resource = document.uri.scheme === 'vscode-notebook-cell' ? notebookOf(document) : document.uri;
    if (resource === undefined) return;
    nearestCase(resource)
      .then((file) => file && this.watch(vscode.Uri.joinPath(file, '..')))
      .catch(this.failed);
  }

  private watch(folder: vscode.Uri): void {
    const key = folder.toString();
    if (this.watchers.has(key)) return;
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, `${FOLDER}/*.hunt`));
    const read = (): void => void huntsOf(folder).then((hunts) => this.tell(folder, hunts), this.failed);
    watcher.onDidCreate(read);
    watcher.onDidChange(read);
    watcher.onDidDelete(read);
    this.watchers.set(key, watcher);
    read();
  }
}

function notebookOf(document: vscode.TextDocument): vscode.Uri | undefined {
  return vscode.workspace.notebookDocuments.find((notebook) => notebook.getCells().some((cell) => cell.document === document))?.uri;
}
