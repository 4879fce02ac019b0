import { mapBound, walkBound, type Bound } from './bound.js';

type ListColumn = Extract<Bound, { kind: 'column' }>;

/** Items of columns are numbered from here; those that a hunt names itself (arraySearch) from 0. */
const FIRST_ITEM = 1000;

/**
 * A condition over a table that a pipe made, in which each test of a list column (`values(x)`, a list that a row was counted by) is asked of its items: it
 * holds if any of them passes, `!=` if none does (HUNT section 3).
 */
export function askItems(condition: Bound): Bound {
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'not':
    case 'threeValued':
      return mapBound(condition, askItems);
    case 'items':
      return condition; // it asks its list's items as it is
    case 'isNull':
      return isList(condition.operand) ? condition : mapBound(condition, askItems);
    default:
      return askEach(counted(condition));
  }
}

/** `length` of a list column counts its items. */
function counted(expr: Bound): Bound {
  if (expr.kind === 'items') return expr;
  const [of] = expr.kind === 'call' && expr.row.name === 'length' ? expr.args : [];
  return of !== undefined && isList(of) ? { kind: 'items', type: 'int', counts: true, list: of, item: itemOf(of), where: { kind: 'value', type: 'bool', value: true } } : mapBound(expr, counted);
}

function askEach(test: Bound): Bound {
  const list = listIn(test);
  if (list === undefined) return test;
  const isUnequal = test.kind === 'compare' && test.op === '!=';
  const ofOne = replaced(isUnequal ? { ...test, op: '==' } : test, list);
  const any: Bound = { kind: 'items', type: 'bool', counts: false, list, item: itemOf(list), where: askEach(ofOne) };
  return isUnequal ? { kind: 'and', type: 'bool', operands: [{ kind: 'isNull', type: 'bool', negated: true, operand: list }, { kind: 'not', type: 'bool', operand: any }] } : any;
}

function listIn(test: Bound): ListColumn | undefined {
  let found: ListColumn | undefined;
  const look = (expr: Bound): void => {
    if (expr.kind === 'items') return;
    if (isList(expr)) found ??= expr;
    mapBound(expr, (part) => {
      look(part);
      return part;
    });
  };
  look(test);
  return found;
}

function replaced(expr: Bound, list: ListColumn): Bound {
  if (expr.kind === 'items') return expr;
  if (expr.kind === 'column' && expr.index === list.index) return { kind: 'item', type: expr.type, item: itemOf(list), path: [] };
  return mapBound(expr, (part) => replaced(part, list));
}

function isList(expr: Bound): expr is ListColumn {
  return expr.kind === 'column' && expr.list;
}

function itemOf(list: ListColumn): number {
  return FIRST_ITEM + list.index;
}

/** Whether a condition asks nothing but one item. */
export function asksOnlyItem(where: Bound, item: number): boolean {
  let is = true;
  walkBound(where, (expr) => {
    if (expr.kind === 'place' || expr.kind === 'column' || expr.kind === 'relation' || expr.kind === 'items' || (expr.kind === 'item' && expr.item !== item)) is = false;
  });
  return is;
}
