import * as vscode from 'vscode';
import type { Engine, Progress, Summary } from '../engine/requests.js';
import { visibleText } from '../../webview/shared/text.js';
import { CONTEXT } from './ids.js';
import { EngineShares } from './engineShares.js';
import { evidenceSetFor, type EvidenceSetChoice } from './evidenceSets.js';
import { abortOf } from './cancellation.js';
import { untilHashed } from './hashes.js';
import type { Log } from './log.js';
import { plain } from './plain.js';

/** An evidence set that is open, held by one user (an editor, a notebook). Dispose it when that user closes. */
export interface OpenSet extends vscode.Disposable {
  /** The same for all who share the engine. */
  readonly key: string;
  /** What a person calls it: the case's title, or the name of the file or folder. */
  readonly title: string;
  /** The case's folder, if the set is a case. */
  readonly caseFolder: vscode.Uri | undefined;
  /** The file that was asked for, where it is one of the case's: editors begin with it. */
  readonly focus: vscode.Uri | undefined;
  readonly engine: Engine;
  readonly summary: Summary;
}

/** What the rest of the extension may know of a set that is open, without holding it. */
export interface KnownSet {
  readonly key: string;
  readonly title: string;
  readonly caseFolder: vscode.Uri | undefined;
  readonly sources: readonly vscode.Uri[];
  readonly engine: Engine;
  /** As it was opened; later as it is once the files were hashed and compared with what the case states. */
  readonly summary: Summary;
}

export interface Engines extends vscode.Disposable {
  /**
   * Opens what a file, a folder or a case belongs to (the nearest `case.foundling.json` decides), or shares it if it is open. Shows progress that can
   * be cancelled. Rejects with an Error whose message is fit to show; with a vscode.CancellationError when cancelled.
   */
  open(
    resources: readonly vscode.Uri[],
    options?: { token?: vscode.CancellationToken; onProgress?: (progress: Progress) => void; exactly?: boolean },
  ): Promise<OpenSet>;
  /** The sets that live now, in order of opening. */
  readonly sets: readonly KnownSet[];
  /** A set was opened or ended, or its files were hashed. */
  readonly onDidChange: vscode.Event<void>;
  /** Ends a set at once. */
  end(key: string): Promise<void>;
}

/** How long an opening may take before its progress is shown: what is there at once needs no notification. */
const QUIET_MS = 400;

export function createEngines(startEngine: () => Promise<Engine>, log: Log): Engines {
  const known = new Map<string, KnownSet>();
  const changed = new vscode.EventEmitter<void>();
  const announce = (): void => {
    void vscode.commands.executeCommand('setContext', CONTEXT.hasEvidence, known.size > 0);
    changed.fire();
  };
  const shares = new EngineShares(startEngine, (key) => {
    if (known.delete(key)) announce();
  });

  /** Whether evidence is what the case says is known only later: whoever shows the set is told then. */
  async function hashedBehind(key: string, engine: Engine): Promise<void> {
    const isKnown = (): boolean => known.get(key)?.engine === engine; // of a set that was closed nothing is left to say
    engine.storeReady().catch((error: unknown) => isKnown() && log.error(error instanceof Error ? error : String(error)));
    try {
      const summary = await untilHashed(engine);
      const set = known.get(key);
      if (set?.engine !== engine) return;
      known.set(key, { ...set, summary });
      announce();
    } catch (error) {
      if (isKnown()) log.error(error instanceof Error ? error : String(error));
    }
  }

  return {
    get sets() {
      return [...known.values()];
    },
    onDidChange: changed.event,
    end: (key) => shares.end(key),
    async open(resources, options = {}) {
      const choice = await evidenceSetFor(resources, options.exactly ?? false);
      const share = await whileShown(choice, options, (signal, onProgress) =>
        shares.acquire(choice.key, { sources: choice.sources.map(sourceOf) }, { signal, onProgress }),
      );
      const title = share.summary.title ?? choice.title;
      if (!known.has(choice.key)) {
        log.info(`opened ${visibleText(title)}: ${share.summary.processes} processes, ${share.summary.orphans} orphans, ${share.summary.evidence.length} evidence entries`);
        known.set(choice.key, { key: choice.key, title, caseFolder: choice.caseFolder, sources: choice.sources, engine: share.engine, summary: share.summary });
        announce();
        void hashedBehind(choice.key, share.engine);
      }
      return { ...choice, title, engine: share.engine, summary: share.summary, dispose: () => share.dispose() };
    },
    dispose() {
      changed.dispose();
      void shares.dispose();
    },
  };
}

/** The engine reads `file:` resources by path; anything else keeps its URI, which the engine refuses by name. */
function sourceOf(resource: vscode.Uri): string {
  return resource.scheme === 'file' ? resource.fsPath : resource.toString();
}

async function whileShown<T>(
  choice: EvidenceSetChoice,
  options: { token?: vscode.CancellationToken; onProgress?: (progress: Progress) => void },
  work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const abort = abortOf(options.token);
  let show: (progress: Progress) => void = () => undefined;
  const working = work(abort.signal, (progress) => {
    options.onProgress?.(progress);
    show(progress);
  });
  const quiet = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: plain(vscode.l10n.t('Opening {0}', choice.title)), cancellable: true },
      async (report, token) => {
        const cancelled = token.onCancellationRequested(() => abort.abort());
        let shown = 0;
        show = ({ what, done, total }) => {
          const percent = total > 0 ? Math.min(100, (100 * done) / total) : 0;
          report.report({ message: plain(what),  increment: Math.max(0, percent - shown) });
          shown = Math.max(shown, percent);
        };
        // The one who asked shows the error; here only the end matters.
        await working.then(
          () => undefined,
          () => undefined,
        );
        cancelled.dispose();
      },
    );
  }, QUIET_MS);
  try {
    return await working;
  } catch (error) {
    if (abort.signal.aborted) throw new vscode.CancellationError();
    throw error;
  } finally {
    clearTimeout(quiet);
    abort.dispose();
  }
}
