import type { BindContext } from './bindContext.js';
import { walkBound, type Bound, type BoundSource } from './bound.js';
import { mistake, replace } from './diagnostics.js';
import { originOf } from './fieldList.js';
import { foldAscii, matchesWildcard } from './pattern.js';
import type { Table } from './resolve.js';
import { walk, type EventQuery, type Expr } from './tree.js';

/** 210: a filter on the recorded parent misses the orphans, whom another process made. Told once a query, with how many the query could concern. */
export function hintRecordedParent(query: EventQuery, table: Table, context: BindContext): void {
  if (context.parents !== 'recorded' || context.dialect.isEndgame) return;
  const orphans = orphansConcerned(query.where, context);
  if (orphans === 0) return;
  let told = false;
  walk(query.where, (expr) => {
    if (told || expr.kind !== 'field' || !expr.name.startsWith('process.parent.')) return;
    const isInside = innerOf(query).some((inner) => inner.from <= expr.from && expr.to <= inner.to);
    if (isInside) return; // that query is told for itself
    told = true;
    const name = expr.name.replace('process.parent.', 'process.creator.');
    const says = `${orphans} ${orphans === 1 ? 'orphan has' : 'orphans have'} another parent here than the one that made ${orphans === 1 ? 'it' : 'them'}; process.creator is who did.`;
    if (context.model.resolve(name, table, 'recorded').kind === 'place') context.diagnostics.push(mistake(210, expr, says, [replace(`Change to ${name}`, expr, expr.optional ? `?${name}` : name)], 'hint'));
  });
}

/** The orphans that ran a program which the condition asks for by name; all where it names none. */
function orphansConcerned(where: Expr, { catalogue }: BindContext): number {
  const all = catalogue?.fields.find((field) => field.name === 'process.orphan')?.values.find(([value]) => value === 'true')?.[1] ?? 0;
  const tests = (where.kind === 'and' ? where.operands : [where]).flatMap((expr) => nameTest(expr) ?? []);
  if (catalogue?.orphans === undefined || tests.length === 0) return all;
  const concerned = catalogue.orphans.filter(([name]) => tests.every((holds) => holds(name))).reduce((sum, [, count]) => sum + count, 0);
  return Math.min(all, concerned); // one that ran two of them is counted twice
}

/** What a condition asks of process.name, where it asks that only. */
function nameTest(expr: Expr): ((name: string) => boolean) | undefined {
  const isName = (one: Expr): boolean => one.kind === 'field' && one.name === 'process.name';
  const texts = (items: readonly Expr[]): string[] | undefined => (items.every((item) => item.kind === 'literal' && item.type === 'text') ? items.map((item) => (item.kind === 'literal' ? String(item.value) : '')) : undefined);
  if (expr.kind === 'compare' && expr.op === '==' && isName(expr.left)) {
    const [text] = texts([expr.right]) ?? [];
    return text === undefined ? undefined : (name) => name === text;
  }
  if (expr.kind !== 'match' || !isName(expr.subject)) return undefined;
  const items = texts(expr.items);
  if (items === undefined || expr.op.startsWith('regex')) return undefined;
  const folds = expr.op === ':' || expr.op.endsWith('~');
  const holds = (name: string): boolean => items.some((item) => (expr.op.startsWith('in') ? (folds ? foldAscii(item) === foldAscii(name) : item === name) : matchesWildcard(name, item, folds)));
  return expr.negated ? (name) => !holds(name) : holds;
}

/** The queries in the brackets of a query's relations. */
function innerOf(query: EventQuery): readonly EventQuery[] {
  const found: EventQuery[] = [];
  walk(query.where, (expr) => {
    if (expr.kind === 'relation' && expr.inner.kind === 'event') found.push(expr.inner);
  });
  return found;
}

/** 212: `process where` on what a process is repeats it for each event. */
export function hintLifetimes(query: EventQuery, { source, where }: BoundSource, context: BindContext): void {
  if (source.name !== 'process' || !asksOnlyLineage(where)) return;
  context.diagnostics.push(mistake(212, query.sourceRange, 'process gives one row for each event, so each process comes several times; processes gives each once.', [replace('Change to processes', query.sourceRange, 'processes')], 'hint'));
}

function asksOnlyLineage(where: Bound): boolean {
  let fields = 0;
  let lineage = 0;
  walkBound(where, (expr) => {
    if (expr.kind !== 'place') return;
    fields++;
    if (originOf(expr.place.name, expr.place.origin) === 'lineage') lineage++;
  });
  return fields > 0 && fields === lineage;
}
