// The suites of test/integration inside a real VS Code, through @vscode/test-electron. Answers { passed, failed, skipped, failures }.
import { existsSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureCodeServer } from './codeServer.mjs';
import { onStop, root, run } from './command.mjs';

const SHIM = path.join(root, 'scripts/codeShim.mjs');

export async function runIntegration() {
  await run(process.execPath, ['esbuild.mjs', '--tests']);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'foundling-integration-'));
  const discard = () => rmSync(scratch, { recursive: true, force: true });
  onStop(discard);
  try {
    // A copy: suites may write into their workspace, never into the repository.
    const workspace = path.join(scratch, 'workspace');
    cpSync(path.join(root, 'test/integration/workspace'), workspace, { recursive: true });
    const countsFile = path.join(scratch, 'counts.json');
    const { runTests } = await import('@vscode/test-electron');
    const executable = await findVSCode();
    let crash;
    try {
      await runTests({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath: root,
        extensionTestsPath: path.join(root, 'out/integration/index.js'),
        launchArgs: [workspace, '--disable-extensions'],
        extensionTestsEnv: { FOUNDLING_COUNTS: countsFile },
      });
    } catch (error) {
      crash = error;
    }
    if (existsSync(countsFile)) return JSON.parse(readFileSync(countsFile, 'utf8'));
    throw crash ?? new Error('VS Code ended without counts: no suite ran');
  } finally {
    discard();
  }
}

/**
 * VSCODE_EXECUTABLE, else a desktop VS Code that @vscode/test-electron downloads where there is a screen to show it on, else the shim.
 * The download is the public path; where it fails (no network), the shim runs the same suites.
 */
async function findVSCode() {
  if (process.env.VSCODE_EXECUTABLE) return process.env.VSCODE_EXECUTABLE;
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (hasScreen) {
    const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
    try {
      return await downloadAndUnzipVSCode('stable');
    } catch (error) {
      console.log(`  no desktop VS Code could be downloaded (${error.message}); code-server stands in`);
    }
  }
  await ensureCodeServer();
  return SHIM;
}
