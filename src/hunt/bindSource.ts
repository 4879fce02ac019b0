import type { BindContext } from './bindContext.js';
import { bindCondition, tellUnknownSource } from './bindExpression.js';
import { withinLet } from './bindLet.js';
import { walkBound, type Bound, type BoundSource } from './bound.js';
import { mistake, type Range } from './diagnostics.js';
import { hintRecordedParent } from './lineageHints.js';
import { simplify } from './simplify.js';
import { ABSENT_SOURCES } from './sources.js';
import type { EventQuery, Inner } from './tree.js';

/** Binds `source where condition`; undefined (told) when there is no such source. The source may be a let: both conditions hold. */
export function bindSource(query: EventQuery, context: BindContext): BoundSource | undefined {
  const absent = context.sources.has(query.source) || context.lets.definitions.has(query.source) ? undefined : ABSENT_SOURCES.get(query.source);
  const source = absent ?? context.sources.get(query.source);
  if (source === undefined) {
    const base = letRows(query.source, query.sourceRange, context);
    if (base === undefined) return undefined;
    const where = conditionOf(query, { ...context, table: base.table });
    hintRecordedParent(query, base.table, context);
    return { ...base, where: { kind: 'and', type: 'bool', operands: [base.where, where] } };
  }
  if (absent !== undefined) context.diagnostics.push(mistake(205, query.sourceRange, `No evidence that is read here has events of the category ${source.name}: it has no rows.`, [], 'information'));
  const where = conditionOf(query, { ...context, table: source.table });
  hintRecordedParent(query, source.table, context);
  return { kind: 'rows', source, table: source.table, where };
}

function conditionOf(query: EventQuery, context: BindContext): Bound {
  const where = bindCondition(query.where, { ...context, made: undefined });
  const known = simplify(where);
  if (query.where.kind !== 'literal' && known.kind === 'value' && !context.dialect.isEndgame && !asksMissing(where)) {
    context.diagnostics.push(mistake(207, query.where, `This is ${known.value === true ? 'true' : 'false'} for every row; ${known.value === true ? 'write where true if all are meant' : 'mend the condition'}.`, [], 'warning'));
  }
  return context.dialect.isEndgame ? { kind: 'threeValued', type: 'bool', operand: where } : where;
}

/** Whether a ?field that no evidence has stands in a condition: it is decided by the evidence at hand then, not by how it is written. */
function asksMissing(where: Bound): boolean {
  let does = false;
  walkBound(where, (expr) => {
    if (expr.kind === 'value' && expr.type === 'null') does = true;
  });
  return does;
}

/** What stands in the brackets of a term or relation: an event query, or a let of one. */
export function bindInner(inner: Inner, context: BindContext): BoundSource | undefined {
  return inner.kind === 'event' ? bindSource(inner, context) : letRows(inner.name, inner, context);
}

/** The rows that a let names: its query must be of one event and without pipes. */
function letRows(name: string, range: Range, context: BindContext): BoundSource | undefined {
  const definition = context.lets.definitions.get(name);
  if (definition === undefined) {
    if (name !== '') tellUnknownSource(name, range, context);
    return undefined;
  }
  context.lets.used.add(name);
  const { body } = definition;
  if (body.kind !== 'query' || definition.parameters.length > 0) {
    context.diagnostics.push(mistake(233, range, `The let ${name} is ${definition.parameters.length > 0 ? 'a function' : 'a condition'}, not rows; use it after where.`));
    return undefined;
  }
  const { source, pipes } = body.query;
  if (pipes.length > 0 || (source.kind !== 'event' && source.kind !== 'use')) {
    context.diagnostics.push(mistake(233, range, `The let ${name} has ${pipes.length > 0 ? 'pipes' : `a ${source.kind}`}: it can only be a whole source, not part of another query.`));
    return undefined;
  }
  // Another text's let sees nothing of the sequence it is used in.
  return withinLet(context, name, range, (inner) => bindInner(source, { ...inner, parameters: new Map(), events: undefined }));
}
