import { joined, test, type Condition } from './condition.js';
import { quoted } from './huntText.js';
import { NotTranslated } from './ruleSet.js';

/** A piece of a Sigma value: text as it is, `many` for its `*`, `one` for its `?`. */
export type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'many' | 'one' };
export type Pattern = readonly Piece[];

const MANY: Piece = { kind: 'many' };

/**
 * Reads a Sigma value. A backslash makes a following `*`, `?` or backslash a letter; before anything else, and at the end, it is itself a letter
 * (Sigma specification, "Escaping").
 */
export function readPattern(value: string): Pattern {
  const pieces: Piece[] = [];
  let text = '';
  const wild = (kind: 'many' | 'one'): void => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
    if (kind === 'one' || pieces.at(-1)?.kind !== 'many') pieces.push({ kind });
  };
  for (let at = 0; at < value.length; at++) {
    const char = value[at]!, next = value[at + 1];
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      at++;
    } else if (char === '*') wild('many');
    else if (char === '?') wild('one');
    else text += char;
  }
  if (text !== '') pieces.push({ kind: 'text', text });
  return pieces;
}

/** A pattern of nothing but text. */
export function plainPattern(text: string): Pattern {
  return text === '' ? [] : [{ kind: 'text', text }];
}

/** The text of a pattern without wildcards; undefined where it has some. */
export function plainText(pattern: Pattern): string | undefined {
  let text = '';
  for (const piece of pattern) {
    if (piece.kind !== 'text') return undefined;
    text += piece.text;
  }
  return text;
}

/** `contains`, `startswith`, `endswith`: wildcards around a pattern. */
export function widened(pattern: Pattern, before: boolean, after: boolean): Pattern {
  return [...(before && pattern[0]?.kind !== 'many' ? [MANY] : []), ...pattern, ...(after && (pattern.length === 0 ? !before : pattern.at(-1)?.kind !== 'many') ? [MANY] : [])];
}

/** Texts with more wildcards than this are not run: the work is text times pattern. */
const MAX_WILDCARDS = 200;

/**
 * Tests whether a text of Hunt matches any of the patterns. Hunt's own wildcards cannot be escaped, so a pattern with a `*` or `?` that is a letter
 * becomes an equality, or a regular expression.
 */
export function matchesAny(subject: string, patterns: readonly Pattern[], folds: boolean): Condition {
  const globs: string[] = [], exact: string[] = [], expressions: string[] = [];
  for (const pattern of patterns) {
    if (pattern.length > MAX_WILDCARDS) throw new NotTranslated(`a value has more than ${MAX_WILDCARDS} wildcards`);
    const isEscaped = pattern.some((piece) => piece.kind === 'text' && /[*?]/.test(piece.text));
    const text = plainText(pattern);
    if (!isEscaped) globs.push(quoted(pattern.map((piece) => (piece.kind === 'text' ? piece.text : piece.kind === 'many' ? '*' : '?')).join('')));
    else if (text !== undefined) exact.push(quoted(text));
    else expressions.push(quoted(pattern.map((piece) => (piece.kind === 'text' ? luceneText(piece.text) : piece.kind === 'many' ? '.*' : '.')).join('')));
  }
  const tests: Condition[] = [];
  if (globs.length > 0) tests.push(test(`${subject} ${folds ? ':' : 'like'} ${listed(globs)}`));
  if (exact.length > 0) tests.push(test(folds ? `${subject} in~ (${exact.join(', ')})` : exact.length === 1 ? `${subject} == ${exact[0]!}` : `${subject} in (${exact.join(', ')})`));
  if (expressions.length > 0) tests.push(test(`${subject} ${folds ? 'regex~' : 'regex'} ${listed(expressions)}`));
  return joined('or', tests);
}

/** One literal, or several in brackets. */
export function listed(literals: readonly string[]): string {
  return literals.length === 1 ? literals[0]! : `(${literals.join(', ')})`;
}

/** Text as a regular expression of Lucene's that matches just it. */
export function luceneText(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
