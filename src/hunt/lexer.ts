import { mistake, replace, type Diagnostic, type Range } from './diagnostics.js';

/**
 * One token. `value` is what the text means: the name without backticks, the decoded text, the number; a duration is microseconds.
 * `end` closes every list of tokens, at the text's length.
 */
export interface Token {
  readonly kind: 'name' | 'keyword' | 'text' | 'raw' | 'int' | 'float' | 'duration' | 'symbol' | 'end';
  readonly from: number;
  readonly to: number;
  /** As written. */
  readonly text: string;
  readonly value: string | number;
  /** First on its line: a place where the parser recovers. */
  readonly startsLine: boolean;
  /** A name written in backticks is never a keyword or source. */
  readonly quoted?: boolean;
}

export interface Comment {
  readonly from: number;
  readonly to: number;
  /** `///`: documents the definition or query below it. */
  readonly documents: boolean;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reserved as in EQL; every other word is a name where a name is wanted. */
export const KEYWORDS = [
  'and', 'or', 'not', 'in', 'like', 'regex', 'where', 'by', 'of', 'true', 'false', 'null', 'any', 'sequence', 'sample', 'join', 'until', 'with',
] as const;
const RESERVED: ReadonlySet<string> = new Set(KEYWORDS);

/** Microseconds of each unit of a duration. */
export const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 0.001, nanos: 0.001, us: 1, micros: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86400e6, w: 7 * 86400e6,
};

/** Microseconds of a unit; undefined where a word is none. */
export function microsOf(unit: string): number | undefined {
  return Object.hasOwn(DURATION_UNITS, unit) ? DURATION_UNITS[unit] : undefined;
}

/** Operators of other languages that mean the same: read as ours, so that the rest is read on. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([['&&', 'and'], ['||', 'or'], ['<>', '!=']]);

const SYMBOLS = ['==', '!=', '<=', '>=', '<', '>', '=', ':', '+', '-', '*', '/', '%', '(', ')', '[', ']', ',', '.', '|', '!', '?', '~'];
const NAME = /[A-Za-z_@][A-Za-z0-9_@]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_0-9]+/y;

/** Splits a hunt's text. Never fails: what is no token is told and skipped. `isEndgame`: the older EQL, with `'...'` and raw `?"..."`. */
export function tokenize(text: string, isEndgame = false): Tokens {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  let at = 0;
  let startsLine = true;

  const push = (kind: Token['kind'], to: number, value: string | number, quoted?: boolean): void => {
    tokens.push({ kind, from: at, to, text: text.slice(at, to), value, startsLine, ...(quoted === true && { quoted }) });
    startsLine = false;
    at = to;
  };
  const match = (pattern: RegExp, from: number): string | undefined => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.[0];
  };

  while (at < text.length) {
    const char = text[at]!;
    if (char === '\n' || char === '\r') {
      startsLine = true;
      at++;
    } else if (/\s/.test(char)) {
      at++;
    } else if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      const to = end < 0 ? text.length : end;
      comments.push({ from: at, to, documents: text.startsWith('///', at) });
      at = to;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      const to = end < 0 ? text.length : end + 2;
      if (end < 0) diagnostics.push(mistake(102, { from: at, to: at + 2 }, 'This comment is not closed; close it with */.', [replace('Close the comment', { from: text.length, to: text.length }, '*/')]));
      comments.push({ from: at, to, documents: false });
      at = to;
    } else if (text.startsWith('"""', at)) {
      let end = text.indexOf('"""', at + 3);
      if (end < 0) {
        diagnostics.push(unclosed(text, at, 3, '"""', text.length));
        end = text.length;
      } else while (text[end + 3] === '"') end++; // quotes before the closing three belong to the text, as in Elastic
      push('raw', Math.min(text.length, end + 3), text.slice(at + 3, end));
    } else if (isEndgame && char === '?' && (text[at + 1] === '"' || text[at + 1] === "'")) {
      const end = text.indexOf(text[at + 1]!, at + 2);
      if (end < 0) diagnostics.push(unclosed(text, at, 2, text[at + 1]!, text.length));
      push('raw', end < 0 ? text.length : end + 1, text.slice(at + 2, end < 0 ? text.length : end));
    } else if (char === '"' || char === "'") {
      const quoted = readQuoted(text, at, char);
      if (!quoted.closed) diagnostics.push(unclosed(text, at, 1, char, quoted.to));
      for (const wrong of quoted.wrongEscapes) diagnostics.push(mistake(101, wrong, `${text.slice(wrong.from, wrong.to)} is no escape; write \\\\ for a backslash, or a raw text """...""".`, [replace('Escape the backslash', wrong, `\\${text.slice(wrong.from, wrong.to)}`)]));
      const range = { from: at, to: quoted.to };
      if (char === "'" && !isEndgame) diagnostics.push(mistake(104, range, "Text is written in double quotes, not in '...'.", [replace('Use double quotes', range, JSON.stringify(quoted.value))]));
      push('text', quoted.to, quoted.value);
    } else if (char === '`') {
      let end = at + 1;
      while (end < text.length && (text[end] !== '`' || text[end + 1] === '`')) end += text[end] === '`' ? 2 : 1;
      if (end >= text.length) diagnostics.push(unclosed(text, at, 1, '`', text.length));
      push('name', Math.min(text.length, end + 1), text.slice(at + 1, end).replaceAll('``', '`'), true);
    } else {
      const name = match(NAME, at);
      const number = name === undefined ? match(NUMBER, at) : undefined;
      if (name !== undefined) {
        const folds = (name === 'in' || name === 'like' || name === 'regex') && text[at + name.length] === '~';
        push(RESERVED.has(name) ? 'keyword' : 'name', at + name.length + (folds ? 1 : 0), folds ? `${name}~` : name);
      } else if (number !== undefined) {
        pushNumber(number);
      } else if (OTHER_SPELLINGS.has(text.slice(at, at + 2))) {
        const range = { from: at, to: at + 2 }, own = OTHER_SPELLINGS.get(text.slice(at, at + 2))!;
        diagnostics.push(mistake(101, range, `${text.slice(at, at + 2)} is written ${own} here.`, [replace(`Change to ${own}`, range, own)]));
        push(RESERVED.has(own) ? 'keyword' : 'symbol', at + 2, own);
      } else {
        const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
        if (symbol !== undefined) push('symbol', at + symbol.length, symbol);
        else {
          const size = text.codePointAt(at)! > 0xffff ? 2 : 1;
          diagnostics.push(mistake(101, { from: at, to: at + size }, `${JSON.stringify(text.slice(at, at + size))} has no meaning here; remove it.`, [replace('Remove it', { from: at, to: at + size }, '')]));
          at += size;
        }
      }
    }
  }
  push('end', text.length, '');
  return { tokens, comments, diagnostics };

  function pushNumber(number: string): void {
    const unit = match(WORD, at + number.length) ?? '';
    const to = at + number.length + unit.length;
    const value = Number(number);
    const micros = microsOf(unit);
    if (unit === '') {
      const isInt = !/[.eE]/.test(number);
      if (isInt && !Number.isSafeInteger(value)) diagnostics.push(inexact(number, { from: at, to }));
      push(isInt ? 'int' : 'float', to, value);
    }
    else if (micros !== undefined) push('duration', to, value * micros);
    else {
      diagnostics.push(mistake(101, { from: at, to }, `${text.slice(at, to)} is neither a number nor a duration; units are ns us ms s m h d w.`));
      push('int', to, value);
    }
  }
}

