/** How a Markdown file is cut into cells, and which characters belong to which. Pure text, no notebook words. */

/** Languages whose fences are cells. Every other fence is Markdown. */
export const CELL_LANGUAGES = ['hunt', 'sql'] as const;
export type CellLanguage = (typeof CELL_LANGUAGES)[number];

/** An opening fence line. */
export interface Fence {
  readonly indent: string;
  /** ``` or ~~~ or longer. */
  readonly mark: string;
  /** What stands behind the mark, as written. */
  readonly info: string;
}

/** A run of lines that becomes one cell. The pieces of a text, joined, are the text. */
export interface Piece {
  readonly raw: string;
  readonly code: boolean;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/s;
const BLANK = /^[ \t]*$/;

/** The opening fence that a line is (CommonMark 4.5), or undefined. */
export function fenceOf(line: string): Fence | undefined {
  const found = FENCE.exec(withoutEol(line));
  if (!found) return undefined;
  const [, indent = '', mark = '', info = ''] = found;
  if (mark.startsWith('`') && info.includes('`')) return undefined;
  return { indent, mark, info };
}

/** Whether a line closes a fence. */
export function closes(fence: Fence, line: string): boolean {
  const found = FENCE.exec(withoutEol(line));
  if (!found) return false;
  const [, , mark = '', rest = ''] = found;
  return mark[0] === fence.mark[0] && mark.length >= fence.mark.length && BLANK.test(rest);
}

/** The cell language that a fence's info string names, or undefined. */
export function languageOf(fence: Fence): CellLanguage | undefined {
  const [word = ''] = fence.info.trim().split(/[\s{]/, 1);
  return CELL_LANGUAGES.find((language) => language === word.toLowerCase());
}

/** Lines with their ends. CRLF, LF and a lone CR end a line, as they do in the editor. */
export function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

export function withoutEol(line: string): string {
  return line.replace(/(?:\r\n|\r|\n)$/, '');
}

export function isBlank(line: string): boolean {
  return BLANK.test(withoutEol(line));
}

/** The first line end of a text; LF when it has none. */
export function eolOf(text: string): string {
  return /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
}

/** Cell text as VS Code's text model holds and returns it: LF between lines, no byte order mark in front. */
export function normalized(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/^\uFEFF+/, '');
}

/**
 * Cuts a text into what stands before the first cell (byte order mark, front matter, blank lines) and its pieces: fences of a cell language, and the
 * Markdown between them, cut where two or more blank lines lie outside of any fence. Blank lines belong to the piece before them.
 */
export function cut(text: string): { head: string; pieces: Piece[] } {
  const lines = linesOf(text);
  let at = frontMatterEnd(lines);
  let head = lines.slice(0, at).join('');
  if (at === 0 && text.startsWith('\uFEFF')) {
    head = '\uFEFF';
    lines[0] = (lines[0] ?? '').slice(1);
  }
  while (at < lines.length && isBlank(lines[at] ?? '')) head += lines[at++];

  const pieces: Piece[] = [];
  let open: { lines: string[]; code: boolean } | undefined;
  const end = (): void => {
    if (open) pieces.push({ raw: open.lines.join(''), code: open.code });
    open = undefined;
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const fence = fenceOf(line);
    if (!fence) {
      if (open && !isBlank(line) && (open.code || endsWithTwoBlankLines(open.lines))) end();
      open ??= { lines: [], code: false };
      open.lines.push(line);
      at++;
      continue;
    }
    let after = at + 1;
    while (after < lines.length && !closes(fence, lines[after] ?? '')) after++;
    const block = lines.slice(at, Math.min(after + 1, lines.length));
    const code = languageOf(fence) !== undefined;
    if (open && (code || open.code || endsWithTwoBlankLines(open.lines))) end();
    open ??= { lines: [], code };
    open.lines.push(...block);
    at += block.length;
  }
  end();
  return { head, pieces };
}

/** A piece of Markdown as its text and the blank lines behind it. */
export function markdownOf(raw: string): { text: string; trail: string } {
  const lines = linesOf(raw);
  let last = lines.length;
  while (last > 0 && isBlank(lines[last - 1] ?? '')) last--;
  const body = lines.slice(0, last).join('');
  const text = withoutEol(body);
  return { text: normalized(text), trail: body.slice(text.length) + lines.slice(last).join('') };
}

/** A fenced piece in its parts: the opening line, the code, the closing line (empty if the file ends before), the blank lines behind it. */
export function codeOf(raw: string): { fence: Fence; opening: string; text: string; closing: string; trail: string } | undefined {
  const lines = linesOf(raw);
  const opening = lines[0] ?? '';
  const fence = fenceOf(opening);
  if (!fence) return undefined;
  let close = 1;
  while (close < lines.length && !closes(fence, lines[close] ?? '')) close++;
  const indent = new RegExp(`^ {0,${fence.indent.length}}`);
  const code = lines.slice(1, close).map((line) => line.replace(indent, ''));
  const text = code.join('');
  return {
    fence,
    opening,
    text: normalized(close < lines.length ? withoutEol(text) : text),
    closing: lines[close] ?? '',
    trail: lines.slice(close + 1).join(''),
  };
}

function endsWithTwoBlankLines(lines: readonly string[]): boolean {
  return lines.length > 2 && isBlank(lines[lines.length - 1] ?? '') && isBlank(lines[lines.length - 2] ?? '');
}

/** Number of lines of YAML front matter with its fences; 0 if there is none. */
function frontMatterEnd(lines: readonly string[]): number {
  const first = withoutEol(lines[0] ?? '').replace(/^\uFEFF+/, '');
  if (!/^---[ \t]*$/.test(first)) return 0;
  const close = lines.findIndex((line, at) => at > 0 && /^(?:---|\.\.\.)[ \t]*$/.test(withoutEol(line)));
  return close < 0 ? 0 : close + 1;
}
