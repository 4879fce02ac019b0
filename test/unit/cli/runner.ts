import { createRequire } from 'node:module';
import { run } from '../../../src/cli/run.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line as alice would, without a terminal. */
export async function foundling(args: readonly string[], env: Readonly<Record<string, string>> = { FOUNDLING_AUTHOR: 'alice' }): Promise<Ran> {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write(text: string) {
      texts[name] += text;
      return true;
    },
    once: () => undefined,
    on: () => undefined,
  });
  const code = await run(args, { stdout: stream('out'), stderr: stream('err'), env, wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') });
  return { code, ...texts };
}
