import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { root } from '../../scripts/command.mjs';
import { settingsFor } from '../../scripts/openable.mjs';
import { openEvidence } from './evidence.mjs';
import { FIRST_WEBVIEW_MS, startWorkbench } from './workbench.mjs';

// What analysts pin and say in the playbook: by mouse, by keyboard, after the case is opened again, and where there is no case yet.
let workbench;
let folder;
let page;
let tree;
const WAIT = 20_000;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foundling-e2e-'));
  cpSync(path.join(root, 'examples/case'), path.join(folder, 'case'), { recursive: true });
  cpSync(path.join(root, 'examples/case/evidence/audit.log'), path.join(folder, 'loose/audit.log'));
  mkdirSync(path.join(folder, 'kept'));
  const first = path.join(folder, 'case/case.foundling.json');
  workbench = await startWorkbench({ vsix: process.env.FOUNDLING_VSIX, folder, settings: { ...settingsFor(path.join(folder, 'loose/audit.log')), 'foundling.author': 'Ana' } });
  ({ page } = workbench);
  await openEvidence(workbench, first);
});

afterAll(async () => {
  await workbench?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** The network trigger of the worst finding's playbook, opened. */
async function openTrigger() {
  tree = workbench.webview();
  const rows = tree.locator('#tree');
  await rows.waitFor({ timeout: FIRST_WEBVIEW_MS });
  await rows.click({ position: { x: 120, y: 60 } });
  await rows.press('f');
  await tree.locator('.row.selected', { hasText: 'alert' }).waitFor({ timeout: WAIT });
  await rows.press('b');
  return trigger();
}

/** The network trigger of the playbook that is in sight, opened. */
async function trigger() {
  const card = tree.locator('.trigger-card[data-step="escalation.2"]');
  await card.waitFor({ timeout: WAIT });
  if ((await card.getAttribute('aria-expanded')) !== 'true') await card.click();
  return tree.locator('.trigger-blocks .step-body:visible', { hasText: 'Escalation 2' });
}

function linesOf(kind, name = 'case') {
  const below = path.join(folder, name, 'playbook');
  const files = existsSync(below) ? readdirSync(below) : [];
  return files.flatMap((file) => readFileSync(path.join(below, file), 'utf8').trim().split('\n')).map((line) => JSON.parse(line)).filter((line) => kind in line);
}

test('an observation is pinned by mouse and taken back by keyboard, a word is written, and both are there when the case is opened again, and in its report', async () => {
  onTestFailed(() => workbench.keepTraces('playbook'));
  const step = await openTrigger();
  await step.locator('vscode-button[aria-label="Pin this observation"]').first().click();
  const pins = step.locator('.step-pins li');
  await expect.poll(() => pins.count(), { timeout: WAIT }).toBe(1);
  await step.locator('vscode-button[aria-label^="Pinned"]').first().focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => pins.count(), { timeout: WAIT }).toBe(0);
  await page.keyboard.press('Enter'); // the same button pins again: the focus stayed on it
  await expect.poll(() => pins.count(), { timeout: WAIT }).toBe(1);
  await step.locator('vscode-text-area').click();
  await page.keyboard.type('1 not ours: asked maria, e and b too'); // keys that decide elsewhere are letters here
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => step.locator('.word-said').textContent(), { timeout: WAIT }).toMatch(/^by Ana at /);
  expect(linesOf('pin')).toMatchObject([{ author: 'Ana', step: 'escalation.2' }, { author: 'Ana', step: 'escalation.2' }]);
  expect(linesOf('pin')[0].observation.records[0].evidence).toMatch(/^6c0b0f9d39b1d8f6/);
  expect(linesOf('word')).toMatchObject([{ word: '1 not ours: asked maria, e and b too' }]);
  expect(readdirSync(path.join(folder, 'case/verdicts'))).toEqual(['mira.jsonl']);

  await workbench.command('View: Close All Editors');
  await page.locator('.editor-group-container.empty').first().waitFor({ timeout: WAIT });
  await openEvidence(workbench, path.join(folder, 'case/case.foundling.json'));
  const again = await openTrigger();
  await expect.poll(() => again.locator('.step-pins li').count(), { timeout: WAIT }).toBe(1);
  expect(await again.locator('vscode-text-area').evaluate((box) => box.value)).toBe('1 not ours: asked maria, e and b too');

  const report = path.join(folder, 'report.md');
  const extensions = path.join(workbench.profile, 'extensions');
  const packed = path.join(extensions, readdirSync(extensions).find((name) => name.startsWith('foundling.foundling-')), 'dist/cli.js');
  execFileSync(process.execPath, [packed, 'report', path.join(folder, 'case'), '-o', report]);
  const text = readFileSync(report, 'utf8');
  expect(text).toMatch(/pinned by Ana at .*connection\\_attempted/);
  expect(text).toContain('> 1 not ours: asked maria, e and b too');
});

test('without a case what is typed stays, says that it is not kept, survives that its tab is hidden, and is kept in the case that is made of it then', async () => {
  onTestFailed(() => workbench.keepTraces('playbook-loose'));
  await workbench.command('View: Close All Editors');
  await page.locator('.editor-group-container.empty').first().waitFor({ timeout: WAIT });
  await workbench.pick('Control+P', 'loose/audit.log', /audit\.log.*loose/s);
  const step = await openTrigger();
  await step.locator('vscode-text-area').click();
  await page.keyboard.type('half a sentence');
  await page.keyboard.press('Control+Enter');
  await step.locator('.unkept', { hasText: 'this evidence is in none' }).waitFor({ timeout: WAIT });
  await step.locator('vscode-button', { hasText: 'Make a Case and keep it' }).waitFor({ timeout: WAIT });
  await workbench.command('File: New Untitled Text File');
  await page.locator('.tab.active', { hasText: 'Untitled' }).waitFor({ timeout: WAIT });
  await workbench.command('View: Close Editor');
  tree = workbench.webview();
  const again = await trigger(); // a new page: the one before was thrown away
  expect(await again.locator('vscode-text-area').evaluate((box) => box.value)).toBe('half a sentence');

  await again.locator('vscode-button', { hasText: 'Make a Case and keep it' }).click();
  await workbench.choosePath(path.join(folder, 'kept', path.sep), 'Make the Case Here');
  await page.locator('.tab.active', { hasText: 'case.foundling.json' }).waitFor({ timeout: FIRST_WEBVIEW_MS });
  expect(['kept', 'loose', '.'].map((each) => existsSync(path.join(folder, each, 'case.foundling.json')))).toEqual([true, false, false]);
  expect(linesOf('word', 'kept')).toMatchObject([{ author: 'Ana', step: 'escalation.2', word: 'half a sentence' }]);
  const kept = await openTrigger();
  expect(await kept.locator('vscode-text-area').evaluate((box) => box.value)).toBe('half a sentence');
  expect(await kept.locator('.word-said').textContent()).toMatch(/^by Ana at /);
});
