import { balanced } from './balanced.js';
import type { BoundTerm } from './bound.js';
import type { Dialect, Printer, Statement } from './dialect.js';
import type { RareTerm } from './emitted.js';
import { Emission } from './emission.js';
import type { KeyColumn, MachinePlan, MachineTerm, Plan } from './plan.js';
import { put } from './sqlScope.js';

/**
 * The one scan of a machine: every event that some term wants, in total order, as (id, time, process, basis, mask, keys, values). Bit i of the mask is
 * term i, `until` the next. Undated events have no place in an order and take no part.
 */
export function termScan(plan: Plan, machine: MachinePlan, dialect: Dialect, rare?: RareTerm): Statement {
  const emission = new Emission(plan, dialect);
  const scope = emission.scope('event');
  const printer = emission.printer(scope);
  const mask = termsOf(machine).map(({ term }, at) => `CASE WHEN ${termCondition(term, printer, dialect)} THEN ${2 ** at} ELSE 0 END`);
  const near = rare === undefined ? '' : ` AND ${nearRare(emission, machine, rare, printer)}`;
  const keys = machine.columns.flatMap((column, at) => (column.from === undefined ? [`${keyValue(column, printer)} AS k${at}`] : []));
  const values = machine.values.map((place, at) => `${printer.value({ kind: 'place', type: place.type, place })} AS v${at}`);
  const basis = emission.basisOf(scope, plan.places.filter((place) => place.steps[0]?.table !== 'event'));
  const head = `SELECT ${['e.id AS id', 'e.time AS time', 'e.process AS process', `${basis} AS basis`, `${mask.join(' + ')} AS mask`, ...keys, ...values].join(', ')}`;
  return emission.params.statement(dialect.wanted(head, `FROM event e ${scope.joins} WHERE ${dialect.alive('e')} AND e.time IS NOT NULL${near}`));
}

/** How many events one term wants, `most` at most. */
export function termCount(plan: Plan, { term }: MachineTerm, dialect: Dialect, most: number): Statement {
  const emission = new Emission(plan, dialect);
  const scope = emission.scope('event');
  const condition = termCondition(term, emission.printer(scope), dialect);
  return emission.params.statement(`SELECT count(*) FROM (SELECT 1 FROM event e ${scope.joins} WHERE ${dialect.alive('e')} AND ${condition} LIMIT ${emission.params.add(most)}) t`);
}

function termsOf(machine: MachinePlan): readonly MachineTerm[] {
  return machine.until === undefined ? machine.terms : [...machine.terms, machine.until];
}

function termCondition(term: BoundTerm, printer: Printer, dialect: Dialect): string {
  const own = term.rows.source.where;
  return balanced([...(own === undefined ? [] : [`(${dialect.ownCondition(own)})`]), printer.condition(term.rows.where)], 'AND');
}

/** Only events whose key some event of the rare term has: without one of those no sequence ends. */
function nearRare(emission: Emission, machine: MachinePlan, rare: RareTerm, printer: Printer): string {
  const { dialect } = emission;
  const inner = emission.scope('event');
  const innerPrinter = emission.printer(inner);
  const keyOf = (term: MachineTerm): KeyColumn => machine.columns[term.keys[rare.key]!]!; // every term has as many keys
  const condition = termCondition(machine.terms[rare.term]!.term, innerPrinter, dialect);
  const keys = `SELECT ${keyValue(keyOf(machine.terms[rare.term]!), innerPrinter)} FROM event e ${inner.joins} WHERE ${dialect.alive('e')} AND ${condition}`;
  return balanced([...new Set(termsOf(machine).map((term) => `${keyValue(keyOf(term), printer)} IN (${keys})`))], 'OR');
}

function keyValue(column: KeyColumn, printer: Printer): string {
  if (column.coded === 'value' || column.expr.kind !== 'place') return printer.value(column.expr);
  const { scope } = printer;
  const { place } = column.expr;
  if (column.coded === 'id') return scope.column(place);
  const last = place.steps.at(-1)!; // codeOf asked for a step
  return last.basis !== undefined && scope.floor < 2 ? `${scope.reach(place.steps)}.id` : put(last.sql, scope.reach(place.steps.slice(0, -1)));
}
