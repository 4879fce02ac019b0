// npm run bench: times whole programs on the same log in one run, in turn (A B C A B C ...), and prints medians and ratios.
//   node test/bench/bench.mjs [--megabytes 400] [--rounds 3] [--large 4100]
// CPU time (user + system) is printed beside wall time: on a shared machine it is the steadier figure.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, ensureDependencies } from '../../scripts/setUp.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const evidence = join(root, '..', 'shared', 'evidence');
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '400' }, rounds: { type: 'string', default: '3' }, large: { type: 'string', default: '4100' } } });
if (!existsSync(join(evidence, 'grow.mjs'))) {
  console.error('The bench makes its log from ../shared/evidence, which is not there.');
  process.exit(1);
}
await ensureDependencies();
await build();
const scratch = join(tmpdir(), 'foundling-bench');
mkdirSync(scratch, { recursive: true });
const log = join(scratch, `grown-${values.megabytes}.log`);
if (!existsSync(log)) makeLog(log, values.megabytes);
const megabytes = statSync(log).size / 1e6;

/** Name, command, what it reads from standard input. A program that is not installed is said to be missing. */
const programs = [
  { name: 'foundling open', command: [process.execPath, join(root, 'dist', 'cli.js'), 'open', log] },
  { name: 'ausearch --format csv', command: ['ausearch', '--format', 'csv', '-if', log], package: 'auditd' },
  { name: 'laurel', command: ['laurel', '-c', laurelConfig()], input: log, package: 'laurel' },
  { name: 'bare byte scan (JS)', command: [process.execPath, join(root, 'test', 'bench', 'bareScan.mjs'), log] },
];
const found = programs.filter((program) => {
  const missing = spawnSync('sh', ['-c', `command -v ${program.command[0]}`]).status !== 0;
  if (missing) console.log(`not run: ${program.name} (apt-get install ${program.package})`);
  return !missing;
});
const runs = new Map(found.map((program) => [program.name, []]));
for (let round = 0; round < Number(values.rounds); round++) for (const program of found) runs.get(program.name).push(measure(program));

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ours = { cpu: median(runs.get('foundling open').map((run) => run.cpu)), wall: median(runs.get('foundling open').map((run) => run.wall)) };
console.log(`\n${megabytes.toFixed(0)} MB of audit log, ${values.rounds} rounds, medians\n`);
console.log('| program | wall s | cpu s | MB/s by cpu | peak MB | foundling is faster by (cpu) | by (wall) |\n| --- | --- | --- | --- | --- | --- | --- |');
for (const [name, list] of runs) {
  const cpu = median(list.map((run) => run.cpu));
  const wall = median(list.map((run) => run.wall));
  console.log(`| ${name} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${(megabytes / cpu).toFixed(0)} | ${median(list.map((run) => run.peak)).toFixed(0)} | ${(cpu / ours.cpu).toFixed(2)}x | ${(wall / ours.wall).toFixed(2)}x |`);
}

// What it holds must not grow with the log, and its time not faster than the log.
const sizes = ['100', '1000'].map((size) => {
  const sized = join(scratch, `grown-${size}.log`);
  if (!existsSync(sized)) makeLog(sized, size);
  const run = measure({ name: 'foundling open', command: [process.execPath, join(root, 'dist', 'cli.js'), 'open', sized] });
  return `${run.peak.toFixed(0)} MB at most and ${run.wall.toFixed(2)} s for ${size} MB of log`;
});
console.log(`\nfoundling open: ${sizes.join('; ')}`);

// Hunts over a million events, in a process of their own; then over five million (--large, megabytes of log; 0: not).
spawnSync(process.execPath, [join(root, 'test', 'bench', 'hunt.mjs'), '--large', values.large], { stdio: 'inherit' });

// The tree editor with the same log in a real workbench; it says what is missing where there is no Chromium or code-server.
spawnSync(process.execPath, [join(root, 'test', 'bench', 'editor.mjs'), log], { stdio: 'inherit' });

/** Runs a program under GNU time, its output thrown away. */
function measure({ name, command, input }) {
  const figures = join(scratch, 'time.txt');
  const stdin = input === undefined ? 'ignore' : openSync(input, 'r');
  const { status, error } = spawnSync('/usr/bin/time', ['-o', figures, '-f', '%e %U %S %M', ...command], { stdio: [stdin, 'ignore', 'ignore'] });
  if (input !== undefined) closeSync(stdin);
  if (error || status !== 0) throw new Error(`${name} ended with ${error?.message ?? status}`);
  const [wall, user, system, kilobytes] = readText(figures).trim().split(/\s+/).map(Number);
  return { wall, cpu: user + system, peak: kilobytes / 1024 };
}

function readText(path) {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(4096);
  const length = readSync(file, buffer, 0, buffer.length, 0);
  closeSync(file);
  return buffer.toString('latin1', 0, length);
}

function makeLog(log, megabytes) {
  console.log(`making ${megabytes} MB of log from a capture ...`);
  const out = openSync(log, 'w');
  const { status } = spawnSync(process.execPath, [join(evidence, 'grow.mjs'), join(evidence, 'lab', 'full-dev', 'audit.log.gz'), megabytes], { stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  if (status !== 0) {
    rmSync(log);
    throw new Error('grow.mjs failed');
  }
}

function laurelConfig() {
  const out = join(scratch, 'laurel');
  mkdirSync(out, { recursive: true });
  const config = join(scratch, 'laurel.toml');
  writeFileSync(config, `directory = "${out}"\nstatusreport-period = 0\ninput = "stdin"\n[auditlog]\nfile = "audit.log"\nsize = 50000000000\ngenerations = 1\n`);
  return config;
}
