import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine, Progress, Summary } from '../../../src/engine/requests.js';
import { EngineShares, GRACE_MS } from '../../../src/extension/engineShares.js';

const summary: Summary = { evidence: [], hosts: [], processes: 1, orphans: 0, observations: 1, from: 0, to: 1, storeReady: false };

/** An engine whose opening the test ends, and which says whether it was closed. */
class FakeEngine implements Engine {
  closed = false;
  signal: AbortSignal | undefined;
  progress: (progress: Progress) => void = () => undefined;
  opened: (summary: Summary) => void = () => undefined;
  failed: (error: Error) => void = () => undefined;
  readonly ask = ((_method: string, _ask: unknown, options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {}) => {
    this.signal = options.signal;
    this.progress = options.onProgress ?? this.progress;
    return new Promise<Summary>((resolve, reject) => {
      this.opened = resolve;
      this.failed = reject;
    });
  }) as Engine['ask'];
  storeReady = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => {
    this.closed = true;
    return Promise.resolve();
  };
}

let started: FakeEngine[];
let closedKeys: string[];
let shares: EngineShares;
const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  closedKeys = [];
  shares = new EngineShares(
    () => {
      const engine = new FakeEngine();
      started.push(engine);
      return Promise.resolve(engine);
    },
    (key) => closedKeys.push(key),
  );
});
afterEach(() => vi.useRealTimers());

test('two who ask for the same set share one engine, and it ends a grace after the last one left', async () => {
  const both = [shares.acquire('k', { sources: ['a'] }), shares.acquire('k', { sources: ['a'] })];
  await turn();
  started[0]?.opened(summary);
  const [first, second] = await Promise.all(both);
  expect(started).toHaveLength(1);
  expect(first?.engine).toBe(second?.engine);
  first?.dispose();
  first?.dispose();
  await vi.advanceTimersByTimeAsync(GRACE_MS);
  expect(started[0]?.closed).toBe(false);
  second?.dispose();
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  expect(started[0]?.closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(started[0]?.closed).toBe(true);
  expect(closedKeys).toEqual(['k']);
});

test('who comes back within the grace gets the same engine', async () => {
  const opening = shares.acquire('k', { sources: [] });
  await turn();
  started[0]?.opened(summary);
  (await opening).dispose();
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  const again = await shares.acquire('k', { sources: [] });
  await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
  expect(started).toHaveLength(1);
  expect(again.summary).toBe(summary);
  expect(started[0]?.closed).toBe(false);
});

test('one who cancels leaves the opening to the others; when all have left, reading stops', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const first = shares.acquire('k', { sources: [] }, { signal: one.signal });
  const second = shares.acquire('k', { sources: [] }, { signal: other.signal });
  await turn();
  one.abort();
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  expect(started[0]?.signal?.aborted).toBe(false);
  other.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  await turn();
  expect(started[0]?.signal?.aborted).toBe(true);
  expect(started[0]?.closed).toBe(true);
});

test('a set that failed to open is read again by the next who asks', async () => {
  const opening = shares.acquire('k', { sources: [] });
  await turn();
  started[0]?.failed(new Error('audit.log: no permission'));
  await expect(opening).rejects.toThrow('no permission');
  await turn();
  expect(shares.keys()).toEqual([]);
  void shares.acquire('k', { sources: [] });
  await turn();
  expect(started).toHaveLength(2);
});

test('progress reaches all who wait, and nobody afterwards', async () => {
  const seen: string[] = [];
  const opening = [1, 2].map((who) => shares.acquire('k', { sources: [] }, { onProgress: ({ what }) => seen.push(`${who} ${what}`) }));
  await turn();
  started[0]?.progress({ what: 'reading', done: 1, total: 2 });
  started[0]?.opened(summary);
  await Promise.all(opening);
  started[0]?.progress({ what: 'late', done: 2, total: 2 });
  expect(seen).toEqual(['1 reading', '2 reading']);
});

test('ending everything closes every engine', async () => {
  for (const key of ['a', 'b']) {
    const opening = shares.acquire(key, { sources: [] });
    await turn();
    started.at(-1)?.opened(summary);
    await opening;
  }
  await shares.dispose();
  expect(started.map((engine) => engine.closed)).toEqual([true, true]);
});

test('an engine that died is replaced for the next who asks; one that only refused a question stays', async () => {
  const opening = shares.acquire('k', { sources: [] });
  await turn();
  started[0]?.opened(summary);
  const { engine } = await opening;
  const refused = engine.ask('details', { process: 99 });
  const expected = expect(refused).rejects.toThrow('no such process');
  started[0]?.failed(new Error('no such process'));
  await expected;
  started[0]?.opened(summary);
  await turn();
  expect(shares.keys()).toEqual(['k']);

  const lost = expect(engine.ask('details', { process: 1 })).rejects.toThrow('out of memory');
  started[0]?.failed(new Error('out of memory'));
  await lost;
  started[0]?.failed(new Error('out of memory'));
  await turn();
  expect(shares.keys()).toEqual([]);
});
