// npm run fuzz -- --minutes N [--seed S]: mutated evidence for as long as one likes, each round with other damage.
import { parseArgs } from 'node:util';
import { run } from './command.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: String(Date.now() % 1e9) } } });
console.log(`fuzzing for ${values.minutes} minutes, seed ${values.seed}`);
const { code, output } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'scripts/vitestLayer.mjs'], {
  env: { ...process.env, FOUNDLING_LAYER: 'fuzz', FOUNDLING_FUZZ_MINUTES: values.minutes, FOUNDLING_FUZZ_SEED: values.seed },
  allowFailure: true,
});
console.log(output.trim());
process.exit(code);
