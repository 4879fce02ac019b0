import { dialectOf, MAX_TEXT } from './compile.js';
import { format } from './format.js';
import { namesOf } from './names.js';
import { parse } from './parser.js';
import { printHunt } from './print.js';
import { STORE_FIELDS } from './resolve.js';
import type { Compare, Definition, EventQuery, Expr, Field, Hunt, Inner, Match, Pipe, Query, Term } from './tree.js';

const NOWHERE = { from: 0, to: 0 };
/** Functions whose text arguments the older dialect compares without case. */
const FOLDING = new Set(['between', 'endswith', 'indexof', 'startswith', 'stringcontains', 'match', 'matchlite']);
/** Where Hunt cannot say the same, what is different is written above the hunt. */
const DIFFERENCES = {
  until: 'until is asked after the terms here, before them there',
  division: '/ and % cut towards zero here, round down there',
  keys: 'keys and sorted text keep their case here',
  question: 'a ? in a pattern stands for one letter here',
} as const;
type Difference = keyof typeof DIFFERENCES;

/** A text of the older dialect as Hunt, with the same meaning but for what its first lines say. undefined: it is Hunt already, or has a mistake. */
export function rewriteEndgame(text: string): string | undefined {
  const dialect = dialectOf(text);
  if (text.length > MAX_TEXT || !dialect.isEndgame) return undefined;
  const { hunt, tokens, comments, diagnostics } = parse(text, dialect);
  if (diagnostics.some((one) => one.severity === 'error')) return undefined;
  const differs = new Set<Difference>();
  const given = new Set(namesOf({ hunt, tokens }, new Set()).map((use) => use.from));
  const printed = format(printHunt(createRewriter(dialect.ignoresCase, differs, given).hunt(hunt)));
  const kept = comments.slice(1).map((comment) => text.slice(comment.from, comment.to).trimEnd()); // the first names the dialect
  return [...kept, ...[...differs].map((difference) => `// differs: ${DIFFERENCES[difference]}`), printed].join('\n');
}

