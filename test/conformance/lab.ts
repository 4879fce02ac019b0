import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createEngine, type HuntAsk, type HuntResult } from '../../src/engine/index.js';
import { createNodePorts } from '../../src/node/index.js';

/** A capture of a real host, third-party data that is not copied here. */
const CAPTURE = '../shared/evidence/lab/full-dev';

export interface Lab {
  hunt(ask: HuntAsk): Promise<HuntResult>;
  close(): Promise<void>;
}

/** The lab's evidence in an engine, as a user has it; undefined where it does not lie beside the repository. */
export async function openLab(): Promise<Lab | undefined> {
  if (!existsSync(CAPTURE)) return undefined;
  const engine = createEngine(createNodePorts({ wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') }));
  await engine.ask('open', { sources: ['audit.log.gz', 'auth.log', 'snapshots'].map((name) => `${CAPTURE}/${name}`) });
  return { hunt: (ask) => engine.ask('hunt', ask), close: () => engine.close() };
}
