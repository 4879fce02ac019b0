// code-server: a VS Code that runs where no desktop VS Code is. Installed once into the user's cache folder, shared by every clone.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { npmCommand, npmEnvironment, onStop, run, step } from './command.mjs';
import { BUILD_PACKAGES, ensureDebianPackages } from './setUp.mjs';

const VERSION = '4.139.1';
// code-server refuses any other major than 24. The npm package `node` carries the binary, so the person's own Node may be 20.
const NODE_VERSION = '24.21.0';
// npm 11 runs no install script that is not named. These three are needed: the Node binary, code-server's own packages, a password hash in C.
// (npm 10 runs them all and does not read the field.)
const ALLOWED_SCRIPTS = { node: true, 'code-server': true, argon2: true };

const ABANDONED_MS = 3_600_000;

/** Where code-server is kept: `$XDG_CACHE_HOME/foundling/code-server-4.139.1`. */
export function codeServerFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'foundling', `code-server-${VERSION}`);
}

/** The programs of an installed code-server: its Node, and the script to give it. */
export function codeServerProgram(folder = codeServerFolder()) {
  return { node: path.join(folder, 'node_modules/node/bin/node'), entry: path.join(folder, 'node_modules/code-server/out/node/entry.js') };
}

/** True when a whole installation stands there. */
function hasCodeServer() {
  return existsSync(wholeMark(codeServerFolder()));
}

// Written when `--version` has answered, before the folder gets its final name: an interrupted installation is never taken for whole.
const wholeMark = (folder) => path.join(folder, 'whole.json');

/** Installs code-server if it is not there (about 2 minutes, 720 MB). Rejects with what is missing and how to get it. */
export async function ensureCodeServer() {
  const folder = codeServerFolder();
  if (hasCodeServer()) return codeServerProgram(folder);
  const missing = await ensureDebianPackages(BUILD_PACKAGES);
  if (missing !== undefined) throw new Error(missing);
  mkdirSync(path.dirname(folder), { recursive: true });
  removeAbandoned(folder);
  const unfinished = mkdtempSync(`${folder}.unfinished-`);
  const discard = () => rmSync(unfinished, { recursive: true, force: true });
  onStop(discard);
  try {
    await step(`installing code-server ${VERSION} into ${folder} (once; about 2 minutes, 720 MB)`, () => install(unfinished));
    if (hasCodeServer()) return codeServerProgram(folder); // another clone was faster
    rmSync(folder, { recursive: true, force: true }); // no whole mark: left by something else
    renameSync(unfinished, folder);
  } finally {
    discard();
  }
  return codeServerProgram(folder);
}

/** Installations whose program was killed. One that is under way writes all the time. */
function removeAbandoned(folder) {
  const parent = path.dirname(folder);
  for (const name of readdirSync(parent)) {
    const each = path.join(parent, name);
    if (each.startsWith(`${folder}.unfinished-`) && Date.now() - statSync(each).mtimeMs > ABANDONED_MS) rmSync(each, { recursive: true, force: true });
  }
}

async function install(folder) {
  const manifest = { private: true, allowScripts: ALLOWED_SCRIPTS, dependencies: { node: NODE_VERSION } };
  const write = () => writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const headers = nodeHeaders();
  const quiet = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  // node-gyp would download headers; where this Node brings its own they serve (the modules use the stable Node-API).
  const base = npmEnvironment(headers === undefined ? {} : { npm_config_nodedir: headers });

  write();
  const [npm, first] = npmCommand();
  await run(npm, [...first, ...quiet], { cwd: folder, env: base });

  const { node, entry } = codeServerProgram(folder);
  manifest.dependencies['code-server'] = VERSION;
  write();
  const [npm24, first24] = npmCommand(node);
  await run(npm24, [...first24, ...quiet], { cwd: folder, env: { ...base, PATH: `${path.dirname(node)}${path.delimiter}${base.PATH}` } });

  const { stdout } = await run(node, [entry, '--version'], { cwd: folder, env: base });
  if (!stdout.includes(VERSION)) throw new Error(`code-server was installed but says it is ${JSON.stringify(stdout.trim())}, not ${VERSION}.`);
  writeFileSync(wholeMark(folder), JSON.stringify({ codeServer: VERSION, node: NODE_VERSION, says: stdout.trim() }));
}

/** The prefix of the running Node when its C++ headers are installed with it. */
function nodeHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include/node/node.h')) ? prefix : undefined;
}
