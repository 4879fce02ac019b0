import { mayBeAbsent, placesCompared } from './absence.js';
import { balanced } from './balanced.js';
import type { Bound } from './bound.js';
import { clickHouseCall, clickHouseDerived } from './clickhouseFunctions.js';
import { clickHouseRelation } from './clickhouseRelations.js';
import type { Dialect, Parameters, Printer, PrintContext, Statement } from './dialect.js';
import { longList, longValues, type LongList } from './longList.js';
import { numbersWritten } from './numberText.js';
import { foldAscii, hasWildcard, likeOf } from './pattern.js';
import type { Place } from './resolve.js';
import { ACTION_SPELLINGS } from './sources.js';
import type { SqlValue } from './sqlFunctions.js';
import type { Scope } from './sqlScope.js';
import { kinOf, type Kin } from './types.js';

/** Texts put in the place of columns: inside a lambda the item it looks at. */
type Stead = ReadonlyMap<string, string>;
const NO_STEAD: Stead = new Map();

/**
 * Prints bound expressions as ClickHouse's SQL over one scope. Texts and lists lie in their rows (store/clickhouseSchema.ts): an interned column is the
 * text itself, an argument list an array, and an absent list an empty one.
 */
class ClickHousePrinter implements Printer {
  private readonly params: Parameters;
  readonly scope: Scope;

  constructor(private readonly context: PrintContext) {
    this.params = context.params;
    this.scope = context.scope;
  }

  condition(expr: Bound): string {
    switch (expr.kind) {
      case 'and':
      case 'or':
        return balanced(expr.operands.map((operand) => this.condition(operand)), expr.kind === 'and' ? 'AND' : 'OR');
      case 'not':
        return `NOT ${this.condition(expr.operand)}`;
      default:
        return mayBeAbsent(expr) ? `ifNull(${this.leaf(expr, NO_STEAD)}, 0)` : `(${this.leaf(expr, NO_STEAD)})`;
    }
  }

  threeValued(expr: Bound): string {
    if (expr.kind === 'and' || expr.kind === 'or') return balanced(expr.operands.map((operand) => this.threeValued(operand)), expr.kind === 'and' ? 'AND' : 'OR');
    if (expr.kind === 'not') return `NOT ${this.threeValued(expr.operand)}`;
    const none = this.scope.noneIn(expr);
    const leaf = this.kleene(expr, NO_STEAD);
    return none === undefined ? leaf : `coalesce(${leaf}, CASE WHEN ${none} THEN 0 END)`;
  }

  value(expr: Bound): string {
    return this.scalar(expr, NO_STEAD);
  }

  isAbsent(place: Place): string {
    return place.column.form === 'args' ? `empty(${this.scope.column(place)})` : `isNull(${place.column.derive === undefined ? this.scope.column(place) : this.placeValue(place)})`;
  }

  /** and, or, not that carry absence through. */
  private kleene(expr: Bound, stead: Stead): string {
    if (expr.kind === 'and' || expr.kind === 'or') return balanced(expr.operands.map((operand) => this.kleene(operand, stead)), expr.kind === 'and' ? 'AND' : 'OR');
    if (expr.kind === 'not') return `NOT ${this.kleene(expr.operand, stead)}`;
    return `(${this.leaf(expr, stead)})`;
  }

  /** A boolean as a value: and, or, not take absent as false, so they never are; a test keeps absence. */
  private truth(expr: Bound, stead: Stead): string {
    if (expr.kind === 'and' || expr.kind === 'or') return balanced(expr.operands.map((operand) => `ifNull(${this.truth(operand, stead)}, 0)`), expr.kind === 'and' ? 'AND' : 'OR');
    if (expr.kind === 'not') return `NOT ifNull(${this.truth(expr.operand, stead)}, 0)`;
    return this.leaf(expr, stead);
  }

