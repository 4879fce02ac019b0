import type { Details, Engine, RawRecord } from '../engine/requests.js';
import type { Basis, ProcessRow } from '../model/index.js';
import { called, pidAtStart } from './processWords.js';
import { words } from './text.js';

/** What an indicator of a subtree is. `command` is an argument list, `file` a program, script or written file. */
export const REPORTED_KINDS = ['sha256', 'file', 'address', 'domain', 'url', 'command'] as const;
export type ReportedKind = (typeof REPORTED_KINDS)[number];

export interface ReportedIndicator {
  readonly kind: ReportedKind;
  /** As the evidence has it; only {@link indicatorsText} and the reports defang. */
  readonly value: string;
  /** Where it was seen, and what to mind: "program of nc 4721", "in the arguments of ...". */
  readonly says: string;
  readonly host: string;
  /** A program where packages put theirs, of which nothing says that it was written. */
  readonly isOfPackage?: boolean;
}

/** A connection or listening socket of a process. */
export interface Connection {
  readonly process: ProcessRow;
  /** Microseconds; NaN where the evidence does not date it. */
  readonly time: number;
  readonly action: string;
  readonly address: string;
  readonly port: number | null;
  readonly basis: Basis | null;
}

/** A socket as a report tells it: once, however often it was seen. */
export interface SeenSocket extends Connection {
  readonly count: number;
  /** When it was seen last. */
  readonly last: number;
}

/** Connections and sockets, those that several snapshots or records show alike as one, in order of the first sight. */
export function socketsOf(connections: readonly Connection[]): readonly SeenSocket[] {
  const seen = new Map<string, SeenSocket>();
  for (const each of connections) {
    const key = [each.process, each.action, each.address, each.port].join('\0');
    const known = seen.get(key);
    seen.set(key, known === undefined ? { ...each, count: 1, last: each.time } : { ...known, count: known.count + 1, last: each.time });
  }
  return [...seen.values()];
}

/** A file that a process made, changed, renamed or removed. */
export interface FileChange {
  readonly process: ProcessRow;
  readonly time: number;
  readonly action: string;
  readonly path: string;
}

/** A subtree as it is known: its processes by creation, root first, and what they did. */
export interface Subtree {
  readonly processes: readonly Details[];
  readonly connections: readonly Connection[];
  readonly files: readonly FileChange[];
  /** True when a bound cut it: what is listed is not all. */
  readonly isCut: boolean;
}

