import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from '../../src/engine/index.js';
import { closeAll, evidenceFile, eventually, textOf } from './support.js';

interface Api {
  readonly engines: { readonly sets: readonly { readonly key: string; readonly engine: Engine; readonly caseFolder: vscode.Uri | undefined }[]; end(key: string): Promise<void> };
}

async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('foundling.foundling');
  assert.ok(extension);
  return extension.activate();
}

describe('triage in the workbench', () => {
  beforeEach(async () => {
    const { engines } = await api();
    for (const set of engines.sets) await engines.end(set.key);
  });
  afterEach(closeAll);

  it('a case is made of open evidence, a verdict is written into it, and the engine says it', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
    await eventually('the evidence is open', () => engines.sets.length === 1);
    const folder = vscode.Uri.file(await mkdtemp(join(tmpdir(), 'foundling-made-case-')));
    await vscode.commands.executeCommand('foundling.makeCase', engines.sets[0]!.key, folder);
    await eventually('the case is open', () => engines.sets.some(({ caseFolder }) => caseFolder?.fsPath === folder.fsPath));
    const set = engines.sets.find(({ caseFolder }) => caseFolder?.fsPath === folder.fsPath)!;
    const { rows: [row] } = await set.engine.ask('findings', { first: 0, count: 1 });
    assert.ok(row);

    const given = vscode.commands.executeCommand('foundling.finding.giveVerdict', { kind: 'process', set, row, verdict: undefined });
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the pick shows
    for (let down = 0; down < 3; down++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await new Promise((resolve) => setTimeout(resolve, 1000)); // then the note
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await given;
    const { verdicts } = await set.engine.ask('verdicts', {});
    assert.deepEqual(verdicts.map(({ process, current }) => [process, current.verdict]), [[row.process, 'malicious']]);
    const [[name]] = (await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(folder, 'verdicts'))) as [[string, vscode.FileType]];
    assert.match(await textOf(vscode.Uri.joinPath(folder, 'verdicts', name)), /^\{"verdict":"malicious"/);
  });

  it('a ticket and the indicators of a finding go to the clipboard, defanged', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
    await eventually('the evidence is open', () => engines.sets.length === 1);
    const set = engines.sets[0]!;
    const { rows: [row] } = await set.engine.ask('findings', { first: 0, count: 1 });
    await vscode.commands.executeCommand('foundling.finding.copyForTicket', { kind: 'process', set, row, verdict: undefined });
    assert.match(await vscode.env.clipboard.readText(), new RegExp(`Process: +.*${row!.pid}`));
    await vscode.commands.executeCommand('foundling.finding.copyIndicators', { kind: 'process', set, row, verdict: undefined });
    assert.doesNotMatch(await vscode.env.clipboard.readText(), /Process: /);
  });
});
