import type { Cell, HuntResult } from '../engine/requests.js';
import { basisFirst, basisNotes } from '../model/index.js';
import { block, code, table } from './markdown.js';
import { visible } from './text.js';
import { durationWords, utcWords } from './timeWords.js';

/** Rows of a hunt as Markdown: a table, or for the tree view its lines, with on which basis each rests where that is not observed. At most `rows` of them; who calls says how many there were. `nameOf`: an evidence file as others may read it. */
export function resultMarkdown(result: Pick<HuntResult, 'view' | 'rows' | 'columns' | 'tree' | 'bases'>, rows: number, nameOf: (file: string) => string = (file) => file): string {
  if (result.view === 'tree' && result.tree) {
    return block(result.tree.slice(0, rows).map(({ depth, matched, label, orphan, other, ...bases }) => `${'  '.repeat(depth)}${matched ? '* ' : '  '}${label}${orphan ? '  ORPHAN' : ''}${basisNotes(bases).map((note) => `  [${note}]`).join('')}${other ? `  (${other.name ?? 'process'} ${other.pid} in the other tree)` : ''}`));
  }
  if (result.rows.length === 0) return '';
  const { columns, rows: based } = basisFirst({ ...result, rows: result.rows.slice(0, rows), bases: result.bases.slice(0, rows) });
  return table(columns.map(({ name }) => code(name)), based.map((row) => columns.map(({ type }, at) => cellMarkdown(row[at] ?? null, type, nameOf))));
}

function cellMarkdown(cell: Cell, type: string, nameOf: (file: string) => string): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return type === 'time' ? utcWords(cell) : type === 'duration' ? durationWords(cell) : String(cell);
  if (typeof cell === 'boolean') return String(cell);
  return code(typeof cell === 'string' ? nameOf(cell) : cell.map((each) => nameOf(String(each))).join(' '));
}

/** A hunt's own text in a fence that it cannot end. */
export function huntBlock(text: string, language: string): string {
  return block(text.replace(/\t/g, '  ').split('\n'), visible(language).replace(/\W/g, ''));
}
