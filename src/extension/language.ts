import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Engine } from '../engine/requests.js';
import type {
  AskAnswer,
  AskMessage,
  AskRequest,
  CatalogueMessage,
  CatalogueNotification,
  CopyCommand,
  HuntsMessage,
  HuntsNotification,
} from '../server/index.js';
import { CaseHuntWatch } from './caseHunts.js';
import type { Engines, KnownSet } from './engines.js';
import { LANGUAGE, NOTEBOOK } from './ids.js';
import { isCancellation, messageOf, showFailure, type Log } from './log.js';
import type { NotebookSets } from './notebook/notebookSets.js';

// The server's names, said here again: the client must not load the server.
const CATALOGUE_NOTIFICATION: CatalogueNotification = 'foundling/catalogue';
const HUNTS_NOTIFICATION: HuntsNotification = 'foundling/hunts';
const ASK_REQUEST: AskRequest = 'foundling/ask';
/** Not in the manifest: code actions call it, with the text. */
const COPY_COMMAND: CopyCommand = 'foundling.copyText';

/** Starts the language server with the first hunt that is opened, and tells it what the open evidence holds. */
export function registerLanguage(context: vscode.ExtensionContext, engines: Engines, notebooks: NotebookSets, log: Log): void {
  let starting: Promise<void> | undefined;
  const startFor = (document: vscode.TextDocument): void => {
    if (document.languageId !== LANGUAGE || starting) return;
    starting = start(context, engines, notebooks, log).catch((error: unknown) => showFailure(log, error));
  };
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(startFor),
    vscode.commands.registerCommand(COPY_COMMAND, async (text: unknown) => {
      if (typeof text === 'string') await vscode.env.clipboard.writeText(text);
    }),
  );
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
  client.onRequest(ASK_REQUEST, (message: AskMessage) =>
    answer(message, scopesOf(engines, notebooks).get(message.scope)?.engine, log),
  );
  context.subscriptions.push(
    new CaseHuntWatch(
      (folder, hunts) => {
        const message: HuntsMessage = { scope: `${folder.path}/`, hunts };
        void client.sendNotification(HUNTS_NOTIFICATION, message);
      },
      (error) => log.warn(`the lets of the case's hunts are not known: ${messageOf(error)}`),
    ),
  );
}

/** Runs what the server asks, for as long as it waits: an engine that is busy with a person's hunt is not held up. */
async function answer(message: AskMessage, engine: Engine | undefined, log: Log): Promise<AskAnswer> {
  if (!engine) return null;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), message.deadlineMs);
  try {
    const { text, before, limit } = message;
    const result = await engine.ask('hunt', { text, before, limit }, { signal: abort.signal });
    if (result.diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return null;
    return { rows: result.rows.map(([value, count]) => [String(value), Number(count)] as const), total: result.total };
  } catch (error) {
    // Completion goes on without: what went wrong here goes wrong again where the person runs it, and is shown there.
    if (!isCancellation(error)) log.debug(`${message.text}: ${messageOf(error)}`);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** The evidence that speaks for a scope. */
type Spoken = Pick<KnownSet, 'key' | 'title' | 'caseFolder' | 'engine'>;

/** Which evidence speaks for which scope: a notebook's own, a case for its folder, other evidence for the folder that holds it. */
function scopesOf(engines: Engines, notebooks: NotebookSets): Map<string, Spoken> {
  const scopes = new Map<string, Spoken>();
  for (const set of engines.sets) {
    if (set.caseFolder) scopes.set(`${set.caseFolder.path}/`, set);
    else for (const source of set.sources) scopes.set(`${vscode.Uri.joinPath(source, '..').path}/`, set);
  }
  for (const { notebook, set } of notebooks.sets) scopes.set(notebook.uri.path, set);
  return scopes;
}

/** Sends what changed: catalogues of new scopes (again when the store is full, with counts of all rows), and the end of those that are gone. */
function catalogueTeller(client: LanguageClient, log: Log): (scopes: ReadonlyMap<string, Spoken>) => void {
  const told = new Map<string, Engine>();
  const send = (message: CatalogueMessage): Promise<void> => client.sendNotification(CATALOGUE_NOTIFICATION, message);
  const tell = async (scope: string, { engine, key, title, caseFolder }: Spoken): Promise<void> => {
    if (told.get(scope) !== engine) return;
    await send({ scope, evidence: { catalogue: await engine.ask('catalogue', {}), set: key, name: title, isCase: caseFolder !== undefined } });
  };
  return (scopes) => {
    for (const scope of [...told.keys()]) {
      if (scopes.has(scope)) continue;
      told.delete(scope);
      void send({ scope, evidence: null });
    }
    for (const [scope, spoken] of scopes) {
      const { engine } = spoken;
      if (told.get(scope) === engine) continue;
      told.set(scope, engine);
      tell(scope, spoken)
        .then(() => engine.storeReady())
        .then(() => tell(scope, spoken))
        // An engine that ended meanwhile has no values to offer; completion goes on without.
        .catch((error: unknown) => log.warn(`no values for completion in ${scope}: ${messageOf(error)}`));
    }
  };
}
