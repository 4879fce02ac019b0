import { mayBeAbsent, mayFail, placesCompared } from './absence.js';
import { balanced } from './balanced.js';
import { walkBound, type Bound } from './bound.js';
import type { Dialect, Parameters, Printer, PrintContext, Statement } from './dialect.js';
import { longList, longValues, type LongList } from './longList.js';
import { numbersWritten } from './numberText.js';
import { globOf, hasWildcard, likeOf, MAX_SQL_STARS, starsOf } from './pattern.js';
import { printRelation } from './relations.js';
import type { Place } from './resolve.js';
import { ACTION_SPELLINGS } from './sources.js';
import type { SqlValue } from './sqlFunctions.js';
import { alive, put, type Scope } from './sqlScope.js';
import { kinOf } from './types.js';

/** Texts put in the place of columns: while a predicate runs over the string table, its one column is `t.text`. */
type Stead = ReadonlyMap<string, string>;
const NO_STEAD: Stead = new Map();

/** Prints bound expressions as SQLite's SQL over one scope. */
class SqlitePrinter implements Printer {
  private readonly params: Parameters;
  readonly scope: Scope;
  private readonly made: readonly string[];

  constructor(private readonly context: PrintContext) {
    this.params = context.params;
    this.scope = context.scope;
    this.made = context.made;
  }

  private relation(expr: Extract<Bound, { kind: 'relation' }>): string {
    return printRelation(expr, this.context);
  }

  /** In condition position: 1 or 0 (or NULL for 0, where nothing negates it). Absent counts as false. */
  condition(expr: Bound, negatable = false): string {
    switch (expr.kind) {
      case 'and':
      case 'or':
        return balanced(expr.operands.map((operand) => this.condition(operand, negatable)), expr.kind === 'and' ? 'AND' : 'OR');
      case 'not':
        return `NOT ${this.condition(expr.operand, true)}`;
      default: {
        const leaf = this.leaf(expr, NO_STEAD, false);
        return negatable && mayBeAbsent(expr) ? `((${leaf}) IS TRUE)` : `(${leaf})`;
      }
    }
  }

  /** The same with absence carried through: NULL is undecided. */
  threeValued(expr: Bound): string {
    switch (expr.kind) {
      case 'and':
      case 'or':
        return balanced(expr.operands.map((operand) => this.threeValued(operand)), expr.kind === 'and' ? 'AND' : 'OR');
      case 'not':
        return `NOT ${this.threeValued(expr.operand)}`;
      default: {
        const leaf = `(${this.leaf(expr, NO_STEAD, true)})`;
        const none = this.scope.noneIn(expr);
        return none === undefined ? leaf : `coalesce(${leaf}, CASE WHEN ${none} THEN 0 END)`;
      }
    }
  }

  /** The value of an expression, NULL where absent. */
  value(expr: Bound): string {
    return this.scalar(expr, NO_STEAD);
  }

  /** SQL that is true where a place is absent. */
  isAbsent(place: Place): string {
    const column = this.scope.column(place);
    return place.column.derive === undefined ? `${column} IS NULL` : `${this.scalar({ kind: 'place', type: place.type, place }, NO_STEAD)} IS NULL`;
  }

  /** A test without and, or, not around it. `exact`: NULL where absent, never 0. */
  private leaf(expr: Bound, stead: Stead, exact: boolean): string {
    if (expr.kind === 'relation') return this.relation(expr);
    if (expr.kind === 'threeValued') return this.scalar(expr, stead);
    if (expr.kind === 'items' || expr.kind === 'item' || expr.kind === 'isNull' || expr.kind === 'value' || expr.kind === 'absent' || expr.kind === 'column') return this.scalar(expr, stead);
    const places = placesCompared(expr).filter((place) => !stead.has(place.name));
    const list = places.find((place) => place.column.form === 'args' || place.column.form === 'action');
    const only = places.length === 1 ? places[0] : undefined;
    if (list !== undefined && expr.kind === 'compare' && expr.op === '!=') {
      // `!=` of a list is not ==: no element may be equal; an absent list stays absent.
      const equal = this.leaf({ ...expr, op: '==' }, stead, true);
      return `NOT (${equal})`;
    }
    if (only !== undefined && only.column.form === 'interned') {
      const column = this.scope.column(only);
      const set = this.strings(expr, only, 't.text', stead);
      return this.guarded(column, `${column} IN (${set})`, exact, this.canFail(expr, only) ? `${column} IN (${this.undecidedStrings(expr, only, stead)})` : undefined);
    }
    if (only !== undefined && only.column.form === 'args') {
      const column = this.scope.column(only);
      return this.guarded(column, `${column} IN (SELECT i.args_s FROM arg i WHERE i.arg_s IN (${this.strings(expr, only, 't.text', stead)}))`, exact, undefined);
    }
    if (only !== undefined && only.column.form === 'action') {
      const column = this.scope.column(only);
      const word = this.test(expr, new Map([...stead, [only.name, 'w.word']]));
      const itself = this.test(expr, new Map([...stead, [only.name, column]]));
      return `(${column} IN (SELECT w.action FROM action_word w WHERE ${word}) OR ${itself})`;
    }
    if (list !== undefined && list.column.form === 'args') {
      const column = this.scope.column(list);
      const item = `i${list.name.replace(/\W/g, '_')}`;
      const inner = this.leaf(expr, new Map([...stead, [list.name, `${item}t.text`]]), false);
      return this.guarded(column, `EXISTS (SELECT 1 FROM arg ${item} JOIN string ${item}t ON ${item}t.id = ${item}.arg_s WHERE ${item}.args_s = ${column} AND ${inner})`, exact, undefined);
    }
    return this.test(expr, stead);
  }

