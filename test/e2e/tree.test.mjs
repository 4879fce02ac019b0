import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/command.mjs';
import { settingsFor } from '../../scripts/openable.mjs';
import { openEvidence } from './evidence.mjs';
import { startWorkbench } from './workbench.mjs';

// One workbench for all: its first webview takes seconds, the next ones do not.
let workbench;
let folder;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foundling-e2e-'));
  cpSync(path.join(root, 'test/integration/workspace'), folder, { recursive: true });
  const evidence = path.join(folder, 'audit.log');
  workbench = await startWorkbench({ vsix: process.env.FOUNDLING_VSIX, folder, settings: settingsFor(evidence) });
  try {
    await openEvidence(workbench, evidence);
  } catch (cause) {
    throw new Error(`the tree was not drawn; see ${await workbench.keepTraces('tree')}`, { cause });
  }
});

afterAll(async () => {
  await workbench?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the packed extension draws an audit log as a tree of processes', async () => {
  const rows = workbench.webview().locator('[role=treegrid] [role=row]');
  expect(await rows.count()).toBeGreaterThan(3);
  await workbench.shot('tree-dark');
});

test('the tree is drawn in light and in high contrast', async () => {
  for (const theme of ['light', 'high-contrast']) {
    await workbench.theme(theme);
    await workbench.shot(`tree-${theme}`);
  }
  expect(await workbench.webview().locator('[role=treegrid] [role=row]').count()).toBeGreaterThan(3);
});

test('nothing asked for another machine, and no page threw', () => {
  expect([...workbench.blocked]).toEqual([]);
  expect(workbench.errors).toEqual([]);
});
