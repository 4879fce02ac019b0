import { MessageChannel } from 'node:worker_threads';
import { afterEach } from 'vitest';
import { createConnection, createMessageConnection, PortMessageReader, PortMessageWriter, type MessageConnection } from 'vscode-languageserver/node';
import type { CompletionList } from 'vscode-languageserver';
import type { Catalogue } from '../../../src/engine/requests.js';
import { CATALOGUE_NOTIFICATION, type CatalogueMessage, type HuntLanguage, serve } from '../../../src/server/index.js';

const open: MessageConnection[] = [];
afterEach(() => open.splice(0).forEach((connection) => connection.dispose()));

/** A client of a server of its own, which ends with the test. */
export async function clientOf(language: HuntLanguage): Promise<MessageConnection> {
  const { port1, port2 } = new MessageChannel();
  serve(createConnection(new PortMessageReader(port1), new PortMessageWriter(port1)), language);
  const client = createMessageConnection(new PortMessageReader(port2), new PortMessageWriter(port2));
  open.push(client);
  client.onDispose(() => port2.close());
  client.listen();
  await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  return client;
}

/** Opens a text as the editor does. */
export const show = (client: MessageConnection, uri: string, text: string): Promise<void> =>
  client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'hunt', version: 1, text } });

/** Tells of evidence that is open, a set of its own for each name, or (null) of its end. */
export const tellEvidence = (client: MessageConnection, scope: string, catalogue: Catalogue | null, name = scope, isCase = false): Promise<void> => {
  const message: CatalogueMessage = { scope, evidence: catalogue && { catalogue, set: name, name, isCase } };
  return client.sendNotification(CATALOGUE_NOTIFICATION, message);
};

/** What is offered at a place. `space`: because a blank was typed there. */
export const completionsAt = (client: MessageConnection, uri: string, character: number, line = 0, space = false): Promise<CompletionList> =>
  client.sendRequest('textDocument/completion', {
    textDocument: { uri },
    position: { line, character },
    ...(space ? { context: { triggerKind: 2, triggerCharacter: ' ' } } : {}),
  });
