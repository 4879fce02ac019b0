// chdb: ClickHouse in this process, on which the tests run what the ClickHouse dialect prints. `node scripts/chdb.mjs` installs it.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand, npmEnvironment, run } from './command.mjs';
import { ensureTool, isWhole, toolFolder } from './toolFolder.mjs';

const VERSION = '3.4.0';
// The version of ClickHouse that this chdb binds; npm alone would take any later one.
const ENGINE_VERSION = '26.7.3-stable.1';

/** Where chdb is kept. */
export function chdbFolder() {
  return toolFolder(`chdb-${VERSION}`);
}

/** The installed package, or undefined. Test suites load it so: it is no dependency of ours (546 MB). */
export function loadChdb() {
  return isWhole(chdbFolder()) ? createRequire(path.join(chdbFolder(), 'package.json'))('chdb') : undefined;
}

/** Installs chdb if it is not there (about half a minute, 546 MB). */
export async function ensureChdb() {
  await ensureTool(chdbFolder(), `installing chdb ${VERSION} into ${chdbFolder()} (once; 546 MB)`, install);
}

async function install(folder) {
  const engine = `@chdb/lib-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;
  // npm 11 runs no install script that is not named; chdb's own does nothing, its binary comes as a package.
  const manifest = { private: true, allowScripts: { chdb: true }, dependencies: { chdb: VERSION, [engine]: ENGINE_VERSION } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const [npm, first] = npmCommand();
  await run(npm, [...first, 'install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, env: npmEnvironment() });
  const { stdout } = await run(process.execPath, ['-e', "process.stdout.write(require('chdb').query('SELECT version()', 'TSV'))"], { cwd: folder });
  if (!/^\d+\.\d+/.test(stdout)) throw new Error(`chdb was installed but answers ${JSON.stringify(stdout.trim())}, not a version.`);
  return { chdb: VERSION, says: stdout.trim() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureChdb();