  /** `NULL IN (nothing)` is 0 in SQLite; where absence must stay, say so. `fails`: rows whose own value made the test absent. */
  private guarded(column: string, test: string, exact: boolean, fails: string | undefined): string {
    if (!exact) return test;
    return fails === undefined ? `CASE WHEN ${column} IS NOT NULL THEN ${test} END` : `CASE WHEN ${test} THEN 1 WHEN ${column} IS NULL OR ${fails} THEN NULL ELSE 0 END`;
  }

  /** Ids of the strings for which a test over one place holds: evaluated once, not for each row. */
  private strings(expr: Bound, place: Place, text: string, stead: Stead): string {
    return `SELECT t.id FROM string t WHERE ${alive('t')} AND ${this.test(expr, new Map([...stead, [place.name, derived(place, text)]]))}`;
  }

  private undecidedStrings(expr: Bound, place: Place, stead: Stead): string {
    return `SELECT t.id FROM string t WHERE ${alive('t')} AND (${this.test(expr, new Map([...stead, [place.name, derived(place, 't.text')]]))}) IS NULL`;
  }

  private canFail(expr: Bound, place: Place): boolean {
    return place.column.derive !== undefined || mayFail(expr) || countsList(expr);
  }

  /** One test over values. */
  private test(expr: Bound, stead: Stead): string {
    switch (expr.kind) {
      case 'compare':
        return this.compare(expr, stead);
      case 'in':
        return this.isIn(expr, stead);
      case 'wildcard': {
        const text = this.scalar(expr.subject, stead);
        return balanced(this.wildcards(text, expr.patterns, expr.folds), 'OR');
      }
      case 'regex': {
        const text = this.scalar(expr.subject, stead);
        return balanced(expr.patterns.map((pattern) => `h_regex(${text}, ${this.params.add(pattern)})`), 'OR');
      }
      default:
        return this.scalar(expr, stead);
    }
  }

  private wildcards(text: string, patterns: readonly string[], folds: boolean): string[] {
    const plain = patterns.filter((pattern) => !hasWildcard(pattern));
    const tests = patterns.filter(hasWildcard).map((pattern) => {
      if (starsOf(pattern) > MAX_SQL_STARS) return `h_wildcard(${text}, ${this.params.add(pattern)}, '${folds ? 1 : 0}')`;
      return folds ? `${text} LIKE ${this.params.add(likeOf(pattern))} ESCAPE '\\'` : `${text} GLOB ${this.params.add(globOf(pattern))}`;
    });
    if (plain.length > 0) tests.unshift(this.equalsLong(text, longValues(plain), folds) ?? this.equalsAny(text, plain.map((one) => this.params.add(one)), folds));
    return tests;
  }

  private equalsAny(value: string, items: readonly string[], folds: boolean): string {
    if (folds) return `lower(${value}) IN (${items.map((item) => `lower(${item})`).join(', ')})`;
    return items.length === 1 ? `${value} = ${items[0]!}` : `${value} IN (${items.join(', ')})`;
  }

  /** The same of a list that is one parameter. */
  private equalsLong(value: string, list: LongList | undefined, folds: boolean): string | undefined {
    if (list === undefined) return undefined;
    const fold = (text: string): string => (folds ? `lower(${text})` : text);
    return `${fold(value)} IN (SELECT ${fold('l.value')} FROM json_each(${this.params.add(list.json)}) l)`;
  }

