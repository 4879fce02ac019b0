import { DURATION_UNITS, KEYWORDS } from './lexer.js';
import type { Definition, Expr, Hunt, Inner, Literal, Pipe, PipeArg, Query, Source, Term } from './tree.js';

/**
 * The text of a tree, on as few lines as may be; `format` lays it out. Reading it again gives the same tree. Brackets stand only where they are needed;
 * comments are no part of a tree.
 */
export function printHunt({ definitions, query }: Hunt): string {
  return [...definitions.map(printDefinition), ...(query === undefined ? [] : [printQuery(query)])].join('\n');
}

function printDefinition({ name, parameters, body }: Definition): string {
  const head = parameters.length > 0 ? `${printName(name)}(${parameters.map((parameter) => printName(parameter.name)).join(', ')})` : printName(name);
  return `let ${head} = ${printBody({ body })}`;
}

/** What a let stands for. */
export function printBody({ body }: Pick<Definition, 'body'>): string {
  return body.kind === 'query' ? printQuery(body.query) : printExpr(body.expr);
}

export function printQuery({ source, pipes }: Query): string {
  return [printSource(source), ...pipes.map((pipe) => `| ${printPipe(pipe)}`)].join(' ');
}

function printSource(source: Source): string {
  if (source.kind === 'event' || source.kind === 'use') return printInner(source);
  const terms = source.terms.map(printTerm);
  if (source.until !== undefined) terms.push(`until ${printTerm(source.until)}`);
  return [source.kind, ...(source.keys.length > 0 ? [`by ${source.keys.map((key) => printExpr(key)).join(', ')}`] : []), ...(source.maxspan === undefined ? [] : [`with maxspan=${printDuration(source.maxspan)}`]), ...terms].join(' ');
}

export function printInner(inner: Inner): string {
  if (inner.kind === 'use') return printName(inner.name);
  return `${inner.source === 'any' || isName(inner.source) ? inner.source : printText(inner.source)} where ${printExpr(inner.where)}`;
}

function printTerm(term: Term): string {
  return [
    `${term.negated ? '!' : ''}[${printInner(term.inner)}]`,
    ...(term.fork ? ['fork'] : []),
    ...(term.keys.length > 0 ? [`by ${term.keys.map((key) => printExpr(key)).join(', ')}`] : []),
    ...(term.runs === 1 ? [] : [`with runs=${term.runs}`]),
    ...(term.name === undefined ? [] : [`as ${printName(term.name)}`]),
  ].join(' ');
}

function printPipe(pipe: Pipe): string {
  const args = (list: readonly PipeArg[]): string => list.map((arg) => `${arg.descending ? '-' : ''}${printExpr(arg.expr, arg.descending ? UNARY : OR)}${arg.name === undefined ? '' : ` as ${printName(arg.name)}`}`).join(', ');
  return [
    pipe.name,
    ...(pipe.args.length > 0 ? [args(pipe.args)] : []),
    ...(pipe.tree === undefined ? [] : [pipe.tree]),
    ...(pipe.up === undefined ? [] : [`up ${pipe.up}`]),
    ...(pipe.down === undefined ? [] : [`down ${pipe.down}`]),
    ...(pipe.keys.length > 0 ? [`by ${args(pipe.keys)}`] : []),
    ...(pipe.span === undefined ? [] : [`${pipe.name === 'chart' ? 'per' : 'within'} ${printDuration(pipe.span)}`]),
  ].join(' ');
}

// How tightly each kind of expression holds together.
const OR = 1, AND = 2, NOT = 3, TEST = 4, SUM = 5, PRODUCT = 6, UNARY = 7, PRIMARY = 8;

function tightnessOf(expr: Expr): number {
  switch (expr.kind) {
    case 'or':
      return OR;
    case 'and':
      return AND;
    case 'not':
      return NOT;
    case 'compare':
    case 'match':
      return TEST;
    case 'arithmetic':
      return expr.op === '+' || expr.op === '-' ? SUM : PRODUCT;
    case 'sign':
      return UNARY;
    case 'literal':
      return typeof expr.value === 'number' && (expr.value < 0 || Object.is(expr.value, -0)) ? UNARY : PRIMARY;
    case 'call':
    case 'field':
    case 'relation':
    case 'missing':
      return PRIMARY;
  }
}

