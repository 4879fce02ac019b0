import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Engine } from '../engine/requests.js';
import type { CatalogueMessage, CatalogueNotification } from '../server/index.js';
import type { Engines } from './engines.js';
import { LANGUAGE, NOTEBOOK } from './ids.js';
import { messageOf, showFailure, type Log } from './log.js';
import type { NotebookSets } from './notebook/notebookSets.js';

const CATALOGUE_NOTIFICATION: CatalogueNotification = 'foundling/catalogue';

/** Starts the language server with the first hunt that is opened, and tells it what the open evidence holds. */
export function registerLanguage(context: vscode.ExtensionContext, engines: Engines, notebooks: NotebookSets, log: Log): void {
  let starting: Promise<void> | undefined;
  const startFor = (document: vscode.TextDocument): void => {
    if (document.languageId !== LANGUAGE || starting) return;
    starting = start(context, engines, notebooks, log).catch((error: unknown) => showFailure(log, error));
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(startFor));
  vscode.workspace.textDocuments.forEach(startFor);
}

async function start(context: vscode.ExtensionContext, engines: Engines, notebooks: NotebookSets, log: Log): Promise<void> {
  const { LanguageClient, PortMessageReader, PortMessageWriter } = await import('vscode-languageclient/node');
  let worker: Worker | undefined;
  const client = new LanguageClient(
    'foundling.hunt',
    'Hunt',
    () => {
      worker = new Worker(vscode.Uri.joinPath(context.extensionUri, 'dist', 'serverWorker.js').fsPath);
      worker.on('error', (error) => log.error(error));
      return Promise.resolve({ reader: new PortMessageReader(worker), writer: new PortMessageWriter(worker) });
    },
    { documentSelector: [{ language: LANGUAGE }, { notebook: NOTEBOOK, language: LANGUAGE }], outputChannel: log },
  );
  context.subscriptions.push({
    dispose: () => {
      // stop() asks the server to end; a server that does not answer is ended with its thread.
      void client.stop().finally(() => worker?.terminate());
    },
  });
  await client.start();
  const tell = catalogueTeller(client, log);
  const update = (): void => tell(scopesOf(engines, notebooks));
  context.subscriptions.push(engines.onDidChange(update), notebooks.onDidChange(update));
  update();
}

/** Which engine speaks for which scope: a notebook's own, a case for its folder, other evidence for the folder that holds it. */
function scopesOf(engines: Engines, notebooks: NotebookSets): Map<string, Engine> {
  const scopes = new Map<string, Engine>();
  for (const set of engines.sets) {
    if (set.caseFolder) scopes.set(`${set.caseFolder.path}/`, set.engine);
    else for (const source of set.sources) scopes.set(`${vscode.Uri.joinPath(source, '..').path}/`, set.engine);
  }
  for (const { notebook, set } of notebooks.sets) scopes.set(notebook.uri.path, set.engine);
  return scopes;
}

/** Sends what changed: catalogues of new scopes (again when the store is full, with counts of all rows), and the end of those that are gone. */
function catalogueTeller(client: LanguageClient, log: Log): (scopes: ReadonlyMap<string, Engine>) => void {
  const told = new Map<string, Engine>();
  const send = (message: CatalogueMessage): Promise<void> => client.sendNotification(CATALOGUE_NOTIFICATION, message);
  const tell = async (scope: string, engine: Engine): Promise<void> => {
    if (told.get(scope) === engine) await send({ scope, catalogue: await engine.ask('catalogue', {}) });
  };
  return (scopes) => {
    for (const scope of [...told.keys()]) {
      if (scopes.has(scope)) continue;
      told.delete(scope);
      void send({ scope, catalogue: null });
    }
    for (const [scope, engine] of scopes) {
      if (told.get(scope) === engine) continue;
      told.set(scope, engine);
      tell(scope, engine)
        .then(() => engine.storeReady())
        .then(() => tell(scope, engine))
        // An engine that ended meanwhile has no values to offer; completion goes on without.
        .catch((error: unknown) => log.warn(`no values for completion in ${scope}: ${messageOf(error)}`));
    }
  };
}
