import { walkBound, type Bound } from './bound.js';
import { valueOf } from './evaluate.js';

const NOWHERE = { place: () => null, column: () => null };

/** Whether an expression asks nothing of a row: the same for all. */
export function isConstant(expr: Bound): boolean {
  let is = true;
  walkBound(expr, (inner) => {
    if (inner.kind === 'place' || inner.kind === 'column' || inner.kind === 'relation' || inner.kind === 'items' || inner.kind === 'item' || inner.kind === 'absent') is = false;
  });
  return is;
}

/** The same condition with what is known beforehand worked out: `true or x` is true, `x and true` is x. */
export function simplify(expr: Bound): Bound {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const decides = expr.kind === 'or';
      const operands: Bound[] = [];
      for (const operand of expr.operands.map(simplify)) {
        const parts = operand.kind === expr.kind ? operand.operands : [operand];
        for (const part of parts) {
          if (part.kind === 'value' && part.value === decides) return part;
          if (part.kind !== 'value' || part.value !== !decides) operands.push(part);
        }
      }
      return operands.length === 0 ? { kind: 'value', type: 'bool', value: !decides } : operands.length === 1 ? operands[0]! : { ...expr, operands };
    }
    case 'not': {
      const operand = simplify(expr.operand);
      return operand.kind === 'value' && typeof operand.value === 'boolean' ? { kind: 'value', type: 'bool', value: !operand.value } : { ...expr, operand };
    }
    case 'threeValued':
      return { ...expr, operand: simplify(expr.operand) };
    case 'value':
      return expr;
    default: {
      if (!isConstant(expr)) return expr;
      const value = valueOf(expr, NOWHERE);
      if (value !== null && typeof value === 'object') return expr;
      return { kind: 'value', type: expr.type, value: expr.type === 'bool' && typeof value === 'number' ? value !== 0 : value };
    }
  }
}
