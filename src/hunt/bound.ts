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
  /** A column of the table that a pipe made; of a list `type` is that of its items. */
  | { readonly kind: 'column'; readonly type: ValueType; readonly name: string; readonly index: number; readonly list: boolean }
  | { readonly kind: 'absent'; readonly type: 'any'; readonly name: string }
  | { readonly kind: 'call'; readonly type: ValueType; readonly row: FunctionRow; readonly folds: boolean; readonly args: readonly Bound[] }
  | { readonly kind: 'count'; readonly type: 'int'; readonly list: Bound }
  | { readonly kind: 'arithmetic'; readonly type: ValueType; readonly op: '+' | '-' | '*' | '/' | '%'; readonly left: Bound; readonly right: Bound }
  | { readonly kind: 'compare'; readonly type: 'bool'; readonly op: Comparison; readonly left: Bound; readonly right: Bound }
  /** `subject in (items)`: equality with any. */
  | { readonly kind: 'in'; readonly type: 'bool'; readonly folds: boolean; readonly subject: Bound; readonly items: readonly Bound[] }
  | { readonly kind: 'wildcard'; readonly type: 'bool'; readonly folds: boolean; readonly subject: Bound; readonly patterns: readonly string[] }
  /** Patterns in RE2's syntax; what ignores case says so itself (`foldRegex.ts`). */
  | { readonly kind: 'regex'; readonly type: 'bool'; readonly subject: Bound; readonly patterns: readonly string[] }
  | { readonly kind: 'isNull'; readonly type: 'bool'; readonly negated: boolean; readonly operand: Bound }
  | { readonly kind: 'and' | 'or'; readonly type: 'bool'; readonly operands: readonly Bound[] }
  | { readonly kind: 'not'; readonly type: 'bool'; readonly operand: Bound }
  /** How many items of a list pass, or whether any does (arrayCount, arraySearch). `item` says which item the condition speaks of. */
  | { readonly kind: 'items'; readonly type: 'int' | 'bool'; readonly counts: boolean; readonly list: Bound; readonly item: number; readonly where: Bound }
  /** The item that an `items` around it looks at; `path` leads into it where it is an object. */
  | { readonly kind: 'item'; readonly type: ValueType; readonly item: number; readonly path: readonly string[] }
  /** Conditions of the older dialect: absence is carried through and, or, not. */
  | { readonly kind: 'threeValued'; readonly type: 'bool'; readonly operand: Bound }
  | { readonly kind: 'relation'; readonly type: 'bool'; readonly relation: RelationWord; readonly tree: 'created' | 'recorded'; readonly within: number | undefined; readonly inner: BoundSource };

/** Rows of a source for which a condition is true. */
export interface BoundSource {
  readonly kind: 'rows';
  readonly source: SourceRow;
  readonly table: Table;
  readonly where: Bound;
}

/** One key of a sequence, sample or join. `optional`: absent equals absent; else an event whose key is absent takes no part. */
export interface BoundKey {
  readonly expr: Bound;
  readonly optional: boolean;
}

/** One term: events of a source, with the values they are joined by. */
export interface BoundTerm {
  readonly rows: BoundSource;
  /** What is asked of events of earlier terms (`a.process.pid`); it is decided by the machine, not by SQL. */
  readonly residual: Bound | undefined;
  readonly negated: boolean;
  readonly fork: boolean;
  readonly runs: number;
  readonly name: string | undefined;
  readonly keys: readonly BoundKey[];
}

/** What a state machine does over the events of its terms (HUNT section 7). */
export interface BoundTerms {
  readonly kind: 'sequence' | 'sample' | 'join';
  readonly table: 'sequence';
  readonly terms: readonly BoundTerm[];
  readonly until: BoundTerm | undefined;
  /** Microseconds. */
  readonly maxspan: number | undefined;
  /** The older dialect: `until` is asked before the terms. */
  readonly untilFirst: boolean;
  readonly samplesPerKey: number;
}

export interface BoundColumn {
  readonly name: string;
  readonly expr: Bound;
}

/** A column as it is shown, or as later pipes know it; of a list `type` is that of its items. */
export interface MadeColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly list: boolean;
}

export function madeColumn({ name, expr }: BoundColumn): MadeColumn {
  return { name, type: expr.type, list: expr.kind === 'place' && expr.place.column.form === 'args' };
}

