import type { Engine, Progress, Summary } from '../../engine/requests.js';
import { messageFromPage, type FromPage, type Preferences, type ToPage } from '../../../webview/shared/protocol.js';
import { pack } from '../../../webview/shared/wire.js';

/** Evidence that was opened for a page. */
export interface PageEvidence {
  readonly title: string;
  readonly engine: Engine;
  readonly summary: Summary;
  dispose(): void;
}

/** What a relay needs of VS Code; tests fill it by hand. */
export interface RelayPorts {
  readonly title: string;
  readonly preferences: Preferences;
  post(message: unknown): void;
  open(signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<PageEvidence>;
  /** Ends what was opened, also for others: opening it again must read it again, not find what failed. */
  forget(): Promise<void>;
  /** Names of other evidence beside what was opened. */
  neighbours(): Promise<readonly string[]>;
  /** Acts that are VS Code's: copy, open elsewhere, show the log. Answers what to say about it, if anything. */
  act(message: Extract<FromPage, { kind: 'copy' | 'openAsText' | 'openNeighbours' | 'showLog' | 'openHunt' | 'openContent' }>): Promise<string | undefined>;
  /** Writes a verdict into the case; answers what to say, and whether it stands. */
  decide(message: Extract<FromPage, { kind: 'decide' }>): Promise<{ readonly says: string; readonly isWritten: boolean }>;
  /** An act of VS Code on a process; answers what to say, and whether a verdict was written. Undefined: the person gave up. */
  onProcess(message: Extract<FromPage, { kind: 'onProcess' }>): Promise<{ readonly says: string; readonly isWritten: boolean } | undefined>;
  /** Keeps a pin or a word in the case; answers what became of it. */
  note(message: Extract<FromPage, { kind: 'note' }>): Promise<{ readonly says: string; readonly isKept: boolean; readonly needsCase: boolean }>;
  isCancellation(error: unknown): boolean;
  newSession(): string;
}

/** Joins one page to the engine of its evidence. It outlives the page, which VS Code throws away while the editor is hidden. */
export interface Relay {
  /** Throws on a message that is none of ours: that is our mistake. */
  receive(message: unknown): Promise<void>;
  /** Posts something that no page asked for. */
  post(message: ToPage): void;
  /** More is known of the evidence: its files were hashed. */
  summarised(summary: Summary): void;
  /** The engine was ended by somebody else. */
  ended(): void;
  dispose(): Promise<void>;
}

type Standing =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly abort: AbortController; progress: Progress | undefined }
  | { readonly kind: 'open'; evidence: PageEvidence; readonly session: string; neighbours: readonly string[] }
  | { readonly kind: 'failed'; readonly message: Extract<ToPage, { kind: 'failed' }> };

