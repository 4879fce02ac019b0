import { type MessagePort, workerData } from 'node:worker_threads';
import type { FromQuery, QueryStart, ToQuery } from './clickhousePort.js';
import { openClickHouse } from './clickhouseTransport.js';

/** The thread that asks ClickHouse for a thread that sleeps meanwhile (clickhousePort.ts). One question at a time. */
async function serve({ address, signal, port }: QueryStart & { readonly port: MessagePort }): Promise<void> {
  const answers = new Int32Array(signal);
  const post = (message: FromQuery): void => {
    port.postMessage(message);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  };
  const failed = (error: unknown): FromQuery => ({ kind: 'failed', says: error instanceof Error ? error.message : String(error) });
  process.on('exit', () => {
    // Whoever sleeps must wake, also where nothing can be said any more.
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
  const transport = await openClickHouse(address);
  let blocks: AsyncIterator<readonly (readonly unknown[])[]> | undefined;
  const next = async (): Promise<FromQuery> => {
    const block = await blocks?.next();
    return block === undefined || block.done === true ? { kind: 'done' } : { kind: 'rows', rows: block.value };
  };
  port.on('message', (message: ToQuery) => {
    if (message.kind === 'query') blocks = transport.query(message.sql, message.params)[Symbol.asyncIterator]();
    if (message.kind === 'end') void Promise.resolve(blocks?.return?.()).then(() => post({ kind: 'done' }), (error: unknown) => post(failed(error)));
    else void next().then(post, (error: unknown) => post(failed(error)));
  });
}

void serve(workerData as QueryStart & { readonly port: MessagePort }); // clickhousePort.ts makes this thread
