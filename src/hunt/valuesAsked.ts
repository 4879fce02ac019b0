import { completionPlace } from './completionPlace.js';
import { own, read, textOf, textsBefore, type HuntTexts } from './huntTexts.js';
import { tokenize, type Token } from './lexer.js';
import { printFieldName, printName } from './print.js';
import { namesUnknownFields } from './recordsAsked.js';
import { definitionOf } from './symbols.js';

/** A hunt that the editor asks the open evidence beside the person's own: the values of a field with their counts, the rows of a let. */
export interface ValuesAsked {
  readonly text: string;
  /** Texts whose lets it sees. */
  readonly before: readonly string[];
}

const VALUES = 100;
/** Of these rows the catalogue has the counts. */
const COUNTED = new Set(['any', 'processes', 'process']);

/**
 * The hunt that counts the values which may stand at `offset` in the rows of its source, under the conditions already written; undefined where no value
 * stands there, or where that would be all rows, which the catalogue has counted.
 */
export function valuesAsked(asked: HuntTexts, offset: number): ValuesAsked | undefined {
  const text = textOf(asked);
  const place = completionPlace(text, offset);
  if (place.kind !== 'value' || place.field === '') return undefined;
  const before = text.slice(0, place.from - (place.quoted ? 1 : 0));
  const { tokens } = tokenize(before);
  const written = conditionsBefore(before, tokens);
  if (written === undefined || (written.conditions.length === 0 && COUNTED.has(written.source))) return undefined;
  const lets = own(asked).hunt.definitions.map((definition) => text.slice(definition.from, definition.to));
  const hunt = `${written.source} where ${[...written.conditions.map((one) => `(${one})`), `${printFieldName(place.field)} != null`].join(' and ')} | count by ${printFieldName(place.field)} | sort -count | head ${VALUES}`;
  return quick({ text: [...lets, hunt].join('\n'), before: textsBefore(asked) });
}

/** The hunt that gives the rows of the let at `offset`, for how many there are; undefined where no let of rows stands there. */
export function rowsAsked(asked: HuntTexts, offset: number): ValuesAsked | undefined {
  const place = definitionOf(asked, offset);
  const at = asked.texts.findIndex((one) => one.uri === place?.uri);
  const home = asked.texts[at];
  if (place === undefined || home === undefined) return undefined;
  const { definitions } = read(home).hunt;
  const definition = definitions.find((one) => one.nameRange.from === place.from);
  if (definition?.body.kind !== 'query') return undefined;
  return quick({ text: [...definitions.map((one) => home.text.slice(one.from, one.to)), printName(definition.name)].join('\n'), before: asked.texts.slice(0, at).map((one) => one.text) });
}

/** Fields of records are read from the evidence when a hunt asks for them: the editor, which asks unbidden, does not. */
function quick(asked: ValuesAsked): ValuesAsked | undefined {
  return namesUnknownFields(asked) ? undefined : asked;
}

/** The source whose condition the tokens end in, and the whole conditions that hold beside what is being written: joined by `and` in the open brackets. */
function conditionsBefore(text: string, tokens: readonly Token[]): { readonly source: string; readonly conditions: readonly string[] } | undefined {
  const where = lastWhere(tokens);
  if (where === undefined) return undefined;
  const groups: { from: number; isCondition: boolean; conditions: string[] }[] = [{ from: tokens[where]!.to, isCondition: true, conditions: [] }];
  for (let at = where + 1; at < tokens.length; at++) {
    const token = tokens[at]!;
    const open = groups.at(-1)!; // the first is never closed: that bracket would end the condition
    if (token.kind === 'symbol') {
      if (token.value === '(' || token.value === '[') groups.push({ from: token.to, isCondition: token.value === '(' && isGroup(tokens[at - 1]), conditions: [] });
      else if ((token.value === ')' || token.value === ']') && groups.length > 1) groups.pop();
      else if (token.value === '|') return undefined;
    } else if (token.kind === 'keyword' && token.value === 'and') {
      open.conditions.push(text.slice(open.from, token.from).trim());
      open.from = token.to;
    } else if (token.kind === 'keyword' && token.value === 'or') {
      open.conditions = [];
      open.from = token.to;
    }
  }
  const source = tokens[where - 1]?.text;
  return source === undefined ? undefined : { source, conditions: groups.filter((group) => group.isCondition).flatMap((group) => group.conditions) };
}

/** Whether a bracket behind this token groups conditions: it is no list and no call. */
function isGroup(before: Token | undefined): boolean {
  return before?.kind === 'keyword' ? ['where', 'and', 'or', 'not'].includes(String(before.value)) : before?.kind === 'symbol' && before.value === '(';
}

/** Index of the `where` whose condition is open at the end. */
function lastWhere(tokens: readonly Token[]): number | undefined {
  let depth = 0;
  for (let at = tokens.length - 1; at > 0; at--) {
    const { kind, value } = tokens[at]!;
    if (kind === 'symbol' && value === ']') depth++;
    else if (kind === 'symbol' && value === '[') depth = Math.max(0, depth - 1);
    else if (depth === 0 && kind === 'keyword' && value === 'where') return at;
  }
  return undefined;
}
