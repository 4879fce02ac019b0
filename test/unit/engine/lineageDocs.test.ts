import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRACE_PRICE, TRACES } from '../../../src/model/index.js';

test('the documentation names every trace with the price that the program shows', () => {
  const doc = readFileSync(new URL('../../../docs/lineage.md', import.meta.url), 'utf8');
  for (const trace of TRACES) expect(doc).toContain(`| ${trace.replaceAll('-', ' ')} | ${TRACE_PRICE[trace]} |`);
});
