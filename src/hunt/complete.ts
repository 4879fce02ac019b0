import type { Catalogue } from '../engine/requests.js';
import { completionPlace, type CompletionPlace } from './completionPlace.js';
import { FIELDS, type FieldDoc } from './fieldList.js';
import { FUNCTIONS } from './functions.js';
import { PIPES, type PipeRow } from './pipes.js';
import { STORE_FIELDS, type Table } from './resolve.js';
import { ACTION_SPELLINGS, SOURCES, SOURCE_NAMES } from './sources.js';
import { RELATIONS } from './tree.js';
import { kinOf, type ValueType } from './types.js';

/** One thing that may stand at the cursor. The list is in the order to show it in. */
export interface Completion {
  readonly label: string;
  readonly kind: 'source' | 'field' | 'operator' | 'value' | 'pipe' | 'function' | 'relation' | 'keyword' | 'snippet';
  /** Beside the label: how many, how full. */
  readonly detail: string;
  readonly documentation: string;
  readonly insertText: string;
  /** `insertText` holds `$1`, `$0` places. */
  readonly isSnippet: boolean;
  /** What it replaces. */
  readonly from: number;
  readonly to: number;
}

type Item = Omit<Completion, 'from' | 'to'>;

/** What may stand at `offset` (UTF-16 code units), best first. Values come from the catalogue of the open evidence, with their counts. */
export function complete(text: string, offset: number, catalogue?: Catalogue): readonly Completion[] {
  const place = completionPlace(text, offset);
  const { from, to } = place;
  return itemsAt(place, catalogue).map((item) => ({ ...item, from, to }));
}

function itemsAt(place: CompletionPlace, catalogue: Catalogue | undefined): readonly Item[] {
  switch (place.kind) {
    case 'nothing':
      return [];
    case 'source':
      return [...sources(catalogue), ...(place.inBrackets ? [] : SNIPPETS)];
    case 'where':
      return [keyword('where', 'The condition follows.', 'where ')];
    case 'condition':
      return [...fields(place.source, catalogue, place.partial), ...relations(), ...functions(), keyword('not', 'Negates what follows; absent counts as false.', 'not ')];
    case 'argument':
      return [...fields(place.source, catalogue, place.partial), ...functions()];
    case 'keys':
      return keys(place.source, catalogue, place.partial);
    case 'columns':
      return place.columns.map((name) => ({ label: name, kind: 'field', detail: 'column', documentation: 'A column that the pipe before made.', insertText: quoted(name), isSnippet: false }));
    case 'operator':
      return operators(typeOf(place.field, tableOf(place.source)));
    case 'value':
      return values(place.field, tableOf(place.source), catalogue, place.quoted);
    case 'after':
      return [keyword('and', 'Both must hold.', 'and '), keyword('or', 'One must hold.', 'or '), ...pipes(place.pipes).map((item) => ({ ...item, label: `| ${item.label}`, insertText: `| ${item.insertText}` }))];
    case 'pipe':
      return pipes(place.pipes);
    case 'word':
      return place.words.map((word) => keyword(word, '', `${word} `));
  }
}

function keyword(label: string, documentation: string, insertText: string): Item {
  return { label, kind: 'keyword', detail: '', documentation, insertText, isSnippet: false };
}

function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function tableOf(source: string): Table {
  return SOURCE_NAMES.get(source)?.table ?? 'event';
}

function typeOf(field: string, table: Table): { type: ValueType; list: boolean } {
  const resolution = STORE_FIELDS.resolve(field, table, 'recorded');
  return resolution.kind === 'place' ? resolution.place : { type: 'any', list: false };
}

/** Sources with their row counts, those with rows first, most first. */
function sources(catalogue: Catalogue | undefined): Item[] {
  const rows = new Map(catalogue?.sources.map((source) => [source.name, source.rows]));
  return SOURCES.map((source) => ({ source, count: rows.get(source.name) }))
    .sort((a, b) => Number((b.count ?? 0) > 0) - Number((a.count ?? 0) > 0))
    .map(({ source, count }) => ({ label: source.name, kind: 'source', detail: count === undefined ? '' : `${number(count)} rows`, documentation: source.doc, insertText: `${source.name} where `, isSnippet: false }));
}

const SNIPPETS: readonly Item[] = [
  { label: 'orphans as a tree', kind: 'snippet', detail: 'every process torn from its parent', documentation: 'processes where process.orphan | tree', insertText: 'processes where process.orphan | tree', isSnippet: false },
  { label: 'programs from writable folders', kind: 'snippet', detail: 'run by others than root', documentation: 'exec where process.exe.writable_dir and user.id != "0"', insertText: 'exec where process.exe.writable_dir and user.id != "${1:0}"$0', isSnippet: true },
];

