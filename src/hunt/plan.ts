import type { Basis } from '../model/index.js';
import { placesOf } from './absence.js';
import { walkBound, type Bound, type BoundColumn, type BoundPipe, type BoundQuery, type BoundSource, type BoundTerm, type BoundTerms, type View } from './bound.js';
import { OWN, type Place } from './resolve.js';
import { floorOf } from './sqlScope.js';

/** A condition over rows of a source: what may be undecided. */
export interface Decided {
  readonly rows: Pick<BoundSource, 'source' | 'table'>;
  readonly where: Bound;
}

/**
 * A value that the scan of a machine selects to join by. `id`: the id that the store has for it (of a text, of a process) stands for the value, which is
 * cheaper; only where every term has one of the same kind.
 */
export interface KeyColumn {
  readonly expr: Bound;
  readonly coded: 'value' | 'id' | 'process';
  /** Not selected: the row's own process is there already (`process`), or another key says it too (`implied`: the host of a process). */
  readonly from?: 'process' | 'implied';
}

export interface MachineTerm {
  readonly term: BoundTerm;
  /** Its columns among the machine's. */
  readonly keys: readonly number[];
  readonly optional: readonly boolean[];
}

/** What a state machine needs besides its rows. */
export interface MachinePlan {
  readonly kind: BoundTerms['kind'];
  readonly terms: readonly MachineTerm[];
  readonly until: MachineTerm | undefined;
  readonly maxspan: number | undefined;
  readonly untilFirst: boolean;
  readonly samplesPerKey: number;
  readonly columns: readonly KeyColumn[];
  /** Values of events that residual conditions ask for, beside the keys. */
  readonly values: readonly Place[];
  /** Events in a result: terms with their runs. */
  readonly width: number;
}

/**
 * What a hunt does, in no engine's words: rows of a source (or of a machine over terms), then pipes in order, then a view. A dialect prints it.
 */
export interface Plan {
  readonly input: BoundSource | BoundTerms;
  readonly machine: MachinePlan | undefined;
  readonly pipes: readonly BoundPipe[];
  readonly view: View;
  readonly columns: readonly BoundColumn[];
  /** What is undecided is asked before any pipe cuts. */
  readonly decided: readonly Decided[];
  /** The places whose basis a row rests on: everything asked about it. */
  readonly places: readonly Place[];
  /** Whether a relation looks up from the row, so that the edge to its creator counts among what it rests on. */
  readonly climbs: boolean;
  /** Code of the weakest basis that still counts; 2: all. */
  readonly floor: number;
}

export function planQuery(query: BoundQuery, basis: Basis | undefined): Plan {
  const { source: input, pipes, view, columns } = query;
  return {
    input, pipes, view, columns,
    machine: input.kind === 'rows' ? undefined : machineOf(input),
    decided: input.kind === 'rows' ? [{ rows: input, where: ownCondition(input, pipes) }] : termsOf(input).map((term) => ({ rows: term.rows, where: term.rows.where })),
    places: placesUsed(query),
    climbs: climbs(query),
    floor: floorOf(basis),
  };
}

/** The source's condition and the filters right after it. */
function ownCondition(source: BoundSource, pipes: readonly BoundPipe[]): Bound {
  const operands = [source.where];
  for (const pipe of pipes) {
    if (pipe.kind === 'filter') operands.push(pipe.where);
    else if (pipe.kind !== 'sort') break;
  }
  return operands.length === 1 ? operands[0]! : { kind: 'and', type: 'bool', operands };
}

export function termsOf(terms: BoundTerms): readonly BoundTerm[] {
  return terms.until === undefined ? terms.terms : [...terms.terms, terms.until];
}

