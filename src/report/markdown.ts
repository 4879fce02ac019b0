import { visible, words } from './text.js';

/**
 * Text from evidence as Markdown prose on one line: what could begin emphasis, code, a link, markup, an entity, a cell, a mention or a formula is escaped,
 * and at its beginning what could make a heading, a list or a rule of the line.
 */
export function prose(text: string): string {
  return words(text)
    .replace(/[\\`*_[\]<>#|~&$@]/g, '\\$&')
    .replace(/^(\s*)([-+=]|\d{1,9}(?=[.)]))/, (_whole, blank: string, mark: string) => (/\d/.test(mark) ? `${blank.trim()}${mark}\\` : `${blank.trim()}\\${mark}`));
}

/** Text from evidence as a code span, in which nothing is read: the fence is longer than any run of backticks in it. Pipes are escaped for tables. */
export function code(text: string): string {
  const shown = words(text).replace(/\|/g, '\\|');
  if (shown === '') return '';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Lines as a fenced block that they cannot end. Hidden characters are shown; nothing is defanged, since it is the record itself. */
export function block(lines: readonly string[], language = ''): string {
  const shown = lines.map(visible);
  const longest = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...shown, fence].join('\n');
}

/** A table; the cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
