import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  writeFileSync(path.join(folder, 'execs.audit.log'), withoutForksAndExits(readFileSync(evidence, 'utf8')));
  const settings = settingsFor(evidence);
  settings['workbench.editorAssociations']['execs.audit.log'] = 'foundling.tree';
  workbench = await startWorkbench({ vsix: process.env.FOUNDLING_VSIX, folder, settings });
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

/** The same log as a host that records execs alone would have written it. */
function withoutForksAndExits(log) {
  const lines = log.split('\n');
  const serial = (line) => /audit\([\d.]+:(\d+)\)/.exec(line)?.[1];
  const left = new Set(lines.filter((line) => / syscall=(56|57|58|435|60|231) /.test(line)).map(serial));
  return lines.filter((line) => !left.has(serial(line))).join('\n');
}

/** What a person sees of the tree: its rows in order, the chosen one, the parent view. */
const picture = () =>
  workbench
    .webview()
    .locator('#tree')
    .evaluate((tree) => ({
      rows: [...tree.querySelectorAll('.row:not([hidden])')].map((row) => `${row.getAttribute('aria-rowindex')} ${row.getAttribute('aria-label')}`).sort(),
      chosen: tree.querySelector('.row.selected')?.getAttribute('aria-label'),
      caption: document.querySelector('.caption')?.textContent,
    }));
const press = (key) => workbench.webview().locator('#tree').press(key);
const chosen = () => workbench.webview().locator('.row.selected').getAttribute('aria-label');

test('N goes to an orphan, whose details say who created it and who has it now; C goes to its creator', async () => {
  const webview = workbench.webview();
  await webview.locator('#tree').click({ position: { x: 150, y: 60 } });
  await press('n');
  await webview.locator('.row.selected.orphan').waitFor();
  expect(await chosen()).toMatch(/, orphan, .*adopted by .*created by /);
  await webview.locator('.details .why').waitFor();
  expect(await webview.locator('.details .claim h3').allTextContents()).toEqual(['Created by', 'Now under', 'Launcher', 'Entry']);
  await webview.locator('.raw-record .raw-lines').first().waitFor();
  const creator = await webview.locator('.details .claim').first().locator('.ref').textContent();
  await press('c');
  await webview.locator('.row.selected', { hasText: creator.split(' ')[1] }).waitFor();
  expect(await chosen()).toContain(creator);
});

test('hidden and shown again, the tree is the same picture', async () => {
  await press('p');
  await press('n');
  await workbench.webview().locator('.row.selected.orphan').waitFor();
  await workbench.settled();
  const before = await picture();
  await workbench.command('File: New Untitled Text File');
  await workbench.page.locator('.tabs-container .tab.active', { hasText: 'Untitled' }).waitFor();
  await workbench.command('View: Close Editor');
  await workbench.webview().locator('.row.selected').waitFor();
  await workbench.settled();
  expect(await picture()).toEqual(before);
});

test('a brush shows a part of the time, Ctrl and wheel a part of that, a double click all of it', async () => {
  const { mouse, keyboard } = workbench.page;
  /** The width of the brush on the whole time: what is shown of it. 0 when all of it is. */
  const share = () =>
    workbench
      .webview()
      .locator('.time-brush .selection')
      .evaluate((selection) => (selection.style.display === 'none' ? 0 : Number(selection.getAttribute('width'))));
  const brush = await workbench.webview().locator('.time-brush').boundingBox();
  await mouse.move(brush.x + 40, brush.y + 8);
  await mouse.down();
  await mouse.move(brush.x + 160, brush.y + 8, { steps: 4 });
  await mouse.up();
  await expect.poll(share).toBeCloseTo(120, 0);
  await workbench.webview().locator('canvas.lifelines').hover();
  await keyboard.down('Control');
  await mouse.wheel(0, -100);
  await keyboard.up('Control');
  await expect.poll(share).toBeLessThan(100);
  await workbench.webview().locator('canvas.lifelines').dblclick();
  await expect.poll(share).toBe(0);
});

/** What axe finds in the tree page. */
async function axeFinds() {
  const frame = await workbench.frameWith('#tree');
  await frame.evaluate(readFileSync(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const { violations } = await frame.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`);
}

test('axe finds nothing in the tree page, with an orphan chosen and its details open', async () => {
  expect(await axeFinds()).toEqual([]);
});

test('of a log of execs alone an orphan is marked as inferred, with what speaks for it and what would settle it', async () => {
  await workbench.command('View: Close All Editors');
  await workbench.open(path.join(folder, 'execs.audit.log'));
  const webview = workbench.webview();
  await webview.locator('[role=treegrid] [role=row]').first().waitFor();
  await webview.locator('#tree').click({ position: { x: 150, y: 60 } });
  await press('n');
  await webview.locator('.row.selected.orphan-inferred').waitFor();
  await webview.locator('.claim-adopter .basis-word.inferred').waitFor();
  await webview.locator('.claim-adopter summary').click();
  expect(await webview.locator('.claim-adopter .side').first().textContent()).toBe('For');
  expect(await webview.locator('.settled li').count()).toBeGreaterThan(0);
  await workbench.shot('inferred');
});

test('G shows what such a log could not have shown, with the rules that close it; axe finds nothing there', async () => {
  const webview = workbench.webview();
  await press('g');
  await webview.locator('.coverage .hole').first().waitFor();
  expect(await webview.locator('.hole strong').allTextContents()).toEqual(expect.arrayContaining(['Births', 'Deaths']));
  expect(await webview.locator('.hole-closes code').first().textContent()).toMatch(/^-a always,exit .* -S fork,vfork,clone,clone3/);
  await workbench.shot('coverage');
  expect(await axeFinds()).toEqual([]);
  await workbench.page.keyboard.press('Escape');
  await webview.locator('.coverage').waitFor({ state: 'detached' });
});

test('nothing asked for another machine, and no page threw', () => {
  expect([...workbench.blocked]).toEqual([]);
  expect(workbench.errors).toEqual([]);
});