  /** A test without and, or, not around it; NULL where absent. A list passes if any of its items does. */
  private leaf(expr: Bound, stead: Stead): string {
    if (expr.kind !== 'compare' && expr.kind !== 'in' && expr.kind !== 'wildcard' && expr.kind !== 'regex' && expr.kind !== 'call') return this.scalar(expr, stead);
    const places = placesCompared(expr).filter((place) => !stead.has(place.name));
    const list = places.find((place) => place.column.form === 'args' || place.column.form === 'action');
    if (list === undefined) return this.test(expr, stead);
    // `!=` of a list is not ==: no item may be equal; an absent list stays absent.
    if (expr.kind === 'compare' && expr.op === '!=') return `NOT (${this.leaf({ ...expr, op: '==' }, stead)})`;
    const column = this.scope.column(list);
    if (list.column.form === 'action') return this.actionTest(expr, list, column, stead, places.length === 1);
    const item = `item_${list.name.replace(/\W/g, '_')}`;
    const inner = this.leaf(expr, new Map([...stead, [list.name, itemText(list, item)]]));
    const any = `arrayExists(${item} -> ifNull(${inner}, 0), ${column})`;
    return list.column.always === true ? any : `if(empty(${column}), NULL, ${any})`; // of what is always known an empty list is no answer left open
  }

  /** The canonical action stands for all its spellings: those for which the test holds are found once where it asks nothing else of the row. */
  private actionTest(expr: Bound, list: Place, column: string, stead: Stead, isAlone: boolean): string {
    const testOf = (word: string): string => this.leaf(expr, new Map([...stead, [list.name, word]]));
    if (isAlone && stead.size === 0) return `(${column} IN (SELECT w.action FROM ${ACTION_WORDS} w WHERE ${testOf('w.word')}) OR ${testOf(column)})`;
    return `(arrayExists(word -> ifNull(${testOf('word')}, 0), ${SPELLINGS}[assumeNotNull(${column})]) OR ${testOf(column)})`;
  }

  /** One test over values. */
  private test(expr: Bound, stead: Stead): string {
    switch (expr.kind) {
      case 'compare':
        return this.compare(expr, stead);
      case 'in':
        return this.isIn(expr, stead);
      case 'wildcard':
        return balanced(this.wildcards(this.scalar(expr.subject, stead), expr.patterns, expr.folds), 'OR');
      case 'regex': {
        const text = this.scalar(expr.subject, stead);
        return balanced(expr.patterns.map((pattern) => `match(${text}, ${this.params.add(`\\A(?s:${pattern})\\z`)})`), 'OR');
      }
      default:
        return this.scalar(expr, stead);
    }
  }

  private wildcards(text: string, patterns: readonly string[], folds: boolean): string[] {
    const cased = folds ? `lower(${text})` : text;
    const add = (pattern: string): string => this.params.add(folds ? foldAscii(pattern) : pattern);
    const plain = patterns.filter((pattern) => !hasWildcard(pattern));
    const tests = patterns.filter(hasWildcard).map((pattern) => `${cased} LIKE ${add(likeOf(pattern))}`);
    return plain.length === 0 ? tests : [this.equalsLong(cased, longValues(folds ? plain.map(foldAscii) : plain), false) ?? equalsAny(cased, plain.map(add)), ...tests];
  }

  /** Whether a value is in a list that is one parameter. */
  private equalsLong(value: string, list: LongList | undefined, folds: boolean): string | undefined {
    if (list === undefined) return undefined;
    const items = `arrayJoin(JSONExtract(${this.params.add(list.json)}, 'Array(${{ text: 'String', int: 'Int64', float: 'Float64' }[list.kind]})'))`;
    return `if(isNull(${value}), NULL, ${value} IN (SELECT ${folds ? `lower(${items})` : items}))`;
  }

  private isIn(expr: Extract<Bound, { kind: 'in' }>, stead: Stead): string {
    const numbers = this.asNumber(expr.subject, stead) === undefined ? undefined : numbersWritten(expr.items);
    const subject = numbers === undefined ? this.scalar(expr.subject, stead) : this.asNumber(expr.subject, stead)!; // asked just before
    const folds = expr.folds && kinOf(expr.subject.type) !== 'number' && numbers === undefined;
    const value = folds ? `lower(${subject})` : subject;
    const long = this.equalsLong(value, numbers === undefined ? longList(expr.items) : longValues(numbers), folds);
    if (long !== undefined) return long;
    const items = numbers?.map((item) => this.params.add(item)) ?? expr.items.map((item) => this.scalar(item, stead));
    const cased = folds ? items.map((item) => `lower(${item})`) : items;
    // An item that is absent leaves the answer open where no other is equal: IN would say no.
    if (expr.items.every((item) => item.kind === 'value' && item.value !== null)) return equalsAny(value, cased);
    return balanced(cased.map((item) => `(${value} = ${item})`), 'OR');
  }

