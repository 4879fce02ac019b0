import type { Catalogue } from './answers.js';
import { AGGREGATE_DOCS } from './aggregates.js';
import type { AggregateName } from './bound.js';
import { ORIGIN_WORDS, recordFieldDoc } from './completeFields.js';
import { grouped } from './completionItem.js';
import type { Range } from './diagnostics.js';
import { evidenceField } from './evidenceFields.js';
import { originOf } from './fieldList.js';
import { FUNCTION_NAMES } from './functions.js';
import { own, read, type HuntText, type HuntTexts } from './huntTexts.js';
import type { Token } from './lexer.js';
import { namesOf } from './names.js';
import { OPERATOR_DOCS, RELATION_WORDS } from './operators.js';
import { PIPE_SYNTAX } from './pipes.js';
import { STORE_FIELDS } from './resolve.js';
import { SOURCE_NAMES } from './sources.js';
import { definitionOf } from './symbols.js';
import { tokenFrom } from './tokenPlace.js';
import type { Relation } from './tree.js';
import { pathTo } from './treeNodes.js';

export interface Hover {
  readonly from: number;
  readonly to: number;
  /** Markdown. Values of the evidence stand in code spans only, control characters made visible. */
  readonly contents: string;
}

/** What the word at `offset` means, and what the open evidence has of it; `rows`: how many rows the let there has. */
export function hover(asked: HuntTexts, offset: number, rows?: number): Hover | undefined {
  const { catalogue } = asked;
  const { hunt, tokens } = own(asked);
  const at = tokenFrom(tokens, offset + 1) - 1;
  const token = tokens[at];
  if (token === undefined || token.kind === 'end' || offset >= token.to) return undefined;
  const here = (contents: string): Hover => ({ from: token.from, to: token.to, contents });
  const name = String(token.value);
  const next = tokens[at + 1];
  const isWord = (one: Token | undefined, word: string): boolean => one !== undefined && one.kind !== 'text' && one.value === word;

  const relation = pathTo(hunt, token).flatMap((one) => (one.is === 'expr' && one.node.kind === 'relation' ? [one.node] : [])).at(-1);
  if (relation !== undefined && isOwnWord(relation, token)) return { ...wordsOf(relation, tokens), contents: relationHover(relation) };
  if (token.kind === 'symbol' || token.kind === 'keyword') {
    if (name === 'any' && token.kind === 'keyword') return here(sourceHover('any', catalogue) ?? '');
    if (name === '.') return fieldHover(tokens, at, catalogue);
    const isNull = (name === '==' || name === '!=') && isWord(next, 'null');
    const negated = (name === 'in' && isWord(tokens[at - 1], 'not')) || (name === 'not' && isWord(next, 'in'));
    const operator = isNull ? `${name} null` : negated ? 'not in' : name;
    const doc = OPERATOR_DOCS[operator];
    return doc === undefined ? wordHover(token, here) : here(`\`${operator}\` ${doc.doc} ${doc.absence}\n\nExample: \`${doc.example}\``);
  }
  if (token.kind !== 'name') return undefined;
  const given = namesOf({ hunt, tokens }, new Set(asked.texts.slice(0, asked.at).flatMap((one) => read(one).hunt.definitions.map((definition) => definition.name)))).find((one) => one.from === token.from);
  if (given !== undefined) return here(nameHover(asked, given.kind, given.name, offset, rows));
  if (isWord(next, 'where')) {
    const source = sourceHover(name, catalogue);
    if (source !== undefined) return here(source);
  }
  if (isWord(tokens[at - 1], '|')) {
    const pipe = PIPE_SYNTAX.get(name);
    if (pipe !== undefined) return here(`**${pipe.name}** ${pipe.doc}\n\n\`${pipe.example}\``);
  }
  if (isWord(next, '(') || (isWord(next, '~') && isWord(tokens[at + 2], '('))) {
    const isAggregate = Object.hasOwn(AGGREGATE_DOCS, name) && pathTo(hunt, token).some((one) => one.is === 'pipe' && one.node.name === 'stats');
    if (isAggregate) return here(`\`${AGGREGATE_DOCS[name as AggregateName].signature}\` ${AGGREGATE_DOCS[name as AggregateName].doc} Absent values do not count.`); // just tested
    const row = FUNCTION_NAMES.get(name.toLowerCase());
    const folds = isWord(next, '~') ? ' Ignores case (`~`).' : '';
    if (row !== undefined) return here(`\`${row.signature}\` ${row.doc}${folds} Absent where an argument is absent.\n\nExample: \`${row.example}\``);
  }
  return fieldHover(tokens, at, catalogue) ?? wordHover(token, here);
}

