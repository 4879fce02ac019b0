import type { Bound } from '../../../src/hunt/bound.js';

/** A row as values; null is absent, an array a list. */
export type Values = Readonly<Record<string, unknown>>;

type Truth = boolean | null;

/** HUNT section 3 said again over plain values, to be held against what the SQL does. */
export function isTrue(expr: Bound, row: Values): boolean {
  switch (expr.kind) {
    case 'and': return expr.operands.every((operand) => isTrue(operand, row));
    case 'or': return expr.operands.some((operand) => isTrue(operand, row));
    case 'not': return !isTrue(expr.operand, row);
    default: return test(expr, row) === true;
  }
}

/** The same with absence carried through. */
export function truth(expr: Bound, row: Values): Truth {
  switch (expr.kind) {
    case 'and': return kleene(expr.operands.map((operand) => truth(operand, row)), false);
    case 'or': return kleene(expr.operands.map((operand) => truth(operand, row)), true);
    case 'not': {
      const inner = truth(expr.operand, row);
      return inner === null ? null : !inner;
    }
    default: {
      const holds = test(expr, row);
      return holds === null && isOfNoOrphan(expr, row) ? false : holds;
    }
  }
}

/** Who is known to be no orphan has no adopter and no time of adoption: a test that needs one is false, and nothing is lacking. */
function isOfNoOrphan(expr: Bound, row: Values): boolean {
  const orphan = row['process.orphan'];
  return (orphan === false || orphan === 0) && needsOrphan(expr);
}

function needsOrphan(expr: Bound): boolean {
  switch (expr.kind) {
    case 'place': return /^process\.(?:orphaned_after|adopter\.|orphan\.)/.test(expr.place.name);
    case 'compare': case 'arithmetic': return needsOrphan(expr.left) || needsOrphan(expr.right);
    case 'in': case 'wildcard': return needsOrphan(expr.subject);
    default: return false; // null tests, and, or, not are never absent
  }
}

function kleene(parts: readonly Truth[], decides: boolean): Truth {
  return parts.includes(decides) ? decides : parts.includes(null) ? null : !decides;
}

/** A test holds of a list if any element passes. */
function test(expr: Bound, row: Values): Truth {
  const value = valueOf(expr, row);
  return value === null ? null : value === true || value === 1;
}

function each(value: unknown, passes: (item: unknown) => Truth): Truth {
  if (value === null) return null;
  return Array.isArray(value) ? value.some((item) => passes(item) === true) : passes(value);
}

function valueOf(expr: Bound, row: Values): unknown {
  switch (expr.kind) {
    case 'value': return expr.value;
    case 'absent': return null;
    case 'place': return row[expr.place.name] ?? null;
    case 'and': case 'or': case 'not': return isTrue(expr, row);
    case 'isNull': return (valueOf(expr.operand, row) === null) !== expr.negated;
    case 'compare': {
      if (expr.op === '!=') {
        const equal = valueOf({ ...expr, op: '==' }, row);
        return equal === null ? null : equal !== true;
      }
      const right = valueOf(expr.right, row);
      return each(valueOf(expr.left, row), (left) => each(right, (item) => compare(expr.op, left, item)));
    }
    case 'in': return each(valueOf(expr.subject, row), (item) => {
      const items = expr.items.map((one) => each(valueOf(one, row), (other) => compare('==', fold(item, expr.folds), fold(other, expr.folds))));
      return kleene(items, true);
    });
    case 'wildcard': return each(valueOf(expr.subject, row), (item) => expr.patterns.some((pattern) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`, expr.folds ? 'i' : '').test(String(item))));
    case 'arithmetic': {
      const left = valueOf(expr.left, row);
      const right = valueOf(expr.right, row);
      if (typeof left !== 'number' || typeof right !== 'number') return null;
      switch (expr.op) {
        case '+': return left + right;
        case '-': return left - right;
        case '*': return left * right;
        case '/': return right === 0 ? null : expr.type === 'int' ? Math.trunc(left / right) : left / right;
        case '%': return right === 0 ? null : left % right;
      }
      return null;
    }
    default: throw new Error(`the evaluator does not know ${expr.kind}`);
  }
}

function fold(value: unknown, folds: boolean): unknown {
  return folds && typeof value === 'string' ? value.toLowerCase() : value;
}

function compare(op: string, left: unknown, right: unknown): Truth {
  if (left === null || right === null) return null;
  const a = typeof left === 'boolean' ? Number(left) : (left as string | number);
  const b = typeof right === 'boolean' ? Number(right) : (right as string | number);
  switch (op) {
    case '==': return a === b;
    case '<': return a < b;
    case '<=': return a <= b;
    case '>': return a > b;
    case '>=': return a >= b;
    default: throw new Error(op);
  }
}
