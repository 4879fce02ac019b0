import type { Cell, HuntResult } from './answers.js';
import { BASES, type Basis } from '../model/index.js';
import type { CompiledHunt } from './compile.js';
import type { Statements } from './emitted.js';
import { inStep } from './failure.js';
import { explainPlan } from './explain.js';
import type { MachineOptions } from './machine.js';
import type { Found } from './machineKeys.js';
import type { MadeColumn } from './bound.js';
import { observationsOf } from './observations.js';
import { allOf, type SqlPort } from './port.js';
import { prepare } from './prepare.js';
import type { Table } from './resolve.js';
import { Emitter } from './statements.js';

export interface RunOptions extends MachineOptions {
  /** Rows to give at most; the total is always counted. */
  readonly limit: number;
  /** Milliseconds now, for `elapsedMs`. */
  readonly now?: () => number;
}

/** A view shows no more rows than this. */
export const MAX_ROWS = 100_000;

const NO_BASIS: Readonly<Record<Basis, number>> = { observed: 0, derived: 0, inferred: 0 };

/** A result without rows. */
export function emptyResult(diagnostics: HuntResult['diagnostics'], elapsedMs: number): HuntResult {
  return { columns: [], rows: [], processes: new Int32Array(0), total: 0, truncated: false, undecided: { count: 0, fields: [] }, basis: NO_BASIS, bases: [], view: 'table', diagnostics, elapsedMs };
}

/** Runs one compiled hunt. A hunt with errors gives no rows and its diagnostics. Throws what `failure.ts` tells: what the port throws, with its step, and {@link TooManyPending}. */
export function runCompiled(port: SqlPort, compiled: CompiledHunt, options: RunOptions): HuntResult {
  const now = options.now ?? (() => 0);
  const began = now();
  const { plan } = compiled;
  const limit = Math.min(options.limit, MAX_ROWS);
  if (plan === undefined) return emptyResult(compiled.diagnostics, now() - began);
  const prepared = prepare(port, plan, options);
  const emitter = new Emitter(plan, prepared.dialect, prepared.given);
  const unsure = emitter.undecided();
  const counted = unsure === undefined ? undefined : inStep('undecided rows', () => allOf(port, unsure.count)[0]!); // an aggregate gives one row
  const undecided = {
    count: counted === undefined ? 0 : Number(counted[0]),
    fields: unsure?.wanting.filter((_, at) => Number(counted?.[at + 1] ?? 0) > 0) ?? [],
  };
  const rest = { undecided, diagnostics: compiled.diagnostics };
  if (plan.view.kind === 'undecided') {
    const rows = unsure === undefined ? [] : inStep('undecided rows', () => allOf(port, unsure.rows(limit)));
    return { ...shownRows(rows, unsure?.columns ?? [], plan.decided[0]?.rows.table ?? 'event', undefined), total: undecided.count, truncated: undecided.count > rows.length, basis: NO_BASIS, bases: [], view: 'table', ...rest, elapsedMs: now() - began };
  }
  if (plan.view.kind === 'explain') return { ...inStep('explain', () => explainPlan(port, plan, prepared)), basis: NO_BASIS, bases: [], view: 'table', ...rest, elapsedMs: now() - began };
  const statements = emitter.statements();
  const found = inStep('rows', () => allOf(port, statements.together?.(limit) ?? statements.rows(limit + 1)));
  const shown = found.slice(0, limit);
  const { total, basis } = statements.together !== undefined ? countsIn(found[0]?.at(-1)) : inStep('count of rows', () => countRows(port, statements, found, limit));
  const rows = { ...shownRows(shown, statements.columns, plan.input.table, prepared.found), bases: shown.map(weakestOf) };
  if (plan.view.kind === 'evidence') return { ...inStep('evidence', () => observationsOf(port, prepared.dialect, rows, limit)), basis, view: 'table', ...rest, elapsedMs: now() - began };
  const view = plan.view.kind === 'tree' || plan.view.kind === 'timeline' || plan.view.kind === 'chart' ? plan.view.kind : 'table';
  return { ...rows, total, truncated: total > shown.length, basis, view, ...rest, elapsedMs: now() - began };
}

/** What stands at the end of each row where the rows were counted with them; without rows there are none. */
function countsIn(cell: unknown): { total: number; basis: Record<Basis, number> } {
  const [total = 0, observed = 0, derived = 0, inferred = 0] = typeof cell === 'string' ? (JSON.parse(cell) as number[]) : [];
  return { total, basis: { observed, derived, inferred } };
}

/** How many rows there are and on what they rest: counted by the store where not all of them were fetched. */
function countRows(port: SqlPort, statements: Statements, found: readonly (readonly unknown[])[], limit: number): { total: number; basis: Record<Basis, number> } {
  if (found.length > limit) {
    const [count, observed, derived, inferred] = allOf(port, statements.total)[0]!; // an aggregate gives one row
    return { total: Number(count), basis: { observed: Number(observed), derived: Number(derived), inferred: Number(inferred) } };
  }
  const basis: Record<Basis, number> = { observed: 0, derived: 0, inferred: 0 };
  for (const row of found) basis[weakestOf(row)]++;
  return { total: found.length, basis };
}

/** On what a row of `Statements.rows` rests; what used no lineage rests on its records. */
function weakestOf(row: readonly unknown[]): Basis {
  return BASES[Number(row[2] ?? 0)] ?? 'observed';
}

function shownRows(rows: readonly (readonly unknown[])[], columns: readonly MadeColumn[], table: Table, found: readonly Found[] | undefined): Pick<HuntResult, 'columns' | 'rows' | 'processes' | 'events'> {
  return {
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    rows: rows.map((row) => columns.map((column, at) => cellOf(row[at + 3], column))),
    processes: Int32Array.from(rows, (row) => (row[1] === null || row[1] === undefined ? -1 : Number(row[1]))),
    ...(table !== 'process' && { events: rows.map((row) => (row[0] === null ? [] : found === undefined ? [Number(row[0])] : (found[Number(row[0])]?.events ?? []))) }),
  };
}

export function cellOf(value: unknown, column: MadeColumn): Cell {
  if (value === null || value === undefined) return null;
  if (column.type === 'bool') return Number(value) !== 0;
  if (column.list && typeof value === 'string') return JSON.parse(value) as string[]; // our own json_group_array of texts
  return typeof value === 'number' ? value : textOf(value);
}

/** A value of the store as text, null where absent. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}
