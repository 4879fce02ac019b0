import type { Cell, HuntResult } from '../engine/requests.js';
import type { Basis } from '../model/index.js';
import type { CompiledHunt } from './compile.js';
import type { PlanColumn } from './plan.js';
import type { SqlValue } from './sqlFunctions.js';
import type { Statement } from './sqlScope.js';

/** What a hunt needs of a store: every row of a statement, at once. Throws when cancelled (`alive()` throws). */
export interface SqlPort {
  all(sql: string, params: readonly SqlValue[]): readonly (readonly unknown[])[];
}

export interface RunOptions {
  /** Rows to give at most; the total is always counted. */
  readonly limit: number;
  /** Milliseconds now, for `elapsedMs`. */
  readonly now?: () => number;
}

/** A view shows no more rows than this. */
export const MAX_ROWS = 100_000;

/** Runs one compiled hunt. A hunt with errors gives no rows and its diagnostics. Throws what the port throws. */
export function runCompiled(port: SqlPort, compiled: CompiledHunt, options: RunOptions): HuntResult {
  const now = options.now ?? (() => 0);
  const began = now();
  const { plan, query } = compiled;
  const limit = Math.min(options.limit, MAX_ROWS);
  if (plan === undefined || query === undefined) {
    return { columns: [], rows: [], processes: new Int32Array(0), total: 0, truncated: false, undecided: { count: 0, fields: [] }, basis: { observed: 0, derived: 0, inferred: 0 }, view: 'table', diagnostics: compiled.diagnostics, elapsedMs: now() - began };
  }
  const all = (statement: Statement, ...more: SqlValue[]): readonly (readonly unknown[])[] => port.all(statement.sql, [...statement.params, ...more]);
  const counted = plan.undecided === undefined ? undefined : all(plan.undecided)[0]!; // an aggregate gives one row
  const undecided = {
    count: counted === undefined ? 0 : Number(counted[0]),
    fields: plan.wanting.filter((_, at) => Number(counted?.[at + 1] ?? 0) > 0),
  };
  const showsUndecided = query.view.kind === 'undecided';
  const columns = showsUndecided ? plan.undecidedColumns : plan.columns;
  const found = showsUndecided ? (plan.undecidedRows === undefined ? [] : all(plan.undecidedRows, limit)) : all(plan.rows, limit + 1);
  const shown = found.slice(0, limit);
  let total = found.length;
  const basis: Record<Basis, number> = { observed: 0, derived: 0, inferred: 0 };
  if (showsUndecided) total = undecided.count;
  if (!showsUndecided && found.length > limit) {
    const [count, observed, derived, inferred] = all(plan.total)[0]!; // as above
    total = Number(count);
    Object.assign(basis, { observed: Number(observed), derived: Number(derived), inferred: Number(inferred) });
  } else {
    for (const row of shown) {
      const code = row[2] === null ? 0 : Number(row[2]);
      basis[code === 2 ? 'inferred' : code === 1 ? 'derived' : 'observed']++;
    }
  }
  return {
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    rows: shown.map((row) => columns.map((column, at) => cellOf(row[at + 3], column))),
    processes: Int32Array.from(shown, (row) => (row[1] === null || row[1] === undefined ? -1 : Number(row[1]))),
    total,
    truncated: total > shown.length,
    undecided,
    basis,
    view: query.view.kind === 'tree' ? 'tree' : 'table',
    diagnostics: compiled.diagnostics,
    elapsedMs: now() - began,
  };
}

function cellOf(value: unknown, column: PlanColumn): Cell {
  if (value === null || value === undefined) return null;
  if (column.type === 'bool') return Number(value) !== 0;
  if (column.list && typeof value === 'string') return JSON.parse(value) as string[]; // our own json_group_array of texts
  return typeof value === 'number' ? value : textOf(value);
}

/** A value of the store as text, null where absent. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}
