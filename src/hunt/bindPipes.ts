import type { BindContext, MadeColumns } from './bindContext.js';
import { bindCondition, bindExpression } from './bindExpression.js';
import { aggregateColumn, AGGREGATES, madeColumn, walkBound, type AggregateName, type Bound, type BoundAggregate, type BoundColumn, type BoundPipe, type BoundQuery, type BoundSource, type BoundTerms, type View } from './bound.js';
import { mistake, nearest, replace } from './diagnostics.js';
import { foldedKey } from './fold.js';
import { askItems } from './listColumns.js';
import { PIPE_SYNTAX } from './pipes.js';
import type { Expr, Pipe, PipeArg, Query } from './tree.js';
import { kinOf, type ValueType } from './types.js';

/** After a pipe that makes a table, only these may follow (HUNT section 8). */
const AFTER_TABLE = new Set(['filter', 'sort', 'head', 'tail', 'table', 'chart']);

/** Binds the pipes of a query (after those of the let that is its source), the view at their end, and the columns that are shown. */
export function bindPipes(query: Query, source: BoundSource | BoundTerms, context: BindContext, before: readonly BoundPipe[] = []): Pick<BoundQuery, 'pipes' | 'view' | 'columns'> {
  const pipes: BoundPipe[] = [...before];
  let view: View = { kind: 'table' };
  let made: MadeColumns | undefined;
  for (const pipe of before) made = madeBy(pipe) ?? made;
  for (const [at, pipe] of query.pipes.entries()) {
    const row = PIPE_SYNTAX.get(pipe.name);
    if (row === undefined) continue; // told by the parser
    const here: BindContext = { ...context, made };
    if (made !== undefined && !AFTER_TABLE.has(pipe.name)) {
      context.diagnostics.push(mistake(301, pipe.nameRange, `${pipe.name} cannot follow here: these rows are no events any more. filter, sort, head, tail, table and chart can.`, [replace('Remove it', { from: query.pipes[at - 1]?.to ?? query.source.to, to: pipe.to }, '')]));
      continue;
    }
    if (row.view === true) {
      if (at !== query.pipes.length - 1) context.diagnostics.push(mistake(302, pipe.nameRange, `${pipe.name} is a view and must be the last pipe; move it to the end.`, [replace('Remove it', { from: query.pipes[at - 1]?.to ?? query.source.to, to: query.pipes[at + 1]!.from }, ' | ')]));
      view = viewOf(pipe, here);
      continue;
    }
    const bound = bindPipe(pipe, source, here);
    if (bound === undefined) continue;
    made = madeBy(bound) ?? made;
    const last = pipes.at(-1);
    // The filter right after a sliding window is part of it: it says which window is looked for.
    if (bound.kind === 'filter' && last?.kind === 'stats' && last.within !== undefined && last.having === undefined) pipes[pipes.length - 1] = { ...last, having: bound.where };
    else pipes.push(bound);
    if (bound.kind === 'stats' && bound.within !== undefined && query.pipes[at + 1]?.name !== 'filter') {
      context.diagnostics.push(mistake(303, pipe, 'within looks for the earliest window that passes a filter; add the filter right after.', [replace('Add a filter', { from: pipe.to, to: pipe.to }, ` | filter ${bound.aggregates[0]?.name ?? 'n'} > 1`)]));
    }
  }
  if (view.kind === 'chart' && made === undefined) pipes.push(countsOf(view, context));
  const columns = shownColumns(query, source, { ...context, made: undefined });
  return { pipes, view, columns: view.kind === 'timeline' ? onTimeline(view.by, columns, context) : columns };
}

/** A chart counts rows: by its keys, over time where it says `per` (an hour where it has neither). */
function countsOf(view: Extract<View, { kind: 'chart' }>, context: BindContext): BoundPipe {
  const per = view.per ?? (view.by.length === 0 ? 3_600_000_000 : undefined);
  const time = bindExpression({ kind: 'field', name: '@timestamp', optional: false, from: 0, to: 0 }, { ...context, diagnostics: [] });
  const span: Bound = { kind: 'value', type: 'duration', value: per ?? 1 };
  const bucket: Bound = { kind: 'arithmetic', type: 'time', op: '-', left: time, right: { kind: 'arithmetic', type: 'duration', op: '%', left: time, right: span } };
  return { kind: 'stats', aggregates: [{ name: 'count', aggregate: 'count', expr: undefined, type: 'int' }], keys: [...(per === undefined ? [] : [{ name: 'time', expr: bucket }]), ...view.by], within: undefined, having: undefined };
}

