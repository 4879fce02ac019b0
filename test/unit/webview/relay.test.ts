import { expect, test } from 'vitest';
import type { Engine, Summary } from '../../../src/engine/requests.js';
import { createRelay, type Relay, type RelayPorts } from '../../../src/extension/treeEditor/relay.js';

const SUMMARY: Summary = { evidence: [], hosts: [], processes: 0, orphans: 0, observations: 0, from: Number.NaN, to: Number.NaN, storeReady: true };

interface Bench {
  readonly relay: Relay;
  readonly posted: { kind: string; [field: string]: unknown }[];
  readonly asked: { method: string; ask: unknown; signal: AbortSignal | undefined; answer: (value: unknown) => void; refuse: (error: Error) => void }[];
  readonly disposed: string[];
}

function bench(ports: Partial<RelayPorts> = {}): Bench {
  const posted: Bench['posted'] = [];
  const asked: Bench['asked'] = [];
  const disposed: string[] = [];
  const engine: Engine = {
    ask: (method, ask, options) =>
      new Promise((answer, refuse) => asked.push({ method, ask, signal: options?.signal, answer: answer as (value: unknown) => void, refuse })),
    storeReady: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  let sessions = 0;
  const relay = createRelay({
    title: 'audit.log',
    preferences: { parents: 'created', kernelThreads: false },
    post: (message) => posted.push(message as Bench['posted'][number]),
    open: () => Promise.resolve({ title: 'audit.log', engine, summary: SUMMARY, dispose: () => disposed.push('evidence') }),
    forget: () => Promise.resolve(void disposed.push('engine')),
    neighbours: () => Promise.resolve([]),
    act: () => Promise.resolve(undefined),
    decide: () => Promise.resolve({ says: 'written', isWritten: true }),
    onProcess: () => Promise.resolve(undefined),
    note: () => Promise.resolve({ says: 'Pinned.', isKept: true, needsCase: false }),
    isCancellation: () => false,
    newSession: () => `s${++sessions}`,
    ...ports,
  });
  return { relay, posted, asked, disposed };
}

test('the first page opens the evidence; a later page of the same editor finds it open, in the same session', async () => {
  const { relay, posted } = bench();
  await relay.receive({ kind: 'ready' });
  await relay.receive({ kind: 'ready' });
  expect(posted.map(({ kind }) => kind)).toEqual(['opening', 'opened', 'opened']);
  expect(posted.map(({ session }) => session).slice(1)).toEqual(['s1', 's1']);
});

test('a new page cancels what the page before it still asked', async () => {
  const { relay, asked } = bench();
  await relay.receive({ kind: 'ready' });
  void relay.receive({ kind: 'ask', id: 1, method: 'rows', ask: { view: 1, first: 0, count: 5 } });
  await relay.receive({ kind: 'ready' });
  expect(asked[0]?.signal?.aborted).toBe(true);
});

test('an answer goes back under its id with unknown numbers kept, an error as its message', async () => {
  const { relay, posted, asked } = bench();
  await relay.receive({ kind: 'ready' });
  const first = relay.receive({ kind: 'ask', id: 7, method: 'details', ask: { process: 1 } });
  asked[0]?.answer({ end: Number.NaN });
  await first;
  const second = relay.receive({ kind: 'ask', id: 8, method: 'details', ask: { process: 2 } });
  asked[1]?.refuse(new Error('No such process.'));
  await second;
  expect(posted.slice(2)).toEqual([
    { kind: 'answer', id: 7, method: 'details', ok: { end: { $number: 'NaN' } } },
    { kind: 'answer', id: 8, error: 'No such process.' },
  ]);
});

test('a cancelled question is aborted in the engine and never answered', async () => {
  const { relay, posted, asked } = bench();
  await relay.receive({ kind: 'ready' });
  const asking = relay.receive({ kind: 'ask', id: 7, method: 'search', ask: {} });
  await relay.receive({ kind: 'cancel', id: 7 });
  expect(asked[0]?.signal?.aborted).toBe(true);
  asked[0]?.refuse(new Error('aborted'));
  await asking;
  expect(posted.map(({ kind }) => kind)).toEqual(['opening', 'opened']);
});

test('closing the editor closes its views in an engine that others may share, then lets the evidence go', async () => {
  const { relay, asked, disposed } = bench();
  await relay.receive({ kind: 'ready' });
  for (const view of [11, 12]) {
    const asking = relay.receive({ kind: 'ask', id: view, method: 'view', ask: {} });
    asked.at(-1)?.answer({ view });
    await asking;
  }
  const closing = relay.receive({ kind: 'ask', id: 99, method: 'closeView', ask: { view: 11 } });
  asked.at(-1)?.answer(null);
  await closing;
  const ending = relay.dispose();
  expect(asked.slice(3).map(({ method, ask }) => ({ method, ask }))).toEqual([{ method: 'closeView', ask: { view: 12 } }]);
  expect(disposed).toEqual([]);
  asked.at(-1)?.answer(null);
  await ending;
  expect(disposed).toEqual(['evidence']);
});

test('evidence that cannot be opened is told with what to do, and can be opened again', async () => {
  let tries = 0;
  const { relay, posted } = bench({
    open: () => {
      tries++;
      return Promise.reject(new Error('audit.log: no read permission'));
    },
  });
  await relay.receive({ kind: 'ready' });
  expect(posted.at(-1)).toMatchObject({ kind: 'failed', failure: { cancelled: false, what: 'audit.log: no read permission' } });
  await relay.receive({ kind: 'openAgain' });
  expect(tries).toBe(2);
});

test('opening again what is open reads it anew: the engine that holds the old is ended first', async () => {
  const { relay, posted, disposed } = bench();
  await relay.receive({ kind: 'ready' });
  await relay.receive({ kind: 'openAgain' });
  expect(disposed).toEqual(['evidence', 'engine']);
  expect(posted.map(({ kind }) => kind)).toEqual(['opening', 'opened', 'opening', 'opened']);
});

test('an opening that the person cancels says so, and is no error', async () => {
  const { relay, posted } = bench({
    open: (signal) => new Promise((_open, refuse) => signal.addEventListener('abort', () => refuse(new Error('Canceled')))),
  });
  const ready = relay.receive({ kind: 'ready' });
  await relay.receive({ kind: 'cancelOpening' });
  await ready;
  expect(posted.at(-1)).toMatchObject({ kind: 'failed', failure: { cancelled: true } });
});

test('an editor that closes while it opens aborts the opening and posts nothing more', async () => {
  let given: AbortSignal | undefined;
  const { relay, posted } = bench({
    open: (signal) => {
      given = signal;
      return new Promise((_open, refuse) => signal.addEventListener('abort', () => refuse(new Error('Canceled'))));
    },
  });
  const ready = relay.receive({ kind: 'ready' });
  await relay.dispose();
  await ready;
  expect(given?.aborted).toBe(true);
  expect(posted.map(({ kind }) => kind)).toEqual(['opening']);
});

test('what lies beside the evidence is offered when the tree is there already', async () => {
  const { relay, posted } = bench({ neighbours: () => Promise.resolve(['auth.log (syslog)']) });
  await relay.receive({ kind: 'ready' });
  expect(posted.slice(1)).toMatchObject([
    { kind: 'opened', neighbours: [] },
    { kind: 'neighbours', names: ['auth.log (syslog)'] },
  ]);
});

test('a folder that cannot be looked into takes nothing from what is open', async () => {
  const { relay, posted, disposed } = bench({ neighbours: () => Promise.reject(new Error('snapshots: permission denied')) });
  await relay.receive({ kind: 'ready' });
  expect(posted.slice(1)).toMatchObject([{ kind: 'opened' }, { kind: 'say', text: 'What else lies beside it could not be looked at: snapshots: permission denied' }]);
  await relay.receive({ kind: 'ready' });
  expect(posted.at(-1)?.kind).toBe('opened');
  expect(disposed).toEqual([]);
});

test('an opening that is cancelled in the moment in which it ends says so, and lets the evidence go', async () => {
  const disposed: string[] = [];
  const evidence = { title: 'audit.log', engine: {} as Engine, summary: SUMMARY, dispose: () => void disposed.push('evidence') };
  const made: Bench = bench({
    async open() {
      await made.relay.receive({ kind: 'cancelOpening' });
      return evidence;
    },
  });
  await made.relay.receive({ kind: 'ready' });
  expect(made.posted.at(-1)).toMatchObject({ kind: 'failed', failure: { cancelled: true } });
  expect(disposed).toEqual(['evidence']);
});

test('an act that fails is told on the page: a file that is gone when its content is opened', async () => {
  const { relay, posted } = bench({ act: () => Promise.reject(new Error('sync.sh: it is gone')) });
  await relay.receive({ kind: 'ready' });
  await relay.receive({ kind: 'openContent', member: 'sync.sh' });
  expect(posted.at(-1)).toEqual({ kind: 'say', text: 'sync.sh: it is gone' });
});

test("a message or a method that is not the page's is refused", async () => {
  const { relay, asked } = bench();
  await relay.receive({ kind: 'ready' });
  for (const bad of [
    undefined,
    'ready',
    { kind: 'eval' },
    { kind: 'ask', id: 1, method: 'hunt', ask: {} },
    { kind: 'ask', id: 1, method: 'open', ask: { sources: ['/etc/shadow'] } },
    { kind: 'ask', method: 'rows', ask: {} },
    { kind: 'copy', text: 5 },
  ]) {
    await expect(relay.receive(bad)).rejects.toThrow('not in its protocol');
  }
  expect(asked).toEqual([]);
});

test('when the evidence is closed elsewhere, the page says so and can open it again', async () => {
  const { relay, posted, disposed } = bench();
  await relay.receive({ kind: 'ready' });
  relay.ended();
  expect(disposed).toEqual(['evidence']);
  expect(posted.at(-1)).toMatchObject({ kind: 'failed', failure: { cancelled: true } });
  await relay.receive({ kind: 'openAgain' });
  expect(posted.at(-1)).toMatchObject({ kind: 'opened', session: 's2' });
});