/** The text of an expression; in brackets where it holds less tightly than its place asks. */
export function printExpr(expr: Expr, tightness = OR): string {
  const text = printBare(expr);
  return tightnessOf(expr) < tightness ? `(${text})` : text;
}

function printBare(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return printLiteral(expr);
    case 'field':
      return `${expr.optional ? '?' : ''}${printFieldName(expr.name)}`;
    case 'call':
      return `${expr.name}${expr.folds ? '~' : ''}(${expr.args.map((arg) => printExpr(arg)).join(', ')})`;
    case 'arithmetic': {
      const own = tightnessOf(expr);
      return `${printExpr(expr.left, own)} ${expr.op} ${printExpr(expr.right, own + 1)}`;
    }
    case 'sign':
      return `${expr.op}${printExpr(expr.operand, PRIMARY)}`;
    case 'compare':
      return `${printExpr(expr.left, SUM)} ${expr.op} ${printExpr(expr.right, SUM)}`;
    case 'match': {
      const takesList = expr.op === 'in' || expr.op === 'in~';
      const items = expr.items.map((item) => printExpr(item, takesList ? OR : SUM));
      // One value needs no list, but a bracket would open one.
      const isPlain = !takesList && items.length === 1 && !items[0]!.startsWith('(');
      return `${printExpr(expr.subject, SUM)} ${expr.negated ? 'not ' : ''}${expr.op} ${isPlain ? items[0]! : `(${items.join(', ')})`}`;
    }
    case 'and':
    case 'or':
      return expr.operands.map((operand) => printExpr(operand, tightnessOf(expr) + 1)).join(` ${expr.kind} `);
    case 'not':
      return `not ${printExpr(expr.operand, NOT)}`;
    case 'relation':
      return `${expr.relation} of ${expr.inner.kind === 'use' ? printName(expr.inner.name) : `[${printInner(expr.inner)}]`}${expr.tree === undefined ? '' : ` in ${expr.tree}`}${expr.within === undefined ? '' : ` within ${expr.within}`}`;
    case 'missing':
      return '';
  }
}

function printLiteral({ type, value }: Literal): string {
  if (type === 'text') return printText(String(value));
  if (type === 'duration') return printDuration(Number(value));
  if (type === 'float' && Number.isInteger(value) && Math.abs(Number(value)) < 1e21) return `${String(value)}.0`;
  return String(value);
}

const ESCAPED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '"': '\\"' };

/** A text in double quotes. What could not be seen, or would turn the text beside it, is written as an escape. */
export function printText(value: string): string {
  // eslint-disable-next-line no-control-regex -- control and bidi characters of evidence
  return `"${value.replace(/[\u0000-\u001f\\"\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu, (char) => ESCAPED[char] ?? `\\u{${char.codePointAt(0)!.toString(16).padStart(4, '0')}}`)}"`;
}

/** Microseconds in the largest unit that gives a whole number. */
export function printDuration(micros: number): string {
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms', 'us'] as const) {
    const value = micros / DURATION_UNITS[unit]!;
    if (Number.isInteger(value) && (micros !== 0 || unit === 's')) return `${value}${unit}`;
  }
  return `${Math.round(micros * 1000)}ns`;
}

function isName(name: string): boolean {
  return /^[A-Za-z_@][A-Za-z0-9_@]*$/.test(name) && !(KEYWORDS as readonly string[]).includes(name);
}

/** A name, in backticks where it needs them. */
export function printName(name: string): string {
  return isName(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/** `a.b[0]`: any word may follow a dot. */
export function printFieldName(name: string): string {
  return name.split('.').map((part, at) => {
    const [, head = part, index = ''] = /^(.*?)((?:\[\d+\])*)$/s.exec(part) ?? [];
    return (at > 0 && /^[A-Za-z_@][A-Za-z0-9_@]*$/.test(head) ? head : printName(head)) + index;
  }).join('.');
}
