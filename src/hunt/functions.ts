import { balanced } from './balanced.js';
import type { ValueType } from './types.js';

/** A function of the language (HUNT section 3). Names ignore case. */
export interface FunctionRow {
  readonly name: string;
  readonly signature: string;
  /** Kind of each argument; with `repeats` the last one may come again. */
  readonly args: readonly ('text' | 'number' | 'bool' | 'any' | 'list')[];
  readonly required: number;
  readonly repeats?: boolean;
  readonly result: ValueType;
  readonly doc: string;
  readonly example: string;
  /** May be absent although no argument is. */
  readonly mayFail?: boolean;
  /** SQL of the call; `folds` is '1' or '0'. Undefined: the binder turns the call into something else, or does not run it yet. */
  readonly sql?: (args: readonly string[], folds: '0' | '1') => string;
}

const arithmetic = (name: string, sign: string): FunctionRow => ({
  name, signature: `${name}(a, b)`, args: ['number', 'number'], required: 2, result: 'float', doc: `a ${sign} b.`, example: `${name}(process.args_count, 1)`,
});

export const FUNCTIONS: readonly FunctionRow[] = [
  arithmetic('add', '+'), arithmetic('subtract', '-'), arithmetic('multiply', '*'), arithmetic('divide', '/'), arithmetic('modulo', '%'),
  {
    name: 'between', signature: 'between(text, left, right, greedy = false)', args: ['text', 'text', 'text', 'bool'], required: 3, result: 'text', doc: 'The text between two others; empty where they are not found.',
    example: 'between(process.command_line, "-H ", " ")', sql: ([text, left, right, greedy = '0'], folds) => `h_between(${text}, ${left}, ${right}, ${greedy}, ${folds})`,
  },
  { name: 'cidrMatch', signature: 'cidrMatch(ip, network, ...)', args: ['text', 'text'], required: 2, repeats: true, result: 'bool', doc: 'Whether an address lies in any of the networks.', example: 'cidrMatch(destination.ip, "10.0.0.0/8")', mayFail: true, sql: ([ip, ...networks]) => balanced(networks.map((network) => `h_cidr(${ip}, ${network})`), 'OR') },
  { name: 'concat', signature: 'concat(a, b, ...)', args: ['any'], required: 1, repeats: true, result: 'text', doc: 'The values joined as text.', example: 'concat(user.id, ":", process.name)', sql: (args) => balanced(args.map((arg) => `CAST(${arg} AS TEXT)`), '||') },
  { name: 'endsWith', signature: 'endsWith(text, end)', args: ['text', 'text'], required: 2, result: 'bool', doc: 'Whether the text ends so.', example: 'endsWith(file.path, ".so")', sql: ([text, end], folds) => `h_ends_with(${text}, ${end}, ${folds})` },
  { name: 'startsWith', signature: 'startsWith(text, start)', args: ['text', 'text'], required: 2, result: 'bool', doc: 'Whether the text begins so.', example: 'startsWith(process.executable, "/tmp/")', sql: ([text, start], folds) => `h_starts_with(${text}, ${start}, ${folds})` },
  { name: 'stringContains', signature: 'stringContains(text, part)', args: ['text', 'text'], required: 2, result: 'bool', doc: 'Whether the text holds the part.', example: 'stringContains(process.command_line, "base64")', sql: ([text, part], folds) => `h_contains(${text}, ${part}, ${folds})` },
  { name: 'indexOf', signature: 'indexOf(text, part, from = 0)', args: ['text', 'text', 'number'], required: 2, result: 'int', doc: 'Where the part begins, from 0; absent if nowhere.', example: 'indexOf(file.path, "/", 1)', mayFail: true, sql: ([text, part, from], folds) => `h_index_of(${text}, ${part}, ${from === undefined ? '0' : `coalesce(${from}, 0)`}, ${folds})` },
  { name: 'length', signature: 'length(text or list)', args: ['any'], required: 1, result: 'int', doc: 'How many characters, or items of a list.', example: 'length(process.command_line) > 1000', sql: ([text]) => `h_length(${text})` },
  { name: 'number', signature: 'number(text, base = 10)', args: ['text', 'number'], required: 1, result: 'float', doc: 'The number that the text writes; absent if none.', example: 'number(user.id) >= 1000', mayFail: true, sql: ([text, base = '10']) => `h_number(${text}, coalesce(${base}, 10))` /* null: the default, as in Elastic */ },
  { name: 'string', signature: 'string(value)', args: ['any'], required: 1, result: 'text', doc: 'The value as text.', example: 'string(process.pid)', sql: ([value]) => `CAST(${value} AS TEXT)` },
  { name: 'substring', signature: 'substring(text, from, to)', args: ['text', 'number', 'number'], required: 2, result: 'text', doc: 'From a place to another (excluded); negative counts from the end.', example: 'substring(process.name, 0, 3)', sql: ([text, from, to = '2147483647']) => `h_slice(${text}, ${from}, coalesce(${to}, 2147483647))` },
  { name: 'match', signature: 'match(text, regex, ...)', args: ['text', 'text'], required: 2, repeats: true, result: 'bool', doc: 'Whether any of the regular expressions matches the whole text; as regex.', example: 'match(process.name, "k.*d")' },
  { name: 'wildcard', signature: 'wildcard(text, pattern, ...)', args: ['text', 'text'], required: 2, repeats: true, result: 'bool', doc: 'Whether any of the patterns matches, ignoring case; as `:`.', example: 'wildcard(process.name, "*sh")' },
  { name: 'arrayContains', signature: 'arrayContains(list, value, ...)', args: ['list', 'any'], required: 2, repeats: true, result: 'bool', doc: 'Whether the list holds any of the values, ignoring case; as in~.', example: 'arrayContains(process.args, "-c")' },
  { name: 'arrayCount', signature: 'arrayCount(list, name, condition)', args: ['list', 'any', 'any'], required: 3, result: 'int', doc: 'How many items pass.', example: 'arrayCount(process.args, a, a == "-v")' },
  { name: 'arraySearch', signature: 'arraySearch(list, name, condition)', args: ['list', 'any', 'any'], required: 3, result: 'bool', doc: 'Whether any item passes.', example: 'arraySearch(process.args, a, length(a) > 500)' },
  { name: 'basename', signature: 'basename(path)', args: ['text'], required: 1, result: 'text', doc: 'The last part of a path.', example: 'basename(process.executable)', sql: ([path]) => `h_basename(${path})` },
  { name: 'dirname', signature: 'dirname(path)', args: ['text'], required: 1, result: 'path', doc: 'The folder of a path.', example: 'dirname(process.executable) == "/tmp"', mayFail: true, sql: ([path]) => `h_dirname(${path})` },
  { name: 'depth', signature: 'depth(path)', args: ['text'], required: 1, result: 'int', doc: 'How many parts a path has.', example: 'depth(file.path) > 8', sql: ([path]) => `h_depth(${path})` },
  { name: 'entropy', signature: 'entropy(text)', args: ['text'], required: 1, result: 'float', doc: 'Shannon entropy, bits a character.', example: 'entropy(process.name) > 3.5', sql: ([text]) => `h_entropy(${text})` },
  { name: 'coalesce', signature: 'coalesce(a, b, ...)', args: ['any'], required: 2, repeats: true, result: 'any', doc: 'The first that is not absent.', example: 'coalesce(process.creator.name, process.parent.name)', sql: (args) => `coalesce(${args.join(', ')})` },
];

