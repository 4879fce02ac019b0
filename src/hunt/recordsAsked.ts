import type { HuntAsk } from './answers.js';
import { walkBound, type Bound, type BoundSource } from './bound.js';
import { compileHunt } from './compile.js';
import { modelWith, type SeenField } from './evidenceFields.js';
import { exprsOf, termsOf, type Plan } from './plan.js';
import type { Place } from './resolve.js';
import { ABSENT_SOURCES, type SourceRow } from './sources.js';

/** The fields of records that a hunt names, and the sources whose rows it asks them of. */
export interface RecordsAsked {
  readonly names: readonly string[];
  readonly sources: readonly SourceRow[];
}

const ANY: SeenField = { id: 0, type: 'text', list: true, formats: [] };

/** Whether a hunt names a field that no table holds: most do not, and need nothing more. */
export function namesUnknownFields(ask: Pick<HuntAsk, 'text' | 'before'>): boolean {
  return recordsAsked(ask, () => ANY).names.length > 0;
}

/** What a hunt asks of records, where `may` says which names those could have. Nothing where the hunt has a mistake, which is told when it runs. */
export function recordsAsked(ask: Pick<HuntAsk, 'text' | 'before'>, may: (name: string) => SeenField | undefined): RecordsAsked {
  const { plan } = compileHunt(ask.text, { before: ask.before ?? [], model: modelWith(may) });
  const names = new Set<string>();
  const sources = new Map<string, SourceRow>();
  const look = (expr: Bound): void => walkBound(expr, (inner) => {
    if (inner.kind === 'place' && inner.place.record !== undefined) names.add(ownName(inner.place));
    else if (inner.kind === 'relation') lookInto(inner.inner);
  });
  const lookInto = ({ source, where }: BoundSource): void => {
    if (!ABSENT_SOURCES.has(source.name)) sources.set(source.name, source); // there are no rows of those
    look(where);
  };
  if (plan !== undefined) {
    if (plan.input.kind === 'rows') lookInto(plan.input);
    else for (const { rows, residual, keys } of termsOf(plan.input)) {
      lookInto(rows);
      for (const expr of [...(residual === undefined ? [] : [residual]), ...keys.map((key) => key.expr)]) look(expr);
    }
    for (const expr of [...plan.pipes.flatMap(exprsOf), ...viewExprs(plan)]) look(expr);
  }
  return { names: [...names], sources: [...sources.values()] };
}

/** `events[0].x` and `a.x` are x of an event; an item `x[0]` is of the list x. */
function ownName({ name, column }: Place): string {
  const own = name.replace(/^events\[\d+\]\./, '');
  return column.item === undefined ? own : own.replace(/\[\d+\]$/, '');
}

function viewExprs({ view }: Plan): Bound[] {
  if (view.kind === 'timeline') return view.by === undefined ? [] : [view.by];
  return view.kind === 'chart' ? view.by.map((column) => column.expr) : [];
}
