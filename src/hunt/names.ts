import type { Range } from './diagnostics.js';
import type { Token } from './lexer.js';
import type { Parsed } from './parser.js';
import { PIPE_SYNTAX } from './pipes.js';
import { STORE_FIELDS } from './resolve.js';
import { SOURCE_NAMES } from './sources.js';
import { tokenFrom } from './tokenPlace.js';
import type { Expr, Inner, Pipe, Query } from './tree.js';

/**
 * A name that the text itself gave, where it is given and where it is used: a let, a parameter of one (or the item of arrayCount and arraySearch), an
 * event of a sequence (`as`), a column that a pipe made (`as`).
 */
export interface NameUse extends Range {
  readonly kind: 'let' | 'parameter' | 'event' | 'column';
  readonly name: string;
  /** Where it is given in this text; undefined: a let of a text before. */
  readonly definition: Range | undefined;
  readonly isDefinition: boolean;
}

interface Sight {
  readonly parameters: ReadonlyMap<string, Range>;
  readonly events: ReadonlyMap<string, Range>;
  readonly columns: ReadonlyMap<string, Range>;
}

const NOTHING: Sight = { parameters: new Map(), events: new Map(), columns: new Map() };
const AFTER_ITEM = new Set(['arraycount', 'arraysearch']);

/** Every use of a name that is given by lets and `as`, in order. `outer`: the lets of texts before this one. */
export function namesOf({ hunt, tokens }: Pick<Parsed, 'hunt' | 'tokens'>, outer: ReadonlySet<string>): readonly NameUse[] {
  const uses: NameUse[] = [];
  // The last one of a name counts, as the binder reads them.
  const lets = new Map(hunt.definitions.map((definition) => [definition.name, definition.nameRange]));
  const define = (kind: NameUse['kind'], name: string, range: Range): void => void uses.push({ kind, name, from: range.from, to: range.to, definition: range, isDefinition: true });
  const use = (kind: NameUse['kind'], name: string, range: Range, definition: Range | undefined): void => void uses.push({ kind, name, from: range.from, to: range.to, definition, isDefinition: false });
  const useLet = (name: string, range: Range): void => {
    if (!SOURCE_NAMES.has(name) && (lets.has(name) || outer.has(name))) use('let', name, range, lets.get(name));
  };

  const readExpr = (expr: Expr, sight: Sight): void => {
    switch (expr.kind) {
      case 'field': {
        const head = firstName(tokens, expr.from);
        const [first = ''] = expr.name.split(/[.[]/);
        const column = sight.columns.get(expr.name);
        const parameter = sight.parameters.get(first);
        const event = expr.name.includes('.') ? sight.events.get(first) : undefined;
        if (head === undefined) return;
        if (column !== undefined) use('column', expr.name, head, column);
        else if (parameter !== undefined) use('parameter', first, head, parameter);
        else if (event !== undefined) use('event', first, head, event);
        else if (STORE_FIELDS.resolve(expr.name, 'event', 'recorded').kind !== 'place') useLet(expr.name, head);
        return;
      }
      case 'call': {
        useLet(expr.name, expr.nameRange);
        const [list, item, condition] = expr.args;
        if (AFTER_ITEM.has(expr.name.toLowerCase()) && item?.kind === 'field' && condition !== undefined) {
          if (list !== undefined) readExpr(list, sight);
          define('parameter', item.name, item);
          readExpr(condition, { ...sight, parameters: new Map([...sight.parameters, [item.name, item]]) });
        } else for (const arg of expr.args) readExpr(arg, sight);
        return;
      }
      case 'relation':
        return readInner(expr.inner, { ...sight, columns: NOTHING.columns, events: NOTHING.events });
      case 'arithmetic':
      case 'compare':
        readExpr(expr.left, sight);
        return readExpr(expr.right, sight);
      case 'sign':
      case 'not':
        return readExpr(expr.operand, sight);
      case 'match':
        readExpr(expr.subject, sight);
        return expr.items.forEach((item) => readExpr(item, sight));
      case 'and':
      case 'or':
        return expr.operands.forEach((operand) => readExpr(operand, sight));
      case 'literal':
      case 'missing':
    }
  };
  const readInner = (inner: Inner, sight: Sight): void => {
    if (inner.kind === 'use') return useLet(inner.name, inner);
    useLet(inner.source, inner.sourceRange);
    readExpr(inner.where, sight);
  };
  const readQuery = ({ source, pipes }: Query, sight: Sight): void => {
    const events = new Map<string, Range>();
    if (source.kind === 'event' || source.kind === 'use') readInner(source, sight);
    else {
      for (const key of source.keys) readExpr(key, sight);
      for (const term of source.terms) {
        readInner(term.inner, { ...sight, events: new Map(events) });
        for (const key of term.keys) readExpr(key, sight);
        if (term.name !== undefined && term.nameRange !== undefined) {
          define('event', term.name, term.nameRange);
          events.set(term.name, term.nameRange);
        }
      }
      if (source.until !== undefined) {
        readInner(source.until.inner, sight);
        for (const key of source.until.keys) readExpr(key, sight);
      }
    }
    let columns: ReadonlyMap<string, Range> = NOTHING.columns;
    for (const pipe of pipes) columns = readPipe(pipe, { ...sight, events, columns });
  };
  /** The named columns after a pipe. */
  const readPipe = (pipe: Pipe, sight: Sight): ReadonlyMap<string, Range> => {
    const made = new Map<string, Range>();
    for (const arg of [...pipe.args, ...pipe.keys]) {
      readExpr(arg.expr, sight);
      if (arg.name === undefined || arg.nameRange === undefined) continue;
      define('column', arg.name, arg.nameRange);
      made.set(arg.name, arg.nameRange);
    }
    return PIPE_SYNTAX.get(pipe.name)?.makesTable === true ? made : sight.columns;
  };

  for (const definition of hunt.definitions) {
    define('let', definition.name, definition.nameRange);
    for (const parameter of definition.parameters) define('parameter', parameter.name, parameter);
    const parameters = new Map(definition.parameters.map((parameter): [string, Range] => [parameter.name, parameter]));
    const { body } = definition;
    if (body.kind === 'query') readQuery(body.query, { ...NOTHING, parameters });
    else readExpr(body.expr, { ...NOTHING, parameters });
  }
  if (hunt.query !== undefined) readQuery(hunt.query, NOTHING);
  return uses.sort((a, b) => a.from - b.from);
}

/** The first word of a field. */
function firstName(tokens: readonly Token[], from: number): Token | undefined {
  let at = tokenFrom(tokens, from);
  while (tokens[at]?.kind === 'symbol') at++; // brackets, ?
  const token = tokens[at];
  return token?.kind === 'name' || token?.kind === 'keyword' ? token : undefined;
}
