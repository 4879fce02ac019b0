// @vitest-environment happy-dom
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Summary } from '../../../src/engine/requests.js';
import type { ToPage } from '../../../webview/shared/protocol.js';
import { restored, toPersist, type Persisted } from '../../../webview/tree/persisted.js';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';
import { createStore, type Store } from '../../../webview/tree/store.js';
import { createTreeSession, type TreeSession } from '../../../webview/tree/treeSession.js';
import { createFakeEngine, type FakeEngine } from './fakeEngine.js';

const summary = (processes: number): Summary => ({
  evidence: [],
  hosts: ['web1'],
  processes,
  orphans: 1,
  observations: 9,
  from: 1_000_000,
  to: 9_000_000,
  storeReady: true,
});
const opened = (session = 's1', processes = 4): Extract<ToPage, { kind: 'opened' }> => ({
  kind: 'opened',
  session,
  title: 'audit.log',
  summary: summary(processes),
  neighbours: [],
  preferences: { parents: 'recorded', kernelThreads: false },
});

interface Page {
  readonly engine: FakeEngine;
  readonly store: Store;
  readonly session: TreeSession;
}

/** A page on a screen of ten rows, with its first rows drawn. */
async function openPage(options: { engine?: FakeEngine; persisted?: Persisted; session?: string; processes?: number } = {}): Promise<Page> {
  const engine = options.engine ?? createFakeEngine();
  const store = createStore(restored(options.persisted));
  const session = createTreeSession(store, engine.host, options.persisted);
  store.dispatch({ type: 'resized', height: 10 * ROW_HEIGHT });
  session.onMessage(opened(options.session, options.processes));
  await drawn(store);
  return { engine, store, session };
}

const drawn = (store: Store): Promise<void> => vi.waitFor(() => expect(store.state.windowGeneration).toBe(store.state.generation));
const chosenName = ({ store: { state } }: Page): string | undefined => state.window?.name[(state.selected?.row ?? -1) - state.window.first];

test('opening makes one view and draws its first rows', async () => {
  const { engine, store } = await openPage();
  expect(engine.asked.filter(({ method }) => method === 'view')).toHaveLength(1);
  expect(store.state.window?.name).toEqual(['systemd', 'sshd', 'bash', 'nc']);
});

test('only three screens of rows are asked for, however large the view', async () => {
  const { engine, store } = await openPage({ engine: createFakeEngine(5000), processes: 5004 });
  store.dispatch({ type: 'scrolled', top: 2500 });
  await vi.waitFor(() => expect(store.state.window?.first).toBe(2490));
  for (const { method, ask } of engine.asked) if (method === 'rows') expect((ask as { count: number }).count).toBeLessThanOrEqual(31);
});

test('while rows are under way no more are asked, and then those that are wanted now', async () => {
  const page = await openPage({ engine: createFakeEngine(5000), processes: 5004 });
  page.engine.hold('rows');
  const before = page.engine.asked.length;
  for (const top of [500, 1000, 1500, 3000]) page.store.dispatch({ type: 'scrolled', top });
  expect(page.engine.asked.slice(before).map(({ method }) => method)).toEqual(['rows']);
  page.engine.release('rows');
  await vi.waitFor(() => expect(page.store.state.window?.first).toBe(2990));
});

test('switching parents makes a new view, keeps the chosen process and closes the old view', async () => {
  const page = await openPage();
  await page.session.nextOrphan(false);
  await vi.waitFor(() => expect(page.store.state.selected?.process).toBe(3));
  page.session.choose({ parents: 'created' });
  await vi.waitFor(() => expect(page.engine.asked.some(({ method, ask }) => method === 'closeView' && (ask as { view: number }).view === 1)).toBe(true));
  await drawn(page.store);
  expect(page.store.state.selected?.process).toBe(3);
  expect(chosenName(page)).toBe('nc');
});

test('an orphan asked for while the parents switch is the one of the new view', async () => {
  const page = await openPage({ engine: createFakeEngine(3), processes: 7 });
  page.session.select(5);
  page.engine.hold('view');
  page.session.choose({ parents: 'created' });
  const going = page.session.nextOrphan(true);
  page.engine.release('view');
  await going;
  await drawn(page.store);
  expect(chosenName(page)).toBe('nc');
  expect(page.engine.asked.filter(({ method }) => method === 'nextOrphan').map(({ ask }) => (ask as { view: number }).view)).toEqual([2]);
});

