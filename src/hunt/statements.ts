import { mayBeAbsent, mayFail, placesOf } from './absence.js';
import { balanced } from './balanced.js';
import { aggregateColumn, madeColumn, type Bound, type BoundColumn, type BoundPipe, type MadeColumn } from './bound.js';
import type { Dialect, Printer, Statement } from './dialect.js';
import { type KeyColumn, type Plan } from './plan.js';
import { Emission } from './emission.js';
import type { Given, Statements, Undecided } from './emitted.js';
import type { Place, Table } from './resolve.js';
import type { Scope } from './sqlScope.js';
import { kinOf, type Kin } from './types.js';

/** Rows so far: events, lifetimes or results of a machine (their ids, in an order). */
interface Stage {
  readonly from: string | undefined; // a SELECT of (id, n); undefined: the whole table
  readonly conditions: readonly Bound[];
  readonly order: readonly { readonly expr: Bound; readonly descending: boolean }[];
  readonly limit: number | undefined;
}

const ALL: Stage = { from: undefined, conditions: [], order: [], limit: undefined };

/** Prints the statements of one plan in a dialect. */
export class Emitter {
  private readonly emission: Emission;

  constructor(
    private readonly plan: Plan,
    private readonly dialect: Dialect,
    private readonly given: Given | undefined = undefined,
  ) {
    this.emission = new Emission(plan, dialect, given);
  }

  /** The rows of the plan, after all pipes. */
  statements(): Statements {
    const { pipes } = this.plan;
    let stage: Stage = { ...ALL, conditions: this.plan.input.kind === 'rows' ? [this.plan.input.where] : [] };
    let at = this.given?.pipesDone ?? 0;
    const made = this.given?.columns;
    if (made !== undefined) return this.tableStatements(this.givenTable(made), made, pipes.slice(at));
    for (; at < pipes.length; at++) {
      const pipe = pipes[at]!;
      if (pipe.kind === 'filter') {
        if (stage.limit !== undefined) stage = this.settled(stage);
        stage = { ...stage, conditions: [...stage.conditions, pipe.where] };
      } else if (pipe.kind === 'sort') {
        if (stage.limit !== undefined) stage = this.settled(stage);
        stage = { ...stage, order: [...pipe.keys, ...stage.order] };
      } else if (pipe.kind === 'head') stage = { ...stage, limit: Math.min(pipe.count, stage.limit ?? Infinity) };
      else if (pipe.kind === 'tail') stage = this.lastOf(stage, pipe.count);
      else if (pipe.kind === 'unique') stage = this.firstOfEach(stage, pipe.keys);
      else {
        const settled = stage.limit === undefined ? stage : this.settled(stage);
        const table = this.firstTable(settled, pipe);
        return this.tableStatements(table.sql, table.columns, pipes.slice(at + 1));
      }
    }
    return this.rowStatements(stage);
  }

  private get table(): Table {
    return this.plan.input.table;
  }

  /** The table that rows come from. */
  private root(scope: Scope): string {
    const machine = this.plan.machine;
    if (scope.table !== 'sequence' || machine === undefined) return `${scope.table} ${scope.root}`;
    const keys = (machine.terms[0]?.keys ?? []).map((column) => keyKin(machine.columns[column]!)); // the plan took them from the same columns
    return `(${this.dialect.given(this.emission.params.add(this.given?.json ?? '[]'), machine.width, keys)}) ${scope.root}`;
  }

  /** FROM and WHERE of a stage. `k` is the list of ids that earlier pipes left. */
  private body(stage: Stage, scope: Scope, conditions: readonly string[]): string {
    const own = this.plan.input.kind === 'rows' ? this.plan.input.source.where : undefined;
    const root = this.root(scope);
    // Conditions before the source: they are mostly integer tests, the source compares words (measured: 115 against 145 ms a million).
    const all = stage.from === undefined ? [this.dialect.alive(scope.root), ...conditions, ...(own === undefined ? [] : [`(${this.dialect.ownCondition(own)})`])] : conditions;
    const from = stage.from === undefined ? root : `(${stage.from}) k JOIN ${root} ON ${scope.root}.id = k.id`;
    return `FROM ${from} ${scope.joins} WHERE ${balanced(all, 'AND')}`;
  }

  private conditions(stage: Stage, printer: Printer): string[] {
    return stage.conditions.filter((condition) => !(condition.kind === 'value' && condition.value === true)).map((condition) => printer.condition(condition));
  }

