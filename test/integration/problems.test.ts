import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { accept, closeAll, evidenceFile, eventually, exampleCase, foundling, textOf, workspaceFile, write } from './support.js';

const problemsAt = (uri: vscode.Uri): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Foundling');
const textIn = async (uri: vscode.Uri, { start, end }: vscode.Range): Promise<string | undefined> => (await textOf(uri)).split('\n')[start.line]?.slice(start.character, end.character);

/** A case of two logs in a folder of its own: one is as it was added, of the other the case states another hash, a third is not there. */
async function brokenCase(name: string): Promise<{ readonly file: vscode.Uri; readonly stated: string; readonly real: string }> {
  const bytes = await vscode.workspace.fs.readFile(evidenceFile());
  await vscode.workspace.fs.copy(evidenceFile(), workspaceFile(`${name}/evidence/audit.log`), { overwrite: true });
  const real = createHash('sha256').update(bytes).digest('hex');
  const stated = '0'.repeat(64);
  const manifest = { version: 1, title: 'Broken', hosts: [], evidence: [{ id: 'a', path: 'evidence/audit.log', sha256: stated }, { id: 'b', path: 'evidence/gone.log' }] };
  return { file: await write(`${name}/case.foundling.json`, JSON.stringify(manifest, null, 2)), stated, real };
}

describe('Problems', () => {
  beforeEach(async () => {
    const { engines } = await foundling();
    for (const set of engines.sets) await engines.end(set.key);
  });
  afterEach(closeAll);

  it('changed and missing evidence of a case stand at their lines, with what was expected and what to do, until the case is closed', async () => {
    const { engines } = await foundling();
    const { file, stated, real } = await brokenCase('broken');
    await write('broken/custody/mira-lab.jsonl', '{"at":"2026-11-24T15:00:00Z","hash":"00"}\n');
    await vscode.commands.executeCommand('vscode.openWith', file, 'foundling.tree');
    await eventually('both are problems', () => problemsAt(file).length === 2);
    const [missing, changed] = [...problemsAt(file)].sort((a, b) => b.range.start.line - a.range.start.line);
    assert.ok(missing && changed);
    assert.equal(missing.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(await textIn(file, missing.range), '"evidence/gone.log"');
    assert.match(missing.message, /gone\.log: there is no such file.*Put it back into the case/);
    assert.equal(await textIn(file, changed.range), `"${stated}"`);
    assert.match(changed.message, new RegExp(`its SHA-256 is ${real}, the case says ${stated}.*Put back the file that was added.*case verify`));
    const [custody] = problemsAt(workspaceFile('broken/custody/mira-lab.jsonl'));
    assert.match(custody?.message ?? '', /chain of custody breaks here/);
    await closeAll();
    await engines.end(file.toString());
    await eventually('nothing is a problem any more', () => problemsAt(file).length === 0);
  });

  it('an alert that nobody has decided is a warning at its first record, and none any more after a verdict', async () => {
    const { engines } = await foundling();
    const file = await exampleCase('alerts');
    const log = workspaceFile('alerts/evidence/audit.log');
    await vscode.commands.executeCommand('vscode.openWith', file, 'foundling.tree');
    await eventually('a warning', () => problemsAt(log).length > 0);
    const before = problemsAt(log);
    const [set] = engines.sets;
    const { rows, alerts } = await set!.engine.ask('findings', { first: 0, count: 100 });
    assert.equal(before.length, alerts);
    const row = rows[0]!;
    const warning = before.find(({ message }) => message.includes(`${row.name} ${row.pid} on`));
    assert.equal(warning?.severity, vscode.DiagnosticSeverity.Warning);
    // The line is that of the record whose byte offset the reason names.
    const place = [...row.findings.flatMap(({ reasons }) => reasons)].filter(({ records }) => records.length > 0).sort((a, b) => b.points - a.points)[0]!.records[0]!;
    const bytes = await vscode.workspace.fs.readFile(log);
    const line = Buffer.from(bytes.subarray(0, place.offset)).toString('latin1').split('\n').length - 1;
    assert.equal(warning?.range.start.line, line);
    const decided = vscode.commands.executeCommand('foundling.finding.giveVerdict', { kind: 'process', set, row, verdict: undefined });
    await accept(); // the verdict, then the note
    await accept();
    await decided;
    await eventually('the warning is gone', () => !problemsAt(log).some(({ message }) => message.includes(`${row.name} ${row.pid} on`)));
    assert.equal(problemsAt(log).length, alerts - 1);
  });
});
