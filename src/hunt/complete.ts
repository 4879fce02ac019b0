import type { Catalogue } from './answers.js';
import { AGGREGATE_DOCS } from './aggregates.js';
import { AGGREGATES } from './bound.js';
import { bareField, fields, keys, tableOf, typeOf } from './completeFields.js';
import { DURATION_DOC, DURATIONS, networks, noValues, values } from './completeValues.js';
import { grouped, keyword, type Completion, type Item, type ValueCounts } from './completionItem.js';
import { rankedBy } from './completeRank.js';
import { completionPlace, type CompletionPlace } from './completionPlace.js';
import { FUNCTIONS } from './functions.js';
import { textOf, visibleLets, type HuntTexts } from './huntTexts.js';
import { operators, RELATION_WORDS } from './operators.js';
import { PIPES, type PipeRow } from './pipes.js';
import { printBody, printFieldName } from './print.js';
import { letSignature } from './signature.js';
import { SNIPPETS, type Snippet } from './snippets.js';
import { SOURCES } from './sources.js';
import { RELATIONS } from './tree.js';

/**
 * What may stand at `offset` (UTF-16 code units), best first. Values come from the catalogue of the open evidence, with their counts; from `counted` (the
 * most frequent first) where they were counted under the conditions already written.
 */
export function complete(asked: HuntTexts, offset: number, counted?: ValueCounts): readonly Completion[] {
  const place = completionPlace(textOf(asked), offset);
  const { from, to } = place;
  const items = itemsAt(place, asked, counted);
  return ('partial' in place ? rankedBy(place.partial, items) : items).map((item) => ({ ...item, from, to }));
}

function itemsAt(place: CompletionPlace, asked: HuntTexts, counted: ValueCounts | undefined): readonly Item[] {
  const { catalogue } = asked;
  switch (place.kind) {
    case 'nothing':
      return [];
    case 'source':
      return sourceItems(place.where, asked);
    case 'where':
      return [keyword('where', 'The condition follows.', 'where '), ...(visibleLets(asked).has(place.source) && place.pipes !== undefined ? barred(pipes(place.pipes)) : [])];
    case 'condition':
      if (place.partial.includes('.')) return fields(place, catalogue, asked); // only what lies below
      return [...place.parameters.map(parameter), ...fields(place, catalogue, asked), ...letItems(asked, 'expr'), ...relations(), ...functions(), keyword('not', 'Negates what follows; absent counts as false.', 'not '), keyword('true', 'Holds for every row.', 'true')];
    case 'argument':
      if (place.partial.includes('.')) return fields(place, catalogue, asked);
      return [...place.parameters.map(parameter), ...fields(place, catalogue, asked), ...letItems(asked, 'expr'), ...functions()];
    case 'aggregate':
      return AGGREGATES.map((name) => ({ label: name, kind: 'function', detail: AGGREGATE_DOCS[name].signature, documentation: AGGREGATE_DOCS[name].doc, insertText: name === 'count' ? 'count()$0' : `${name}($1)$0`, isSnippet: true }));
    case 'duration':
      return DURATIONS.map((word) => keyword(word, DURATION_DOC, `${word} `));
    case 'keys':
      return keys(place, catalogue);
    case 'columns':
      return place.columns.map((name) => ({ label: name, kind: 'field', detail: 'column', documentation: 'A column that the pipe before made.', insertText: printFieldName(name), isSnippet: false }));
    case 'operator':
      if (isRelation(place.field)) return [{ ...keyword('of', `Holds when ${RELATION_WORDS[place.field]} matches the query in brackets.`, 'of [$1]$0'), isSnippet: true }];
      return afterField(place, typeOf(place.field, tableOf(place.source, asked), catalogue));
    case 'value':
      return valueItems(place, asked, counted);
    case 'network':
      return networks(place.quoted).filter((item) => !place.listed.includes(item.label));
    case 'after':
      return [...(place.joins ? [keyword('and', 'Both must hold.', 'and '), keyword('or', 'One must hold.', 'or ')] : []), ...place.words.map(word), ...(place.pipes === undefined ? [] : barred(pipes(place.pipes)))];
    case 'pipe':
      return pipes(place.pipes);
    case 'word':
      return place.words.map(word);
  }
}

/** Values, each once in a list. */
function valueItems(place: Extract<CompletionPlace, { kind: 'value' }>, asked: HuntTexts, counted: ValueCounts | undefined): Item[] {
  const { catalogue } = asked;
  const items = values(bareField(place.field, catalogue), tableOf(place.source, asked), catalogue, place.quoted, counted, place.wild === true).filter((item) => place.listed?.includes(item.label) !== true).map((item) => (place.opens ? inList(item) : item));
  // A list that stays empty looks broken to who opened the notebook a moment ago.
  return items.length > 0 || catalogue !== undefined || place.quoted ? items : [noValues(asked.lacks)];
}

/** A value as the first of a list: the cursor stays in the list. */
function inList(item: Item): Item {
  return { ...item, insertText: `(${item.insertText.replace(/[\\$}]/g, '\\$&')}$0)`, isSnippet: true };
}

function isRelation(word: string): word is (typeof RELATIONS)[number] {
  return RELATIONS.some((relation) => relation === word);
}

/** Operators; a bool is a condition by itself, and may be the end of it. */
function afterField({ pipes: before }: Extract<CompletionPlace, { kind: 'operator' }>, type: ReturnType<typeof typeOf>): Item[] {
  const all = operators(type);
  if (type.type !== 'bool' || before === undefined) return all;
  const joins = all.filter((item) => item.kind === 'keyword');
  return [...joins, ...barred(pipes(before)), ...all.filter((item) => !joins.includes(item))];
}

