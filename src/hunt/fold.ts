import type { BindContext } from './bindContext.js';
import type { Bound } from './bound.js';

/** The older dialect joins without case. */
export function foldedKey(key: Bound, context: BindContext): Bound {
  return context.dialect.isEndgame && context.dialect.ignoresCase && key.type === 'text' && key.kind === 'place' && !key.place.list ? folded(key) : key;
}

/** A text without its case, as the older dialect compares it. */
export function folded(expr: Bound): Bound {
  return { kind: 'call', type: 'text', row: FOLD, folds: false, args: [expr] };
}

const FOLD = { name: 'fold', signature: 'fold(text)', args: ['text'], required: 1, result: 'text', doc: '', example: '', sql: ([text]: readonly string[]) => `lower(${text})` } as const;
