// Hunts on a big log, in the engine as the editor has it: node test/bench/hunt.mjs [--megabytes 820] [--large 4100] [--rounds 5]
// CPU time is printed beside wall time: on a shared machine it is the steadier figure.
// 820 MB of the capture are about a million events; --large (0: not) is loaded and asked once more, about five million events and a million processes.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { grownLog, scratch } from './grownLog.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '820' }, large: { type: 'string', default: '4100' }, rounds: { type: 'string', default: '5' } } });
const built = join(scratch, 'built');
await build({
  absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', format: 'cjs', outdir: built, logLevel: 'warning', mainFields: ['module', 'main'],
  outExtension: { '.js': '.cjs' }, entryPoints: { engineWorker: 'src/node/engineWorker.ts' },
  define: { 'import.meta.url': 'bundleUrl', 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' }, banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
await build({
  absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', format: 'esm', outdir: built, logLevel: 'warning', mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' }, entryPoints: { huntBench: 'test/bench/huntBench.ts' }, banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
copyFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'), join(built, 'sql-wasm.wasm'));

/** What the Python reference of EQL takes for the same, where it is installed; it is asked in its own words. */
const hasPython = spawnSync('python3', ['-c', 'import eql']).status === 0;
if (!hasPython) console.log('not run: the Python reference of EQL (pip install eql). Its times on a million events, taken elsewhere: filter 1.3 s, sequence 16 s, descendant of 3 s.');

const BUDGETS = { filter: 0.13, 'sequence of three with until': 1.5, 'descendant of': 0.3 };
for (const megabytes of [values.megabytes, values.large].filter((one) => Number(one) > 0)) {
  const log = grownLog(megabytes);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=8000', join(built, 'huntBench.mjs'), log, join(built, 'engineWorker.cjs'), join(built, 'sql-wasm.wasm'), values.rounds], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) {
    console.error(stderr);
    process.exit(1);
  }
  tell(JSON.parse(stdout.trim().split('\n').at(-1)));
}

function tell(figures) {
  const { megabytes, observations, processes, open, store, cataloguing, residentMegabytes, hunts, completionMs, cancel } = figures;
  console.log(`\n${megabytes.toFixed(0)} MB: ${observations} observations, ${processes} processes; open ${open.toFixed(1)} s, store ${store.toFixed(1)} s, catalogue ${cataloguing.toFixed(1)} s, ${residentMegabytes.toFixed(0)} MB resident\n`);
  console.log('| hunt | cpu s | wall s | worst s | budget at 1M s | rows | undecided |\n| --- | --- | --- | --- | --- | --- | --- |');
  for (const [name, { median, worst, cpu, rows, undecided }] of Object.entries(hunts)) console.log(`| ${name} | ${cpu.toFixed(3)} | ${median.toFixed(3)} | ${worst.toFixed(3)} | ${BUDGETS[name] ?? ''} | ${rows} | ${undecided} |`);
  console.log(`\ncompletion, 95th percentile: ${completionMs.idle.toFixed(1)} ms, while a hunt runs ${completionMs.whileHunting.toFixed(1)} ms (budget 50 ms); values under conditions counted in ${completionMs.conditional.toFixed(0)} ms at most`);
  console.log(`cancelling, slowest: ${cancel.seconds.toFixed(3)} s (budget 0.3 s): ${cancel.text}`);
  for (const one of figures.cancels ?? []) console.log(`  ${one.seconds.toFixed(3)} ${one.text}`);
}
