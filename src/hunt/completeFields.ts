import type { Catalogue, EvidenceField } from './answers.js';
import type { Item } from './completionItem.js';
import type { CompletionPlace } from './completionPlace.js';
import { evidenceField } from './evidenceFields.js';
import { FIELDS, originOf, type FieldDoc } from './fieldList.js';
import { alone, visibleLets, type HuntTexts } from './huntTexts.js';
import { printFieldName } from './print.js';
import { STORE_FIELDS, type Table } from './resolve.js';
import { SOURCE_NAMES } from './sources.js';
import type { ValueType } from './types.js';

/** What a link is most often asked for; the rest comes once the link is typed. */
const COMMON_LEAVES = new Set(['name', 'pid', 'executable', 'command_line', 'user.id', 'entity_id']);
/** An export may name thousands; what lies below a path that is typed is few again. */
const RECORD_FIELDS_AT_MOST = 300;
const DOCS: ReadonlyMap<string, FieldDoc> = new Map(FIELDS.map((field) => [field.name, field]));

/** Fields the evidence has, fullest first; then lineage fields; then the rest. */
export function fields(at: { readonly source: string; readonly partial: string; readonly events: readonly string[] }, catalogue: Catalogue | undefined, asked?: HuntTexts): Item[] {
  const event = at.events.find((name) => at.partial.startsWith(`${name}.`));
  if (event !== undefined) {
    return fields({ source: 'any', partial: at.partial.slice(event.length + 1), events: [] }, catalogue).map((item) => ({ ...item, label: `${event}.${item.label}`, insertText: `${event}.${item.insertText}` }));
  }
  const { source, partial } = at;
  const table = tableOf(source, asked ?? alone('', catalogue));
  const filled = new Map(catalogue?.fields.map((field) => [field.name, field.filled]));
  const link = /^(process\.(?:[a-z_]+\.)+)/.exec(partial)?.[1];
  const path = partial.slice(0, partial.lastIndexOf('.') + 1);
  const all = STORE_FIELDS.names(table);
  // `entry.` is as good a way to process.entry.kind as `process.entry.`, `leader.` to process.entry_leader: a person need not know how deep a field lies.
  const isBelow = all.some((name) => name.startsWith(path)) ? (name: string) => name.startsWith(path) : (name: string) => name.includes(path);
  const names = all.filter((name) => {
    if (!isBelow(name)) return false;
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
    return (has ? 0 : 2) + (one.place !== undefined && originOf(one.name, one.place.origin) === 'lineage' ? 1 : 0);
  };
  // Of equally full ones those that the source shows come first, then what is of the process.
  const shown = SOURCE_NAMES.get(source)?.columns ?? [];
  const rankShown = (name: string): number => (shown.includes(name) ? shown.indexOf(name) : name.startsWith('process.') ? shown.length : shown.length + 1);
  known.sort((a, b) => rank(a) - rank(b) || Math.round((b.share ?? 0) * 100) - Math.round((a.share ?? 0) * 100) || rankShown(a.name) - rankShown(b.name));
  const items = known.map(({ name, share, place }): Item => ({
    label: name, kind: 'field',
    detail: [place?.list === true ? `list of ${place.type}` : (place?.type ?? ''), ...(share === undefined ? [] : [`${percent(share)} filled`])].join(', '),
    documentation: `${place?.doc ?? ''} (${place === undefined ? 'ours' : ORIGIN_WORDS[originOf(name, place.origin)]})`, insertText: printFieldName(name), isSnippet: false,
  }));
  return [...items, ...recordFields(path, catalogue), ...at.events.map((name): Item => ({ label: name, kind: 'field', detail: 'event', documentation: 'An event of this sequence; a field of it follows.', insertText: `${name}.`, isSnippet: false }))];
}

/** Fields of the records themselves that no table has, fullest first; `path` is what they lie below. */
function recordFields(path: string, catalogue: Catalogue | undefined): Item[] {
  const below = (catalogue?.evidence ?? []).filter(({ name }) => name.startsWith(path) && STORE_FIELDS.resolve(name, 'event', 'recorded').kind !== 'place');
  return [...below].sort((a, b) => b.filled - a.filled || (a.name < b.name ? -1 : 1)).slice(0, RECORD_FIELDS_AT_MOST).map((field): Item => ({
    label: field.name, kind: 'field', detail: [field.list ? `list of ${field.type}` : field.type, `${percent(field.filled)} filled`, ...field.formats].join(', '),
    documentation: recordFieldDoc(field), insertText: printFieldName(field.name), isSnippet: false,
  }));
}

/** Where a field of records comes from, in words. */
export function recordFieldDoc({ formats }: EvidenceField): string {
  return `A field of the records themselves (${formats.join(', ')}). It is read from them when a hunt asks for it.`;
}

export const ORIGIN_WORDS = { ecs: 'ECS', lineage: 'lineage', ours: 'ours' } as const;

/** `by`: ids first, then the fields that the query has already. */
export function keys(at: Extract<CompletionPlace, { kind: 'keys' | 'condition' | 'argument' }>, catalogue: Catalogue | undefined): Item[] {
  const all = fields(at, catalogue);
  const ids = ['host.id', 'process.entity_id', 'process.creator.entity_id', 'process.parent.entity_id', 'process.entry_leader.entity_id', 'user.id', 'session.id'];
  const place = (item: Item): number => (ids.includes(item.label) ? ids.indexOf(item.label) : at.used.includes(item.label) ? ids.length : ids.length + 1);
  return all.sort((a, b) => place(a) - place(b));
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`;
}

/** The table of a source, or of the source that a let comes down to. */
export function tableOf(source: string, asked: HuntTexts): Table {
  let name = source;
  for (let depth = 0; depth < 32; depth++) {
    const found = SOURCE_NAMES.get(name);
    if (found !== undefined) return found.table;
    const body = visibleLets(asked).get(name)?.body;
    if (body?.kind !== 'query') return 'event';
    const { source: inner } = body.query;
    if (inner.kind !== 'event' && inner.kind !== 'use') return 'event';
    name = inner.kind === 'event' ? inner.source : inner.name;
  }
  return 'event';
}

/** A field without the event of a sequence before it: `a.process.pid`, `events[0].process.pid`. */
export function bareField(name: string, catalogue: Catalogue | undefined): string {
  if (evidenceField(catalogue, name) !== undefined || STORE_FIELDS.resolve(name, 'event', 'recorded').kind !== 'unknown') return name;
  return name.slice(name.indexOf('.') + 1);
}

export function typeOf(field: string, table: Table, catalogue: Catalogue | undefined): { type: ValueType; list: boolean } {
  const name = bareField(field, catalogue);
  const resolution = STORE_FIELDS.resolve(name, table, 'recorded');
  return resolution.kind === 'place' ? resolution.place : (evidenceField(catalogue, name) ?? { type: 'any', list: false });
}
