import type { Cursor } from './cursor.js';
import { mistake, replace, type Fix } from './diagnostics.js';
import type { Token } from './lexer.js';
import { COMPARISONS, MATCHES, RELATIONS, type Call, type Compare, type Comparison, type EventQuery, type Expr, type Field, type Inner, type Literal, type Match, type MatchOp, type Relation, type RelationWord } from './tree.js';

/** Nested deeper than this, a text is an attack, not a hunt. */
const MAX_DEPTH = 200;
const depths = new WeakMap<Cursor, number>();

/** Reads one expression; where none stands, gives `missing` and tells it. */
export function parseExpression(cursor: Cursor): Expr {
  const depth = (depths.get(cursor) ?? 0) + 1;
  if (depth > MAX_DEPTH) {
    const token = cursor.peek();
    tooDeep(cursor);
    return { kind: 'missing', from: token.from, to: token.to };
  }
  depths.set(cursor, depth);
  const expr = junction(cursor, 'or', (inner) => junction(inner, 'and', not));
  depths.set(cursor, depth - 1);
  return expr;
}

function tooDeep(cursor: Cursor): void {
  cursor.tell(mistake(101, cursor.peek(), `Conditions are nested deeper than ${MAX_DEPTH} here; write it flatter.`));
  cursor.abandon();
}

function junction(cursor: Cursor, kind: 'and' | 'or', operand: (cursor: Cursor) => Expr): Expr {
  const first = operand(cursor);
  if (!cursor.sees(kind)) return first;
  const operands = [first];
  while (cursor.take(kind) !== undefined) operands.push(operand(cursor));
  return { kind, from: first.from, to: cursor.end, operands };
}

function not(cursor: Cursor): Expr {
  const words: Token[] = [];
  for (let word = cursor.take('not'); word !== undefined; word = cursor.take('not')) words.push(word);
  if (words.length > MAX_DEPTH) tooDeep(cursor);
  let expr = test(cursor);
  for (const word of words.slice(0, MAX_DEPTH).reverse()) expr = { kind: 'not', from: word.from, to: expr.to, operand: expr };
  return expr;
}

function test(cursor: Cursor): Expr {
  const left = sum(cursor);
  const isBeforeMatch = cursor.sees('not') && isMatchOp(cursor.peek(1).value) && cursor.peek(1).kind !== 'text';
  const negated = isBeforeMatch ? cursor.next() : undefined;
  if (negated !== undefined && !cursor.sees('in') && !cursor.sees('in~')) {
    const said = { from: left.from, to: negated.to };
    cursor.note(mistake(101, negated, `Only in has its not here; before ${cursor.peek().text} it stands before the whole: not ${cursor.source(left)} ${cursor.peek().text} ...`, [replace('Move not to the front', said, `not ${cursor.source(left)}`)]));
  }
  const token = cursor.peek();
  const range = { from: negated?.from ?? token.from, to: token.to };
  if (token.kind !== 'symbol' && token.kind !== 'keyword') return left;
  if (isMatchOp(token.value)) {
    cursor.next();
    return matchTail(cursor, left, token.value, range, negated !== undefined);
  }
  if (cursor.sees('=') && cursor.isEndgame) { /* compares there */ }
  else if (cursor.sees('=')) cursor.note(mistake(103, token, '= does not compare; write ==.', [replace('Change to ==', token, '==')]));
  else if (!isComparison(token.value)) return left;
  cursor.next();
  const compare: Compare = { kind: 'compare', op: token.value === '=' ? '==' : (token.value as Comparison), opRange: range, left, right: sum(cursor), from: left.from, to: cursor.end };
  return chained(cursor, compare);
}

/** `a < b < c`: told once, with the fix that says what is meant. */
function chained(cursor: Cursor, first: Compare): Expr {
  const token = cursor.peek();
  if (token.kind !== 'symbol' || !isComparison(token.value)) return first;
  const insert = { from: token.from, to: token.from };
  cursor.note(mistake(105, token, 'Comparisons do not chain; join two with and.', [replace('Join with and', insert, `and ${cursor.source(first.right)} `)]));
  cursor.next();
  const right = sum(cursor);
  return { kind: 'and', from: first.from, to: cursor.end, operands: [first, { kind: 'compare', op: token.value, opRange: token, left: first.right, right, from: first.right.from, to: cursor.end }] };
}

function matchTail(cursor: Cursor, subject: Expr, op: MatchOp, opRange: { from: number; to: number }, negated: boolean): Match {
  const items: Expr[] = [];
  const open = cursor.take('(');
  if (open !== undefined) {
    if (!cursor.sees(')')) do items.push(op.startsWith('in') ? parseExpression(cursor) : sum(cursor)); while (cursor.take(',') !== undefined);
    else cursor.unexpected('a value');
    cursor.close(open, ')', () => comma(cursor));
  } else if (op === 'in' || op === 'in~') {
    cursor.unexpected('a list in parentheses, like ("a", "b")');
    cursor.skip();
  } else items.push(sum(cursor));
  return { kind: 'match', from: subject.from, to: cursor.end, op, opRange, negated, subject, items };
}

