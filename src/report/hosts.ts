import type { AnswerOf, AskOf, EngineMethod, FindingRow, Summary } from '../engine/requests.js';
import { huntLiteral } from '../hunt/index.js';
import { hashFieldsOf, hashHunt, hashText, isEverywhere, templateOf } from '../triage/index.js';
import { isBad } from './containment.js';
import { isOfThisHost } from './indicators.js';
import type { HostRow, Pattern, Subject } from './model.js';
import { called, pidAtStart } from './processWords.js';
import { counted } from './reportWords.js';

type Asked = <M extends EngineMethod>(method: M, question: AskOf<M>) => Promise<AnswerOf<M>>;

const VALUES_AT_MOST = 60;
const ROWS_AT_MOST = 20_000;
const PATTERNS_AT_MOST = 120;

/** Every host of the case: affected, nothing seen, or unknown for want of evidence. */
export function hostRowsOf(summary: Pick<Summary, 'hosts' | 'evidence'>, subjects: readonly Subject[], loud: readonly FindingRow[], knownHosts: readonly string[]): readonly HostRow[] {
  const rows: HostRow[] = [];
  for (const host of summary.hosts) {
    const bad = subjects.filter((subject) => subject.details.host === host && isBad(subject));
    const others = loud.filter((row) => row.host === host).length;
    const gaps = new Set(summary.evidence.filter((entry) => entry.host === host).flatMap(({ coverage }) => coverage.map(({ gap }) => gap))).size;
    rows.push({
      host,
      state: bad.length > 0 ? 'affected' : 'nothing seen',
      says: `${bad.length > 0 ? `${counted(bad.length, 'process is', 'processes are')} told at length` : 'no alert and no bad verdict'}${others > 0 ? `, ${counted(others, 'process', 'processes')} with other findings` : ''}${gaps > 0 ? `; ${counted(gaps, 'kind')} of gap in its evidence, see coverage` : ''}`,
      processes: bad.map(({ details }) => `${called(details)} (${pidAtStart(details)})`),
    });
  }
  for (const host of knownHosts) if (!summary.hosts.includes(host)) rows.push({ host, state: 'unknown', says: 'named by the case; there is no evidence of it, so it is neither clean nor affected', processes: [] });
  const contacted = new Map<string, Set<string>>();
  for (const { details, connections } of subjects) {
    for (const { address } of connections) {
      if (!/^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i.test(address)) continue;
      contacted.set(address, (contacted.get(address) ?? new Set()).add(called(details)));
    }
  }
  for (const [address, by] of contacted) rows.push({ host: address, state: 'unknown', says: `contacted by ${[...by].slice(0, 5).join(', ')}; no evidence here is known to be of this address`, processes: [] });
  return rows;
}

/** What the subjects have that can be looked for, and on which hosts it was seen, first and last. */
export async function patternsOf(asked: Asked, subjects: readonly Subject[], rows: readonly FindingRow[]): Promise<readonly Pattern[]> {
  const patterns: Pattern[] = [];
  const seen = new Map<string, Map<string, { count: number; first: number; last: number }>>();
  const note = (key: string, host: string, time: number): void => {
    const hosts = seen.get(key) ?? new Map<string, { count: number; first: number; last: number }>();
    seen.set(key, hosts);
    const known = hosts.get(host);
    if (known === undefined) hosts.set(host, { count: 1, first: time, last: time });
    else hosts.set(host, { count: known.count + 1, first: Math.min(known.first, time), last: Math.max(known.last, time) });
  };
  const executables = distinct(subjects.map(({ details }) => details.executable)).filter((path) => !isEverywhere(path));
  const templates = new Set(distinct(subjects.map(({ details }) => (details.args.length > 1 ? templateOf(details.args) : null))));
  const names = distinct(subjects.map(({ details }) => details.executable));
  if (names.length > 0) {
    const found = await asked('hunt', { text: `processes where process.executable in (${names.map(huntLiteral).join(', ')}) or process.orphan | fields host.name, process.start, process.executable, process.args`, limit: ROWS_AT_MOST });
    for (const [host, start, executable, args] of found.rows) {
      const at = typeof start === 'number' ? start : NaN;
      if (typeof executable === 'string' && executables.includes(executable)) note(`executable\0${executable}`, String(host), at);
      const template = Array.isArray(args) ? templateOf(args.map(String)) : null;
      if (template !== null && templates.has(template)) note(`arguments\0${template}`, String(host), at);
    }
  }
  const shapes = new Set(distinct(subjects.map(({ row }) => (row === undefined ? null : shapeOf(row)))));
  for (const row of rows) if (shapes.has(shapeOf(row)) && row.state === 'unexpected') note(`shape\0${shapeOf(row)}`, row.host, row.start);
  const addresses = distinct(subjects.flatMap(({ indicators }) => indicators.filter(({ kind, value }) => kind === 'address' && !isOfThisHost(value)).map(({ value }) => value)));
  if (addresses.length > 0) {
    const found = await asked('hunt', { text: `network where destination.ip in (${addresses.map(huntLiteral).join(', ')}) or source.ip in (${addresses.map(huntLiteral).join(', ')}) | fields host.name, @timestamp, destination.ip, source.ip`, limit: ROWS_AT_MOST });
    for (const [host, time, to, from] of found.rows) for (const address of [to, from]) if (typeof address === 'string' && addresses.includes(address)) note(`address\0${address}`, String(host), typeof time === 'number' ? time : NaN);
  }
  const hashes = distinct(subjects.flatMap(({ indicators }) => indicators.filter(({ kind }) => kind === 'sha256').map(({ value }) => value)));
  for (const field of hashes.length === 0 ? [] : hashFieldsOf((await asked('catalogue', {})).evidence ?? [])) {
    const found = await asked('hunt', { text: hashHunt(field, { among: hashes }), limit: ROWS_AT_MOST });
    for (const [time, host, , stated] of found.rows) if (typeof stated === 'string' && hashes.includes(hashText(stated))) note(`sha256\0${hashText(stated)}`, String(host), typeof time === 'number' ? time : NaN);
  }
  for (const [key, hosts] of seen) {
    const [kind = '', value = ''] = key.split('\0');
    patterns.push({ kind: kind as Pattern['kind'], value, hosts: [...hosts].map(([host, times]) => ({ host, ...times })) }); // the kinds are those that are noted above
  }
  return patterns.sort((a, b) => b.hosts.length - a.hosts.length).slice(0, PATTERNS_AT_MOST);
}

/** The kinds of a row's findings in order of the table: what happened, without names and places. */
function shapeOf({ findings }: FindingRow): string {
  return [...new Set(findings.map(({ kind }) => kind))].join(' + ');
}

function distinct(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null && value !== ''))].slice(0, VALUES_AT_MOST) as string[];
}
