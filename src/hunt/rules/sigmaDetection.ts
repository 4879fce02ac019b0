import { ALWAYS, joined, test, type Condition } from './condition.js';
import { quoted } from './huntText.js';
import { isPlainMap, textOf, type Plain, type PlainMap } from './readYaml.js';
import { NotTranslated } from './ruleSet.js';
import { sigmaField, type SigmaField, type SigmaLog } from './sigmaLog.js';
import { patternsOf, readModifiers, type Modifiers } from './sigmaModifiers.js';
import { luceneOf } from './sigmaRegex.js';
import { listed, matchesAny, plainText, readPattern, type Pattern } from './sigmaText.js';

/** What a rule asks of one event: its named selections, and where they lie. `absent` gathers fields that no evidence has, so that it can be said. */
export interface Detecting {
  readonly log: SigmaLog;
  readonly absent: Set<string>;
}

const VALUES_AT_MOST = 20_000;

/** A selection: a map (all of it), a list of maps or keywords (any of them), a keyword. */
export function selectionOf(selection: Plain, detecting: Detecting): Condition {
  if (Array.isArray(selection)) {
    const items = selection as readonly Plain[];
    if (items.length === 0) throw new NotTranslated('a selection is an empty list');
    if (items.length > VALUES_AT_MOST) throw new NotTranslated(`a selection has more than ${VALUES_AT_MOST} items`);
    const keywords = items.filter((item) => !isPlainMap(item) && !Array.isArray(item));
    const rest = items.filter((item) => isPlainMap(item) || Array.isArray(item));
    return joined('or', [...(keywords.length > 0 ? [keywordsOf(keywords, readModifiers([]), detecting)] : []), ...rest.map((item) => selectionOf(item, detecting))]);
  }
  if (!isPlainMap(selection)) return keywordsOf([selection], readModifiers([]), detecting);
  if (selection.size === 0) throw new NotTranslated('a selection is an empty map');
  return joined('and', [...selection].map(([key, value]) => itemOf(key, value, selection, detecting)));
}

function itemOf(key: string, value: Plain, within: PlainMap, detecting: Detecting): Condition {
  const [name = '', ...words] = key.split('|');
  const modifiers = readModifiers(words.map((word) => word.toLowerCase()));
  const values = Array.isArray(value) ? (value as readonly Plain[]) : [value];
  if (values.length === 0) throw new NotTranslated(`${key} has no values`);
  if (values.length > VALUES_AT_MOST) throw new NotTranslated(`${key} has more than ${VALUES_AT_MOST} values`);
  if (values.some((one) => isPlainMap(one) || Array.isArray(one))) throw new NotTranslated(`${key} has a value that is neither text nor number`);
  const condition = name === '' ? keywordsOf(values, modifiers, detecting) : fieldOf(name, values, modifiers, placeOf(name, within, detecting), detecting);
  return modifiers.negated ? { kind: 'not', of: condition } : condition;
}

/** The arguments of a SYSCALL record are the call's own, in hex; those of an EXECVE record are the program's. */
function placeOf(name: string, within: PlainMap, { log, absent }: Detecting): SigmaField {
  const type = log.isAudit && /^a\d{1,3}$/.test(name) ? textOf(within.get('type'))?.toLowerCase() : undefined;
  const field: SigmaField = type !== undefined && type !== 'execve' ? { field: `auditd.data.${name}`, kin: 'any', absent: `auditd.data.${name}` } : sigmaField(name, log);
  if (field.absent !== undefined && field.words === undefined) absent.add(field.absent);
  return field;
}

/** Words sought anywhere in the record: in each field that stands for its text. */
function keywordsOf(values: readonly Plain[], modifiers: Modifiers, { log }: Detecting): Condition {
  if (modifiers.test !== 'match' && modifiers.test !== 're') throw new NotTranslated(`keywords cannot be asked with ${modifiers.test}`);
  const contains: Modifiers = modifiers.test === 're' ? modifiers : { ...modifiers, contains: true };
  const sought = (some: readonly Plain[]): Condition => joined('or', log.keywords.map(({ field, exec }) => withExec(textTest(field, some, contains), exec)));
  return modifiers.all ? joined('and', values.map((value) => sought([value]))) : sought(values);
}

function textTest(field: string, values: readonly Plain[], modifiers: Modifiers): Condition {
  const texts = values.map((value) => {
    const text = textOf(value);
    if (text === undefined) throw new NotTranslated('a keyword is empty');
    return text;
  });
  return modifiers.test === 're' ? regexTest(field, texts, modifiers) : matchesAny(field, texts.flatMap((text) => patternsOf(readPattern(text), modifiers)), !modifiers.cased);
}