function sum(cursor: Cursor): Expr {
  return arithmetic(cursor, ['+', '-'], (inner) => arithmetic(inner, ['*', '/', '%'], unary));
}

function arithmetic(cursor: Cursor, ops: readonly ('+' | '-' | '*' | '/' | '%')[], operand: (cursor: Cursor) => Expr): Expr {
  let left = operand(cursor);
  let links = 0;
  for (let op = ops.find((one) => cursor.sees(one)); op !== undefined; op = ops.find((one) => cursor.sees(one))) {
    if (++links > MAX_DEPTH) {
      tooDeep(cursor);
      return { kind: 'missing', from: left.from, to: left.to };
    }
    cursor.next();
    const right = operand(cursor);
    left = { kind: 'arithmetic', op, left, right, from: left.from, to: right.to };
  }
  return left;
}

function unary(cursor: Cursor): Expr {
  const signs: Token[] = [];
  while (cursor.sees('+') || cursor.sees('-')) signs.push(cursor.next());
  if (signs.length > MAX_DEPTH) tooDeep(cursor);
  let expr = primary(cursor);
  for (let calls = 0; cursor.isEndgame && calls < MAX_DEPTH && cursor.sees(':') && cursor.peek(1).kind === 'name' && cursor.sees('(', 2); calls++) {
    cursor.next(); // `x:length()` is length(x)
    const method = call(cursor);
    expr = { ...method, from: expr.from, args: [expr, ...method.args] };
  }
  for (const sign of signs.slice(0, MAX_DEPTH).reverse()) {
    if (expr.kind === 'literal' && typeof expr.value === 'number') expr = { ...expr, from: sign.from, value: sign.value === '-' ? -expr.value : expr.value };
    else expr = { kind: 'sign', op: sign.value as '+' | '-', operand: expr, from: sign.from, to: expr.to }; // the loop took only these
  }
  return expr;
}

function primary(cursor: Cursor): Expr {
  const token = cursor.peek();
  const range = { from: token.from, to: token.to };
  switch (token.kind) {
    case 'text':
    case 'raw':
      cursor.next();
      return { kind: 'literal', type: 'text', value: token.value, ...range };
    case 'int':
    case 'float':
    case 'duration':
      cursor.next();
      return { kind: 'literal', type: token.kind, value: token.value, ...range };
    case 'keyword':
      if (token.value === 'true' || token.value === 'false') return literal(cursor, 'bool', token.value === 'true');
      if (token.value === 'null') return literal(cursor, 'null', null);
      break;
    case 'name':
      if (cursor.startsQuery()) break; // this line begins another query: the expression is what is missing
      if (token.quoted !== true && isRelation(token.value) && cursor.sees('of', 1)) return relation(cursor);
      if (token.quoted !== true && (cursor.sees('(', 1) || (cursor.sees('~', 1) && cursor.sees('(', 2)))) return call(cursor);
      return field(cursor);
    case 'symbol':
      if (token.value === '?' && cursor.peek(1).kind === 'name') return field(cursor);
      if (token.value === '(') {
        cursor.next();
        const inner = parseExpression(cursor);
        cursor.close(token, ')', () => joiner(cursor, inner));
        return { ...inner, from: token.from, to: cursor.end };
      }
      break;
    case 'end':
      break;
  }
  cursor.unexpected('a field, a value or a condition');
  cursor.skip((one) => one.value === ',');
  return { kind: 'missing', from: cursor.end, to: Math.max(cursor.end, token.from) };
}

function literal(cursor: Cursor, type: Literal['type'], value: Literal['value']): Literal {
  const token = cursor.next();
  return { kind: 'literal', type, value, from: token.from, to: token.to };
}

function field(cursor: Cursor): Field {
  const from = cursor.peek().from;
  const optional = cursor.take('?') !== undefined;
  let name = String(cursor.next().value);
  for (;;) {
    if (cursor.sees('.')) {
      cursor.next();
      const part = cursor.peek();
      // Any word may be a part of a name: `event.sequence`, `process.parent.in`.
      if (part.kind === 'name' || part.kind === 'keyword') name += `.${cursor.next().value}`;
      else {
        cursor.unexpected('the rest of the field name');
        name += '.';
        break;
      }
    } else if (cursor.sees('[') && cursor.peek(1).kind === 'int' && cursor.sees(']', 2)) {
      cursor.next();
      name += `[${cursor.next().value}]`;
      cursor.next();
    } else if (cursor.sees('[') && cursor.sees('-', 1) && cursor.peek(2).kind === 'int' && cursor.sees(']', 3)) {
      const [open, , , close] = [cursor.next(), cursor.next(), cursor.next(), cursor.next()];
      cursor.note(mistake(101, { from: open.from, to: close.to }, 'An item is counted from the beginning, from 0: process.args[0]; there is none from the end.', [replace('Change to [0]', { from: open.from, to: close.to }, '[0]')]));
    } else break;
  }
  return { kind: 'field', from, to: cursor.end, name, optional };
}

