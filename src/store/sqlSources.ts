import { isSign, selectAt, type SqlBlock, type SqlPart, wordOf } from './sqlBlocks.js';

export interface SqlColumn {
  readonly name: string;
  /** integer, real, text, or where it comes from. */
  readonly type: string;
}

/** Columns by the name of a table, view or WITH, in small letters. */
export type SqlTables = ReadonlyMap<string, readonly SqlColumn[]>;

/** One source of a FROM: what it is called there, and its columns; none where the table is unknown. */
export interface SqlSource {
  readonly alias: string;
  readonly columns: readonly SqlColumn[];
}

/** Words that end a FROM, or stand in it and name nothing. */
const NO_NAME = new Set(['AS', 'CROSS', 'EXCEPT', 'FROM', 'FULL', 'GROUP', 'HAVING', 'INDEXED', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'NATURAL', 'NOT', 'ON', 'ORDER', 'OUTER', 'RIGHT', 'SELECT', 'UNION', 'USING', 'WHERE', 'WINDOW']);
const AFTER_FROM = new Set(['WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'WINDOW']);
/** Queries in queries that are looked into: a text may nest without end. */
const DEEPEST = 32;

/** The name that a part is; undefined for signs, texts, blocks and words that name nothing. */
export function nameOf(part: SqlPart | undefined): string | undefined {
  if (part?.kind === 'name') return part.text.slice(1, -1);
  return part?.kind === 'word' && !NO_NAME.has(wordOf(part)) ? part.text : undefined;
}

/** The sources of one SELECT, in order. */
export function sourcesOf(select: readonly SqlPart[], tables: SqlTables, depth = 0): SqlSource[] {
  const found: SqlSource[] = [];
  let isInFrom = false, isExpected = false;
  for (let at = 0; at < select.length; at++) {
    const part = select[at]!;
    const word = wordOf(part);
    if (word === 'FROM' || word === 'JOIN') isInFrom = isExpected = true;
    else if (AFTER_FROM.has(word)) isInFrom = isExpected = false;
    else if (isSign(part, ',')) isExpected = isInFrom;
    else if (isExpected) {
      isExpected = false;
      if (isSign(select[at + 1], '.')) at += 2; // main.event
      const table = nameOf(select[at]);
      if (table !== undefined && select[at + 1]?.kind === 'block') at++; // json_each(...)
      if (wordOf(select[at + 1]) === 'AS') at++;
      const alias = nameOf(select[at + 1]) ?? table;
      const columns = table !== undefined ? tables.get(table.toLowerCase()) : part.kind === 'block' ? outputsOf(part, tables, depth + 1) : undefined;
      if (alias !== undefined || part.kind === 'block') found.push({ alias: alias ?? '', columns: columns ?? [] });
    }
  }
  return found;
}

/** The columns that a query in parentheses gives, as far as they have names. */
export function outputsOf(block: SqlBlock, outer: SqlTables, depth = 0): SqlColumn[] {
  if (depth > DEEPEST) return [];
  const tables = withTables(block, outer, depth);
  const select = selectAt(block, block.from);
  const first = select.findIndex((part) => wordOf(part) === 'SELECT');
  if (first < 0) return [];
  const sources = sourcesOf(select, tables, depth);
  const found = new Map<string, SqlColumn>(); // by name: stars of stars would double without end
  const take = (item: readonly SqlPart[]): void => {
    const last = item.at(-1);
    const alias = nameOf(item.at(-3));
    if (isSign(last, '*')) for (const source of sources) if (item.length < 3 || source.alias.toLowerCase() === alias?.toLowerCase()) for (const column of source.columns) found.set(column.name, column);
    const name = wordOf(last) === 'END' ? undefined : nameOf(last);
    if (name !== undefined) found.set(name, { name, type: sources.flatMap(({ columns }) => columns).find((column) => column.name === name)?.type ?? '' });
  };
  let item: SqlPart[] = [];
  for (const part of select.slice(first + 1)) {
    if (wordOf(part) === 'FROM') break;
    if (isSign(part, ',')) {
      take(item);
      item = [];
    } else item.push(part);
  }
  take(item);
  return [...found.values()];
}

/** The tables that are known in a block: those around it, and those of its WITH. */
export function withTables({ parts }: SqlBlock, outer: SqlTables, depth = 0): SqlTables {
  if (!parts.slice(0, 4).some((part) => wordOf(part) === 'WITH')) return outer; // EXPLAIN QUERY PLAN may stand before it
  const tables = new Map(outer);
  for (let at = 0; at < parts.length; at++) {
    if (wordOf(parts[at]) !== 'AS') continue;
    const before = parts[at - 1];
    const list = before?.kind === 'block' ? before : undefined;
    const name = nameOf(list === undefined ? before : parts[at - 2]);
    const query = parts.slice(at + 1, at + 4).find((part) => part.kind === 'block'); // NOT MATERIALIZED may stand between
    if (name === undefined || query === undefined) continue;
    const named = list?.parts.flatMap((part) => nameOf(part) ?? []).map((column) => ({ name: column, type: '' }));
    tables.set(name.toLowerCase(), named ?? outputsOf(query, tables, depth + 1));
  }
  return tables;
}
