import type { Member } from '../model/index.js';
import { byteText, utf8OfText } from './byteText.js';
import { csvRecordsOf } from './csvRecords.js';
import { isTooDeep, type JsonPiece, jsonRecordsOf } from './jsonRecords.js';
import { linesOf } from './lines.js';

/** Lines above the first border of a boxed table: prompts, queries. */
const BOX_LINES = 20;
const BORDER = /^\+(?:[-=]+\+)+\s*$/;

/** Objects out of JSON; rows of a table as objects with its header's names: CSV (also with `|`, `;` or tabs), and boxes drawn of `+---+` and `|` (osqueryi, psql, mysql). */
export async function* jsonOrTableRecordsOf(member: Member): AsyncGenerator<JsonPiece> {
  const kind = await kindOf(member);
  if (kind === 'json') yield* jsonRecordsOf(member);
  else if (kind === 'box') yield* boxRecordsOf(member);
  else yield* csvObjectsOf(member, kind);
}

async function* csvObjectsOf(member: Member, delimiter: string): AsyncGenerator<JsonPiece> {
  let header: readonly string[] | undefined;
  for await (const piece of csvRecordsOf(member, delimiter)) {
    if (piece.kind === 'broken') yield piece;
    else if (!header) header = piece.cells.map((cell) => utf8OfText(cell).replace(/^\ufeff/, ''));
    else yield rowOf(header, piece.cells.map(utf8OfText), piece.offset, piece.byteLength);
  }
}

async function* boxRecordsOf(member: Member): AsyncGenerator<JsonPiece> {
  let header: readonly string[] | undefined;
  for await (const line of linesOf(member)) {
    const text = utf8OfText(byteText(line.bytes, line.from, line.to));
    if (BORDER.test(text)) continue;
    if (!/^\|.*\|\s*$/.test(text)) {
      if (text.trim() !== '') header = undefined; // another query begins
      continue;
    }
    const cells = text.trim().slice(1, -1).split('|').map((cell) => cell.trim());
    if (!header) header = cells;
    else if (cells.length === header.length) yield rowOf(header, cells, line.offset, line.byteLength);
    else yield { kind: 'broken', what: 'a row with another number of cells than the header', offset: line.offset, byteLength: line.byteLength };
  }
}

function rowOf(header: readonly string[], cells: readonly string[], offset: number, byteLength: number): JsonPiece {
  return { kind: 'record', fields: Object.fromEntries(header.map((name, at) => [name, cellOf(cells[at] ?? '')])), offset, byteLength };
}

/** A cell that holds an object is JSON. */
function cellOf(text: string): unknown {
  if (!/^[[{]/.test(text) || isTooDeep(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // it only looks like one
  }
}

/** What the head shows: JSON, a box, or the character between the cells of the first line. */
async function kindOf(member: Member): Promise<string> {
  let count = 0;
  let first: string | undefined;
  for await (const line of linesOf(member, 1 << 16)) {
    const text = byteText(line.bytes, line.from, line.to);
    if (text.trim() === '') continue;
    if (first === undefined && /^\s*[[{]/.test(text)) return 'json';
    if (BORDER.test(text)) return 'box';
    first ??= text;
    if (++count >= BOX_LINES) break;
  }
  const counts = [',', '|', '\t', ';'].map((delimiter) => ({ delimiter, count: (first ?? '').split(delimiter).length }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).delimiter;
}

/** The columns that the head of a table names, for those who know it by them; none where there is no table. */
export function columnsOf(head: string): readonly string[] {
  const lines = head.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '').slice(0, BOX_LINES);
  const border = lines.findIndex((line) => BORDER.test(line));
  const header = border >= 0 ? lines[border + 1]?.replace(/^\||\|\s*$/g, '') : lines[0];
  if (header === undefined || header.length > 1 << 16 || /^\s*[[{]/.test(header)) return [];
  const columns = header.split(border >= 0 ? '|' : /[,|\t;]/).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  return columns.every((name) => /^[\w.@ ()-]{1,64}$/.test(name)) ? columns : [];
}