/** What a link is most often asked for; the rest comes once the link is typed. */
const COMMON_LEAVES = new Set(['name', 'pid', 'executable', 'command_line', 'user.id', 'entity_id']);
const DOCS: ReadonlyMap<string, FieldDoc> = new Map(FIELDS.map((field) => [field.name, field]));

/** Fields the evidence has, fullest first; then lineage fields; then the rest. */
function fields(source: string, catalogue: Catalogue | undefined, partial: string): Item[] {
  const table = tableOf(source);
  const filled = new Map(catalogue?.fields.map((field) => [field.name, field.filled]));
  const link = /^(process\.(?:[a-z_]+\.)+)/.exec(partial)?.[1];
  const path = partial.slice(0, partial.lastIndexOf('.') + 1);
  const names = STORE_FIELDS.names(table).filter((name) => {
    if (!name.startsWith(path)) return false;
    const deep = /^process\.(?:parent|creator|adopter|launcher|entry_leader|requester|session_leader|group_leader)\.(.+)$/.exec(name);
    return deep === null || DOCS.has(name) || filled.has(name) || COMMON_LEAVES.has(deep[1]!) || (link !== undefined && name.startsWith(link));
  });
  const known = names.map((name) => {
    const resolution = STORE_FIELDS.resolve(name, table, 'recorded');
    const place = resolution.kind === 'place' ? resolution.place : undefined;
    return { name, share: filled.get(name), place };
  });
  const rank = (one: (typeof known)[number]): number => {
    const has = catalogue === undefined || (one.share ?? 0) > 0;
    return (has ? 0 : 2) + (one.place?.origin === 'lineage' ? 1 : 0);
  };
  // Of equally full ones those that the source shows come first, then what is of the process.
  const shown = SOURCE_NAMES.get(source)?.columns ?? [];
  const place = (name: string): number => (shown.includes(name) ? shown.indexOf(name) : name.startsWith('process.') ? shown.length : shown.length + 1);
  known.sort((a, b) => rank(a) - rank(b) || Math.round((b.share ?? 0) * 100) - Math.round((a.share ?? 0) * 100) || place(a.name) - place(b.name));
  return known.map(({ name, share, place }) => ({
    label: name, kind: 'field',
    detail: [place?.list === true ? `list of ${place.type}` : (place?.type ?? ''), ...(share === undefined ? [] : [`${percent(share)} filled`])].join(', '),
    documentation: `${place?.doc ?? ''} (${place?.origin === 'ecs' ? 'ECS' : place?.origin === 'lineage' ? 'lineage' : 'ours'})`, insertText: quoted(name), isSnippet: false,
  }));
}

