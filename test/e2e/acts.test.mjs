import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { doubleForked, Story } from '../unit/triage/story.ts';
import { FIRST_WEBVIEW_MS, startWorkbench } from './workbench.mjs';

// What buttons and context menus do, each pressed where it stands: the content of collected files, the findings view's menu, the rows of tree, findings and results.
const WAIT = 20_000;
let workbench;
let folder;
let page;
/** The page of the tree. */
let tree;
/** The pid of the orphan that a cron job left. */
let cronLeft;
/** Where the case is made, in the course of the tests. */
let caseFolder;
/** Who has the orphans in the end: the log says no more of it. */
const ADOPTER = 'name not known 1';

const LONG_NOTE = 'What was seen, and why it is no work of ours. '.repeat(40).trim();
/** A script whose lines attack whoever opens it. */
const SCRIPT = '#!/bin/bash\n# \u202egnp.exe [go](command:workbench.action.closeAllEditors) $(flame) <img src=x onerror=alert(1)>\n\u001b[31mprintf x\n/opt/agent/agentx\n';
const CRONTAB = '# m h dom mon dow user command\n*/5 * * * * root /usr/local/bin/sync.sh --all\n';
const UNIT = '[Unit]\nDescription=[x](command:workbench.action.closeAllEditors)\n[Service]\nType=forking\nExecStart=/usr/local/sbin/hiveupd\n';

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foundling-acts-'));
  caseFolder = path.join(folder, 'case');
  const story = new Story();
  const script = story.exec(story.fork(story.cronJob('/usr/local/bin/sync.sh --all')), '/usr/bin/bash', ['/bin/bash', '/usr/local/bin/sync.sh', '--all']);
  cronLeft = doubleForked(story, script, '/opt/agent/agentx');
  story.connect(cronLeft, '203.0.113.9', 443);
  const service = story.service(900, '/usr/local/sbin/hiveupd', ['/usr/local/sbin/hiveupd'], 'hiveupd');
  doubleForked(story, service, '/opt/agent/agenty');
  const collected = { 'audit.log': story.text(), '[root]/usr/local/bin/sync.sh': SCRIPT, '[root]/etc/cron.d/sync': CRONTAB, '[root]/etc/systemd/system/hiveupd.service': UNIT };
  for (const [name, text] of Object.entries(collected)) {
    const file = path.join(folder, 'uac-web1', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeFileSync(path.join(folder, 'iocs.txt'), '203.0.113.9\n');
  workbench = await startWorkbench({ vsix: process.env.FOUNDLING_VSIX, folder, settings: { 'foundling.author': 'Ana' } });
  ({ page } = workbench);
  try {
    await workbench.ready();
    await page.locator('.activitybar .action-label[aria-label="Foundling"]').waitFor({ timeout: FIRST_WEBVIEW_MS }); // until then its entries are in no menu
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'uac-web1' }).click({ button: 'right', timeout: WAIT });
    await takeEntry('Open Folder as Evidence');
    tree = await workbench.frameWith('[role=treegrid] [role=row]', FIRST_WEBVIEW_MS);
  } catch (cause) {
    throw new Error(`the tree was not drawn; see ${await workbench.keepTraces('acts')}`, { cause });
  }
});