  private orderBy(stage: Stage, printer: Printer): string {
    const keys = stage.order.map((key) => this.dialect.ordered(printer.value(key.expr), key.descending));
    keys.push(stage.from === undefined ? this.dialect.rowOrder(printer.scope.table, printer.scope.root) : 'k.n');
    return keys.join(', ');
  }

  /** The ids of a stage with their order: what a later pipe stands on. */
  private settled(stage: Stage): Stage {
    const printer = this.emission.printer(this.emission.scope());
    const conditions = this.conditions(stage, printer);
    const order = this.orderBy(stage, printer);
    const limit = stage.limit === undefined ? '' : ` ORDER BY n LIMIT ${this.emission.params.add(stage.limit)}`;
    return { ...ALL, from: `SELECT ${printer.scope.root}.id AS id, row_number() OVER (ORDER BY ${order}) AS n ${this.body(stage, printer.scope, conditions)}${limit}` };
  }

  private lastOf(stage: Stage, count: number): Stage {
    const from = this.settled(stage).from!; // settled always has one
    return { ...ALL, from: `SELECT id, n FROM (${from}) ORDER BY n DESC LIMIT ${this.emission.params.add(count)}` };
  }

  private firstOfEach(stage: Stage, keys: readonly Bound[]): Stage {
    const printer = this.emission.printer(this.emission.scope());
    const { root, table } = printer.scope;
    if (stage.from === undefined && stage.order.length === 0 && stage.limit === undefined && this.dialect.rowOrder(table, root) === `${root}.id`) {
      // The first row of a key is the one with the smallest id: a fifth of the time that numbering all rows takes.
      const groups = keys.map((key) => this.keyOf(key, printer).sql).join(', ');
      const conditions = this.conditions(stage, printer);
      const first = `min(CASE WHEN ${this.dialect.alive(root)} THEN ${root}.id END)`;
      return { ...ALL, from: `SELECT ${first} AS id, ${first} AS n ${this.body(stage, printer.scope, conditions)} GROUP BY ${groups}` };
    }
    const base = this.settled(stage);
    const by = keys.map((key) => this.keyOf(key, printer).sql).join(', ');
    const numbered = `SELECT ${printer.scope.root}.id AS id, k.n AS n, row_number() OVER (PARTITION BY ${by} ORDER BY k.n) AS place ${this.body(base, printer.scope, [])}`;
    return { ...ALL, from: `SELECT id, n FROM (${numbered}) WHERE place = 1` };
  }

  private processId(scope: Scope): string {
    return scope.table === 'event' ? 'e.process' : scope.table === 'process' ? 'p.id' : 's.process';
  }

  /** The places of rows of the plan's own table: those of terms are looked at by their scan. */
  private get places(): readonly Place[] {
    return this.table === 'sequence' ? this.plan.places.filter((place) => place.steps[0]?.table === 'event') : this.plan.places;
  }

  private selectRows(stage: Stage, columns: readonly BoundColumn[], isNumbered = false, keys = 0): string {
    const scope = this.emission.scope();
    const printer = this.emission.printer(scope);
    const values = columns.map((column, at) => `${at < keys ? this.keyOf(column.expr, printer).sql : printer.value(column.expr)} AS c${at}`);
    const basis = this.emission.basisOf(scope, this.places);
    const conditions = this.conditions(stage, printer);
    const order = this.orderBy(stage, printer);
    const head = `SELECT ${[`${scope.root}.id AS id`, `${this.processId(scope)} AS process`, `${basis} AS basis`, ...values].join(', ')}`;
    const body = this.body(stage, scope, conditions);
    return isNumbered ? this.dialect.numbered(head, body, order) : `${head} ${body} ORDER BY ${order}`;
  }

  /** What rows are grouped by: the id of a text or of a process says the same as itself, and sorts in a fifth of the time. `shown`: the value of such a column. */
  private keyOf(expr: Bound, printer: Printer): { readonly sql: string; readonly shown: (column: string) => string } {
    if (expr.kind === 'place') {
      const { place } = expr;
      if (place.column.form === 'interned' && place.column.derive === undefined) return { sql: printer.scope.column(place), shown: this.dialect.textOf };
      const { entityOf } = this.dialect;
      if (place.column.isIdentity === true && place.steps.length > 0 && entityOf !== undefined) return { sql: `${printer.scope.reach(place.steps)}.id`, shown: entityOf };
    }
    return { sql: printer.value(expr), shown: (column) => column };
  }

  /** The columns of keys that were grouped by, as people see them. */
  private shownKeys(keys: readonly BoundColumn[]): string[] {
    const printer = this.emission.printer(this.emission.scope());
    return keys.map((key, at) => `${this.keyOf(key.expr, printer).shown(`c${at}`)} AS c${at}`);
  }

