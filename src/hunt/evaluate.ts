import type { Bound } from './bound.js';
import { foldAscii, matchesRegex, matchesWildcard } from './pattern.js';
import type { Place } from './resolve.js';
import { callFunction } from './sqlFunctions.js';

export type Value = string | number | boolean | null | readonly (string | number)[];

/** Where values come from: the row at hand (a machine's, a window's), never the store. */
export interface Row {
  place(place: Place): Value;
  column(index: number): Value;
  /** The item of a list that a condition looks at. */
  item?(item: number): Value;
}

/** Whether a condition is true of a row: absent counts as false in and, or, not (HUNT section 3). The same rule as the SQL, for what only the machines see. */
export function isTrue(expr: Bound, row: Row): boolean {
  switch (expr.kind) {
    case 'and':
      return expr.operands.every((operand) => isTrue(operand, row));
    case 'or':
      return expr.operands.some((operand) => isTrue(operand, row));
    case 'not':
      return !isTrue(expr.operand, row);
    default: {
      const value = valueOf(expr, row);
      return value === true || value === 1;
    }
  }
}

/** Any item of a list, or the value itself; absent stays absent. */
function each(value: Value, passes: (item: string | number | boolean) => boolean | null): boolean | null {
  if (value === null) return null;
  if (typeof value === 'object') return value.some((item) => passes(item) === true);
  return passes(value);
}

/** The value of an expression, null where absent. */
export function valueOf(expr: Bound, row: Row): Value {
  switch (expr.kind) {
    case 'value':
      return expr.value;
    case 'absent':
    case 'relation':
      return null; // the binder lets none of them into a residual condition
    case 'items': {
      const list = valueOf(expr.list, row);
      if (list === null || typeof list !== 'object') return null;
      const passing = list.filter((one) => isTrue(expr.where, { ...row, item: (item) => (item === expr.item ? one : (row.item?.(item) ?? null)) }));
      return expr.counts ? passing.length : passing.length > 0;
    }
    case 'item':
      return expr.path.length === 0 ? (row.item?.(expr.item) ?? null) : null; // these items are plain values
    case 'place':
      return row.place(expr.place);
    case 'column':
      return row.column(expr.index);
    case 'and':
    case 'or':
    case 'not':
      return isTrue(expr, row);
    case 'threeValued':
      return valueOf(expr.operand, row);
    case 'isNull':
      return (valueOf(expr.operand, row) === null) !== expr.negated;
    case 'count': {
      const list = valueOf(expr.list, row);
      return list === null ? null : typeof list === 'object' ? list.length : 1;
    }
    case 'compare': {
      if (expr.op === '!=') {
        const equal = valueOf({ ...expr, op: '==' }, row);
        return equal === null ? null : equal !== true;
      }
      const right = valueOf(expr.right, row);
      return each(valueOf(expr.left, row), (left) => each(right, (item) => compare(expr.op, left, item)));
    }
    case 'in': {
      const items = expr.items.map((item) => valueOf(item, row));
      const fold = (value: string | number | boolean): string | number | boolean => (expr.folds && typeof value === 'string' ? foldAscii(value) : value);
      return each(valueOf(expr.subject, row), (subject) => {
        if (items.some((item) => each(item, (one) => compare('==', fold(subject), fold(one))) === true)) return true;
        return items.includes(null) ? null : false;
      });
    }
    case 'wildcard':
      return each(valueOf(expr.subject, row), (text) => expr.patterns.some((pattern) => matchesWildcard(String(text), pattern, expr.folds)));
    case 'regex':
      return each(valueOf(expr.subject, row), (text) => expr.patterns.some((pattern) => matchesRegex(String(text), pattern)));
    case 'call':
      return callFunction(expr.row.name, expr.args.map((arg) => valueOf(arg, row)), expr.folds);
    case 'arithmetic': {
      const left = valueOf(expr.left, row), right = valueOf(expr.right, row);
      if (typeof left !== 'number' || typeof right !== 'number') return null;
      return arithmetic(expr.op, left, right, expr.type !== 'float');
    }
  }
}

function arithmetic(op: '+' | '-' | '*' | '/' | '%', left: number, right: number, isWhole: boolean): number | null {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : isWhole ? Math.trunc(left / right) : left / right;
    case '%':
      return right === 0 ? null : left % right;
  }
}

function compare(op: string, left: string | number | boolean, right: string | number | boolean): boolean {
  const a = typeof left === 'boolean' ? Number(left) : left, b = typeof right === 'boolean' ? Number(right) : right;
  switch (op) {
    case '==':
      return a === b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}