test('choosing another process while the parents switch keeps that one', async () => {
  const page = await openPage({ engine: createFakeEngine(3), processes: 7 });
  page.session.select(5);
  page.engine.hold('reveal');
  page.session.choose({ parents: 'created' });
  await vi.waitFor(() => expect(page.engine.asked.some(({ method }) => method === 'reveal')).toBe(true)); // details of the row are asked meanwhile
  page.session.select(3);
  page.engine.release('reveal');
  await vi.waitFor(() => expect(page.store.state.view?.view).toBe(2));
  await drawn(page.store);
  expect(chosenName(page)).toBe('nc');
});

test('C goes from an orphan to its creator, A to its adopter', async () => {
  const page = await openPage();
  await page.session.nextOrphan(false);
  await vi.waitFor(() => expect(page.store.state.selected?.process).toBe(3));
  await page.session.goToCreator();
  expect(chosenName(page)).toBe('bash');
  await page.session.nextOrphan(false);
  await vi.waitFor(() => expect(page.store.state.selected?.process).toBe(3));
  await page.session.goToAdopter();
  expect(chosenName(page)).toBe('systemd');
});

test('when there is no further orphan, that is said and nothing moves', async () => {
  const page = await openPage();
  page.session.select(3);
  await page.session.nextOrphan(false);
  expect(page.store.state.selected?.row).toBe(3);
  expect(page.store.state.said.text).toBe('No orphan after this row.');
});

test('the details of a process that was left are no longer waited for', async () => {
  const page = await openPage();
  page.engine.hold('details');
  page.session.select(1);
  page.session.select(2);
  const asks = page.engine.asked.filter(({ method }) => method === 'details');
  expect(asks.map(({ signal }) => signal?.aborted)).toEqual([true, false]);
  page.engine.release('details');
  await vi.waitFor(() => expect(page.store.state.details?.name).toBe('bash'));
});

test('search counts, and steps through what it found, round and round', async () => {
  const page = await openPage({ engine: createFakeEngine(3), processes: 7 });
  page.session.search('worker');
  await vi.waitFor(() => expect(page.store.state.search?.found?.total).toBe(3));
  const seen: (string | undefined)[] = [];
  for (let i = 0; i < 4; i++) {
    await page.session.step(1);
    seen.push(chosenName(page));
  }
  expect(seen).toEqual(['worker0', 'worker1', 'worker2', 'worker0']);
  await page.session.step(-1);
  expect(chosenName(page)).toBe('worker2');
  expect(page.store.state.said.text).toBe('3 of 3.');
});

test('the first step of a search for a number is its first hit, the very pid, also when the chosen row lies behind it', async () => {
  const page = await openPage({ engine: createFakeEngine(3), processes: 7 });
  page.session.select(5);
  page.store.dispatch({ type: 'searching', text: '2' });
  page.store.dispatch({ type: 'found', text: '2', processes: Int32Array.of(1, 5), rows: Int32Array.of(1, 5), total: 2 });
  await page.session.step(1);
  expect(page.store.state.selected?.process).toBe(1);
});

test('an engine that fails leads to a page that says what happened and what to do', async () => {
  const page = await openPage();
  page.engine.fail('view', 'The engine ended.');
  page.session.choose({ orphansOnly: true });
  await vi.waitFor(() => expect(page.store.state.screen).toMatchObject({ kind: 'failed', failure: { what: 'The engine ended.' } }));
});

