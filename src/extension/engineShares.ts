import type { Engine, OpenAsk, Progress, Summary } from '../engine/requests.js';

/** How long an engine that nobody uses is kept: closing and reopening an editor must not read the evidence again. */
export const GRACE_MS = 30_000;

/** One user's hold on a shared engine. Dispose it when done; the engine ends when the last hold and the grace have gone. */
export interface EngineShare {
  readonly engine: Engine;
  readonly summary: Summary;
  dispose(): void;
}

interface Entry {
  readonly engine: Promise<Engine>;
  readonly opening: Promise<Summary>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: Progress) => void>;
  /** Those who wait for the opening and those who hold it. */
  users: number;
  opened: boolean;
  grace: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Engines by evidence set: the first who asks starts one, the others share it. Cancelling one of several who wait for the same opening cancels only
 * that wait; the reading stops when the last one left. A set that failed to open is forgotten, so that the next try reads again.
 */
export class EngineShares {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly startEngine: () => Promise<Engine>,
    private readonly onClosed: (key: string) => void = () => undefined,
    private readonly graceMs: number = GRACE_MS,
  ) {}

  /** Keys of the engines that live, also those in their grace. */
  keys(): readonly string[] {
    return [...this.entries.keys()];
  }

  async acquire(key: string, ask: OpenAsk, options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {}): Promise<EngineShare> {
    options.signal?.throwIfAborted();
    const entry = this.entries.get(key) ?? this.begin(key, ask);
    this.enter(entry);
    const { signal, onProgress } = options;
    if (onProgress) entry.listeners.add(onProgress);
    try {
      const summary = await untilAborted(entry.opening, signal);
      let held = true;
      return {
        engine: await entry.engine,
        summary,
        dispose: () => {
          if (!held) return;
          held = false;
          this.leave(key, entry);
        },
      };
    } catch (error) {
      this.leave(key, entry);
      throw error;
    } finally {
      if (onProgress) entry.listeners.delete(onProgress);
    }
  }

  /** Ends an engine at once, whoever holds it: after its evidence changed, or its worker died. */
  async end(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (entry) await this.close(key, entry);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.entries].map(([key, entry]) => this.close(key, entry)));
  }

  private begin(key: string, ask: OpenAsk): Entry {
    const engine = this.startEngine().then((started) => watched(started, () => void this.end(key)));
    const abort = new AbortController();
    const listeners = new Set<(progress: Progress) => void>();
    const opening = engine.then((started) =>
      started.ask('open', ask, {
        signal: abort.signal,
        onProgress: (progress) => {
          for (const listener of listeners) listener(progress);
        },
      }),
    );
    const entry: Entry = { engine, opening, abort, listeners, users: 0, opened: false, grace: undefined };
    this.entries.set(key, entry);
    opening.then(
      () => (entry.opened = true),
      () => this.close(key, entry),
    );
    return entry;
  }

  private enter(entry: Entry): void {
    entry.users++;
    clearTimeout(entry.grace);
    entry.grace = undefined;
  }

  private leave(key: string, entry: Entry): void {
    entry.users--;
    if (entry.users > 0 || this.entries.get(key) !== entry) return;
    if (entry.opened) entry.grace = setTimeout(() => void this.close(key, entry), this.graceMs);
    else void this.close(key, entry);
  }

  private async close(key: string, entry: Entry): Promise<void> {
    if (this.entries.get(key) !== entry) return;
    this.entries.delete(key);
    clearTimeout(entry.grace);
    entry.abort.abort();
    this.onClosed(key);
    const engine = await entry.engine.catch(() => undefined); // who asked for it was told why it did not start
    await engine?.close();
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/**
 * Tells when an engine has died (its worker ran out of memory): after a question failed, a dead one cannot even say what it holds. Whoever asks next
 * then gets a new engine instead of the same error for ever.
 */
function watched(engine: Engine, died: () => void): Engine {
  return {
    ask: async (method, ask, options) => {
      try {
        return await engine.ask(method, ask, options);
      } catch (error) {
        if (method !== 'open' && !options?.signal?.aborted) engine.ask('summary', {}).catch(died);
        throw error;
      }
    },
    storeReady: () => engine.storeReady(),
    close: () => engine.close(),
  };
}
