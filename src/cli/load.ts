import { loadElsewhere } from '../engine/index.js';
import { createNodePorts, openClickHouse } from '../node/index.js';
import { loadClickHouse } from '../store/index.js';
import { parseOptions, storeAddress, UsageError } from './options.js';
import { counted, visible } from './output.js';
import { type Session, tellUnread } from './session.js';

export const LOAD_USAGE = 'foundling load EVIDENCE... --store URL';

/** Reads and heals evidence and puts all of it into a ClickHouse store (http://user:password@host:8123/database), making database and tables where they are not. */
export async function load(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { store: 'string' }, LOAD_USAGE);
  const url = parsed.values['store'];
  if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', LOAD_USAGE);
  if (typeof url !== 'string') throw new UsageError('No store was named: --store http://HOST:8123/DATABASE.', LOAD_USAGE);
  const { output } = session;
  // What an interrupted load has sent is taken back: the store would take it for whole evidence. A second Ctrl-C ends it at once.
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error('The load was interrupted; nothing of it stays in the store.'));
  const address = storeAddress(url, LOAD_USAGE);
  const transport = await openClickHouse(address, { makesDatabase: true });
  process.once('SIGINT', interrupt);
  try {
    const { loaded, entries } = await loadElsewhere(
      createNodePorts({ wasmPath: undefined }),
      { sources: parsed.positionals, ...parsed.stated },
      { signal: stop.signal, onProgress: ({ what, done, total }) => output.progress(what, done, total) },
      (input, options) => loadClickHouse(transport, input, options),
    );
    output.settle();
    const isWhole = tellUnread(output, entries);
    const read = entries.filter(({ error, format }) => error === undefined && format !== 'unknown');
    await output.print(`${counted(loaded.events, 'event')} and ${counted(loaded.processes, 'process', 'processes')} of ${counted(read.length, 'file')} are in ${visible(address.url)}/${address.database}`);
    return isWhole && entries.length > 0 ? 0 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    await transport.close();
  }
}
