import { BASES, type Basis } from '../model/index.js';
import { closes, codeOf, cut, eolOf, languageOf, markdownOf, normalized, type CellLanguage } from './notebookText.js';

/** A hunt's parent view, as a cell states it. `difference`: the rows that only the created tree gives. */
export const CELL_PARENTS = ['recorded', 'created', 'difference'] as const;
export type CellParents = (typeof CELL_PARENTS)[number];

/** What may be written in a fence behind the language, and its words. */
const FENCE_WORDS = { parents: CELL_PARENTS, basis: BASES } as const;
type FenceSettings = Pick<CellMetadata, keyof typeof FENCE_WORDS>;

/** What a cell says beside its text. */
export interface CellMetadata {
  /** Written in the fence (```` ```hunt parents=recorded ````); absent: the notebook's. */
  readonly parents?: CellParents;
  /** Written likewise (`basis=derived`): lineage that is known by less counts as absent. Absent: the notebook's. */
  readonly basis?: Basis;
  /** The characters that the cell was read from, where writing its text anew would not give the same ones. */
  readonly raw?: string;
}

export interface NotebookCell {
  readonly kind: 'markdown' | 'code';
  /** `markdown`, or the fence's language. */
  readonly language: string;
  /** The text as the editor holds it: lines joined by LF. */
  readonly text: string;
  readonly metadata: CellMetadata;
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
  /** What stands before the first cell: byte order mark, YAML front matter, blank lines. As written. */
  readonly head: string;
  /** The line end of cells that are new or edited. */
  readonly eol: string;
}

/**
 * Reads a Markdown file as a notebook. Fences of `hunt` and `sql` are code cells, the Markdown between them is cut at two or more blank lines.
 * `serialize(deserialize(text)) === text` for every text.
 */
export function deserialize(text: string): Notebook {
  const { head, pieces } = cut(text);
  const eol = eolOf(text);
  const cells = pieces.map(({ raw }) => cellOf(raw));
  return {
    head,
    eol,
    cells: cells.map((cell, at) => {
      const piece = pieces[at]?.raw ?? '';
      return written(cell, eol) + gapAfter(cell, cells[at + 1], eol) === piece ? cell : { ...cell, metadata: { ...cell.metadata, raw: piece } };
    }),
  };
}

/** Writes a notebook. A cell that still says what its `raw` says is written as it was; any other changes its own characters only. */
export function serialize(notebook: Notebook): string {
  let text = notebook.head;
  notebook.cells.forEach((cell, at) => {
    const next = notebook.cells[at + 1];
    const { raw } = cell.metadata;
    if (raw === undefined) {
      text += written(cell, notebook.eol) + gapAfter(cell, next, notebook.eol);
      return;
    }
    text += says(raw, cell) ? raw : rewritten(raw, cell);
    if (next) text += neededGap(text, cell, next, eolOf(raw));
  });
  return text;
}

/** The cell that a piece of a file is. */
function cellOf(raw: string): NotebookCell {
  const code = codeOf(raw);
  const language = code && languageOf(code.fence);
  if (!code || !language) return { kind: 'markdown', language: 'markdown', text: markdownOf(raw).text, metadata: {} };
  return { kind: 'code', language, text: code.text, metadata: settingsIn(code.fence.info) };
}

function says(raw: string, cell: NotebookCell): boolean {
  const before = cellOf(raw);
  return (
    before.kind === cell.kind && before.language === cell.language && before.text === normalized(cell.text) && before.metadata.parents === cell.metadata.parents && before.metadata.basis === cell.metadata.basis
  );
}

/** A cell in the plainest form. */
function written(cell: NotebookCell, eol: string): string {
  const lines = normalized(cell.text).split('\n');
  if (cell.kind === 'markdown') return lines.join(eol) + eol;
  const mark = '`'.repeat(Math.max(3, longestRun(lines, '`') + 1));
  const body = cell.text === '' ? '' : lines.join(eol) + eol;
  return `${mark}${withSettings(cell.language, cell.metadata)}${eol}${body}${mark}${eol}`;
}

/** An edited cell in the form that its old characters had: its fence, indent, line ends and the blank lines behind it. */
function rewritten(raw: string, cell: NotebookCell): string {
  const eol = eolOf(raw);
  const code = codeOf(raw);
  if (cell.kind === 'markdown') {
    const trail = code && languageOf(code.fence) ? code.trail : markdownOf(raw).trail;
    return normalized(cell.text).split('\n').join(eol) + (trail || eol);
  }
  const language = code && languageOf(code.fence);
  if (!code || language !== cell.language) return written(cell, eol) + (code ? code.trail : markdownOf(raw).trail.replace(/^(?:\r\n|\r|\n)/, ''));
  const lines = normalized(cell.text).split('\n');
  const longEnough = !lines.some((line) => closes(code.fence, line));
  const fence = longEnough ? code.fence : { ...code.fence, mark: code.fence.mark.charAt(0).repeat(longestRun(lines, code.fence.mark.charAt(0)) + 1) };
  const info = withSettings(fence.info, cell.metadata);
  const opening = `${fence.indent}${fence.mark}${info}${eol}`;
  const body = cell.text === '' ? '' : lines.map((line) => (line === '' ? line : fence.indent + line) + eol).join('');
  const closing = longEnough && code.closing !== '' ? code.closing : `${fence.indent}${fence.mark}${eol}`;
  return opening + body + closing + code.trail;
}

/** Blank lines behind a cell in the plainest form: one, or two where only they keep two Markdown cells apart. */
function gapAfter(cell: NotebookCell, next: NotebookCell | undefined, eol: string): string {
  if (!next) return '';
  return cell.kind === 'markdown' && next.kind === 'markdown' ? eol + eol : eol;
}

/** What must be added behind a cell that is written as it was, so that the next one does not flow into it: nothing, if they were neighbours before. */
function neededGap(text: string, cell: NotebookCell, next: NotebookCell, eol: string): string {
  const blankLines = /(?:[ \t]*(?:\r\n|\r|\n))*$/.exec(text)?.[0] ?? '';
  const ends = blankLines.match(/\r\n|\r|\n/g)?.length ?? 0;
  const needed = cell.kind === 'markdown' && next.kind === 'markdown' ? 3 : 1;
  return eol.repeat(Math.max(0, needed - ends));
}

/** What a fence's info string states; words that are none of ours state nothing. */
function settingsIn(info: string): FenceSettings {
  const parents = FENCE_WORDS.parents.find((each) => each === wordOf(info, 'parents'));
  const basis = FENCE_WORDS.basis.find((each) => each === wordOf(info, 'basis'));
  return { ...(parents ? { parents } : {}), ...(basis ? { basis } : {}) };
}

/** An info string that states these settings; what it states already stays as it was written. */
function withSettings(info: string, settings: FenceSettings): string {
  const stated = settingsIn(info);
  return (['parents', 'basis'] as const).reduce((made, name) => {
    if (settings[name] === stated[name]) return made;
    const bare = made.replace(new RegExp(`\\s+${name}=\\S+`, 'g'), '');
    return settings[name] ? `${bare.trimEnd()} ${name}=${settings[name]}` : bare;
  }, info);
}

function wordOf(info: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(info)?.[1];
}

function longestRun(lines: readonly string[], mark: string): number {
  let longest = 2;
  for (const line of lines) {
    for (const run of line.match(mark === '`' ? /`+/g : /~+/g) ?? []) longest = Math.max(longest, run.length);
  }
  return longest;
}

export type { CellLanguage };
