// npm run conformance: runs the language over the rules and queries of others that lie beside the repository, and prints the counts.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/vitestLayer.mjs'], {
  env: { ...process.env, FOUNDLING_LAYER: 'conformance' },
  stdio: 'inherit',
});
process.exit(status ?? 1);
