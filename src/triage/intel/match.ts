import type { ProcessRow } from '../../model/index.js';
import type { Indicator } from './indicators.js';

/** Asks the store; bound parameters only. */
export type AskStore = (sql: string, params: readonly (string | number)[]) => Iterable<readonly unknown[]>;

/** One indicator seen at one process (or at none that is known): the first event that has it, and how many do. */
export interface IndicatorHit {
  readonly indicator: Indicator;
  /** -1: a record that is no process's. */
  readonly process: ProcessRow;
  /** What held it: "the program", "the command line", "a file", "an address", "a message". */
  readonly where: string;
  /** Id of the first event in the store. */
  readonly event: number;
  /** Microseconds; NaN where the record is not dated. */
  readonly time: number;
  readonly events: number;
}

const HITS_AT_MOST = 10_000;
const ASK_AT_ONCE = 500;

/** Columns of an event that can hold an indicator. The program counts where it was run or seen, not in every record of its process. */
const PLACES: readonly { readonly column: string; readonly where: string; readonly only?: string }[] = [
  { column: 'executable_s', where: 'the program', only: "action IN ('exec', 'already_running', 'seen')" },
  { column: 'command_line_s', where: 'the command line', only: "action IN ('exec', 'already_running', 'seen', 'exec-failed')" },
  { column: 'path_s', where: 'a file' },
  { column: 'path2_s', where: 'a file' },
  { column: 'address_s', where: 'an address' },
  { column: 'message_s', where: 'a message' },
];

/** All places of a filled store where indicators occur, in order of time. Each text is looked at once, however many events share it. */
export function indicatorHits(ask: AskStore, indicators: readonly Indicator[]): IndicatorHit[] {
  const search = createSearch(indicators);
  const found = new Map<number, readonly Indicator[]>();
  for (const [id, text] of ask('SELECT id, text FROM string', [])) {
    const hits = search(String(text));
    if (hits.length > 0) found.set(Number(id), hits);
  }
  const hits = new Map<string, IndicatorHit>();
  const ids = [...found.keys()];
  for (const { column, where, only } of PLACES) {
    for (let at = 0; at < ids.length; at += ASK_AT_ONCE) {
      const some = ids.slice(at, at + ASK_AT_ONCE);
      const sql = `SELECT ${column}, process, min(id), min(time), count(*) FROM event WHERE ${column} IN (${some.map(() => '?').join(', ')})${only === undefined ? '' : ` AND ${only}`} GROUP BY ${column}, process ORDER BY min(id)`;
      for (const [text, process, event, time, events] of ask(sql, some)) {
        for (const indicator of found.get(Number(text)) ?? []) {
          const owner = process === null ? -1 : Number(process);
          const key = `${indicator.kind} ${indicator.value} ${owner} ${where}`;
          const known = hits.get(key);
          if (known) hits.set(key, { ...known, events: known.events + Number(events) });
          else if (hits.size < HITS_AT_MOST) hits.set(key, { indicator, process: owner, where, event: Number(event), time: time === null ? NaN : Number(time), events: Number(events) });
        }
      }
    }
  }
  return [...hits.values()].sort((a, b) => a.event - b.event);
}

/** Words of a text that may be an address, a domain, a hash or a path; one pass each, nothing that backtracks. */
const ADDRESS = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)|(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi;
const NAME = /[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,20}/gi;
const HEX = /(?<![0-9a-f])[0-9a-f]{32,64}(?![0-9a-f])/gi;
const PATH = /\/[^\s"'`;|&<>()]+/g;

/** A function that answers which indicators a text holds. A domain is also found in its subdomains, a url only where it stands whole. */
export function createSearch(indicators: readonly Indicator[]): (text: string) => readonly Indicator[] {
  const exact = new Map(indicators.filter(({ kind }) => kind !== 'network' && kind !== 'url').map((indicator) => [`${indicator.kind} ${indicator.value}`, indicator]));
  const networks = indicators.filter(({ kind }) => kind === 'network').flatMap((indicator) => rangeOf(indicator) ?? []);
  const urls = indicators.filter(({ kind }) => kind === 'url');
  const has = (kind: string): boolean => indicators.some((indicator) => indicator.kind === kind);
  const wants = { address: has('ip') || networks.length > 0, name: has('domain'), hash: has('md5') || has('sha1') || has('sha256'), path: has('path') || has('name') };
  return (text) => {
    const found = new Set<Indicator>();
    const add = (kind: string, value: string): void => {
      const indicator = exact.get(`${kind} ${value}`);
      if (indicator) found.add(indicator);
    };
    if (wants.address) {
      for (const [address] of text.matchAll(ADDRESS)) {
        add('ip', address.toLowerCase());
        const number = numberOf(address);
        if (number !== undefined) for (const range of networks) if (number >= range.from && number <= range.to) found.add(range.indicator);
      }
    }
    if (wants.hash) for (const [hash] of text.matchAll(HEX)) add(hash.length === 64 ? 'sha256' : hash.length === 40 ? 'sha1' : 'md5', hash.toLowerCase());
    if (wants.name) {
      for (const [name] of text.matchAll(NAME)) {
        const labels = name.toLowerCase().split('.');
        for (let at = 0; at + 1 < labels.length; at++) add('domain', labels.slice(at).join('.'));
      }
    }
    if (wants.path) {
      add('path', text);
      for (const [path] of text.matchAll(PATH)) {
        add('path', path);
        add('name', path.slice(path.lastIndexOf('/') + 1));
      }
      if (!text.includes('/')) add('name', text);
    }
    for (const url of urls) if (text.includes(url.value)) found.add(url);
    return [...found];
  };
}

/** First and last address of an IPv4 network. */
function rangeOf(indicator: Indicator): { readonly from: number; readonly to: number; readonly indicator: Indicator } | undefined {
  const [address = '', bits = ''] = indicator.value.split('/');
  const number = numberOf(address), size = 2 ** (32 - Number(bits));
  if (number === undefined || !Number.isInteger(size)) return undefined;
  const from = Math.floor(number / size) * size;
  return { from, to: from + size - 1, indicator };
}

function numberOf(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}