const WORD_DOCS: Readonly<Record<string, string>> = {
  by: 'What the events have in common.', 'with maxspan=': 'The longest time from the first event to the last.', 'maxspan=': 'The longest time from the first event to the last.', 'runs=': 'So many times in a row.', 'with runs=': 'So many times in a row.',
  as: 'A name for it.', '[': 'An event: [source where condition].', '![': 'An event that must be missing here.', 'until [': 'An event that ends what is pending.', 'in created': 'By who made whom; so it is without a word.', 'in recorded': 'By the parents as they stood at the time.',
  created: 'By who made whom.', recorded: 'By the parents as recorded.', within: 'At most so far.', per: 'A column for each so long.', up: 'So many generations above.', down: 'So many generations below.', '(': 'A list.',
};

function word(label: string): Item {
  if (label.endsWith('[')) return { ...keyword(label, WORD_DOCS[label] ?? '', `${label}$1]$0`), isSnippet: true };
  return keyword(label, WORD_DOCS[label] ?? '', /[=(]$/.test(label) ? label : `${label} `);
}

function parameter(name: string): Item {
  return { label: name, kind: 'let', detail: 'parameter', documentation: 'A parameter of this let.', insertText: printFieldName(name), isSnippet: false };
}

function barred(items: readonly Item[]): Item[] {
  return items.map((item) => ({ ...item, label: `| ${item.label}`, insertText: `| ${item.insertText}` }));
}

function sourceItems(where: 'start' | 'brackets' | 'of' | 'definition', asked: HuntTexts): Item[] {
  const { catalogue } = asked;
  switch (where) {
    case 'start':
      return [...sources(catalogue), ...letItems(asked, 'query'), ...(['sequence', 'sample'] as const).map((name) => keyword(name, name === 'sequence' ? 'Events one after the other.' : 'Events in any order.', `${name} by `)), ...SNIPPETS.map(snippet)];
    case 'brackets':
      return [...sources(catalogue), ...letItems(asked, 'query')];
    case 'of':
      return [{ ...keyword('[', 'The rows that the other process must match.', '[$1]$0'), isSnippet: true }, ...letItems(asked, 'query')];
    case 'definition':
      return [...sources(catalogue), ...letItems(asked, 'query'), ...fields({ source: 'any', partial: '', events: [] }, catalogue), ...letItems(asked, 'expr'), ...relations(), ...functions()];
  }
}

function snippet({ label, detail, text }: Snippet): Item {
  return { label, kind: 'snippet', detail, documentation: text.replace(/\$\{\d:([^}]*)\}|\$\d/g, '$1'), insertText: text, isSnippet: text.includes('$') };
}

/** The lets in sight that stand for rows, or for a condition or value. */
function letItems(asked: HuntTexts, kind: 'query' | 'expr'): Item[] {
  return [...visibleLets(asked).values()].filter((definition) => definition.body.kind === kind).map((definition) => {
    const { parameters } = definition;
    const call = parameters.length > 0 ? `${definition.name}(${parameters.map((one, at) => `\${${at + 1}:${one.name}}`).join(', ')})$0` : printFieldName(definition.name);
    return { label: definition.name, kind: 'let', detail: parameters.length > 0 ? letSignature(definition) : 'let', documentation: `let ${letSignature(definition)} = ${printBody(definition)}`, insertText: call, isSnippet: parameters.length > 0 };
  });
}

function functions(): Item[] {
  return FUNCTIONS.map((row) => ({ label: row.name, kind: 'function', detail: row.signature, documentation: `${row.doc} Example: ${row.example}`, insertText: `${row.name}($1)$0`, isSnippet: true }));
}

function relations(): Item[] {
  return RELATIONS.map((relation) => ({ label: `${relation} of`, kind: 'relation', detail: 'lineage', documentation: `Holds when ${RELATION_WORDS[relation]} matches the query in brackets.`, insertText: `${relation} of [$1]$0`, isSnippet: true }));
}

/** Pipes that may follow what the hunt has so far. */
function pipes(before: readonly string[]): Item[] {
  const made = before.some((name) => PIPES.find((pipe) => pipe.name === name)?.makesTable === true);
  const may = (pipe: PipeRow): boolean => !made || ['filter', 'sort', 'head', 'tail', 'table', 'chart'].includes(pipe.name);
  return PIPES.filter(may).map((pipe): Item => ({ label: pipe.name, kind: 'pipe', detail: pipe.example, documentation: pipe.doc, insertText: pipe.args === 'none' || pipe.args === 'tree' ? pipe.name : pipe.name === 'count' ? 'count ' : `${pipe.name} `, isSnippet: false }));
}

/** Sources with their row counts, those with rows first, most first. */
function sources(catalogue: Catalogue | undefined): Item[] {
  const rows = new Map(catalogue?.sources.map((source) => [source.name, source.rows]));
  return SOURCES.map((source) => ({ source, count: rows.get(source.name) }))
    .sort((a, b) => Number((b.count ?? 0) > 0) - Number((a.count ?? 0) > 0))
    .map(({ source, count }) => ({ label: source.name, kind: 'source', detail: count === undefined ? '' : `${grouped(count)} rows`, documentation: source.doc, insertText: `${source.name} where `, isSnippet: false }));
}
