import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './run.js';

// The wasm lies beside the bundle, also where `foundling` is a link in a bin folder.
const script = process.argv[1];
const wasmPath = join(script === undefined ? process.cwd() : dirname(realpathSync(script)), 'sql-wasm.wasm');

// exitCode, not exit(): what was written must reach a pipe first.
void run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, env: process.env, wasmPath }).then((code) => (process.exitCode = code));
