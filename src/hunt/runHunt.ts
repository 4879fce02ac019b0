import type { Basis } from '../model/index.js';
import type { Cell, HuntAsk, HuntResult } from './answers.js';
import { compileHunt, type CompiledHunt, type CompileOptions } from './compile.js';
import { mistake } from './diagnostics.js';
import { failureOf, inStep } from './failure.js';
import type { Table } from './resolve.js';
import { treeOf } from './huntTree.js';
import { loadedStore } from './loadedRecords.js';
import { pastedRule, tellPasted } from './pastedRule.js';
import { allOf, type SqlPort } from './port.js';
import { prepare } from './prepare.js';
import { emptyResult, MAX_ROWS, runCompiled, textOf } from './run.js';
import { SQLITE } from './sqlite.js';
import { Emitter } from './statements.js';

export interface HuntContext extends Pick<CompileOptions, 'catalogue' | 'model' | 'sources' | 'samplesPerKey'> {
  /** Milliseconds now, for `elapsedMs`; without one it is 0. */
  readonly now?: () => number;
}

/** Compiles and runs a hunt in the parent view that is asked for. Throws only when a person cancels it; why else it ended without rows is told (HUNT401 to 403). */
export function runHunt(port: SqlPort, ask: HuntAsk, context: HuntContext = {}): HuntResult {
  const now = context.now ?? (() => 0);
  const began = now();
  const options = optionsOf(port, ask, context);
  let compiled: CompiledHunt | undefined;
  try {
    compiled = compileHunt(ask.text, { ...options, parents: ask.parents === 'created' ? 'created' : 'recorded' });
    // What the editor says of such a text, in place of where its first line is no hunt.
    const pasted = compiled.query === undefined ? pastedRule(ask.text) : undefined;
    if (pasted !== undefined) return emptyResult([tellPasted(ask.text, pasted)], now() - began);
    if (ask.parents === 'difference') return difference(port, ask, context, options, compiled);
    return withTree(port, ask, compiled, runCompiled(port, compiled, { limit: ask.limit, ...(context.now !== undefined && { now: context.now }) }));
  } catch (error) {
    return emptyResult([...(compiled?.diagnostics ?? []), failureOf(error, ask.text.length, compiled)], now() - began);
  }
}

/** What both parent views of a hunt are compiled with. */
function optionsOf(port: SqlPort, ask: HuntAsk, context: HuntContext): CompileOptions {
  const loaded = port.dialect?.name === 'clickhouse' ? loadedStore(port, port.dialect) : undefined;
  const model = context.model ?? loaded?.model;
  return { catalogue: context.catalogue, before: ask.before ?? [], ...(loaded !== undefined && { loaded }), ...(ask.basis !== undefined && { basis: ask.basis }), ...(model !== undefined && { model }), ...(context.sources !== undefined && { sources: context.sources }), ...(context.samplesPerKey !== undefined && { samplesPerKey: context.samplesPerKey }) };
}

function withTree(port: SqlPort, ask: HuntAsk, compiled: CompiledHunt, result: HuntResult): HuntResult {
  const view = compiled.query?.view;
  if (view?.kind !== 'tree') return result;
  const parents = view.tree ?? (ask.parents === 'recorded' ? 'recorded' : 'created');
  return { ...result, tree: inStep('tree', () => treeOf(port, result, { parents, up: view.up, down: view.down })) };
}