  private rowStatements(given: Stage): Statements {
    const stage = given.limit === undefined ? given : this.settled(given);
    const rows = this.selectRows(stage, this.plan.columns);
    const scope = this.emission.scope();
    const printer = this.emission.printer(scope);
    const basis = this.emission.basisOf(scope, this.places);
    const conditions = this.conditions(stage, printer);
    const total = `SELECT count(*), sum(b = 0), sum(b = 1), sum(b = 2) FROM (SELECT ${basis} AS b ${this.body(stage, scope, conditions)}) t`;
    return { columns: this.plan.columns.map(madeColumn), rows: this.limited(rows), total: this.emission.params.statement(total), ...(this.isCollected(stage) && { together: this.collected(stage) }) };
  }

  /** What a machine gave is no table to look ids up in, and all rows of a table need not be collected to be counted. */
  private isCollected(stage: Stage): boolean {
    const { input } = this.plan;
    if (this.dialect.collects !== true || stage.from !== undefined || input.kind !== 'rows') return false;
    return input.source.where !== undefined || stage.order.length > 0 || stage.conditions.some((condition) => condition.kind !== 'value' || condition.value !== true);
  }

  /** Every row that passes, by its id, basis and sort keys, then the first of them with their columns. */
  private collected(stage: Stage): (limit: number) => Statement {
    const scope = this.emission.scope();
    const printer = this.emission.printer(scope);
    const keys = stage.order.map((key, at) => ({ sql: `${printer.value(key.expr)} AS o${at}`, order: (alias: string) => this.dialect.ordered(`${alias}.o${at}`, key.descending) }));
    const basis = this.emission.basisOf(scope, this.places);
    const conditions = this.conditions(stage, printer);
    const hits = `SELECT ${[`${scope.root}.id AS id`, `${basis} AS b`, ...keys.map((key) => key.sql)].join(', ')} ${this.body(stage, scope, conditions)}`;
    const order = (alias: string): string => [...keys.map((key) => key.order(alias)), `${alias}.id`].join(', ');
    const shown = this.emission.scope();
    const columns = this.emission.printer(shown);
    const values = this.plan.columns.map((column, at) => `${columns.value(column.expr)} AS c${at}`);
    const head = `WITH hits AS MATERIALIZED (${hits}) SELECT ${[`${shown.root}.id AS id`, `${this.processId(shown)} AS process`, 'k.b AS basis', ...values].join(', ')}, (SELECT json_array(count(*), sum(b = 0), sum(b = 1), sum(b = 2)) FROM hits h WHERE ${this.dialect.alive('h')}) AS total`;
    return (limit) => this.emission.params.statement(`${head} FROM (SELECT * FROM hits h WHERE ${this.dialect.alive('h')} ORDER BY ${order('h')} LIMIT ${this.emission.params.add(limit)}) k CROSS JOIN ${this.root(shown)} ON ${shown.root}.id = k.id ${shown.joins} ORDER BY ${order('k')}`);
  }

  private limited(sql: string): (limit: number) => Statement {
    return (limit) => this.emission.params.statement(`${sql} LIMIT ${this.emission.params.add(limit)}`);
  }

  /** Rows that are not true, and would be neither true nor false if absence were carried through. Undefined: nothing can be undecided. */
  undecided(): Undecided | undefined {
    const parts = this.plan.decided.filter((one) => mayBeAbsent(one.where));
    const [first] = parts;
    if (first === undefined) return undefined;
    const places = distinct(parts.flatMap((part) => placesOf(part.where))).filter((place) => place.column.always !== true || place.steps.length > 0);
    const shown = distinctColumns([...(this.plan.machine === undefined ? this.plan.columns.slice(0, 6) : []), ...places.map((place): BoundColumn => ({ name: place.name, expr: { kind: 'place', type: place.type, place } }))]);
    const scope = this.emission.scope(first.rows.table);
    const printer = this.emission.printer(scope);
    const body = (counted: Printer): string => {
      const each = parts.map((part) => {
        const own = part.rows.source.where;
        return balanced([...lacking(part.where, counted), `(${counted.threeValued(part.where)}) IS NULL`, `NOT (${counted.condition(part.where, true)})`, ...(own === undefined ? [] : [`(${this.dialect.ownCondition(own)})`])], 'AND');
      });
      return `FROM ${counted.scope.table} ${counted.scope.root} ${counted.scope.joins} WHERE ${balanced([this.dialect.alive(counted.scope.root), balanced(each, 'OR')], 'AND')}`;
    };
    const counts = places.map((place) => `coalesce(sum(${isLacking(place, printer)}), 0)`);
    const count = this.emission.params.statement(`SELECT ${['count(*)', ...counts].join(', ')} ${body(printer)}`);
    const other = this.emission.scope(first.rows.table);
    const lister = this.emission.printer(other);
    const values = shown.map((column, at) => `${lister.value(column.expr)} AS c${at}`);
    const names = `rtrim(${places.map((place) => `CASE WHEN ${isLacking(place, lister)} THEN '${place.name.replaceAll("'", "''")} ' ELSE '' END`).join(' || ') || "''"})`;
    const basis = this.emission.basisOf(other, places);
    const rows = `SELECT ${[`${other.root}.id AS id`, `${this.processId(other)} AS process`, `${basis} AS basis`, ...values, `${names} AS unknown`].join(', ')} ${body(lister)} ORDER BY ${this.dialect.rowOrder(other.table, other.root)}`;
    return { count, wanting: places.map((place) => place.name), rows: this.limited(rows), columns: [...shown.map(madeColumn), { name: 'unknown', type: 'text', list: false }] };
  }