  private isIn(expr: Extract<Bound, { kind: 'in' }>, stead: Stead): string {
    const column = expr.folds ? undefined : this.numberColumn(expr.subject, stead);
    const numbers = column === undefined ? undefined : numbersWritten(expr.items);
    if (numbers !== undefined) return this.equalsLong(column!, longValues(numbers), false) ?? this.equalsAny(column!, numbers.map((number) => this.params.add(number)), false); // of a column
    const folds = expr.folds && kinOf(expr.subject.type) !== 'number';
    const subject = this.scalar(expr.subject, stead);
    return this.equalsLong(subject, longList(expr.items), folds) ?? this.equalsAny(subject, expr.items.map((item) => this.scalar(item, stead)), folds);
  }

  private compare(expr: Extract<Bound, { kind: 'compare' }>, stead: Stead): string {
    const { left, right } = expr;
    const op = expr.op === '==' ? '=' : expr.op;
    if (expr.op === '==' || expr.op === '!=') {
      for (const [place, other] of [[left, right], [right, left]] as const) {
        const column = this.numberColumn(place, stead);
        const numbers = column === undefined ? undefined : numbersWritten([other]);
        if (numbers !== undefined) return `${column!} ${op} ${this.params.add(numbers[0]!)}`; // one number for the one literal
      }
      const ids = [left, right].map((side) => (side.kind === 'place' && side.place.column.form === 'interned' && side.place.column.derive === undefined && !stead.has(side.place.name) ? this.scope.column(side.place) : undefined));
      if (ids[0] !== undefined && ids[1] !== undefined) return `${ids[0]} ${op} ${ids[1]}`;
    }
    return `${this.scalar(left, stead)} ${op} ${this.scalar(right, stead)}`;
  }

  /** `user.id == "0"`: the integer behind a place that ECS writes as text. */
  private numberColumn(expr: Bound, stead: Stead): string | undefined {
    return expr.kind === 'place' && expr.place.column.form === 'number' && !stead.has(expr.place.name) ? this.scope.column(expr.place) : undefined;
  }

  private scalar(expr: Bound, stead: Stead): string {
    switch (expr.kind) {
      case 'value':
        return expr.value === null ? 'NULL' : this.params.add(typeof expr.value === 'boolean' ? Number(expr.value) : expr.value);
      case 'absent':
        return 'NULL';
      case 'column':
        return this.made[expr.index]!; // the binder took the index from the same columns
      case 'place':
        return stead.get(expr.place.name) ?? this.placeValue(expr.place);
      case 'count':
        return expr.list.kind === 'place' && expr.list.place.column.form === 'args' ? `(SELECT nullif(count(*), 0) FROM arg i WHERE i.args_s = ${this.scope.column(expr.list.place)})` : '1';
      case 'items':
        return this.items(expr, stead);
      case 'item': {
        const item = stead.get(itemName(expr.item)) ?? 'NULL';
        return expr.path.length === 0 ? item : `json_extract(${item}, ${this.params.add(jsonPath(expr.path))})`;
      }
      case 'threeValued':
        return `(${this.threeValuedIn(expr.operand, stead)})`;
      case 'call': {
        const args = expr.args.map((arg) => (arg.type === 'bool' && expr.row.result === 'text' && expr.row.name !== 'between' ? `CASE ${this.scalar(arg, stead)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END` : this.scalar(arg, stead)));
        const sql = expr.row.sql?.(args, expr.folds ? '1' : '0') ?? 'NULL';
        return expr.row.result === 'int' ? `CAST(${sql} AS INTEGER)` : sql; // the store's functions answer every number as a REAL, whose division does not truncate
      }
      case 'arithmetic':
        return this.arithmetic(expr, stead);
      case 'isNull': {
        const { operand } = expr;
        const isNull = expr.negated ? 'IS NOT NULL' : 'IS NULL';
        if (operand.kind === 'place' && !stead.has(operand.place.name) && operand.place.column.derive === undefined) return `${this.scope.column(operand.place)} ${isNull}`;
        return `(${operand.type === 'bool' ? this.leafOrJunction(operand, stead) : this.scalar(operand, stead)}) ${isNull}`;
      }
      case 'and':
      case 'or':
      case 'not':
        return this.leafOrJunction(expr, stead);
      case 'relation':
        return this.relation(expr);
      case 'compare':
      case 'in':
      case 'wildcard':
      case 'regex':
        return `(${stead.size > 0 ? this.leaf(expr, stead, true) : this.leaf(expr, NO_STEAD, true)})`;
    }
  }

