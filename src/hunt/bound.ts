import type { FunctionRow } from './functions.js';
import type { Place, Table } from './resolve.js';
import type { SourceRow } from './sources.js';
import type { Comparison, RelationWord } from './tree.js';
import type { ValueType } from './types.js';

/**
 * A bound expression: names are found, types meet, spellings are gone (`!=` of lists, `not in`, networks, arithmetic functions).
 * Everything may be absent but `null tests` and `and or not` (HUNT section 3).
 */
export type Bound =
  | { readonly kind: 'value'; readonly type: ValueType; readonly value: string | number | boolean | null }
  | { readonly kind: 'place'; readonly type: ValueType; readonly place: Place }
  /** A column of the table that a pipe made. */
  | { readonly kind: 'column'; readonly type: ValueType; readonly name: string; readonly index: number }
  | { readonly kind: 'absent'; readonly type: 'any'; readonly name: string }
  | { readonly kind: 'call'; readonly type: ValueType; readonly row: FunctionRow; readonly folds: boolean; readonly args: readonly Bound[] }
  | { readonly kind: 'count'; readonly type: 'int'; readonly list: Bound }
  | { readonly kind: 'arithmetic'; readonly type: ValueType; readonly op: '+' | '-' | '*' | '/' | '%'; readonly left: Bound; readonly right: Bound }
  | { readonly kind: 'compare'; readonly type: 'bool'; readonly op: Comparison; readonly left: Bound; readonly right: Bound }
  /** `subject in (items)`: equality with any. */
  | { readonly kind: 'in'; readonly type: 'bool'; readonly folds: boolean; readonly subject: Bound; readonly items: readonly Bound[] }
  | { readonly kind: 'wildcard'; readonly type: 'bool'; readonly folds: boolean; readonly subject: Bound; readonly patterns: readonly string[] }
  /** Patterns in RE2's syntax. */
  | { readonly kind: 'regex'; readonly type: 'bool'; readonly folds: boolean; readonly subject: Bound; readonly patterns: readonly string[] }
  | { readonly kind: 'isNull'; readonly type: 'bool'; readonly negated: boolean; readonly operand: Bound }
  | { readonly kind: 'and' | 'or'; readonly type: 'bool'; readonly operands: readonly Bound[] }
  | { readonly kind: 'not'; readonly type: 'bool'; readonly operand: Bound }
  | { readonly kind: 'relation'; readonly type: 'bool'; readonly relation: RelationWord; readonly within: number | undefined; readonly inner: BoundSource };

/** Rows of a source for which a condition is true. */
export interface BoundSource {
  readonly source: SourceRow;
  readonly table: Table;
  readonly where: Bound;
}

export interface BoundColumn {
  readonly name: string;
  readonly expr: Bound;
}

export type BoundPipe =
  | { readonly kind: 'head' | 'tail'; readonly count: number }
  | { readonly kind: 'filter'; readonly where: Bound }
  | { readonly kind: 'sort'; readonly keys: readonly { readonly expr: Bound; readonly descending: boolean }[] }
  | { readonly kind: 'unique'; readonly keys: readonly Bound[] }
  | { readonly kind: 'uniqueCount'; readonly keys: readonly Bound[]; readonly columns: readonly BoundColumn[] }
  | { readonly kind: 'count'; readonly keys: readonly BoundColumn[] }
  | { readonly kind: 'fields'; readonly columns: readonly BoundColumn[] };

export type View = { readonly kind: 'table' | 'undecided' } | { readonly kind: 'tree'; readonly tree: 'created' | 'recorded' | undefined; readonly up: number | undefined; readonly down: number | undefined };

export interface BoundQuery {
  readonly source: BoundSource;
  readonly pipes: readonly BoundPipe[];
  readonly view: View;
  /** Shown when no pipe chose columns. */
  readonly columns: readonly BoundColumn[];
}

/** Calls `visit` for each bound expression, inner sources of relations left out. */
export function walkBound(expr: Bound, visit: (expr: Bound) => void): void {
  visit(expr);
  switch (expr.kind) {
    case 'call':
      for (const arg of expr.args) walkBound(arg, visit);
      break;
    case 'arithmetic':
    case 'compare':
      walkBound(expr.left, visit);
      walkBound(expr.right, visit);
      break;
    case 'in':
      walkBound(expr.subject, visit);
      for (const item of expr.items) walkBound(item, visit);
      break;
    case 'wildcard':
    case 'regex':
      walkBound(expr.subject, visit);
      break;
    case 'isNull':
    case 'not':
      walkBound(expr.operand, visit);
      break;
    case 'and':
    case 'or':
      for (const operand of expr.operands) walkBound(operand, visit);
      break;
    case 'count':
      walkBound(expr.list, visit);
      break;
    case 'value':
    case 'place':
    case 'column':
    case 'absent':
    case 'relation':
      break;
  }
}
