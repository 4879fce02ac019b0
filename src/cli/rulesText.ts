import type { Details, HuntResult, RawRecord } from '../engine/index.js';
import type { ImportedRule } from '../hunt/index.js';
import type { Basis } from '../model/index.js';
import { csvField } from '../report/index.js';
import { counted, figures, jsonText, undecidedWords, visible } from './output.js';
import { timeText, type TimeStyle } from './times.js';

/** What one rule found. */
export interface RuleReport {
  readonly rule: ImportedRule;
  /** How the rule differs from its author's, a sentence each. */
  readonly differs: readonly string[];
  /** Rows as recorded: the first of them, and how many there are. */
  readonly hits: HuntResult;
  readonly recorded: number;
  readonly created: number;
  /** Rows that only the created view has; the first of them are explained in `extra`. */
  readonly extraTotal: number;
  readonly extra: readonly ExtraHit[];
}

/** A hit that a broken tree hides from the rule, with the edge that makes the difference and the records that tell of it. */
export interface ExtraHit {
  /** When it happened, microseconds; null where the row has no moment. */
  readonly time: number | null;
  readonly process: Details;
  readonly recordedParent: string | null;
  readonly creator: string | null;
  readonly basis: Basis | null;
  readonly confidence: number | null;
  readonly records: readonly RawRecord[];
}

export interface RulesReport {
  readonly rules: readonly RuleReport[];
  readonly refused: readonly { readonly file: string; readonly rule: string; readonly says: string }[];
  readonly failed: readonly { readonly file: string; readonly rule: string; readonly code: string; readonly says: string }[];
}

/** One line a rule, those with hits first; below it each extra hit with its edge and records. */
export function rulesAsTable({ rules, refused, failed }: RulesReport, times: TimeStyle): string {
  const ordered = [...rules].sort((a, b) => b.extraTotal - a.extraTotal || b.created - a.created);
  const width = (of: (report: RuleReport) => number, name: string): number => ordered.reduce((most, report) => Math.max(most, figures(of(report)).length), name.length);
  const first = width(({ recorded }) => recorded, 'recorded'), second = width(({ created }) => created, 'created');
  const lines = [`${'recorded'.padStart(first)}  ${'created'.padStart(second)}  rule`, `${'-'.repeat(first)}  ${'-'.repeat(second)}  ----`];
  const indent = ' '.repeat(first + second + 4);
  for (const report of ordered) {
    const { rule, recorded, created, extra, extraTotal, hits } = report;
    const facts = [rule.level, ...rule.techniques].filter((one) => one !== '').map(visible).join(', ');
    lines.push(`${figures(recorded).padStart(first)}  ${figures(created).padStart(second)}  ${visible(rule.title)}${facts === '' ? '' : ` (${facts})`}  ${visible(rule.file)}${undecidedWords(hits.undecided)}`);
    for (const hit of extra) lines.push(...hitLines(hit, times).map((line) => indent + line));
    if (extraTotal > extra.length) lines.push(`${indent}and ${figures(extraTotal - extra.length)} more that only the created tree gives`);
  }
  const withHits = rules.filter(({ recorded, created }) => recorded + created > 0).length;
  const extra = rules.reduce((sum, { extraTotal }) => sum + extraTotal, 0);
  return [...lines, '', `${counted(rules.length, 'rule')} run, ${figures(withHits)} with hits; ${counted(extra, 'hit')} that only the created tree gives; ${figures(refused.length)} not translated, ${figures(failed.length)} failed`].join('\n');
}

function hitLines({ time, process, recordedParent, creator, basis, confidence, records }: ExtraHit, times: TimeStyle): string[] {
  const command = process.args.length > 0 ? `: ${shortened(visible(process.args.join(' ')))}` : '';
  return [
    `+ ${visible(process.name ?? 'process')} ${process.pid} of ${visible(process.host)} at ${timeText(time ?? process.start, times)}${command}`,
    `    recorded parent ${visible(recordedParent ?? 'not known')}; created by ${visible(creator ?? 'an unknown process')} (${basis ?? 'not known'}${confidence === null ? '' : `, ${confidence.toFixed(2)}`})`,
    ...process.creator.reasons.slice(0, REASONS_AT_MOST).map(({ for: isFor, says }) => `    ${isFor ? 'since' : 'although'} ${shortened(visible(says))}`),
    ...records.map((record) => `    ${visible(placeOf(record))}  ${visible(record.states)}`),
  ];
}

