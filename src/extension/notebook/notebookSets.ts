import * as vscode from 'vscode';
import { settingsOf, withSettings, type NotebookSettings } from '../../case/index.js';
import type { Engines, OpenSet } from '../engines.js';
import { untilCancelled } from '../cancellation.js';
import { CASE_FILE, nearestCase, nameOf } from '../evidenceSets.js';
import { NOTEBOOK } from '../ids.js';
import { messageOf, isCancellation, type Log } from '../log.js';
import { documentMetadata } from './serializer.js';

/** Asks a person for evidence; undefined when they leave. An argument, so that tests answer for them. */
export type AskForEvidence = (notebook: vscode.NotebookDocument) => Promise<readonly vscode.Uri[] | undefined>;

/** The evidence of each open notebook, held while the notebook is open. */
export class NotebookSets implements vscode.Disposable {
  private readonly held = new Map<
    vscode.NotebookDocument,
    { chosen: readonly vscode.Uri[] | undefined; opening: Promise<OpenSet>; set: OpenSet | undefined }
  >();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listening: vscode.Disposable[] = [this.changed];
  /** A notebook's evidence was opened or let go. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly engines: Engines,
    private readonly askForEvidence: AskForEvidence,
    private readonly log: Log,
  ) {
    this.listening.push(
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.openByItself(notebook)),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.letGo(notebook)),
      // An engine that ended (closed by command, or its worker died) is opened anew by the next cell.
      engines.onDidChange(() => {
        const live = new Set(engines.sets.map((set) => set.key));
        for (const [notebook, { set }] of this.held) if (set && !live.has(set.key)) this.letGo(notebook);
      }),
    );
    for (const notebook of vscode.workspace.notebookDocuments) this.openByItself(notebook);
  }

  /** The sets that notebooks hold now. */
  get sets(): readonly { readonly notebook: vscode.NotebookDocument; readonly set: OpenSet }[] {
    return [...this.held].flatMap(([notebook, { set }]) => (set ? [{ notebook, set }] : []));
  }

  settings(notebook: vscode.NotebookDocument): NotebookSettings {
    const settings = settingsOf(documentMetadata(notebook.metadata).head);
    if ('mistake' in settings) throw new Error(settings.mistake);
    return settings;
  }

  /** The evidence of a notebook, opened if it is not: as its front matter says, else the nearest case, else as the person answers. */
  async setOf(notebook: vscode.NotebookDocument, token?: vscode.CancellationToken): Promise<OpenSet> {
    const held = this.held.get(notebook);
    if (held) return token ? untilCancelled(held.opening, token) : held.opening;
    const resources = (await this.stated(notebook)) ?? (await this.asked(notebook));
    if (!resources) throw new vscode.CancellationError();
    return this.hold(notebook, resources, token);
  }

  /** Asks for the evidence anew and writes the answer into the front matter. */
  async choose(notebook: vscode.NotebookDocument): Promise<void> {
    const resources = await this.asked(notebook);
    if (!resources) return;
    this.letGo(notebook);
    await this.hold(notebook, resources);
  }

  dispose(): void {
    for (const notebook of [...this.held.keys()]) this.letGo(notebook);
    for (const each of this.listening) each.dispose();
  }

  private async hold(notebook: vscode.NotebookDocument, resources: readonly vscode.Uri[], token?: vscode.CancellationToken): Promise<OpenSet> {
    const opening = this.engines.open(resources, token ? { token } : {});
    const entry: { chosen: readonly vscode.Uri[]; opening: Promise<OpenSet>; set: OpenSet | undefined } = { chosen: resources, opening, set: undefined };
    this.held.set(notebook, entry);
    try {
      const set = await opening;
      if (this.held.get(notebook) !== entry) {
        set.dispose(); // the notebook was closed, or other evidence chosen, while this one opened
        throw new vscode.CancellationError();
      }
      entry.set = set;
      this.changed.fire();
      return set;
    } catch (error) {
      if (this.held.get(notebook) === entry) this.held.delete(notebook);
      throw error;
    }
  }

  private letGo(notebook: vscode.NotebookDocument): void {
    const held = this.held.get(notebook);
    if (!held) return;
    this.held.delete(notebook);
    held.set?.dispose();
    this.changed.fire();
  }

  /**
   * Evidence that is stated opens with its notebook, so that completion knows its values. Only in a trusted workspace: elsewhere nothing happens that
   * the person did not ask for.
   */
  private openByItself(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== NOTEBOOK || !vscode.workspace.isTrusted || this.held.has(notebook)) return;
    const open = async (): Promise<void> => {
      const resources = await this.stated(notebook);
      if (resources && !this.held.has(notebook)) await this.hold(notebook, resources);
    };
    open().catch((error: unknown) => {
      // The first cell that runs shows it where the person looks.
      if (!isCancellation(error)) this.log.warn(`${notebook.uri.path}: its evidence did not open: ${messageOf(error)}`);
    });
  }

  private async stated(notebook: vscode.NotebookDocument): Promise<readonly vscode.Uri[] | undefined> {
    const settings = this.settings(notebook);
    const resolve = (path: string): vscode.Uri => (path.startsWith('/') ? (notebook.isUntitled ? vscode.Uri.file(path) : notebook.uri.with({ path })) : vscode.Uri.joinPath(notebook.uri, '..', path));
    if (settings.case !== undefined)
      return [settings.case.endsWith(CASE_FILE) ? resolve(settings.case) : vscode.Uri.joinPath(resolve(settings.case), CASE_FILE)];
    if (settings.evidence) return settings.evidence.map(resolve);
    const nearest = notebook.isUntitled ? undefined : await nearestCase(notebook.uri);
    return nearest ? [nearest] : undefined;
  }

  private async asked(notebook: vscode.NotebookDocument): Promise<readonly vscode.Uri[] | undefined> {
    const resources = await this.askForEvidence(notebook);
    if (!resources || resources.length === 0) return undefined;
    // A notebook without a place has nothing to be relative to; it is asked again once it is saved.
    if (!notebook.isUntitled) await writeEvidence(notebook, resources, this.settings(notebook));
    return resources;
  }
}

async function writeEvidence(notebook: vscode.NotebookDocument, resources: readonly vscode.Uri[], settings: NotebookSettings): Promise<void> {
  const paths = resources.map((resource) => relativePath(notebook.uri, resource));
  const [only] = resources;
  const isCase = only !== undefined && resources.length === 1 && nameOf(only) === CASE_FILE;
  const { parents, basis } = settings;
  const kept = { ...(parents ? { parents } : {}), ...(basis ? { basis } : {}) };
  const stated: NotebookSettings = isCase ? { case: (paths[0] ?? '').replace(/\/?case\.foundling\.json$/, '') || '.', ...kept } : { evidence: paths, ...kept };
  const metadata = documentMetadata(notebook.metadata);
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata({ ...metadata, head: withSettings(metadata.head, stated) })]);
  await vscode.workspace.applyEdit(edit);
}

/** `../evidence/audit.log` from the notebook's folder; the whole path where another file system is meant. */
function relativePath(notebook: vscode.Uri, resource: vscode.Uri): string {
  const from = notebook.path.split('/').slice(1, -1);
  const to = resource.path.replace(/\/+$/, '').split('/').slice(1);
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  if (shared === 0) return resource.path;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