/** A timeline needs each row's time, and the lane that it lies in. */
function onTimeline(by: Bound | undefined, columns: readonly BoundColumn[], context: BindContext): BoundColumn[] {
  const time = bindExpression({ kind: 'field', name: '@timestamp', optional: false, from: 0, to: 0 }, { ...context, diagnostics: [] });
  return [{ name: '@timestamp', expr: time }, ...(by === undefined ? [] : [{ name: 'lane', expr: by }]), ...columns.filter((column) => column.name !== '@timestamp')];
}

function viewOf(pipe: Pipe, context: BindContext): View {
  switch (pipe.name) {
    case 'tree':
      return { kind: 'tree', tree: pipe.tree, up: pipe.up, down: pipe.down };
    case 'timeline':
      return { kind: 'timeline', by: pipe.keys[0] === undefined ? undefined : bindKey(pipe.keys[0].expr, context) };
    case 'chart':
      return { kind: 'chart', by: pipe.keys.map((arg) => ({ name: nameOf(arg), expr: bindKey(arg.expr, context) })), per: pipe.span };
    case 'undecided':
    case 'evidence':
    case 'explain':
      return { kind: pipe.name };
    default:
      return { kind: 'table' };
  }
}

function bindPipe(pipe: Pipe, source: BoundSource | BoundTerms, context: BindContext): BoundPipe | undefined {
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
      return { kind: 'filter', where: askItems(bindCondition(where.expr, context)) };
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
    case 'stats':
      return bindStats(pipe, context);
    default:
      return undefined;
  }
}

/** `stats agg([expr]) [as NAME], ... [by expr, ...] [within duration]`. */
function bindStats(pipe: Pipe, context: BindContext): BoundPipe | undefined {
  if (pipe.args.length === 0) return wanted(pipe, 'at least one aggregate, like count() as n', context);
  const aggregates: BoundAggregate[] = [];
  for (const arg of pipe.args) {
    const { expr } = arg;
    if (expr.kind !== 'call' || !isAggregate(expr.name)) {
      const name = expr.kind === 'call' ? expr.name : '';
      const names = nearest(name, AGGREGATES);
      const range = expr.kind === 'call' ? expr.nameRange : expr;
      context.diagnostics.push(mistake(204, range, `${name === '' ? 'This is no aggregate' : `There is no aggregate ${name}`}; ${names.length > 0 ? `is ${names.join(' or ')} meant?` : `they are ${AGGREGATES.join(', ')}.`}`, names.map((one) => replace(`Change to ${one}`, range, one))));
      continue;
    }
    const [of, ...more] = expr.args;
    if (more.length > 0 || (of === undefined && expr.name !== 'count')) {
      context.diagnostics.push(mistake(204, expr, expr.name === 'count' ? 'count takes nothing or one value: count(), count(x).' : `${expr.name} takes one value: ${expr.name}(x).`));
      continue;
    }
    const bound = of === undefined ? undefined : bindExpression(of, context);
    const kin = bound === undefined ? 'any' : kinOf(bound.type);
    if (of !== undefined && ['sum', 'avg', 'median', 'p90', 'p99'].includes(expr.name) && kin !== 'number' && kin !== 'duration' && kin !== 'any') {
      context.diagnostics.push(mistake(203, of, `${expr.name} wants numbers here.`));
      continue;
    }
    aggregates.push({ name: arg.name ?? (of?.kind === 'field' ? `${expr.name}(${of.name})` : expr.name), aggregate: expr.name, expr: bound, type: aggregateType(expr.name, bound?.type ?? 'int') });
  }
  if (aggregates.length < pipe.args.length) return undefined;
  return { kind: 'stats', aggregates, keys: pipe.keys.map((arg) => ({ name: nameOf(arg), expr: bindKey(arg.expr, context) })), within: pipe.span, having: undefined };
}

function isAggregate(name: string): name is AggregateName {
  return (AGGREGATES as readonly string[]).includes(name);
}

function aggregateType(name: AggregateName, of: ValueType): ValueType {
  if (name === 'count' || name === 'distinct') return 'int';
  if (name === 'avg' || name === 'median' || name === 'p90' || name === 'p99') return of === 'duration' ? 'duration' : 'float';
  return of;
}

function wanted(pipe: Pipe, what: string, context: BindContext): undefined {
  context.diagnostics.push(mistake(101, pipe.nameRange, `${pipe.name} wants ${what}.`));
  return undefined;
}

/** The value of a key; the older dialect ignores its case. */
function bindKey(expr: Expr, context: BindContext): Bound {
  return foldedKey(bindExpression(expr, context), context);
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
  const columns = (list: readonly BoundColumn[]): MadeColumns => list.map(madeColumn);
  const counts = [{ name: 'count', type: 'int', list: false }, { name: 'percent', type: 'float', list: false }] as const;
  if (pipe.kind === 'fields') return columns(pipe.columns);
  if (pipe.kind === 'stats') return [...columns(pipe.keys), ...pipe.aggregates.map(aggregateColumn)];
  if (pipe.kind === 'count') return [...columns(pipe.keys), ...counts];
  if (pipe.kind === 'uniqueCount') return [...columns(pipe.columns), ...counts];
  return undefined;
}

