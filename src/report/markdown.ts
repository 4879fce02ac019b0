import { visible, words } from './text.js';

/** Text from evidence as Markdown prose: every character that Markdown, or a page that shows it, could read as more than text is escaped; one line. */
export function prose(text: string): string {
  return words(text).replace(/[\\`*_{}[\]()<>#+!|~&$@^=:-]/g, '\\$&');
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