  private compare(expr: Extract<Bound, { kind: 'compare' }>, stead: Stead): string {
    const op = expr.op === '==' ? '=' : expr.op;
    if (expr.op === '==' || expr.op === '!=') {
      for (const [place, other] of [[expr.left, expr.right], [expr.right, expr.left]] as const) {
        const column = this.asNumber(place, stead);
        const numbers = column === undefined ? undefined : numbersWritten([other]);
        if (numbers !== undefined) return `${column!} ${op} ${this.params.add(numbers[0]!)}`; // one number for the one literal
      }
    }
    return `${this.scalar(expr.left, stead)} ${op} ${this.scalar(expr.right, stead)}`;
  }

  /** The integer behind a place that ECS writes as text. */
  private asNumber(expr: Bound, stead: Stead): string | undefined {
    return expr.kind === 'place' && expr.place.column.form === 'number' && !stead.has(expr.place.name) ? this.scope.column(expr.place) : undefined;
  }

  private scalar(expr: Bound, stead: Stead): string {
    switch (expr.kind) {
      case 'value':
        return expr.value === null ? 'NULL' : typeof expr.value === 'boolean' ? String(Number(expr.value)) : this.params.add(expr.value);
      case 'absent':
        return 'NULL';
      case 'column':
        return this.context.made[expr.index]!; // the binder took the index from the same columns
      case 'place':
        return stead.get(expr.place.name) ?? this.placeValue(expr.place);
      case 'count':
        return expr.list.kind === 'place' && expr.list.place.column.form === 'args' ? `nullIf(length(${this.scope.column(expr.list.place)}), 0)` : '1';
      case 'items':
        return this.items(expr, stead);
      case 'item': {
        const item = stead.get(itemName(expr.item)) ?? 'NULL';
        return expr.path.length === 0 ? item : `JSONExtract(${[item, ...expr.path.map((name) => this.params.add(name))].join(', ')}, '${typeOf(kinOf(expr.type))}')`;
      }
      case 'threeValued':
        return `(${this.kleene(expr.operand, stead)})`;
      case 'call': {
        const args = expr.args.map((arg) => (arg.type === 'bool' && expr.row.result === 'text' && expr.row.name !== 'between' ? `CASE ${this.scalar(arg, stead)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END` : this.scalar(arg, stead)));
        return clickHouseCall(expr.row, args, expr.folds) ?? 'NULL';
      }
      case 'arithmetic':
        return this.arithmetic(expr, stead);
      case 'isNull':
        return this.isNull(expr, stead);
      case 'and':
      case 'or':
      case 'not':
        return this.truth(expr, stead);
      case 'relation':
        return clickHouseRelation(expr, this.context);
      case 'compare':
      case 'in':
      case 'wildcard':
      case 'regex':
        return `(${this.leaf(expr, stead)})`;
    }
  }

  private isNull(expr: Extract<Bound, { kind: 'isNull' }>, stead: Stead): string {
    const { operand } = expr;
    const not = expr.negated ? 'NOT ' : '';
    if (operand.kind === 'place' && !stead.has(operand.place.name)) return `${not}${this.isAbsent(operand.place)}`;
    return `${not}isNull(${operand.type === 'bool' ? this.truth(operand, stead) : this.scalar(operand, stead)})`;
  }

