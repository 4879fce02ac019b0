import type { BindContext } from './bindContext.js';
import { walkBound, type Bound, type BoundSource } from './bound.js';
import { mistake, replace } from './diagnostics.js';
import { originOf } from './fieldList.js';
import type { Table } from './resolve.js';
import { walk, type EventQuery } from './tree.js';

/** 210: a filter on the recorded parent misses the orphans, whom another process made. Told once a query, with how many there are. */
export function hintRecordedParent(query: EventQuery, table: Table, context: BindContext): void {
  if (context.parents !== 'recorded' || context.dialect.isEndgame) return;
  const orphans = context.catalogue?.fields.find((field) => field.name === 'process.orphan')?.values.find(([value]) => value === 'true')?.[1] ?? 0;
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
