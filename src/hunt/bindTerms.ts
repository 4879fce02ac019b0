import type { BindContext, NamedEvents } from './bindContext.js';
import { bindExpression } from './bindExpression.js';
import { bindInner } from './bindSource.js';
import { walkBound, type Bound, type BoundKey, type BoundSource, type BoundTerm, type BoundTerms } from './bound.js';
import { mistake, replace } from './diagnostics.js';
import { foldedKey } from './fold.js';
import type { Expr, Term, TermsQuery } from './tree.js';

/** The mask of a machine's scan has so many bits. */
const MAX_TERMS = 30;
/** Events in one result, runs counted. */
const MAX_EVENTS = 256;

/** Binds a sequence, sample or join (HUNT section 7). */
export function bindTerms(query: TermsQuery, context: BindContext, samplesPerKey: number): BoundTerms | undefined {
  const { diagnostics } = context;
  const word = { from: query.from, to: query.from + query.kind.length };
  const all = query.until === undefined ? query.terms : [...query.terms, query.until];
  if (all.length > MAX_TERMS || query.terms.reduce((sum, term) => sum + term.runs, 0) > MAX_EVENTS) {
    diagnostics.push(mistake(401, word, `A ${query.kind} has at most ${MAX_TERMS} terms and ${MAX_EVENTS} events; split it.`));
    return undefined;
  }
  const first = query.terms[0];
  if (first === undefined) return undefined; // told by the parser
  if (query.kind === 'sequence' && query.keys.length === 0 && all.every((term) => term.keys.length === 0)) {
    const at = { from: word.to, to: word.to };
    diagnostics.push(mistake(220, word, 'Without by, events of any host and process are joined; name what they have in common.', [replace('Add by host.id, process.entity_id', at, ' by host.id, process.entity_id')], 'warning'));
  }
  if (query.terms.every((term) => term.negated)) diagnostics.push(mistake(223, word, 'Every term here is a missing event (![...]); one event must be there.'));
  for (const term of query.terms) {
    if (!term.negated) continue;
    if (query.kind !== 'sequence') diagnostics.push(mistake(223, term, `A ${query.kind} has no missing events; ![...] belongs into a sequence.`));
    else if (query.maxspan === undefined) {
      const at = { from: word.to, to: word.to };
      diagnostics.push(mistake(221, term, 'A missing event needs with maxspan: else its absence could never be known.', [replace('Add with maxspan=5m', at, ' with maxspan=5m')]));
    }
  }
  for (const term of all) {
    if (term.keys.length !== first.keys.length) diagnostics.push(mistake(222, term, `This term is joined by ${term.keys.length} keys of its own, the first by ${first.keys.length}; they must be as many.`));
  }
  const names = new Map<string, number>();
  const terms: BoundTerm[] = [];
  let count = 0;
  for (const term of query.terms) {
    const bound = bindTerm(term, query.keys, context, { count, names, bare: undefined });
    if (term.name !== undefined) names.set(term.name, count);
    count += term.runs;
    if (bound !== undefined) terms.push(bound);
  }
  const until = query.until === undefined ? undefined : bindTerm(query.until, query.keys, context, undefined);
  hintParents(query, context);
  if (terms.length < query.terms.length || (query.until !== undefined && until === undefined)) return undefined;
  return { kind: query.kind, table: 'sequence', terms, until, maxspan: query.maxspan, untilFirst: context.dialect.isEndgame, samplesPerKey };
}

function bindTerm(term: Term, keys: readonly Expr[], context: BindContext, earlier: NamedEvents | undefined): BoundTerm | undefined {
  const rows = bindInner(term.inner, { ...context, table: 'event', events: earlier });
  if (rows === undefined) return undefined;
  if (rows.table !== 'event') {
    context.diagnostics.push(mistake(202, term.inner.kind === 'event' ? term.inner.sourceRange : term.inner, 'processes are lifetimes, not events, and have no place in an order; use process, exec, reparent, ...'));
    return undefined;
  }
  const bound = [...keys, ...term.keys].map((key): BoundKey => ({ expr: foldedKey(bindExpression(key, { ...context, table: 'event', events: undefined }), context), optional: context.dialect.isEndgame || (key.kind === 'field' && key.optional) }));
  const { here, residual } = splitResidual(rows, term, context);
  return { rows: { ...rows, where: here }, residual, negated: term.negated, fork: term.fork, runs: term.runs, name: term.name, keys: bound };
}

/** What a condition asks of earlier events is decided once the earlier events are known; the rest by the scan. */
function splitResidual(rows: BoundSource, term: Term, context: BindContext): { here: Bound; residual: Bound | undefined } {
  const parts = rows.where.kind === 'and' ? rows.where.operands : [rows.where];
  const isLater = (part: Bound): boolean => {
    let later = false;
    walkBound(part, (expr) => {
      if (expr.kind === 'place' && expr.place.steps[0]?.table === 'event') later = true;
    });
    return later;
  };
  const later = parts.filter(isLater);
  if (later.length === 0) return { here: rows.where, residual: undefined };
  for (const part of later) walkBound(part, (expr) => {
    if (expr.kind === 'relation' || expr.kind === 'items') context.diagnostics.push(mistake(203, term, 'A condition on an earlier event cannot stand beside a lineage predicate or a list function in one and/or group; join them with and.'));
  });
  if (term.negated) context.diagnostics.push(mistake(203, term, 'A missing event cannot be compared with an earlier one; join them by a key.'));
  const join = (operands: readonly Bound[]): Bound => (operands.length === 0 ? { kind: 'value', type: 'bool', value: true } : operands.length === 1 ? operands[0]! : { kind: 'and', type: 'bool', operands });
  return { here: join(parts.filter((part) => !isLater(part))), residual: join(later) };
}

/** 211: a join on the recorded parent loses orphans. */
function hintParents(query: TermsQuery, context: BindContext): void {
  if (context.parents !== 'recorded' || context.dialect.isEndgame) return;
  for (const key of [...query.keys, ...query.terms.flatMap((term) => term.keys)]) {
    if (key.kind !== 'field' || key.name !== 'process.parent.entity_id' || context.model.resolve('process.creator.entity_id', 'event', 'recorded').kind !== 'place') continue;
    context.diagnostics.push(mistake(211, key, 'A join on the recorded parent loses every orphan; the creator stays. (Or ask child of [...].)', [replace('Change to process.creator.entity_id', key, `${key.optional ? '?' : ''}process.creator.entity_id`)], 'hint'));
  }
}
