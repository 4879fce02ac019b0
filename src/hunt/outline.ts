import type { Range } from './diagnostics.js';
import { parsedOf } from './huntTexts.js';
import type { Query } from './tree.js';

/** One line of the outline. */
export interface OutlineItem extends Range {
  readonly name: string;
  /** Beside the name. */
  readonly detail: string;
  readonly kind: 'let' | 'function' | 'query' | 'term';
  /** What is chosen when a person goes there. */
  readonly nameRange: Range;
  readonly children: readonly OutlineItem[];
}

/** The lets of a text and its query; below a sequence its terms. */
export function outlineOf(text: string): readonly OutlineItem[] {
  const { hunt } = parsedOf(text);
  const lets = hunt.definitions.map((definition): OutlineItem => {
    const { name, nameRange, parameters, body, from, to } = definition;
    const detail = parameters.length > 0 ? `(${parameters.map((parameter) => parameter.name).join(', ')})` : shortened(text.slice(body.kind === 'query' ? body.query.from : body.expr.from, to));
    return { name, detail, kind: parameters.length > 0 ? 'function' : 'let', from, to, nameRange, children: body.kind === 'query' ? termsOf(body.query, text) : [] };
  });
  const { query } = hunt;
  if (query === undefined || query.to <= query.from) return lets;
  const { source } = query;
  const name = source.kind === 'event' ? source.source : source.kind === 'use' ? source.name : source.kind;
  const nameRange = source.kind === 'event' ? source.sourceRange : { from: source.from, to: source.kind === 'use' ? source.to : source.from + source.kind.length };
  const item: OutlineItem = { name: name === '' ? 'query' : name, detail: shortened(text.slice(nameRange.to, query.to)), kind: 'query', from: query.from, to: query.to, nameRange, children: termsOf(query, text) };
  return [...lets, item].sort((a, b) => a.from - b.from);
}

function termsOf({ source }: Query, text: string): OutlineItem[] {
  if (source.kind === 'event' || source.kind === 'use') return [];
  return [...source.terms, ...(source.until === undefined ? [] : [source.until])].map((term) => {
    const name = term.name ?? `${term.negated ? '!' : term === source.until ? 'until ' : ''}${term.inner.kind === 'use' ? term.inner.name : term.inner.source}`;
    const nameRange = term.nameRange ?? (term.inner.kind === 'use' ? term.inner : term.inner.sourceRange);
    return { name: name === '' ? 'term' : name, detail: term.inner.kind === 'use' ? '' : shortened(text.slice(term.inner.where.from, term.inner.where.to)), kind: 'term', from: term.from, to: term.to, nameRange, children: [] };
  });
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
