import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { accept, closeAll, evidenceFile, eventually, exampleCase, foundling, textOf, workspaceFile, write } from './support.js';

type KnownSet = Awaited<ReturnType<typeof foundling>>['engines']['sets'][number];

/** Opens a copy of the example case and answers its set and its gravest finding, as the Findings view has it. */
async function openExample(name: string): Promise<{ readonly set: KnownSet; readonly node: { readonly kind: 'process'; readonly set: KnownSet; readonly row: { readonly process: number; readonly pid: number; readonly name: string | null }; readonly verdict: undefined } }> {
  const { engines } = await foundling();
  const file = await exampleCase(name);
  await vscode.commands.executeCommand('vscode.openWith', file, 'foundling.tree');
  await eventually('the case is open', () => engines.sets.some(({ key }) => key === file.toString()));
  const set = engines.sets.find(({ key }) => key === file.toString())!;
  const { rows: [row] } = await set.engine.ask('findings', { first: 0, count: 1 });
  assert.ok(row);
  return { set, node: { kind: 'process', set, row, verdict: undefined } };
}

const shown = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';

describe('triage in the workbench', () => {
  beforeEach(async () => {
    const { engines } = await foundling();
    for (const set of engines.sets) await engines.end(set.key);
  });
  afterEach(closeAll);

  it('a case is made of open evidence, a verdict is written into it, and the engine says it', async () => {
    const { engines } = await foundling();
    await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
    await eventually('the evidence is open', () => engines.sets.length === 1);
    const folder = vscode.Uri.file(await mkdtemp(join(tmpdir(), 'foundling-made-case-')));
    await vscode.commands.executeCommand('foundling.makeCase', engines.sets[0]!.key, folder);
    await eventually('the case is open', () => engines.sets.some(({ caseFolder }) => caseFolder?.fsPath === folder.fsPath));
    const set = engines.sets.find(({ caseFolder }) => caseFolder?.fsPath === folder.fsPath)!;
    const { rows: [row] } = await set.engine.ask('findings', { first: 0, count: 1 });
    assert.ok(row);

    const given = vscode.commands.executeCommand('foundling.finding.giveVerdict', { kind: 'process', set, row, verdict: undefined });
    await accept(3);
    await accept(); // the note
    await given;
    const { verdicts } = await set.engine.ask('verdicts', {});
    assert.deepEqual(verdicts.map(({ process, current }) => [process, current.verdict]), [[row.process, 'malicious']]);
    const [[name]] = (await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(folder, 'verdicts'))) as [[string, vscode.FileType]];
    assert.match(await textOf(vscode.Uri.joinPath(folder, 'verdicts', name)), /^\{"verdict":"malicious"/);
  });

  it('a ticket and the indicators of a finding go to the clipboard, defanged', async () => {
    const { node } = await openExample('copies');
    await vscode.commands.executeCommand('foundling.finding.copyForTicket', node);
    const ticket = await vscode.env.clipboard.readText();
    assert.match(ticket, new RegExp(`Process: +.*${node.row.pid}`));
    assert.match(ticket, /sha256 6c0b0f9d39b1d8f6/);
    await vscode.commands.executeCommand('foundling.finding.copyIndicators', node);
    const indicators = await vscode.env.clipboard.readText();
    assert.match(indicators, /^file +\/usr\/bin\/openssl  /m);
    for (const text of [ticket, indicators]) assert.doesNotMatch(text, /\d\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?!\))/, 'an address that is not defanged');
  });

  it('a report is written where it is said, in HTML and in Markdown with its pictures, and custody says so', async () => {
    const { set, node } = await openExample('reported');
    for (const name of ['report.html', 'report.md']) {
      const file = workspaceFile(`reported/report/${name}`);
      await vscode.commands.executeCommand('foundling.writeReport', set.key, file);
      const text = await textOf(file);
      assert.match(text, /web01: a double fork from an ssh login/);
      assert.ok(text.includes(`${node.row.name} ${node.row.pid}`), 'the finding is told');
      assert.doesNotMatch(text, /<script|<link|<iframe|@import|\b(?:src|href|srcset)\s*=\s*["']?(?:https?:)?\/\//i);
    }
    const pictures = await vscode.workspace.fs.readDirectory(workspaceFile('reported/report/report-pictures'));
    assert.ok(pictures.some(([picture]) => picture.endsWith('.svg')));
    const custody = await vscode.workspace.fs.readDirectory(workspaceFile('reported/custody'));
    const chain = await textOf(workspaceFile(`reported/custody/${custody[0]![0]}`));
    assert.deepEqual(chain.match(/"subject":"report\/report\.\w+"/g), ['"subject":"report/report.html"', '"subject":"report/report.md"']);
  });

  it('a detection is exported in each of five languages, by name and from a finding', async () => {
    const { node } = await openExample('exported');
    const says = { audit: /^-a always,exit /m, sigma: /^logsource:/m, eql: /^sequence|\bwhere\b/m, spl: /^\s*(?:index|search|\|)/m, falco: /^- rule:/m };
    for (const [language, form] of Object.entries(says)) {
      await vscode.commands.executeCommand('foundling.exportDetection', 'double-fork', language);
      assert.match(shown(), form, language);
      assert.match(shown(), /cannot see/i, `${language} says what it cannot see`);
      await closeAll();
    }
    const chosen = vscode.commands.executeCommand('foundling.finding.exportDetection', node);
    await accept(); // the first of its findings, then the second language
    await accept(1);
    await chosen;
    assert.match(shown(), /^logsource:/m);
    assert.match(shown(), /the finding at hand was (?:observed|derived|inferred)/);
  });

  it('a finding is escalated: to whom and why is asked, the triggers that are met are offered as the reason, and the verdict stays', async () => {
    const { set, node } = await openExample('escalated');
    const given = vscode.commands.executeCommand('foundling.finding.escalate', node);
    await accept(); // tier 2
    await accept(); // what the triggers say
    await given;
    const { verdict } = await set.engine.ask('details', { process: node.row.process });
    assert.equal(verdict?.current.verdict, 'undetermined');
    assert.deepEqual(verdict.escalations.map(({ to }) => to), ['tier 2']);
    assert.match(verdict.escalations[0]!.why, /no baseline entry explains/);
    const notes = await set.engine.ask('stepNotes', { process: node.row.process });
    const connected = notes.find(({ step }) => step === 'escalation.2')?.pins ?? [];
    assert.ok(connected.length > 0, 'what the escalation rests on is pinned');
    for (const { records, says } of connected) assert.match(records[0]?.evidence ?? '', /^6c0b0f9d39b1d8f6/, says);
  });

  it('indicators are added to a case: they are kept there, matched at once, and a list of the same name is not written over', async () => {
    const { set } = await openExample('intel');
    const list = await write('indicators.txt', '# from the vendor\n/tmp/.metricsd\n192[.]0[.]2[.]7\n');
    await vscode.commands.executeCommand('foundling.addIntel', set.key, [list]);
    assert.equal(await textOf(workspaceFile('intel/intel/indicators.txt')), await textOf(list));
    const { indicators, hits, troubles } = await set.engine.ask('intel', {});
    assert.deepEqual([indicators, troubles], [2, []]);
    assert.ok(hits.length > 0, 'the path occurs');
    await write('indicators.txt', 'other.example\n');
    await vscode.commands.executeCommand('foundling.addIntel', set.key, [list]);
    assert.match(await textOf(workspaceFile('intel/intel/indicators.txt')), /metricsd/);
  });

  it('a baseline is learned into a text that an analyst reads first, and that a case takes', async () => {
    const { set } = await openExample('learned');
    await vscode.commands.executeCommand('foundling.learnBaseline', set.key);
    const text = shown();
    assert.ok(Array.isArray((JSON.parse(text) as { entries: unknown }).entries));
    const before = (await set.engine.ask('findings', { first: 0, count: 1 })).alerts;
    assert.ok(before > 0);
    await write('learned/baseline.json', text);
    await closeAll();
    const { engines } = await foundling();
    await engines.end(set.key);
    await vscode.commands.executeCommand('vscode.openWith', workspaceFile('learned/case.foundling.json'), 'foundling.tree');
    await eventually('it is open again', () => engines.sets.length === 1);
    const { alerts, troubles } = await engines.sets[0]!.engine.ask('findings', { first: 0, count: 1 });
    assert.deepEqual(troubles, []);
    assert.equal(alerts, before, 'what stands out on a host is not learned from it');
  });
});
