/** A piece of a SQL text. `name`: a quoted identifier. Of a text, comment or name that is not closed `to` is the end of the statement, as for SQLite. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'comment' | 'sign';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The tokens of a SQL text, in order; white space is left out. */
export function sqlTokens(sql: string): SqlToken[] {
  const pattern = /(--[^\n]*|\/\*[^]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("[^"]*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$))|(\w+)|[^\s]/g;
  return [...sql.matchAll(pattern)].map((match) => {
    const [text, comment, quoted, name, word] = match;
    const kind = comment !== undefined ? 'comment' : quoted !== undefined ? 'text' : name !== undefined ? 'name' : word !== undefined ? 'word' : 'sign';
    return { kind, text, from: match.index, to: match.index + text.length };
  });
}