function withExec(condition: Condition, exec: 'needs' | 'never' | undefined): Condition {
  if (exec === undefined) return condition;
  if (condition.kind === 'test') return test(condition.text, exec);
  return condition.kind === 'not' ? { kind: 'not', of: withExec(condition.of, exec) } : { kind: condition.kind, of: condition.of.map((one) => withExec(one, exec)) };
}

function fieldOf(name: string, values: readonly Plain[], modifiers: Modifiers, place: SigmaField, detecting: Detecting): Condition {
  const one = (some: readonly Plain[]): Condition => {
    const words = some.map((value) => wordsOf(value, modifiers, place));
    const rest = some.filter((_, at) => words[at] === undefined);
    if (rest.length > 0 && place.words !== undefined && place.absent !== undefined) detecting.absent.add(place.absent);
    const plain = rest.length === 0 ? [] : [withExec(valuesTest(name, rest, modifiers, place, detecting), place.exec)];
    return joined('or', [...words.flatMap((word) => word ?? []), ...plain]);
  };
  return modifiers.all ? joined('and', values.map((value) => one([value]))) : one(values);
}

/** A value that stands for conditions of its own; undefined where it does not. */
function wordsOf(value: Plain, modifiers: Modifiers, place: SigmaField): Condition | undefined {
  const text = textOf(value);
  if (place.words === undefined || text === undefined || modifiers.test !== 'match') return undefined;
  const patterns = patternsOf(readPattern(text), modifiers);
  const found = [...place.words].filter(([word]) => patterns.some((pattern) => matches(word, pattern)));
  return found.length === 0 ? undefined : joined('or', [...new Set(found.map(([, condition]) => condition))]);
}

/** Whether a short word of ours matches a pattern; the word has no wildcards and few letters, the pattern may be anyone's. */
function matches(word: string, pattern: Pattern): boolean {
  const plain = plainText(pattern);
  if (plain !== undefined) return plain.toLowerCase() === word;
  let places = new Set([0]);
  for (const piece of pattern) {
    const next = new Set<number>();
    for (const at of places) {
      if (piece.kind === 'text') {
        if (word.startsWith(piece.text.toLowerCase(), at)) next.add(at + piece.text.length);
      } else if (piece.kind === 'one') {
        if (at < word.length) next.add(at + 1);
      } else for (let to = at; to <= word.length; to++) next.add(to);
    }
    places = next;
  }
  return places.has(word.length);
}

function valuesTest(name: string, values: readonly Plain[], modifiers: Modifiers, place: SigmaField, detecting: Detecting): Condition {
  const { field, kin } = place;
  if ((place.label !== undefined || place.words !== undefined) && modifiers.test === 'fieldref') throw new NotTranslated(`no field holds ${name} as it was written, so that another could be compared with it`);
  if (place.label !== undefined && modifiers.test !== 'match') throw new NotTranslated(`${name} is a part of the message, of which ${modifiers.test} cannot be asked`);
  switch (modifiers.test) {
    case 'exists':
      return joined('or', values.map((value) => {
        const text = textOf(value)?.toLowerCase();
        if (text !== 'true' && text !== 'false' && text !== 'yes' && text !== 'no') throw new NotTranslated(`${name}|exists wants true or false`);
        return test(`${field} ${text === 'true' || text === 'yes' ? '!=' : '=='} null`);
      }));
    case 'cidr':
      return test(`cidrMatch(${field}, ${values.map((value) => quoted(network(name, value))).join(', ')})`);
    case 're':
      return regexTest(asText(field, kin), values.map((value) => textOf(value) ?? ''), modifiers);
    case 'fieldref':
      return joined('or', values.map((value) => fieldsTest(place, referredField(name, value, detecting), modifiers)));
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const sign = ({ gt: '>', gte: '>=', lt: '<', lte: '<=' } as const)[modifiers.test];
      return joined('or', values.map((value) => test(`${kin === 'number' ? field : `number(${field})`} ${sign} ${numberText(name, value)}`)));
    }
    case 'match':
      return matchTest(values, modifiers, place);
  }
}

/** The field that a value of `fieldref` names. */
function referredField(name: string, value: Plain, { log, absent }: Detecting): SigmaField {
  const other = textOf(value) ?? '';
  const place = sigmaField(other, log);
  if (place.label !== undefined || place.words !== undefined) throw new NotTranslated(`${name}|fieldref speaks of ${other}, which no field holds as it was written`);
  if (place.absent !== undefined) absent.add(place.absent);
  return place;
}

