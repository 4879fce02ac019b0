import { foldAscii, matchesRegex, matchesWildcard } from './pattern.js';

export type SqlValue = string | number | null;

/** A function that the store registers with its engine before a hunt runs. `implementation.length === arity`, as sql.js reads it. */
export interface SqlFunction {
  readonly name: string;
  readonly arity: number;
  readonly implementation: (...args: SqlValue[]) => SqlValue;
}

/** Every function that emitted SQL calls, besides `alive()`: an absent argument gives an absent value. */
export const SQL_FUNCTIONS: readonly SqlFunction[] = [
  one('h_basename', (path) => path.slice(path.lastIndexOf('/') + 1)),
  one('h_dirname', (path) => (path.lastIndexOf('/') > 0 ? path.slice(0, path.lastIndexOf('/')) : path.startsWith('/') ? '/' : null)),
  one('h_extension', extension),
  one('h_depth', (path) => path.split('/').filter((part) => part !== '').length),
  one('h_entropy', entropy),
  one('h_length', (text) => text.length),
  three('h_starts_with', (text, start, folds) => Number(fold(text, folds).startsWith(fold(start, folds)))),
  three('h_ends_with', (text, end, folds) => Number(fold(text, folds).endsWith(fold(end, folds)))),
  three('h_contains', (text, part, folds) => Number(fold(text, folds).includes(fold(part, folds)))),
  three('h_wildcard', (text, pattern, folds) => Number(matchesWildcard(text, pattern, folds === '1'))),
  { name: 'h_regex', arity: 2, implementation: (text, pattern) => (text === null || pattern === null ? null : Number(matchesRegex(String(text), String(pattern)))) },
  { name: 'h_index_of', arity: 4, implementation: (text, part, from, folds) => (text === null || part === null || from === null ? null : indexOf(String(text), String(part), Number(from), String(folds))) },
  { name: 'h_between', arity: 5, implementation: (text, left, right, greedy, folds) => (text === null || left === null || right === null || greedy === null ? null : between(String(text), String(left), String(right), greedy === 1, String(folds))) },
  { name: 'h_between_found', arity: 5, implementation: (text, left, right, greedy, folds) => (text === null || left === null || right === null ? null : betweenFound(String(text), String(left), String(right), greedy === 1, String(folds))) },
  { name: 'h_slice', arity: 3, implementation: (text, from, to) => (text === null || from === null || to === null ? null : String(text).slice(Number(from), Number(to))) },
  { name: 'h_number', arity: 2, implementation: (text, base) => (text === null || base === null ? null : toNumber(String(text), Number(base))) },
  { name: 'h_floor_div', arity: 2, implementation: (a, b) => (a === null || b === null || b === 0 ? null : Math.floor(Number(a) / Number(b))) },
  { name: 'h_mod', arity: 2, implementation: (a, b) => (a === null || b === null || b === 0 ? null : Number(a) % Number(b)) },
  { name: 'h_floor_mod', arity: 2, implementation: (a, b) => (a === null || b === null || b === 0 ? null : Number(a) - Number(b) * Math.floor(Number(a) / Number(b))) },
  { name: 'h_percentile', arity: 2, implementation: (values, share) => percentile(JSON.parse(String(values ?? '[]')) as number[], Number(share)) },
  { name: 'h_cidr', arity: 2, implementation: (address, network) => (address === null || network === null ? null : cidrMatch(String(address), String(network))) },
];

function one(name: string, of: (text: string) => SqlValue): SqlFunction {
  return { name, arity: 1, implementation: (text) => (text === null ? null : of(String(text))) };
}

function three(name: string, of: (a: string, b: string, c: string) => SqlValue): SqlFunction {
  return { name, arity: 3, implementation: (a, b, c) => (a === null || b === null ? null : of(String(a), String(b), String(c))) };
}

function fold(text: string, folds: string): string {
  return folds === '1' ? foldAscii(text) : text;
}

function extension(path: string): SqlValue {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 || dot === name.length - 1 ? null : name.slice(dot + 1);
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  let total = 0;
  for (const letter of text) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
    total++;
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / total) * Math.log2(count / total);
  return bits;
}

function indexOf(text: string, part: string, from: number, folds: string): SqlValue {
  const at = fold(text, folds).indexOf(fold(part, folds), from);
  return at < 0 ? null : at;
}

/** The text between two others; empty where either is not found, as in Elastic. */
function between(text: string, left: string, right: string, greedy: boolean, folds: string): string {
  if (text === '' || left === '' || right === '') return text;
  const searched = fold(text, folds);
  const start = searched.indexOf(fold(left, folds));
  if (start < 0) return '';
  const from = start + left.length;
  const to = greedy ? searched.lastIndexOf(fold(right, folds)) : searched.indexOf(fold(right, folds), from);
  return to < from ? '' : text.slice(from, to);
}

/** The older dialect's: absent where either is not found; an empty one is found everywhere. */
function betweenFound(text: string, left: string, right: string, greedy: boolean, folds: string): SqlValue {
  const searched = fold(text, folds);
  const start = searched.indexOf(fold(left, folds));
  if (start < 0) return null;
  const from = start + left.length;
  const to = greedy ? searched.lastIndexOf(fold(right, folds)) : searched.indexOf(fold(right, folds), from);
  return to < from ? null : text.slice(from, to);
}

