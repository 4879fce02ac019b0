import { isFields, parseSysmonEvent, textOfRecord } from '../evidence/index.js';
import { auditPairs } from './auditPairs.js';
import { linesOf } from './rawReading.js';

/** One value of a field of a record, as the record types it. */
export type RecordValue = string | number | boolean;

/** What a reader of records calls for each value; the same name several times is a list. */
export type TakeValue = (name: string, value: RecordValue) => void;

/** Names that are asked for; undefined: all. */
export type Wanted = ReadonlySet<string> | undefined;

/** Where audit's own keys lie, as Auditbeat names them. */
export const AUDIT_PREFIX = 'auditd.data.';
export const MESSAGE_TYPE = 'auditd.message_type';

/** Values that one record gives at most, and how deep its objects are looked into: records come from strangers. */
const VALUES_AT_MOST = 16_384;
const DEEPEST = 32;

/**
 * Calls `take` for each named value of a record's bytes: keys of an audit event (`auditd.data.exit`), an object's values by their dotted path, and what a
 * carrier holds as text (lines of audit, an event of Sysmon).
 */
export function recordFields(bytes: Uint8Array, wanted: Wanted, take: TakeValue): void {
  const text = textOfRecord(bytes);
  const from = text.indexOf('{');
  const object = from >= 0 && !/^[^{]*\btype=[A-Z0-9_]+ msg=/.test(text.slice(0, from)) ? parsed(text.slice(from)) : undefined;
  if (object !== undefined) readObject(unwrapped(object), wanted, take);
  else readText(text, bytes, wanted, take);
}

/** The same of a row of a CSV table: each cell by the name of its column. */
export function cellFields(columns: readonly string[], cells: readonly string[], wanted: Wanted, take: TakeValue): void {
  readObject(Object.fromEntries(columns.map((name, at) => [name, typed(cells[at] ?? '')])), wanted, take);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(/\d{16}/.test(text) ? withLongNumbersQuoted(text) : text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined; // a record that is no JSON has no values by path; what it is was counted when it was read
  }
}

/** JSON in which whole numbers beyond 2^53 are texts: an id of 64 bits keeps its digits. */
function withLongNumbersQuoted(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) => (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token));
}

/** The event inside what a search or a test suite wraps around it (as evidence/ecs.ts reads it). */
function unwrapped(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const source = isFields(object['_source']) ? object['_source'] : isFields(object['result']) ? object['result'] : object;
  const inner = source['event'];
  return source['@timestamp'] === undefined && isFields(inner) && inner['@timestamp'] !== undefined ? inner : source;
}

function readText(text: string, bytes: Uint8Array | undefined, wanted: Wanted, take: TakeValue): void {
  if (text.includes('<Event')) {
    for (const [name, value] of parseSysmonEvent(text)?.data ?? []) if (wanted?.has(`EventData.${name}`) ?? true) take(`EventData.${name}`, value);
  } else if (text.includes('type=') && text.includes('msg=audit(')) readAudit(bytes === undefined ? text.split(/\r?\n/) : linesOf(bytes), wanted, take);
}

function readAudit(lines: readonly string[], wanted: Wanted, take: TakeValue): void {
  auditPairs(lines, auditKeys(wanted), (key, value) => take(nameOf(key), typed(value)));
}

function nameOf(key: string): string {
  return key === 'message_type' ? MESSAGE_TYPE : AUDIT_PREFIX + key;
}

const KEYS = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** The audit keys among the wanted names. */
function auditKeys(wanted: Wanted): ReadonlySet<string> | undefined {
  if (wanted === undefined) return undefined;
  let keys = KEYS.get(wanted);
  if (keys === undefined) KEYS.set(wanted, (keys = new Set([...wanted].flatMap((name) => (name === MESSAGE_TYPE ? ['message_type'] : name.startsWith(AUDIT_PREFIX) ? [name.slice(AUDIT_PREFIX.length)] : [])))));
  return keys;
}

/** A key's value: audit writes numbers as text. */
function typed(value: string): RecordValue {
  return /^-?(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

function readObject(object: Readonly<Record<string, unknown>>, wanted: Wanted, take: TakeValue): void {
  let left = VALUES_AT_MOST;
  const isWanted = (name: string): boolean => wanted === undefined || wanted.has(name);
  const read = (value: unknown, name: string, depth: number): void => {
    if (left <= 0 || depth > DEEPEST) return;
    if (Array.isArray(value)) for (const item of value) read(item, name, depth + 1);
    else if (isFields(value)) for (const [key, inner] of Object.entries(value)) read(inner, name === '' ? key : `${name}.${key}`, depth + 1);
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      left--;
      if (value !== '' && isWanted(name)) take(name, value);
      if (typeof value === 'string' && value.length > 16 && (value.includes('msg=audit(') || value.includes('<Event'))) readText(value, undefined, wanted, take);
    }
  };
  read(object, '', 0);
  readAuditObjects(object, wanted, take);
}

/** laurel writes one object a record type, go-libaudit one of all its keys: they are the same keys. */
function readAuditObjects(object: Readonly<Record<string, unknown>>, wanted: Wanted, take: TakeValue): void {
  const keys = auditKeys(wanted);
  if (keys?.size === 0) return;
  const tell = (record: unknown): void => {
    if (!isFields(record)) return;
    for (const [key, value] of Object.entries(record)) {
      if (!(keys?.has(key) ?? true)) continue;
      if (typeof value === 'string' && value !== '') take(nameOf(key), typed(value));
      else if (typeof value === 'number') take(nameOf(key), value);
    }
  };
  if (typeof object['record_type'] === 'string') {
    tell(object['data']);
    if (keys?.has('message_type') ?? true) take(MESSAGE_TYPE, object['record_type']);
  } else if (typeof object['ID'] === 'string') {
    for (const [type, records] of Object.entries(object)) {
      if (!/^[A-Z][A-Z0-9_]+$/.test(type) || typeof records !== 'object') continue;
      if (keys?.has('message_type') ?? true) take(MESSAGE_TYPE, type.toLowerCase());
      for (const record of Array.isArray(records) ? records : [records]) tell(record);
    }
  }
}
