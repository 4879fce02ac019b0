import { originOf } from './fieldList.js';
import { format } from './format.js';
import { own, visibleLets, type HuntTexts } from './huntTexts.js';
import { PIPE_SYNTAX } from './pipes.js';
import { printExpr, printHunt } from './print.js';
import { STORE_FIELDS } from './resolve.js';
import { ABSENT_SOURCES, ACTION_SPELLINGS, SOURCE_NAMES } from './sources.js';
import type { Call, Definition, EventQuery, Expr, Field, Inner, Literal, Match, Query, Term } from './tree.js';

/** What stands in the way of a translation, fit to show. */
class Refused extends Error {}

/** What Elastic's EQL has of our functions. */
const SHARED = new Set(['add', 'between', 'cidrmatch', 'concat', 'divide', 'endswith', 'indexof', 'length', 'modulo', 'multiply', 'number', 'startswith', 'string', 'stringcontains', 'substring', 'subtract']);
const NOWHERE = { from: 0, to: 0 };
/** How deep lets may use lets; deeper is told by the binder. */
const MAX_NESTED = 32;

/**
 * The hunt as Elastic's EQL reads it: lets written out, our short sources as categories and actions. Refused, with the reason, where it asks what EQL
 * cannot say: lineage above all.
 */
export function elasticEql(asked: HuntTexts): { readonly text: string } | { readonly refused: string } {
  const { hunt, diagnostics } = own(asked);
  if (hunt.query === undefined) return { refused: 'There is no query here.' };
  if (diagnostics.some((one) => one.severity === 'error')) return { refused: 'The hunt has a mistake; mend it first.' };
  try {
    const query = createTranslator(visibleLets(asked)).query(hunt.query);
    return { text: format(printHunt({ from: 0, to: 0, definitions: [], query })) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function createTranslator(lets: ReadonlyMap<string, Definition>): { query(query: Query): Query } {
  let depth = 0;
  const entered = <T>(read: () => T): T => {
    if (++depth > MAX_NESTED) throw new Refused('Its lets go round, or are nested too deep.');
    const made = read();
    depth--;
    return made;
  };

  function query({ source, pipes, ...range }: Query): Query {
    if (source.kind === 'use') {
      const { body } = letOf(source.name);
      if (body.kind !== 'query') throw new Refused(`The let ${source.name} is no query.`);
      return entered(() => query({ ...body.query, pipes: [...body.query.pipes, ...pipes] }));
    }
    if (source.kind === 'join') throw new Refused('Elastic EQL has no join.');
    let translated = source.kind === 'event' ? event(source) : undefined;
    const kept: Query['pipes'][number][] = [];
    for (const pipe of pipes) {
      if (PIPE_SYNTAX.get(pipe.name)?.view === true) continue; // how it is shown is no part of the question
      const [arg] = pipe.args;
      if (pipe.name === 'filter' && kept.length === 0 && translated !== undefined && arg !== undefined) translated = { ...translated, where: both(translated.where, expr(arg.expr, new Map())) };
      else if (pipe.name === 'head' || pipe.name === 'tail') kept.push(pipe);
      else throw new Refused(`Elastic EQL has no pipe ${pipe.name}; it has head and tail.`);
    }
    if (source.kind === 'event') return { ...range, source: translated!, pipes: kept }; // set above for an event
    if (source.kind === 'sample' && source.maxspan !== undefined) throw new Refused('A sample of Elastic EQL has no maxspan.');
    const terms = source.terms.map(term);
    return { ...range, source: { ...source, keys: source.keys.map((key) => expr(key, new Map())), terms, ...(source.until !== undefined && { until: term(source.until) }) }, pipes: kept };
  }

  function term({ fork, name: _, nameRange: __, ...rest }: Term): Term {
    if (fork) throw new Refused('Elastic EQL has no fork.');
    return { ...rest, fork, inner: inner(rest.inner), keys: rest.keys.map((key) => expr(key, new Map())) };
  }

  function inner(of: Inner): EventQuery {
    if (of.kind === 'event') return event(of);
    const { body } = letOf(of.name);
    if (body.kind !== 'query' || (body.query.source.kind !== 'event' && body.query.source.kind !== 'use')) throw new Refused(`The let ${of.name} is not one event.`);
    const { source } = body.query;
    return entered(() => inner(source));
  }

  function event(of: EventQuery): EventQuery {
    const where = expr(of.where, new Map());
    const source = SOURCE_NAMES.get(of.source) ?? (lets.has(of.source) ? undefined : ABSENT_SOURCES.get(of.source));
    if (source === undefined) {
      const base = inner({ kind: 'use', name: of.source, ...NOWHERE });
      return { ...base, where: both(base.where, where) };
    }
    if (source.table === 'process') throw new Refused('processes are lifetimes, which Elastic EQL does not have; it knows events only.');
    if (['reparent', 'lineage', 'snapshot'].includes(of.source)) throw new Refused(`${of.source} rows are derived from lineage, which Elastic EQL does not have.`);
    if (of.source !== 'exec' && of.source !== 'fork' && of.source !== 'exit') return { ...of, where };
    const spellings = [of.source, ...(ACTION_SPELLINGS[of.source] ?? [])].map(text);
    const type: Expr = { kind: 'compare', op: '==', opRange: NOWHERE, left: field('event.type'), right: text(of.source === 'exit' ? 'end' : 'start'), ...NOWHERE };
    const action: Expr = { kind: 'match', op: 'in', opRange: NOWHERE, negated: false, subject: field('event.action'), items: spellings, ...NOWHERE };
    return { ...of, source: 'process', where: both(type, both(action, where)) };
  }

  function letOf(name: string): Definition {
    const found = lets.get(name);
    if (found === undefined) throw new Refused(`There is no let ${name}.`);
    return found;
  }

  function expr(of: Expr, parameters: ReadonlyMap<string, Expr>): Expr {
    const inside = (one: Expr): Expr => expr(one, parameters);
    switch (of.kind) {
      case 'literal':
        if (of.type === 'duration') throw new Refused('Elastic EQL has durations only after maxspan.');
        return of;
      case 'field':
        return fieldOf(of, parameters);
      case 'call':
        return call(of, parameters);
      case 'arithmetic':
        return { ...of, left: inside(of.left), right: inside(of.right) };
      case 'compare': {
        const left = inside(of.left);
        const right = inside(of.right);
        if (left.kind === 'field' && right.kind === 'field') throw new Refused(`Elastic EQL compares no field with another (${printExpr(of)}).`);
        return { ...of, left, right };
      }
      case 'sign':
      case 'not':
        return { ...of, operand: inside(of.operand) };
      case 'match':
        return { ...of, subject: inside(of.subject), items: of.items.map(inside) };
      case 'and':
      case 'or':
        return { ...of, operands: of.operands.map(inside) };
      case 'relation':
        throw new Refused(`It asks for lineage (${of.relation} of), which Elastic EQL does not have.`);
      case 'missing':
        return of;
    }
  }

  function fieldOf(of: Field, parameters: ReadonlyMap<string, Expr>): Expr {
    const given = parameters.get(of.name);
    if (given !== undefined) return given;
    const onEvents = STORE_FIELDS.resolve(of.name, 'event', 'recorded');
    const resolution = onEvents.kind === 'place' ? onEvents : STORE_FIELDS.resolve(of.name, 'process', 'recorded');
    if (resolution.kind === 'unknown') {
      const found = lets.get(of.name);
      if (found?.body.kind === 'expr' && found.parameters.length === 0) {
        const { body } = found;
        return entered(() => expr(body.expr, new Map()));
      }
      if (of.optional) return of;
      throw new Refused(`Elastic EQL has no field ${of.name}.`);
    }
    if (resolution.kind === 'absent') return of;
    const origin = originOf(of.name, resolution.place.origin);
    if (origin === 'lineage') throw new Refused(`${of.name} is lineage, which Elastic EQL does not have.`);
    return origin === 'ours' ? { ...of, optional: true } : of; // no ECS field: it may be missing there
  }

  function call(of: Call, parameters: ReadonlyMap<string, Expr>): Expr {
    const args = of.args.map((arg) => expr(arg, parameters));
    const given = lets.get(of.name);
    if (given?.body.kind === 'expr' && given.parameters.length === args.length) {
      const { body } = given;
      return entered(() => expr(body.expr, new Map(given.parameters.map((parameter, at) => [parameter.name, args[at]!]))));
    }
    const name = of.name.toLowerCase();
    if (SHARED.has(name)) return { ...of, args };
    const [subject, ...items] = args;
    const match = (op: Match['op']): Match => ({ kind: 'match', op, opRange: NOWHERE, negated: false, subject: subject!, items, ...NOWHERE }); // the binder counted them
    if (subject !== undefined && items.length > 0) {
      if (name === 'wildcard') return match(':');
      if (name === 'match') return match(of.folds ? 'regex~' : 'regex');
      if (name === 'arraycontains') return match('in~');
    }
    throw new Refused(`Elastic EQL has no function ${of.name}.`);
  }

  return { query };
}

function field(name: string): Field {
  return { kind: 'field', name, optional: false, ...NOWHERE };
}

function text(value: string): Literal {
  return { kind: 'literal', type: 'text', value, ...NOWHERE };
}

/** Two conditions joined, without what says nothing. */
function both(a: Expr, b: Expr): Expr {
  const isTrue = (one: Expr): boolean => one.kind === 'literal' && one.value === true;
  if (isTrue(a)) return b;
  if (isTrue(b)) return a;
  const operands = [a, b].flatMap((one) => (one.kind === 'and' ? one.operands : [one]));
  return { kind: 'and', operands, ...NOWHERE };
}