const WORDS: Readonly<Record<string, string>> = {
  where: 'The condition that each row must meet.', sequence: 'Events one after the other, for each value of the keys one state.', sample: 'Events in any order, one of each term, with the same keys.', join: 'The older join: one event of each term, with the same keys.', until: 'An event that ends what is pending for its key.',
  by: 'The keys: what the events have in common. An event whose key is absent takes no part, unless the key is written `?key`.', maxspan: 'The longest time from the first event to the last.', runs: 'The term that many times in a row.', fork: 'A pending sequence is copied, not moved, when it goes on.',
  null: 'Absent: missing, null or an empty list.', as: 'A name for it.', of: 'The relation to the process that the brackets describe.', let: 'Gives rows, a condition or a value a name.',
};

function wordHover(token: Token, here: (contents: string) => Hover): Hover | undefined {
  const doc = token.kind === 'text' ? undefined : WORDS[String(token.value)];
  return doc === undefined ? undefined : here(`**${String(token.value)}** ${doc}`);
}

/** A let with its documentation, its text and its rows; else what kind of name it is. */
function nameHover(asked: HuntTexts, kind: 'let' | 'parameter' | 'event' | 'column', name: string, offset: number, rows: number | undefined): string {
  const place = definitionOf(asked, offset);
  const home = asked.texts.find((one) => one.uri === place?.uri);
  if (kind === 'parameter') return `\`${name}\` a parameter of this let.`;
  if (kind === 'event') return `\`${name}\` an event of this sequence; \`${name}.process.pid\` asks a field of it.`;
  if (kind === 'column') return `\`${name}\` a column that this pipe makes.`;
  const found = home === undefined || place === undefined ? undefined : letText(home, place);
  if (found === undefined) return `\`${name}\` a let.`;
  const lines = [found.doc, fenced(found.text), rows === undefined ? '' : `${grouped(rows)} ${rows === 1 ? 'row' : 'rows'} in the open evidence.`];
  return lines.filter((line) => line !== '').join('\n\n');
}

