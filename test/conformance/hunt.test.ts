import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLab } from './lab.js';
import { SHARED, tell } from './shared.js';
import { sigmaFolders } from './sigmaFolders.js';
import { suitesIn } from './suites.js';

/** Folders of suites, or a folder that holds such folders: those given to `npm run conformance -- DIR...`, else what lies beside the repository. */
const given = (process.env.FOUNDLING_CONFORMANCE ?? '').split('\n').filter((one) => one !== '');
const folders = (given.length > 0 ? given : [SHARED]).flatMap((folder) => (isSuite(folder) || !existsSync(folder) ? [folder] : readdirSync(folder).map((name) => join(folder, name)).filter(isSuite)));

function isSuite(folder: string): boolean {
  return existsSync(join(folder, 'rules.json')) || existsSync(join(folder, 'queries.json'));
}

// Folders of Sigma rules are another file's (sigma.test.ts).
if (folders.length === 0 && sigmaFolders(given).length > 0) test.skip('EQL (not run: no suite of it is in the folders given)', () => undefined);
else if (folders.length === 0) test(given.join(', '), () => { throw new Error('No suite is in there.'); });

for (const folder of folders) {
  const run = existsSync(folder) ? suitesIn(folder, openLab) : undefined;
  if (run === undefined) {
    if (process.env.CI === 'true' || given.length > 0) test(folder, () => { throw new Error(`${folder} holds no suite.`); });
    else test.skip(`${folder} (not run: it is not there)`, () => undefined);
    continue;
  }
  test(folder, { timeout: 600_000 }, async () => {
    const results = await run();
    for (const result of results) tell(result);
    // A share of the suite, so that folders with more or fewer of the same kind are measured alike.
    expect(results.filter((result) => result.passed < Math.floor(result.mark * result.total + 1e-9)).map((result) => `${result.suite} ${result.passed}/${result.total}`)).toEqual([]);
  });
}
