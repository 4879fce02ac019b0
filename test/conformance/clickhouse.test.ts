import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { type HuntResult, loadElsewhere } from '../../src/engine/index.js';
import { runHunt } from '../../src/hunt/index.js';
import { createNodePorts } from '../../src/node/index.js';
import { loadClickHouse } from '../../src/store/index.js';
import { clickHouse } from '../clickhouse/chdb.js';
import { inProcess } from '../clickhouse/transport.js';
import { CAPTURES, openLab } from './lab.js';
import { SHARED, tell } from './shared.js';

interface Rule {
  readonly name: string;
  readonly query: string;
}

/** Fields that the hunt was told nobody has. */
const absentIn = ({ diagnostics }: HuntResult): number => diagnostics.filter(({ code }) => code === 'HUNT205').length;

/** Folders of Elastic rules among those given to `npm run conformance -- DIR...`, else beside the repository. */
const given = (process.env.FOUNDLING_CONFORMANCE ?? '').split('\n').filter((one) => one !== '');
const folders = (given.length > 0 ? given : [SHARED]).filter((folder) => existsSync(folder)).flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))]).filter((folder) => existsSync(join(folder, 'rules.json')));
const FILES = ['audit.log.gz', 'auth.log', 'snapshots'].map((name) => `${CAPTURES}/full-dev/${name}`);

if (folders.length === 0 || !existsSync(CAPTURES)) test.skip('Elastic rules on ClickHouse (not run: the rules or the captures are not there)', () => undefined);
else for (const folder of folders) test(`${folder} on ClickHouse`, { timeout: 1_800_000 }, async () => {
  const rules = JSON.parse(readFileSync(join(folder, 'rules.json'), 'utf8')) as readonly Rule[];
  const world = clickHouse();
  await loadElsewhere(createNodePorts({ wasmPath: undefined }), { sources: FILES }, { onProgress: () => undefined }, (input, options) => loadClickHouse(inProcess(world), input, options));
  const lab = (await openLab())!; // its captures were just seen
  const failures: string[] = [];
  try {
    for (const { name, query } of rules) {
      const wrong: string[] = [];
      for (const parents of ['recorded', 'created'] as const) {
        const ask = { text: query, parents, limit: 100 };
        const got = runHunt(world.port, ask), expected = await lab.hunt(ask);
        const errors = got.diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code} ${one.message}`);
        if (errors.length > 0) wrong.push(...errors);
        else if (absentIn(got) !== absentIn(expected)) wrong.push(`${parents}: ${absentIn(got)} fields are absent, ${absentIn(expected)} for SQLite`);
        // Rules are made for attacks, and most find nothing here: what they leave undecided says more of the condition.
        else if (JSON.stringify([got.total, got.rows, got.undecided]) !== JSON.stringify([expected.total, expected.rows, expected.undecided])) wrong.push(`${parents}: ${got.total} rows, ${JSON.stringify(got.undecided)}; SQLite has ${expected.total} rows, ${JSON.stringify(expected.undecided)}`);
      }
      if (wrong.length > 0) failures.push(`${name}\n    expected the rows that SQLite gives\n    got      ${wrong.join('; ')}`);
    }
  } finally {
    await lab.close();
  }
  const result = { suite: `${basename(folder)} on ClickHouse`, passed: rules.length - failures.length, total: rules.length, mark: 1, failures };
  tell(result);
  expect(result.passed).toBe(result.total);
});