  /** Items of an argument list, or of a list inside an item. Absent where the list is. */
  private items(expr: Extract<Bound, { kind: 'items' }>, stead: Stead): string {
    const alias = `i${expr.item}`;
    const inner = new Map([...stead, [itemName(expr.item), expr.list.kind === 'place' ? `${alias}t.text` : `${alias}.value`]]);
    const where = this.leafOrJunction(expr.where, inner);
    const from = expr.list.kind === 'place'
      ? `arg ${alias} JOIN string ${alias}t ON ${alias}t.id = ${alias}.arg_s WHERE ${alias}.args_s = ${this.scope.column(expr.list.place)}`
      : `json_each(${this.scalar(expr.list, stead)}) ${alias} WHERE 1`;
    const is = expr.list.kind === 'place' ? `${this.scope.column(expr.list.place)} IS NOT NULL` : `json_type(${this.scalar(expr.list, stead)}) = 'array'`;
    return `CASE WHEN ${is} THEN ${expr.counts ? `(SELECT count(*) FROM ${from} AND ${where})` : `EXISTS (SELECT 1 FROM ${from} AND ${where})`} END`;
  }

  /** and, or, not that keep absence, over values in the place of columns. */
  private threeValuedIn(expr: Bound, stead: Stead): string {
    if (expr.kind === 'and' || expr.kind === 'or') return balanced(expr.operands.map((operand) => this.threeValuedIn(operand, stead)), expr.kind === 'and' ? 'AND' : 'OR');
    if (expr.kind === 'not') return `NOT ${this.threeValuedIn(expr.operand, stead)}`;
    return `(${this.leaf(expr, stead, true)})`;
  }

  /** A boolean as a value: and, or, not take absent as false, so they never are; a test keeps absence. */
  private leafOrJunction(expr: Bound, stead: Stead): string {
    if (expr.kind === 'and' || expr.kind === 'or') return balanced(expr.operands.map((operand) => `((${this.leafOrJunction(operand, stead)}) IS TRUE)`), expr.kind === 'and' ? 'AND' : 'OR');
    if (expr.kind === 'not') return `NOT ((${this.leafOrJunction(expr.operand, stead)}) IS TRUE)`;
    return this.leaf(expr, stead, true);
  }

  private arithmetic(expr: Extract<Bound, { kind: 'arithmetic' }>, stead: Stead): string {
    const left = this.scalar(expr.left, stead);
    const right = this.scalar(expr.right, stead);
    if (expr.type === 'float' && expr.op === '/') return `(1.0 * ${left} / ${right})`;
    if (expr.type === 'float' && expr.op === '%') return `h_mod(${left}, ${right})`; // written with each operand once: chains of it would double
    return `(${left} ${expr.op} ${right})`;
  }

  private placeValue(place: Place): string {
    const column = this.scope.column(place);
    switch (place.column.form) {
      case 'plain':
      case 'action':
        return column;
      case 'number':
        return `CAST(${column} AS TEXT)`;
      case 'interned':
        return `(SELECT ${derived(place, 't.text')} FROM string t WHERE t.id = ${column})`;
      case 'basis':
        return `(CASE ${column} WHEN 0 THEN 'observed' WHEN 1 THEN 'derived' WHEN 2 THEN 'inferred' END)`;
      case 'args':
        return `(SELECT CASE WHEN count(*) > 0 THEN json_group_array(t.text) END FROM (SELECT x.text FROM arg i JOIN string x ON x.id = i.arg_s WHERE i.args_s = ${column} ORDER BY i.at) t)`;
    }
  }
}

/** The count of another list than the one place that is compared: where that list is absent, so is the test. */
function countsList(expr: Bound): boolean {
  let does = false;
  walkBound(expr, (inner) => {
    if (inner.kind === 'count') does = true;
  });
  return does;
}

function derived(place: Place, text: string): string {
  return place.column.derive === undefined ? text : put(place.column.derive, text);
}

function itemName(item: number): string {
  return `item ${item}`; // no field is called so
}

/** A path of SQLite's JSON functions; names are quoted. */
function jsonPath(path: readonly string[]): string {
  return `$${path.map((name) => `."${name.replaceAll('"', '')}"`).join('')}`;
}

