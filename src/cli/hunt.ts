import { dirname, join } from 'node:path';
import type { Cell, Diagnostic, HuntAsk, HuntResult, Progress } from '../engine/index.js';
import { runHunt } from '../hunt/index.js';
import { BASES, basisFirst, basisLast, basisNotes } from '../model/index.js';
import { openClickHousePort } from '../node/index.js';
import { csvField } from '../report/index.js';
import { oneOf, parseOptions, storeAddress, UsageError } from './options.js';
import { counted, figures, jsonText, undecidedWords, visible } from './output.js';
import { huntRules } from './rules.js';
import { type Session, withEvidence } from './session.js';
import { readText } from './textFile.js';
import { timeText, type TimeStyle } from './times.js';

export const HUNT_USAGE = 'foundling hunt QUERY|FILE.hunt EVIDENCE... [--parents recorded|created|difference] [--basis observed|derived|inferred] [--format table|json|csv]\n  foundling hunt QUERY|FILE.hunt --store URL [--parents ...] [--basis ...] [--format ...]\n  foundling hunt --rules DIR EVIDENCE... [--basis observed|derived|inferred] [--format table|json|csv]';

/** Rows that a view may hold (HUNT 13); the result says when more were found. */
const ROWS_AT_MOST = 100_000;
/** Characters of one cell in a table for people. */
const CELL_AT_MOST = 100;

/** The rows that a query finds, how many could not be decided, and what they rest on. */
export async function hunt(session: Session, args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args, { rules: 'string', store: 'string', parents: 'string', basis: 'string', format: 'string' }, HUNT_USAGE);
  const basis = oneOf('basis', parsed.values['basis'], BASES, HUNT_USAGE);
  const format = oneOf('format', parsed.values['format'], ['table', 'json', 'csv'] as const, HUNT_USAGE) ?? 'table';
  const folder = parsed.values['rules'];
  if (typeof folder === 'string') {
    if (parsed.values['store'] !== undefined) throw new UsageError('--rules explains its hits with the evidence itself; name the evidence in place of --store.', HUNT_USAGE);
    if (parsed.positionals.length === 0) throw new UsageError('No evidence was named.', HUNT_USAGE);
    if (parsed.values['parents'] !== undefined) throw new UsageError('--rules runs every rule as recorded and as created; leave --parents out.', HUNT_USAGE);
    return huntRules(session, { folder, sources: parsed.positionals, basis, format, parsed });
  }
  const [query, ...sources] = parsed.positionals;
  if (query === undefined || query.trim() === '') throw new UsageError('No query was given.', HUNT_USAGE);
  const store = parsed.values['store'];
  if (typeof store !== 'string' && sources.length === 0) throw new UsageError('No evidence was named.', HUNT_USAGE);
  if (typeof store === 'string' && sources.length > 0) throw new UsageError('A hunt asks evidence or a --store, not both.', HUNT_USAGE);
  const parents = oneOf('parents', parsed.values['parents'], ['recorded', 'created', 'difference'] as const, HUNT_USAGE);
  const file = query.endsWith('.hunt') ? query : undefined;
  const text = file === undefined ? query : await readText(file);
  const ask: HuntAsk = { text, limit: ROWS_AT_MOST, ...(parents === undefined ? {} : { parents }), ...(basis === undefined ? {} : { basis }) };
  const show = (result: HuntResult): Promise<0 | 1> => showResult(session, result, { text, file, format, times: parsed.times });
  if (typeof store === 'string') {
    const { port, close } = openClickHousePort(join(dirname(session.io.wasmPath), 'clickhouseWorker.js'), storeAddress(store, HUNT_USAGE));
    try {
      return await show(runHunt(port, ask, { now: () => performance.now() }));
    } finally {
      await close();
    }
  }
  const onProgress = ({ what, done, total }: Progress): void => session.output.progress(what, done, total);
  return withEvidence(session, { sources, ...parsed.stated }, { store: true }, async ({ engine }) => show(await engine.ask('hunt', ask, { onProgress })));
}

/** What was asked, and how its rows are to be written. */
interface Asked {
  readonly text: string;
  /** Where the text stands; undefined: on the command line. */
  readonly file: string | undefined;
  readonly format: 'table' | 'json' | 'csv';
  readonly times: TimeStyle;
}

/** Writes a result; answers the exit code, 1 where the query is wrong. */
async function showResult({ output }: Session, result: HuntResult, { text, file, format, times }: Asked): Promise<0 | 1> {
  output.settle();
  for (const diagnostic of result.diagnostics) output.warn(diagnosticText(diagnostic, text, file ?? 'query'));
  if (result.diagnostics.some(({ severity }) => severity === 'error')) return 1;
  if (result.columns.length === 0) {
    output.warn(`foundling: ${visible(file ?? 'the query')} asks nothing: there are only lets and comments in it, so that no rows say nothing of the evidence`);
    return 1;
  }
  if (format === 'json') await output.print(jsonText(asJson(result)));
  else if (format === 'csv') await output.print(asCsv(result, times));
  else await output.print(result.view === 'tree' && result.tree ? asTree(result, output.mark) : asTable(result, times));
  if (format === 'csv') output.warn(footer(result));
  return 0;
}

