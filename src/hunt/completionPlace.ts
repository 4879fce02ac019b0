import { MAX_TEXT } from './compile.js';
import { tokenize, type Token } from './lexer.js';
import { PIPE_SYNTAX } from './pipes.js';
import { COMPARISONS, MATCHES } from './tree.js';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What may stand at the cursor, and what it would replace. */
export type CompletionPlace = Span &
  (
    | { readonly kind: 'nothing' }
    /** `alone`: nothing but the source's name is wanted (`of`); `definition`: after `let x =`, where a condition may stand as well. */
    | { readonly kind: 'source'; readonly where: 'start' | 'brackets' | 'of' | 'definition' }
    | { readonly kind: 'where'; readonly source: string; readonly pipes: readonly string[] | undefined }
    /** `partial`: what is written of the field already; `events`: names of the sequence's events that may stand before it; `used`: fields that the query has. */
    | { readonly kind: 'condition' | 'argument' | 'keys'; readonly source: string; readonly partial: string; readonly events: readonly string[]; readonly used: readonly string[]; readonly parameters: readonly string[] }
    | { readonly kind: 'aggregate' | 'duration' }
    /** Columns that a pipe made. */
    | { readonly kind: 'columns'; readonly columns: readonly string[] }
    /** `pipes`: those before, where one may follow. */
    | { readonly kind: 'operator'; readonly field: string; readonly source: string; readonly pipes: readonly string[] | undefined }
    /** `listed`: values that the list around it has already. */
    | { readonly kind: 'value'; readonly field: string; readonly source: string; readonly quoted: boolean; readonly listed?: readonly string[]; /** A list is wanted, and its bracket is not there yet. */ readonly opens?: true; /** `*` may stand in what is wanted. */ readonly wild?: true }
    | { readonly kind: 'network'; readonly quoted: boolean; readonly listed: readonly string[] }
    | { readonly kind: 'pipe'; readonly pipes: readonly string[] }
    /** After something whole: `words` that may go on with it, `and` and `or` where it is a condition, pipes where the brackets are closed. */
    | { readonly kind: 'after'; readonly words: readonly string[]; readonly joins: boolean; readonly pipes: readonly string[] | undefined }
    | { readonly kind: 'word'; readonly words: readonly string[] }
  );

const WILD: ReadonlySet<string | number> = new Set<string | number>([':', 'like', 'like~'] satisfies (typeof MATCHES)[number][]);
const OPERATORS: ReadonlySet<string | number> = new Set<string | number>([...COMPARISONS, ...MATCHES, '=']);

/** Reads the tokens before the cursor, last to first: a half-written hunt has no useful tree at its end, but its last tokens say what is wanted. */
export function completionPlace(text: string, offset: number): CompletionPlace {
  if (text.length > MAX_TEXT) return { kind: 'nothing', from: offset, to: offset };
  const before = text.slice(0, offset);
  const { tokens: all, comments } = tokenize(before);
  const comment = comments.at(-1);
  if (comment !== undefined && comment.to === offset && !before.endsWith('*/')) return { kind: 'nothing', from: offset, to: offset };
  const tokens = all.slice(0, -1);
  const last = tokens.at(-1);
  if (last !== undefined && last.to === offset && (last.kind === 'text' || last.kind === 'raw') && isOpen(before, last)) return inQuotes(text, offset, tokens);
  const { path, rest } = splitPath(tokens, offset);
  const from = path?.from ?? offset;
  const to = path === undefined ? offset : offset + (/^[\w@.]*/.exec(text.slice(offset))?.[0].length ?? 0);
  return placeAfter(rest, { from, to }, path?.name ?? '');
}

function isOpen(before: string, token: Token): boolean {
  if (token.kind === 'raw') return !(token.text.length >= 6 && token.text.endsWith('"""'));
  return token.text.length === 1 || !before.endsWith(token.text[0]!) || tokenize(before).diagnostics.some((one) => one.code === 'HUNT102' && one.from === token.from);
}

