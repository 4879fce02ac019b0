import type { Range } from './diagnostics.js';

/** A literal as written. `value` of a duration is microseconds. */
export interface Literal extends Range {
  readonly kind: 'literal';
  readonly type: 'null' | 'bool' | 'int' | 'float' | 'text' | 'duration';
  readonly value: string | number | boolean | null;
}

export interface Field extends Range {
  readonly kind: 'field';
  /** The dotted name without backticks; an index is part of it: `a[0]`. */
  readonly name: string;
  /** `?a.b`: may be missing from the evidence. */
  readonly optional: boolean;
}

export interface Call extends Range {
  readonly kind: 'call';
  readonly name: string;
  readonly nameRange: Range;
  /** `name~(`: ignores case. */
  readonly folds: boolean;
  readonly args: readonly Expr[];
}

export interface Arithmetic extends Range {
  readonly kind: 'arithmetic';
  readonly op: '+' | '-' | '*' | '/' | '%';
  readonly left: Expr;
  readonly right: Expr;
}

export interface Sign extends Range {
  readonly kind: 'sign';
  readonly op: '+' | '-';
  readonly operand: Expr;
}

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface Compare extends Range {
  readonly kind: 'compare';
  readonly op: Comparison;
  readonly opRange: Range;
  readonly left: Expr;
  readonly right: Expr;
}

export const MATCHES = ['in', 'in~', ':', 'like', 'like~', 'regex', 'regex~'] as const;
export type MatchOp = (typeof MATCHES)[number];

export interface Match extends Range {
  readonly kind: 'match';
  readonly op: MatchOp;
  readonly opRange: Range;
  /** `not in`. */
  readonly negated: boolean;
  readonly subject: Expr;
  readonly items: readonly Expr[];
}

export interface Junction extends Range {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Expr[];
}

export interface Not extends Range {
  readonly kind: 'not';
  readonly operand: Expr;
}

export const RELATIONS = ['child', 'parent', 'descendant', 'ancestor', 'sibling', 'event'] as const;
export type RelationWord = (typeof RELATIONS)[number];

export interface Relation extends Range {
  readonly kind: 'relation';
  readonly relation: RelationWord;
  readonly inner: Inner;
  readonly tree?: 'created' | 'recorded';
  readonly within?: number;
}

/** What could not be read; its mistake was told already. */
export interface Missing extends Range {
  readonly kind: 'missing';
}

export type Expr = Literal | Field | Call | Arithmetic | Sign | Compare | Match | Junction | Not | Relation | Missing;

export interface EventQuery extends Range {
  readonly kind: 'event';
  /** Source or let; `any`; a quoted category. */
  readonly source: string;
  readonly sourceRange: Range;
  readonly where: Expr;
}

export interface LetUse extends Range {
  readonly kind: 'use';
  readonly name: string;
}

export type Inner = EventQuery | LetUse;

export interface Term extends Range {
  readonly negated: boolean;
  readonly inner: Inner;
  readonly fork: boolean;
  readonly keys: readonly Expr[];
  readonly runs: number;
  readonly name?: string;
  /** Of the name after `as`. */
  readonly nameRange?: Range;
}

export interface TermsQuery extends Range {
  readonly kind: 'sequence' | 'sample' | 'join';
  readonly keys: readonly Expr[];
  /** Microseconds. */
  readonly maxspan?: number;
  readonly terms: readonly Term[];
  readonly until?: Term;
}

export type Source = EventQuery | LetUse | TermsQuery;

/** One argument of a pipe. */
export interface PipeArg extends Range {
  readonly expr: Expr;
  /** `-expr` of sort. */
  readonly descending: boolean;
  readonly name?: string;
  /** Of the name after `as`. */
  readonly nameRange?: Range;
}

export interface Pipe extends Range {
  readonly name: string;
  readonly nameRange: Range;
  readonly args: readonly PipeArg[];
  /** After `by`. */
  readonly keys: readonly PipeArg[];
  /** `within` of stats, `per` of chart: microseconds. */
  readonly span?: number;
  /** `tree created up 3 down 2`. */
  readonly tree?: 'created' | 'recorded';
  readonly up?: number;
  readonly down?: number;
}

export interface Query extends Range {
  readonly source: Source;
  readonly pipes: readonly Pipe[];
}

export interface Definition extends Range {
  readonly name: string;
  readonly nameRange: Range;
  readonly parameters: readonly (Range & { readonly name: string })[];
  readonly body: { readonly kind: 'query'; readonly query: Query } | { readonly kind: 'expr'; readonly expr: Expr };
}

export interface Hunt extends Range {
  readonly definitions: readonly Definition[];
  readonly query?: Query;
}

/** Calls `visit` for an expression and everything in it, subqueries of relations included. */
export function walk(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  switch (expr.kind) {
    case 'call':
      for (const arg of expr.args) walk(arg, visit);
      break;
    case 'arithmetic':
    case 'compare':
      walk(expr.left, visit);
      walk(expr.right, visit);
      break;
    case 'sign':
    case 'not':
      walk(expr.operand, visit);
      break;
    case 'match':
      walk(expr.subject, visit);
      for (const item of expr.items) walk(item, visit);
      break;
    case 'and':
    case 'or':
      for (const operand of expr.operands) walk(operand, visit);
      break;
    case 'relation':
      if (expr.inner.kind === 'event') walk(expr.inner.where, visit);
      break;
    case 'literal':
    case 'field':
    case 'missing':
      break;
  }
}