/** Two fields of one event: numbers by value, everything else by its text, whose case counts only where `cased` says so (Sigma: values ignore case). */
function fieldsTest(own: SigmaField, other: SigmaField, { contains, startswith, endswith, cased }: Modifiers): Condition {
  const exec = own.exec ?? other.exec;
  if (own.kin === 'number' && other.kin === 'number' && !contains && !startswith && !endswith) return test(`${own.field} == ${other.field}`, exec);
  const left = asText(own.field, own.kin), right = asText(other.field, other.kin), folds = cased ? '' : '~';
  const call = contains ? 'stringContains' : startswith ? 'startsWith' : endswith ? 'endsWith' : undefined;
  if (call !== undefined) return test(`${call}${folds}(${left}, ${right})`, exec);
  // Each begins with the other: equal but for case, which `==` between fields cannot ignore.
  return cased ? test(`${left} == ${right}`, exec) : joined('and', [test(`startsWith~(${left}, ${right})`, exec), test(`startsWith~(${right}, ${left})`, exec)]);
}

/** A part of a message: after its label, up to the next blank and semicolon, or the end. */
function labelled(pattern: Pattern, label: string): readonly Pattern[] {
  const from: Pattern = [{ kind: 'many' }, { kind: 'text', text: label }, ...pattern];
  return pattern.at(-1)?.kind === 'many' ? [from] : [from, [...from, { kind: 'text', text: ' ;' }, { kind: 'many' }]];
}

function matchTest(values: readonly Plain[], modifiers: Modifiers, { field, kin, ending, label }: SigmaField): Condition {
  const tests: Condition[] = [];
  const texts: string[] = [], numbers: string[] = [];
  const isPattern = modifiers.contains || modifiers.startswith || modifiers.endswith || modifiers.changes.length > 0;
  for (const value of values) {
    const text = textOf(value);
    if (text === undefined && label !== undefined) tests.push({ kind: 'not', of: matchesAny(field, [[{ kind: 'many' }, { kind: 'text', text: label }, { kind: 'many' }]], true) });
    else if (text === undefined) tests.push(test(`${field} == null`));
    else if (kin === 'number' && !isPattern && /^[+-]?\d{1,15}(?:\.\d+)?$/.test(text)) numbers.push(String(Number(text)));
    else if (kin === 'bool' && !isPattern && /^(?:true|false)$/i.test(text)) tests.push(test(`${field} == ${text.toLowerCase()}`));
    else texts.push(text);
  }
  if (numbers.length > 0) tests.push(test(numbers.length === 1 ? `${field} == ${numbers[0]!}` : `${field} in (${numbers.join(', ')})`));
  if (kin === 'time' && texts.length > 0) throw new NotTranslated('a time is compared with text');
  const ended = ending === undefined ? [] : texts.filter((text) => !isPattern && !/[*?\\]/.test(text) && !text.includes('.')).map((text) => text + ending);
  if (texts.length > 0) tests.push(matchesAny(asText(field, kin), [...texts, ...ended].flatMap((text) => patternsOf(readPattern(text), modifiers)).flatMap((pattern) => (label === undefined ? [pattern] : labelled(pattern, label))), !modifiers.cased));
  return tests.length === 0 ? ALWAYS : joined('or', tests);
}

function regexTest(field: string, texts: readonly string[], modifiers: Modifiers): Condition {
  const exact: string[] = [], folded: string[] = [];
  for (const text of texts) {
    const { pattern, folds } = luceneOf(text, { multiline: modifiers.flags.has('m'), dotAll: modifiers.flags.has('s') });
    (folds || modifiers.flags.has('i') ? folded : exact).push(quoted(pattern));
  }
  const tests: Condition[] = [];
  if (exact.length > 0) tests.push(test(`${field} regex ${listed(exact)}`));
  if (folded.length > 0) tests.push(test(`${field} regex~ ${listed(folded)}`));
  return joined('or', tests);
}

function asText(field: string, kin: SigmaField['kin']): string {
  return kin === 'number' || kin === 'bool' ? `string(${field})` : field;
}

function network(name: string, value: Plain): string {
  const text = textOf(value) ?? '';
  if (!/^[0-9a-fA-F.:]{2,45}(?:\/\d{1,3})?$/.test(text)) throw new NotTranslated(`${name}|cidr has ${JSON.stringify(text.slice(0, 60))}, which is no network`);
  return text;
}

function numberText(name: string, value: Plain): string {
  const text = textOf(value) ?? '';
  if (!/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) throw new NotTranslated(`${name} is compared with ${JSON.stringify(text.slice(0, 60))}, which is no number`);
  return text;
}

/** A field of a correlation (`group-by`, `field`) by the rule's own log. */
export function keyOf(name: string, log: SigmaLog): Pick<SigmaField, 'field' | 'absent'> {
  const { field, absent, label, words } = sigmaField(name, log);
  if (label !== undefined || (words !== undefined && absent !== undefined)) throw new NotTranslated(`no field holds ${name} by itself, so that events could be grouped by it`);
  return { field, ...(absent !== undefined && { absent }) };
}
