import { ID_NOT_STATED, NOT_STATED, UNSET_ID } from '../model/index.js';
import { civilMicros } from './clock.js';
import { type Fields, isFields } from './jsonRecords.js';

/** The value at a path such as `process.parent.pid`, whether the keys are nested, dotted, or both; undefined where there is none. */
export function valueAt(fields: Fields, path: string): unknown {
  if (Object.hasOwn(fields, path)) return fields[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(fields, head)) continue;
    const inner = fields[head];
    const found = isFields(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The object at a path. */
export function fieldsAt(fields: Fields, path: string): Fields | undefined {
  const value = valueAt(fields, path);
  return isFields(value) ? value : undefined;
}

/** The text at the first of some paths that has one; of a list the first item, a number as it is written. Not the empty text. */
export function textAt(fields: Fields, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textOf(valueAt(fields, path));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The host that an Elastic event names. */
export function hostOf(event: Fields): string | undefined {
  return textAt(event, 'host.hostname', 'host.name', 'agent.hostname');
}

/** The texts of a list, or of a single value. */
export function listAt(fields: Fields, path: string): readonly string[] | undefined {
  const value = valueAt(fields, path);
  if (!Array.isArray(value)) {
    const text = textOf(value);
    return text === undefined ? undefined : [text];
  }
  return value.map((item: unknown) => (typeof item === 'string' ? item : (textOf(item) ?? '')));
}

/** The number at a path, also one that is written as text; NaN where there is none. */
export function numberAt(fields: Fields, ...paths: readonly string[]): number {
  for (const path of paths) {
    const number = numberOf(valueAt(fields, path));
    if (!Number.isNaN(number)) return number;
  }
  return NaN;
}

/** The pid at the first of some paths that has one; NOT_STATED for anything else. */
export function pidAt(fields: Fields, ...paths: readonly string[]): number {
  return pidOf(numberAt(fields, ...paths));
}

/** A uid, an audit session; -1 and `unset` are the unset id. ID_NOT_STATED for anything else. */
export function idAt(fields: Fields, ...paths: readonly string[]): number {
  for (const path of paths) {
    const value = valueAt(fields, path);
    const id = typeof value === 'string' && value === 'unset' ? UNSET_ID : idOf(numberOf(value));
    if (id !== ID_NOT_STATED) return id;
  }
  return ID_NOT_STATED;
}

export function pidOf(number: number): number {
  return Number.isInteger(number) && number >= 0 && number <= 0x7fffffff ? number : NOT_STATED;
}

export function idOf(number: number): number {
  if (number === -1) return UNSET_ID;
  return Number.isInteger(number) && number >= 0 && number <= UNSET_ID ? number : ID_NOT_STATED;
}

const ISO = /^\s*(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?(?:\+0000)?\s*$/;

/** Microseconds of a stamp such as `2022-04-04T18:53:08.6578986Z`; without a zone it is read as UTC. NaN for what is no stamp. */
export function isoMicros(text: string | undefined): number {
  const match = ISO.exec(text ?? '');
  if (!match) return NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number]; // \d+ each
  const zone = match[8] ?? 'Z';
  const east = zone.startsWith('+') || zone.startsWith('-') ? (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) : 0;
  return civilMicros(year, month, day, hour, minute, second) + Number((match[7] ?? '').slice(0, 6).padEnd(6, '0')) - east * 60_000_000;
}

/** Microseconds of a time that is stated in seconds, milliseconds, microseconds or nanoseconds since the epoch (told by its size), or as a stamp. */
export function timeAt(fields: Fields, path: string): number {
  const value = valueAt(fields, path);
  const number = numberOf(value);
  if (Number.isNaN(number)) return isoMicros(textOf(value));
  return epochMicros(number);
}

/** See {@link timeAt}. NaN for what cannot be a time after 1990. */
export function epochMicros(number: number): number {
  if (number > 9e18) return NaN; // after 2255: no clock showed it, and a number holds its microseconds no more
  if (number > 6e17) return Math.round(number / 1000); // beyond 2^53, so it is a multiple of 256 ns
  if (number > 6e14) return number;
  if (number > 6e11) return Math.round(number * 1000);
  return number > 6e8 ? Math.round(number * 1e6) : NaN;
}

function textOf(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one === 'string') return one === '' ? undefined : one;
  return typeof one === 'number' ? String(one) : undefined;
}

function numberOf(value: unknown): number {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one === 'number') return one;
  return typeof one === 'string' && /^-?\d{1,20}(\.\d{1,9})?$/.test(one) ? Number(one) : NaN;
}
