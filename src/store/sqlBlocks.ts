import { type SqlToken, sqlTokens } from './sqlTokens.js';

/** What stands between two parentheses; of the whole text `from` is -1. One that is not closed has no end. */
export interface SqlBlock {
  readonly kind: 'block';
  readonly from: number;
  readonly to: number;
  readonly parts: readonly SqlPart[];
}

export type SqlPart = SqlToken | SqlBlock;

/** A SQL text by its parentheses; comments are left out. */
export function sqlBlocks(sql: string): SqlBlock {
  interface Open { readonly from: number; readonly parts: SqlPart[] }
  const open: Open[] = [{ from: -1, parts: [] }];
  const close = (to: number): void => {
    const { from, parts } = open.pop()!; // the callers see that there is one
    open.at(-1)!.parts.push({ kind: 'block', from, to, parts });
  };
  for (const token of sqlTokens(sql)) {
    if (token.kind === 'comment') continue;
    if (token.text === '(') open.push({ from: token.from, parts: [] });
    else if (token.text !== ')') open.at(-1)!.parts.push(token);
    else if (open.length > 1) close(token.to);
  }
  while (open.length > 1) close(Infinity);
  return { kind: 'block', from: -1, to: Infinity, parts: open[0]!.parts };
}

/** A word in capitals; an empty text for everything else. */
export function wordOf(part: SqlPart | undefined): string {
  return part?.kind === 'word' ? part.text.toUpperCase() : '';
}

export function isSign(part: SqlPart | undefined, sign: string): boolean {
  return part?.kind === 'sign' && part.text === sign;
}

const COMPOUND = new Set(['UNION', 'INTERSECT', 'EXCEPT']);

/** The SELECT of a compound (`... UNION ...`) in which a place lies. */
export function selectAt({ parts }: SqlBlock, at: number): readonly SqlPart[] {
  let first = 0;
  for (const [index, part] of parts.entries()) {
    if (!COMPOUND.has(wordOf(part))) continue;
    if (part.from >= at) return parts.slice(first, index);
    first = index + 1;
  }
  return parts.slice(first);
}
