// Runs other programs: with a promise, with the last lines of output in the error, and without leaving any behind.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const running = new Set();
const cleanups = [];
let stopping = false;

/** Called when the person stops this program (Ctrl-C, kill), after what `run` started has ended; the last one registered is called first. */
export function onStop(cleanup) {
  cleanups.push(cleanup);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => {
    stopping = true;
    void cleanUp().then(() => process.exit(code));
  });
}

async function cleanUp() {
  const ends = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) endGroup(child);
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  for (const child of running) endGroup(child, 'SIGKILL');
  for (const cleanup of cleanups.reverse()) {
    try {
      await cleanup();
    } catch (error) {
      console.error(String(error));
    }
  }
}

/** Ends a child that was started with `detached: true`, and its whole process group. */
export function endGroup(child, signal = 'SIGTERM') {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // already gone
  }
}

/**
 * Runs a program to its end. Resolves with { code, stdout, stderr, output }; rejects when it could not be started or, unless `allowFailure`, ended
 * with another code than 0. `show`: pass its output through to this terminal as well. Never reads this program's standard input.
 */
export function run(program, args, { cwd = root, env = process.env, show = false, allowFailure = false, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running.add(child);
    let stdout = '';
    let stderr = '';
    let output = '';
    let late = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            endGroup(child, 'SIGKILL');
          }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
      if (show) process.stdout.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      output += text;
      if (show) process.stderr.write(text);
    });
    child.on('error', (cause) => {
      clearTimeout(timer);
      running.delete(child);
      reject(new Error(`${program} could not be started: ${cause.message}`, { cause }));
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      running.delete(child);
      if (stopping) return; // the person ended it: no failure to tell of, and this program ends when it has cleaned up
      const code = status ?? 128;
      if (code === 0 || (allowFailure && !late)) return resolve({ code, stdout, stderr, output });
      const how = late ? `did not end within ${timeoutMs / 1000} s` : signal ? `was ended by ${signal}` : `ended with code ${code}`;
      reject(new Error(`${[program, ...args].join(' ')} ${how}${show ? '' : `:\n${output.split('\n').slice(-40).join('\n')}`}`));
    });
  });
}

/** The npm that runs this script, else the one on PATH, as [program, first arguments]. */
export function npmCommand(node = process.execPath) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? [node, [cli]] : ['npm', []];
}

/** The environment for an npm in another folder: what an outer `npm run` put there about this package would lead it astray. */
export function npmEnvironment(extra = {}) {
  const env = { ...process.env };
  for (const key of Object.keys(env)) {
    if (/^npm_(lifecycle|package|node_execpath|command)/.test(key) || /^npm_config_(user_agent|local_prefix|npm_version|prefix)$/i.test(key)) delete env[key];
  }
  delete env.INIT_CWD;
  delete env.NODE_OPTIONS;
  return { ...env, ...extra };
}

/** Writes one step's name at once and its time when it ended, so that a long step is not taken for a hang. */
export async function step(name, work) {
  const start = performance.now();
  process.stdout.write(`▸ ${name} ...\n`);
  const beat = setInterval(() => process.stdout.write(`  ... ${name}: ${Math.round((performance.now() - start) / 1000)} s\n`), 15_000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.stdout.write(`  ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  }
}
