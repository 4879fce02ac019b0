import type { Anchor } from './anchors.js';
import { momentText, parseMoment } from './moment.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A text of one author as it was read: the whole lines, and what could not be read with its line. */
export interface ParsedLines<T> {
  readonly records: readonly T[];
  readonly troubles: readonly string[];
}

/** Of a JavaScript Date, in microseconds. */
const LAST_MOMENT = 8.64e18;

/** Longer lines were not written by a person. */
export const LINE_AT_MOST = 64 << 10;

/** Reads one author's file. `read` answers what is wrong with a line that is none; such a line is a trouble with its place, and the others are still read. */
export function parseLines<T extends object>(text: string, file: string, what: string, read: (raw: JsonObject) => T | string): ParsedLines<T> {
  const records: T[] = [];
  const troubles: string[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = line.length > LINE_AT_MOST ? `it is longer than a ${what} can be` : readLine(line, read);
    if (typeof record === 'string') troubles.push(`${file}:${at + 1}: ${record}; the line was left as it is and not counted`);
    else records.push(record);
  }
  return { records, troubles };
}

function readLine<T extends object>(line: string, read: (raw: JsonObject) => T | string): T | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  const raw = objectOf(value);
  return raw === undefined ? 'it is no JSON object' : read(raw);
}

/** An anchor as a line has it: the moment as a text, null where nothing dated it. */
export function writtenAnchor(anchor: Anchor): JsonObject {
  const { moment } = anchor;
  return { ...anchor, moment: writtenMoment(moment) };
}

/** An anchor of a line; undefined where it is none. */
export function readAnchor(raw: JsonObject | undefined): Anchor | undefined {
  if (raw === undefined) return undefined;
  const host = textOf(raw, 'host'), pid = wholeOf(raw, 'pid'), moment = readMoment(raw['moment']);
  if (host === undefined || pid === undefined || moment === undefined) return undefined;
  return { host, boot: wholeOf(raw, 'boot') ?? 0, pid, moment, executable: textOf(raw, 'executable') ?? null, evidence: textOf(raw, 'evidence') ?? null, offset: wholeOf(raw, 'offset') ?? null };
}

/** Null stands for NaN, and for what no calendar holds: nothing dated it. */
export function writtenMoment(micros: number): string | null {
  return Math.abs(micros) < LAST_MOMENT ? momentText(micros) : null;
}

/** Microseconds, NaN for null; undefined where it is no moment. */
export function readMoment(value: unknown): number | undefined {
  return value === null ? NaN : typeof value === 'string' ? parseMoment(value) : undefined;
}

/** Who wrote a line, and when; or what is wrong with that. */
export function writerOfLine(raw: JsonObject): { readonly author: string; readonly at: number } | string {
  const author = textOf(raw, 'author'), at = parseMoment(textOf(raw, 'at') ?? '');
  return author === undefined || at === undefined ? 'it needs an author, and at as a time such as 2026-11-24T15:01:38Z' : { author, at };
}

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined; // an object that is no array
}

export function textOf(raw: JsonObject, key: string): string | undefined {
  return typeof raw[key] === 'string' ? raw[key] : undefined;
}

export function wholeOf(raw: JsonObject, key: string): number | undefined {
  return typeof raw[key] === 'number' && Number.isSafeInteger(raw[key]) ? raw[key] : undefined;
}
