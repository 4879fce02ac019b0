// npm start [-- EVIDENCE...]: from a fresh clone to the evidence on screen. Without EVIDENCE it opens the example case.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeServerFolder, ensureCodeServer } from './codeServer.mjs';
import { onStop, root, run, step } from './command.mjs';
import { fileOf, settingsFor } from './openable.mjs';
import { printFound } from './printFound.mjs';
import { build, checkNode, ensureDependencies, pack } from './setUp.mjs';
import { installExtension, newProfile, removeProfile, startServer } from './workbenchServer.mjs';

const EXAMPLE = path.join(root, 'examples/case');

try {
  const evidence = evidenceFrom(process.argv.slice(2));
  checkNode();
  await ensureDependencies();
  await build();
  await printFound(evidence);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'foundling-start-'));
  onStop(() => rmSync(scratch, { recursive: true, force: true }));
  const vsix = await pack(scratch);
  const opened = openable(evidence, scratch);
  if (await hasDesktop()) await openDesktop(opened, vsix);
  else await serve(opened, vsix);
  rmSync(scratch, { recursive: true, force: true });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

function evidenceFrom(given) {
  const evidence = (given.length > 0 ? given : [EXAMPLE]).map((each) => path.resolve(process.env.INIT_CWD ?? process.cwd(), each));
  const absent = evidence.filter((each) => !existsSync(each));
  if (absent.length > 0) throw new Error(`Not found: ${absent.join(', ')}`);
  return evidence;
}

/** What the workbench is told to open: { folder, file }. Several sources, or a folder without a case, become a temporary case that refers to them. */
function openable(evidence, scratch) {
  const [only] = evidence;
  const file = evidence.length === 1 ? fileOf(only) : undefined;
  if (file !== undefined) return { folder: path.dirname(file), file };
  const folder = path.join(scratch, 'case');
  mkdirSync(folder);
  const manifest = {
    version: 1,
    title: evidence.map((each) => path.basename(each)).join(', '),
    hosts: [],
    evidence: evidence.map((each, at) => ({ id: `e${at + 1}`, reference: each })),
  };
  writeFileSync(path.join(folder, 'case.foundling.json'), JSON.stringify(manifest, undefined, 2));
  return { folder: evidence.length === 1 && statSync(only).isDirectory() ? only : folder, file: path.join(folder, 'case.foundling.json') };
}

/** A desktop VS Code: `code` on PATH, on a machine with a screen, and not the one that stands for a remote window in its terminal. */
async function hasDesktop() {
  if (process.env.VSCODE_IPC_HOOK_CLI) return false;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false;
  try {
    return (await run('code', ['--version'], { allowFailure: true, timeoutMs: 20_000 })).code === 0;
  } catch {
    return false; // no `code` here: the question was just that
  }
}

/** In a profile of its own: the person's extensions and settings stay as they are. */
async function openDesktop({ folder, file }, vsix) {
  const profile = path.join(path.dirname(codeServerFolder()), 'desktop');
  const own = ['--user-data-dir', path.join(profile, 'data'), '--extensions-dir', path.join(profile, 'extensions')];
  mkdirSync(path.join(profile, 'data/User'), { recursive: true });
  writeFileSync(path.join(profile, 'data/User/settings.json'), JSON.stringify({ 'workbench.startupEditor': 'none', ...settingsFor(file) }, undefined, 2));
  await step('opening in VS Code', async () => {
    await run('code', [...own, '--install-extension', vsix, '--force']);
    await run('code', [...own, '--new-window', folder, file]);
  });
}

async function serve({ folder, file }, vsix) {
  console.log(existsSync(codeServerFolder()) ? 'No desktop VS Code here; serving one.' : 'No desktop VS Code here; one is installed to be served.');
  await ensureCodeServer();
  // Untrusted, as a stranger's evidence is; only the question at the start is left out.
  const profile = newProfile({ trusted: false, settings: { 'security.workspace.trust.startupPrompt': 'never', ...settingsFor(file) } });
  onStop(() => removeProfile(profile));
  try {
    await installExtension(profile, vsix);
    const password = randomBytes(12).toString('base64url');
    const server = await startServer(profile, { password });
    const payload = JSON.stringify([['openFile', `vscode-remote://${server.host}${encodeURI(file)}`]]);
    console.log(`
  VS Code    ${server.origin}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}
  Password   ${password}

  Only this machine can reach it. Ctrl-C stops it.`);
    const how = await server.ended;
    throw new Error(`code-server ended by itself (${how}).`);
  } finally {
    removeProfile(profile);
  }
}
