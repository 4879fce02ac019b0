import { type EvidenceField, runHunt, SQL_FUNCTIONS } from '../hunt/index.js';
import type { SqlStore } from '../store/index.js';
import type { Catalogue, HuntAsk, HuntResult, Progress } from './requests.js';

/** A hunt that nobody cancels ends after this (HUNT 13). */
const TIME_LIMIT_MS = 60_000;

/** Makes the functions that emitted SQL calls known to a store. Once. */
export function registerHuntFunctions(store: SqlStore): void {
  for (const { name, implementation } of SQL_FUNCTIONS) store.register(name, implementation);
}

/** Who waits for a hunt, and what is known of the set. */
export interface HuntCall {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
  readonly catalogue: Catalogue | undefined;
  /** Fields of records, where the hunt names some: their values are in the store. */
  readonly evidence?: readonly EvidenceField[] | undefined;
  /** Rows of the largest table: what progress counts towards. */
  readonly rows: number;
}

/** Compiles and runs a hunt. What is wrong with its text is in the diagnostics; cancelling throws an AbortError. */
export function huntIn(store: SqlStore, ask: HuntAsk, call: HuntCall): HuntResult {
  const { rows, signal, evidence } = call;
  const catalogue = evidence === undefined ? call.catalogue : { sources: [], fields: [], ...call.catalogue, evidence };
  const watch = {
    cancelled: () => signal?.aborted ?? false,
    onRows: (done: number) => call.onProgress({ what: 'hunting', done: Math.min(done, rows), total: rows }),
    deadlineMs: performance.now() + TIME_LIMIT_MS,
  };
  return store.watched(watch, () => runHunt({ all: (sql, params) => [...store.query(sql, params)], each: (sql, params) => store.query(sql, params) }, ask, { catalogue, now: () => performance.now() }));
}
