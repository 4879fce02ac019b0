import { parentPort } from 'node:worker_threads';
import { createConnection, PortMessageReader, PortMessageWriter } from 'vscode-languageserver/node';
import { huntLanguage, serve } from '../server/index.js';

/** The language server's thread: completion must not wait for the extension host, nor for a hunt that runs. */
if (!parentPort) throw new Error('serverWorker runs as a worker thread');
serve(createConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort)), huntLanguage);
