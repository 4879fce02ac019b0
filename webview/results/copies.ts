import { basisLast } from '../../src/model/index.js';
import type { Cell } from '../../src/engine/requests.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import type { ResultOutput } from '../shared/result.js';

/** The shown rows as CSV (RFC 4180) with a heading, the last column on which basis each rests. Times in UTC, durations in seconds, hidden characters shown; no cell can start a spreadsheet's formula. */
export function csvOf(output: ResultOutput): string {
  const { columns, rows } = basisLast(output);
  // Names of fields, `@timestamp` among them, are no formulas.
  const lines = [columns.map(({ name }) => (/^@?[\w.]+$/.test(name) ? name : csvCell(name)))];
  for (const row of rows) lines.push(columns.map((column, at) => csvCell(exported(row[at] ?? null, column.type))));
  return lines.map((cells) => cells.join(',')).join('\r\n') + '\r\n';
}

/** The shown rows as JSON, one object a row, `basis` among them; times as ISO text with microseconds, durations in seconds. Escaped as JSON escapes, nothing is replaced. */
export function jsonOf(output: ResultOutput): string {
  const { columns, rows: based } = basisLast(output);
  const rows = based.map((row) => Object.fromEntries(columns.map((column, at) => [column.name, jsonCell(row[at] ?? null, column.type)])));
  return JSON.stringify(rows, undefined, 2) + '\n';
}

function exported(cell: Cell, type: string): string {
  const value = jsonCell(cell, type);
  if (value === null) return '';
  return visibleText(typeof value === 'object' ? value.map(String).join(' ') : String(value));
}

function jsonCell(cell: Cell, type: string): Cell {
  if (typeof cell !== 'number') return cell;
  if (type === 'time') return Number.isFinite(cell) ? fullTime(cell).replace(' ', 'T') : null;
  if (type === 'duration') return Number.isFinite(cell) ? cell / 1_000_000 : null;
  return cell;
}

/** A text that begins with one of these is a formula to a spreadsheet; a quote in front makes it text (a number stays a number). */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replace(/"/g, '""')}"` : safe;
}
