import { compileHunt, type CompiledHunt, runCompiled, SQL_FUNCTIONS, type SqlPort } from '../hunt/index.js';
import type { SqlStore } from '../store/index.js';
import { huntTree } from './huntTree.js';
import type { OpenedSet } from './openSet.js';
import type { Catalogue, HuntAsk, HuntResult, Progress } from './requests.js';

/** A hunt that nobody cancels ends after this (HUNT 13). */
const TIME_LIMIT_MS = 60_000;

/** Functions that emitted SQL calls, made known to a store once. */
export function registerHuntFunctions(store: SqlStore): void {
  for (const { name, implementation } of SQL_FUNCTIONS) store.register(name, implementation);
}

/** Compiles and runs a hunt. What is wrong with its text is in the diagnostics; cancelling throws an AbortError. */
export function huntIn(set: OpenedSet, store: SqlStore, ask: HuntAsk, call: { readonly signal: AbortSignal | undefined; readonly onProgress: (progress: Progress) => void }, catalogue: Catalogue | undefined): HuntResult {
  const total = set.observations;
  const watch = {
    cancelled: () => call.signal?.aborted ?? false,
    onRows: (rows: number) => call.onProgress({ what: 'hunting', done: Math.min(rows, total), total }),
    deadlineMs: performance.now() + TIME_LIMIT_MS,
  };
  return store.watched(watch, () => {
    const port: SqlPort = { all: (sql, params) => [...store.query(sql, params)] };
    const compile = (parents: 'recorded' | 'created'): CompiledHunt => compileHunt(ask.text, { parents, ...(ask.basis === undefined ? {} : { basis: ask.basis }), ...(catalogue === undefined ? {} : { catalogue }) });
    const compiled = compile(ask.parents === 'created' ? 'created' : 'recorded');
    const result = ask.parents === 'difference' ? difference(port, compiled, compile('created'), ask) : runCompiled(port, compiled, { limit: ask.limit, now: () => performance.now() });
    const view = compiled.query?.view;
    return view?.kind === 'tree' ? { ...result, tree: huntTree(set, result.processes, { tree: view.tree ?? 'created', up: view.up, down: view.down }) } : result;
  });
}

/** The rows that only the created tree gives: what a rule misses because a tree was broken (HUNT 8). */
function difference(port: SqlPort, recorded: CompiledHunt, created: CompiledHunt, ask: HuntAsk): HuntResult {
  const now = (): number => performance.now();
  if (recorded.plan === undefined || created.plan === undefined) return runCompiled(port, recorded, { limit: ask.limit, now });
  const { rows } = created.plan;
  const known = new Set(port.all(recorded.plan.rows.sql, [...recorded.plan.rows.params, Number.MAX_SAFE_INTEGER]).map(rowKey));
  const others = port.all(rows.sql, [...rows.params, Number.MAX_SAFE_INTEGER]).filter((row) => !known.has(rowKey(row)));
  // runCompiled asks for one row more than its limit, to know whether there are more; it is given those of the difference.
  const filtered: SqlPort = { all: (sql, params) => (sql === rows.sql ? others : port.all(sql, params)) };
  const result = runCompiled(filtered, created, { limit: Math.max(others.length, 1), now });
  const shown = Math.min(ask.limit, others.length);
  return { ...result, rows: result.rows.slice(0, shown), processes: result.processes.slice(0, shown), total: others.length, truncated: shown < others.length };
}

/** The id of a row; of a table made by a pipe, whose rows have none, its values. */
function rowKey(row: readonly unknown[]): string {
  return row[0] === null || row[0] === undefined ? JSON.stringify(row.slice(3)) : String(row[0]);
}
