import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { importRuleSet, letsBefore, type RuleFile } from '../../src/hunt/index.js';
import { openLab } from './lab.js';
import { SHARED, tell } from './shared.js';
import { rulesIn, sigmaFolders } from './sigmaFolders.js';

/** Those given to `npm run conformance -- DIR...`, else what lies beside the repository. */
const given = (process.env.FOUNDLING_CONFORMANCE ?? '').split('\n').filter((one) => one !== '');
const folders = sigmaFolders(given.length > 0 ? given : [SHARED]);

if (folders.length === 0) {
  if (process.env.CI === 'true' && given.length === 0) test('sigma', () => { throw new Error(`${SHARED} holds no Sigma rules.`); });
  else test.skip('sigma (not run: no folder of Sigma rules is there)', () => undefined);
}

/** The specification's marks: 138 of 142. */
const MARK = 138 / 142;

for (const folder of folders) {
  test(folder, { timeout: 600_000 }, async () => {
    const files: RuleFile[] = rulesIn(folder).map((name) => ({ name, text: readFileSync(name, 'utf8') }));
    const set = importRuleSet(files);
    const lab = await openLab();
    const failures = new Map<string, string>();
    for (const { file, rule, kind, says } of set.notes) if (kind === 'refused') failures.set(file, `${rule === '' ? basename(file) : rule}\n    expected a let\n    got      ${says}`);
    for (const rule of set.rules) {
      for (const parents of ['recorded', 'created'] as const) {
        if (lab === undefined) break;
        const wrong = (await lab.hunt({ text: rule.query, before: letsBefore(rule, set), parents, limit: 100 })).diagnostics.find(({ severity }) => severity === 'error');
        if (wrong !== undefined) failures.set(rule.file, `${rule.title}\n    expected rows\n    got      ${wrong.code} ${wrong.message}`);
      }
    }
    await lab?.close();
    const total = files.length, passed = total - failures.size;
    tell({ suite: `${basename(folder)}${lab === undefined ? ' (compiled; no lab evidence to run on)' : ''}`, passed, total, mark: MARK, failures: [...failures.values()] });
    expect(passed).toBeGreaterThanOrEqual(Math.floor(MARK * total + 1e-9));
  });
}
