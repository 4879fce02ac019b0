import type { Catalogue } from './answers.js';
import type { ParentView } from '../model/index.js';
import type { BindContext, Dialect, LoadedStore } from './bindContext.js';
import { bindExpression, tellUnknownSource } from './bindExpression.js';
import { withinLet } from './bindLet.js';
import { bindPipes } from './bindPipes.js';
import { bindInner, bindSource } from './bindSource.js';
import { bindTerms } from './bindTerms.js';
import { type Bound, type BoundPipe, type BoundQuery, type BoundSource, type BoundTerms } from './bound.js';
import { mistake, replace, type Diagnostic } from './diagnostics.js';
import { modelOf } from './evidenceFields.js';
import { hintLifetimes } from './lineageHints.js';
import { enterLet, gatherLets, tellUnused } from './lets.js';
import type { FieldModel } from './resolve.js';
import { SOURCE_NAMES, type SourceRow } from './sources.js';
import { type Definition, type Hunt, type Query } from './tree.js';

export interface BindOptions {
  readonly catalogue?: Catalogue | undefined;
  readonly parents?: ParentView;
  /** Another store than src/store/schema.ts; the conformance suites bring their own. */
  readonly model?: FieldModel;
  readonly sources?: ReadonlyMap<string, SourceRow>;
  /** Lets of each text before this one: the case's hunts, then the cells above. */
  readonly outerLets?: readonly (readonly Definition[])[];
  readonly dialect?: Dialect;
  /** The store was filled before and its evidence is elsewhere: nothing more can be read. */
  readonly loaded?: LoadedStore;
  /** Results of a sample for each key; 1 unless said. */
  readonly samplesPerKey?: number;
}

export const HUNT_DIALECT: Dialect = { isEndgame: false, ignoresCase: false };

/** Finds every name and checks every type. The query is undefined where an error stands in its way. */
export function bind(hunt: Hunt, options: BindOptions = {}): { readonly query: BoundQuery | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const sources = options.sources ?? SOURCE_NAMES;
  const lets = gatherLets(hunt.definitions, options.outerLets ?? [], sources, diagnostics);
  const context: BindContext = {
    model: options.model ?? modelOf(options.catalogue), sources, catalogue: options.catalogue, parents: options.parents ?? 'recorded', diagnostics, table: 'event', made: undefined,
    lets, loaded: options.loaded, dialect: options.dialect ?? HUNT_DIALECT, parameters: new Map(), items: new Map(), events: undefined, bindInner,
  };
  const query = hunt.query === undefined ? undefined : bindQuery(hunt.query, context, options);
  for (const definition of hunt.definitions) if (!lets.used.has(definition.name) || definition.parameters.length === 0) checkDefinition(definition, context, options);
  if (hunt.query !== undefined) tellUnused(hunt.definitions, lets, diagnostics);
  // A let that is used twice is read twice: each of its mistakes is told once.
  const told = new Map(diagnostics.map((one) => [`${one.code} ${one.from} ${one.to}`, one]));
  return { query, diagnostics: [...told.values()] };
}

/** A let that nothing uses is read for its own mistakes; its parameters may be anything. */
function checkDefinition(definition: Definition, context: BindContext, options: BindOptions): void {
  const used = new Set(context.lets.used);
  const lets = enterLet({ ...context.lets, used }, definition.name, definition.nameRange, context.diagnostics);
  for (const name of used) if (name !== definition.name) context.lets.used.add(name);
  if (lets === undefined) return;
  const parameters = new Map(definition.parameters.map((parameter): [string, Bound] => [parameter.name, { kind: 'absent', type: 'any', name: parameter.name }]));
  const inner: BindContext = { ...context, lets, parameters };
  if (definition.body.kind === 'query') {
    if (definition.parameters.length > 0) context.diagnostics.push(mistake(233, definition.nameRange, 'A let with parameters holds a condition or a value, not a query; leave the parameters out.'));
    bindQuery(definition.body.query, inner, options);
  } else bindExpression(definition.body.expr, inner);
  for (const name of used) if (name !== definition.name) context.lets.used.add(name);
}

function bindQuery(query: Query, context: BindContext, options: BindOptions): BoundQuery | undefined {
  const input = bindInput(query, context, options);
  if (input === undefined) return undefined;
  const rest = bindPipes(query, input.source, { ...context, table: input.source.table, ...(input.source.kind === 'rows' ? {} : { events: namedEvents(input.source) }) }, input.pipes);
  return { source: input.source, ...rest };
}

interface Input {
  readonly source: BoundSource | BoundTerms;
  /** Pipes of the let that is the whole source. */
  readonly pipes: readonly BoundPipe[];
  readonly made?: BindContext['made'];
}

function bindInput(query: Query, context: BindContext, options: BindOptions): Input | undefined {
  const { source } = query;
  switch (source.kind) {
    case 'event': {
      const bound = bindSource(source, context);
      if (bound === undefined) return undefined;
      hintLifetimes(source, bound, context);
      return { source: bound, pipes: [] };
    }
    case 'use': {
      const definition = context.lets.definitions.get(source.name);
      if (definition === undefined) {
        tellBareName(source.name, source, context);
        return undefined;
      }
      const { body } = definition;
      if (body.kind !== 'query') {
        context.lets.used.add(source.name);
        context.diagnostics.push(mistake(233, source, `The let ${source.name} is a condition, not rows; write any where ${source.name}.`));
        return undefined;
      }
      const inner = withinLet(context, source.name, source, (within) => bindQuery(body.query, within, options));
      return inner === undefined ? undefined : { source: inner.source, pipes: inner.pipes };
    }
    case 'sequence':
    case 'sample':
    case 'join': {
      const bound = bindTerms(source, context, options.samplesPerKey ?? 1);
      return bound === undefined ? undefined : { source: bound, pipes: [] };
    }
  }
}

/** What pipes after a sequence may call its events. */
function namedEvents(terms: BoundTerms): NonNullable<BindContext['events']> {
  const names = new Map<string, number>();
  let count = 0, bare = 0;
  for (const term of terms.terms) {
    if (term.name !== undefined) names.set(term.name, count);
    if (!term.negated) bare = count + term.runs - 1;
    count += term.runs;
  }
  return { count, names, bare };
}

function tellBareName(name: string, range: { from: number; to: number }, context: BindContext): void {
  if (context.sources.has(name)) context.diagnostics.push(mistake(101, range, `After ${name} a condition is wanted; for all rows write ${name} where true.`, [replace('Add where true', { from: range.to, to: range.to }, ' where true')]));
  else tellUnknownSource(name, range, context);
}
