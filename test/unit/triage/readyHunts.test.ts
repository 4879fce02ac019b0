import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { createNodePorts } from '../../../src/node/index.js';
import { STEPS } from '../../../src/triage/index.js';

const LAB = fileURLToPath(new URL('../../../../shared/evidence/lab/', import.meta.url));
const isThere = existsSync(LAB);

/** Processes that a person may ask the playbook about, by how much is known of them. */
const SUBJECTS: readonly (readonly [what: string, hunt: string])[] = [
  ['the case', ''],
  ['an orphan', 'processes where process.orphan'],
  ['a process that no record names', 'processes where process.unrecorded'],
  ['one whose creator is not known', 'processes where process.creator.pid == null and not process.unrecorded'],
  ['one of a login', 'processes where process.entry.kind == "login"'],
];

describe.skipIf(!isThere).each(['full-dev', 'exec-only-dev'])(isThere ? 'every ready hunt of the playbook binds and runs on %s' : 'ready hunts of the playbook on %s: not run, ../shared/evidence is not there', (capture) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = createEngine(createNodePorts({ wasmPath: createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm') }));
    await engine.ask('open', { sources: [`${LAB}${capture}/audit.log.gz`] });
  }, 120_000);
  afterAll(() => engine.close());

  test.each(SUBJECTS)('asked about %s', async (what, hunt) => {
    const process = hunt === '' ? undefined : (await engine.ask('hunt', { text: hunt, limit: 1 })).processes[0];
    expect(process === undefined, `${capture} has ${what}`).toBe(hunt === '');
    const { steps } = await engine.ask('playbook', process === undefined ? {} : { process });
    const hunts = steps.flatMap(({ id, hunts: own }) => own.map(({ title, text }) => ({ id, title, text })));
    // Most clauses have a hunt; a step that offers none asks nothing that Hunt could say.
    expect(new Set(hunts.map(({ id }) => id)).size).toBeGreaterThan(STEPS.length / 2);
    const wrong: unknown[] = [];
    for (const { id, title, text } of hunts) {
      const { diagnostics } = await engine.ask('hunt', { text, limit: 1 });
      wrong.push(...diagnostics.filter(({ severity }) => severity === 'error' || severity === 'warning').map(({ code, message }) => `${id} ${title}: ${code} ${message}\n${text}`));
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});
