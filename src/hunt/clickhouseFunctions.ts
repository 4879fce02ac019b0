import { ENDGAME_FUNCTIONS, FUNCTION_NAMES, type FunctionRow } from './functions.js';

/** The functions of the language as ClickHouse's SQL: what `sqlFunctions.ts` says in TypeScript. An absent argument gives an absent value. */
type Print = (args: readonly string[], folds: boolean) => string;

/** A name for a value that is used often, so that its text is not printed as often: `let x = value in body`. */
function given(values: Readonly<Record<string, string>>, body: string): string {
  const names = Object.keys(values);
  return `arrayMap((${names.join(', ')}) -> ${body}, ${names.map((name) => `[${values[name]!}]`).join(', ')})[1]`;
}

const TEXT = "''", NUMBER = '0';
/** The same for values that must all be there: absent where one is not. `absent` says what stands in for one meanwhile, so that the body has plain types. */
function present(values: Readonly<Record<string, readonly [value: string, absent: typeof TEXT | typeof NUMBER]>>, body: string): string {
  const names = Object.keys(values);
  const outer = Object.fromEntries(names.map((name) => [`${name}_`, values[name]![0]]));
  const inner = Object.fromEntries(names.map((name) => [name, `ifNull(${name}_, ${values[name]![1]})`]));
  return given(outer, `if(${names.map((name) => `isNull(${name}_)`).join(' OR ')}, NULL, ${given(inner, body)})`);
}

const fold = (text: string, folds: boolean): string => (folds ? `lower(${text})` : text);

/** As JavaScript counts: a character beyond 16 bits is two. */
const length: Print = ([text]) => given({ t: text! }, "(lengthUTF8(t) + countMatches(t, '[\\\\x{10000}-\\\\x{10FFFF}]'))");

const lastPart = (path: string): string => `splitByChar('/', ${path})[-1]`;
const basename = (path: string): string => present({ p: [path, TEXT] }, lastPart('p')); // of NULL the parts are none, and the last of none is an empty text
const dirname = (path: string): string => present({ p: [path, TEXT] }, given({ n: `toInt64(length(p)) - toInt64(length(${lastPart('p')}))` }, "multiIf(n = 0, NULL, n = 1, '/', substring(p, 1, n - 1))"));
const extension = (path: string): string => `nullIf(extract(${basename(path)}, '(?s)^.+\\\\.([^.]+)$'), '')`;
const depth = (path: string): string => present({ p: [path, TEXT] }, "length(arrayFilter(part -> part != '', splitByChar('/', p)))");

/** Where `s` begins in `t` from a place on, counted from 0, -1 if nowhere. An empty part is everywhere. */
const placeOf = (t: string, s: string, from: string): string => `if(${s} = '', least(greatest(toInt64(${from}), 0), toInt64(lengthUTF8(${t}))), toInt64(positionUTF8(${t}, ${s}, toUInt64(greatest(toInt64(${from}), 0) + 1))) - 1)`;

const indexOf: Print = ([text, part, from], folds) =>
  present({ t: [fold(text!, folds), TEXT], s: [fold(part!, folds), TEXT], f: [`toInt64(${from === undefined ? '0' : `coalesce(${from}, 0)`})`, NUMBER] }, given({ at: placeOf('t', 's', 'f') }, 'if(at < 0, NULL, at)'));

/** `missing` is what stands for a text in which either end is not found; `keepsEmpty`: where one of the texts is empty the first is the answer. */
function between(missing: string, keepsEmpty: boolean): Print {
  return ([text, left, right, greedy = '0'], folds) => {
    const last = "if(positionUTF8(s, r) = 0, -1, toInt64(lengthUTF8(s)) - toInt64(lengthUTF8(r)) - (toInt64(positionUTF8(reverseUTF8(s), reverseUTF8(r))) - 1))";
    const cut = given({ b: `if(g = 1, ${last}, ${placeOf('s', 'r', 'f')})` }, `if(b < f, ${missing}, substringUTF8(t, toUInt64(f + 1), toUInt64(greatest(b - f, 0))))`);
    const found = given({ f: 'toInt64(positionUTF8(s, l)) - 1 + toInt64(lengthUTF8(l))' }, `if(positionUTF8(s, l) = 0, ${missing}, ${cut})`);
    const body = keepsEmpty ? `if(t = '' OR l = '' OR r = '', t, ${found})` : found;
    return present({ t: [text!, TEXT], s: [fold(text!, folds), TEXT], l: [fold(left!, folds), TEXT], r: [fold(right!, folds), TEXT], g: [greedy, NUMBER] }, body);
  };
}

/** JavaScript's slice: a negative place counts from the end. */
const slice: Print = ([text, from, to = LAST]) => {
  const at = (value: string): string => `if(${value} < 0, greatest(n + ${value}, 0), least(${value}, n))`;
  const body = `substringUTF8(t, toUInt64(${at('f')} + 1), toUInt64(greatest(${at('u')} - ${at('f')}, 0)))`;
  return present({ t: [text!, TEXT], f: [`toInt64(${from!})`, NUMBER], u: [`toInt64(coalesce(${to}, ${LAST}))`, NUMBER] }, given({ n: 'toInt64(lengthUTF8(t))' }, body));
};
const LAST = '2147483647';

