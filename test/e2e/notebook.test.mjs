import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { root } from '../../scripts/command.mjs';
import { settingsFor } from '../../scripts/openable.mjs';
import { openEvidence } from './evidence.mjs';
import { FIRST_WEBVIEW_MS, startWorkbench } from './workbench.mjs';

// The example case's own notebook, in a copy: a person runs it from top to bottom.
let workbench;
let folder;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foundling-e2e-'));
  cpSync(path.join(root, 'examples/case'), folder, { recursive: true });
  const notebook = path.join(folder, 'double-fork.hunt.md');
  workbench = await startWorkbench({ vsix: process.env.FOUNDLING_VSIX, folder, settings: settingsFor(notebook) });
  await openEvidence(workbench, notebook);
});

afterAll(async () => {
  await workbench?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the notebook runs from top to bottom in the packed extension, and draws tables and a tree', async () => {
  onTestFailed(() => workbench.keepTraces('notebook'));
  const { page } = workbench;
  await page.locator('.notebook-toolbar-container .kernel-action-view-item', { hasText: 'Foundling' }).waitFor({ timeout: FIRST_WEBVIEW_MS });
  await page.locator('.notebook-toolbar-container').getByText('Run All', { exact: true }).click();
  const table = await workbench.frameWith('table td', FIRST_WEBVIEW_MS);
  await table.locator('td', { hasText: '.metricsd' }).first().waitFor();
  await workbench.settled();
  await workbench.shot('notebook-dark');
  // Outputs are drawn when they are scrolled to. From cell to cell downwards, as a reader goes.
  await page.locator('.notebook-editor .code-cell-row').first().click();
  await page.keyboard.press('Escape');
  const orphan = table.locator('[role=tree] [role=treeitem]', { hasText: '.metricsd' }).first();
  await expect
    .poll(
      async () => {
        await page.keyboard.press('ArrowDown');
        const box = await orphan.boundingBox({ timeout: 200 }).catch(() => null); // not drawn yet: further down
        return box !== null && box.y > 120 && box.y + box.height < page.viewportSize().height - 30;
      },
      { timeout: FIRST_WEBVIEW_MS, interval: 400 },
    )
    .toBe(true);
  await workbench.settled();
  await workbench.shot('notebook-tree-dark');
  expect(await page.locator('.notebook-editor .codicon-notebook-state-error').count()).toBe(0);
});

test('a cell completes a field with the values of the evidence and how often each occurs', async () => {
  onTestFailed(() => workbench.keepTraces('completion'));
  const { page } = workbench;
  await workbench.command('Notebook: Insert Code Cell Below');
  const cell = page.locator('.notebook-editor .code-cell-row .cell-editor-part .monaco-editor.focused');
  await cell.waitFor();
  await page.keyboard.type('processes where process.name == ');
  await page.keyboard.press('Control+Space');
  const offered = page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'sshd' });
  await offered.first().waitFor({ timeout: 20_000 });
  await workbench.shot('completion-dark');
  expect(await offered.first().innerText()).toMatch(/\d/);
  await page.keyboard.press('Escape');
});

