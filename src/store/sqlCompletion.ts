import { STORE_TABLES } from './clickhouseSchema.js';
import { isSign, selectAt, type SqlBlock, sqlBlocks, wordOf } from './sqlBlocks.js';
import { nameOf, outputsOf, type SqlColumn, type SqlSource, type SqlTables, sourcesOf, withTables } from './sqlSources.js';
import { type SqlToken, sqlTokens } from './sqlTokens.js';
import { READABLE, viewColumns } from './sqlViews.js';
import { SQL_BEGINNINGS, SQL_FUNCTIONS_BY_NAME, SQL_KEYWORDS } from './sqlWords.js';

export interface SqlSuggestion {
  readonly kind: 'table' | 'column' | 'function' | 'keyword';
  /** What is shown, and what the typed word is compared with. */
  readonly label: string;
  /** What is written in its place: a name that SQLite would take for a word of its own is quoted. */
  readonly insert: string;
  readonly detail: string;
}

/** What may stand at a place of a SQL text. `from` to `to`: the word that is there by now. */
export interface SqlCompletion {
  readonly place: 'beginning' | 'table' | 'column' | 'expression' | 'clause';
  readonly from: number;
  readonly to: number;
  /** Those of the statement first, then functions and words. */
  readonly items: readonly SqlSuggestion[];
}