export function createRelay(ports: RelayPorts): Relay {
  const asks = new Map<number, AbortController>();
  const views = new Set<number>();
  let standing: Standing = { kind: 'none' };
  let disposed = false;
  const post = (message: ToPage): void => {
    if (!disposed) ports.post(pack(message));
  };

  function leaveAsks(): void {
    for (const abort of asks.values()) abort.abort();
    asks.clear();
  }

  function opened(): void {
    if (standing.kind !== 'open') return;
    const { evidence, session, neighbours } = standing;
    post({ kind: 'opened', session, title: evidence.title, summary: evidence.summary, neighbours, preferences: ports.preferences });
  }

  async function open(): Promise<void> {
    const opening: Extract<Standing, { kind: 'opening' }> = { kind: 'opening', abort: new AbortController(), progress: undefined };
    standing = opening;
    post({ kind: 'opening', title: ports.title, progress: undefined });
    try {
      const evidence = await ports.open(opening.abort.signal, (progress) => {
        opening.progress = progress;
        post({ kind: 'opening', title: ports.title, progress });
      });
      if (disposed || opening.abort.signal.aborted) evidence.dispose();
      if (disposed) return;
      opening.abort.signal.throwIfAborted(); // cancelled in the moment in which it was open: the page waits for a word
      views.clear();
      standing = { kind: 'open', evidence, session: ports.newSession(), neighbours: [] };
      opened();
      await offerNeighbours(standing);
    } catch (error) {
      const cancelled = opening.abort.signal.aborted || ports.isCancellation(error);
      const what = cancelled ? 'The opening was cancelled.' : failureText(error);
      const remedy = cancelled
        ? 'Nothing was changed. Open it again when you want to.'
        : 'Check that the file is there and may be read, then open it again. The log says more.';
      fail({ cancelled, what, remedy });
    }
  }

  function fail(failure: { cancelled: boolean; what: string; remedy: string }): void {
    const message = { kind: 'failed', title: ports.title, failure } as const;
    standing = { kind: 'failed', message };
    post(message);
  }

  /** Looking beside the evidence takes a moment: the tree is there first. */
  async function offerNeighbours(open: Extract<Standing, { kind: 'open' }>): Promise<void> {
    const names = await ports.neighbours().catch((error: unknown) => {
      // The tree stands without them.
      post({ kind: 'say', text: `What else lies beside it could not be looked at: ${failureText(error)}` });
      return [];
    });
    if (names.length === 0 || standing !== open) return;
    open.neighbours = names;
    post({ kind: 'neighbours', names });
  }

  async function ask(message: Extract<FromPage, { kind: 'ask' }>): Promise<void> {
    const { id, method } = message;
    if (standing.kind !== 'open') {
      post({ kind: 'answer', id, error: 'The evidence is not open.' });
      return;
    }
    const abort = new AbortController();
    asks.set(id, abort);
    try {
      // The union of questions is wider than one method's: the page's types tie both.
      const answer = await standing.evidence.engine.ask(method, message.ask, { signal: abort.signal });
      if (method === 'view') views.add((answer as { view: number }).view);
      if (method === 'closeView') views.delete(message.ask.view);
      if (!abort.signal.aborted) post({ kind: 'answer', id, method, ok: answer } as ToPage);
    } catch (error) {
      if (!abort.signal.aborted) post({ kind: 'answer', id, error: failureText(error) });
    } finally {
      if (asks.get(id) === abort) asks.delete(id);
    }
  }

  return {
    async receive(value) {
      const message = messageFromPage(value);
      if (!message) throw new Error('The tree page sent a message that is not in its protocol.');
      switch (message.kind) {
        case 'ready':
          // A new page: the old one's questions are nobody's any more.
          leaveAsks();
          if (standing.kind === 'none') await open();
          else if (standing.kind === 'opening') post({ kind: 'opening', title: ports.title, progress: standing.progress });
          else if (standing.kind === 'failed') post(standing.message);
          else opened();
          return;
        case 'ask':
          return ask(message);
        case 'cancel':
          asks.get(message.id)?.abort();
          asks.delete(message.id);
          return;
        case 'cancelOpening':
          if (standing.kind === 'opening') standing.abort.abort();
          return;
        case 'openAgain':
          if (standing.kind === 'opening') return;
          if (standing.kind === 'open') {
            leaveAsks();
            standing.evidence.dispose();
            await ports.forget();
          }
          await open();
          return;
        case 'decide':
        case 'onProcess': {
          const acting = message.kind === 'decide' ? ports.decide(message) : ports.onProcess(message);
          const done = await acting.catch((error: unknown) => ({ says: failureText(error), isWritten: false }));
          if (done) post({ kind: 'say', text: done.says });
          return;
        }
        case 'note': {
          const { notes, makeCase } = message;
          // A case that could not be made may be made elsewhere: what was typed waits for it.
          const done = await ports.note(message).catch((error: unknown) => ({ says: failureText(error), isKept: false, needsCase: makeCase }));
          post({ kind: 'noted', notes, ...done });
          return;
        }
        default: {
          const said = await ports.act(message).catch(failureText);
          if (said !== undefined) post({ kind: 'say', text: said });
        }
      }
    },
    post,
    summarised(summary) {
      if (standing.kind !== 'open' || standing.evidence.summary === summary) return;
      const held = standing.evidence;
      standing.evidence = { title: held.title, engine: held.engine, summary, dispose: () => held.dispose() };
      post({ kind: 'summary', summary });
    },
    ended() {
      if (standing.kind !== 'open') return;
      leaveAsks();
      standing.evidence.dispose();
      fail({ cancelled: true, what: 'The evidence was closed.', remedy: 'Open it again to go on.' });
    },
    async dispose() {
      disposed = true;
      leaveAsks();
      if (standing.kind === 'opening') standing.abort.abort();
      if (standing.kind !== 'open') return;
      const { evidence } = standing;
      // An engine that is shared lives on: what this page made in it must not.
      await Promise.allSettled([...views].map((view) => evidence.engine.ask('closeView', { view })));
      evidence.dispose();
    },
  };
}

function failureText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
