import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Engine } from '../../src/engine/index.js';
import { closeAll, evidenceFile, eventually, workspaceFile, write } from './support.js';

/** What the extension lets tests look at (src/extension/main.ts). */
interface Api {
  readonly engines: {
    readonly sets: readonly {
      readonly key: string;
      readonly title: string;
      readonly engine: Engine;
      readonly summary: { readonly processes: number; readonly evidence: readonly unknown[] };
    }[];
    end(key: string): Promise<void>;
  };
  readonly tree: { readonly open: number };
}

/** Threads of this process: an engine has one. */
async function threads(): Promise<number> {
  return (await readdir('/proc/self/task')).length;
}

async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('foundling.foundling');
  assert.ok(extension);
  return extension.activate();
}
const activeInput = (): unknown => vscode.window.tabGroups.activeTabGroup.activeTab?.input;

describe('evidence in the workbench', () => {
  beforeEach(async () => {
    const { engines } = await api();
    for (const set of engines.sets) await engines.end(set.key);
  });
  afterEach(closeAll);

  it('a case file opens in the tree editor without being asked, under its title', async () => {
    const { engines } = await api();
    await vscode.workspace.fs.copy(evidenceFile(), workspaceFile('mine/audit.log'), { overwrite: true });
    const uri = await write('mine/case.foundling.json', JSON.stringify({ version: 1, title: 'Mine', hosts: [], evidence: [{ id: 'a', path: 'audit.log' }] }));
    await vscode.commands.executeCommand('vscode.open', uri);
    await eventually('the set is open', () => engines.sets.length === 1);
    assert.equal((activeInput() as vscode.TabInputCustom).viewType, 'foundling.tree');
    assert.equal(engines.sets[0]?.title, 'Mine');
    assert.ok((engines.sets[0]?.summary.processes ?? 0) > 0);
  });

  it('an audit log opens as text by itself, and as a tree by the command', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('vscode.open', evidenceFile());
    assert.ok(activeInput() instanceof vscode.TabInputText);
    await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
    await eventually('the set is open', () => engines.sets.length === 1);
    assert.equal((activeInput() as vscode.TabInputCustom).viewType, 'foundling.tree');
  });

  it('the palette opens the file of the active tab as evidence', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('vscode.openWith', evidenceFile(), 'default');
    await vscode.commands.executeCommand('foundling.openAsEvidence');
    await eventually('the set is open', () => engines.sets.length === 1);
    assert.equal((activeInput() as vscode.TabInputCustom).viewType, 'foundling.tree');
  });

  it('a folder opens as one set', async () => {
    const { engines } = await api();
    for (const name of ['audit.log', 'audit.log.1']) await vscode.workspace.fs.copy(evidenceFile(), workspaceFile(`collected/${name}`), { overwrite: true });
    await vscode.commands.executeCommand('foundling.openFolderAsEvidence', workspaceFile('collected'));
    await eventually('the set is open', () => engines.sets.length === 1);
    assert.equal(engines.sets[0]?.title, 'collected');
    assert.equal((activeInput() as vscode.TabInputCustom).viewType, 'foundling.tree');
  });

  it('a file that the nearest case lists opens that case', async () => {
    const { engines } = await api();
    await vscode.workspace.fs.copy(evidenceFile(), workspaceFile('mine/audit.log'), { overwrite: true });
    await write('mine/case.foundling.json', JSON.stringify({ version: 1, title: 'Mine', hosts: [], evidence: [{ id: 'a', path: 'audit.log' }] }));
    await vscode.commands.executeCommand('foundling.openAsEvidence', workspaceFile('mine/audit.log'));
    await eventually('the set is open', () => engines.sets.length === 1);
    assert.equal(engines.sets[0]?.title, 'Mine');
  });

  it('an editor and a notebook share one engine', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
    const uri = await write('shared.hunt.md', '---\nfoundling: {evidence: audit.log}\n---\n\n```hunt\nexec where true\n```\n');
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
    await eventually('the set is open', () => engines.sets.length > 0);
    await vscode.commands.executeCommand('notebook.selectKernel', { id: 'foundling.hunt', extension: 'foundling.foundling' });
    await vscode.commands.executeCommand('notebook.execute');
    assert.equal(engines.sets.length, 1);
  });

  it('two versions of a case file are compared as text', async () => {
    const [left, right] = await Promise.all(
      ['a', 'b'].map((name) => write(`${name}/case.foundling.json`, JSON.stringify({ version: 1, title: name, hosts: [], evidence: [] }))),
    );
    await vscode.commands.executeCommand('vscode.diff', left, right);
    assert.ok(activeInput() instanceof vscode.TabInputTextDiff, 'a text diff');
    for (const name of ['a', 'b']) await vscode.workspace.fs.delete(workspaceFile(name), { recursive: true });
  });

  it('an editor that is opened and closed ten times leaves no page and one engine, and none once it is closed', async () => {
    const { engines, tree } = await api();
    const key = evidenceFile().toString();
    for (let time = 0; time < 10; time++) {
      await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
      await eventually('the set is open', () => engines.sets.length === 1 && tree.open === 1);
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await eventually('the editor is gone', () => tree.open === 0);
    }
    assert.deepEqual(
      engines.sets.map((set) => set.key),
      [key],
    );
    await vscode.commands.executeCommand('foundling.closeEvidence');
    await eventually('no set is open', () => engines.sets.length === 0);
  });

  it('engines that end take their threads with them, ten times over', async function () {
    if (process.platform !== 'linux') this.skip(); // threads are counted in /proc
    const { engines, tree } = await api();
    const openAndEnd = async (): Promise<void> => {
      await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
      await eventually('the set is open', () => engines.sets.length === 1 && tree.open === 1);
      await closeAll();
      await engines.end(evidenceFile().toString());
      await eventually('nothing is open', () => engines.sets.length === 0 && tree.open === 0);
    };
    await openAndEnd(); // what VS Code and Node start once is there now
    const before = await threads();
    for (let time = 0; time < 10; time++) await openAndEnd();
    await eventually('the threads are gone', async () => (await threads()) < before + 5);
  });

  it('a file that vanishes while it is open leaves its tree; its records say that it is gone, and the workbench goes on', async () => {
    const { engines } = await api();
    const file = workspaceFile('vanishing/audit.log');
    await vscode.workspace.fs.copy(evidenceFile(), file, { overwrite: true });
    await vscode.commands.executeCommand('foundling.openAsEvidence', file);
    await eventually('the set is open', () => engines.sets.length === 1);
    await vscode.workspace.fs.delete(file);
    const [set] = engines.sets;
    assert.ok(set);
    const view = await set.engine.ask('view', { parents: 'created', group: 'creation', orphansOnly: false, kernelThreads: false });
    assert.ok(view.rowCount > 0, 'the tree is there');
    const { process } = await set.engine.ask('rows', { view: view.view, first: 0, count: 40 });
    const told = await Promise.allSettled([...process].filter((each) => each >= 0).map((each) => set.engine.ask('raw', { process: each, first: 0, count: 1 })));
    const answers = JSON.stringify(told.map((each) => (each.status === 'rejected' ? String(each.reason) : each.value)));
    assert.match(answers, /audit\.log[^"]*(no such file|not there|gone)/i);
    await engines.end(set.key);
    await closeAll();
    await vscode.commands.executeCommand('vscode.openWith', evidenceFile(), 'foundling.tree');
    await eventually('the workbench goes on', () => engines.sets.length === 1);
  });

  it('closing evidence ends its engine', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('foundling.openAsEvidence', evidenceFile());
    await eventually('the set is open', () => engines.sets.length === 1);
    await vscode.commands.executeCommand('foundling.closeEvidence');
    await eventually('no set is open', () => engines.sets.length === 0);
  });

  it('the example case opens with its story', async () => {
    const { engines } = await api();
    await vscode.commands.executeCommand('foundling.openExample');
    await eventually('the set is open', () => engines.sets.length === 1);
    assert.ok((engines.sets[0]?.summary.evidence.length ?? 0) > 1);
    assert.deepEqual(
      vscode.window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => tab.label)),
      ['double-fork.hunt.md', 'case.foundling.json'],
    );
  });

  it('a new notebook has a hunt in it', async () => {
    await vscode.commands.executeCommand('foundling.newHuntNotebook');
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.equal(notebook?.notebookType, 'foundling.hunt');
    assert.equal(
      notebook?.getCells().some((cell) => cell.document.languageId === 'hunt'),
      true,
    );
  });
});
