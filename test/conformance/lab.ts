import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createEngine, type HuntAsk, type HuntResult } from '../../src/engine/index.js';
import { createNodePorts } from '../../src/node/index.js';

/** Captures of real hosts, third-party data that is not copied here. */
export const CAPTURES = '../shared/evidence/lab';

export interface Lab {
  hunt(ask: HuntAsk): Promise<HuntResult>;
  close(): Promise<void>;
}

/** A capture in an engine, as a user has it; undefined where it does not lie beside the repository. */
export async function openLab(capture: string = 'full-dev', files: readonly string[] = ['audit.log.gz', 'auth.log', 'snapshots']): Promise<Lab | undefined> {
  const folder = `${CAPTURES}/${capture}`;
  if (!existsSync(folder)) return undefined;
  const engine = createEngine(createNodePorts({ wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') }));
  await engine.ask('open', { sources: files.map((name) => `${folder}/${name}`) });
  return { hunt: (ask) => engine.ask('hunt', ask), close: () => engine.close() };
}
