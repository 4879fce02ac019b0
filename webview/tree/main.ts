/** The tree page's beginning: joins the extension, brings back what was kept, and draws. */
import './tree.css';
import { registerToolkit } from '../shared/toolkit.js';
import { createApp } from './app.js';
import { untilKeyboardIsHere } from './focusMemory.js';
import { connectHost, type VsCodeApi } from './host.js';
import { fromPersisted, restored, toPersist } from './persisted.js';
import { createStore } from './store.js';
import { createTreeSession } from './treeSession.js';

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();
registerToolkit();
const persisted = fromPersisted(api.getState());
const store = createStore(restored(persisted));
const host = connectHost(api, (message) => {
  if (message.kind !== 'command') return session.onMessage(message);
  const run = (): void => session.command(message.command, () => app.focusSearch());
  if (message.command === 'giveVerdict' || message.command === 'escalate') void untilKeyboardIsHere().then(run); // both ask in a box
  else run();
});
const session = createTreeSession(store, host, persisted);
const app = createApp(store, session, host);
document.body.append(app.element);

// Kept once a frame at most: scrolling changes the state often, and setState crosses to another process.
let keeping = false;
store.subscribe((state) => {
  if (keeping || state.screen.kind !== 'tree') return;
  keeping = true;
  requestAnimationFrame(() => {
    keeping = false;
    api.setState(toPersist(store.state));
  });
});

host.tell({ kind: 'ready' });