test('hidden and shown again, the page returns to the view that the engine still holds, at the same place', async () => {
  const engine = createFakeEngine(500);
  const first = await openPage({ engine, processes: 504 });
  first.session.select(300);
  await vi.waitFor(() => expect(first.store.state.selected?.process).toBeDefined());
  first.store.dispatch({ type: 'ranged', range: { from: 2_000_000, to: 3_000_000 } });
  // What setState keeps is plain JSON.
  const kept = JSON.parse(JSON.stringify(toPersist(first.store.state))) as Persisted;
  const second = await openPage({ engine, persisted: kept, processes: 504 });
  expect(engine.asked.filter(({ method }) => method === 'view')).toHaveLength(1);
  const { top, selected, range, options } = second.store.state;
  expect({ top, row: selected?.row, process: selected?.process, range, options }).toEqual({
    top: first.store.state.top,
    row: 300,
    process: first.store.state.selected?.process,
    range: { from: 2_000_000, to: 3_000_000 },
    options: first.store.state.options,
  });
});

test('after a restart, when the engine knows the view no more, it is made again around the chosen process', async () => {
  const first = await openPage();
  await first.session.nextOrphan(false);
  await vi.waitFor(() => expect(first.store.state.selected?.process).toBe(3));
  const second = await openPage({ persisted: toPersist(first.store.state), session: 's2' });
  expect(second.store.state.selected).toEqual({ row: 3, process: 3 });
});

test('what was kept for other evidence is forgotten', async () => {
  const first = await openPage();
  first.session.select(3);
  const second = await openPage({ engine: createFakeEngine(9), persisted: toPersist(first.store.state), session: 's2', processes: 13 });
  expect(second.store.state.selected).toBeUndefined();
});

test('copy for a ticket names the process to the extension, which has the words', async () => {
  const page = await openPage();
  page.session.select(3);
  await vi.waitFor(() => expect(page.store.state.selected?.process).toBe(3));
  page.session.onProcess('copyForTicket', '');
  expect(page.engine.told).toEqual([{ kind: 'onProcess', act: 'copyForTicket', process: 3, note: '' }]);
});

test('F goes to the next undecided finding; a verdict is handed to the extension, and the rows are asked again once it stands', async () => {
  const page = await openPage();
  await page.session.nextFinding(false);
  expect(page.store.state.selected?.process).toBe(3);
  expect(page.store.state.said.text).toBe('1 of 1 finding undecided.');
  page.session.decide('malicious', 'a reverse shell');
  expect(page.engine.told.at(-1)).toEqual({ kind: 'decide', process: 3, verdict: 'malicious', note: 'a reverse shell' });
  const { generation } = page.store.state;
  page.session.onMessage({ kind: 'decided', process: 3 });
  await vi.waitFor(() => expect(page.store.state.windowGeneration).toBeGreaterThan(generation));
});

test('the playbook is asked when its tab is in sight, and for the process that is chosen then', async () => {
  const page = await openPage();
  page.session.select(3);
  await drawn(page.store);
  expect(page.engine.asked.some(({ method }) => method === 'playbook')).toBe(false);
  page.session.showTab('playbook');
  await vi.waitFor(() => expect(page.store.state.playbook?.process).toBe(3));
});

test('evidence that is opened again keeps the view of its new engine, and what the person chose', async () => {
  const page = await openPage();
  page.session.choose({ parents: 'created' });
  await vi.waitFor(() => expect(page.engine.asked.at(-1)?.method).toBe('closeView'));
  const asked = page.engine.asked.length;
  page.session.onMessage({ kind: 'failed', title: 'audit.log', failure: { cancelled: true, what: 'closed', remedy: 'open' } });
  page.session.onMessage(opened('s2'));
  await vi.waitFor(() => expect(page.store.state.view).toBeDefined());
  await drawn(page.store);
  const since = page.engine.asked.slice(asked).map(({ method }) => method);
  expect(since).toContain('view');
  expect(since).not.toContain('closeView'); // a new engine counts from 1: closing the old number would close the new view
  expect(page.store.state.options.parents).toBe('created');
});

test('after other evidence was opened in place of the old, nothing is said of processes that it does not hold', async () => {
  const page = await openPage();
  page.session.select(3);
  await vi.waitFor(() => expect(page.store.state.details?.process).toBe(3));
  page.session.onMessage(opened('s2', 5));
  expect([page.store.state.selected, page.store.state.details]).toEqual([undefined, undefined]);
});

test('a search that is given up says nothing any more', async () => {
  const page = await openPage();
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  page.session.search('nc');
  page.session.search('');
  vi.runAllTimers();
  expect(page.engine.asked.some(({ method }) => method === 'search')).toBe(false);
});