function placeOf({ member, offset }: RawRecord): string {
  return `${member}:${offset}`;
}

const SHOWN_AT_MOST = 120;
const REASONS_AT_MOST = 3;

function shortened(text: string): string {
  return text.length > SHOWN_AT_MOST ? `${text.slice(0, SHOWN_AT_MOST - 1)}…` : text;
}

/** One object (docs/cli.md). Moments are whole microseconds. */
export function rulesAsJson({ rules, refused, failed }: RulesReport): string {
  return jsonText({
    rules: rules.map(({ rule, differs, hits, recorded, created, extra, extraTotal }) => ({
      rule: rule.name, title: rule.title, id: rule.id, level: rule.level, techniques: rule.techniques, file: rule.file, query: rule.query, differs,
      recorded, created, extraTotal, undecided: hits.undecided, basis: hits.basis, bases: hits.bases,
      rows: hits.rows.map((row) => Object.fromEntries(hits.columns.map(({ name }, at) => [name, row[at] ?? null]))),
      extra: extra.map(extraAsJson),
    })),
    refused: refused.map(({ file, rule, says }) => ({ file, title: rule, reason: says })),
    failed: failed.map(({ file, rule, code, says }) => ({ file, title: rule, code, message: says })),
  });
}

function extraAsJson({ time, process, recordedParent, basis, confidence, records }: ExtraHit): unknown {
  const reference = (ref: { readonly pid: number; readonly start: number; readonly name: string | null } | null): unknown => (ref === null ? null : { pid: ref.pid, start: moment(ref.start), name: ref.name });
  const recorded = process.parents.find(({ parent }) => parent !== null && `${parent.name ?? '?'} ${parent.pid}` === recordedParent)?.parent ?? null;
  return {
    time, host: process.host, entity_id: process.entityId, pid: process.pid, start: moment(process.start), name: process.name, executable: process.executable, args: process.args,
    edge: { recordedParent: reference(recorded), creator: reference(process.creator.parent), basis, confidence, why: process.why, reasons: process.creator.reasons.map(({ for: isFor, says }) => (isFor ? says : `against: ${says}`)) },
    records: records.map(({ evidence, member, offset, byteLength, time, states }) => ({ evidence, member, offset, bytes: byteLength, time: moment(time), states })),
  };
}

function moment(micros: number): number | null {
  return Number.isNaN(micros) ? null : micros;
}

const CSV_COLUMNS = ['rule', 'title', 'id', 'level', 'techniques', 'file', 'recorded', 'created', 'extra', 'undecided', 'host', 'pid', 'time', 'name', 'recorded_parent', 'creator', 'basis', 'confidence', 'records'];

/** One line a rule, then one line for each of its extra hits. */
export function rulesAsCsv({ rules }: RulesReport, times: TimeStyle): string {
  const line = (cells: readonly (string | number)[]): string => cells.map((cell) => csvField(String(cell), typeof cell === 'string')).join(',');
  const lines = [CSV_COLUMNS.join(',')];
  for (const { rule, recorded, created, extra, extraTotal, hits } of rules) {
    const own = [rule.name, rule.title, rule.id, rule.level, rule.techniques.join(' '), rule.file];
    lines.push(line([...own, recorded, created, extraTotal, hits.undecided.count, '', '', '', '', '', '', '', '', '']));
    for (const { time, process, recordedParent, creator, basis, confidence, records } of extra) {
      lines.push(line([...own, '', '', '', '', process.host, process.pid, timeText(time ?? process.start, times), process.name ?? '', recordedParent ?? '', creator ?? '', basis ?? '', confidence ?? '', records.map(placeOf).join(' ')]));
    }
  }
  return lines.join('\n');
}
