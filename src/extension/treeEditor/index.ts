import { randomBytes, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { PAGE_COMMANDS, type FromPage, type NoteAsk, type PageCommand, type Preferences, type ProcessAct } from '../../../webview/shared/protocol.js';
import type { ProcessRow } from '../../model/index.js';
import type { Engines, KnownSet } from '../engines.js';
import { SET_SCHEME, isCaseFile, nameOf, setUri } from '../evidenceSets.js';
import { COMMAND, CUSTOM_EDITOR, SETTING } from '../ids.js';
import { isCancellation } from '../log.js';
import type { Noted } from '../stepNotes.js';
import type { Decided, Decision } from '../verdicts.js';
import { treePageHtml } from './html.js';
import { createRelay, type PageEvidence, type Relay } from './relay.js';

/** What the rest of the extension may ask of the tree editor. */
export interface TreeEditor {
  /** Editors that are open now. */
  readonly open: number;
  /** Key of the set that the active editor shows. */
  readonly activeKey: string | undefined;
  /** A verdict on a process of a set was written: editors that show it ask anew. */
  decided(key: string, process: ProcessRow): void;
  /** Something was pinned to a step of the playbook, or said of it: editors that show the set ask for it anew. */
  noted(key: string): void;
  /** Shows a process of an open set, in the editor that is in sight or in one opened for it. `resource` is the set's, `key` its engine's. */
  show(resource: vscode.Uri, key: string, process: ProcessRow): Promise<void>;
}

interface OpenEditor {
  readonly relay: Relay;
  /** Key of the set that it shows, once it is open. */
  key(): string | undefined;
}

/** Where a page leads to: other parts of the extension, handed in since they know the tree editor too. */
export interface Ways {
  openHunt(set: KnownSet, text: string): Promise<void>;
  openContent(set: KnownSet, member: string): Promise<void>;
  decide(set: KnownSet, decision: Decision): Promise<Decided>;
  onProcess(set: KnownSet, act: ProcessAct, process: ProcessRow, note: string): Promise<Decided | undefined>;
  note(set: KnownSet, asked: readonly NoteAsk[], wantsCase: boolean): Promise<Noted>;
}

/** Registers the tree editor and the commands that act on the active one. */
export function registerTreeEditor(context: vscode.ExtensionContext, engines: Engines, ways: Ways): TreeEditor {
  const editors = new Map<vscode.WebviewPanel, OpenEditor>();
  /** Processes to show, by set, for an editor whose page is not there yet. */
  const wanted = new Map<string, ProcessRow>();
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => openEditor(context, engines, ways, editors, wanted, uri, panel),
  };
  context.subscriptions.push(
    vscode.window.registerCustomEditorProvider(CUSTOM_EDITOR, provider, {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { retainContextWhenHidden: false, enableFindWidget: false },
    }),
  );
  for (const command of PAGE_COMMANDS) {
    const run = (): void => {
      for (const [panel, { relay }] of editors) if (panel.active) relay.post({ kind: 'command', command });
    };
    context.subscriptions.push(vscode.commands.registerCommand(commandId(command), run));
  }
  return {
    get open() {
      return editors.size;
    },
    get activeKey() {
      for (const [panel, { key }] of editors) if (panel.active) return key();
      return undefined;
    },
    decided(key, process) {
      for (const { relay, key: shown } of editors.values()) if (shown() === key) relay.post({ kind: 'decided', process });
    },
    noted(key) {
      for (const { relay, key: shown } of editors.values()) if (shown() === key) relay.post({ kind: 'notesChanged' });
    },
    async show(resource, key, process) {
      for (const [panel, { relay, key: shown }] of editors) {
        // The page of a hidden editor is gone: it gets the process when it comes back and says so.
        if (shown() !== key || !panel.visible) continue;
        panel.reveal();
        relay.post({ kind: 'show', process });
        return;
      }
      wanted.set(key, process);
      await vscode.commands.executeCommand('vscode.openWith', resource, CUSTOM_EDITOR);
    },
  };
}

function commandId(command: PageCommand): string {
  return COMMAND[command];
}

