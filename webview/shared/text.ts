/** Evidence as text that cannot lie about itself: control, bidi and invisible characters are shown as what they are. */

// Controls, formats (bidi, zero-width, tags, the BOM), line and paragraph separators, halves of surrogate pairs, and letters that draw nothing.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;

/** A piece of text: as it stood, or the visible name of a character that could not be seen. */
export interface TextPiece {
  readonly text: string;
  readonly hidden: boolean;
}

/** The text cut where hidden characters stand: a newline between `a` and `b` gives `a`, `\n` and `b`. */
export function visiblePieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), hidden: false });
    pieces.push({ text: nameOf(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hidden: false });
  return pieces;
}

/** The same in one string. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, nameOf);
}

/** Arguments as one line: an argument that is empty, or holds a blank or a quote, stands in quotes, so that two arguments never look like one. */
export function argumentsText(args: readonly string[]): string {
  return args.map((arg) => (arg === '' || /[\s"'\\]/.test(arg) ? `'${arg.replace(/'/g, `'\\''`)}'` : arg)).join(' ');
}

const SHORT: Readonly<Record<string, string>> = { '\0': '\\0', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Escapes rather than the "control pictures" characters: many fonts have none, and an empty box says nothing. */
function nameOf(hidden: string): string {
  const code = hidden.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(2, '0');
  return SHORT[hidden] ?? (code < 0x100 ? `\\x${hex}` : `\\u{${hex}}`);
}
