import { type Expr, FIELDS, type Query } from '../../hunt/index.js';

/** What is asked of one field, in the form that every language has. */
export interface Ask {
  readonly kind: 'ask';
  readonly field: string;
  readonly op: 'is' | 'wild' | '<' | '<=' | '>' | '>=' | 'exists';
  /** Of `is` and `wild`: any of them. */
  readonly values: readonly (string | number | boolean)[];
  /** Letters differ by case. */
  readonly cased: boolean;
}

export type Predicate = Ask | { readonly kind: 'and' | 'or'; readonly parts: readonly Predicate[] } | { readonly kind: 'not'; readonly part: Predicate } | { readonly kind: 'always' };

/** A hunt that a language cannot say; the message names what, and what could be asked instead. */
export class CannotTranslate extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotTranslate';
  }
}

/** The kinds of events that a hunt is about, as sensors name them. */
export type EventWord = 'exec' | 'fork' | 'exit' | 'network' | 'file';

export interface SimpleHunt {
  readonly events: readonly EventWord[];
  readonly predicate: Predicate;
}

const OURS = new Set(FIELDS.filter(({ origin }) => origin === 'lineage').map(({ name }) => name.replace(/\.\*$/, '')));
const EVENTS: Readonly<Record<string, readonly EventWord[]>> = { process: ['exec', 'fork', 'exit'], exec: ['exec'], fork: ['fork'], exit: ['exit'], network: ['network'], file: ['file'] };
/** `event.action` in the spellings that sensors have; `event.type` start is a birth or a program. */
const ACTIONS: Readonly<Record<string, readonly EventWord[]>> = { exec: ['exec'], executed: ['exec'], start: ['exec'], started: ['exec'], fork: ['fork'], clone: ['fork'], end: ['exit'], exit: ['exit'], terminated: ['exit'], connection_attempted: ['network'], connection_accepted: ['network'], creation: ['file'], modification: ['file'], rename: ['file'] };
const TYPES: Readonly<Record<string, readonly EventWord[]>> = { start: ['exec', 'fork'], end: ['exit'], creation: ['file'], change: ['exec', 'file'], connection: ['network'] };

/** Whether a field is Foundling's own finding-out, which no sensor sends. */
export function isOurs(field: string): boolean {
  return OURS.has(field) || [...OURS].some((name) => field.startsWith(`${name}.`)) || field === 'verdict' || field.startsWith('finding.');
}

/** A hunt of one event as its events and a predicate over the fields of sensors. Throws {@link CannotTranslate} for everything else. */
export function simpleHunt({ source }: Query): SimpleHunt {
  if (source.kind !== 'event') throw new CannotTranslate(source.kind === 'use' ? `${source.name} is a let; write its query out` : `a ${source.kind} joins several events, which one rule of this language cannot; write it --as eql`);
  const events = EVENTS[source.source];
  if (events === undefined) throw new CannotTranslate(source.source === 'processes' ? 'processes are whole lifetimes, which no sensor sends as one event; ask exec, fork, exit, network or file instead' : `${source.source} events are not what this language’s sensors send; ask exec, fork, exit, network or file`);
  const rest: Predicate[] = [];
  let narrowed: readonly EventWord[] = events;
  for (const part of source.where.kind === 'and' ? source.where.operands : [source.where]) {
    const words = eventWords(part);
    if (words !== undefined) narrowed = narrowed.filter((word) => words.includes(word));
    else rest.push(predicateOf(part));
  }
  if (narrowed.length === 0) throw new CannotTranslate('its conditions on event.action and event.type exclude each other');
  const kept = rest.filter(({ kind }) => kind !== 'always');
  return { events: narrowed, predicate: kept.length === 0 ? { kind: 'always' } : kept.length === 1 ? kept[0]! : { kind: 'and', parts: kept } };
}

/** What a condition on event.action, event.type or host.os.type leaves; undefined for another condition. */
function eventWords(expr: Expr): readonly EventWord[] | undefined {
  const ask = expr.kind === 'compare' || expr.kind === 'match' ? askOf(expr) : undefined;
  if (ask?.kind !== 'ask' || (ask.op !== 'is' && ask.op !== 'wild')) return undefined;
  if (ask.field === 'host.os.type' && ask.values.includes('linux')) return ['exec', 'fork', 'exit', 'network', 'file'];
  if (ask.field !== 'event.action' && ask.field !== 'event.type') return undefined;
  const table = ask.field === 'event.action' ? ACTIONS : TYPES;
  return ask.values.flatMap((value) => (Object.hasOwn(table, String(value)) ? table[String(value)]! : []));
}

function predicateOf(expr: Expr): Predicate {
  switch (expr.kind) {
    case 'and':
    case 'or': return { kind: expr.kind, parts: expr.operands.map(predicateOf) };
    case 'not': return { kind: 'not', part: predicateOf(expr.operand) };
    case 'literal':
      if (expr.value === true) return { kind: 'always' };
      throw new CannotTranslate('a constant that is not true matches nothing');
    case 'field': return { kind: 'ask', field: fieldOf(expr.name), op: 'is', values: [true], cased: true };
    case 'compare':
    case 'match': return askOf(expr);
    case 'relation': throw new CannotTranslate(`“${expr.relation} of” follows the tree, which a rule over single events cannot; use process.parent.* or a sequence --as eql`);
    case 'call': throw new CannotTranslate(`${expr.name}() has no counterpart here; say it with ==, in, : or like`);
    default: throw new CannotTranslate('arithmetic has no counterpart here');
  }
}

function askOf(expr: Extract<Expr, { kind: 'compare' | 'match' }>): Predicate {
  if (expr.kind === 'compare') {
    const flipped = expr.left.kind === 'literal';
    const field = flipped ? expr.right : expr.left, value = flipped ? expr.left : expr.right;
    if (field.kind !== 'field' || value.kind !== 'literal') throw new CannotTranslate('only a field compared with a constant can be said here');
    const name = fieldOf(field.name);
    if (value.value === null) return negated({ kind: 'ask', field: name, op: 'exists', values: [], cased: true }, expr.op === '==');
    if (expr.op === '==' || expr.op === '!=') return negated({ kind: 'ask', field: name, op: 'is', values: [value.value], cased: true }, expr.op === '!=');
    return { kind: 'ask', field: name, op: flipped ? turned(expr.op) : expr.op, values: [value.value], cased: true };
  }
  if (expr.subject.kind !== 'field') throw new CannotTranslate('only a field compared with constants can be said here');
  if (expr.op === 'regex' || expr.op === 'regex~') throw new CannotTranslate('regular expressions differ between these languages; say it with like');
  const values = expr.items.map((item) => {
    if (item.kind !== 'literal' || item.value === null) throw new CannotTranslate('only a field compared with constants can be said here');
    return item.value;
  });
  return negated({ kind: 'ask', field: fieldOf(expr.subject.name), op: expr.op === 'in' || expr.op === 'in~' ? 'is' : 'wild', values, cased: expr.op === 'in' || expr.op === 'like' }, expr.negated);
}

function fieldOf(name: string): string {
  if (isOurs(name)) throw new CannotTranslate(`${name} is worked out by Foundling from many records; no sensor sends it. Ask process.parent.* instead, or write the audit rules that make it visible (--as audit)`);
  return name;
}

function negated(ask: Predicate, isNegated: boolean): Predicate {
  return isNegated ? { kind: 'not', part: ask } : ask;
}

function turned(op: '<' | '<=' | '>' | '>='): '<' | '<=' | '>' | '>=' {
  return ({ '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const)[op];
}
