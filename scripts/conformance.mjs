// npm run conformance [-- DIR...]: runs the language over rules and queries of others, in the given folders or those beside the repository, and prints
// for each suite passed/total and each failure. Exits 1 when a suite falls below its mark.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { ensureChdb } from './chdb.mjs';

await ensureChdb();
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/vitestLayer.mjs'], {
  env: { ...process.env, FOUNDLING_LAYER: 'conformance', FOUNDLING_CONFORMANCE: process.argv.slice(2).map((folder) => resolve(folder)).join('\n') },
  stdio: 'inherit',
});
process.exit(status ?? 1);
