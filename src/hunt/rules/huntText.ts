import { KEYWORDS } from '../lexer.js';
import { FUNCTION_NAMES } from '../functions.js';
import { HIDDEN, huntLiteral } from '../literal.js';
import { SOURCE_NAMES } from '../sources.js';
import { NotTranslated } from './ruleSet.js';

/** A text as a literal of Hunt. Throws {@link NotTranslated} for what no text of evidence can hold: NUL, half a character. */
export function quoted(text: string): string {
  if (text.includes('\0')) throw new NotTranslated('a value holds a NUL character, which no text of evidence has');
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)) throw new NotTranslated('a value holds half a character (a lone surrogate)');
  return huntLiteral(text);
}

/** A dotted field name as Hunt writes it; parts that are no plain names stand in backticks. */
export function fieldText(name: string): string {
  return name.split('.').map((part, at) => {
    const plain = /^([A-Za-z_@][A-Za-z0-9_@]*)((?:\[\d{1,6}\])?)$/.exec(part);
    if (plain !== null && (at > 0 || !RESERVED.has(plain[1]!))) return part;
    // A line break inside backticks would be legal, but no field has one.
    return `\`${part.replace(HIDDEN, ' ').replaceAll('`', '``')}\``;
  }).join('.');
}

const RESERVED: ReadonlySet<string> = new Set(KEYWORDS);
const NAME_AT_MOST = 60;

/** A name for a let, from a rule's name or title: unlike every source, function, keyword and name taken so far, to which it is added. */
export function letName(wanted: string, taken: Set<string>): string {
  const words = wanted.slice(0, 400).normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '').toLowerCase().slice(0, NAME_AT_MOST).replace(/_+$/, '');
  const base = words === '' ? 'rule' : /^\d/.test(words) ? `rule_${words}` : words;
  const isTaken = (name: string): boolean => taken.has(name) || RESERVED.has(name) || name === 'let' || SOURCE_NAMES.has(name) || FUNCTION_NAMES.has(name);
  let name = isTaken(base) && !taken.has(base) ? `rule_${base}` : base;
  for (let count = 2; isTaken(name); count++) name = `${base}_${count}`;
  taken.add(name);
  return name;
}

const DOC_AT_MOST = 300;

/** Lines of documentation (`///`), each of one line whatever it holds. */
export function docLines(lines: readonly string[]): string {
  return lines.filter((line) => line.trim() !== '').map((line) => `/// ${line.replace(HIDDEN, ' ').replace(/\s+/g, ' ').trim().slice(0, DOC_AT_MOST)}\n`).join('');
}