export function aggregateColumn({ name, type, aggregate }: BoundAggregate): MadeColumn {
  return { name, type, list: aggregate === 'values' };
}

export type BoundPipe =
  | { readonly kind: 'head' | 'tail'; readonly count: number }
  | { readonly kind: 'filter'; readonly where: Bound }
  | { readonly kind: 'sort'; readonly keys: readonly { readonly expr: Bound; readonly descending: boolean }[] }
  | { readonly kind: 'unique'; readonly keys: readonly Bound[] }
  | { readonly kind: 'uniqueCount'; readonly keys: readonly Bound[]; readonly columns: readonly BoundColumn[] }
  | { readonly kind: 'count'; readonly keys: readonly BoundColumn[] }
  | { readonly kind: 'fields'; readonly columns: readonly BoundColumn[] }
  /** `within`: for each key the earliest window of that length that passes `having`. */
  | { readonly kind: 'stats'; readonly aggregates: readonly BoundAggregate[]; readonly keys: readonly BoundColumn[]; readonly within: number | undefined; readonly having: Bound | undefined };

export const AGGREGATES = ['count', 'distinct', 'min', 'max', 'sum', 'avg', 'median', 'p90', 'p99', 'first', 'last', 'values'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

export interface BoundAggregate {
  readonly name: string;
  readonly aggregate: AggregateName;
  readonly expr: Bound | undefined;
  readonly type: ValueType;
}

export type View = { readonly kind: 'table' | 'undecided' | 'evidence' | 'explain' } | { readonly kind: 'timeline'; readonly by: Bound | undefined } | { readonly kind: 'chart'; readonly by: readonly BoundColumn[]; readonly per: number | undefined } | { readonly kind: 'tree'; readonly tree: 'created' | 'recorded' | undefined; readonly up: number | undefined; readonly down: number | undefined };

export interface BoundQuery {
  readonly source: BoundSource | BoundTerms;
  readonly pipes: readonly BoundPipe[];
  readonly view: View;
  /** Shown when no pipe chose columns. */
  readonly columns: readonly BoundColumn[];
}

/** The expressions that one is made of; inner sources of relations left out. */
function partsOf(expr: Bound): readonly Bound[] {
  switch (expr.kind) {
    case 'call':
      return expr.args;
    case 'arithmetic':
    case 'compare':
      return [expr.left, expr.right];
    case 'in':
      return [expr.subject, ...expr.items];
    case 'wildcard':
    case 'regex':
      return [expr.subject];
    case 'isNull':
    case 'not':
    case 'threeValued':
      return [expr.operand];
    case 'and':
    case 'or':
      return expr.operands;
    case 'count':
      return [expr.list];
    case 'items':
      return [expr.list, expr.where];
    default:
      return [];
  }
}

/** The same expression with each of its parts changed; inner sources of relations are left as they are. */
export function mapBound(expr: Bound, change: (part: Bound) => Bound): Bound {
  switch (expr.kind) {
    case 'call':
      return { ...expr, args: expr.args.map(change) };
    case 'arithmetic':
    case 'compare':
      return { ...expr, left: change(expr.left), right: change(expr.right) };
    case 'in':
      return { ...expr, subject: change(expr.subject), items: expr.items.map(change) };
    case 'wildcard':
    case 'regex':
      return { ...expr, subject: change(expr.subject) };
    case 'isNull':
    case 'not':
    case 'threeValued':
      return { ...expr, operand: change(expr.operand) };
    case 'and':
    case 'or':
      return { ...expr, operands: expr.operands.map(change) };
    case 'count':
      return { ...expr, list: change(expr.list) };
    case 'items':
      return { ...expr, list: change(expr.list), where: change(expr.where) };
    default:
      return expr;
  }
}

/** Calls `visit` for each bound expression, inner sources of relations left out. */
export function walkBound(expr: Bound, visit: (expr: Bound) => void): void {
  visit(expr);
  for (const part of partsOf(expr)) walkBound(part, visit);
}

const SIZES = new WeakMap<Bound, number>();

/** How many expressions one is when it is written out: what lets put in several places counts in each. */
export function sizeOf(expr: Bound): number {
  let size = SIZES.get(expr);
  if (size === undefined) {
    size = partsOf(expr).reduce((sum, part) => sum + sizeOf(part), 1);
    SIZES.set(expr, size);
  }
  return size;
}