function call(cursor: Cursor): Call {
  const name = cursor.next();
  const folds = cursor.take('~') !== undefined;
  const open = cursor.next();
  const args: Expr[] = [];
  if (!cursor.sees(')')) do args.push(parseExpression(cursor)); while (cursor.take(',') !== undefined);
  cursor.close(open, ')', () => comma(cursor));
  return { kind: 'call', from: name.from, to: cursor.end, name: String(name.value), nameRange: { from: name.from, to: name.to }, folds, args };
}

function relation(cursor: Cursor): Relation {
  const word = cursor.next();
  cursor.next();
  const name = cursor.peek();
  const inner = name.kind === 'name' ? ({ kind: 'use', from: cursor.next().from, to: cursor.end, name: String(name.value) } as const) : parseBracketed(cursor);
  let tree: 'created' | 'recorded' | undefined;
  let within: number | undefined;
  // `in` after `]` is a tree when a name follows, a list when `(` does.
  if (cursor.sees('in') && (cursor.seesName('created', 1) || cursor.seesName('recorded', 1))) {
    cursor.next();
    tree = cursor.next().value as 'created' | 'recorded'; // just seen
  }
  if (cursor.seesName('within')) {
    cursor.next();
    const links = cursor.peek();
    if (links.kind === 'int') within = Number(cursor.next().value);
    else cursor.unexpected('a number of links');
  }
  return { kind: 'relation', from: word.from, to: cursor.end, relation: word.value as RelationWord, inner, ...(tree !== undefined && { tree }), ...(within !== undefined && { within }) };
}

/** `source where condition`. */
export function parseEvent(cursor: Cursor): EventQuery {
  const token = cursor.peek();
  const from = token.from;
  let source = '';
  if (token.kind === 'name' || token.kind === 'text' || token.kind === 'raw' || cursor.sees('any')) source = String(cursor.next().value);
  else {
    cursor.unexpected('a source (processes, exec, any, ...)');
    cursor.skip((one) => one.value === 'where');
  }
  const sourceRange = { from, to: source === '' ? from : cursor.end };
  let where: Expr = { kind: 'missing', from: cursor.end, to: cursor.end };
  if (cursor.expect('where', [whereOrName(cursor, source)]) !== undefined) where = parseExpression(cursor);
  else cursor.skip();
  return { kind: 'event', from, to: cursor.end, source, sourceRange, where };
}

/** What is missing where no `where` comes: the name of a let; the word alone before a condition; else a condition too. */
function whereOrName(cursor: Cursor, source: string): Fix {
  const here = { from: cursor.end, to: cursor.end };
  if (source === 'let' && cursor.sees('=')) return replace('Insert a name', here, ' rows');
  return startsOperand(cursor) ? replace('Insert where', here, ' where') : replace('Insert where true', here, ' where true');
}

/** What is missing between a whole condition and another that follows it. */
export function joiner(cursor: Cursor, before: Expr): readonly Fix[] {
  const isCondition = ['compare', 'match', 'relation', 'not', 'and', 'or', 'literal'].includes(before.kind);
  return isCondition && startsCondition(cursor) ? [replace('Insert and', { from: cursor.end, to: cursor.end }, ' and')] : [];
}

function comma(cursor: Cursor): readonly Fix[] {
  return startsOperand(cursor) ? [replace('Insert ,', { from: cursor.end, to: cursor.end }, ',')] : [];
}

/** Whether an operand may begin here. */
function startsOperand(cursor: Cursor): boolean {
  const { kind } = cursor.peek();
  return ['name', 'text', 'raw', 'int', 'float', 'duration'].includes(kind) || ['(', 'not', 'true', 'false', 'null', '?'].some((text) => cursor.sees(text));
}

/** Whether a condition may begin here: a name alone, with no operator behind it, is more likely a word of another language. */
function startsCondition(cursor: Cursor): boolean {
  const { value } = cursor.peek(1);
  return startsOperand(cursor) && (cursor.peek().kind !== 'name' || ['.', '(', 'of', 'in', 'in~', 'not'].includes(String(value)) || isComparison(value) || isMatchOp(value));
}

function parseInner(cursor: Cursor): Inner {
  const token = cursor.peek();
  if (token.kind === 'name' && cursor.sees(']', 1)) {
    cursor.next();
    return { kind: 'use', from: token.from, to: token.to, name: String(token.value) };
  }
  return parseEvent(cursor);
}

/** `[ inner ]`, as terms and relations have it. */
export function parseBracketed(cursor: Cursor): Inner {
  const open = cursor.expect('[');
  const inner = parseInner(cursor);
  if (open !== undefined) cursor.close(open, ']', () => (inner.kind === 'event' ? joiner(cursor, inner.where) : []));
  return inner;
}

function isComparison(value: string | number): value is Comparison {
  return (COMPARISONS as readonly (string | number)[]).includes(value);
}

function isMatchOp(value: string | number): value is MatchOp {
  return (MATCHES as readonly (string | number)[]).includes(value);
}

function isRelation(value: string | number): value is RelationWord {
  return (RELATIONS as readonly (string | number)[]).includes(value);
}
