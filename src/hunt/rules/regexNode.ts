/** A regular expression as a tree: what Sigma allows (PCRE without look-around, back references and atomic groups). */
export type RegexNode = Consuming | { readonly kind: Anchor };

/** What stands between two letters: the text's begin and end (of a line, with the flag m), a word's begin or end, and the inside of either. */
export type Anchor = 'start' | 'end' | 'wordEdge' | 'noWordEdge';

/** What matches letters, or none. */
export type Consuming =
  | { readonly kind: 'text'; readonly text: string }
  /** A class or a dot, as Lucene writes it. */
  | { readonly kind: 'set'; readonly text: string }
  | { readonly kind: 'repeat'; readonly of: RegexNode; readonly count: string }
  | Branches;

export interface Branches {
  readonly kind: 'branches';
  readonly of: readonly (readonly RegexNode[])[];
}

/** Any letter but a line's end: PCRE's dot. */
export const NO_LINE_END = '[^\n]';

/** A letter inside the brackets of a class. `[` stays bare: what reads the class escapes it. */
export function inSet(letter: string): string {
  return letter.replace(/[\\\]^-]/g, '\\$&');
}