/** A let's text, and the comments `///` above it. */
function letText(home: HuntText, place: Range): { readonly text: string; readonly doc: string } | undefined {
  const { hunt, comments } = read(home);
  const definition = hunt.definitions.find((one) => one.nameRange.from === place.from);
  if (definition === undefined) return undefined;
  const doc: string[] = [];
  let from = definition.from;
  for (const comment of [...comments].reverse()) {
    if (!comment.documents || comment.to > from || home.text.slice(comment.to, from).trim() !== '') continue;
    doc.unshift(codeSpan(home.text.slice(comment.from + 3, comment.to).trim()));
    from = comment.from;
  }
  return { text: home.text.slice(definition.from, definition.to), doc: doc.join(' ') };
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}hunt\n${visible(text.slice(0, 1000))}\n${fence}`;
}

function relationHover({ relation, tree, within }: Relation): string {
  const which = relation === 'event' ? 'It asks no tree: the events are its own.' : tree === 'recorded' ? 'In the recorded tree: the parents as they stood when the row’s event happened.' : `In the created tree: who made whom${tree === undefined ? ' (so it is unless `in recorded` is said)' : ''}.`;
  const time = relation === 'child' || relation === 'descendant' ? ' The first child on the way down was born at or after that event.' : relation === 'event' ? ' That event is not later than the row.' : '';
  return `**${relation} of** holds when ${RELATION_WORDS[relation]} matches. ${which}${time}${within === undefined ? '' : ` At most ${within} ${within === 1 ? 'link' : 'links'} away.`}`;
}

/** Whether a word is one of the relation's own: its name, `of`, the tree, `within`; not what stands in its brackets. */
function isOwnWord({ inner, from, to }: Relation, token: Token): boolean {
  const isInside = token.from >= inner.from && token.to <= inner.to;
  return !isInside && token.from >= from && token.to <= to && (token.kind === 'name' || token.kind === 'keyword');
}

function wordsOf({ from }: Relation, tokens: readonly Token[]): Range {
  let first = tokenFrom(tokens, from);
  while (tokens[first]?.value === '(') first++;
  return { from: tokens[first]?.from ?? from, to: tokens[first + 1]?.to ?? from };
}

function sourceHover(name: string, catalogue: Catalogue | undefined): string | undefined {
  const source = SOURCE_NAMES.get(name);
  if (source === undefined) return undefined;
  const rows = catalogue?.sources.find((one) => one.name === name)?.rows;
  return `**${name}** ${source.doc}${rows === undefined ? '' : `\n\n${grouped(rows)} ${rows === 1 ? 'row' : 'rows'} in the open evidence.`}`;
}

function fieldHover(tokens: readonly Token[], at: number, catalogue: Catalogue | undefined): Hover | undefined {
  const isPart = (index: number): boolean => ['name', 'keyword'].includes(tokens[index]?.kind ?? '') || (tokens[index]?.kind === 'symbol' && tokens[index].value === '.');
  let first = at;
  let last = at;
  while (isPart(first - 1) && tokens[first - 1]!.to === tokens[first]!.from) first--;
  while (isPart(last + 1) && tokens[last]!.to === tokens[last + 1]!.from) last++;
  const written = tokens.slice(first, last + 1).map((token) => String(token.value)).join('');
  const from = tokens[first]!.from;
  const to = tokens[last]!.to;
  // `a.process.pid` and `events[0].process.pid` are fields of an event.
  for (const name of [written, written.slice(written.indexOf('.') + 1)]) {
    const onEvents = STORE_FIELDS.resolve(name, 'event', 'recorded');
    const found = onEvents.kind === 'place' ? onEvents : STORE_FIELDS.resolve(name, 'process', 'recorded');
    const field = found.kind === 'place' ? undefined : evidenceField(catalogue, name);
    if (field !== undefined) {
      const lines = [`**${codeSpan(name)}** ${field.list ? `list of ${field.type}` : field.type}`, recordFieldDoc(field), `Filled in ${Math.round(field.filled * 100)} % of those that were looked at.`];
      if (field.values.length > 0) lines.push(field.values.slice(0, 5).map(([value, count]) => `- ${codeSpan(value)} ${count}`).join('\n'));
      return { from, to, contents: lines.join('\n\n') };
    }
    if (found.kind === 'unknown') continue;
    if (found.kind === 'absent') return { from, to, contents: `**${name}** is a field of ECS or of vendors' rules; no open evidence has it, so it is absent in every row.` };
    const { place } = found;
    const lines = [`**${name}** ${place.list ? `list of ${place.type}` : place.type} (${ORIGIN_WORDS[originOf(name, place.origin)]})`, place.doc];
    const known = catalogue?.fields.find((field) => field.name === name);
    if (known !== undefined) {
      lines.push(`Filled in ${Math.round(known.filled * 100)} % of the rows.`);
      if (known.values.length > 0) lines.push(known.values.slice(0, 5).map(([value, count]) => `- ${codeSpan(value)} ${count}`).join('\n'));
    }
    return { from, to, contents: lines.join('\n\n') };
  }
  return undefined;
}

/** Text of the evidence as a code span: it cannot end the span, nor hide or turn what stands beside it. */
function codeSpan(text: string): string {
  const shown = visible(text.slice(0, 200)).replace(/\n/g, '\\x0a');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}

function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- made visible
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