  private givenTable(columns: readonly MadeColumn[]): string {
    return this.dialect.givenTable(this.emission.params.add(this.given?.json ?? '[]'), columns.map((column) => (column.list ? 'text' : kinOf(column.type))));
  }

  /** A table and what follows it. Each step is a SELECT of (id, process, basis, c0, c1, ..., n). */
  private tableStatements(first: string, columns: readonly MadeColumn[], pipes: readonly BoundPipe[]): Statements {
    let sql = first;
    for (const pipe of pipes) sql = this.nextTable(sql, pipe, columns.length);
    const names = columns.map((_, at) => `c${at}`);
    return {
      columns,
      rows: this.limited(`SELECT ${['id', 'process', 'basis', ...names].join(', ')} FROM (${sql}) t ORDER BY n`),
      total: this.emission.params.statement(`SELECT count(*), sum(basis = 0), sum(basis = 1), sum(basis = 2) FROM (${sql}) t`),
    };
  }

  private firstTable(stage: Stage, pipe: BoundPipe): { sql: string; columns: MadeColumn[] } {
    const counted: MadeColumn[] = [{ name: 'count', type: 'int', list: false }, { name: 'percent', type: 'float', list: false }];
    switch (pipe.kind) {
      case 'fields': {
        return { sql: this.selectRows(stage, pipe.columns, true), columns: pipe.columns.map(madeColumn) };
      }
      case 'count': {
        const rows = this.selectRows(stage, pipe.keys, false, pipe.keys.length);
        const keys = pipe.keys.map((_, at) => `c${at}`);
        const k = keys.length;
        const head = `SELECT NULL AS id, NULL AS process, max(CASE WHEN ${this.dialect.alive('t')} THEN basis END) AS basis, ${keys.map((key) => `${key}, `).join('')}count(*) AS c${k}`;
        if (k === 0) return { sql: `${head}, 1.0 AS c1, 1 AS n FROM (${rows}) t`, columns: counted };
        const counts = `${head}, count(*) * 1.0 / sum(count(*)) OVER () AS c${k + 1} FROM (${rows}) t GROUP BY ${keys.join(', ')}`;
        const grouped = `SELECT ${['id', 'process', 'basis', ...this.shownKeys(pipe.keys), `c${k}`, `c${k + 1}`].join(', ')} FROM (${counts}) h`;
        return { sql: `SELECT *, row_number() OVER (ORDER BY c${k}, ${keys.map((key) => this.dialect.ordered(key, false)).join(', ')}) AS n FROM (${grouped}) g`, columns: [...pipe.keys.map(madeColumn), ...counted] };
      }
      case 'uniqueCount': {
        const k = pipe.columns.length;
        const keyed = this.selectRows(stage, [...pipe.columns, ...pipe.keys.map((expr, at) => ({ name: `key${at}`, expr }))], true);
        const keys = pipe.keys.map((_, at) => `c${k + at}`).join(', ');
        const placed = `SELECT *, row_number() OVER (PARTITION BY ${keys} ORDER BY n) AS place, count(*) OVER (PARTITION BY ${keys}) AS many, count(*) OVER () AS whole FROM (${keyed}) u`;
        const names = pipe.columns.map((_, at) => `c${at}, `).join('');
        return { sql: `SELECT id, process, basis, ${names}many AS c${k}, many * 1.0 / whole AS c${k + 1}, n FROM (${placed}) v WHERE place = 1`, columns: [...pipe.columns.map(madeColumn), ...counted] };
      }
      case 'stats': {
        const keys = pipe.keys.map((_, at) => `c${at}`);
        const k = keys.length;
        const asked = pipe.aggregates.flatMap((one) => (one.expr === undefined ? [] : [{ name: one.name, expr: one.expr }]));
        const rows = this.selectRows(stage, [...pipe.keys, ...asked], true, k);
        let next = k;
        const values = pipe.aggregates.map((one, at) => `${this.dialect.aggregate(one.aggregate, one.expr === undefined ? undefined : `c${next++}`, 'n')} AS a${at}`);
        const grouped = `SELECT NULL AS id, NULL AS process, max(basis) AS basis, ${keys.map((key) => `${key}, `).join('')}${values.join(', ')}, min(CASE WHEN ${this.dialect.alive('u')} THEN n END) AS m FROM (${rows}) u${k === 0 ? '' : ` GROUP BY ${keys.join(', ')}`}`;
        const renamed = pipe.aggregates.map((_, at) => `a${at} AS c${k + at}`);
        return {
          sql: `SELECT ${['id', 'process', 'basis', ...this.shownKeys(pipe.keys), ...renamed].join(', ')}, row_number() OVER (ORDER BY m) AS n FROM (${grouped}) g`,
          columns: [...pipe.keys.map(madeColumn), ...pipe.aggregates.map(aggregateColumn)],
        };
      }
      default:
        throw new Error(`${pipe.kind} makes no table`); // the caller hands over only those above
    }
  }

