import type { Catalogue } from '../engine/requests.js';
import type { ParentView } from '../model/index.js';
import type { BindContext } from './bindContext.js';
import { bindSource, tellUnknownSource } from './bindExpression.js';
import { bindPipes } from './bindPipes.js';
import { walkBound, type Bound, type BoundQuery, type BoundSource } from './bound.js';
import { mistake, replace, type Diagnostic } from './diagnostics.js';
import { STORE_FIELDS, type FieldModel } from './resolve.js';
import { SOURCE_NAMES, type SourceRow } from './sources.js';
import { walk, type EventQuery, type Hunt } from './tree.js';

export interface BindOptions {
  readonly catalogue?: Catalogue | undefined;
  readonly parents?: ParentView;
  /** Another store than src/store/schema.ts; the conformance suites bring their own. */
  readonly model?: FieldModel;
  readonly sources?: ReadonlyMap<string, SourceRow>;
}

/** Finds every name and checks every type. The query is undefined where an error stands in its way. */
export function bind(hunt: Hunt, options: BindOptions = {}): { readonly query: BoundQuery | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const context: BindContext = {
    model: options.model ?? STORE_FIELDS, sources: options.sources ?? SOURCE_NAMES, catalogue: options.catalogue, parents: options.parents ?? 'recorded', diagnostics, table: 'event', made: undefined,
    lets: new Set(hunt.definitions.map((definition) => definition.name)),
  };
  for (const definition of hunt.definitions) diagnostics.push(mistake(390, definition.nameRange, 'let is not supported yet; write its text where it is used.'));
  const query = hunt.query;
  if (query === undefined) return { query: undefined, diagnostics };
  const { source } = query;
  if (source.kind === 'use') {
    tellBareName(source.name, source, context);
    return { query: undefined, diagnostics };
  }
  if (source.kind !== 'event') {
    diagnostics.push(mistake(390, { from: source.from, to: source.from + source.kind.length }, `${source.kind} is not supported yet; hunt for one event at a time.`));
    for (const term of source.terms) if (term.inner.kind === 'event') bindSource(term.inner, context); // names are still checked
    return { query: undefined, diagnostics };
  }
  const bound = bindSource(source, context);
  if (bound === undefined) return { query: undefined, diagnostics };
  hintLineage(source, bound, context);
  const rest = bindPipes(query, bound, { ...context, table: bound.table });
  return { query: { source: bound, ...rest }, diagnostics };
}

function tellBareName(name: string, range: { from: number; to: number }, context: BindContext): void {
  if (context.lets.has(name)) return;
  if (context.sources.has(name)) context.diagnostics.push(mistake(101, range, `After ${name} a condition is wanted; for all rows write ${name} where true.`, [replace('Add where true', { from: range.to, to: range.to }, ' where true')]));
  else tellUnknownSource(name, range, context);
}

/** 210: a filter on the recorded parent misses orphans. 212: `process where` on what a process is repeats it for each event. */
function hintLineage(query: EventQuery, bound: BoundSource, context: BindContext): void {
  const orphans = context.catalogue?.fields.find((field) => field.name === 'process.orphan')?.values.find(([value]) => value === 'true')?.[1] ?? 0;
  if (orphans > 0 && context.parents === 'recorded') {
    let told = false;
    walk(query.where, (expr) => {
      if (told || expr.kind !== 'field' || !expr.name.startsWith('process.parent.')) return;
      told = true;
      const name = expr.name.replace('process.parent.', 'process.creator.');
      const says = `${orphans} ${orphans === 1 ? 'orphan has' : 'orphans have'} another parent here than the one that made ${orphans === 1 ? 'it' : 'them'}; process.creator is who did.`;
      if (context.model.resolve(name, bound.table, 'recorded').kind === 'place') context.diagnostics.push(mistake(210, expr, says, [replace(`Change to ${name}`, expr, expr.optional ? `?${name}` : name)], 'hint'));
    });
  }
  if (bound.source.name === 'process' && asksOnlyLineage(bound.where)) {
    context.diagnostics.push(mistake(212, query.sourceRange, 'process gives one row for each event, so each process comes several times; processes gives each once.', [replace('Change to processes', query.sourceRange, 'processes')], 'hint'));
  }
}

function asksOnlyLineage(where: Bound): boolean {
  let fields = 0;
  let lineage = 0;
  walkBound(where, (expr) => {
    if (expr.kind !== 'place') return;
    fields++;
    if (expr.place.origin === 'lineage') lineage++;
  });
  return fields > 0 && fields === lineage;
}