const PROCESSES_AT_MOST = 500;
const EVENTS_AT_MOST = 2000;
const INDICATORS_AT_MOST = 2000;
/** Where packages put programs: a path there says little, its hash against the package says much. */
const PACKAGE_FOLDER = /^\/(?:usr\/)?(?:s?bin|lib(?:exec|32|64)?)\//;
const ARGUMENT_URL = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"<>|;`)]{1,500}/gi;
const ARGUMENT_IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/g;
const ARGUMENT_HOST = /(?<=@|\/\/)(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b/gi;

/** A process and all that descends from it by creation, with its network and file events. Asks the engine; waits for its store. */
export async function collectSubtree(ask: Engine['ask'], root: ProcessRow, signal?: AbortSignal): Promise<Subtree> {
  const options = signal === undefined ? {} : { signal };
  const processes: Details[] = [];
  const wanted: ProcessRow[] = [root];
  const seen = new Set(wanted);
  while (wanted.length > 0 && processes.length < PROCESSES_AT_MOST) {
    const details = await ask('details', { process: wanted.shift()! }, options);
    processes.push(details);
    for (const { process } of details.children) if (!seen.has(process)) wanted.push(...(seen.add(process), [process]));
  }
  const [first] = processes;
  const own = first === undefined ? 'false' : `process.entity_id == "${first.entityId}" or descendant of [processes where process.entity_id == "${first.entityId}"]`;
  const network = await ask('hunt', { text: `network where ${own} | fields @timestamp, event.action, destination.ip, destination.port, source.ip, source.port, event.basis`, limit: EVENTS_AT_MOST }, options);
  const files = await ask('hunt', { text: `file where (${own}) and event.action in ("creation", "modification", "rename", "deletion", "mode", "link") | fields @timestamp, event.action, file.path`, limit: EVENTS_AT_MOST }, options);
  for (const { diagnostics } of [network, files]) {
    const mistake = diagnostics.find(({ severity }) => severity === 'error');
    if (mistake) throw new Error(`A hunt of the report failed: ${mistake.message}`);
  }
  return {
    processes,
    isCut: wanted.length > 0 || network.truncated || files.truncated,
    connections: network.rows.map((row, at): Connection => {
      const [time, action, to, toPort, from, fromPort, basis] = row;
      return { process: network.processes[at] ?? -1, time: numberOf(time) ?? NaN, action: String(action), address: String(to ?? from ?? ''), port: numberOf(toPort) ?? numberOf(fromPort), basis: basisOf(basis) };
    }),
    files: files.rows.map(([time, action, path], at): FileChange => ({ process: files.processes[at] ?? -1, time: numberOf(time) ?? NaN, action: String(action), path: String(path ?? '') })),
  };
}

/** A program as an indicator. */
export function programIndicator(executable: string, says: string, host: string): ReportedIndicator {
  const isOfPackage = PACKAGE_FOLDER.test(executable);
  return { kind: 'file', value: executable, says: isOfPackage ? `${says}; a folder of packages: compare it with the package` : says, host, ...(isOfPackage && { isOfPackage }) };
}

/** What can be looked for elsewhere: programs, scripts, files written, addresses, urls and argument lists of a subtree, each once, with where it was seen. */
export function indicatorsOf(subtree: Subtree, records: readonly RawRecord[] = []): readonly ReportedIndicator[] {
  const found = new Map<string, ReportedIndicator>();
  const put = (indicator: ReportedIndicator): void => {
    const { kind, value, host } = indicator, key = `${host}\0${kind}\0${value}`;
    if (found.get(key)?.isOfPackage === true && indicator.isOfPackage !== true) found.delete(key); // who writes it makes it his own
    if (value !== '' && !found.has(key) && found.size < INDICATORS_AT_MOST) found.set(key, indicator);
  };
  const add = (kind: ReportedKind, value: string, says: string, host: string): void => put({ kind, value, says, host });
  const byRow = new Map(subtree.processes.map((details) => [details.process, details]));
  const who = (row: ProcessRow): string => {
    const details = byRow.get(row);
    return details === undefined ? 'a process of the subtree' : `${called(details)} (${pidAtStart(details)})`;
  };
  const hostOf = (row: ProcessRow): string => byRow.get(row)?.host ?? subtree.processes[0]?.host ?? '';
  for (const { sha256, executable } of hashesIn(records)) add('sha256', sha256, `stated by the sensor for ${executable}`, subtree.processes[0]?.host ?? '');
  for (const details of subtree.processes) {
    const { host, process } = details;
    const programs = [...details.programs, { executable: details.executable, args: details.args }];
    for (const { executable, args } of programs) {
      if (executable !== null) put(programIndicator(executable, `program of ${who(process)}`, host));
      if (args.length > 0) add('command', args.join(' '), `arguments of ${who(process)}`, host);
      const text = args.join(' ');
      for (const [url] of text.matchAll(ARGUMENT_URL)) add('url', url, `in the arguments of ${who(process)}`, host);
      for (const [address] of text.matchAll(ARGUMENT_IPV4)) if (isAddress(address)) add('address', address, `in the arguments of ${who(process)}${scopeWords(address)}`, host);
      for (const [domain] of text.matchAll(ARGUMENT_HOST)) add('domain', domain.toLowerCase(), `in the arguments of ${who(process)}`, host);
    }
  }
  for (const { process, action, address, port } of subtree.connections) {
    if (address !== '' && !address.startsWith('/')) add('address', address, `${action}${port === null ? '' : `, port ${port}`}, by ${who(process)}${scopeWords(address)}`, hostOf(process));
  }
  for (const { process, action, path } of subtree.files) add('file', path, `${action} by ${who(process)}`, hostOf(process));
  return [...found.values()].sort((a, b) => REPORTED_KINDS.indexOf(a.kind) - REPORTED_KINDS.indexOf(b.kind));
}

/** Indicators as text to paste, one a line, defanged and visible: `address  10.0.0[.]5  (connection_attempted, port 4444, by nc 822 ...)`. */
export function indicatorsText(indicators: readonly ReportedIndicator[]): string {
  if (indicators.length === 0) return 'No indicators: no program, argument, address or file of this subtree is on record.';
  const lines = indicators.map(({ kind, value, says, host }) => `${kind.padEnd(8)} ${words(value)}  (${words(says)}; host ${words(host)})`);
  return [...lines, '', 'Addresses are defanged.'].join('\n');
}

/** Hashes of images that sensors put beside an exec: JSON records with `"sha256":"..."`. Audit and /proc state none. */
export function hashesIn(records: readonly RawRecord[]): readonly { readonly sha256: string; readonly executable: string }[] {
  const hashes = new Map<string, string>();
  for (const { lines, states } of records) {
    if (!states.includes('exec')) continue;
    for (const line of lines) {
      const sha256 = /"(?:sha256|SHA256|exec_hash|md\.sha256)"\s*:\s*"(?:sha256:)?([0-9a-fA-F]{64})"/.exec(line)?.[1]?.toLowerCase();
      const executable = /"(?:executable|binary|exe|path|pathname)"\s*:\s*"([^"\\]{1,4096})"/.exec(line)?.[1];
      if (sha256 !== undefined && !hashes.has(sha256)) hashes.set(sha256, executable ?? 'its program');
    }
  }
  return [...hashes].map(([sha256, executable]) => ({ sha256, executable }));
}

function isAddress(text: string): boolean {
  return text.split('.').every((part) => Number(part) <= 255);
}

/** An address of loopback: another host has one of its own. */
export function isOfThisHost(address: string): boolean {
  return /^(?:127\.|::1$)/.test(address);
}

/** What a listener has that takes connections to any of its addresses. */
export function isAnyAddress(address: string): boolean {
  return /^(?:0\.0\.0\.0|::)$/.test(address);
}

function scopeWords(address: string): string {
  if (isOfThisHost(address)) return '; this host itself: of no use elsewhere';
  if (/^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd])/i.test(address)) return '; a private network';
  return isAnyAddress(address) ? '; any address' : '';
}

function numberOf(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}

function basisOf(cell: unknown): Basis | null {
  return cell === 'observed' || cell === 'derived' || cell === 'inferred' ? cell : null;
}
