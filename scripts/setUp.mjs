// What a fresh clone lacks: npm packages, Debian packages. Needs nothing but Node and npm itself.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand, npmEnvironment, root, run, step } from './command.mjs';

const MINIMUM_NODE = [20, 19];

/** What node-gyp needs to compile code-server's native modules. */
export const BUILD_PACKAGES = ['build-essential', 'python3', 'pkg-config', 'libkrb5-dev', 'libsecret-1-dev', 'libx11-dev', 'libxkbfile-dev'];
export const BROWSER_PACKAGES = ['chromium'];

// The bundles hold what they need, so node_modules stays out; `vscode:prepublish` builds them.
const PACK_ARGUMENTS = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];

/** Throws one line when this Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
    throw new Error(`Node ${MINIMUM_NODE.join('.')} or later is needed; this is ${process.versions.node}.`);
  }
}

/** Installs the npm packages of the lock file where they are not, or not those of this lock file. */
export async function ensureDependencies() {
  if (dependenciesMatch()) return;
  const [npm, first] = npmCommand();
  await step('installing npm packages', () => run(npm, [...first, 'ci', '--no-audit', '--no-fund'], { env: npmEnvironment() }));
}

/** True when each package of the lock file is in node_modules with the locked version. Optional ones (other platforms) may be missing. */
function dependenciesMatch() {
  const installedFile = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, entry]) => name === '' || (installed[name] === undefined ? entry.optional === true : installed[name].version === entry.version),
  );
}

/**
 * Installs Debian packages where this is Debian and we are root. Elsewhere answers one line that names what is missing and how to get it,
 * or undefined when nothing is missing or cannot be told (no dpkg: another system, which brings its own compilers or fails with its own words).
 */
export async function ensureDebianPackages(packages) {
  const missing = await missingDebianPackages(packages);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0) return `Missing: ${missing.join(' ')}. Install with: sudo apt-get install -y ${missing.join(' ')}`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await step(`installing Debian packages: ${missing.join(' ')}`, async () => {
    const install = ['install', '-y', '--no-install-recommends', ...missing];
    const first = await run('apt-get', install, { env, allowFailure: true });
    if (first.code === 0) return;
    await run('apt-get', ['update'], { env }); // a fresh image has no package lists, an old one stale ones
    await run('apt-get', install, { env });
  });
  return undefined;
}

async function missingDebianPackages(packages) {
  if (process.platform !== 'linux' || !existsSync('/var/lib/dpkg/status')) return [];
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages], { allowFailure: true });
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Builds dist/, with source maps. */
export function build() {
  return step('building', () => run(process.execPath, ['esbuild.mjs']));
}

/** Builds for production and packs the extension into a folder; answers the path of the .vsix. */
export async function pack(folder) {
  const vsix = path.join(folder, 'foundling.vsix');
  await step('packing the extension', () => run(process.execPath, ['node_modules/@vscode/vsce/vsce', ...PACK_ARGUMENTS, '--out', vsix]));
  return vsix;
}
