import type { Range } from './diagnostics.js';
import { parsedOf, tokensOf } from './huntTexts.js';

/** What may be folded away: the range from its first to its last character. */
export interface Fold extends Range {
  readonly kind: 'code' | 'comment';
}

/** Brackets, lets and queries, long comments and runs of comment lines; only what takes more than one line. */
export function foldsOf(text: string): readonly Fold[] {
  const { tokens, comments } = tokensOf(text);
  const folds: Fold[] = [];
  const add = (from: number, to: number, kind: Fold['kind']): void => {
    if (text.slice(from, to).includes('\n')) folds.push({ from, to, kind });
  };
  const open: number[] = [];
  for (const token of tokens) {
    if (token.kind !== 'symbol') continue;
    if (token.value === '(' || token.value === '[') open.push(token.from);
    else if (token.value === ')' || token.value === ']') {
      const from = open.pop();
      if (from !== undefined) add(from, token.to, 'code');
    }
  }
  const { hunt } = parsedOf(text);
  for (const definition of hunt.definitions) add(definition.from, definition.to, 'code');
  if (hunt.query !== undefined) add(hunt.query.from, hunt.query.to, 'code');
  for (let at = 0; at < comments.length; at++) {
    const first = comments[at]!;
    let last = first;
    while (isNextLine(text.slice(last.to, comments[at + 1]?.from ?? last.to))) last = comments[++at]!;
    add(first.from, last.to, 'comment');
  }
  // Two that begin on one line cannot both be folded: the longer wins.
  const byLine = new Map<number, Fold>();
  for (const fold of folds) {
    const line = text.lastIndexOf('\n', fold.from - 1);
    const other = byLine.get(line);
    if (other === undefined || other.to - other.from < fold.to - fold.from) byLine.set(line, fold);
  }
  return [...byLine.values()].sort((a, b) => a.from - b.from);
}

function isNextLine(between: string): boolean {
  return /^[^\S\n]*\n[^\S\n]*$/.test(between);
}