/** `given`: where names stand that the text itself gives. */
function createRewriter(ignoresCase: boolean, differs: Set<Difference>, given: ReadonlySet<number>): { hunt(hunt: Hunt): Hunt } {
  return {
    hunt: ({ definitions, query: own, ...range }) => ({ ...range, definitions: definitions.map(definition), ...(own !== undefined && { query: query(own) }) }),
  };

  function definition(of: Definition): Definition {
    return { ...of, body: of.body.kind === 'query' ? { kind: 'query', query: query(of.body.query) } : { kind: 'expr', expr: condition(of.body.expr, false) } };
  }

  function query({ source, pipes, ...range }: Query): Query {
    const made = pipes.map(pipe);
    if (source.kind === 'event' || source.kind === 'use') return { ...range, source: inner(source), pipes: made };
    if (source.until !== undefined) differs.add('until');
    return { ...range, source: { ...source, keys: source.keys.map(key), terms: source.terms.map(term), ...(source.until !== undefined && { until: term(source.until) }) }, pipes: made };
  }

  function term(of: Term): Term {
    return { ...of, inner: inner(of.inner), keys: of.keys.map(key) };
  }

  function inner<I extends Inner>(of: I): I | EventQuery {
    return of.kind === 'event' ? { ...of, where: condition(of.where, false) } : of;
  }

  function pipe(of: Pipe): Pipe {
    if (of.name === 'filter') return { ...of, args: of.args.map((arg) => ({ ...arg, expr: condition(arg.expr, false) })) };
    if (ignoresCase && of.name !== 'head' && of.name !== 'tail') differs.add('keys');
    return { ...of, args: of.args.map((arg) => ({ ...arg, expr: value(arg.expr) })), keys: of.keys.map((arg) => ({ ...arg, expr: value(arg.expr) })) };
  }

  /** There an absent key joins another. */
  function key(of: Expr): Expr {
    return of.kind === 'field' ? { ...field(of), optional: true } : value(of);
  }

  /**
   * A condition, or its negation, with `not` carried down to the tests. There what is absent makes a test neither true nor false, and its negation too: so
   * a negated test asks that its fields be there.
   */
  function condition(of: Expr, negated: boolean): Expr {
    switch (of.kind) {
      case 'not':
        return condition(of.operand, !negated);
      case 'and':
      case 'or': {
        const kind = (of.kind === 'and') === negated ? 'or' : 'and';
        const operands = of.operands.map((operand) => condition(operand, negated));
        return { ...of, kind, operands: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand])) };
      }
      case 'literal':
        return negated && typeof of.value === 'boolean' ? { ...of, value: !of.value } : of;
      case 'compare': {
        const isNull = [of.left, of.right].some((side) => side.kind === 'literal' && side.type === 'null');
        if (isNull && (of.op === '==' || of.op === '!=')) return { ...of, op: (of.op === '==') === negated ? '!=' : '==', left: value(of.left), right: value(of.right) };
        const opposite = of.op === '!=';
        return test(compare(opposite ? { ...of, op: '==' } : of), negated !== opposite, [of.left, of.right]);
      }
      case 'match':
        return test(match({ ...of, negated: false }), negated !== of.negated, [of.subject]);
      default:
        return test(value(of), negated, of.kind === 'call' ? of.args : []);
    }
  }

  function test(of: Expr, negated: boolean, asks: readonly Expr[]): Expr {
    if (!negated) return of;
    const present = asks.flatMap(fieldsOf).map((one): Expr => ({ kind: 'compare', op: '!=', opRange: NOWHERE, left: one, right: { kind: 'literal', type: 'null', value: null, ...NOWHERE }, ...NOWHERE }));
    const not: Expr = { kind: 'not', operand: of, ...NOWHERE };
    return present.length === 0 ? not : { kind: 'and', operands: [...present, not], ...NOWHERE };
  }

  function fieldsOf(of: Expr): readonly Field[] {
    if (of.kind === 'field') return [field(of)];
    if (of.kind === 'arithmetic' || of.kind === 'compare') return [...fieldsOf(of.left), ...fieldsOf(of.right)];
    return of.kind === 'call' ? of.args.flatMap(fieldsOf) : [];
  }

  /** `==` of text: wildcards there, and no case. */
  function compare(of: Compare): Expr {
    const left = value(of.left);
    const right = value(of.right);
    const [pattern, subject] = right.kind === 'literal' && right.type === 'text' ? [right, left] : left.kind === 'literal' && left.type === 'text' ? [left, right] : [undefined, left];
    if (of.op !== '==' || pattern === undefined) return { ...of, left, right };
    const has = (letter: string): boolean => String(pattern.value).includes(letter);
    if (has('*') && has('?')) differs.add('question');
    const op = has('*') ? (ignoresCase ? ':' : 'like') : ignoresCase ? 'in~' : undefined;
    return op === undefined ? { ...of, left: subject, right: pattern } : { kind: 'match', op: op === 'in~' && !has('?') ? ':' : op, opRange: NOWHERE, negated: false, subject, items: [pattern], ...NOWHERE };
  }

  function match(of: Match): Match {
    const items = of.items.map(value);
    const isText = items.every((item) => item.kind === 'literal' && item.type === 'text');
    const folded = { in: 'in~', like: 'like~', regex: 'regex~' } as const;
    const op = ignoresCase && isText && (of.op === 'in' || of.op === 'like' || of.op === 'regex') ? folded[of.op] : of.op;
    return { ...of, op, subject: value(of.subject), items };
  }

  function value(of: Expr): Expr {
    switch (of.kind) {
      case 'field':
        return field(of);
      case 'call': {
        const name = of.name.toLowerCase() === 'matchlite' ? 'match' : of.name;
        return { ...of, name, folds: of.folds || (ignoresCase && FOLDING.has(of.name.toLowerCase())), args: of.args.map((arg) => (isCondition(arg) ? condition(arg, false) : value(arg))) };
      }
      case 'arithmetic':
        if (of.op === '/' || of.op === '%') differs.add('division');
        return { ...of, left: value(of.left), right: value(of.right) };
      case 'sign':
        return { ...of, operand: value(of.operand) };
      case 'relation':
        return { ...of, inner: inner(of.inner) };
      case 'literal':
      case 'missing':
        return of;
      default:
        return condition(of, false);
    }
  }

  /** There any name may be asked; what no table has is absent. */
  function field(of: Field): Field {
    return given.has(of.from) || STORE_FIELDS.resolve(of.name, 'event', 'recorded').kind !== 'unknown' ? of : { ...of, optional: true };
  }
}

function isCondition(of: Expr): boolean {
  return of.kind === 'compare' || of.kind === 'match' || of.kind === 'and' || of.kind === 'or' || of.kind === 'not';
}