export const FUNCTION_NAMES: ReadonlyMap<string, FunctionRow> = new Map(FUNCTIONS.map((row) => [row.name.toLowerCase(), row]));

/** The older dialect's functions where they differ, `/` and `%` among them. */
export const ENDGAME_FUNCTIONS: ReadonlyMap<string, FunctionRow> = new Map<string, FunctionRow>([
  ['between', { ...FUNCTION_NAMES.get('between')!, mayFail: true, sql: ([text, left, right, greedy = '0'], folds) => `h_between_found(${text}, ${left}, ${right}, ${greedy}, ${folds})` }],
  ['substring', { ...FUNCTION_NAMES.get('substring')!, sql: ([text, from, to = '2147483647']) => `h_slice(${text}, coalesce(${from}, 0), coalesce(${to}, 2147483647))` }],
  ['matchlite', { ...FUNCTION_NAMES.get('match')!, signature: 'matchLite(text, regex, ...)' }],
  ['safe', { name: 'safe', signature: 'safe(value)', args: ['any'], required: 1, result: 'any', doc: 'The value; what fails in it is absent, as everywhere here.', example: '' }],
  ['/', { name: '/', signature: 'a / b', args: ['number', 'number'], required: 2, result: 'int', doc: '', example: '', mayFail: true, sql: ([a, b]) => `h_floor_div(${a}, ${b})` }],
  ['%', { name: '%', signature: 'a % b', args: ['number', 'number'], required: 2, result: 'float', doc: '', example: '', mayFail: true, sql: ([a, b]) => `h_floor_mod(${a}, ${b})` }],
]);
