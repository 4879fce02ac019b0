import type { SqlStore } from '../store/index.js';
import type { OpenedSet } from './openSet.js';
import type { HuntAsk, HuntResult, Progress } from './requests.js';

export function huntIn(_set: OpenedSet, _store: SqlStore, _ask: HuntAsk, _call: { readonly signal: AbortSignal | undefined; readonly onProgress: (progress: Progress) => void }): HuntResult {
  throw new Error('hunts are not there yet');
}