  private nextTable(sql: string, pipe: BoundPipe, width: number): string {
    const names = Array.from({ length: width }, (_, at) => `c${at}`);
    const printer = this.emission.printer(this.emission.scope(), names);
    const all = ['id', 'process', 'basis', ...names].join(', ');
    switch (pipe.kind) {
      case 'head':
        return `SELECT ${all}, n FROM (${sql}) t ORDER BY n LIMIT ${this.emission.params.add(pipe.count)}`;
      case 'tail':
        return `SELECT ${all}, n FROM (${sql}) t ORDER BY n DESC LIMIT ${this.emission.params.add(pipe.count)}`;
      case 'filter':
        return `SELECT ${all}, n FROM (${sql}) t WHERE ${printer.condition(pipe.where)}`;
      case 'sort':
        return `SELECT ${all}, row_number() OVER (ORDER BY ${pipe.keys.map((key) => `${this.dialect.ordered(printer.value(key.expr), key.descending)}, `).join('')}n) AS n FROM (${sql}) t`;
      default:
        throw new Error(`${pipe.kind} cannot follow a table`); // the binder refused it
    }
  }

  /** Rows in order with their time, keys and what aggregates ask: the input of a sliding window. (basis, time, keys, values) */
  windowScan(pipes: readonly BoundPipe[], keys: readonly BoundColumn[], values: readonly Bound[]): Statement {
    const time: Bound = timeOf(this.plan.input);
    const inner = new Emitter({ ...this.plan, pipes: [...pipes, { kind: 'fields', columns: [{ name: 'time', expr: time }, ...keys, ...values.map((expr) => ({ name: '', expr }))] }] }, this.dialect, this.given);
    return inner.statements().rows(1e9);
  }
}

/** Only a row that lacks something can be undecided: a cheap test first, unless a function may fail on what is there. */
function lacking(where: Bound, printer: Printer): string[] {
  if (mayFail(where)) return [];
  const places = placesOf(where).filter((place) => place.column.always !== true || place.steps.length > 0);
  return [balanced(places.map((place) => `(${printer.isAbsent(place)})`), 'OR')];
}

/** SQL that is true where evidence lacks a place. */
function isLacking(place: Place, printer: Printer): string {
  const none = printer.scope.noneOf(place);
  return none === undefined ? printer.isAbsent(place) : `(${printer.isAbsent(place)} AND NOT ${none})`;
}

/** What kind of value a key of a result is: ids of processes are numbers, those of texts stand for them. */
function keyKin(key: KeyColumn): Kin {
  return key.coded === 'process' ? 'number' : key.coded === 'id' && key.expr.kind === 'place' && key.expr.place.column.form === 'number' ? 'number' : kinOf(key.expr.type);
}

function timeOf(input: Plan['input']): Bound {
  const sql = input.table === 'process' ? '$.start' : '$.time';
  return { kind: 'place', type: 'time', place: { name: '@timestamp', type: 'time', list: false, origin: 'ecs', doc: '', steps: [], column: { sql, form: 'plain' } } };
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [place.name, place])).values()];
}

function distinctColumns(columns: readonly BoundColumn[]): BoundColumn[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

