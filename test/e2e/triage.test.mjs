import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { root } from '../../scripts/command.mjs';
import { settingsFor } from '../../scripts/openable.mjs';
import { openEvidence } from './evidence.mjs';
import { hostileCase } from './hostileCase.mjs';
import { FIRST_WEBVIEW_MS, startWorkbench } from './workbench.mjs';

// From opened evidence to escalation and report: once by mouse, once by keyboard alone, and once with evidence that attacks its reader. One workbench for all.
let workbench;
let folder;
let page;
const WAIT = 20_000;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foundling-e2e-'));
  for (const name of ['mouse', 'keys']) cpSync(path.join(root, 'examples/case'), path.join(folder, name), { recursive: true });
  hostileCase(path.join(root, 'examples/case'), path.join(folder, 'hostile'));
  const first = path.join(folder, 'mouse/case.foundling.json');
  workbench = await startWorkbench({ vsix: process.env.FOUNDLING_VSIX, folder, settings: { ...settingsFor(first), 'foundling.author': 'Ana' } });
  ({ page } = workbench);
  try {
    await openEvidence(workbench, first);
  } catch (cause) {
    throw new Error(`the tree was not drawn; see ${await workbench.keepTraces('triage')}`, { cause });
  }
});

afterAll(async () => {
  await workbench?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** The page of the tree: a notebook beside it has a page of its own. Set by whoever opens it. */
let tree;
const details = () => tree.locator('.details');
const chosen = () => tree.locator('.row.selected');
const quickInput = () => page.locator('.quick-input-widget:visible');

/** Closes what the test before has open; its hunts are given up. */
async function closeAll() {
  const unsaved = page.locator('.dialog-buttons .monaco-button', { hasText: "Don't Save" });
  const isEmpty = page.locator('.editor-group-container.empty').first();
  await workbench.command('View: Close All Editors');
  await unsaved.or(isEmpty).first().waitFor({ timeout: WAIT });
  if (await unsaved.isVisible()) await unsaved.click();
  await isEmpty.waitFor({ timeout: WAIT });
}

/** A page that was just opened has the keyboard only when VS Code has handed it over; a key that is pressed before is nobody's. */
async function keyboardIsInTree() {
  await expect.poll(() => tree.evaluate(() => document.hasFocus() && document.activeElement?.id), { timeout: WAIT }).toBe('tree');
}

/** The view of findings, in sight whatever the side bar showed before. */
async function findingsView() {
  const findings = page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Findings"]') });
  const icon = page.locator('.activitybar .action-item', { has: page.locator('.action-label[aria-label="Foundling"]') });
  if (!(await findings.isVisible())) await icon.click(); // a second click would hide it
  await findings.waitFor({ timeout: WAIT });
  return findings;
}

/** What the case's verdict files say, oldest first. */
function verdictsOf(name) {
  const below = path.join(folder, name, 'verdicts');
  const files = existsSync(below) ? readdirSync(below).filter((file) => file.startsWith('Ana')) : [];
  return files.flatMap((file) => readFileSync(path.join(below, file), 'utf8').trim().split('\n')).map((line) => JSON.parse(line));
}

/** The report as it lies on disk: it tells the case, its finding and its verdict, and loads nothing from anywhere. */
async function reportOf(name) {
  const file = path.join(folder, name, 'report/report.html');
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').trimEnd().endsWith('</html>'), { timeout: 60_000 }).toBe(true);
  const html = readFileSync(file, 'utf8');
  expect(html).not.toMatch(/<(?:script|link|iframe|object|embed|base)\b|@import|url\(\s*["']?(?!data:|#)|\b(?:src|href|srcset|xlink:href|action)\s*=\s*["'](?!#|data:)/i);
  return html;
}

async function expectTold(name, { verdict, note }) {
  const html = await reportOf(name);
  for (const text of ['web01: a double fork from an ssh login', 'openssl 2464198', 'double-fork', verdict, note, 'tier 2']) expect(html).toContain(text);
}

test('by mouse: the next finding, a verdict with a note, the playbook with a hunt that is run, escalation, the report', async () => {
  onTestFailed(() => workbench.keepTraces('triage-mouse'));
  tree = await workbench.frameWith('#tree');
  await page.locator('.editor-actions .action-label[aria-label*="Next Undecided Finding"]').click();
  await chosen().filter({ hasText: 'openssl' }).waitFor({ timeout: WAIT });
  await details().locator('.finding-why').waitFor({ timeout: WAIT });
  await details().locator('.verdict-bar vscode-text-field').click();
  await page.keyboard.insertText('talks to a port of its own');
  await details().locator('vscode-button', { hasText: '4 malicious' }).click();
  await details().locator('.verdict-current', { hasText: 'malicious by Ana' }).waitFor({ timeout: WAIT });
  expect(verdictsOf('mouse')).toMatchObject([{ verdict: 'malicious', note: 'talks to a port of its own', author: 'Ana' }]);

  await details().locator('vscode-radio', { hasText: 'Playbook' }).click();
  const cards = details().locator('.trigger-card');
  await cards.nth(2).waitFor({ timeout: WAIT });
  expect(await cards.locator('.step-state').allTextContents()).toEqual(['cannot be known', 'met', 'met']);
  await workbench.shot('triage-playbook');
  await details().locator('.playbook-section', { hasText: 'Level 1 steps' }).locator('summary').first().click();
  const step = details().locator('.step').filter({ visible: true }).first();
  await step.locator('summary').first().click();
  expect(await step.locator('.step-body p').nth(1).textContent()).toMatch(/cron and at jobs/);
  await step.locator('vscode-button', { hasText: 'Hunt:' }).first().click();
  const ran = await workbench.frameWith('.foundling-result', FIRST_WEBVIEW_MS);
  expect(await ran.locator('.foundling-foot strong').first().textContent()).toMatch(/\d+ rows?|no rows?|nothing/i);
  await workbench.shot('triage-hunt');

  await details().locator('.escalation-head vscode-button', { hasText: 'Escalate' }).click();
  await workbench.isAsked('To whom?');
  await page.keyboard.press('Enter'); // tier 2 is offered
  await workbench.isAsked('Why?');
  await page.keyboard.press('Enter'); // what the triggers say is offered
  await details().locator('.escalated', { hasText: 'Escalated to tier 2' }).waitFor({ timeout: WAIT });
  expect(verdictsOf('mouse').at(-1)).toMatchObject({ verdict: 'malicious', escalation: { to: 'tier 2' } });

  const findings = await findingsView();
  await findings.locator('.monaco-list-row', { hasText: 'Decided' }).waitFor({ timeout: WAIT });
  await findings.hover();
  await findings.locator('.action-label[aria-label^="Write Report"]').click();
  await workbench.choosePath(path.join(folder, 'mouse/report/report.html'), /OK|Save/);
  await expectTold('mouse', { verdict: 'malicious', note: 'talks to a port of its own' });
});

/** The text of the button or heading that has the focus in the page. */
const focused = () => tree.evaluate(() => (document.activeElement?.matches('button, vscode-button, summary') ? document.activeElement.textContent.trim() : ''));

/** Presses Tab until what has the focus says so. */
async function tabTo(says) {
  for (let pressed = 0; pressed < 60; pressed++) {
    if (says.test(await focused())) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${says}`);
}

test('by keyboard alone: the same, a verdict at two keys', async () => {
  onTestFailed(() => workbench.keepTraces('triage-keys'));
  const { keyboard } = page;
  await closeAll();
  await keyboard.press('Control+P');
  await quickInput().locator('input[type=text]').waitFor();
  await keyboard.insertText('keys/case.foundling.json');
  await quickInput().locator('.monaco-list-row.focused', { hasText: /case\.foundling\.json.*keys/s }).waitFor({ timeout: WAIT });
  await keyboard.press('Enter');
  tree = await workbench.frameWith('[role=treegrid] [role=row]', FIRST_WEBVIEW_MS);
  await keyboardIsInTree();

  await keyboard.press('f');
  await chosen().filter({ hasText: 'openssl' }).waitFor({ timeout: WAIT });
  await details().locator('.finding-why').waitFor({ timeout: WAIT });
  // The menu's key means the chosen process, wherever VS Code puts the menu; afterwards the keys go on.
  await keyboard.press('Shift+F10');
  await page.locator('.context-view .action-item', { hasText: 'Give a Verdict' }).waitFor({ timeout: WAIT });
  await keyboard.press('Escape');
  await workbench.keyboardBackIn(tree);
  await keyboardIsInTree();
  await chosen().filter({ hasText: 'openssl' }).waitFor({ timeout: WAIT });
  await keyboard.press('w');
  await keyboard.insertText('its own port again');
  await keyboard.press('Enter');
  await keyboard.press('3');
  await details().locator('.verdict-current', { hasText: 'suspicious by Ana' }).waitFor({ timeout: WAIT });
  await keyboard.press('f');
  await chosen().filter({ hasText: '.metricsd' }).waitFor({ timeout: WAIT });
  await keyboard.press('4');
  await details().locator('.verdict-current', { hasText: 'malicious by Ana' }).waitFor({ timeout: WAIT });
  expect(verdictsOf('keys').map(({ verdict, note }) => [verdict, note])).toEqual([['suspicious', 'its own port again'], ['malicious', '']]);

  await keyboard.press('b');
  await details().locator('.trigger-card').nth(2).waitFor({ timeout: WAIT });
  await keyboard.press('Enter'); // into the details
  await tabTo(/Does it, or anything it created, talk to the network/);
  await keyboard.press('Enter');
  const block = details().locator('.trigger-blocks .step-body').filter({ visible: true });
  expect(await block.textContent()).toMatch(/40138/);
  // A verdict draws the playbook anew; who reads it stays in the answer that is open.
  await keyboard.press('5');
  await details().locator('.verdict-current', { hasText: 'undetermined by Ana' }).waitFor({ timeout: WAIT });
  await expect.poll(focused, { timeout: WAIT }).toMatch(/Does it, or anything it created, talk to the network/);
  // So does who looks for a command and thinks better of it.
  await workbench.settled();
  await keyboard.press('F1');
  await quickInput().locator('input[type=text]').waitFor();
  await keyboard.press('Escape');
  await expect.poll(() => tree.evaluate(() => document.hasFocus()), { timeout: WAIT }).toBe(true);
  await expect.poll(focused, { timeout: WAIT }).toMatch(/Does it, or anything it created, talk to the network/);
  await tabTo(/^Hunt: /);
  await keyboard.press('Enter');
  const ran = await workbench.frameWith('.foundling-result', FIRST_WEBVIEW_MS);
  expect(await ran.locator('.foundling-foot strong').first().textContent()).toMatch(/rows?/);
  await keyboard.press('Control+1'); // back to the tree
  await expect.poll(() => tree.evaluate(() => document.hasFocus()), { timeout: WAIT }).toBe(true);
  await keyboard.press('e');
  await workbench.isAsked('To whom?');
  await keyboard.press('Enter');
  await workbench.isAsked('Why?');
  await keyboard.press('Enter');
  await details().locator('.escalated', { hasText: 'Escalated to tier 2' }).waitFor({ timeout: WAIT });

  await keyboard.press('F1');
  await quickInput().locator('input[type=text]').waitFor();
  await keyboard.insertText('Foundling: Write Report');
  await quickInput().locator('.monaco-list-row.focused', { hasText: 'Write Report' }).waitFor({ timeout: WAIT });
  await keyboard.press('Enter');
  await quickInput().locator('.quick-input-title', { hasText: 'Write Report' }).waitFor({ timeout: WAIT });
  await workbench.choosePath(path.join(folder, 'keys/report/report.html'));
  await expectTold('keys', { verdict: 'suspicious', note: 'its own port again' });
});

/** Direction controls, zero-width characters and escapes: whoever draws them as they are has let the evidence speak. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

/** What evidence made of itself in a document: elements that only its text can have asked for, links to commands, hidden characters in text and attributes. */
async function madeByEvidence(frame) {
  return frame.evaluate((hidden) => {
    const bad = new RegExp(hidden);
    const found = [...document.querySelectorAll('img[src="x"], a[href^="command:"], a[data-href^="command:workbench.action.closeAll"], b, .codicon-bug')].map((element) => element.outerHTML.slice(0, 200));
    for (const element of document.querySelectorAll('body *')) {
      if (['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
      for (const { name, value } of element.attributes) if (/^(?:title|aria-label|alt|href)$/.test(name) && bad.test(value)) found.push(`${name}: ${value.slice(0, 200)}`);
      for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE && bad.test(child.data.replace(/\n/g, ''))) found.push(`text: ${child.data.slice(0, 200)}`);
    }
    return found;
  }, HIDDEN.source);
}

/** Text for a ticket or a list: nothing hidden, no line that a spreadsheet takes for a formula, no address that becomes a link. */
async function expectSafeClipboard(from) {
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text, from).toMatch(/onerror|<b>\[x\]/);
  for (const line of text.split('\n')) {
    expect(line, from).not.toMatch(HIDDEN);
    expect(line, from).not.toMatch(/^[=+\-@]/);
    expect(line, from).not.toMatch(/\b127\.0\.0\.1\b/);
  }
}

async function clearClipboard() {
  await page.evaluate(() => navigator.clipboard.writeText(''));
}

/** Does something that copies, and checks what lies on the clipboard then. */
async function copies(from, act) {
  await clearClipboard();
  await act();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), { timeout: WAIT }).not.toBe('');
  await expectSafeClipboard(from);
}

test('evidence that attacks its reader stays text in tree, details, playbook, lineage, coverage, findings, Problems and results; what is copied is safe from every view', async () => {
  onTestFailed(() => workbench.keepTraces('triage-hostile'));
  const { keyboard } = page;
  await closeAll();
  await workbench.pick('Control+P', 'hostile/case.foundling.json', /case\.foundling\.json.*hostile/s);
  tree = await workbench.frameWith('[role=treegrid] [role=row]', FIRST_WEBVIEW_MS);
  await keyboardIsInTree();
  await keyboard.press('f');
  await chosen().filter({ hasText: '=<b>[x](u)' }).waitFor({ timeout: WAIT });
  await details().locator('.finding-why').waitFor({ timeout: WAIT });
  expect(await details().textContent()).toContain('<img src=x onerror=alert(1)>[go](command:workbench.action.closeAllEditors)');
  expect(await madeByEvidence(tree)).toEqual([]);
  await workbench.shot('hostile-details');
  await copies('the tree, for a ticket', () => tree.locator('#tree').press('Control+C'));
  await copies('the tree, indicators', () => tree.locator('#tree').press('i'));

  await tree.locator('#tree').press('g');
  await tree.locator('.banner-body').waitFor();
  expect(await madeByEvidence(tree)).toEqual([]);
  await tree.locator('#tree').press('g');
  await tree.locator('#tree').press('l');
  await details().locator('.lineage-node.chosen').waitFor({ timeout: WAIT });
  expect(await madeByEvidence(tree)).toEqual([]);
  await details().locator('.lineage-node.chosen').focus();
  await copies('the lineage, for a ticket', () => keyboard.press('Control+C'));
  await copies('the lineage, indicators', () => keyboard.press('i'));
  await keyboard.press('b');
  await details().locator('.trigger-card').nth(2).waitFor({ timeout: WAIT });
  for (const card of await details().locator('.trigger-card').all()) await card.click();
  await tree.evaluate(() => document.querySelectorAll('.playbook details').forEach((each) => (each.open = true)));
  expect(await madeByEvidence(tree)).toEqual([]);
  await copies('the playbook, for a ticket', () => keyboard.press('Control+C'));
  await copies('the playbook, indicators', () => keyboard.press('i'));
  await copies('an answer of the playbook', () => details().locator('.trigger-blocks vscode-button[title^="Copy this answer"]').nth(1).click());

  const findings = await findingsView();
  const hostile = findings.locator('.monaco-list-row', { hasText: '=<b>[x](u)' }).first();
  await hostile.waitFor({ timeout: WAIT });
  await hostile.locator('.monaco-tl-twistie').click();
  await hostile.hover();
  for (const [entry, from] of [['Copy for Ticket', 'a finding, for a ticket'], ['Copy Indicators of This Subtree', 'a finding, indicators']]) {
    await copies(from, async () => {
      await hostile.click({ button: 'right' });
      const item = page.locator('.context-view .action-item', { hasText: entry });
      await item.hover();
      await item.and(page.locator('.focused')).waitFor({ timeout: WAIT });
      await keyboard.press('Enter'); // VS Code's menu takes no click in its first tenth of a second, but keys
    });
  }
  await workbench.command('View: Toggle Problems');
  await page.locator('.markers-panel .monaco-list-row', { hasText: 'Decide it in the tree' }).first().waitFor({ timeout: WAIT });
  await workbench.shot('hostile-workbench');
  expect(await madeByEvidence(page.mainFrame())).toEqual([]);
  await workbench.command('View: Toggle Problems');

  await details().locator('.trigger-blocks vscode-button', { hasText: 'Hunt:' }).first().click();
  await workbench.frameWith('.foundling-result', FIRST_WEBVIEW_MS);
  const cell = page.locator('.notebook-editor .code-cell-row .monaco-editor').first();
  await cell.click();
  await keyboard.press('Control+A');
  await keyboard.insertText('processes where process.pid == 2464198 | fields process.name, process.executable, process.command_line, user.name');
  await workbench.command('Foundling: Run the Selected Hunt');
  const result = await workbench.frameWith('.foundling-result td', WAIT);
  const row = result.locator('tbody tr', { hasText: 'onerror' }).first();
  await row.waitFor({ timeout: WAIT });
  expect(await madeByEvidence(result)).toEqual([]);
  await row.focus();
  await copies('a result, for a ticket', () => keyboard.press('Control+C'));
  await row.focus();
  await copies('a result, indicators', () => keyboard.press('i'));
  await clearClipboard();
  await result.locator('.foundling-buttons button', { hasText: 'CSV' }).press('Enter');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), { timeout: WAIT }).toContain('onerror');
  const csv = (await page.evaluate(() => navigator.clipboard.readText())).replaceAll('\r\n', '\n'); // its line ends; addresses stay what they are, it is data
  for (const line of csv.split('\n')) expect(line).not.toMatch(HIDDEN);
  expect(csv).not.toMatch(/(?:^|,"?)[=+\-@]/m);
  await workbench.shot('hostile-result');
  expect(await madeByEvidence(page.mainFrame())).toEqual([]);
});

test('nothing asked for another machine, and no page threw', () => {
  expect([...workbench.blocked]).toEqual([]);
  expect(workbench.errors).toEqual([]);
});