/** `query:2:7: error HUNT201: no field proces.name; did you mean process.name?` */
function diagnosticText(diagnostic: Diagnostic, text: string, file: string): string {
  const before = text.slice(0, diagnostic.from);
  const line = before.split('\n').length, column = diagnostic.from - (before.lastIndexOf('\n') + 1);
  const source = text.split('\n')[line - 1] ?? '';
  const fix = diagnostic.fixes[0];
  const head = `${visible(file)}:${line}:${column + 1}: ${diagnostic.severity} ${diagnostic.code}: ${visible(diagnostic.message)}`;
  if (diagnostic.severity !== 'error' && diagnostic.severity !== 'warning') return head;
  const length = Math.max(1, Math.min(diagnostic.to, diagnostic.from + source.length - column) - diagnostic.from);
  return [head, `  ${visible(source)}`, `  ${' '.repeat(visible(source.slice(0, column)).length)}${'^'.repeat(length)}`, ...(fix ? [`  fix: ${visible(fix.title)}`] : [])].join('\n');
}

function asJson(result: HuntResult): unknown {
  return {
    columns: result.columns,
    rows: result.rows.map((row) => Object.fromEntries(result.columns.map(({ name }, at) => [name, row[at] ?? null]))),
    total: result.total,
    truncated: result.truncated,
    undecided: result.undecided,
    basis: result.basis,
    bases: result.bases,
    diagnostics: result.diagnostics.map(({ code, severity, message, from, to }) => ({ code, severity, message, from, to })),
  };
}

/** How many rows, on which basis they rest, and how many could not be decided. */
export function footer(result: HuntResult): string {
  const shown = result.truncated ? `${figures(result.rows.length)} of ${counted(result.total, 'row')} (the limit)` : counted(result.total, 'row');
  const rests = BASES.filter((each) => result.basis[each] > 0).map((each) => `${figures(result.basis[each])} ${each}`);
  return `${shown}${rests.length > 0 ? ` (${rests.join(', ')})` : ''}${undecidedWords(result.undecided)}`;
}

function cellText(cell: Cell, type: string, times: TimeStyle): string {
  if (cell === null) return '';
  if (Array.isArray(cell)) return cell.map(String).join(' ');
  if (type === 'time' && typeof cell === 'number') return timeText(cell, times);
  if (type === 'duration' && typeof cell === 'number') return `${cell / 1e6} s`;
  return String(cell);
}

function asTable(result: HuntResult, times: TimeStyle): string {
  const { columns, rows } = basisFirst(result);
  const cells = rows.map((row) => columns.map(({ type }, at) => shortened(visible(cellText(row[at] ?? null, type, times)))));
  const widths = columns.map(({ name }, at) => cells.reduce((width, row) => Math.max(width, row[at]!.length), name.length));
  const isRight = columns.map(({ type }) => type === 'int' || type === 'float' || type === 'duration');
  const line = (row: readonly string[]): string => row.map((cell, at) => (isRight[at] ? cell.padStart(widths[at]!) : at === row.length - 1 ? cell : cell.padEnd(widths[at]!))).join('  ').trimEnd();
  const head = rows.length > 0 ? [line(columns.map(({ name }) => name)), line(widths.map((width) => '-'.repeat(width)))] : [];
  return [...head, ...cells.map(line), ...(head.length > 0 ? [''] : []), footer(result)].join('\n');
}

function shortened(text: string): string {
  return text.length > CELL_AT_MOST ? `${text.slice(0, CELL_AT_MOST - 1)}…` : text;
}

function asTree(result: HuntResult, mark: (text: string) => string): string {
  const lines = (result.tree ?? []).map((line) => {
    const other = line.other ? `  (${line.other.name === null ? 'process' : visible(line.other.name)} ${line.other.pid} in the other tree)` : '';
    const bases = basisNotes(line).map((note) => `  [${note}]`).join('');
    return `${'  '.repeat(line.depth)}${line.matched ? '* ' : '  '}${visible(line.label)}${line.orphan ? `  ${mark('ORPHAN')}` : ''}${bases}${other}`;
  });
  return [...lines, '', footer(result)].join('\n');
}

function asCsv(result: HuntResult, times: TimeStyle): string {
  const { columns, rows } = basisLast(result);
  const lines = [columns.map(({ name }) => csvField(name, !/^@?[\w.]+$/.test(name))).join(',')];
  for (const row of rows) lines.push(row.map((cell, at) => csvField(cellText(cell, columns[at]!.type, times), typeof cell !== 'number' && typeof cell !== 'boolean')).join(','));
  return lines.join('\n');
}