afterAll(async () => {
  await workbench?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const details = () => tree.locator('.details');
const row = (name) => tree.locator('.row', { hasText: name }).last();
const quickInput = () => page.locator('.quick-input-widget:visible');
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const toast = (text) => page.locator('.notification-list-item', { hasText: text });

/** What the case's verdict files say, oldest first. */
function verdicts() {
  const below = path.join(caseFolder, 'verdicts');
  const files = existsSync(below) ? readdirSync(below) : [];
  return files.flatMap((file) => readFileSync(path.join(below, file), 'utf8').trim().split('\n')).map((line) => JSON.parse(line));
}

/** The tree's page of the editor that is in front. VS Code keeps those of hidden editors. */
async function treeOf(title) {
  await page.locator('.tabs-container .tab.active', { hasText: title }).waitFor({ timeout: WAIT });
  await workbench.command('View: Close Other Editors in Group');
  return workbench.frameWith('[role=treegrid] [role=row]', FIRST_WEBVIEW_MS);
}

/** The text of the editor that is in front beside the tree. Monaco draws blanks as U+00A0. */
const shownText = async (title) => {
  await page.locator('.tabs-container .tab.active', { hasText: title }).waitFor({ timeout: WAIT });
  const editor = page.locator('.editor-group-container.active .monaco-editor').first();
  await editor.locator('.view-line').first().waitFor({ timeout: WAIT });
  return (await editor.locator('.view-lines').innerText()).replaceAll('\u00a0', ' ');
};

/** Takes an entry of the menu that is open. VS Code's menu takes no click in its first tenth of a second, but keys. */
async function takeEntry(entry) {
  const item = page.locator('.context-view .action-item', { hasText: entry }).first();
  await item.hover({ timeout: WAIT });
  await item.and(page.locator('.focused')).waitFor({ timeout: WAIT });
  await page.keyboard.press('Enter');
}

/** The same by the keyboard alone. */
async function takeEntryByKeys(entry) {
  const menu = page.locator('.context-view .monaco-menu');
  await menu.waitFor({ timeout: WAIT });
  const focused = menu.locator('.action-item.focused', { hasText: entry });
  await expect.poll(async () => (await focused.count()) > 0 || (await page.keyboard.press('ArrowDown'), false), { timeout: WAIT }).toBe(true);
  await page.keyboard.press('Enter');
}

/** Takes what is offered under a question: one may follow at once upon another. */
async function answerPick(question, text) {
  const asked = page.locator(`.quick-input-widget:visible input[placeholder="${question}"]`);
  await asked.waitFor({ timeout: WAIT });
  await asked.fill(text);
  await quickInput().locator('.monaco-list-row', { hasText: text }).first().click();
}

/** The note to a verdict, wherever the box asks for it. */
async function answerNote(note) {
  await workbench.isAsked('Why?');
  await page.keyboard.insertText(note);
  await page.keyboard.press('Enter');
}

async function chooseProcess(name) {
  await workbench.frameWith('#tree');
  await row(name).click();
  await tree.locator('.row.selected', { hasText: name }).waitFor({ timeout: WAIT });
}

/** Waits until the tree has chosen it. */
const isChosen = (label) => expect.poll(() => tree.locator('.row.selected').getAttribute('aria-label'), { timeout: WAIT }).toMatch(new RegExp(`^${label}\\b`));

/** Opens the playbook of a process and in it one step. */
async function openStep(name, section, question) {
  await chooseProcess(name);
  await details().locator('vscode-radio', { hasText: 'Playbook' }).click();
  const block = details().locator('.playbook-section', { hasText: section });
  await block.waitFor({ timeout: WAIT });
  if (!(await block.evaluate((each) => each.open))) await block.locator('summary').first().click();
  const step = block.locator('.step', { hasText: question }).first();
  if (!(await step.evaluate((each) => each.open))) await step.locator('summary').first().click();
  return step;
}

test('the content of a script, a crontab and a unit opens from the playbook as plain text that cannot be changed and does nothing', async () => {
  onTestFailed(() => workbench.keepTraces('acts-content'));
  for (const [name, path_, title, text] of [['agentx', '/usr/local/bin/sync.sh', 'sync.sh (evidence)', SCRIPT], ['agentx', '/etc/cron.d/sync', 'sync (evidence)', CRONTAB], ['agenty', 'hiveupd.service', 'hiveupd.service (evidence)', UNIT]]) {
    const step = await openStep(name, 'Containment and prevention', 'Which scripts and jobs stand in the chain?');
    const fact = step.locator('.step-facts li', { hasText: path_ }).filter({ hasText: 'content is in the evidence' }).first();
    await fact.locator('vscode-button[title="Open its content"]').click();
    const lines = (await shownText(title)).split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(text.trimEnd().split('\n').length);
    expect(lines[0]).toBe(text.split('\n')[0]);
    await page.locator('.statusbar-item', { hasText: 'Plain Text' }).waitFor({ timeout: WAIT });
    const before = await shownText(title);
    await page.locator('.editor-group-container.active .monaco-editor .view-line').first().click();
    await page.keyboard.type('changed');
    expect(await shownText(title)).toBe(before);
    expect(await page.locator('.tabs-container .tab.active.dirty').count()).toBe(0);
    if (title.startsWith('sync.sh')) await workbench.shot('acts-content');
    expect(await page.locator('.editor-group-container.active .monaco-editor').locator('a, img[src="x"], .codicon-flame').count()).toBe(0);
    expect(await page.locator('.editor-group-container.active .view-lines').innerText()).not.toMatch(/\u202e|\u001b/);
  }
  expect(readFileSync(path.join(folder, 'uac-web1/[root]/usr/local/bin/sync.sh'), 'utf8')).toBe(SCRIPT);
});

/** The view of findings with one entry of the menu behind its dots. */
async function fromFindingsMenu(entry) {
  const findings = page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Findings"]') });
  if (!(await findings.isVisible())) await page.locator('.activitybar .action-item', { has: page.locator('.action-label[aria-label="Foundling"]') }).click();
  await findings.locator('.monaco-list-row').first().waitFor({ timeout: WAIT });
  await findings.hover();
  await findings.locator('.pane-header .action-label[aria-label*="More Actions"]').click();
  await takeEntry(entry);
  return findings;
}

/** The row of a process in the view of findings, whose group is opened. With two sets the last is the case. */
async function findingRow(group, name) {
  const pane = page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Findings"]') });
  const above = pane.locator('.monaco-list-row', { hasText: group }).last();
  await above.waitFor({ timeout: WAIT });
  if ((await above.getAttribute('aria-expanded')) === 'false') await above.locator('.monaco-tl-twistie').click();
  const found = pane.locator('.monaco-list-row', { hasText: name }).last();
  await found.waitFor({ timeout: WAIT });
  return found;
}

/** Waits until the text of the new document in front says so. */
const untilShown = (says) => expect.poll(() => shownText('Untitled'), { timeout: WAIT }).toMatch(says);

test('Export Detection in the menu of the findings asks for kind and language and opens the rule; on a finding only its kinds are asked', async () => {
  onTestFailed(() => workbench.keepTraces('acts-export'));
  await fromFindingsMenu('Export Detection');
  await answerPick('Which finding shall be seen from now on?', 'kernel-name');
  await answerPick('In which language?', 'Sigma');
  await untilShown(/attack\.t1036\.004/);
  const finding = await findingRow('Unexpected', 'agentx');
  await finding.click({ button: 'right' });
  await takeEntry('Export Detection');
  await quickInput().locator('input[placeholder^="Which finding"]').waitFor({ timeout: WAIT });
  const kinds = await quickInput().locator('.monaco-list-row').allInnerTexts();
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds.join(' ')).not.toContain('kernel-name');
  await answerPick('Which finding shall be seen from now on?', 'adopted');
  await answerPick('In which language?', 'Elastic EQL');
  await untilShown(/process where/);
  expect(await page.locator('.editor-group-container').count()).toBe(2); // one column beside the tree, however much is opened
});

test('Add Indicators reads the list that is chosen and says what matches', async () => {
  onTestFailed(() => workbench.keepTraces('acts-intel'));
  await fromFindingsMenu('Add Indicators or Change Calendar');
  await workbench.choosePath(path.join(folder, 'iocs.txt'), 'Add');
  await toast('1 indicator and 0 announced changes are known now; 1 match in the evidence.').waitFor({ timeout: WAIT });
});

test('Learn Baseline opens what it learned as JSON and says that orphans with an alert are left out', async () => {
  onTestFailed(() => workbench.keepTraces('acts-baseline'));
  await fromFindingsMenu('Learn Baseline');
  await untilShown(/"entries"/);
  await toast(/learned\. Read them/).waitFor({ timeout: WAIT });
});

test('each entry of the menu on a row of the tree does what it says', async () => {
  onTestFailed(() => workbench.keepTraces('acts-tree-menu'));
  const menu = async (name, entry) => {
    await row(name).click({ button: 'right' });
    await takeEntry(entry);
  };
  await menu('agentx', 'Go to Creator');
  await isChosen(`agentx ${cronLeft - 1}`);
  await menu('agentx', 'Go to Adopter');
  await isChosen(ADOPTER);
  await menu('agentx', 'Playbook for This Process');
  await details().locator('.trigger-card').first().waitFor({ timeout: WAIT });
  await menu('agentx', 'Lineage of This Process');
  await details().locator('.lineage-node.chosen').waitFor({ timeout: WAIT });
  for (const [entry, says] of [['Copy for Ticket', /agentx \d+/], ['Copy Indicators of This Subtree', /203\.0\.113\[\.\]9/]]) {
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await menu('agentx', entry);
    await expect.poll(clipboard, { timeout: WAIT }).toMatch(says);
  }
  await menu('agentx', 'Give a Verdict');
  await answerPick('What is it?', 'suspicious');
  await answerNote('');
  await toast('Verdicts are kept in a case').waitFor({ timeout: WAIT });
});

test('the keyboard goes to the adopter too: by its key in the tree, and by the menu that the menu\'s key opens', async () => {
  onTestFailed(() => workbench.keepTraces('acts-adopter'));
  await chooseProcess('agentx');
  await page.keyboard.press('a');
  await isChosen(ADOPTER);
  await chooseProcess('agentx');
  await page.keyboard.press('Shift+F10');
  await takeEntryByKeys('Go to Adopter');
  await isChosen(ADOPTER);
  await workbench.keyboardBackIn(tree);
  expect(await tree.evaluate(() => document.activeElement?.id)).toBe('tree'); // where the next key goes
});

test('Make Case makes one of the open evidence and opens it; verdicts and escalations go there from the menu of the tree and of the findings', async () => {
  onTestFailed(() => workbench.keepTraces('acts-case'));
  mkdirSync(caseFolder);
  await fromFindingsMenu('Make a Case of Open Evidence');
  await workbench.choosePath(path.join(caseFolder, path.sep), 'Make the Case Here');
  await page.locator('.tabs-container .tab.active', { hasText: 'case.foundling.json' }).waitFor({ timeout: WAIT });
  tree = await treeOf('case.foundling.json');
  expect([caseFolder, folder].map((each) => existsSync(path.join(each, 'case.foundling.json')))).toEqual([true, false]);

  await row('agentx').click({ button: 'right' });
  await takeEntry('Give a Verdict');
  await answerPick('What is it?', 'suspicious');
  await answerNote(LONG_NOTE);
  await expect.poll(() => verdicts().map(({ verdict, note }) => [verdict, note]), { timeout: WAIT }).toEqual([['suspicious', LONG_NOTE]]);

  await row('agentx').click({ button: 'right' });
  await takeEntry('Escalate');
  for (const asked of ['To whom?', 'Why?']) {
    await workbench.isAsked(asked);
    await page.keyboard.insertText('tier 2');
    await page.keyboard.press('Enter');
  }
  await expect.poll(() => verdicts().at(-1)?.escalation, { timeout: WAIT }).toEqual({ to: 'tier 2', why: 'tier 2' });

  const finding = await findingRow('Decided', 'suspicious');
  await finding.click({ button: 'right' });
  await takeEntry('Give a Verdict');
  await answerPick('What is it?', 'malicious');
  await answerNote('');
  await expect.poll(() => verdicts().at(-1)?.verdict, { timeout: WAIT }).toBe('malicious');
});

test('a long note and an escalation scroll in their place: what stands below keeps its room', async () => {
  onTestFailed(() => workbench.keepTraces('acts-long-note'));
  await row('agentx').click();
  await details().locator('.verdict-bar vscode-text-field').click();
  await page.keyboard.insertText(LONG_NOTE);
  await details().locator('vscode-button', { hasText: '3 suspicious' }).click();
  const current = details().locator('.verdict-current', { hasText: LONG_NOTE.slice(-40) });
  await current.waitFor({ timeout: WAIT });
  const { height, needed } = await current.evaluate((each) => ({ height: each.clientHeight, needed: each.scrollHeight }));
  expect(needed).toBeGreaterThan(height * 2); // else this note shows nothing
  const content = await details().locator('.details-content').boundingBox();
  expect(content.height).toBeGreaterThan(height);
  await workbench.shot('acts-long-note');
});

test('each entry of the menu on a row of a result does what it says, in a table and in a tree; by keyboard too, which then goes on at the row', async () => {
  onTestFailed(() => workbench.keepTraces('acts-result-menu'));
  writeFileSync(path.join(folder, 'acts.hunt.md'), '---\nfoundling:\n  case: case\n---\n```hunt\nprocesses where process.name == "agentx"\n```\n\n```hunt\nprocesses where process.name == "agentx" | tree\n```\n');
  await workbench.open('acts.hunt.md');
  await page.locator('.notebook-toolbar-container .kernel-action-view-item', { hasText: 'Foundling' }).waitFor({ timeout: FIRST_WEBVIEW_MS });
  await page.locator('.notebook-toolbar-container').getByText('Run All', { exact: true }).click();
  const results = await workbench.frameWith('.foundling-result [role=treeitem]', FIRST_WEBVIEW_MS);
  await workbench.settled();
  for (const [rows, verdict] of [['tbody tr', 'authorised'], ['[role=treeitem]', 'benign']]) {
    const row = results.locator(`.foundling-result ${rows}`, { hasText: String(cronLeft) }).last();
    const menu = async (entry) => {
      await row.click({ button: 'right' });
      await takeEntry(entry);
    };
    for (const [entry, says] of [['Copy for Ticket', new RegExp(`agentx ${cronLeft}, `)], ['Copy Indicators of This Subtree', /203\.0\.113\[\.\]9/]]) {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await menu(entry);
      await expect.poll(clipboard, { timeout: WAIT }).toMatch(says);
    }
    await menu('Give a Verdict');
    await answerPick('What is it?', verdict);
    await answerNote(`from ${rows}`);
    await expect.poll(() => verdicts().at(-1), { timeout: WAIT }).toMatchObject({ verdict, note: `from ${rows}`, anchor: { pid: cronLeft } });
  }
  await workbench.shot('acts-result-menu');

  const [first, second] = await results.locator('.foundling-result tbody tr').all();
  await first.focus();
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.keyboard.press('Shift+F10');
  await takeEntryByKeys('Copy for Ticket');
  await expect.poll(clipboard, { timeout: WAIT }).toMatch(/agentx \d+, /);
  await workbench.keyboardBackIn(results);
  await page.keyboard.press('ArrowDown');
  expect(await second.evaluate((row) => row === document.activeElement)).toBe(true);
});

test('a notebook that names no evidence asks for it, and hunts in the folder that is browsed for', async () => {
  onTestFailed(() => workbench.keepTraces('acts-browse'));
  writeFileSync(path.join(folder, 'asks.hunt.md'), '```hunt\nprocesses where process.name == "agenty" | count\n```\n');
  await workbench.open('asks.hunt.md');
  const toolbar = page.locator('.notebook-toolbar-container').filter({ visible: true });
  await toolbar.locator('.kernel-action-view-item', { hasText: 'Foundling' }).waitFor({ timeout: FIRST_WEBVIEW_MS });
  await toolbar.getByText('Run All', { exact: true }).click();
  await answerPick('Which evidence does this notebook hunt in?', 'Browse');
  await workbench.choosePath(path.join(folder, 'uac-web1', path.sep), 'Hunt in It');
  const results = await workbench.frameWith('.foundling-result th button:text-is("count")', FIRST_WEBVIEW_MS);
  const result = results.locator('.foundling-result', { has: results.locator('th', { hasText: /^count$/ }) });
  expect(await result.locator('td').first().textContent()).toBe('3');
  expect(await result.locator('.foundling-foot').textContent()).toContain('uac-web1');
});

test('nothing asked for another machine, and no page threw', () => {
  expect([...workbench.blocked]).toEqual([]);
  expect(workbench.errors).toEqual([]);
});
