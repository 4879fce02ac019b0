import { RE2JS } from 're2js';

/** Pattern of SQLite's LIKE for one of `:`; escaped with `\`. */
export function likeOf(wildcard: string): string {
  return wildcard.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%').replaceAll('?', '_');
}

/** Pattern of SQLite's GLOB for one of `like`: there `[` is special too. */
export function globOf(wildcard: string): string {
  return wildcard.replaceAll('[', '[[]');
}

export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/** With more stars than this SQLite's own matcher backtracks too much on a hostile pattern: ours is linear in text times pattern. */
export const MAX_SQL_STARS = 6;

export function starsOf(text: string): number {
  return text.split('*').length - 1;
}

export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** `*` any run, `?` one character; the whole text. Greedy with one place to come back to: never exponential. */
export function matchesWildcard(text: string, pattern: string, folds: boolean): boolean {
  const letters = Array.from(folds ? foldAscii(text) : text);
  const marks = Array.from(folds ? foldAscii(pattern) : pattern);
  let at = 0;
  let mark = 0;
  let star = -1;
  let resume = 0;
  while (at < letters.length) {
    if (mark < marks.length && marks[mark] === '*') {
      star = mark++;
      resume = at;
    } else if (mark < marks.length && (marks[mark] === '?' || marks[mark] === letters[at])) {
      mark++;
      at++;
    } else if (star >= 0) {
      mark = star + 1;
      at = ++resume;
    } else return false;
  }
  while (marks[mark] === '*') mark++;
  return mark === marks.length;
}

/**
 * Lucene's regular expression in RE2's syntax. Lucene knows no anchors (`^`, `$` are letters) and matches the whole text.
 * Answers what cannot be translated as `refused`.
 */
export function translateRegex(lucene: string): { readonly pattern: string } | { readonly refused: string } {
  let pattern = '';
  let at = 0;
  while (at < lucene.length) {
    const char = lucene[at]!;
    if (char === '\\') {
      const next = lucene[at + 1];
      if (next === undefined) return { refused: 'a backslash at the end' };
      pattern += /[dDwWsS]/.test(next) ? `\\${next}` : RE2JS.quote(next);
      at += 2;
    } else if (char === '"') {
      const end = lucene.indexOf('"', at + 1);
      if (end < 0) return { refused: 'an open quote' };
      pattern += RE2JS.quote(lucene.slice(at + 1, end));
      at = end + 1;
    } else if (char === '[') {
      const end = classEnd(lucene, at);
      if (end < 0) return { refused: 'an open [' };
      pattern += lucene.slice(at, end + 1).replace(/(?!^)\[/g, '\\[');
      at = end + 1;
    } else if ('~&#@<>'.includes(char)) return { refused: char };
    else {
      pattern += char === '^' || char === '$' ? `\\${char}` : char;
      at++;
    }
  }
  return checkRegex(pattern);
}

/** Whether a pattern in RE2's syntax can be run. */
export function checkRegex(pattern: string): { readonly pattern: string } | { readonly refused: string } {
  try {
    RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
  return { pattern };
}

function classEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ']' && at > from + 1) return at;
  }
  return -1;
}

const compiled = new Map<string, RE2JS>();

/** Whether a translated pattern matches the whole text. Compiled patterns are kept: this runs once for each text. */
export function matchesRegex(text: string, pattern: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    if (compiled.size > 500) compiled.clear();
    regex = RE2JS.compile(pattern, RE2JS.DOTALL);
    compiled.set(pattern, regex);
  }
  return regex.matches(text);
}