/** A number of the language is a double, as the values of fields are: ids of 64 bits are exact as text only. */
function inexact(number: string, range: Range): Diagnostic {
  return mistake(203, range, `Whole numbers are exact up to 9007199254740991 (2^53 - 1); this one is read as ${Number(number)}. An id of 64 bits that records have is compared as text: "${number}".`, [], 'warning');
}

function unclosed(text: string, from: number, length: number, closer: string, to: number): Diagnostic {
  return mistake(102, { from, to: Math.min(text.length, from + length) }, `This quote is not closed; close it with ${closer}.`, [replace(`Close with ${closer}`, { from: to, to }, closer)]);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '\\': '\\', '"': '"', "'": "'" };

/** Reads a quoted text; one that is not closed ends at its line. */
function readQuoted(text: string, from: number, quote: string): { value: string; to: number; closed: boolean; wrongEscapes: { from: number; to: number }[] } {
  let value = '';
  let at = from + 1;
  const wrongEscapes: { from: number; to: number }[] = [];
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') {
    const char = text[at]!;
    if (char === quote) return { value, to: at + 1, closed: true, wrongEscapes };
    if (char !== '\\') {
      value += char;
      at++;
      continue;
    }
    const escaped = text[at + 1] ?? '';
    const plain = ESCAPES[escaped];
    const unicode = /^\\u\{([0-9a-fA-F]{2,8})\}/.exec(text.slice(at, at + 12));
    if (plain !== undefined) {
      value += plain;
      at += 2;
    } else if (unicode !== null && parseInt(unicode[1]!, 16) <= 0x10ffff) {
      value += String.fromCodePoint(parseInt(unicode[1]!, 16));
      at += unicode[0].length;
    } else {
      wrongEscapes.push({ from: at, to: Math.min(text.length, at + 2) });
      value += char;
      at++;
    }
  }
  return { value, to: at, closed: false, wrongEscapes };
}