/** In a text: what it stands beside decides; it is replaced up to its closing quote. */
function inQuotes(text: string, offset: number, tokens: readonly Token[]): CompletionPlace {
  const quote = tokens.at(-1)!; // the caller saw it
  const raw = quote.kind === 'raw';
  const rest = text.slice(offset);
  const inside = (raw ? /^[^\n]*?(?=""")/ : /^(?:[^"\\\n]|\\.)*(?=")/).exec(rest)?.[0].length ?? 0;
  const span = { from: quote.from + (raw ? 3 : 1), to: offset + inside };
  const place = placeAfter(tokens.slice(0, -1), span, '');
  return place.kind === 'value' || place.kind === 'network' ? { ...place, quoted: true } : { kind: 'nothing', ...span };
}

/** The dotted name that ends at the cursor, and the tokens before it. */
function splitPath(tokens: readonly Token[], offset: number): { path: { from: number; name: string } | undefined; rest: readonly Token[] } {
  let at = tokens.length;
  let end = offset;
  let name = '';
  while (at > 0) {
    const token = tokens[at - 1]!;
    if (token.to !== end) break;
    if (name.startsWith('.') && isIndex(tokens, at)) {
      name = `[${tokens[at - 2]!.text}]${name}`;
      end = tokens[at - 3]!.from;
      at -= 3;
      continue;
    }
    const isPart = token.kind === 'name' || token.kind === 'keyword';
    if (isPart && !(name === '' || name.startsWith('.') || name.startsWith('['))) break;
    if (!isPart && !(token.value === '.' && token.kind === 'symbol')) break;
    name = `${isPart ? String(token.value) : '.'}${name}`;
    end = token.from;
    at--;
  }
  if (name === '') return { path: undefined, rest: tokens };
  if (tokens[at - 1]?.value === '?' && tokens[at - 1]!.to === end) at--;
  return { path: { from: end, name }, rest: tokens.slice(0, at) };
}

/** Whether tokens end in `[0]`. */
function isIndex(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.value === ']' && tokens[at - 2]?.kind === 'int' && tokens[at - 3]?.value === '[' && tokens[at - 3]!.kind === 'symbol';
}

function placeAfter(tokens: readonly Token[], span: Span, partial: string): CompletionPlace {
  const last = tokens.at(-1);
  const before = tokens.at(-2);
  const source = sourceOf(tokens);
  const pipes = pipesOf(tokens);
  if (last === undefined) return { kind: 'source', where: 'start', ...span };
  const is = (token: Token | undefined, ...words: string[]): boolean => token !== undefined && token.kind !== 'text' && token.kind !== 'raw' && words.includes(String(token.value));
  const columns = columnsMade(tokens);
  const fieldPlace = (kind: 'condition' | 'argument' | 'keys'): CompletionPlace => {
    if (columns !== undefined) return { kind: 'columns', columns, ...span };
    return { kind, source, partial, events: eventsOf(tokens), used: usedFields(tokens), parameters: parametersOf(tokens), ...span };
  };
  const bracket = openBracket(tokens, true);
  const isOpen = bracket !== undefined;
  const pipe = isOpen ? undefined : currentPipe(tokens);
  const after = (words: readonly string[], joins: boolean): CompletionPlace => ({ kind: 'after', words, joins, pipes: isOpen ? undefined : pipes, ...span });

  if (is(last, '[')) return { kind: 'source', where: 'brackets', ...span };
  if (is(last, '|')) return { kind: 'pipe', pipes, ...span };
  if (is(last, 'where', 'and', 'or', 'not', 'filter')) return fieldPlace('condition');
  if (is(last, 'by')) return fieldPlace('keys');
  if (is(last, 'with')) return { kind: 'word', words: is(before, ']') || isInTerm(tokens) ? ['runs='] : ['maxspan='], ...span };
  if (is(last, '=') && is(before, 'maxspan')) return { kind: 'duration', ...span };
  if (is(last, '=') && is(before, 'runs')) return { kind: 'nothing', ...span };
  if (is(last, '=') && defines(tokens)) return { kind: 'source', where: 'definition', ...span };
  if (is(last, 'within', 'per') && pipe !== undefined) return { kind: 'duration', ...span };
  if (is(last, 'of')) return { kind: 'source', where: 'of', ...span };
  if (is(last, 'in') && isRelationEnd(tokens.slice(0, -1))) return { kind: 'word', words: ['created', 'recorded', '('], ...span };
  if (is(last, 'sequence', 'sample', 'join') && last.kind === 'keyword') return { kind: 'word', words: last.value === 'join' ? ['by', '['] : ['by', 'with maxspan=', '['], ...span };
  if (is(last, 'until')) return { kind: 'word', words: ['['], ...span };
  if (pipe?.name === 'tree') return { kind: 'word', words: ['created', 'recorded', 'up', 'down'].filter((word) => !pipe.tokens.some((token) => token.value === word)), ...span };
  if (last.kind === 'symbol' && ['+', '-', '*', '/', '%'].includes(String(last.value))) return fieldPlace('argument');
  if (last.kind !== 'text' && OPERATORS.has(last.value)) return { kind: 'value', field: fieldBefore(tokens.slice(0, -1)), source, quoted: false, ...(is(last, 'in', 'in~') ? { opens: true } : {}), ...(WILD.has(last.value) ? { wild: true } : {}), ...span };
  if (is(last, '(', ',')) {
    const open = openBracket(tokens);
    if (open === undefined) return pipe?.name === 'stats' && !pipe.tokens.some((token) => is(token, 'by')) ? { kind: 'aggregate', ...span } : fieldPlace(pipe === undefined || is(pipe.tokens.find((token) => token.value === 'by'), 'by') ? 'keys' : 'argument');
    const opener = tokens[open - 1];
    if (opener !== undefined && opener.kind !== 'text' && OPERATORS.has(opener.value)) return { kind: 'value', field: fieldBefore(tokens.slice(0, open - 1)), source, quoted: false, listed: tokens.slice(open + 1).filter((token) => token.kind !== 'symbol').map((token) => String(token.value)), ...(WILD.has(opener.value) ? { wild: true } : {}), ...span };
    if (opener !== undefined && last.value === ',' && isCidrMatch(opener)) return { kind: 'network', quoted: false, listed: tokens.slice(open + 1).filter((token) => token.kind === 'text').map((token) => String(token.value)), ...span };
    return fieldPlace(opener?.kind === 'name' ? 'argument' : 'condition');
  }
  if (last.kind === 'name' && is(before, '|')) {
    const args = PIPE_SYNTAX.get(String(last.value))?.args;
    if (args === 'aggregates') return { kind: 'aggregate', ...span };
    if (last.value === 'timeline' || last.value === 'chart') return { kind: 'word', words: last.value === 'chart' ? ['by', 'per'] : ['by'], ...span };
    if (last.value === 'count') return { kind: 'word', words: ['by'], ...span };
    return args === undefined || args === 'none' || args === 'number' ? { kind: 'nothing', ...span } : fieldPlace('argument');
  }
  if (isRelationEnd(tokens)) return after(['in created', 'in recorded', 'within'], true);
  if (is(last, ']') && !isIndex(tokens, tokens.length)) return after(['by', 'with runs=', 'as', '[', '![', 'until ['], false);
  if (isInTerm(tokens)) return after(is(before, 'as', 'fork') || last.kind === 'int' ? ['by', 'as', '[', '![', 'until ['].filter((word) => !(is(before, 'as') && word === 'as')) : ['as', '[', '![', 'until ['], false);
  const startsSource = (last.kind === 'name' || is(last, 'any')) && (before === undefined || is(before, '[') || isDefinitionSource(tokens));
  if (startsSource) return { kind: 'where', source: String(last.value), pipes: is(before, '[') ? undefined : pipes, ...span };
  if (pipe !== undefined && pipe.name !== 'filter' && (last.kind === 'name' || is(last, ')'))) return after(afterArgument(pipe, is(before, 'as')), false);
  if (last.kind === 'name') {
    const opens = keysOpen(tokens);
    if (opens !== undefined) return { kind: 'word', words: opens, ...span };
    return { kind: 'operator', field: fieldBefore(tokens), source, pipes: isOpen ? undefined : pipes, ...span };
  }
  if (['text', 'raw', 'int', 'float', 'duration'].includes(last.kind) || is(last, ')', 'true', 'false', 'null')) {
    if (is(tokens.at(-3), 'maxspan')) return { kind: 'word', words: tokens.some((token) => is(token, 'by')) ? ['[', '!['] : ['by', '[', '!['], ...span };
    if (isInList(tokens)) return { kind: 'nothing', ...span }; // a comma or the bracket's end is wanted, and both are quicker typed
    return after([], pipe === undefined || pipe.name === 'filter');
  }
  return { kind: 'nothing', ...span };
}

/** Functions ignore case. */
function isCidrMatch({ kind, value }: Token): boolean {
  return kind === 'name' && String(value).toLowerCase() === 'cidrmatch';
}

/** Whether the bracket that is open at the end is a list of values or the arguments of a call, not a group of conditions. */
function isInList(tokens: readonly Token[]): boolean {
  const open = openBracket(tokens);
  const opener = open === undefined ? undefined : tokens[open - 1];
  if (open === undefined || opener === undefined || opener.kind === 'text') return false;
  return OPERATORS.has(opener.value) || opener.kind === 'name' || opener.value === '~';
}

/** What may follow a whole argument of a pipe. */
function afterArgument(pipe: { readonly name: string; readonly tokens: readonly Token[] }, isNamed: boolean): string[] {
  const row = PIPE_SYNTAX.get(pipe.name);
  const has = (word: string): boolean => pipe.tokens.some((token) => token.kind !== 'text' && token.value === word);
  const names = (row?.args === 'aggregates' || row?.args === 'columns') && !isNamed && !has('by') ? ['as'] : [];
  const keys = row?.by === true && !has('by') ? ['by'] : [];
  const span = row?.span !== undefined && !has(row.span) ? [row.span] : [];
  return [...names, ...keys, ...span];
}

/** The pipe that the tokens end in, and its tokens. */
function currentPipe(tokens: readonly Token[]): { readonly name: string; readonly tokens: readonly Token[] } | undefined {
  for (let at = tokens.length - 1, depth = 0; at >= 0; at--) {
    const { kind, value } = tokens[at]!;
    if (kind !== 'symbol') continue;
    if (value === ']' || value === ')') depth++;
    else if (value === '[' || value === '(') depth--;
    else if (value === '|' && depth <= 0) return tokens[at + 1]?.kind === 'name' ? { name: String(tokens[at + 1]!.value), tokens: tokens.slice(at + 2) } : undefined;
  }
  return undefined;
}

/** Whether the tokens end in `child of [...]` or `child of name`, perhaps with its tree. */
function isRelationEnd(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (last?.kind === 'name' && tokens.at(-2)?.value === 'of') return true;
  if (last?.kind !== 'symbol' || last.value !== ']') return false;
  const open = opening(tokens, tokens.length - 1);
  return open !== undefined && tokens[open - 1]?.kind === 'keyword' && tokens[open - 1]!.value === 'of';
}

/** Index of the bracket that a closing one at `close` closes. */
function opening(tokens: readonly Token[], close: number): number | undefined {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const { kind, value } = tokens[at]!;
    if (kind !== 'symbol') continue;
    if (value === ']' || value === ')') depth++;
    else if ((value === '[' || value === '(') && --depth === 0) return at;
  }
  return undefined;
}

/** Whether the tokens end behind a term's bracket, among its keys, runs or name. */
function isInTerm(tokens: readonly Token[]): boolean {
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!;
    if (token.kind === 'symbol' && token.value === ']' && !isIndex(tokens, at + 1)) return at < tokens.length - 1 && !isRelationEnd(tokens.slice(0, at + 1));
    if (token.kind === 'symbol' && ![',', '.', '=', '?', ']', '['].includes(String(token.value))) return false;
    if (token.kind === 'keyword' && token.value !== 'by' && token.value !== 'with') return false;
    if (token.kind === 'text' || token.kind === 'raw') return false;
  }
  return false;
}

/** After the keys of `sequence by a`: what may follow. */
function keysOpen(tokens: readonly Token[]): string[] | undefined {
  for (let at = tokens.length - 1; at >= 0; at--) {
    const { kind, value } = tokens[at]!;
    if (kind === 'keyword' && value === 'by') {
      const before = tokens[at - 1];
      const isTop = before?.kind === 'keyword' && ['sequence', 'sample', 'join'].includes(String(before.value));
      return isTop || before?.kind === 'duration' ? ['with maxspan=', '[', '!['].filter((word) => before?.value !== 'join' || !word.startsWith('with')) : undefined;
    }
    if (kind !== 'name' && !(kind === 'symbol' && [',', '.', '?'].includes(String(value))) && !(kind === 'keyword' && tokens[at - 1]?.value === '.')) return undefined;
  }
  return undefined;
}

/** Whether an `=` at the end is that of a let. */
function defines(tokens: readonly Token[]): boolean {
  let at = tokens.length - 2;
  if (tokens[at]?.value === ')') at = (opening(tokens, at) ?? 0) - 1;
  return tokens[at]?.kind === 'name' && tokens[at - 1]?.kind === 'name' && tokens[at - 1]!.value === 'let';
}

/** Whether the last name is the first word of a let's body or of a line: a source or the name of a let. */
function isDefinitionSource(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)!; // the caller saw a name
  return defines(tokens.slice(0, -1)) || (last.startsLine && tokens.at(-2)?.kind !== 'symbol' && !['and', 'or', 'not', 'where', 'by', 'of'].includes(String(tokens.at(-2)?.value)));
}

/** Names of the events before the end that `as` gave, and `events[0]` where a pipe is written after a sequence. */
function eventsOf(tokens: readonly Token[]): string[] {
  const start = tokens.map((token) => token.kind === 'keyword' && ['sequence', 'sample', 'join'].includes(String(token.value))).lastIndexOf(true);
  if (start < 0) return [];
  const names: string[] = [];
  let count = 0;
  let depth = 0;
  let inPipes = false;
  for (let at = start + 1; at < tokens.length; at++) {
    const { kind, value } = tokens[at]!;
    if (kind === 'symbol' && (value === '[' || value === '(') && !isIndex(tokens, at + 3)) {
      if (value === '[' && depth === 0 && tokens[at - 1]?.value !== '!') count++;
      depth++;
    } else if (kind === 'symbol' && (value === ']' || value === ')') && !isIndex(tokens, at + 1)) depth--;
    else if (kind === 'symbol' && value === '|' && depth === 0) inPipes = true;
    else if (kind === 'name' && value === 'as' && depth === 0 && !inPipes && tokens[at + 1]?.kind === 'name') names.push(String(tokens[at + 1]!.value));
  }
  return inPipes ? [...names, ...Array.from({ length: count }, (_, at) => `events[${at}]`)] : names;
}

/** Fields that the tokens already have, the last first. */
function usedFields(tokens: readonly Token[]): string[] {
  const names = new Set<string>();
  for (let at = tokens.length; at > 0; at--) {
    if (tokens[at - 1]!.kind !== 'name' || tokens[at]?.value === '.') continue;
    const name = fieldBefore(tokens.slice(0, at));
    if (name.includes('.')) names.add(name);
  }
  return [...names];
}

/** The parameters of the let whose body the tokens end in. */
function parametersOf(tokens: readonly Token[]): string[] {
  const start = tokens.map((token, at) => token.kind === 'name' && token.value === 'let' && tokens[at + 1]?.kind === 'name').lastIndexOf(true);
  if (start < 0 || tokens[start + 2]?.value !== '(' || tokens[start + 2]!.from !== tokens[start + 1]!.to) return [];
  if (tokens.slice(start + 1).some((token, at, rest) => token.startsLine && rest[at + 1]?.value === 'where')) return [];
  const close = tokens.findIndex((token, at) => at > start && token.kind === 'symbol' && token.value === ')');
  return tokens.slice(start + 3, close < 0 ? undefined : close).flatMap((token) => (token.kind === 'name' ? [String(token.value)] : []));
}

/** Index of the round bracket that is open at the end; `any`: a square one as well. */
function openBracket(tokens: readonly Token[], any = false): number | undefined {
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!;
    if (token.kind !== 'symbol') continue;
    if (token.value === ')' || (any && token.value === ']')) depth++;
    else if ((token.value === '(' || (any && token.value === '[')) && depth-- === 0) return at;
    else if (!any && (token.value === '[' || token.value === '|')) return undefined;
  }
  return undefined;
}

/** The field that the tokens end with; `not` before `in` is skipped. */
function fieldBefore(tokens: readonly Token[]): string {
  let at = tokens.length;
  if (tokens[at - 1]?.kind === 'keyword' && tokens[at - 1]!.value === 'not') at--;
  let name = '';
  for (; at > 0; at--) {
    const token = tokens[at - 1]!;
    const isPart = token.kind === 'name' || (token.kind === 'keyword' && tokens[at - 2]?.value === '.');
    const isDot = token.kind === 'symbol' && token.value === '.';
    if (isPart && (name === '' || name.startsWith('.'))) name = `${token.value}${name}`;
    else if (isDot && name !== '' && !name.startsWith('.')) name = `.${name}`;
    else break;
  }
  if (name.startsWith('.') && isIndex(tokens, at)) name = `${tokens[at - 4]?.text ?? ''}[${tokens[at - 2]!.text}]${name}`;
  return name;
}

/** The source whose condition the tokens end in. */
function sourceOf(tokens: readonly Token[]): string {
  let depth = 0;
  for (let at = tokens.length - 1; at > 0; at--) {
    const token = tokens[at]!;
    if (token.kind === 'symbol' && token.value === ']') depth++;
    else if (token.kind === 'symbol' && token.value === '[') depth = Math.max(0, depth - 1);
    else if (depth === 0 && token.kind === 'keyword' && token.value === 'where') return String(tokens[at - 1]!.value);
  }
  return 'any';
}

function pipesOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => (token.kind === 'name' && tokens[at - 1]?.kind === 'symbol' && tokens[at - 1]!.value === '|' ? [String(token.value)] : []));
}

/** The columns of the last pipe that made a table, not counting the one being written. */
function columnsMade(tokens: readonly Token[]): readonly string[] | undefined {
  const bars = tokens.flatMap((token, at) => (token.kind === 'symbol' && token.value === '|' ? [at] : []));
  for (let bar = bars.length - 2; bar >= 0; bar--) {
    const pipe = PIPE_SYNTAX.get(String(tokens[bars[bar]! + 1]?.value));
    if (pipe?.makesTable !== true) continue;
    const args = tokens.slice(bars[bar]! + 2, bars[bar + 1]);
    const names: string[] = [];
    let from = 0;
    for (let at = 0; at <= args.length; at++) {
      if (at < args.length && !(args[at]!.kind === 'symbol' && args[at]!.value === ',')) continue;
      const name = fieldBefore(args.slice(from, at));
      if (name !== '') names.push(name);
      from = at + 1;
    }
    return pipe.name === 'fields' ? names : [...names, 'count', 'percent'];
  }
  return undefined;
}