const number: Print = ([text, base = '10']) => {
  const digits = (of: string): string => `arrayMap(c -> toInt64(position('0123456789abcdefghijklmnopqrstuvwxyz', c)) - 1, extractAll(lower(${of}), '.'))`;
  const value = (of: string, radix: string): string => `(if(startsWith(t, '-'), -1, 1) * arrayFold((sum, digit) -> sum * ${radix} + digit, ${digits(of)}, toFloat64(0)))`;
  const bare = "replaceRegexpOne(t, '^[+-]', '')";
  const hex = `match(t, '^[+-]?0[xX][0-9a-fA-F]+$') AND n IN (10, 16), ${value("replaceRegexpOne(t, '^[+-]?0[xX]', '')", '16')}`;
  const decimal = "n = 10, if(match(t, '^[+-]?([0-9]+(\\\\.[0-9]*)?|\\\\.[0-9]+)([eE][+-]?[0-9]+)?$'), toFloat64OrNull(t), NULL)";
  const other = `n >= 2 AND n <= 36 AND match(t, '^[+-]?[0-9a-zA-Z]+$') AND arrayAll(digit -> digit < n, ${digits(bare)}), ${value(bare, 'n')}`;
  return present({ t: [text!, TEXT], n: [`toInt64(coalesce(${base}, 10))`, NUMBER] }, `multiIf(${hex}, ${decimal}, ${other}, NULL)`);
};

const entropy: Print = ([text]) => present({ t: [text!, TEXT] }, "if(t = '', 0., arrayReduce('entropy', extractAll(t, '(?s).')))");

/** Whether an address lies in any of some networks. All are read as IPv6, in which an IPv4 address is a mapped one, as the store's own function does. */
const cidr: Print = ([address, ...networks]) => {
  const isMapped = (value: string): string => `(${value} >= toIPv6('::ffff:0.0.0.0') AND ${value} <= toIPv6('::ffff:255.255.255.255'))`;
  const inside = given({ range: `IPv6CIDRToRange(ifNull(b, toIPv6('::')), toUInt8(if(ifNull(${isMapped('b')}, 0), 96, 0) + least(ifNull(bits, 0), 32 + 96 * (1 - ifNull(${isMapped('b')}, 0)))))` }, `(${isMapped('a')} = ${isMapped('b')} AND a >= range.1 AND a <= range.2)`);
  const test = (network: string): string =>
    given({ n: network }, given({ b: "toIPv6OrNull(splitByChar('/', n)[1])", bits: "if(position(n, '/') > 0, toUInt8OrNull(splitByChar('/', n)[2]), if(isIPv4String(splitByChar('/', n)[1]), 32, 128))" }, `if(isNull(b) OR isNull(bits) OR bits > if(${isMapped('b')}, 32, 128), NULL, ${inside})`));
  return given({ a: `toIPv6OrNull(splitByChar('%', ${address!})[1])` }, `if(isNull(a), NULL, ${networks.length === 1 ? test(networks[0]!) : `(${networks.map(test).join(' OR ')})`})`);
};

const rows = FUNCTION_NAMES, older = ENDGAME_FUNCTIONS;
const PRINTS: ReadonlyMap<FunctionRow | undefined, Print> = new Map<FunctionRow | undefined, Print>([
  [rows.get('between'), between(TEXT, true)],
  [rows.get('cidrmatch'), cidr],
  [rows.get('concat'), (args) => `(${args.map((arg) => `toString(${arg})`).join(' || ')})`],
  [rows.get('endswith'), ([text, end], folds) => `endsWith(${fold(text!, folds)}, ${fold(end!, folds)})`],
  [rows.get('startswith'), ([text, start], folds) => `startsWith(${fold(text!, folds)}, ${fold(start!, folds)})`],
  [rows.get('stringcontains'), ([text, part], folds) => `(position(${fold(text!, folds)}, ${fold(part!, folds)}) > 0)`],
  [rows.get('indexof'), indexOf],
  [rows.get('length'), length],
  [rows.get('number'), number],
  [rows.get('string'), ([value]) => `toString(${value!})`],
  [rows.get('substring'), slice],
  [rows.get('basename'), ([path]) => basename(path!)],
  [rows.get('dirname'), ([path]) => dirname(path!)],
  [rows.get('depth'), ([path]) => depth(path!)],
  [rows.get('entropy'), entropy],
  [rows.get('coalesce'), (args) => `coalesce(${args.join(', ')})`],
  [older.get('between'), between('NULL', false)],
  [older.get('substring'), ([text, from, to = LAST], folds) => slice([text!, `coalesce(${from!}, 0)`, to], folds)],
  [older.get('/'), ([a, b]) => `toInt64(floor(divideOrNull(${a!}, ${b!})))`],
  [older.get('%'), ([a, b]) => `(${a!} - ${b!} * floor(divideOrNull(${a!}, ${b!})))`],
]);

/** SQL of a call; `undefined` where the language has no such function at run time. */
export function clickHouseCall(row: FunctionRow, args: readonly string[], folds: boolean): string | undefined {
  // `number` of a field that holds whole numbers is a row of its own (evidenceFields.ts), which prints alike.
  return (PRINTS.get(row) ?? PRINTS.get(FUNCTION_NAMES.get(row.name.toLowerCase())))?.(args, folds);
}

const DERIVED: Readonly<Record<string, (text: string) => string>> = { h_basename: basename, h_dirname: dirname, h_extension: extension };

/** What a field makes of the text of its column: `fields.ts` names the store's functions. */
export function clickHouseDerived(derive: string, text: string): string {
  const print = DERIVED[/^(\w+)\(\$\)$/.exec(derive)?.[1] ?? ''];
  if (print === undefined) throw new Error(`${derive} has no form in ClickHouse; add it to clickhouseFunctions.ts`);
  return print(text);
}