/** The rows that only the created tree gives: what the hunt misses because a tree was broken. Each with the edge that differs. */
function difference(port: SqlPort, ask: HuntAsk, context: HuntContext, options: CompileOptions, recorded: CompiledHunt): HuntResult {
  const created = compileHunt(ask.text, { ...options, parents: 'created' });
  const run = (compiled: CompiledHunt): HuntResult => runCompiled(port, compiled, { limit: MAX_ROWS, ...(context.now !== undefined && { now: context.now }) });
  if (created.plan === undefined || recorded.plan === undefined) return run(recorded);
  const table = created.query?.pipes.some((pipe) => pipe.kind === 'count' || pipe.kind === 'fields' || pipe.kind === 'uniqueCount' || pipe.kind === 'stats');
  if (table === true) {
    const wrong = mistake(301, { from: 0, to: ask.text.length }, 'The difference is of rows that are events or lifetimes; leave out count, unique_count, stats and fields.');
    return { ...run({ ...created, plan: undefined }), diagnostics: [wrong] };
  }
  const before = new Set(idsOf(port, recorded));
  const ids = idsOf(port, created);
  const after = run(created);
  const onlyCreated = after.rows.flatMap((row, at) => (before.has(ids[at]!) ? [] : [{ row, id: ids[at]!, process: after.processes[at]!, basis: after.bases[at]! }]));
  const shown = onlyCreated.slice(0, ask.limit);
  const isMachine = created.plan.machine !== undefined;
  // Of a sequence the edge of the process of its last event is shown.
  const edges = edgesOf(port, isMachine ? 'process' : created.plan.input.table, shown.map((item) => (typeof item.id === 'number' ? item.id : item.process)));
  const edgeOf = (item: (typeof shown)[number]): Cell[] | undefined => edges.get(typeof item.id === 'number' ? item.id : item.process);
  const result: HuntResult = {
    ...after,
    columns: [...after.columns, { name: 'recorded parent', type: 'text' }, { name: 'creator', type: 'text' }, { name: 'creator basis', type: 'text' }],
    rows: shown.map((item) => [...item.row, ...(edgeOf(item) ?? [null, null, null])]),
    processes: Int32Array.from(shown, (item) => item.process),
    total: onlyCreated.length,
    truncated: onlyCreated.length > shown.length,
    basis: countBases(onlyCreated.map((item) => item.basis)),
    bases: shown.map((item) => item.basis),
    diagnostics: recorded.diagnostics,
  };
  return withTree(port, ask, created, result);
}

/** What stands for each row in both runs: its id, or the events of a sequence. */
function idsOf(port: SqlPort, compiled: CompiledHunt): (number | string)[] {
  const plan = compiled.plan!; // the caller saw one
  const { dialect, given, found } = prepare(port, plan);
  const rows = inStep('rows', () => allOf(port, new Emitter(plan, dialect, given).statements().rows(MAX_ROWS)));
  return rows.map((row) => (found === undefined ? Number(row[0]) : (found[Number(row[0])]?.events.join(' ') ?? '')));
}

function countBases(bases: readonly Basis[]): HuntResult['basis'] {
  const count = (basis: Basis): number => bases.filter((one) => one === basis).length;
  return { observed: count('observed'), derived: count('derived'), inferred: count('inferred') };
}

function edgesOf(port: SqlPort, table: Table, ids: readonly number[]): Map<number, Cell[]> {
  const found = new Map<number, Cell[]>();
  const dialect = port.dialect ?? SQLITE;
  const word = (alias: string): string => `coalesce(${dialect.textOf(`${alias}.name_s`)}, '?') || ' ' || ${alias}.pid`;
  const rows = table === 'event' ? 'event r LEFT JOIN process p ON p.id = r.process LEFT JOIN process a ON a.id = r.parent' : 'process r JOIN process p ON p.id = r.id LEFT JOIN process a ON a.id = p.parent';
  for (let at = 0; at < ids.length; at += 500) {
    const params = dialect.parameters();
    const some = ids.slice(at, at + 500).map((id) => params.add(id)).join(', ');
    const statement = params.statement( `SELECT r.id, ${word('a')}, ${word('c')}, CASE p.creator_basis WHEN 0 THEN 'observed' WHEN 1 THEN 'derived' WHEN 2 THEN 'inferred' END
      FROM ${rows} LEFT JOIN process c ON c.id = p.creator WHERE ${dialect.alive('r')} AND r.id IN (${some})`);
    for (const [id, ...edge] of allOf(port, statement)) found.set(Number(id), edge.map(textOf));
  }
  return found;
}
