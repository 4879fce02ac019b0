import { dsvFormat } from 'd3-dsv';

/** What an indicator is; hashes by their length in hexadecimal digits. */
export const INDICATOR_KINDS = ['sha256', 'sha1', 'md5', 'ip', 'network', 'domain', 'url', 'path', 'name'] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** One indicator of compromise as a list gives it, refanged and in the form that evidence has it. */
export interface Indicator {
  readonly kind: IndicatorKind;
  readonly value: string;
  /** What the list says of it, if anything. */
  readonly note: string;
  /** The list's file name. */
  readonly list: string;
}

/** A list as read: what was understood, and the first lines that were not. */
export interface IndicatorList {
  readonly indicators: readonly Indicator[];
  /** A sentence each, with its place. */
  readonly troubles: readonly string[];
}

const TROUBLES_TOLD = 5;
/** More than any list that an analyst hands over; a bound against hostile files. */
const INDICATORS_AT_MOST = 200_000;
const LONGEST_VALUE = 4096;

/**
 * Reads an IoC list: STIX 2.1 (a bundle or one indicator; its comparison patterns on files, addresses, domains, urls), CSV (a column named value, indicator,
 * ioc or the first; type, note or description beside it), or text with one a line (`#` comments). Defanged spellings (hxxp, [.], (dot)) are read as meant.
 * Never throws: what is not understood is a trouble with its line.
 */