/** A longer text is not looked into, as with hunts. */
const LONGEST = 64 * 1024;
const CLAUSES = new Set(['SELECT', 'FROM', 'JOIN', 'ON', 'WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'WITH', 'VALUES', 'WINDOW']);
/** After these a query begins. */
const BEGINS = new Set(['EXPLAIN', 'PLAN', 'UNION', 'INTERSECT', 'EXCEPT']);
/** Where the columns that a SELECT names may be used. */
const BY_OUTPUT = new Set(['GROUP', 'ORDER', 'HAVING']);
/** In the place of a column SQLite takes it for a word of its own. */
const RESERVED = new Set(['END']);

const TABLES: SqlTables = tablesOfCell();

/** Tables and columns as a SQL cell sees them: those of the store, and its views in words (sqlViews.ts). */
function tablesOfCell(): SqlTables {
  const tables = new Map<string, readonly SqlColumn[]>();
  for (const { name, columns } of STORE_TABLES) {
    const view = READABLE[name];
    if (view === undefined) continue;
    tables.set(view, columns.flatMap((column) => viewColumns(column.name).map((own) => ({ name: own, type: own === column.name ? typeOf(column) : 'text' }))));
  }
  for (const { name, columns } of STORE_TABLES) tables.set(name, columns.map((column) => ({ name: column.name, type: typeOf(column) })));
  return tables;
}

function typeOf({ name, kind }: (typeof STORE_TABLES)[number]['columns'][number]): string {
  if (name.endsWith('_s')) return 'id of string';
  return kind === 'word' ? 'text' : kind;
}

/** What completes a SQL cell at a place; undefined inside texts, comments, quoted names and numbers, and where a name is made up. */
export function completeSql(sql: string, at: number): SqlCompletion | undefined {
  if (sql.length > LONGEST) return undefined;
  const tokens = sqlTokens(sql);
  if (tokens.some((token) => isInside(token, at))) return undefined;
  const typed = tokens.find(({ kind, from, to }) => kind === 'word' && from < at && at <= to);
  if (typed !== undefined && /^\d/.test(typed.text)) return undefined;
  const from = typed?.from ?? at;
  const found = suggestionsAt(sqlBlocks(sql), from);
  return found === undefined ? undefined : { ...found, from, to: typed?.to ?? at };
}

/** Whether a place lies in a text, comment or quoted name: behind the last letter too where it is not closed. */
function isInside({ kind, text, from, to }: SqlToken, at: number): boolean {
  if (kind === 'word' || kind === 'sign' || at <= from || at > to) return false;
  if (at < to) return true;
  if (kind === 'comment') return text.startsWith('--') || text.length < 4 || !text.endsWith('*/');
  const end = text.startsWith('[') ? ']' : text[0]!;
  return end === ']' ? !text.endsWith(end) : (text.split(end).length - 1) % 2 === 1;
}

function suggestionsAt(root: SqlBlock, at: number): Pick<SqlCompletion, 'place' | 'items'> | undefined {
  const chain = blocksAt(root, at);
  const own = chain.at(-1)!; // the whole text is one
  const before = own.parts.filter(({ to }) => to <= at);
  const last = before.at(-1), word = wordOf(last), wordBefore = wordOf(before.at(-2));
  const opener = last === undefined ? wordOf(chain.at(-2)?.parts.filter(({ to }) => to <= own.from).at(-1)) : '';
  const select = selectAt(own, at);
  const clause = select.filter(({ to }) => to <= at).map(wordOf).reverse().find((each) => CLAUSES.has(each)) ?? '';
  const { tables, sources } = known(chain, at);

  if (isSign(last, '.')) return { place: 'column', items: columnsOf(sources, nameOf(before.at(-2))) };
  const isBegun = last === undefined ? own === root || opener === 'AS' : BEGINS.has(word) || (word === 'ALL' && wordBefore === 'UNION') || (clause === 'WITH' && last.kind === 'block' && (wordBefore === 'AS' || wordBefore === 'MATERIALIZED'));
  if (isBegun) return { place: 'beginning', items: words(SQL_BEGINNINGS) };
  if (word === 'AS' || clause === 'WITH') return undefined; // a name is made up
  const isQuery = opener === 'FROM' || opener === 'JOIN';
  if (isQuery || word === 'FROM' || word === 'JOIN' || (isSign(last, ',') && (clause === 'FROM' || clause === 'JOIN' || clause === 'ON'))) return { place: 'table', items: [...tableItems(tables), ...(isQuery ? words(['SELECT']) : [])] };
  if (clause === 'FROM' || clause === 'JOIN') return { place: 'clause', items: words(SQL_KEYWORDS) };
  const outputs = BY_OUTPUT.has(clause) ? outputsOf({ ...own, parts: select }, tables).map((column) => columnItem(column.name, column.type)) : [];
  const items = [...expressionColumns(sources, tables), ...outputs];
  const functions = Object.entries(SQL_FUNCTIONS_BY_NAME).map(([label, detail]): SqlSuggestion => ({ kind: 'function', label, insert: label, detail }));
  return { place: 'expression', items: [...new Map(items.map((item) => [`${item.kind} ${item.label}`, item])).values(), ...functions, ...words(SQL_KEYWORDS)] };
}

/** The blocks around a place, the whole text first. */
function blocksAt(root: SqlBlock, at: number): SqlBlock[] {
  const chain = [root];
  for (let block: SqlBlock | undefined = root; block !== undefined;) {
    block = block.parts.find((part): part is SqlBlock => part.kind === 'block' && part.from < at && at < part.to);
    if (block !== undefined) chain.push(block);
  }
  return chain;
}

/** The tables and sources that blocks see from their inside, the nearest sources first. */
function known(chain: readonly SqlBlock[], at: number): { readonly tables: SqlTables; readonly sources: readonly SqlSource[] } {
  let tables = TABLES;
  let sources: readonly SqlSource[] = [];
  for (const block of chain) {
    tables = withTables(block, tables);
    sources = [...sourcesOf(selectAt(block, at), tables), ...sources];
  }
  return { tables, sources };
}

function columnsOf(sources: readonly SqlSource[], alias: string | undefined): SqlSuggestion[] {
  const source = sources.find((one) => one.alias.toLowerCase() === alias?.toLowerCase());
  return (source?.columns ?? []).map(({ name, type }) => columnItem(name, type));
}

/** Columns of the sources: by themselves where one source has them, else by their source. Before there is a FROM those of the views. */
function expressionColumns(sources: readonly SqlSource[], tables: SqlTables): SqlSuggestion[] {
  const seen = sources.length > 0 ? sources : Object.values(READABLE).map((alias) => ({ alias, columns: tables.get(alias) ?? [] }));
  const holders = new Map<string, string[]>();
  for (const { alias, columns } of seen) for (const { name } of columns) holders.set(name, [...(holders.get(name) ?? []), alias]);
  const columns = seen.flatMap(({ alias, columns: own }) => own.map(({ name, type }): SqlSuggestion => {
    const of = holders.get(name)!; // counted just before
    if (sources.length === 0) return columnItem(name, of.join(', '));
    const plain = columnItem(name, [type, alias].filter((text) => text !== '').join(', '));
    return of.length > 1 && alias !== '' ? { ...plain, label: `${alias}.${name}`, insert: `${alias}.${plain.insert}` } : plain;
  }));
  return [...columns, ...sources.filter(({ alias }) => alias !== '').map(({ alias }): SqlSuggestion => ({ kind: 'table', label: alias, insert: alias, detail: 'of this statement' }))];
}

function tableItems(tables: SqlTables): SqlSuggestion[] {
  const views = new Map(Object.entries(READABLE).map(([table, view]) => [view, `${table} in words`]));
  const own = [...tables.keys()].filter((name) => !TABLES.has(name)); // of WITH
  return [...own, ...TABLES.keys()].map((name) => ({ kind: 'table', label: name, insert: name, detail: views.get(name) ?? (TABLES.has(name) ? 'table' : 'of this statement') }));
}

function columnItem(name: string, detail: string): SqlSuggestion {
  return { kind: 'column', label: name, insert: RESERVED.has(name.toUpperCase()) ? `"${name}"` : name, detail };
}

function words(list: readonly string[]): SqlSuggestion[] {
  return list.map((label) => ({ kind: 'keyword', label, insert: label, detail: '' }));
}