/** The source's columns, and what the hunt asks about besides. */
function shownColumns(query: Query, source: BoundSource | BoundTerms, context: BindContext): BoundColumn[] {
  const columns = columnsOf(source, context);
  const add = (expr: Bound): void => {
    if (expr.kind === 'place' && columns.length < 20 && !columns.some((column) => column.name === expr.place.name || (column.name === 'host.name' && expr.place.name === 'host.id')) && expr.place.name !== 'host.os.type' && expr.place.name !== 'event.type') {
      columns.push({ name: expr.place.name, expr });
    }
  };
  if (source.kind === 'rows') walkBound(source.where, add);
  for (const pipe of query.pipes) for (const arg of pipe.args) if (pipe.name === 'filter' || pipe.name === 'sort' || pipe.name === 'unique') {
    const quiet: BindContext = { ...context, diagnostics: [] };
    walkBound(bindExpression(arg.expr, quiet), add);
  }
  return columns;
}

/** The columns that say what an event of a sequence was. */
const EVENT_COLUMNS = ['@timestamp', 'event.action', 'process.pid', 'process.name', 'process.command_line'];

const RUNS_SHOWN = 4;
/** SQLite joins 64 tables at most; an event takes two, itself and its process. */
const EVENTS_SHOWN = 24;

function columnsOf(source: BoundSource | BoundTerms, context: BindContext): BoundColumn[] {
  const columns: BoundColumn[] = [];
  if (source.kind === 'rows') {
    for (const name of source.source.columns) {
      const resolution = context.model.resolve(name, source.table, context.parents);
      if (resolution.kind === 'place') columns.push({ name, expr: { kind: 'place', type: resolution.place.type, place: resolution.place } });
    }
    return columns;
  }
  // A result is one row: what it was joined by, then each of its events.
  source.terms[0]?.keys.forEach((key, at) => columns.push({ name: keyName(key.expr, at), expr: ofResult(key.expr, at, source) }));
  for (const { term, event } of shownEvents(source)) {
    const shown = term.rows.source.name === 'network' ? [...EVENT_COLUMNS, 'destination.ip', 'destination.port'] : term.rows.source.name === 'file' ? [...EVENT_COLUMNS, 'file.path'] : EVENT_COLUMNS;
    for (const name of shown) {
      const resolution = context.model.resolve(name, 'event', context.parents);
      if (resolution.kind !== 'place') continue;
      const { place } = resolution;
      const title = `${term.name ?? `events[${event}]`}.${name}`;
      columns.push({ name: title, expr: { kind: 'place', type: place.type, place: { ...place, name: title, steps: [{ name: `events[${event}]`, sql: `$.e${event}`, table: 'event' }, ...place.steps] } } });
    }
  }
  return columns;
}

/** The events of a result that are shown: of a term that runs many times the first and the last, and not more than the store can join. */
function shownEvents(source: BoundTerms): { term: BoundTerms['terms'][number]; event: number }[] {
  const shown: { term: BoundTerms['terms'][number]; event: number }[] = [];
  let event = 0;
  for (const term of source.terms) for (let run = 0; run < term.runs; run++, event++) {
    if (!term.negated && (term.runs <= RUNS_SHOWN || run === 0 || run === term.runs - 1)) shown.push({ term, event });
  }
  return shown.length <= EVENTS_SHOWN ? shown : [...shown.slice(0, EVENTS_SHOWN - 1), shown.at(-1)!];
}

function keyName(expr: Bound, at: number): string {
  return expr.kind === 'place' ? expr.place.name : `key ${at + 1}`;
}

/** A key of a result: of a list the one value that joined; else as the first event has it. */
function ofResult(expr: Bound, at: number, source: BoundTerms): Bound {
  let first = 0;
  for (const term of source.terms) {
    if (!term.negated) break;
    first += term.runs;
  }
  const isList = expr.kind === 'place' && expr.place.column.form === 'args';
  if (expr.kind !== 'place' || isList) return { kind: 'place', type: expr.type, place: { name: keyName(expr, at), type: expr.type, list: false, origin: 'ours', doc: '', steps: [], column: { sql: `$.k${at}`, form: 'plain' } } };
  return { kind: 'place', type: expr.type, place: { ...expr.place, steps: [{ name: `events[${first}]`, sql: `$.e${first}`, table: 'event' }, ...expr.place.steps] } };
}