test('a command that names the playbook shows it, also where it is in sight already; the key hides it again', async () => {
  const { session, store } = await openPage();
  for (const _ of [1, 2]) session.command('playbook', () => undefined);
  expect(store.state.pane).toMatchObject({ open: true, tab: 'playbook' });
  session.showTab('playbook');
  expect(store.state.pane).toMatchObject({ open: true, tab: 'details' });
});

test('a playbook that fails says so in its place, and one that was left does not undo the asking of the next', async () => {
  const page = await openPage();
  page.session.select(3);
  await vi.waitFor(() => expect(page.store.state.details?.process).toBe(3));
  page.engine.hold('playbook');
  page.session.showTab('playbook');
  page.session.select(2);
  await vi.waitFor(() => expect(page.store.state.details?.process).toBe(2));
  const asks = (): number => page.engine.asked.filter(({ method }) => method === 'playbook').length;
  await vi.waitFor(() => expect(asks()).toBe(2));
  page.engine.release('playbook');
  await vi.waitFor(() => expect(page.store.state.playbook?.process).toBe(2));
  page.store.dispatch({ type: 'pane', pane: { share: 0.5 } });
  expect(asks()).toBe(2);
  page.engine.fail('playbook', 'The store could not be filled.');
  page.session.select(1);
  await vi.waitFor(() => expect(page.store.state.detailsError).toEqual({ process: 1, says: 'The store could not be filled.' }));
});

test('a verdict asks the details anew, but not the records that stand there already', async () => {
  const page = await openPage();
  page.session.select(3);
  await vi.waitFor(() => expect(page.store.state.raw).toBeDefined());
  const asked = (method: string): number => page.engine.asked.filter((each) => each.method === method).length;
  page.session.onMessage({ kind: 'decided', process: 3 });
  await vi.waitFor(() => expect(asked('findings')).toBe(2));
  await drawn(page.store);
  expect([asked('details'), asked('raw')]).toEqual([2, 1]);
});

test('parents that are switched while the first view is under way are those that it follows', async () => {
  const engine = createFakeEngine();
  engine.hold('view');
  const store = createStore();
  const session = createTreeSession(store, engine.host, undefined);
  store.dispatch({ type: 'resized', height: 10 * ROW_HEIGHT });
  session.onMessage(opened());
  session.choose({ parents: 'created' });
  engine.release('view');
  await drawn(store);
  await vi.waitFor(() => expect(store.state.said.text).toContain('Parents by creation'));
  const views = engine.asked.flatMap(({ method, ask, signal }) => (method === 'view' && !signal?.aborted ? [ask] : []));
  expect(views).toEqual([expect.objectContaining({ parents: 'created' })]);
});

test('who goes to the process that is chosen already sees its time, and no later verdict moves the time again', async () => {
  const page = await openPage();
  page.session.select(3);
  await vi.waitFor(() => expect(page.store.state.raw).toBeDefined());
  page.store.dispatch({ type: 'ranged', range: { from: 7_000_000, to: 8_000_000 } });
  await page.session.goTo(3);
  const { range } = page.store.state;
  expect(range!.from <= 4_000_000 && 4_000_000 <= range!.to).toBe(true); // its start
  page.store.dispatch({ type: 'ranged', range: { from: 7_000_000, to: 8_000_000 } });
  page.session.onMessage({ kind: 'decided', process: 3 });
  await vi.waitFor(() => expect(page.engine.asked.filter(({ method }) => method === 'details')).toHaveLength(2));
  await drawn(page.store);
  expect(page.store.state.range).toEqual({ from: 7_000_000, to: 8_000_000 });
});

test('a page that comes back after it was hidden asks for what it showed of its process, the playbook too', async () => {
  const first = await openPage();
  await first.session.nextOrphan(false);
  await vi.waitFor(() => expect(first.store.state.selected?.process).toBe(3));
  first.session.showTab('playbook');
  const again = await openPage({ engine: first.engine, persisted: toPersist(first.store.state) });
  await vi.waitFor(() => expect([again.store.state.details?.process, again.store.state.playbook?.process]).toEqual([3, 3]));
});
