import type { BindContext, MadeColumns } from './bindContext.js';
import { bindCondition, bindExpression } from './bindExpression.js';
import { walkBound, type Bound, type BoundColumn, type BoundPipe, type BoundQuery, type BoundSource, type View } from './bound.js';
import { mistake } from './diagnostics.js';
import { PIPE_SYNTAX } from './pipes.js';
import type { Expr, Pipe, PipeArg, Query } from './tree.js';

/** After a pipe that makes a table, only these may follow (HUNT section 8). */
const AFTER_TABLE = new Set(['filter', 'sort', 'head', 'tail', 'table', 'chart']);

/** Binds the pipes of a query, the view at their end, and the columns that are shown. */
export function bindPipes(query: Query, source: BoundSource, context: BindContext): Pick<BoundQuery, 'pipes' | 'view' | 'columns'> {
  const pipes: BoundPipe[] = [];
  let view: View = { kind: 'table' };
  let made: MadeColumns | undefined;
  let isLost = false; // after a pipe that does not run, nobody knows the columns
  query.pipes.forEach((pipe, at) => {
    const row = PIPE_SYNTAX.get(pipe.name);
    if (row === undefined) isLost = true; // told by the parser
    if (row === undefined || isLost) return;
    const here: BindContext = { ...context, made };
    if (!row.runs) {
      context.diagnostics.push(mistake(390, pipe.nameRange, `The pipe ${pipe.name} is not supported yet.`));
      isLost = true;
      return;
    }
    if (made !== undefined && !AFTER_TABLE.has(pipe.name)) {
      context.diagnostics.push(mistake(301, pipe.nameRange, `${pipe.name} cannot follow here: these rows are no events any more. filter, sort, head, tail and table can.`));
      return;
    }
    if (row.view === true) {
      if (at !== query.pipes.length - 1) context.diagnostics.push(mistake(302, pipe.nameRange, `${pipe.name} is a view and must be the last pipe; move it to the end.`));
      view = viewOf(pipe);
      return;
    }
    const bound = bindPipe(pipe, source, here);
    if (bound === undefined) return;
    pipes.push(bound);
    made = madeBy(bound) ?? made;
  });
  return { pipes, view, columns: shownColumns(query, source, { ...context, made: undefined }) };
}

function viewOf(pipe: Pipe): View {
  if (pipe.name === 'tree') return { kind: 'tree', tree: pipe.tree, up: pipe.up, down: pipe.down };
  return { kind: pipe.name === 'undecided' ? 'undecided' : 'table' };
}

function bindPipe(pipe: Pipe, source: BoundSource, context: BindContext): BoundPipe | undefined {
  switch (pipe.name) {
    case 'head':
    case 'tail': {
      const count = pipe.args[0]?.expr;
      if (count === undefined) return { kind: pipe.name, count: 50 };
      if (count.kind === 'literal' && count.type === 'int' && Number(count.value) >= 0) return { kind: pipe.name, count: Number(count.value) };
      context.diagnostics.push(mistake(203, count, `${pipe.name} wants a number of rows, like ${pipe.name} 10.`));
      return undefined;
    }
    case 'filter': {
      const where = pipe.args[0];
      if (where === undefined || pipe.args.length > 1) return wanted(pipe, 'one condition', context);
      return { kind: 'filter', where: bindCondition(where.expr, context) };
    }
    case 'sort':
      if (pipe.args.length === 0) return wanted(pipe, 'at least one key', context);
      return { kind: 'sort', keys: pipe.args.map((arg) => ({ expr: bindKey(arg.expr, context), descending: arg.descending })) };
    case 'unique':
    case 'unique_count': {
      if (pipe.args.length === 0) return wanted(pipe, 'at least one key', context);
      const keys = pipe.args.map((arg) => bindKey(arg.expr, context));
      return pipe.name === 'unique' ? { kind: 'unique', keys } : { kind: 'uniqueCount', keys, columns: withKeys(columnsOf(source, context), pipe.args, keys) };
    }
    case 'count':
      return { kind: 'count', keys: [...pipe.args, ...pipe.keys].map((arg) => ({ name: nameOf(arg), expr: bindKey(arg.expr, context) })) };
    case 'fields':
      if (pipe.args.length === 0) return wanted(pipe, 'at least one column', context);
      return { kind: 'fields', columns: pipe.args.map((arg) => ({ name: nameOf(arg), expr: bindExpression(arg.expr, context) })) };
    default:
      return undefined;
  }
}

function wanted(pipe: Pipe, what: string, context: BindContext): undefined {
  context.diagnostics.push(mistake(101, pipe.nameRange, `${pipe.name} wants ${what}.`));
  return undefined;
}

/** A key may not be a list yet: a list would stand for each of its values. */
function bindKey(expr: Expr, context: BindContext): Bound {
  const bound = bindExpression(expr, context);
  if (bound.kind === 'place' && bound.place.column.form === 'args') context.diagnostics.push(mistake(390, expr, 'A list as a key is not supported yet; use process.command_line.'));
  return bound;
}

function nameOf(arg: PipeArg): string {
  if (arg.name !== undefined) return arg.name;
  return arg.expr.kind === 'field' ? arg.expr.name : arg.expr.kind === 'call' ? arg.expr.name : arg.expr.kind;
}

function withKeys(columns: readonly BoundColumn[], args: readonly PipeArg[], keys: readonly Bound[]): BoundColumn[] {
  const missing = args.map((arg, at) => ({ name: nameOf(arg), expr: keys[at]! })).filter((key) => !columns.some((column) => column.name === key.name));
  return [...missing, ...columns];
}

function madeBy(pipe: BoundPipe): MadeColumns | undefined {
  const columns = (list: readonly BoundColumn[]): MadeColumns => list.map((column) => ({ name: column.name, type: column.expr.type }));
  const counts = [{ name: 'count', type: 'int' }, { name: 'percent', type: 'float' }] as const;
  if (pipe.kind === 'fields') return columns(pipe.columns);
  if (pipe.kind === 'count') return [...columns(pipe.keys), ...counts];
  if (pipe.kind === 'uniqueCount') return [...columns(pipe.columns), ...counts];
  return undefined;
}

/** The source's columns, and what the hunt asks about besides. */
function shownColumns(query: Query, source: BoundSource, context: BindContext): BoundColumn[] {
  const columns = columnsOf(source, context);
  const add = (expr: Bound): void => {
    if (expr.kind === 'place' && columns.length < 20 && !columns.some((column) => column.name === expr.place.name || (column.name === 'host.name' && expr.place.name === 'host.id')) && expr.place.name !== 'host.os.type' && expr.place.name !== 'event.type') {
      columns.push({ name: expr.place.name, expr });
    }
  };
  walkBound(source.where, add);
  for (const pipe of query.pipes) for (const arg of pipe.args) if (pipe.name === 'filter' || pipe.name === 'sort' || pipe.name === 'unique') {
    const quiet: BindContext = { ...context, diagnostics: [] };
    walkBound(bindExpression(arg.expr, quiet), add);
  }
  return columns;
}

function columnsOf(source: BoundSource, context: BindContext): BoundColumn[] {
  const columns: BoundColumn[] = [];
  for (const name of source.source.columns) {
    const resolution = context.model.resolve(name, source.table, context.parents);
    if (resolution.kind === 'place') columns.push({ name, expr: { kind: 'place', type: resolution.place.type, place: resolution.place } });
  }
  return columns;
}
