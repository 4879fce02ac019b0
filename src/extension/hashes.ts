import * as vscode from 'vscode';
import type { Engine, Summary } from '../engine/requests.js';

const LOOK_AGAIN_MS = 250;

/**
 * The summary once every file was hashed and compared with what the case states; that is done behind the store. `say` hears what is waited for.
 * A store that cannot be filled is the failure of whoever asks it: the files are hashed all the same. Rejects when the engine ends, and when `signal` is aborted.
 */
export async function untilHashed(engine: Engine, { signal, say }: { signal?: AbortSignal; say?: (message: string) => void } = {}): Promise<Summary> {
  const options = signal === undefined ? {} : { signal };
  say?.(vscode.l10n.t('filling the store'));
  const tried = engine.storeReady().catch(() => undefined);
  await (signal ? Promise.race([tried, aborted(signal)]) : tried);
  say?.(vscode.l10n.t('hashing the evidence'));
  for (;;) {
    const summary = await engine.ask('summary', {}, options);
    if (summary.hashed === true) return summary;
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    signal?.throwIfAborted();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
