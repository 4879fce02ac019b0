// vitest's configuration for one layer of tests, named by FOUNDLING_LAYER (scripts/test.mjs sets it).
import { defineConfig } from 'vitest/config';
import { root } from './command.mjs';

const layer = process.env.FOUNDLING_LAYER ?? 'unit';
// One workbench at a time: two would starve each other on a small machine, and time out.
const browser = layer === 'e2e';

export default defineConfig({
  root,
  test: {
    include: [`test/${layer}/**/*.test.{ts,mjs}`],
    testTimeout: browser ? 120_000 : 60_000,
    hookTimeout: browser ? 180_000 : 60_000,
    fileParallelism: !browser,
    allowOnly: process.env.CI !== 'true',
  },
});
