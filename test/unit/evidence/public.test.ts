import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readSet } from '../../../src/evidence/index.js';
import { createHealer } from '../../../src/lineage/index.js';
import { openSources } from '../../../src/node/index.js';
import { addsUp } from './memory.js';

/** Real samples lie beside a developer's clone; they may not be copied into it. */
const PUBLIC = fileURLToPath(new URL('../../../../shared/evidence/public', import.meta.url));
const isThere = existsSync(PUBLIC);

test.runIf(process.env['CI'] === 'true')('the shared evidence is there in CI', () => {
  expect(isThere).toBe(true);
});

test.skipIf(!isThere)('every public sample is recognised by itself with no hint, and its accounting adds up (not run where ../shared/evidence is absent)', { timeout: 300_000 }, async () => {
  const files = readdirSync(PUBLIC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== PUBLIC)
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(200);
  const unknown: string[] = [];
  for (const file of files) {
    const name = relative(PUBLIC, file);
    const set = readSet(await openSources([file]));
    const healer = createHealer(set.strings);
    for await (const batch of set.batches) healer.add(batch);
    healer.finish();
    const entries = set.entries();
    for (const entry of entries) {
      expect([name, entry.error]).toEqual([name, undefined]);
      expect([name, addsUp(entry)]).toEqual([name, true]);
    }
    if (entries.every(({ format }) => format === 'unknown')) unknown.push(name);
  }
  expect(unknown).toEqual([]);
});
