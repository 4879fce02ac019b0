import { joined, type Condition } from './condition.js';
import { NotTranslated } from './ruleSet.js';

const MAX_DEPTH = 50;
const MAX_TOKENS = 2000;

/**
 * Reads a Sigma condition: selections by name, `1 of`, `any of`, `2 of` and `all of` a pattern or `them`, not, and, or, brackets. `selections` gives the condition
 * of a name. Throws {@link NotTranslated}.
 */
export function readCondition(text: string, selections: ReadonlyMap<string, Condition>): Condition {
  const tokens: readonly string[] = text.match(/[()|]|[^\s()|]+/g) ?? [];
  if (tokens.length > MAX_TOKENS) throw new NotTranslated(`its condition has more than ${MAX_TOKENS} words`);
  if (tokens.includes('|')) throw new NotTranslated('its condition has a pipe (count() and near are not Sigma any more; a correlation says it)');
  let at = 0;
  const word = (offset = 0): string => (tokens[at + offset] ?? '').toLowerCase();
  const either = (depth: number): Condition => {
    const of = [both(depth)];
    while (word() === 'or') {
      at++;
      of.push(both(depth));
    }
    return joined('or', of);
  };
  const both = (depth: number): Condition => {
    const of = [negated(depth)];
    while (word() === 'and') {
      at++;
      of.push(negated(depth));
    }
    return joined('and', of);
  };
  const negated = (depth: number): Condition => {
    if (depth > MAX_DEPTH) throw new NotTranslated(`its condition is nested deeper than ${MAX_DEPTH}`);
    if (word() !== 'not') return one(depth);
    at++;
    return { kind: 'not', of: negated(depth + 1) };
  };
  const one = (depth: number): Condition => {
    const token = tokens[at++];
    if (token === undefined) throw new NotTranslated('its condition ends too early');
    if (token === '(') {
      const inner = either(depth + 1);
      if (tokens[at++] !== ')') throw new NotTranslated('its condition has a ( without its )');
      return inner;
    }
    if (word() === 'of' && /^(?:\d+|any|all)$/i.test(token)) {
      at++;
      const pattern = tokens[at++] ?? '';
      const found = selected(pattern, selections);
      if (found.length === 0) throw new NotTranslated(`its condition speaks of ${pattern}, and no selection is called so`);
      if (/^(?:1|any)$/i.test(token)) return joined('or', found);
      if (/^all$/i.test(token) || Number(token) === found.length) return joined('and', found);
      return atLeast(Number(token), found);
    }
    const selection = selections.get(token);
    if (selection === undefined) throw new NotTranslated(`its condition speaks of ${JSON.stringify(token.slice(0, 60))}, and no selection is called so`);
    return selection;
  };
  const condition = either(0);
  if (at < tokens.length) throw new NotTranslated(`its condition has ${JSON.stringify(tokens[at]!.slice(0, 60))} where and, or or its end is wanted`);
  return condition;
}

const WAYS_AT_MOST = 100;

/** So many of the conditions hold, whichever: each way to choose them, written out. */
function atLeast(count: number, of: readonly Condition[]): Condition {
  if (count === 0 || count > of.length) throw new NotTranslated(`its condition wants ${count} of ${of.length} selections`);
  let ways: readonly (readonly number[])[] = [[]];
  for (let chosen = 0; chosen < count; chosen++) {
    ways = ways.flatMap((way) => of.flatMap((_, at) => (at > (way.at(-1) ?? -1) && at <= of.length - (count - chosen) ? [[...way, at]] : [])));
    if (ways.length > WAYS_AT_MOST) throw new NotTranslated(`its condition wants ${count} of ${of.length} selections, which are more than ${WAYS_AT_MOST} ways`);
  }
  return joined('or', ways.map((way) => joined('and', way.map((at) => of[at]!))));
}

/** `them`: every selection but those that begin with an underscore. */
function selected(pattern: string, selections: ReadonlyMap<string, Condition>): readonly Condition[] {
  const isThem = pattern.toLowerCase() === 'them';
  const parts = pattern.split('*');
  return [...selections].filter(([name]) => (isThem ? !name.startsWith('_') : matchesParts(name, parts))).map(([, condition]) => condition);
}

function matchesParts(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === first;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