const quote = (word: string): string => `'${word.replaceAll("'", "''")}'`;
const ACTION_WORDS = `WITH action_word(action, word) AS (VALUES ${Object.entries(ACTION_SPELLINGS).flatMap(([action, words]) => [action, ...words].map((word) => `(${quote(action)}, ${quote(word)})`)).join(', ')})`;

/** `?1`, `?2`: a value may stand in several statements. */
class SqliteParameters implements Parameters {
  private readonly values: SqlValue[] = [];

  add(value: SqlValue): string {
    this.values.push(value);
    // Numbers beyond 32 bits are bound as REAL; integer arithmetic needs them back as integers.
    return typeof value === 'number' && Number.isInteger(value) && value !== (value | 0) ? `CAST(?${this.values.length} AS INTEGER)` : `?${this.values.length}`;
  }

  statement(sql: string): Statement {
    let count = 0;
    for (const match of sql.matchAll(/\?(\d+)/g)) count = Math.max(count, Number(match[1]));
    return { sql: !sql.includes('action_word') ? sql : sql.startsWith('WITH ') ? `${ACTION_WORDS}, ${sql.slice('WITH '.length)}` : `${ACTION_WORDS} ${sql}`, params: this.values.slice(0, count) };
  }
}

/** SQLite as sql.js has it. */
export const SQLITE: Dialect = {
  name: 'sqlite',
  collects: true,
  parameters: () => new SqliteParameters(),
  alive,
  printer: (context) => new SqlitePrinter(context),
  greatest: (values) => `max(${values.join(', ')})`,
  ownCondition: (where) => where,
  rowOrder: (_, alias) => `${alias}.id`,
  columnOf: ({ sql, item }) => (item === undefined ? sql : `(SELECT i.arg_s FROM arg i WHERE i.args_s = ${sql} AND i.at = ${item})`),
  entityOf: (column) => `(SELECT q.entity_id FROM process q WHERE q.id = ${column})`,
  textOf: (column) => `(SELECT t.text FROM string t WHERE t.id = ${column})`,
  ordered: (sql, descending) => `${sql} ${descending ? 'DESC' : 'ASC'}`, // NULL is first, and last with DESC: as the language has it
  given(parameter, events, keys) {
    const columns = ['basis', 'process', ...Array.from({ length: events }, (_, at) => `e${at}`), ...keys.map((_, at) => `k${at}`)];
    return `SELECT j.key AS id, ${columns.map((column, at) => `j.value ->> ${at} AS ${column}`).join(', ')} FROM json_each(${parameter}) j`;
  },
  eventsOf: () => 'event', // found by its key
  givenTable(parameter, kinds) {
    const columns = ['basis', ...kinds.map((_, at) => `c${at}`)];
    return `SELECT NULL AS id, NULL AS process, ${columns.map((column, at) => `j.value ->> ${at} AS ${column}`).join(', ')}, j.key AS n FROM json_each(${parameter}) j`;
  },
  aggregate(name, value, order) {
    const present = value === undefined ? '' : ` FILTER (WHERE ${value} IS NOT NULL)`;
    switch (name) {
      case 'count':
        return `count(${value ?? '*'})`;
      case 'distinct':
        return `count(DISTINCT ${value ?? '*'})`;
      case 'min':
      case 'max':
      case 'sum':
      case 'avg':
        return `${name}(${value ?? 'NULL'})`;
      case 'median':
      case 'p90':
      case 'p99':
        return `h_percentile(json_group_array(${value ?? 'NULL'})${present}, ${{ median: 0.5, p90: 0.9, p99: 0.99 }[name]})`;
      case 'first':
      case 'last':
        return `(json_group_array(${value ?? 'NULL'} ORDER BY ${order})${present} ->> '${name === 'first' ? '$[0]' : '$[#-1]'}')`;
      case 'values':
        return `nullif(json_group_array(DISTINCT ${value ?? 'NULL'})${present}, '[]')`; // an empty list is absent
    }
  },
  bucket: (time, micros) => `(${time} - (${time} % ${micros} + ${micros}) % ${micros})`,
  numbered: (head, body, order) => `SELECT *, row_number() OVER () AS n FROM (${head} ${body} ORDER BY ${order}) t`,
  // A LIMIT keeps SQLite from folding the SELECT into what asks it (which would test each term twice); the order of the inner one is the scan's own.
  wanted: (head, body) => `SELECT * FROM (${head} ${body} ORDER BY id LIMIT -1) m WHERE mask <> 0`,
};