function toNumber(text: string, base: number): SqlValue {
  const hex = /^([+-]?)0x([0-9a-f]+)$/i.exec(text);
  if (hex !== null && (base === 16 || base === 10)) return (hex[1] === '-' ? -1 : 1) * parseInt(hex[2]!, 16);
  if (base === 10) return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
  const [, sign, digits] = /^([+-]?)([0-9a-z]+)$/i.exec(text) ?? [];
  if (digits === undefined || base < 2 || base > 36 || !Array.from(digits).every((digit) => parseInt(digit, 36) < base)) return null;
  const value = parseInt(digits, base);
  return sign === '-' && value !== 0 ? -value : value;
}

/** Whether an address lies in a network ("10.0.0.0/8", "fe80::/10", a bare address); absent when either is none. */
export function cidrMatch(address: string, network: string): SqlValue {
  const [base = '', length] = network.split('/');
  const left = parseAddress(address);
  const right = parseAddress(base);
  if (left === undefined || right === undefined) return null;
  // A mapped IPv4 address (::ffff:10.0.0.1) is that IPv4 address.
  if (left.bits !== right.bits) return 0;
  const bits = length === undefined ? left.bits : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > left.bits) return null;
  const shift = BigInt(left.bits - bits);
  return Number(left.value >> shift === right.value >> shift);
}

/** Whether a text is a network (or a bare address) that an address can lie in. */
export function isNetwork(network: string): boolean {
  return cidrMatch(network.split('/')[0]!, network) !== null; // its own address lies in it, or it is none
}

function parseAddress(text: string): { bits: 32 | 128; value: bigint } | undefined {
  const four = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(text);
  if (four !== null) {
    const parts = four.slice(1).map(Number);
    return parts.some((part) => part > 255) ? undefined : { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  const [plain = ''] = text.split('%');
  if (!/^[0-9a-f:]{2,39}$/i.test(plain)) return undefined;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const groupsOf = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const head = groupsOf(halves[0]);
  const tail = groupsOf(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((sum, group) => (sum << 16n) + BigInt(parseInt(group, 16)), 0n) };
}

/** The value below which a share of the numbers lies, between two of them by proportion; absent of none. `isSorted`: they ascend already. */
export function percentile(values: readonly number[], share: number, isSorted = false): number | null {
  const sorted = isSorted ? values : [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)]!, high = sorted[Math.ceil(place)]!;
  return low + (high - low) * (place - Math.floor(place));
}

const BY_NAME: ReadonlyMap<string, SqlFunction> = new Map(SQL_FUNCTIONS.map((one) => [one.name, one]));
/** The function behind a name of the language, and the arguments it has by default. */
const CALLS: Readonly<Record<string, readonly [string, number, ...SqlValue[]]>> = {
  startsWith: ['h_starts_with', 2], endsWith: ['h_ends_with', 2], stringContains: ['h_contains', 2], indexOf: ['h_index_of', 3, null, null, 0], between: ['h_between', 4, null, null, null, 0],
  length: ['h_length', 1], number: ['h_number', 2, null, 10], substring: ['h_slice', 3, null, 0, 2147483647], basename: ['h_basename', 1], dirname: ['h_dirname', 1], depth: ['h_depth', 1], entropy: ['h_entropy', 1],
};
/** Arguments whose absence means their default, as in Elastic; of every other one it makes the value absent. */
const DEFAULTED: Readonly<Record<string, number>> = { number: 1, indexOf: 2, substring: 2 };
const FOLDING = new Set(['startsWith', 'endsWith', 'stringContains', 'indexOf', 'between']);

/** Calls a function of the language on plain values: the same code that the SQL calls. */
export function callFunction(name: string, given: readonly unknown[], folds: boolean): SqlValue {
  const args = given.map((arg): SqlValue => (typeof arg === 'boolean' ? Number(arg) : typeof arg === 'string' || typeof arg === 'number' ? arg : null));
  if (name === 'coalesce') return args.find((arg) => arg !== null) ?? null;
  if (name === 'concat') return args.includes(null) ? null : given.map(String).join('');
  if (name === 'string') return args[0] === null || args[0] === undefined ? null : String(given[0]);
  if (name === 'cidrMatch') {
    const [address, ...networks] = args;
    if (address === null || address === undefined) return null;
    const answers = networks.map((network) => (network === null ? null : cidrMatch(String(address), String(network))));
    return answers.includes(1) ? 1 : answers.includes(null) ? null : 0;
  }
  const call = CALLS[name];
  if (call === undefined) return null;
  const [sqlName, arity, ...defaults] = call;
  const all = Array.from({ length: arity }, (_, at) => (at < args.length && DEFAULTED[name] !== at ? args[at]! : (args[at] ?? defaults[at] ?? null)));
  return BY_NAME.get(sqlName)!.implementation(...all, ...(FOLDING.has(name) ? [folds ? '1' : '0'] : []));
}