  private items(expr: Extract<Bound, { kind: 'items' }>, stead: Stead): string {
    const item = `i${expr.item}`;
    const list = expr.list.kind === 'place' ? this.scope.column(expr.list.place) : `JSONExtractArrayRaw(ifNull(${this.scalar(expr.list, stead)}, ''))`;
    const text = expr.list.kind === 'place' ? itemText(expr.list.place, item) : expr.list.kind === 'column' ? `JSONExtract(${item}, '${typeOf(kinOf(expr.list.type))}')` : `JSONExtractString(${item})`;
    const passes = `${item} -> ifNull(${this.truth(expr.where, new Map([...stead, [itemName(expr.item), text]]))}, 0)`;
    return `if(empty(${list}), NULL, ${expr.counts ? 'toInt64(arrayCount' : '(arrayExists'}(${passes}, ${list})))`;
  }

  private arithmetic(expr: Extract<Bound, { kind: 'arithmetic' }>, stead: Stead): string {
    const left = this.scalar(expr.left, stead), right = this.scalar(expr.right, stead);
    if (expr.op === '%') return `moduloOrNull(${left}, ${right})`;
    if (expr.op === '/') return `${expr.type === 'float' ? 'divideOrNull' : 'intDivOrNull'}(${left}, ${right})`;
    return `(${left} ${expr.op} ${right})`;
  }

  private placeValue(place: Place): string {
    const column = this.scope.column(place);
    switch (place.column.form) {
      case 'plain':
        return place.type === 'bool' ? `(${column} <> 0)` : column; // CASE and if take no other integer for a condition
      case 'action':
        return column;
      case 'interned':
        return place.column.derive === undefined ? column : clickHouseDerived(place.column.derive, column);
      case 'number':
        return `toString(${column})`;
      case 'basis':
        return `(CASE ${column} WHEN 0 THEN 'observed' WHEN 1 THEN 'derived' WHEN 2 THEN 'inferred' END)`;
      case 'args':
        return `if(empty(${column}), NULL, toJSONString(${column}))`;
    }
  }
}

function equalsAny(value: string, items: readonly string[]): string {
  return items.length === 1 ? `${value} = ${items[0]!}` : `if(isNull(${value}), NULL, ${value} IN (${items.join(', ')}))`;
}

function itemText(list: Place, item: string): string {
  return list.column.derive === undefined ? item : clickHouseDerived(list.column.derive, item);
}

function itemName(item: number): string {
  return `item ${item}`; // no field is called so
}

const quote = (word: string): string => `'${word.replaceAll("'", "\\'")}'`;
const SPELLED = Object.entries(ACTION_SPELLINGS);
const SPELLINGS = `map(${SPELLED.map(([action, words]) => `${quote(action)}, [${words.map(quote).join(', ')}]`).join(', ')})`;
const ACTION_WORDS = `(SELECT * FROM values('action String, word String', ${SPELLED.flatMap(([action, words]) => [action, ...words].map((word) => `(${quote(action)}, ${quote(word)})`)).join(', ')}))`;

function typeOf(kin: Kin): string {
  return kin === 'text' || kin === 'any' ? 'Nullable(String)' : kin === 'number' ? 'Nullable(Float64)' : 'Nullable(Int64)';
}

/** `{p0:String}`: a value may stand in several statements, so all of them are handed over. */
class ClickHouseParameters implements Parameters {
  private readonly values: SqlValue[] = [];

  add(value: SqlValue): string {
    if (value === null) return 'NULL';
    this.values.push(value);
    return `{p${this.values.length - 1}:${typeof value === 'string' ? 'String' : Number.isSafeInteger(value) ? 'Int64' : 'Float64'}}`;
  }

