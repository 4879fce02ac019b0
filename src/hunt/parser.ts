import type { Dialect } from './bindContext.js';
import { Cursor } from './cursor.js';
import { mistake, nearest, replace, type Diagnostic, type Fix, type Range } from './diagnostics.js';
import { microsOf, tokenize, type Comment, type Token } from './lexer.js';
import { joiner, parseBracketed, parseEvent, parseExpression } from './parseExpression.js';
import { PIPE_SYNTAX } from './pipes.js';
import type { Definition, Expr, Hunt, Pipe, PipeArg, Query, Source, Term, TermsQuery } from './tree.js';

export interface Parsed {
  readonly hunt: Hunt;
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a hunt's text. Always gives a tree; what was wrong is told once for each mistake (HUNT section 10). */
export function parse(text: string, dialect: Pick<Dialect, 'isEndgame'> = { isEndgame: false }): Parsed {
  const { tokens, comments, diagnostics } = tokenize(text, dialect.isEndgame);
  const cursor = new Cursor(text, tokens, [...diagnostics], dialect.isEndgame);
  const hunt = parseHunt(cursor);
  cursor.diagnostics.sort((a, b) => a.from - b.from || a.to - b.to);
  return { hunt, tokens, comments, diagnostics: cursor.diagnostics };
}

function parseHunt(cursor: Cursor): Hunt {
  const definitions: Definition[] = [];
  let query: Query | undefined;
  while (cursor.peek().kind !== 'end') {
    if (cursor.startsDefinition()) {
      definitions.push(parseDefinition(cursor));
    } else if (query === undefined) {
      query = parseQuery(cursor);
    } else {
      cursor.unexpected('the end of the hunt (one hunt has one query)');
      cursor.next();
      cursor.skip(() => false);
      if (!cursor.startsQuery() && cursor.peek().kind !== 'end') cursor.next();
      else if (cursor.startsQuery() && !cursor.startsDefinition()) parseQuery(cursor); // read on for its own mistakes
    }
  }
  return { from: 0, to: cursor.peek().to, definitions, ...(query !== undefined && { query }) };
}

function parseDefinition(cursor: Cursor): Definition {
  const { from, value: word } = cursor.next();
  const name = cursor.next();
  const parameters: (Range & { name: string })[] = [];
  const open = cursor.take('(');
  if (open !== undefined) {
    while (cursor.peek().kind === 'name') {
      const token = cursor.next();
      parameters.push({ from: token.from, to: token.to, name: String(token.value) });
      if (cursor.take(',') !== undefined) continue;
      const after = cursor.peek();
      if (after.kind !== 'name') break;
      cursor.note(mistake(101, after, `${after.text} cannot stand here; , or ) is wanted.`, [replace('Insert ,', { from: cursor.end, to: cursor.end }, ',')]));
    }
    cursor.close(open, ')');
  }
  if (word === 'macro') cursor.take('=');
  else cursor.expect('=');
  const head = { name: String(name.value), nameRange: { from: name.from, to: name.to }, parameters };
  const isQuery = cursor.sees('where', 1) || cursor.sees('sequence') || cursor.sees('sample') || cursor.sees('join') || cursor.sees('|', 1);
  const body = isQuery ? ({ kind: 'query', query: parseQuery(cursor) } as const) : ({ kind: 'expr', expr: parseExpression(cursor) } as const);
  return { ...head, from, to: cursor.end, body };
}

function parseQuery(cursor: Cursor): Query {
  const from = cursor.peek().from;
  const source = parseSource(cursor);
  const pipes: Pipe[] = [];
  for (;;) {
    if (cursor.take('|') !== undefined) pipes.push(parsePipe(cursor));
    else if (cursor.peek().kind === 'end' || cursor.startsQuery() || cursor.startsUse()) break;
    else {
      cursor.unexpected('a pipe or the end of the hunt', joinedBy(cursor, source, pipes.length === 0));
      cursor.skip((token) => token.value === '|');
      if (!cursor.sees('|') && !cursor.startsQuery()) {
        if (cursor.take('and') !== undefined || cursor.take('or') !== undefined) parseExpression(cursor);
        else cursor.next();
      }
    }
  }
  return { from, to: cursor.end, source, pipes };
}

/** What is missing between a source and what follows it: a bar before a pipe's name, `and` between two conditions. */
function joinedBy(cursor: Cursor, source: Source, isFirst: boolean): readonly Fix[] {
  if (PIPE_SYNTAX.has(String(cursor.peek().value))) return [replace('Insert a pipe', { from: cursor.end, to: cursor.end }, ' |')];
  return source.kind === 'event' && isFirst ? joiner(cursor, source.where) : [];
}

function parseSource(cursor: Cursor): Source {
  if (cursor.sees('sequence') || cursor.sees('sample') || cursor.sees('join')) return parseTerms(cursor);
  const token = cursor.peek();
  if (token.kind === 'name' && !cursor.sees('where', 1) && (cursor.sees('|', 1) || cursor.peek(1).kind === 'end')) {
    cursor.next();
    return { kind: 'use', from: token.from, to: token.to, name: String(token.value) };
  }
  return parseEvent(cursor);
}

function parseTerms(cursor: Cursor): TermsQuery {
  const opener = cursor.next();
  const kind = opener.value as TermsQuery['kind']; // the caller saw one of the three words
  let keys: Expr[] = [];
  let maxspan: number | undefined;
  const said = new Set<string>();
  for (;;) {
    const word = cursor.peek();
    const from = word.from;
    if (cursor.sees('by')) keys = parseKeys(cursor);
    else if (cursor.sees('with')) maxspan = parseSpan(cursor) ?? maxspan;
    else break;
    const range = { from, to: cursor.end }, name = String(word.value);
    if (said.has(name)) cursor.note(mistake(101, range, `${name === 'by' ? 'by' : 'with maxspan'} stands once before the terms; remove this one${name === 'by' ? ', or join the keys with a comma' : ''}.`, [replace('Remove it', range, '')]));
    else if (kind === 'join' && name === 'with') cursor.note(mistake(101, range, 'A join has no maxspan; remove it, or ask with sample or sequence.', [replace('Remove it', range, '')]));
    said.add(name);
  }
  const terms: Term[] = [];
  let until: Term | undefined;
  for (;;) {
    if (cursor.sees('[') || cursor.sees('!')) terms.push(parseTerm(cursor));
    else if (cursor.sees('until')) {
      const word = cursor.next();
      if (until !== undefined) cursor.note(mistake(107, word, 'A sequence has one until; remove this one.', [replace('Remove this until', { from: word.from, to: closing(cursor) }, '')]));
      until = parseTerm(cursor);
      const range = { from: word.from, to: cursor.end };
      if (kind === 'sample') cursor.note(mistake(101, range, 'The events of a sample have no order, so that nothing ends it: it has no until.', [replace('Remove this until', range, '')]));
      else if (until.negated) cursor.note(mistake(223, until, 'until is an event that ends the sequence when it comes; one that does not come ends nothing. Remove the !.', [replace('Remove the !', { from: until.from, to: until.from + 1 }, '')]));
    } else break;
  }
  const names = new Set<string>();
  for (const { name, nameRange } of terms) {
    if (name === undefined || nameRange === undefined) continue;
    if (names.has(name)) cursor.note(mistake(231, nameRange, `${name} is an event of this ${kind} already; call this one something else.`, [replace(`Rename to ${name}2`, nameRange, `${name}2`)]));
    names.add(name);
  }
  if (terms.length === 0) cursor.unexpected('a term, [source where ...]');
  return { kind, from: opener.from, to: cursor.end, keys, ...(maxspan !== undefined && { maxspan }), terms, ...(until !== undefined && { until }) };
}

function parseSpan(cursor: Cursor): number | undefined {
  cursor.next();
  if (cursor.takeName('maxspan') === undefined) {
    cursor.unexpected('maxspan');
    return undefined;
  }
  cursor.expect('=');
  const equals = cursor.end;
  const minus = cursor.take('-');
  if (minus !== undefined) cursor.note(mistake(106, minus, 'maxspan is a length of time and has no sign; remove the -.', [replace('Remove the -', minus, '')]));
  const token = cursor.peek();
  if (token.kind === 'duration' || token.kind === 'int' || token.kind === 'float') {
    cursor.next();
    if (token.kind === 'duration') return Number(token.value);
    const unit = cursor.peek();
    const micros = unit.kind === 'name' && unit.quoted !== true && !unit.startsLine ? microsOf(String(unit.value)) : undefined; // Elastic lets a blank stand before it
    if (micros !== undefined) cursor.next();
    return Number(token.value) * (micros ?? 1e6); // a bare number is seconds
  }
  if (token.kind === 'name' || token.kind === 'text') cursor.next(); // it stands for the number
  cursor.tell(mistake(106, token, 'maxspan is a duration; write a number with its unit, like 5m.', [replace('Write 5m', token.kind === 'text' || token.kind === 'name' ? token : { from: equals, to: equals }, '5m')]));
  return undefined;
}

/** Where the bracket that comes next is closed. */
function closing(cursor: Cursor): number {
  let depth = 0;
  for (let ahead = 0; cursor.peek(ahead).kind !== 'end'; ahead++) {
    const token = cursor.peek(ahead);
    if (cursor.sees('[', ahead)) depth++;
    if (cursor.sees(']', ahead) && --depth === 0) return token.to;
  }
  return cursor.peek().from;
}

function parseTerm(cursor: Cursor): Term {
  const from = cursor.peek().from;
  const negated = cursor.take('!') !== undefined;
  const inner = parseBracketed(cursor);
  let fork = false;
  let keys: Expr[] = [];
  let runs = 1;
  let name: Token | undefined;
  for (;;) {
    if (cursor.takeName('fork') !== undefined) {
      fork = true;
      if (cursor.take('=') !== undefined) {
        fork = cursor.sees('true');
        if (cursor.take('true') === undefined && cursor.take('false') === undefined) cursor.unexpected('true or false');
      }
    } else if (cursor.sees('by')) keys = parseKeys(cursor);
    else if (cursor.sees('with') && cursor.seesName('runs', 1)) {
      cursor.next();
      cursor.next();
      cursor.expect('=');
      const token = cursor.peek();
      if (token.kind === 'int') {
        cursor.next();
        runs = Number(token.value);
        if (runs < 1 || runs > 100) cursor.note(mistake(108, token, 'runs is a number from 1 to 100; write one of them.', [replace(`Change to ${runs < 1 ? 1 : 100}`, token, runs < 1 ? '1' : '100')]));
      } else cursor.unexpected('a number');
    } else if (cursor.takeName('as') !== undefined) {
      if (cursor.peek().kind === 'name') name = cursor.next();
      else cursor.unexpected('a name');
    } else break;
  }
  return { from, to: cursor.end, negated, inner, fork, keys, runs, ...named(name) };
}

/** What `as` gives. */
function named(token: Token | undefined): { name?: string; nameRange?: Range } {
  return token === undefined ? {} : { name: String(token.value), nameRange: { from: token.from, to: token.to } };
}

function parseKeys(cursor: Cursor): Expr[] {
  cursor.next();
  const keys = [parseExpression(cursor)];
  while (cursor.take(',') !== undefined) keys.push(parseExpression(cursor));
  return keys;
}

function parsePipe(cursor: Cursor): Pipe {
  const token = cursor.peek();
  const bar = cursor.end;
  if (token.kind !== 'name') {
    cursor.unexpected('a pipe (head, filter, count, ...)');
    cursor.skip();
    return { from: bar, to: bar, name: '', nameRange: { from: bar, to: bar }, args: [], keys: [] };
  }
  cursor.next();
  const name = String(token.value);
  const nameRange = { from: token.from, to: token.to };
  const syntax = PIPE_SYNTAX.get(name);
  const pipe: { -readonly [K in keyof Pipe]: Pipe[K] } = { from: token.from, to: token.to, name, nameRange, args: [], keys: [] };
  if (syntax === undefined) {
    const names = nearest(name, PIPE_SYNTAX.keys());
    cursor.tell(mistake(109, nameRange, `There is no pipe ${name}${names.length > 0 ? `; is ${names.join(' or ')} meant?` : '; pipes are head, tail, filter, sort, ...'}`, names.map((one) => replace(`Change to ${one}`, nameRange, one))));
    cursor.skip((one) => one.value === '|');
    if (!cursor.sees('|') && cursor.peek().kind !== 'end') cursor.skip((one) => one.value === '|');
    return { ...pipe, to: cursor.end };
  }
  if (syntax.args !== 'none' && !pipeEnds(cursor) && !cursor.sees('by') && !(syntax.args === 'tree')) pipe.args = parsePipeArgs(cursor, syntax.args === 'sort');
  if (syntax.args === 'tree') {
    for (;;) {
      if (cursor.takeName('created') !== undefined) pipe.tree = 'created';
      else if (cursor.takeName('recorded') !== undefined) pipe.tree = 'recorded';
      else if ((cursor.seesName('up') || cursor.seesName('down')) && cursor.peek(1).kind === 'int') pipe[String(cursor.next().value) as 'up' | 'down'] = Number(cursor.next().value);
      else break;
    }
  }
  if (syntax.by === true && cursor.take('by') !== undefined) pipe.keys = parsePipeArgs(cursor, false);
  if (syntax.span !== undefined && cursor.takeName(syntax.span) !== undefined) {
    const span = cursor.peek();
    if (span.kind === 'duration') pipe.span = Number(cursor.next().value);
    else cursor.unexpected('a duration, like 5m');
  }
  return { ...pipe, to: cursor.end };
}

function pipeEnds(cursor: Cursor): boolean {
  return cursor.peek().kind === 'end' || cursor.sees('|') || cursor.startsQuery();
}

function parsePipeArgs(cursor: Cursor, sorts: boolean): PipeArg[] {
  const args: PipeArg[] = [];
  do {
    const from = cursor.peek().from;
    // `-` before a sort key is its direction; `- 1 + x` as a key is nobody's wish.
    const descending = sorts && cursor.take('-') !== undefined;
    const expr = parseExpression(cursor);
    let name: Token | undefined;
    if (cursor.takeName('as') !== undefined) {
      if (cursor.peek().kind === 'name') name = cursor.next();
      else cursor.unexpected('a name');
    }
    args.push({ from, to: cursor.end, expr, descending, ...named(name) });
  } while (cursor.take(',') !== undefined || (cursor.isEndgame && !pipeEnds(cursor) && !cursor.sees('by'))); // there blanks separate as well
  return args;
}