export function parseIndicators(text: string, list: string): IndicatorList {
  const body = text.replace(/^\ufeff/, '');
  if (/^\s*[[{]/.test(body)) return ofStix(body, list);
  const [first = ''] = body.split('\n', 1);
  return /[,;\t]/.test(first) && !first.startsWith('#') ? ofCsv(body, list) : ofLines(body, list);
}

function collect(list: string): { add(value: string, note: string, place: string, kind?: IndicatorKind): void; trouble(says: string): void; done(): IndicatorList } {
  const found = new Map<string, Indicator>();
  const troubles: string[] = [];
  let untold = 0;
  const trouble = (says: string): void => {
    if (troubles.length < TROUBLES_TOLD) troubles.push(`${list}: ${says}`);
    else untold++;
  };
  return {
    trouble,
    add(raw, note, place, stated) {
      const value = refang(raw.trim());
      if (value === '') return;
      const kind = value.length > LONGEST_VALUE ? undefined : (stated ?? kindOf(value));
      if (kind === undefined) return trouble(`${place} is no hash, address, IPv4 network, domain, url or absolute path: ${JSON.stringify(value.slice(0, 60))}`);
      if (found.size >= INDICATORS_AT_MOST) return trouble(`${place} and what follows is left out: a list holds at most ${INDICATORS_AT_MOST} indicators`);
      const folded = kind === 'path' || kind === 'name' || kind === 'url' ? value : value.toLowerCase();
      found.set(`${kind} ${folded}`, { kind, value: folded, note: note.trim().slice(0, 500), list });
    },
    done: () => ({ indicators: [...found.values()], troubles: untold === 0 ? troubles : [...troubles, `${list}: ${untold} more of this kind`] }),
  };
}

function ofLines(text: string, list: string): IndicatorList {
  const into = collect(list);
  text.split('\n').forEach((line, at) => {
    const comment = /(?:^|\s)#/.exec(line)?.index ?? line.length; // a url may hold a # of its own
    into.add(line.slice(0, comment), line.slice(comment).replace(/^\s*#/, ''), `line ${at + 1}`);
  });
  return into.done();
}

const VALUE_NAMES = ['value', 'indicator', 'ioc', 'indicator_value', 'observable'];
const NOTE_NAMES = ['note', 'description', 'comment', 'name', 'title'];

function ofCsv(text: string, list: string): IndicatorList {
  const into = collect(list);
  const [first = ''] = text.split('\n', 1);
  const rows = dsvFormat([',', ';', '\t'].find((delimiter) => first.includes(delimiter)) ?? ',').parseRows(text);
  const header = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const named = header.findIndex((cell) => VALUE_NAMES.includes(cell));
  const hasHeader = named >= 0 || header.every((cell) => kindOf(refang(cell)) === undefined);
  const valueAt = Math.max(named, 0), noteAt = header.findIndex((cell, at) => at !== valueAt && NOTE_NAMES.includes(cell));
  rows.slice(hasHeader ? 1 : 0).forEach((row, at) => into.add(row[valueAt] ?? '', hasHeader && noteAt >= 0 ? (row[noteAt] ?? '') : '', `row ${at + (hasHeader ? 2 : 1)}`));
  return into.done();
}

/** One comparison of a STIX pattern: `file:hashes.'SHA-256' = '…'`. */
const COMPARISON = /([a-z0-9-]+):((?:[\w.-]|'[^']*')+)\s*(=|IN|LIKE|MATCHES|ISSUBSET|!=|<|>)\s*(\((?:\s*'(?:[^'\\]|\\.)*'\s*,?)*\)|'(?:[^'\\]|\\.)*')/g;
/** STIX object paths and what their value is. */
const STIX_KINDS: readonly (readonly [RegExp, IndicatorKind | 'any'])[] = [
  [/^file:hashes/, 'any'],
  [/^(ipv4|ipv6)-addr:value$/, 'any'],
  [/^network-traffic:(src|dst)_ref\.value$/, 'any'],
  [/^domain-name:value$/, 'domain'],
  [/^url:value$/, 'url'],
  [/^(file:name|process:name)$/, 'name'],
  [/^(file:parent_directory_ref\.path|directory:path)$/, 'path'],
];

function ofStix(text: string, list: string): IndicatorList {
  const into = collect(list);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    into.trouble(`it is no JSON (${cause instanceof Error ? cause.message : String(cause)})`);
    return into.done();
  }
  const objects = isRecord(value) && Array.isArray(value['objects']) ? (value['objects'] as readonly unknown[]) : Array.isArray(value) ? (value as readonly unknown[]) : [value];
  let indicators = 0;
  objects.forEach((object, at) => {
    if (!isRecord(object) || object['type'] !== 'indicator') return;
    indicators++;
    const { pattern, name, description, pattern_type: language = 'stix' } = object;
    if (typeof pattern !== 'string' || language !== 'stix') return into.trouble(`object ${at} has no STIX pattern (its pattern_type is ${JSON.stringify(language)})`);
    let understood = 0;
    for (const [, object_ = '', path = '', operator = '', literal = ''] of pattern.matchAll(COMPARISON)) {
      const kind = STIX_KINDS.find(([test]) => test.test(`${object_}:${path}`))?.[1];
      if (kind === undefined || (operator !== '=' && operator !== 'IN' && operator !== 'ISSUBSET')) continue;
      for (const [, quoted = ''] of literal.matchAll(/'((?:[^'\\]|\\.)*)'/g)) {
        understood++;
        const plain = quoted.replace(/\\(.)/g, '$1');
        into.add(plain, [name, description].filter((part): part is string => typeof part === 'string').join(': '), `object ${at}`, kind === 'any' ? undefined : kind === 'name' && plain.startsWith('/') ? 'path' : kind);
      }
    }
    if (understood === 0) into.trouble(`object ${at}: its pattern compares nothing that processes, files or sockets have: ${pattern.slice(0, 100)}`);
  });
  if (indicators === 0) into.trouble('it holds no object of type indicator');
  return into.done();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** hxxp, [.], (dot), [:], [at] as they were before somebody made them harmless. */
export function refang(text: string): string {
  return text.replace(/^h(?:xx|tt)p(s?)(?=\[?:)/i, 'http$1').replace(/\[:\/\/\]|\[:\]\/\//g, '://').replace(/\[\.\]|\(\.\)|\[dot\]|\(dot\)/gi, '.').replace(/\[:\]/g, ':');
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const IPV6 = /^(?=.*:.*:)[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3}$/i;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$/i;

/** What a refanged text is by its shape; undefined where it is none of them. */
export function kindOf(value: string): IndicatorKind | undefined {
  if (/^[0-9a-f]{64}$/i.test(value)) return 'sha256';
  if (/^[0-9a-f]{40}$/i.test(value)) return 'sha1';
  if (/^[0-9a-f]{32}$/i.test(value)) return 'md5';
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/i.test(value)) return 'url';
  if (IPV4.test(value) || IPV6.test(value)) return 'ip';
  const [address = '', bits = '', ...rest] = value.split('/');
  if (rest.length === 0 && /^(?:[0-9]|[12][0-9]|3[0-2])$/.test(bits) && IPV4.test(address)) return 'network';
  if (/^\/\S/.test(value)) return 'path';
  return DOMAIN.test(value) ? 'domain' : undefined;
}