  statement(sql: string): Statement {
    let count = 0;
    for (const match of sql.matchAll(/\{p(\d+):/g)) count = Math.max(count, Number(match[1]) + 1);
    return { sql: `${sql} SETTINGS ${SETTINGS}`, params: this.values.slice(0, count) };
  }
}

/**
 * What the text is written for, said with it so that no server's defaults change its meaning: rows without a partner are NULL, not zero; `max(basis) AS
 * basis` is of the column; whole numbers come as numbers (ours end below 2^53); a question changes nothing and has a time limit (HUNT 13).
 */
const SETTINGS = 'join_use_nulls = 1, prefer_column_name_to_alias = 1, output_format_json_quote_64bit_integers = 0, output_format_json_quote_denormals = 0, max_execution_time = 60';

/** ClickHouse from 25.8 on. */
export const CLICKHOUSE: Dialect = {
  name: 'clickhouse',
  parameters: () => new ClickHouseParameters(),
  alive: () => '1', // the transport ends a query that is cancelled
  printer: (context) => new ClickHousePrinter(context),
  greatest: (values) => `greatest(${values.join(', ')})`,
  ownCondition: (where) => where.replaceAll('+', ''),
  rowOrder: (table, alias) => (table === 'event' ? `${alias}.time ASC NULLS FIRST, ${alias}.id` : `${alias}.id`), // ids are in total order within one load only
  columnOf: ({ sql, clickhouse = sql, item }) => (item === undefined ? clickhouse : `if(length(${clickhouse}) > ${item}, ${clickhouse}[${item + 1}], NULL)`),
  besideOf: ({ clickhouseFrom }) => clickhouseFrom,
  textOf: (column) => column,
  ordered: (sql, descending) => `${sql} ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`,
  given(parameter, events, keys) {
    const columns = ['basis', 'process', ...Array.from({ length: events }, (_, at) => `e${at}`)].map((name) => ({ name, type: 'Nullable(Int64)' })).concat(keys.map((kin, at) => ({ name: `k${at}`, type: typeOf(kin) })));
    return `SELECT toInt64(place) - 1 AS id, ${extracted(columns)} FROM ${numberedItems(parameter)}`;
  },
  // A join reads its right side whole into memory; ids grow along the table, so that these few are found by their ranges.
  eventsOf: (parameter) => `(SELECT * FROM event WHERE id IN (SELECT arrayJoin(JSONExtract(${parameter()}, 'Array(Int64)'))))`,
  givenTable(parameter, kinds) {
    const columns = [{ name: 'basis', type: 'Nullable(Int64)' }, ...kinds.map((kin, at) => ({ name: `c${at}`, type: typeOf(kin) }))];
    return `SELECT NULL AS id, NULL AS process, ${extracted(columns)}, toInt64(place) - 1 AS n FROM ${numberedItems(parameter)}`;
  },
  aggregate(name, value, order) {
    const of = value ?? 'NULL';
    switch (name) {
      case 'count':
        return value === undefined ? 'count()' : `count(${value})`;
      case 'distinct':
        return value === undefined ? 'count()' : `uniqExact(${value})`;
      case 'min':
      case 'max':
      case 'sum':
      case 'avg':
        return `${name}OrNull(${of})`; // of no rows NULL, never zero
      case 'median':
      case 'p90':
      case 'p99':
        return `quantileExactInclusiveOrNull(${{ median: 0.5, p90: 0.9, p99: 0.99 }[name]})(${of})`;
      case 'first':
        return `argMinOrNull(${of}, ${order})`;
      case 'last':
        return `argMaxOrNull(${of}, ${order})`;
      case 'values':
        return `nullIf(toJSONString(arrayDistinct(arrayMap(pair -> pair.2, arraySort(groupArrayIf((${order}, assumeNotNull(${of})), isNotNull(${of})))))), '[]')`; // an empty list is absent
    }
  },
  bucket: (time, micros) => `(${time} - positiveModulo(${time}, ${micros}))`,
  numbered: (head, body, order) => `${head}, row_number() OVER (ORDER BY ${order}) AS n ${body}`,
  wanted: (head, body) => `${head} ${body} AND mask <> 0 ORDER BY e.time, e.id`,
};

/** The arrays of one JSON text as rows (place, items). */
function numberedItems(parameter: string): string {
  return `(SELECT tupleElement(pair, 1) AS place, tupleElement(pair, 2) AS items FROM (SELECT arrayJoin(arrayZip(arrayEnumerate(all), all)) AS pair FROM (SELECT JSONExtractArrayRaw(${parameter}) AS all)))`;
}

function extracted(columns: readonly { readonly name: string; readonly type: string }[]): string {
  return columns.map(({ name, type }, at) => `JSONExtract(items, ${at + 1}, '${type}') AS ${name}`).join(', ');
}