/** `by`: ids first. */
function keys(source: string, catalogue: Catalogue | undefined, partial: string): Item[] {
  const all = fields(source, catalogue, partial);
  const ids = ['host.id', 'process.entity_id', 'process.creator.entity_id', 'process.parent.entity_id', 'process.entry_leader.entity_id', 'user.id', 'session.id'];
  const place = (item: Item): number => (ids.includes(item.label) ? ids.indexOf(item.label) : ids.length);
  return all.sort((a, b) => place(a) - place(b));
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`;
}

function quoted(name: string): string {
  return /^[A-Za-z_@][\w@]*(\.[A-Za-z_@][\w@]*)*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

function functions(): Item[] {
  return FUNCTIONS.map((row) => ({ label: row.name, kind: 'function', detail: row.signature, documentation: `${row.doc} Example: ${row.example}`, insertText: `${row.name}($1)$0`, isSnippet: true }));
}

function relations(): Item[] {
  return RELATIONS.map((relation) => ({ label: `${relation} of`, kind: 'relation', detail: 'lineage', documentation: `Holds when ${RELATION_WORDS[relation]} matches the query in brackets.`, insertText: `${relation} of [$1]$0`, isSnippet: true }));
}

export const RELATION_WORDS: Readonly<Record<(typeof RELATIONS)[number], string>> = {
  child: 'its parent', parent: 'one of its children', descendant: 'any process above it', ancestor: 'any process below it', sibling: 'another child of its parent', event: 'an earlier event of the process itself',
};

export const OPERATOR_DOCS: Readonly<Record<string, string>> = {
  '==': 'Equal, exactly.', '!=': 'Not equal; absent where the field is.', '<': 'Less.', '<=': 'Less or equal.', '>': 'Greater.', '>=': 'Greater or equal.',
  ':': 'Equal, ignoring case, with wildcards * and ?.', in: 'Equal to one of a list.', 'not in': 'Equal to none of a list.', 'in~': 'Equal to one of a list, ignoring case.', like: 'With wildcards * and ?.', 'like~': 'With wildcards, ignoring case.',
  regex: 'The regular expression matches the whole text.', 'regex~': 'The same, ignoring case.', '== null': 'Is absent.', '!= null': 'Is not absent.',
};

function operators({ type, list }: { type: ValueType; list: boolean }): Item[] {
  const kin = kinOf(type);
  const byKin = {
    text: ['==', '!=', ':', 'in', 'not in', 'like', 'in~', 'like~', 'regex', 'regex~', '== null', '!= null'],
    number: ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', '== null', '!= null'],
    time: ['<', '<=', '>', '>=', '==', '== null', '!= null'],
    duration: ['<', '<=', '>', '>=', '==', '== null', '!= null'],
    bool: ['and', 'or', '==', '!=', '== null', '!= null'],
    any: ['==', '!=', ':', '<', '<=', '>', '>=', 'in', 'like', 'regex', '== null', '!= null'],
  } as const;
  return byKin[kin].map((op) => {
    if (op === 'and' || op === 'or') return keyword(op, '', `${op} `);
    const takesList = op === 'in' || op === 'not in' || op === 'in~';
    const doc = list ? `${OPERATOR_DOCS[op] ?? ''} Of a list: any of its items.` : (OPERATOR_DOCS[op] ?? '');
    return { label: op, kind: 'operator', detail: '', documentation: doc, insertText: takesList ? `${op} ($1)$0` : `${op} `, isSnippet: takesList };
  });
}

const FIXED: Readonly<Record<string, readonly string[]>> = {
  'event.category': ['process', 'lineage', 'snapshot', 'network', 'file', 'authentication', 'session', 'iam', 'driver', 'configuration', 'log'],
  'event.type': ['start', 'end', 'change', 'info', 'creation', 'deletion', 'access'],
  'event.outcome': ['success', 'failure', 'unknown'],
  'event.action': Object.keys(ACTION_SPELLINGS),
  'process.entry.kind': ['login', 'service', 'timer', 'cron', 'at', 'console', 'container', 'boot'],
  'process.adopter.kind': ['init', 'subreaper', 'namespace-init'],
};

function values(field: string, table: Table, catalogue: Catalogue | undefined, inQuotes: boolean): Item[] {
  const { type } = typeOf(field, table);
  const kin = kinOf(type);
  if (kin === 'bool') return inQuotes ? [] : ['true', 'false'].map((word) => valueItem(word, word, counted(catalogue, field).get(word)));
  const counts = counted(catalogue, field);
  // A link's field has the values of the field itself, where the catalogue does not count it apart.
  const base = counts.size > 0 ? counts : counted(catalogue, field.replace(/^process\.(?:[a-z_]+\.)+(?=[a-z_]+$)/, 'process.'));
  const fixed = field.endsWith('.basis') ? ['observed', 'derived', 'inferred'] : (FIXED[field] ?? []);
  const items = [...base].map(([value, count]) => [value, count] as const);
  const rest = fixed.filter((value) => !base.has(value)).map((value) => [value, undefined] as const);
  return [...items, ...rest].map(([value, count]) => valueItem(value, kin === 'number' ? value : inQuotes ? escaped(value) : `"${escaped(value)}"`, count));
}

function counted(catalogue: Catalogue | undefined, field: string): Map<string, number> {
  return new Map(catalogue?.fields.find((one) => one.name === field)?.values);
}

function valueItem(label: string, insertText: string, count: number | undefined): Item {
  return { label, kind: 'value', detail: count === undefined ? '' : number(count), documentation: '', insertText, isSnippet: false };
}

function escaped(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters of evidence are written as escapes
  return value.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => `\\u{${char.charCodeAt(0).toString(16).padStart(4, '0')}}`);
}

/** Pipes that may follow what the hunt has so far. */
function pipes(before: readonly string[]): Item[] {
  const made = before.some((name) => PIPES.find((pipe) => pipe.name === name)?.makesTable === true);
  const may = (pipe: PipeRow): boolean => !made || ['filter', 'sort', 'head', 'tail', 'table', 'chart'].includes(pipe.name);
  return PIPES.filter(may).map((pipe) => ({ label: pipe.name, kind: 'pipe', detail: pipe.example, documentation: pipe.doc, insertText: pipe.args === 'none' || pipe.args === 'tree' ? pipe.name : pipe.name === 'count' ? 'count ' : `${pipe.name} `, isSnippet: false }));
}
