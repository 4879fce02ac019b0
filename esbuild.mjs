// Builds dist/: one bundle a target, and the files that are read beside them.
//   node esbuild.mjs                bundles with source maps
//   node esbuild.mjs --production   minified, without source maps, as they are packed
//   node esbuild.mjs --watch        again on every change
//   node esbuild.mjs --tests        out/integration/: the suites that run inside VS Code
import { build, context } from 'esbuild';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const flags = new Set(process.argv.slice(2));
const unknown = [...flags].filter((flag) => !['--production', '--watch', '--tests'].includes(flag));
if (unknown.length > 0) fail(`unknown option ${unknown.join(' ')}`);
const production = flags.has('--production');

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // d3 and the toolkit's packages offer modules; some libraries' `main` is UMD, whose inner require a bundle cannot follow.
  mainFields: ['module', 'main'],
};

/** For Node: CommonJS, since VS Code's extension host loads that everywhere. `import.meta` has no meaning there, so it gets one. */
const node = {
  ...common,
  minifySyntax: true,
  minifyWhitespace: true, // Node reads a bundle whole before it runs any of it
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  define: { 'import.meta.url': 'bundleUrl', 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/** For VS Code's pages: the Chromium of the oldest VS Code that we allow (1.91: Electron 29). */
const page = {
  ...common,
  platform: 'browser',
  target: ['chrome122'],
  mainFields: ['browser', 'module', 'main'],
  loader: { '.ttf': 'file', '.svg': 'text' },
  assetNames: '[name]',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const TARGETS = [
  // Only the command line asks a ClickHouse server: its client (100 kB) stays out of the extension.
  { ...node, external: [...node.external, '@clickhouse/client'], in: 'src/extension/main.ts', out: 'dist/extension.js' },
  { ...node, in: 'src/node/engineWorker.ts', out: 'dist/engineWorker.js' },
  { ...node, in: 'src/node/auditWorker.ts', out: 'dist/auditWorker.js' },
  { ...node, in: 'src/node/clickhouseWorker.ts', out: 'dist/clickhouseWorker.js' },
  { ...node, in: 'src/node/sqlWorker.ts', out: 'dist/sqlWorker.js' },
  { ...node, in: 'src/node/serverWorker.ts', out: 'dist/serverWorker.js' },
  { ...node, in: 'src/cli/main.ts', out: 'dist/cli.js', banner: { js: `#!/usr/bin/env node\n${node.banner.js}` } },
  { ...page, in: 'webview/tree/main.ts', out: 'dist/tree.js', format: 'iife' },
  { ...page, in: 'webview/results/main.ts', out: 'dist/results.js', format: 'esm' },
];

/** Read at run time beside the bundles. */
const FILES = ['sql.js/dist/sql-wasm.wasm', '@vscode/codicons/dist/codicon.css', '@vscode/codicons/dist/codicon.ttf'];

/** The suites inside VS Code: mocha stays a package, found by plain lookup from out/. */
const TESTS = { ...node, minify: false, sourcemap: 'linked', external: ['vscode', 'mocha'] };

if (flags.has('--tests')) await buildTests();
else await buildProduct();

async function buildProduct() {
  const absent = TARGETS.filter((target) => !existsSync(path.join(root, target.in)));
  if (absent.length > 0) fail(`no such file: ${absent.map((target) => target.in).join(', ')}`);
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  if (production) for (const name of readdirSync(path.join(root, 'dist'))) if (name.endsWith('.map')) rmSync(path.join(root, 'dist', name));
  for (const file of FILES) copyFileSync(path.join(root, 'node_modules', file), path.join(root, 'dist', path.basename(file)));
  const options = TARGETS.map(({ in: entry, out, ...rest }) => ({ ...rest, entryPoints: [entry], outfile: out }));
  if (flags.has('--watch')) {
    await Promise.all(options.map(async (each) => (await context({ ...each, logLevel: 'info' })).watch()));
    return;
  }
  await buildAll(options);
  chmodSync(path.join(root, 'dist/cli.js'), 0o755);
}

async function buildTests() {
  const folder = 'test/integration';
  const suites = readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.test.ts'));
  rmSync(path.join(root, 'out/integration'), { recursive: true, force: true });
  await buildAll([{ ...TESTS, entryPoints: ['index.ts', ...suites].map((name) => `${folder}/${name}`), outdir: 'out/integration' }]);
}

/** esbuild has already written where and why when it rejects. */
async function buildAll(options) {
  const results = await Promise.allSettled(options.map((each) => build(each)));
  if (results.some((result) => result.status === 'rejected')) process.exit(1);
}

function fail(message) {
  console.error(`esbuild.mjs: ${message}`);
  process.exit(2);
}
