// A code-server of its own for one use: its own profile, its own port on 127.0.0.1, ended with everything it started.
import { spawn } from 'node:child_process';
import { createWriteStream, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { codeServerProgram } from './codeServer.mjs';
import { endGroup, onStop, run } from './command.mjs';

/** Settings that keep pop-ups and the network away. Found as a set, not one by one. */
const QUIET = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.editor.enablePreview': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'window.confirmBeforeClose': 'never',
  'window.restoreWindows': 'none',
  'files.autoSave': 'off',
};

/** A new profile in a temporary folder. `trusted`: no question about workspace trust (for tests). */
export function newProfile({ settings = {}, trusted = true } = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foundling-profile-'));
  mkdirSync(path.join(folder, 'data/User'), { recursive: true });
  mkdirSync(path.join(folder, 'extensions'));
  const all = { ...QUIET, ...(trusted ? { 'security.workspace.trust.enabled': false } : {}), ...settings };
  writeFileSync(path.join(folder, 'data/User/settings.json'), JSON.stringify(all, undefined, 2));
  writeFileSync(path.join(folder, 'config.yaml'), '');
  return folder;
}

/** Removes a profile, retrying while its last processes still write. */
export function removeProfile(profile) {
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

export async function installExtension(profile, vsix) {
  const { node, entry } = codeServerProgram();
  await run(node, [entry, ...profileArguments(profile), '--install-extension', vsix, '--force'], { env: environment(profile), timeoutMs: 60_000 });
}

/**
 * Starts a server and resolves when it answers: { origin, host, stop(), ended } (`ended` resolves only when it ends without being stopped). Options: `password` (else none is asked), `smokeTest` (needed for extensions
 * under development and suites inside the host; in this mode VS Code draws no toasts), `env` (the extension host inherits it), `port` (else a free one).
 */
export async function startServer(profile, { password, smokeTest = false, env = {}, port } = {}) {
  const { node, entry } = codeServerProgram();
  const taken = port ?? (await freePort());
  const child = spawn(
    node,
    [
      entry,
      ...profileArguments(profile),
      ...['--bind-addr', `127.0.0.1:${taken}`, '--auth', password === undefined ? 'none' : 'password', '--app-name', 'Foundling'],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'],
      ...(smokeTest ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    { env: { ...environment(profile), ...env, ...(password === undefined ? {} : { PASSWORD: password }) }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const logFile = path.join(profile, 'server.log');
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let ended;
  const end = new Promise((resolve) => child.once('exit', (code, signal) => resolve((ended = signal ?? code ?? 0))));
  let stopped = false;
  const stop = async () => {
    stopped = true;
    if (ended === undefined) endGroup(child);
    const force = setTimeout(() => endGroup(child, 'SIGKILL'), 5_000);
    await end;
    clearTimeout(force);
  };
  onStop(stop);

  const origin = `http://127.0.0.1:${taken}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(`${origin}/healthz`))) {
    if (ended !== undefined)
      throw new Error(`code-server ended (${ended}) before it answered:\n${readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n')}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`code-server did not answer on ${origin} within 60 s; its log is ${logFile}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { origin, host: `127.0.0.1:${taken}`, pid: child.pid, stop, ended: end.then((how) => (stopped ? new Promise(() => {}) : how)) };
}

/** Copies the logs of server and extension host to where a person finds them after a failure. */
export function keepLogs(profile, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [from, to] of [
    ['server.log', 'server.log'],
    ['data/logs', 'logs'],
    ['data/coder-logs', 'coder-logs'],
  ]) {
    if (existsSync(path.join(profile, from))) cpSync(path.join(profile, from), path.join(folder, to), { recursive: true });
  }
}

/** The extension host's own logs, newest last, as text. */
export function extensionHostLog(profile) {
  const logs = path.join(profile, 'data/logs');
  if (!existsSync(logs)) return '';
  return readdirSync(logs, { recursive: true })
    .filter((name) => /exthost.*\.log$/.test(name))
    .map((name) => `== ${name}\n${readFileSync(path.join(logs, name), 'utf8')}`)
    .join('\n');
}

const profileArguments = (profile) => [
  '--config',
  path.join(profile, 'config.yaml'),
  '--user-data-dir',
  path.join(profile, 'data'),
  '--extensions-dir',
  path.join(profile, 'extensions'),
];

function environment(profile) {
  const env = {
    ...process.env,
    HOME: profile,
    XDG_CONFIG_HOME: profile,
    XDG_DATA_HOME: profile,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}', // no gallery: nothing leaves this machine
    PATH: `${path.dirname(codeServerProgram().node)}${path.delimiter}${process.env.PATH}`,
  };
  // Set when this runs in a terminal of VS Code: the server would hand over to that window.
  for (const key of Object.keys(env))
    if (key.startsWith('VSCODE_') || key === 'NODE_OPTIONS' || key === 'PASSWORD' || key === 'HASHED_PASSWORD') delete env[key];
  return env;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net
      .createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = probe.address();
        probe.close(() => resolve(port));
      });
  });
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // not listening yet: that is the question asked here
  }
}