test('a timeline is drawn and read by the keyboard, undecided rows are listed, a result is pinned, SQL runs, a cell asks for a basis', async () => {
  onTestFailed(() => workbench.keepTraces('results'));
  const { page } = workbench;
  const cells = [
    '```hunt\nprocesses where process.creator.name == "bash"\n```',
    '```hunt\nnetwork where true | timeline by process.name\n```',
    "```sql\nSELECT name, count(*) AS runs FROM events WHERE action = 'exec' GROUP BY name ORDER BY runs DESC LIMIT 3\n```",
  ];
  writeFileSync(path.join(folder, 'results.hunt.md'), `---\nfoundling:\n  case: .\n---\n${cells.join('\n\n')}\n`);
  await workbench.open('results.hunt.md');
  const toolbar = page.locator('.notebook-toolbar-container').filter({ visible: true }); // the first notebook's stays in the page
  await toolbar.locator('.kernel-action-view-item', { hasText: 'Foundling' }).waitFor({ timeout: FIRST_WEBVIEW_MS });
  await toolbar.getByText('Run All', { exact: true }).click();

  const results = await workbench.frameWith('.foundling-plot .foundling-mark', FIRST_WEBVIEW_MS);
  const marks = results.locator('.foundling-plot .foundling-mark');
  await marks.first().focus();
  await page.keyboard.press('ArrowRight');
  expect(await results.locator('.foundling-says').first().textContent()).toBe(await marks.nth(1).getAttribute('aria-label'));
  const [plot, body] = [await results.locator('.foundling-plot').boundingBox(), await results.locator('.foundling-drawn').boundingBox()];
  expect(plot.x + plot.width).toBeLessThanOrEqual(body.x + body.width); // nothing of the picture is cut off
  await workbench.settled();
  await workbench.shot('timeline-dark');

  const undecided = results.locator('.foundling-link').first();
  await undecided.click();
  await results.locator('.foundling-listed table td').first().waitFor();
  await workbench.shot('undecided-dark');

  const result = results.locator('.foundling-result', { has: results.locator('.foundling-link') }).first();
  await result.getByText('Pin result').click();
  const pinned = await workbench.frameWith('blockquote code');
  await pinned.locator('blockquote', { hasText: /sha256 [0-9a-f]{64}/ }).first().waitFor();

  const basis = page.locator('.cell-status-item:not([inert] *)', { hasText: 'Basis: any' }).filter({ visible: true }).first();
  await basis.click();
  await workbench.choose('observed only');
  await page.locator('.cell-status-item:not([inert] *)', { hasText: 'Basis: observed only' }).filter({ visible: true }).waitFor();
  await results.locator('.foundling-foot', { hasText: 'lineage that no record states counts as absent' }).first().waitFor();

  await page.locator('.notebook-editor .cell-list-container').filter({ visible: true }).first().hover();
  await expect
    .poll(
      async () => {
        await page.mouse.wheel(0, 1500);
        return results.locator('.foundling-foot', { hasText: 'from SQL' }).first().isVisible();
      },
      { timeout: FIRST_WEBVIEW_MS, interval: 400 },
    )
    .toBe(true);
  await workbench.settled();
  await workbench.shot('sql-dark');
});

test('every button of a result works by mouse, and stays under it; what is shown by then is what is copied and pinned', async () => {
  onTestFailed(() => workbench.keepTraces('buttons'));
  const { page } = workbench;
  writeFileSync(path.join(folder, 'buttons.hunt.md'), '---\nfoundling:\n  case: .\n---\n```hunt\nany where event.category != "snapshot" | sort event.id\n```\n');
  await workbench.open('buttons.hunt.md');
  const toolbar = page.locator('.notebook-toolbar-container').filter({ visible: true });
  await toolbar.locator('.kernel-action-view-item', { hasText: 'Foundling' }).waitFor({ timeout: FIRST_WEBVIEW_MS });
  await page.locator('.notebook-editor .code-cell-row .monaco-editor:not([inert] *)').filter({ visible: true }).first().click();
  await page.keyboard.press('Control+Enter'); // a key of ours: VS Code has none on Linux that people know
  const results = await workbench.frameWith('.foundling-buttons button:text-matches("^Show all")', FIRST_WEBVIEW_MS);
  const result = results.locator('.foundling-result', { has: results.locator('.foundling-buttons') }).filter({ visible: true }).last();
  await workbench.settled();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const press = async (name) => {
    const { x, y, width, height } = await result.getByText(name).boundingBox();
    await page.mouse.click(x + width / 2, y + height / 2);
  };
  const csv = await result.getByText('Copy as CSV').boundingBox();
  await press('Copy as CSV');
  await expect.poll(copied).toMatch(/^@timestamp,(?:.*\r\n){201}$/);
  await press('Copy as JSON');
  await expect.poll(copied).toMatch(/^\[/);
  expect((await result.getByText('Copy as CSV').boundingBox()).x).toBe(csv.x);
  await press('Show all');
  await result.getByText('Show all').waitFor({ state: 'detached' });
  await workbench.settled();
  await press('Copy as CSV');
  await expect.poll(async () => (await copied()).split('\r\n').length).toBeGreaterThan(500);
  const rows = (await copied()).split('\r\n').length - 2; // without the heading and what follows the last line
  await press('Pin result');
  const pinned = results; // the notebook's cells and results are one page; another open notebook has a pin, too
  await expect.poll(() => pinned.locator('table', { hasNot: pinned.locator('td button') }).evaluateAll((tables, count) => tables.some((table) => !table.closest('.foundling-result') && table.querySelectorAll('tbody tr').length === count), rows), { timeout: 20_000 }).toBe(true);
  await workbench.settled();
  await workbench.shot('buttons-dark');
});

test('nothing asked for another machine, and no page threw', () => {
  expect([...workbench.blocked]).toEqual([]);
  expect(workbench.errors).toEqual([]);
});
