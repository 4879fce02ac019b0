import { NotTranslated } from './ruleSet.js';
import { plainPattern, plainText, widened, type Pattern } from './sigmaText.js';

/** What the modifiers after a field ask for (Sigma specification, modifiers appendix 2.1). */
export interface Modifiers {
  /** What is done to a value. */
  readonly test: 'match' | 're' | 'cidr' | 'exists' | 'fieldref' | 'gt' | 'gte' | 'lt' | 'lte';
  readonly contains: boolean;
  readonly startswith: boolean;
  readonly endswith: boolean;
  readonly all: boolean;
  readonly cased: boolean;
  readonly negated: boolean;
  /** Flags of `re`. */
  readonly flags: ReadonlySet<string>;
  /** What changes a value, in the order written. */
  readonly changes: readonly string[];
}

const CHANGES = new Set(['windash', 'base64', 'base64offset', 'wide', 'utf16le', 'utf16be', 'utf16']);
const TESTS = new Set(['re', 'cidr', 'exists', 'fieldref', 'gt', 'gte', 'lt', 'lte']);
const PARTS = ['contains', 'startswith', 'endswith'] as const;
const FLAGS = new Set(['i', 'm', 's']);
const NOT_RUN: Readonly<Record<string, string>> = {
  expand: 'its placeholders (%name%) have no values here',
  ...Object.fromEntries(['minute', 'hour', 'day', 'week', 'month', 'year'].map((part) => [part, `Hunt compares times as a whole, and has no ${part} of one`])),
};

/** Reads `|contains|all`. Throws {@link NotTranslated} for what is unknown or contradicts itself. */
export function readModifiers(words: readonly string[]): Modifiers {
  let kind: Modifiers['test'] = 'match';
  const set = new Set<string>();
  const flags = new Set<string>();
  const changes: string[] = [];
  for (const word of words) {
    const reason = Object.hasOwn(NOT_RUN, word) ? NOT_RUN[word] : undefined;
    if (reason !== undefined) throw new NotTranslated(`the modifier ${word} is not translated: ${reason}`);
    if (TESTS.has(word)) {
      if (kind !== 'match') throw new NotTranslated(`the modifiers ${kind} and ${word} exclude each other`);
      kind = word as Modifiers['test']; // TESTS holds just these
    } else if (kind === 're' && FLAGS.has(word)) flags.add(word);
    else if (CHANGES.has(word)) changes.push(word);
    else if ([...PARTS, 'all', 'cased', 'neq'].includes(word)) set.add(word);
    else if (FLAGS.has(word)) throw new NotTranslated(`the modifier ${word} is a flag of re, and stands behind it`);
    else throw new NotTranslated(`there is no modifier ${JSON.stringify(word)}`);
  }
  if (changes.length > 0 && kind !== 'match') throw new NotTranslated(`the modifiers ${changes[0]!} and ${kind} exclude each other`);
  const part = PARTS.find((word) => set.has(word));
  // A regular expression is a part of the text already.
  if (part !== undefined && kind !== 'match' && kind !== 'fieldref' && kind !== 're') throw new NotTranslated(`the modifiers ${part} and ${kind} exclude each other`);
  return { test: kind, contains: set.has('contains'), startswith: set.has('startswith'), endswith: set.has('endswith'), all: set.has('all'), cased: set.has('cased'), negated: set.has('neq'), flags, changes };
}

/** The patterns that a value stands for once all modifiers are done: several where it may be written in several ways. */
export function patternsOf(value: Pattern, modifiers: Modifiers): readonly Pattern[] {
  let encoded: Encoded[] = [{ pattern: value }];
  for (const change of modifiers.changes) encoded = encoded.flatMap((one) => changed(one, change));
  // base64offset is a part of a longer text: it may stand anywhere, whether contains was written or not.
  const isPart = modifiers.contains || modifiers.changes.includes('base64offset');
  return encoded.map(({ pattern, bytes }) => widened(bytes === undefined ? pattern : plainPattern(latin(bytes)), isPart || modifiers.endswith, isPart || modifiers.startswith));
}

/** A pattern; or bytes, once an encoding made them of it. */
interface Encoded {
  readonly pattern: Pattern;
  readonly bytes?: Uint8Array;
}

function changed({ pattern, bytes }: Encoded, change: string): Encoded[] {
  if (change === 'windash') return dashes(pattern).map((one) => ({ pattern: one }));
  const text = plainText(pattern);
  if (text === undefined) throw new NotTranslated(`a value with wildcards cannot be encoded (${change})`);
  switch (change) {
    case 'base64':
      return [{ pattern: plainPattern(base64(bytes ?? new TextEncoder().encode(text))) }];
    case 'base64offset': {
      const raw = bytes ?? new TextEncoder().encode(text);
      const parts = [0, 1, 2].map((offset) => base64Part(raw, offset));
      if (parts.includes('')) throw new NotTranslated('a value is too short for base64offset: nothing of it would be certain');
      return parts.map((part) => ({ pattern: plainPattern(part) }));
    }
    default:
      return [{ pattern, bytes: utf16(text, change) }];
  }
}

const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
const WAYS_AT_MOST = 625;

/** Every way to write the dashes and slashes that begin a word. */
function dashes(pattern: Pattern): Pattern[] {
  let ways: Pattern[] = [[]];
  for (const piece of pattern) {
    if (piece.kind !== 'text') {
      ways = ways.map((way) => [...way, piece]);
      continue;
    }
    for (const part of piece.text.split(/(?<!\w)([-/\u2013\u2014\u2015])(?=\w)/)) {
      const next = DASHES.includes(part) ? DASHES : [part];
      if (ways.length * next.length > WAYS_AT_MOST) throw new NotTranslated(`windash gives more than ${WAYS_AT_MOST} ways to write a value`);
      ways = ways.flatMap((way) => next.map((text): Pattern => (text === '' ? way : [...way, { kind: 'text', text }])));
    }
  }
  return ways;
}

function utf16(text: string, change: string): Uint8Array {
  const isBig = change === 'utf16be';
  const units = change === 'utf16' ? [0xfeff] : [];
  for (let at = 0; at < text.length; at++) units.push(text.charCodeAt(at));
  return Uint8Array.from(units.flatMap((unit) => (isBig ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])));
}

/** Bytes as they would stand in a text; `wide` without base64 holds NULs, which no text of evidence has, and is refused where it is quoted. */
function latin(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += LETTERS[bits >> 18]! + LETTERS[(bits >> 12) & 63]! + (left > 1 ? LETTERS[(bits >> 6) & 63]! : '=') + (left > 2 ? LETTERS[bits & 63]! : '=');
  }
  return text;
}

/** The letters that are certain when the bytes begin `offset` bytes into a group of three. */
function base64Part(bytes: Uint8Array, offset: number): string {
  const shifted = new Uint8Array(offset + bytes.length);
  shifted.set(bytes, offset);
  const text = base64(shifted);
  return text.slice([0, 2, 3][offset], text.length - [0, 3, 2][shifted.length % 3]!);
}
