import { walkBound, type Bound } from './bound.js';
import type { Place } from './resolve.js';

/** Whether a condition can be undecided at all (HUNT section 3). */
export function mayBeAbsent(expr: Bound): boolean {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.operands.some(mayBeAbsent);
    case 'not':
      return mayBeAbsent(expr.operand);
    case 'isNull':
    case 'relation':
      return false;
    case 'threeValued':
      return mayBeAbsent(expr.operand);
    case 'value':
      return expr.value === null;
    default: {
      let may = false;
      walkBound(expr, (inner) => {
        if (inner.kind === 'column' || inner.kind === 'item' || (inner.kind === 'place' && (inner.place.column.always !== true || inner.place.steps.length > 0))) may = true;
      });
      return may || mayFail(expr);
    }
  }
}

/** Whether it can be absent in a row that has all its fields: a function or a division without an answer, or a literal null. */
export function mayFail(expr: Bound): boolean {
  let may = false;
  walkBound(expr, (inner) => {
    if (inner.kind === 'absent' || (inner.kind === 'call' && inner.row.mayFail === true) || (inner.kind === 'arithmetic' && (inner.op === '/' || inner.op === '%')) || (inner.kind === 'value' && inner.value === null)) may = true;
  });
  return may;
}

/** The distinct places in an expression. */
export function placesOf(expr: Bound): Place[] {
  const found = new Map<string, Place>();
  walkBound(expr, (inner) => {
    if (inner.kind === 'place') found.set(inner.place.name, inner.place);
  });
  return [...found.values()];
}

/**
 * The places whose values one test compares. A test inside it (`(a == "x") == true`) is a test of its own, so that a list in it is asked
 * there; of a counted list only the number is asked.
 */
export function placesCompared(test: Bound): Place[] {
  const found = new Map<string, Place>();
  const look = (expr: Bound): void => {
    if (expr.kind === 'place') found.set(expr.place.name, expr.place);
    else if (expr.kind === 'call') expr.args.forEach(look);
    else if (expr.kind === 'arithmetic') [expr.left, expr.right].forEach(look);
  };
  if (test.kind === 'compare') [test.left, test.right].forEach(look);
  else if (test.kind === 'in') [test.subject, ...test.items].forEach(look);
  else if (test.kind === 'wildcard' || test.kind === 'regex') look(test.subject);
  else look(test);
  return [...found.values()];
}

/**
 * The places whose absence alone makes a test absent, also through a test inside it (`(a == b) == true`). Not what null tests, and, or, not take in,
 * which are never absent; not what `coalesce` replaces; not the items of a list, of which another may be equal.
 */
export function placesNeeded(test: Bound): Place[] {
  switch (test.kind) {
    case 'place':
      return [test.place];
    case 'compare':
    case 'arithmetic':
      return [...placesNeeded(test.left), ...placesNeeded(test.right)];
    case 'in':
    case 'wildcard':
    case 'regex':
      return placesNeeded(test.subject);
    case 'count':
      return placesNeeded(test.list);
    case 'call':
      return test.row.name === 'coalesce' ? [] : test.args.flatMap(placesNeeded);
    default:
      return [];
  }
}
