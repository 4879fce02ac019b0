// npm test: sets up what the tests need, runs every layer, adds up. Last line: `N passed, N failed`; exit code 1 when something failed.
//   node scripts/test.mjs [LAYER...]    only these layers, by the names below
// In CI (CI=true) nothing may be skipped: a skipped test counts as failed there.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureChdb } from './chdb.mjs';
import { ensureCodeServer } from './codeServer.mjs';
import { onStop, root, run } from './command.mjs';
import { BROWSER_PACKAGES, BUILD_PACKAGES, build, checkNode, ensureDebianPackages, ensureDependencies, pack } from './setUp.mjs';

const inCI = process.env.CI === 'true';
const scratch = mkdtempSync(path.join(os.tmpdir(), 'foundling-test-'));
onStop(() => rmSync(scratch, { recursive: true, force: true }));

/** In this order. `browser`: needs code-server and Chromium. `built`: needs dist/. `chdb`: needs ClickHouse in process. A layer answers { passed, failed, skipped, lines }. */
const LAYERS = [
  { name: 'typecheck', work: () => npmScript('typecheck') },
  { name: 'lint', work: () => npmScript('lint') },
  { name: 'unit', work: () => vitest('unit') },
  { name: 'truth', built: true, work: () => vitest('truth') },
  { name: 'clickhouse', built: true, chdb: true, work: () => vitest('clickhouse') },
  { name: 'conformance', built: true, chdb: true, optional: true, work: () => vitest('conformance') },
  { name: 'fuzz', optional: true, work: () => vitest('fuzz') },
  { name: 'integration', built: true, browser: true, work: integration },
  { name: 'e2e', built: true, browser: true, work: endToEnd },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !LAYERS.some((layer) => layer.name === name));
if (unknown.length > 0) {
  console.error(`No layer is called ${unknown.join(', ')}. There are: ${LAYERS.map((layer) => layer.name).join(', ')}.`);
  process.exit(2);
}
const layers = asked.length > 0 ? LAYERS.filter((layer) => asked.includes(layer.name)) : LAYERS;

const total = { passed: 0, failed: 0 };
try {
  const obstacles = await setUp();
  for (const layer of layers) await runLayer(layer, obstacles);
} catch (error) {
  console.error(error.message);
  total.failed++;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** Installs and builds. What only some layers lack is answered as one line for each need, so that the others still run. */
async function setUp() {
  checkNode();
  await ensureDependencies();
  const obstacles = {};
  if (layers.some((layer) => layer.built)) await obstacle('built', build);
  if (layers.some((layer) => layer.chdb)) await obstacle('chdb', ensureChdb);
  if (layers.some((layer) => layer.browser)) {
    await obstacle('browser', async () => {
      const missing = await ensureDebianPackages([...BUILD_PACKAGES, ...BROWSER_PACKAGES]);
      if (missing !== undefined) throw new Error(missing);
      await ensureCodeServer();
    });
  }
  return obstacles;

  async function obstacle(need, work) {
    try {
      await work();
    } catch (error) {
      obstacles[need] = error.message;
    }
  }
}

async function runLayer(layer, obstacles) {
  console.log(`\n== ${layer.name}`);
  const start = performance.now();
  let result;
  try {
    for (const need of ['built', 'chdb', 'browser']) if (layer[need] && obstacles[need] !== undefined) throw new Error(obstacles[need]);
    result = await layer.work();
    if (result.passed + result.failed === 0 && result.skipped === 0) {
      if (layer.optional) console.log('  no suites');
      else throw new Error(`the layer ${layer.name} ran no test`);
    }
  } catch (error) {
    console.log(indent(error.message));
    result = { passed: 0, failed: 1, skipped: 0, lines: [] };
  }
  for (const line of result.lines) console.log(indent(line));
  const failed = result.failed + (inCI ? result.skipped : 0);
  total.passed += result.passed;
  total.failed += failed;
  const skipped = result.skipped === 0 ? '' : `, ${result.skipped} not run${inCI ? ' (counted as failed: nothing may be skipped in CI)' : ''}`;
  console.log(`  ${layer.name}: ${result.passed} passed, ${failed} failed${skipped} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** A check that passes or fails as a whole: one of each. */
async function npmScript(name) {
  const { code, output } = await run('npm', ['run', '--silent', name], { allowFailure: true });
  return code === 0 ? { passed: 1, failed: 0, skipped: 0, lines: [] } : { passed: 0, failed: 1, skipped: 0, lines: [output.trim()] };
}

/** Runs the vitest suites of test/<layer>. Counts come from its JSON, so that a runner that crashed cannot look green. */
async function vitest(layer, env = {}) {
  const report = path.join(scratch, `${layer}.json`);
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'scripts/vitestLayer.mjs',
    '--passWithNoTests',
    '--reporter=json',
    `--outputFile=${report}`,
    '--reporter=default',
  ];
  const { code, output } = await run(process.execPath, args, { env: { ...process.env, ...env, FOUNDLING_LAYER: layer, NO_COLOR: '1' }, allowFailure: true });
  if (!existsSync(report)) {
    if (code === 0) return { passed: 0, failed: 0, skipped: 0, lines: [] };
    throw new Error(`vitest ended with code ${code} and no report:\n${output}`);
  }
  const { testResults, numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, 'utf8'));
  const tests = testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((test) => test.status === 'skipped' || test.status === 'pending' || test.status === 'todo');
  // A file that does not load has no tests and says so only in its own status; an unhandled error only in `success` and the exit code.
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  const stray = code !== 0 && numFailedTests === 0 && brokenFiles.length === 0 ? 1 : 0;
  const failed = numFailedTests + brokenFiles.length + stray;
  const lines = [
    ...skipped.map((test) => `not run: ${test.fullName}${existsSync(path.join(root, '../shared')) ? '' : ' (../shared is not there)'}`),
    ...(failed > 0 || !success ? [output.trim()] : printedBySuites(output)),
  ];
  return { passed: numPassedTests, failed, skipped: skipped.length, lines };
}

/** What green suites wrote themselves (tables of the truth layer), without the runner's own lines. */
function printedBySuites(output) {
  return [...new Set(output.split('\n').filter((line) => /^\s*(not run:|\|)/.test(line)))]; // each table brings its own heading
}

async function integration() {
  const { runIntegration } = await import('./integration.mjs');
  const { passed, failed, pending } = await runIntegration();
  return { passed, failed, skipped: pending, lines: [] };
}

async function endToEnd() {
  const vsix = await pack(scratch);
  return vitest('e2e', { FOUNDLING_VSIX: vsix });
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
