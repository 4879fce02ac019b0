// Pictures of the real workbench with evidence open, in dark, light and high contrast.
//
//   npm run screenshots -- EVIDENCE OUTDIR [--themes dark,light,high-contrast,high-contrast-light] [--steps MODULE]
//                          [--folder WORKSPACE] [--size 1440x900] [--dev] [--no-build]
//
//   EVIDENCE   a file, a folder, a case folder or a notebook (*.hunt.md). A file opens in the tree editor, a folder through "Open Folder as Evidence"
//   OUTDIR     gets <name>-<theme>.png, and after a failure <name>-failed/ with logs
//   --folder   the workspace folder; default: EVIDENCE, or the folder that holds it
//   --steps    a module path whose default export is called once, after the evidence is open:
//                export default async function ({ page, workbench, webview, shot, command, pick, open }) {
//                  await webview().locator('[role=row]').nth(3).click();   // a locator in the visible webview
//                  await command('Foundling: Next Orphan');                 // the palette
//                  await shot('orphan');                                    // one picture a theme: orphan-dark.png, orphan-light.png, ...
//                }
//              Without it there is one picture a theme, called `evidence`.
//   --dev      the extension from this folder as it is built now, instead of packing a .vsix (about 3 s faster; no toasts)
//   --no-build with --dev: do not build first
//
// Takes about 20 s. Needs code-server (installed on first use) and Chromium.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureCodeServer } from './codeServer.mjs';
import { onStop, root, step } from './command.mjs';
import { settingsFor } from './openable.mjs';
import { BROWSER_PACKAGES, build, checkNode, ensureDebianPackages, ensureDependencies, pack } from './setUp.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    themes: { type: 'string', default: 'dark,light,high-contrast' },
    steps: { type: 'string' },
    folder: { type: 'string' },
    size: { type: 'string', default: '1440x900' },
    dev: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const [evidenceArgument, output] = positionals;
if (evidenceArgument === undefined || output === undefined || !existsSync(evidenceArgument)) {
  console.error(
    evidenceArgument && !existsSync(evidenceArgument)
      ? `${evidenceArgument} does not exist.`
      : 'npm run screenshots -- EVIDENCE OUTDIR [options]; see the head of scripts/screenshots.mjs.',
  );
  process.exit(2);
}

checkNode();
await ensureDependencies();
const missing = await ensureDebianPackages(BROWSER_PACKAGES);
if (missing !== undefined) throw new Error(missing);
await ensureCodeServer();

const scratch = mkdtempSync(path.join(os.tmpdir(), 'foundling-screenshots-'));
onStop(() => rmSync(scratch, { recursive: true, force: true }));
try {
  if (values.dev && !values['no-build']) await build();
  const vsix = values.dev ? undefined : await pack(scratch);
  const { startWorkbench } = await import('../test/e2e/workbench.mjs');
  const { openEvidence } = await import('../test/e2e/evidence.mjs');
  const evidence = path.resolve(evidenceArgument);
  const [width, height] = values.size.split('x').map(Number);
  const themes = values.themes.split(',');
  const folder = path.resolve(values.folder ?? (statSync(evidence).isDirectory() ? evidence : path.dirname(evidence)));
  const workbench = await step('starting the workbench', () =>
    startWorkbench({
      vsix,
      development: values.dev ? root : undefined,
      folder,
      theme: themes[0],
      output: path.resolve(output),
      viewport: { width, height },
      settings: settingsFor(evidence),
    }),
  );
  try {
    await step(`opening ${evidence}`, () => openEvidence(workbench, evidence));
    const steps = values.steps === undefined ? ({ shot }) => shot('evidence') : (await import(pathToFileURL(path.resolve(values.steps)))).default;
    const shot = async (name) => {
      for (const theme of themes) {
        if (themes.length > 1) await workbench.theme(theme);
        else await workbench.settled();
        console.log(`  ${await workbench.shot(`${name}-${theme}`)}`);
      }
      if (themes.length > 1) await workbench.theme(themes[0]);
    };
    const { page, webview, command, pick, open } = workbench;
    await step('taking pictures', () => steps({ page, workbench, webview, command, pick, open, shot }));
  } catch (error) {
    console.error(`${error.stack ?? error}\nTraces: ${await workbench.keepTraces('screenshots')}`);
    process.exitCode = 1;
  } finally {
    for (const each of workbench.errors) console.log(`  page: ${each.slice(0, 300)}`);
    for (const [host, count] of workbench.blocked) console.log(`  refused ${count} requests to ${host}`);
    await workbench.close();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(process.exitCode ?? 0);