function machineOf(terms: BoundTerms): MachinePlan {
  const all = termsOf(terms);
  const columns: KeyColumn[] = [];
  const known = new Map<string, number>();
  // The results of a sample come in the order of their keys: ids have none.
  const codes = (all[0]?.keys ?? []).map((_, at) => (terms.kind === 'sample' ? 'value' : codeOf(all.map((term) => term.keys[at]?.expr))));
  const ofProcess = codes.includes('process');
  const columnOf = (expr: Bound, coded: KeyColumn['coded']): number => {
    const key = `${coded} ${JSON.stringify(expr)}`;
    let column = known.get(key);
    if (column === undefined) {
      const from = coded === 'process' && isOwnProcess(expr) ? 'process' : coded === 'id' && ofProcess && isHost(expr) ? 'implied' : undefined;
      column = columns.push({ expr, coded, ...(from !== undefined && { from }) }) - 1;
      known.set(key, column);
    }
    return column;
  };
  const plans = all.map((term): MachineTerm => ({ term, keys: term.keys.map((key, at) => columnOf(key.expr, codes[at] ?? 'value')), optional: term.keys.map((key) => key.optional) }));
  const values = new Map<string, Place>();
  for (const term of all) {
    if (term.residual === undefined) continue;
    // `events[0].x` is had from the row that was event 0: its own x.
    for (const place of placesOf(term.residual)) values.set(ownPlace(place).name, ownPlace(place));
  }
  return {
    kind: terms.kind, terms: plans.slice(0, terms.terms.length), until: terms.until === undefined ? undefined : plans.at(-1), maxspan: terms.maxspan,
    untilFirst: terms.untilFirst, samplesPerKey: terms.samplesPerKey, columns, values: [...values.values()],
    width: terms.terms.reduce((sum, term) => sum + term.runs, 0),
  };
}

/** The place without the step to an event of the sequence. */
export function ownPlace(place: Place): Place {
  const [first] = place.steps;
  return first?.table === 'event' ? { ...place, name: place.name.slice(place.name.indexOf(']') + 2), steps: place.steps.slice(1) } : place;
}

/** How the values of one key position are had, so that those of all terms compare. */
function codeOf(exprs: readonly (Bound | undefined)[]): KeyColumn['coded'] {
  const places = exprs.map((expr) => (expr?.kind === 'place' ? expr.place : undefined));
  if (places.every((place) => place?.column.form === 'interned' && place.column.derive === undefined)) return 'id';
  if (places.every((place) => place?.column.form === 'number')) return 'id';
  if (places.every((place) => place?.column.isIdentity === true && place.steps.length > 0)) return 'process';
  return 'value';
}

function isOwnProcess(expr: Bound): boolean {
  return expr.kind === 'place' && expr.place.steps.length === 1 && expr.place.steps[0] === OWN;
}

/** A process lies on one host, as do those that are linked to it. */
function isHost(expr: Bound): boolean {
  return expr.kind === 'place' && expr.place.steps.length === 0 && (expr.place.name === 'host.id' || expr.place.name === 'host.name');
}

function everyExpr(query: BoundQuery): Bound[] {
  const found: Bound[] = query.source.kind === 'rows' ? [query.source.where] : termsOf(query.source).flatMap((term) => [term.rows.where, ...term.keys.map((key) => key.expr)]);
  return [...found, ...query.pipes.flatMap(exprsOf)];
}

function placesUsed(query: BoundQuery): readonly Place[] {
  const found = new Map<string, Place>();
  for (const expr of everyExpr(query)) for (const place of placesOf(expr)) found.set(place.name, place);
  return [...found.values()];
}

function climbs(query: BoundQuery): boolean {
  let does = false;
  for (const expr of everyExpr(query)) walkBound(expr, (inner) => {
    if (inner.kind === 'relation' && (inner.relation === 'child' || inner.relation === 'sibling' || inner.relation === 'descendant')) does = true;
  });
  return does;
}

export function exprsOf(pipe: BoundPipe): readonly Bound[] {
  switch (pipe.kind) {
    case 'head':
    case 'tail':
      return [];
    case 'filter':
      return [pipe.where];
    case 'sort':
      return pipe.keys.map((key) => key.expr);
    case 'unique':
    case 'uniqueCount':
      return pipe.keys;
    case 'count':
      return pipe.keys.map((key) => key.expr);
    case 'fields':
      return pipe.columns.map((column) => column.expr);
    case 'stats':
      return [...pipe.keys.map((key) => key.expr), ...pipe.aggregates.flatMap((aggregate) => (aggregate.expr === undefined ? [] : [aggregate.expr]))];
  }
}
