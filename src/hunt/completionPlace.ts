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
    | { readonly kind: 'source'; readonly inBrackets: boolean }
    | { readonly kind: 'where' }
    /** `partial`: what is written of the field already. */
    | { readonly kind: 'condition' | 'argument' | 'keys'; readonly source: string; readonly partial: string }
    /** Columns that a pipe made. */
    | { readonly kind: 'columns'; readonly columns: readonly string[] }
    | { readonly kind: 'operator'; readonly field: string; readonly source: string }
    | { readonly kind: 'value'; readonly field: string; readonly source: string; readonly quoted: boolean }
    /** After a whole condition; `pipes` are those before. */
    | { readonly kind: 'after' | 'pipe'; readonly pipes: readonly string[] }
    | { readonly kind: 'word'; readonly words: readonly string[] }
  );

const OPERATORS: ReadonlySet<string | number> = new Set<string | number>([...COMPARISONS, ...MATCHES, '=']);

/** Reads the tokens before the cursor, last to first: a half-written hunt has no useful tree at its end, but its last tokens say what is wanted. */
export function completionPlace(text: string, offset: number): CompletionPlace {
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
  return place.kind === 'value' ? { ...place, quoted: true } : { kind: 'nothing', ...span };
}

/** The dotted name that ends at the cursor, and the tokens before it. */
function splitPath(tokens: readonly Token[], offset: number): { path: { from: number; name: string } | undefined; rest: readonly Token[] } {
  let at = tokens.length;
  let end = offset;
  let name = '';
  while (at > 0) {
    const token = tokens[at - 1]!;
    if (token.to !== end) break;
    const isPart = token.kind === 'name' || token.kind === 'keyword';
    if (isPart && !(name === '' || name.startsWith('.'))) break;
    if (!isPart && !(token.value === '.' && token.kind === 'symbol')) break;
    name = `${isPart ? String(token.value) : '.'}${name}`;
    end = token.from;
    at--;
  }
  if (name === '') return { path: undefined, rest: tokens };
  if (tokens[at - 1]?.value === '?' && tokens[at - 1]!.to === end) at--;
  return { path: { from: end, name }, rest: tokens.slice(0, at) };
}

function placeAfter(tokens: readonly Token[], span: Span, partial: string): CompletionPlace {
  const last = tokens.at(-1);
  const before = tokens.at(-2);
  const source = sourceOf(tokens);
  const pipes = pipesOf(tokens);
  if (last === undefined) return { kind: 'source', inBrackets: false, ...span };
  const is = (token: Token | undefined, ...words: string[]): boolean => token !== undefined && token.kind !== 'text' && token.kind !== 'raw' && words.includes(String(token.value));
  const columns = columnsMade(tokens);
  const fieldPlace = (kind: 'condition' | 'argument' | 'keys'): CompletionPlace => (columns === undefined ? { kind, source, partial, ...span } : { kind: 'columns', columns, ...span });

  if (is(last, '[')) return { kind: 'source', inBrackets: true, ...span };
  if (is(last, '|')) return { kind: 'pipe', pipes, ...span };
  if (is(last, 'where', 'and', 'or', 'not', 'filter')) return fieldPlace('condition');
  if (is(last, 'by')) return fieldPlace('keys');
  if (is(last, 'with')) return { kind: 'word', words: ['maxspan=', 'runs='], ...span };
  if (is(last, 'of')) return { kind: 'word', words: ['['], ...span };
  if (is(last, 'tree') && is(before, '|')) return { kind: 'word', words: ['created', 'recorded', 'up', 'down'], ...span };
  if (last.kind === 'symbol' && ['+', '-', '*', '/', '%'].includes(String(last.value))) return fieldPlace('argument');
  if (last.kind !== 'text' && OPERATORS.has(last.value)) return { kind: 'value', field: fieldBefore(tokens.slice(0, -1)), source, quoted: false, ...span };
  if (is(last, '(', ',')) {
    const open = openBracket(tokens);
    if (open === undefined) return pipes.length > 0 ? fieldPlace('argument') : { kind: 'nothing', ...span };
    const opener = tokens[open - 1];
    if (opener !== undefined && opener.kind !== 'text' && OPERATORS.has(opener.value)) return { kind: 'value', field: fieldBefore(tokens.slice(0, open - 1)), source, quoted: false, ...span };
    return fieldPlace(opener?.kind === 'name' ? 'argument' : 'condition');
  }
  if (last.kind === 'name' && is(before, '|')) return PIPE_SYNTAX.has(String(last.value)) && PIPE_SYNTAX.get(String(last.value))!.args !== 'none' ? fieldPlace('argument') : { kind: 'nothing', ...span };
  if (is(last, ']')) return { kind: 'word', words: ['in created', 'in recorded', 'within', 'and', 'or', 'by'], ...span };
  const startsSource = (last.kind === 'name' || is(last, 'any')) && (before === undefined || is(before, '['));
  if (startsSource) return { kind: 'where', ...span };
  if (last.kind === 'name') return { kind: 'operator', field: fieldBefore(tokens), source, ...span };
  if (['text', 'raw', 'int', 'float', 'duration'].includes(last.kind) || is(last, ')', 'true', 'false', 'null')) return { kind: 'after', pipes, ...span };
  return { kind: 'nothing', ...span };
}

/** Index of the bracket that is open at the end. */
function openBracket(tokens: readonly Token[]): number | undefined {
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!;
    if (token.kind !== 'symbol') continue;
    if (token.value === ')') depth++;
    else if (token.value === '(' && depth-- === 0) return at;
    else if (token.value === '[' || token.value === '|') return undefined;
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
