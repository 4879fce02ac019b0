import { BASES, basisFirst, basisNotes } from '../../src/model/index.js';
import { cellText, isNumeric } from './cells.js';
import { visibleText } from './text.js';
import { counted, grouped, processLabel } from './words.js';
import type { ResultOutput } from './result.js';

/** `200 of 193,010 rows`, `1 row`, `no rows`. */
export function countText(output: ResultOutput): string {
  if (output.total === 0) return 'no rows';
  const shown = output.rows.length;
  // A picture is of all rows; only the table below it is cut.
  if (output.plot && shown < output.total) return `${counted(output.total, 'row')}, ${grouped(shown)} in the table`;
  return shown < output.total ? `${grouped(shown)} of ${counted(output.total, 'row')}` : counted(output.total, 'row');
}

/** A sentence beside a result; `about` names what weakens it. */
export interface Caveat {
  readonly says: string;
  readonly about?: 'undecided' | 'inferred' | 'basis' | 'cut';
}

/** What the result rests on, and what it could not decide. */
export function caveats(output: ResultOutput): Caveat[] {
  if (output.language === 'sql') {
    const notes = (output.notes ?? []).map((note): Caveat => ({ says: note.replace(/\.$/, ''), about: 'cut' }));
    return [...notes, { says: 'from SQL: nothing here says what is undecided or on which basis a row rests' }];
  }
  const sentences: Caveat[] = [];
  if (output.undecided.count > 0) {
    const fields = output.undecided.fields.length > 0 ? `: ${output.undecided.fields.map(visibleText).join(', ')} unknown` : '';
    sentences.push({ says: `${grouped(output.undecided.count)} undecided${fields}`, about: 'undecided' });
  }
  const rest = BASES.filter((basis) => output.basis[basis] > 0).map((basis) => `${grouped(output.basis[basis])} ${basis}`);
  if (output.total > 0 && rest.length > 0) sentences.push({ says: `basis: ${rest.join(', ')}`, ...(output.basis.inferred > 0 ? { about: 'inferred' as const } : {}) });
  if (output.atLeast === 'derived') sentences.push({ says: 'lineage that is only inferred counts as absent', about: 'basis' });
  if (output.atLeast === 'observed') sentences.push({ says: 'lineage that no record states counts as absent', about: 'basis' });
  sentences.push({ says: output.parents === 'difference' ? 'only what the created tree gives' : `process.parent as ${output.parents ?? 'recorded'}` });
  return sentences;
}

/** The line under a result. */
export function summaryText(output: ResultOutput): string {
  return [countText(output), ...caveats(output).map(({ says }) => says)].join(' · ');
}

/** The result as plain text: an aligned table or an indented tree, and the summary. For exports, diffs and readers of the page. */
export function resultText(output: ResultOutput): string {
  const body = output.view === 'tree' ? treeLines(output) : tableLines(output);
  const gaps = output.gaps.map((gap) => `this evidence could not show all: ${visibleText(gap)}`);
  const unreadable = output.unreadable.map((each) => `not read: ${visibleText(each)}`);
  return [...body, ...(body.length > 0 ? [''] : []), summaryText(output), ...unreadable, ...gaps].join('\n');
}

/** What stands behind a tree line's label: `orphan`, `created by sshd 812`. */
export function treeNotes(line: ResultOutput['tree'][number]): string[] {
  const notes: string[] = [];
  if (line.orphan) notes.push('orphan');
  notes.push(...basisNotes(line));
  if (line.other) notes.push(`other parent: ${visibleText(processLabel(line.other.name, line.other.pid))}`);
  return notes;
}

function treeLines(output: ResultOutput): string[] {
  return output.tree.map((line) => {
    const notes = treeNotes(line);
    return `${'  '.repeat(line.depth)}${line.matched ? '> ' : '  '}${visibleText(line.label)}${notes.length > 0 ? `  [${notes.join('; ')}]` : ''}`;
  });
}

const WIDEST = 60;

function tableLines(output: ResultOutput): string[] {
  if (output.rows.length === 0) return [];
  const { columns, rows } = basisFirst(output);
  const cells = rows.map((row) => columns.map((column, at) => cellText(row[at] ?? null, column.type)));
  const names = columns.map((column) => visibleText(column.name));
  const widths = names.map((name, at) => Math.min(WIDEST, Math.max(width(name), ...cells.map((row) => width(row[at] ?? '')))));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => (isNumeric(columns[at]?.type) ? text.padStart(widths[at] ?? 0) : pad(text, widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(names), line(widths.map((count) => '-'.repeat(count))), ...cells.map(line)];
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Width in a fixed-pitch font: wide East Asian characters and pictures count two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
      character,
    )
      ? 2
      : 1;
  return columns;
}
