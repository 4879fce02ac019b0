// code-server: a VS Code that runs where no desktop VS Code is.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand, npmEnvironment, run } from './command.mjs';
import { BUILD_PACKAGES, ensureDebianPackages } from './setUp.mjs';
import { ensureTool, isWhole, toolFolder } from './toolFolder.mjs';

const VERSION = '4.139.1';
// code-server refuses any other major than 24. The npm package `node` carries the binary, so the person's own Node may be 20.
const NODE_VERSION = '24.21.0';
// npm 11 runs no install script that is not named. These three are needed: the Node binary, code-server's own packages, a password hash in C.
// (npm 10 runs them all and does not read the field.)
const ALLOWED_SCRIPTS = { node: true, 'code-server': true, argon2: true };

/** Where code-server is kept. */
export function codeServerFolder() {
  return toolFolder(`code-server-${VERSION}`);
}

/** The programs of an installed code-server: its Node, and the script to give it. */
export function codeServerProgram() {
  return programIn(codeServerFolder());
}

function programIn(folder) {
  return { node: path.join(folder, 'node_modules/node/bin/node'), entry: path.join(folder, 'node_modules/code-server/out/node/entry.js') };
}

/** Installs code-server if it is not there (about 2 minutes, 720 MB). Rejects with what is missing and how to get it. */
export async function ensureCodeServer() {
  const folder = codeServerFolder();
  if (!isWhole(folder)) {
    const missing = await ensureDebianPackages(BUILD_PACKAGES);
    if (missing !== undefined) throw new Error(missing);
    await ensureTool(folder, `installing code-server ${VERSION} into ${folder} (once; about 2 minutes, 720 MB)`, install);
  }
  return codeServerProgram();
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

  const { node, entry } = programIn(folder);
  manifest.dependencies['code-server'] = VERSION;
  write();
  const [npm24, first24] = npmCommand(node);
  await run(npm24, [...first24, ...quiet], { cwd: folder, env: { ...base, PATH: `${path.dirname(node)}${path.delimiter}${base.PATH}` } });

  const { stdout } = await run(node, [entry, '--version'], { cwd: folder, env: base });
  if (!stdout.includes(VERSION)) throw new Error(`code-server was installed but says it is ${JSON.stringify(stdout.trim())}, not ${VERSION}.`);
  return { codeServer: VERSION, node: NODE_VERSION, says: stdout.trim() };
}

/** The prefix of the running Node when its C++ headers are installed with it. */
function nodeHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include/node/node.h')) ? prefix : undefined;
}
