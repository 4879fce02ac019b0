// npm run bench: times whole programs on the same log in one run, in turn (A B C A B C ...), and prints medians and ratios.
//   node test/bench/bench.mjs [--megabytes 400] [--rounds 3] [--large 4100]
// CPU time (user + system) is printed beside wall time: on a shared machine it is the steadier figure.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, ensureDependencies } from '../../scripts/setUp.mjs';
import { grownLog, scratch } from './grownLog.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '400' }, rounds: { type: 'string', default: '3' }, large: { type: 'string', default: '4100' } } });
await ensureDependencies();
await build();
const log = grownLog(values.megabytes);
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
  const run = measure({ name: 'foundling open', command: [process.execPath, join(root, 'dist', 'cli.js'), 'open', grownLog(size)] });
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
  const [wall, user, system, kilobytes] = readFileSync(figures, 'latin1').trim().split(/\s+/).map(Number);
  return { wall, cpu: user + system, peak: kilobytes / 1024 };
}

function laurelConfig() {
  const out = join(scratch, 'laurel');
  mkdirSync(out, { recursive: true });
  const config = join(scratch, 'laurel.toml');
  writeFileSync(config, `directory = "${out}"\nstatusreport-period = 0\ninput = "stdin"\n[auditlog]\nfile = "audit.log"\nsize = 50000000000\ngenerations = 1\n`);
  return config;
}