function openEditor(
  context: vscode.ExtensionContext,
  engines: Engines,
  ways: Ways,
  editors: Map<vscode.WebviewPanel, OpenEditor>,
  wanted: Map<string, ProcessRow>,
  uri: vscode.Uri,
  panel: vscode.WebviewPanel,
): void {
  const { webview } = panel;
  const dist = vscode.Uri.joinPath(context.extensionUri, 'dist');
  webview.options = { enableScripts: true, enableCommandUris: false, enableForms: false, localResourceRoots: [dist] };
  let openKey: string | undefined;
  let beside: readonly vscode.Uri[] = [];

  const shownSet = (): KnownSet => {
    const set = engines.sets.find((each) => each.key === openKey);
    if (!set) throw new Error(vscode.l10n.t('The evidence is not open.'));
    return set;
  };

  const relay = createRelay({
    title: nameOf(uri),
    preferences: preferencesFor(uri),
    post: (message) => void webview.postMessage(message),
    async open(signal, onProgress): Promise<PageEvidence> {
      const cancel = new vscode.CancellationTokenSource();
      const stop = (): void => cancel.cancel();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const set = await engines.open([uri], { token: cancel.token, onProgress });
        openKey = set.key;
        return set;
      } finally {
        signal.removeEventListener('abort', stop);
        cancel.dispose();
      }
    },
    async forget() {
      const key = openKey;
      openKey = undefined; // this editor knows that its set ends
      if (key !== undefined) await engines.end(key);
    },
    async neighbours() {
      const lone = uri.scheme === 'file' && !isCaseFile(uri) && engines.sets.find((set) => set.key === openKey)?.caseFolder === undefined;
      if (!lone) return [];
      const { neighbours } = await import('../../node/index.js');
      const found = await neighbours(uri.fsPath);
      beside = found.map(({ path }) => vscode.Uri.file(path));
      return found.map(({ path, title }) => `${nameOf(vscode.Uri.file(path))} (${title})`);
    },
    act: (message) => act(message, uri, beside, ways, shownSet),
    async decide(decision) {
      return ways.decide(shownSet(), decision);
    },
    async onProcess({ act: asked, process, note }) {
      return ways.onProcess(shownSet(), asked, process, note);
    },
    note: async ({ notes, makeCase }) => ways.note(shownSet(), notes, makeCase),
    isCancellation,
    newSession: randomUUID,
  });
  editors.set(panel, { relay, key: () => openKey });
  const changed = engines.onDidChange(() => {
    if (openKey === undefined) return;
    const set = engines.sets.find(({ key }) => key === openKey);
    if (set) return relay.summarised(set.summary);
    openKey = undefined;
    relay.ended();
  });
  const received = webview.onDidReceiveMessage(async (message: unknown) => {
    await relay.receive(message);
    // A new page has said `ready` and got its evidence by now.
    const process = openKey === undefined ? undefined : wanted.get(openKey);
    if (openKey === undefined || process === undefined) return;
    wanted.delete(openKey);
    relay.post({ kind: 'show', process });
  });
  panel.onDidDispose(() => {
    editors.delete(panel);
    changed.dispose();
    received.dispose();
    void relay.dispose();
  });

  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  webview.html = treePageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: asset('tree.js'),
    style: asset('tree.css'),
    icons: asset('codicon.css'),
  });
}

function preferencesFor(uri: vscode.Uri): Preferences {
  const settings = vscode.workspace.getConfiguration(undefined, uri);
  return {
    parents: settings.get(SETTING.treeParents) === 'recorded' ? 'recorded' : 'created',
    kernelThreads: settings.get(SETTING.treeKernelThreads) === true,
  };
}

/** Lines that can be pasted where text becomes links or a spreadsheet's cells. */
async function forPeople(text: string): Promise<string> {
  const { notFormula, words } = await import('../../report/index.js');
  return text.split('\n').map((line) => notFormula(words(line))).join('\n');
}

async function act(
  message: Extract<FromPage, { kind: 'copy' | 'openAsText' | 'openNeighbours' | 'showLog' | 'openHunt' | 'openContent' }>,
  uri: vscode.Uri,
  beside: readonly vscode.Uri[],
  ways: Ways,
  shownSet: () => KnownSet,
): Promise<string | undefined> {
  switch (message.kind) {
    case 'copy':
      await vscode.env.clipboard.writeText(message.asWords ? await forPeople(message.text) : message.text);
      return vscode.l10n.t('Copied {0}.', message.what);
    case 'openAsText':
      if (uri.scheme === SET_SCHEME) return vscode.l10n.t('This is a set of several files; open one of them as text from the explorer.');
      await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
      return undefined;
    case 'openNeighbours':
      if (beside.length === 0) return undefined;
      await vscode.commands.executeCommand(
        'vscode.openWith',
        setUri([uri, ...beside], vscode.l10n.t('{0} and {1} more', nameOf(uri), beside.length)),
        CUSTOM_EDITOR,
      );
      return undefined;
    case 'openHunt':
      await ways.openHunt(shownSet(), message.text);
      return undefined;
    case 'openContent':
      await ways.openContent(shownSet(), message.member);
      return undefined;
    case 'showLog':
      await vscode.commands.executeCommand(COMMAND.showLog);
      return undefined;
  }
}
