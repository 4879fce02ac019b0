import { ABSENT_NAMES } from './absentFields.js';
import { filledShare, type BindContext } from './bindContext.js';
import { withinLet } from './bindLet.js';
import { asTime, bindRegex, endgameCompare, hintWildcard, literalFixes, networkTest, tellMismatch, tellNetworks } from './bindLiteral.js';
import { sizeOf, type Bound } from './bound.js';
import { mistake, nearest, replace } from './diagnostics.js';
import { asCondition, asSeen, met, readAs } from './evidenceFields.js';
import { evidenceFor } from './evidenceFor.js';
import { tellTooLong } from './lets.js';
import { ENDGAME_FUNCTIONS, FUNCTION_NAMES, type FunctionRow } from './functions.js';
import type { Place, Resolution } from './resolve.js';
import type { Arithmetic, Call, Compare, Expr, Field, Literal, Match, Relation } from './tree.js';
import { inWords, kinOf, meet, type Kin, type ValueType } from './types.js';

const NOTHING: Bound = { kind: 'absent', type: 'any', name: '' };

/** Binds an expression in condition position: it must be true or false. */
export function bindCondition(expr: Expr, context: BindContext): Bound {
  const bound = asCondition(bindExpression(expr, context));
  if (expr.kind !== 'missing' && bound.type !== 'bool' && bound.type !== 'any' && bound.type !== 'null') {
    context.diagnostics.push(mistake(203, expr, `A condition is wanted here, and this is ${inWords(bound.type)}; compare it with something.`));
  }
  return bound;
}

/** Binds any expression. What cannot be bound is told, and stands as absent. */
export function bindExpression(expr: Expr, context: BindContext): Bound {
  switch (expr.kind) {
    case 'literal':
      return { kind: 'value', type: expr.type, value: expr.value };
    case 'field':
      return bindField(expr, context);
    case 'call':
      return bindCall(expr, context);
    case 'arithmetic':
      return bindArithmetic(expr, context);
    case 'sign': {
      const operand = readAs(bindExpression(expr.operand, context), 'number');
      wantNumber(expr.operand, operand, context);
      if (expr.op === '+') return operand;
      return { kind: 'arithmetic', type: operand.type, op: '-', left: { kind: 'value', type: 'int', value: 0 }, right: operand };
    }
    case 'compare':
      return bindCompare(expr, context);
    case 'match':
      return bindMatch(expr, context);
    case 'and':
    case 'or':
      return { kind: expr.kind, type: 'bool', operands: expr.operands.map((operand) => bindCondition(operand, context)) };
    case 'not':
      return { kind: 'not', type: 'bool', operand: bindCondition(expr.operand, context) };
    case 'relation':
      return bindRelation(expr, context);
    case 'missing':
      return NOTHING;
  }
}

/** Behind so many mistakes no names are looked for any more: a text may be nothing but unknown names. */
const SUGGESTED_AT_MOST = 100;

function bindField(expr: Field, context: BindContext): Bound {
  const own = boundName(expr, context);
  if (own !== undefined) return own;
  if (context.made !== undefined) {
    const index = context.made.findIndex((column) => column.name === expr.name);
    const column = context.made[index];
    if (column !== undefined) return { kind: 'column', type: column.type, name: expr.name, index, list: column.list };
    const names = nearest(expr.name, context.made.map((one) => one.name));
    context.diagnostics.push(mistake(201, expr, `The rows here have no column ${expr.name}; they have ${context.made.map((one) => one.name).join(', ')}.`, names.map((name) => replace(`Change to ${name}`, expr, name))));
    return NOTHING;
  }
  const named = letValue(expr, context);
  if (named !== undefined) return named;
  const resolution = resolveIn(expr.name, context);
  if (resolution.kind === 'place') {
    const isEmpty = filledShare(context, expr.name) === 0;
    // A ?field that no open evidence has is the literal null, as in Elastic.
    if (isEmpty) context.diagnostics.push(mistake(205, expr, tellsAbsent(expr.name, context), [], 'information'));
    if (expr.optional && isEmpty) return { kind: 'value', type: 'null', value: null };
    return asSeen(resolution.place);
  }
  if (resolution.kind === 'absent') {
    context.diagnostics.push(mistake(205, expr, tellsAbsent(expr.name, context), [], 'information'));
    return expr.optional ? { kind: 'value', type: 'null', value: null } : { kind: 'absent', type: 'any', name: expr.name };
  }
  if (context.dialect.isEndgame) return { kind: 'absent', type: 'any', name: expr.name }; // there any name may be asked
  if (expr.optional) return { kind: 'value', type: 'null', value: null };
  const ofRecords = new Set(context.catalogue?.evidence?.map(({ name }) => name));
  const isPresent = (name: string): boolean => (filledShare(context, name) ?? 0) > 0 || ofRecords.has(name);
  const names = context.diagnostics.length > SUGGESTED_AT_MOST ? [] : nearest(expr.name, new Set([...context.model.names(context.table), ...ofRecords, ...ABSENT_NAMES]), isPresent);
  const fixes = names.map((name) => replace(`Change to ${name}`, expr, name));
  const where = context.table === 'process' && context.model.resolve(expr.name, 'event', context.parents).kind === 'place' ? ` of a lifetime; events have it, use a source of events` : '';
  context.diagnostics.push(mistake(201, expr, `There is no field ${expr.name}${where}${names.length > 0 ? `; is ${names.join(' or ')} meant?` : '.'}${lacksRecords(context) ? ` ${LACKS_RECORDS}` : ''}`, [...fixes, replace(`It may be missing: ?${expr.name}`, expr, `?${expr.name}`)]));
  return NOTHING;
}

/** 205, with what could bring the field. */
function tellsAbsent(name: string, context: BindContext): string {
  if (context.loaded !== undefined) return `This store has no ${name}: it is absent in every row. ${lacksRecords(context) ? LACKS_RECORDS : 'Leave it out, or load evidence that has it.'}`;
  const evidence = evidenceFor(name);
  return `No open evidence has ${name}: it is absent in every row. ${evidence === undefined ? 'Leave it out, or open evidence that has it.' : `Open what brings it: ${evidence}.`}`;
}

const LACKS_RECORDS = 'An older version filled this store, without what only the records have: load the evidence anew, into another database.';

function lacksRecords({ loaded }: BindContext): boolean {
  return loaded?.hasRecords() === false;
}

/** A name that stands for what is around it: a parameter, an item of a list. */
function boundName(expr: Field, context: BindContext): Bound | undefined {
  const parameter = context.parameters.get(expr.name);
  if (parameter !== undefined) return parameter;
  const [head = '', ...path] = expr.name.split('.');
  const item = context.items.get(head);
  return item === undefined ? undefined : { kind: 'item', type: path.length === 0 && !context.dialect.isEndgame ? 'text' : 'any', item, path };
}

/** A let of a condition or value. */
function letValue(expr: Field, context: BindContext): Bound | undefined {
  const definition = context.lets.definitions.get(expr.name);
  const field = definition === undefined ? undefined : context.model.resolve(expr.name, context.table, context.parents);
  // A column of somebody's export does not take a let's name.
  if (definition === undefined || (field?.kind === 'place' && field.place.record === undefined)) return undefined;
  if (definition.body.kind !== 'expr' || definition.parameters.length > 0) {
    context.lets.used.add(expr.name);
    context.diagnostics.push(mistake(233, expr, definition.parameters.length > 0 ? `The let ${expr.name} takes ${definition.parameters.length} arguments: ${expr.name}(${definition.parameters.map((one) => one.name).join(', ')}).` : `The let ${expr.name} is a query; a condition is wanted. Use child of ${expr.name}, event of ${expr.name}, ...`));
    return NOTHING;
  }
  const { body } = definition;
  return withinLet(context, expr.name, expr, (inner) => bindExpression(body.expr, { ...ownNames(inner), parameters: new Map() })) ?? NOTHING;
}

/** What a let sees of where it is used: the rows, not the names that stand around the use. */
function ownNames(context: BindContext): BindContext {
  const { events } = context;
  return { ...context, items: new Map(), events: events && { ...events, names: new Map() } };
}

/** A call of a let: its body with the arguments in the place of its parameters, each bound once. */
function bindLetCall(expr: Call, context: BindContext): Bound | undefined {
  const definition = context.lets.definitions.get(expr.name);
  if (definition === undefined) return undefined;
  const { parameters, body } = definition;
  if (parameters.length !== expr.args.length || body.kind !== 'expr') {
    context.lets.used.add(expr.name);
    context.diagnostics.push(mistake(233, expr, body.kind !== 'expr' ? `The let ${expr.name} is a query and takes no arguments.` : `The let ${expr.name} takes ${parameters.length} arguments, not ${expr.args.length}: ${expr.name}(${parameters.map((one) => one.name).join(', ')}).`));
    return NOTHING;
  }
  const args = expr.args.map((arg) => bindExpression(arg, context));
  const made = withinLet(context, expr.name, expr, (inner) => bindExpression(body.expr, { ...ownNames(inner), parameters: new Map(parameters.map((parameter, at) => [parameter.name, args[at]!])) })) ?? NOTHING;
  if (sizeOf(made) <= MAX_SIZE) return made;
  tellTooLong(context.lets, expr, context.diagnostics);
  return NOTHING;
}

/** An argument may stand in several places of a let's body, and be such a call itself. */
const MAX_SIZE = 20_000;

/** Where a field lies: in the row, or in an event of the sequence (`events[0].x`, `a.x`). */
function resolveIn(name: string, context: BindContext): Resolution {
  const { events, table } = context;
  if (events === undefined) return context.model.resolve(name, table === 'sequence' ? 'event' : table, context.parents);
  const indexed = /^events\[(\d+)\]\.(.+)$/.exec(name);
  const dot = name.indexOf('.');
  const index = indexed !== null ? Number(indexed[1]) : events.names.get(name.slice(0, dot));
  if (index !== undefined) {
    if (index >= events.count) return { kind: 'unknown' };
    return ofEvent(index, context.model.resolve(indexed !== null ? indexed[2]! : name.slice(dot + 1), 'event', context.parents));
  }
  const bare = context.model.resolve(name, 'event', context.parents);
  return events.bare === undefined ? bare : ofEvent(events.bare, bare);
}

function ofEvent(index: number, resolution: Resolution): Resolution {
  if (resolution.kind !== 'place') return resolution;
  const { place } = resolution;
  return { kind: 'place', place: { ...place, name: `events[${index}].${place.name}`, steps: [{ name: `events[${index}]`, sql: `$.e${index}`, table: 'event' }, ...place.steps] } satisfies Place };
}

function bindCall(expr: Call, context: BindContext): Bound {
  const called = bindLetCall(expr, context);
  if (called !== undefined) return called;
  const row = (context.dialect.isEndgame ? ENDGAME_FUNCTIONS.get(expr.name.toLowerCase()) : undefined) ?? FUNCTION_NAMES.get(expr.name.toLowerCase());
  if (row === undefined) {
    const names = nearest(expr.name, [...[...FUNCTION_NAMES.values()].map((one) => one.name), ...context.lets.definitions.keys()]);
    context.diagnostics.push(mistake(204, expr.nameRange, `There is no function ${expr.name}${names.length > 0 ? `; is ${names.join(' or ')} meant?` : '.'}`, names.map((name) => replace(`Change to ${name}`, expr.nameRange, name))));
    return NOTHING;
  }
  const most = row.repeats === true ? Infinity : row.args.length;
  if (expr.args.length < row.required || expr.args.length > most) {
    context.diagnostics.push(mistake(204, expr, `${row.name} takes other arguments: ${row.signature}.`));
    return NOTHING;
  }
  if (row.name === 'arrayCount' || row.name === 'arraySearch') return bindItems(expr, row, context);
  const folds = expr.folds || (context.dialect.isEndgame && context.dialect.ignoresCase);
  const args = expr.args.map((arg, at) => asArgument(row, at, bindExpression(arg, context)));
  expr.args.forEach((arg, at) => checkArgument(row, at, arg, args[at]!, context));
  if (row.name === 'cidrMatch') tellNetworks(expr.args.slice(1), context);
  const [first = NOTHING, second = NOTHING] = args;
  switch (row.name) {
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'modulo': {
      const op = ({ add: '+', subtract: '-', multiply: '*', divide: '/', modulo: '%' } as const)[row.name];
      return madeArithmetic(op, first.type === 'int' && second.type === 'int' ? 'int' : 'float', first, second, context);
    }
    case 'length':
      if (first.kind === 'place' && first.place.list) return { kind: 'count', type: 'int', list: first };
      break;
    case 'arrayContains':
      return { kind: 'in', type: 'bool', folds: !context.dialect.isEndgame || folds, subject: first, items: args.slice(1) };
    case 'wildcard':
    case 'match': {
      const patterns = expr.args.slice(1).filter((arg): arg is Literal => arg.kind === 'literal' && arg.type === 'text');
      if (patterns.length < expr.args.length - 1) {
        context.diagnostics.push(mistake(204, expr, `${row.name} takes its patterns as literal text.`));
        return NOTHING;
      }
      if (row.name === 'match') return bindRegex(first, patterns, folds, context);
      return { kind: 'wildcard', type: 'bool', folds: !context.dialect.isEndgame || folds, subject: first, patterns: patterns.map((pattern) => String(pattern.value)) };
    }
    case 'safe':
      return first;
    case 'coalesce':
      return { kind: 'call', type: args.find((arg) => kinOf(arg.type) !== 'any')?.type ?? 'any', row, folds: false, args };
  }
  return { kind: 'call', type: row.result, row, folds, args };
}

/** arrayCount(list, name, condition): the condition speaks of one item. */
function bindItems(expr: Call, row: FunctionRow, context: BindContext): Bound {
  const [listExpr, name, condition] = expr.args;
  const list = bindExpression(listExpr!, context); // the number of arguments was looked at
  const isList = isListOf(list);
  if (!isList && list.kind !== 'absent' && !(list.kind === 'value' && list.value === null)) context.diagnostics.push(mistake(203, listExpr!, `${row.name} wants a list here, and this is ${inWords(list.type)}.`));
  if (name?.kind !== 'field' || name.name.includes('.')) {
    context.diagnostics.push(mistake(204, name ?? expr, `${row.name} wants a name for the item here: ${row.example}.`));
    return NOTHING;
  }
  const item = context.items.size;
  const where = bindCondition(condition!, { ...context, items: new Map([...context.items, [name.name, item]]) });
  if (!isList) return NOTHING;
  return { kind: 'items', type: row.name === 'arrayCount' ? 'int' : 'bool', counts: row.name === 'arrayCount', list, item, where };
}

function isListOf(bound: Bound): boolean {
  return (bound.kind === 'place' && bound.place.list) || (bound.kind === 'column' && bound.list) || bound.kind === 'item';
}

/** The older dialect divides down, and its remainder has the divisor's sign. */
function madeArithmetic(op: Arithmetic['op'], type: ValueType, left: Bound, right: Bound, context: BindContext): Bound {
  if (context.dialect.isEndgame && (op === '%' || (op === '/' && type === 'int'))) return { kind: 'call', type, row: ENDGAME_FUNCTIONS.get(op)!, folds: false, args: [left, right] };
  return { kind: 'arithmetic', type, op, left, right };
}

/** A field of records is read as what the function wants. */
function asArgument(row: FunctionRow, at: number, bound: Bound): Bound {
  const wanted = row.args[Math.min(at, row.args.length - 1)];
  return wanted === 'text' || wanted === 'number' || wanted === 'bool' ? readAs(bound, wanted) : bound;
}

function checkArgument(row: FunctionRow, at: number, expr: Expr, bound: Bound, context: BindContext): void {
  const wanted = row.args[Math.min(at, row.args.length - 1)];
  const kin = kinOf(bound.type);
  if (wanted === 'any' || kin === 'any' || (wanted === 'text' && kin === 'text') || (wanted === 'number' && kin === 'number') || (wanted === 'bool' && kin === 'bool')) return;
  if (wanted === 'list' && isListOf(bound)) return;
  context.diagnostics.push(mistake(203, expr, `${row.name} wants ${wanted === 'list' ? 'a list' : wanted === 'number' ? 'a number' : wanted === 'bool' ? 'true or false' : 'text'} here, and this is ${inWords(bound.type)}.`));
}

function bindArithmetic(expr: Arithmetic, context: BindContext): Bound {
  let left = readAs(bindExpression(expr.left, context), 'number');
  let right = readAs(bindExpression(expr.right, context), 'number');
  // "2026-11-24T10:00:00Z" beside a time is a time.
  if (left.type === 'time') right = asTime(expr.right, right, context);
  else if (right.type === 'time') left = asTime(expr.left, left, context);
  const type = arithmeticType(expr.op, left.type, right.type);
  if (type === undefined) {
    context.diagnostics.push(mistake(203, expr, `${inWords(left.type)} ${expr.op} ${inWords(right.type)} has no meaning.`));
    return NOTHING;
  }
  return madeArithmetic(expr.op, type, left, right, context);
}

function arithmeticType(op: Arithmetic['op'], left: ValueType, right: ValueType): ValueType | undefined {
  if (kinOf(left) === 'any' || kinOf(right) === 'any') return kinOf(left) === 'any' ? right : left;
  const number = kinOf(left) === 'number' && kinOf(right) === 'number';
  if (number) return left === 'int' && right === 'int' ? 'int' : 'float';
  if (left === 'time' && right === 'time') return op === '-' ? 'duration' : undefined;
  if (left === 'time' && right === 'duration') return op === '+' || op === '-' ? 'time' : undefined;
  if (left === 'duration' && right === 'time') return op === '+' ? 'time' : undefined;
  if (left === 'duration' && right === 'duration') return op === '+' || op === '-' || op === '%' ? 'duration' : op === '/' ? 'float' : undefined;
  if (left === 'duration' && kinOf(right) === 'number') return op === '*' || op === '/' ? 'duration' : undefined;
  if (kinOf(left) === 'number' && right === 'duration') return op === '*' ? 'duration' : undefined;
  return undefined;
}

function wantNumber(expr: Expr, bound: Bound, context: BindContext): void {
  const kin = kinOf(bound.type);
  if (kin !== 'number' && kin !== 'duration' && kin !== 'any') context.diagnostics.push(mistake(203, expr, `A number is wanted here, and this is ${inWords(bound.type)}.`));
}

function bindCompare(expr: Compare, context: BindContext): Bound {
  let [left, right] = met(bindExpression(expr.left, context), bindExpression(expr.right, context));
  const leftNull = left.kind === 'value' && left.type === 'null';
  const rightNull = right.kind === 'value' && right.type === 'null';
  if ((leftNull || rightNull) && (expr.op === '==' || expr.op === '!=')) return { kind: 'isNull', type: 'bool', negated: expr.op === '!=', operand: rightNull ? left : right };
  if (left.type === 'time') right = asTime(expr.right, right, context);
  else if (right.type === 'time') left = asTime(expr.left, left, context);
  if (!meet(left.type, right.type)) {
    tellMismatch(expr, left, right, context);
    return NOTHING;
  }
  if (kinOf(left.type) === 'bool' && expr.op !== '==' && expr.op !== '!=') context.diagnostics.push(mistake(203, expr, 'True and false have no order; use == or !=.'));
  if (context.dialect.isEndgame) return endgameCompare(expr, left, right, context);
  if (expr.left.kind === 'literal' && expr.right.kind === 'literal') context.diagnostics.push(mistake(207, expr, 'This compares two literals: it is the same for every row; compare a field, or remove it.', [], 'warning'));
  hintWildcard(expr.opRange, [expr.left, expr.right], expr.op === '==' ? 'like' : undefined, context);
  const network = networkTest(left, right) ?? networkTest(right, left);
  if (network !== undefined && expr.op === '==') return network;
  if (network !== undefined && expr.op === '!=') return { kind: 'compare', type: 'bool', op: '!=', left: network, right: { kind: 'value', type: 'bool', value: true } };
  return { kind: 'compare', type: 'bool', op: expr.op, left, right };
}

function bindMatch(expr: Match, context: BindContext): Bound {
  const subject = readAs(bindExpression(expr.subject, context), expr.op === 'in' || expr.op === 'in~' ? kinOfItems(expr.items) : 'text');
  if (expr.op === 'in' || expr.op === 'in~') {
    const items = expr.items.map((item) => bindInItem(expr, item, subject, context));
    hintWildcard(expr.opRange, expr.items, expr.negated ? undefined : expr.op === 'in' ? 'like' : 'like~', context);
    const networks = items.map((item) => networkTest(subject, item)).filter((test) => test !== undefined);
    const plain = items.filter((item) => networkTest(subject, item) === undefined);
    const folds = expr.op === 'in~' || (context.dialect.isEndgame && context.dialect.ignoresCase && kinOf(subject.type) === 'text');
    const tests: Bound[] = [...(plain.length > 0 ? [{ kind: 'in', type: 'bool', folds, subject, items: plain } as const] : []), ...networks];
    const test: Bound = tests.length === 1 ? tests[0]! : { kind: 'or', type: 'bool', operands: tests };
    return expr.negated ? { kind: 'not', type: 'bool', operand: test } : test;
  }
  const literals = expr.items.filter((item): item is Literal => item.kind === 'literal' && item.type === 'text');
  if (kinOf(subject.type) === 'number' || kinOf(subject.type) === 'bool' || kinOf(subject.type) === 'time' || kinOf(subject.type) === 'duration') {
    const only = expr.items.length === 1 && literals[0] !== undefined ? literalFixes(literals[0], subject.type) : [];
    const range = { from: expr.opRange.from, to: expr.to };
    context.diagnostics.push(mistake(203, range, `${expr.op} looks into text, and this is ${inWords(subject.type)}; use ==.`, only.map((fix) => replace(`Change to == ${fix.text}`, range, `== ${fix.text}`))));
    return NOTHING;
  }
  for (const item of expr.items) {
    if (item.kind !== 'literal' || item.type !== 'text') {
      if (item.kind !== 'missing') context.diagnostics.push(mistake(203, item, `${expr.op} wants literal text here.`, item.kind === 'literal' ? literalFixes(item, 'text') : []));
      return NOTHING;
    }
  }
  if (expr.op === 'regex' || expr.op === 'regex~') return bindRegex(subject, literals, expr.op === 'regex~', context, { from: expr.opRange.from, to: expr.to });
  const patterns = literals.map((literal) => String(literal.value));
  const networks = expr.op === ':' ? patterns.filter((pattern) => subject.type === 'ip' && /^[\da-f.:]+\/\d+$/i.test(pattern)) : [];
  const plain = patterns.filter((pattern) => !networks.includes(pattern));
  const tests: Bound[] = networks.map((network) => ({ kind: 'call', type: 'bool', row: FUNCTION_NAMES.get('cidrmatch')!, folds: false, args: [subject, { kind: 'value', type: 'text', value: network }] }));
  if (plain.length > 0) tests.push({ kind: 'wildcard', type: 'bool', folds: expr.op !== 'like', subject, patterns: plain });
  return tests.length === 1 ? tests[0]! : { kind: 'or', type: 'bool', operands: tests };
}

/** How a field of records is read in a list: as numbers where all items are some. */
function kinOfItems(items: readonly Expr[]): Kin {
  const kinds = new Set(items.map((item) => (item.kind === 'literal' ? kinOf(item.type) : 'text')));
  return kinds.size === 1 ? [...kinds][0]! : 'text';
}

function bindInItem(expr: Match, item: Expr, subject: Bound, context: BindContext): Bound {
  const bound = readAs(bindExpression(item, context), kinOf(subject.type));
  if (subject.type === 'time') return asTime(item, bound, context);
  if (item.kind !== 'missing' && !meet(subject.type, bound.type)) {
    context.diagnostics.push(mistake(203, item, `The list holds ${inWords(bound.type)}, and the field is ${inWords(subject.type)}.`, item.kind === 'literal' ? literalFixes(item, subject.type) : []));
  } else if (expr.op === 'in~' && item.kind === 'literal' && kinOf(bound.type) !== 'text' && kinOf(bound.type) !== 'any') {
    context.diagnostics.push(mistake(203, item, 'in~ ignores case and so wants text; use in.', [replace('Change to in', expr.opRange, expr.negated ? 'not in' : 'in')]));
  }
  return bound;
}

function bindRelation(expr: Relation, context: BindContext): Bound {
  if (context.made !== undefined) {
    context.diagnostics.push(mistake(301, expr, 'These rows are no processes any more; ask for relations before the pipe that made them.'));
    return NOTHING;
  }
  if (context.table === 'sequence') {
    context.diagnostics.push(mistake(301, expr, 'A lineage predicate asks of one process; ask it inside a term.'));
    return NOTHING;
  }
  const inner = context.bindInner(expr.inner, { ...context, made: undefined, events: undefined });
  // In the created view `in recorded` reads as the creator's.
  const tree = context.parents === 'created' ? 'created' : (expr.tree ?? 'created');
  return inner === undefined ? NOTHING : { kind: 'relation', type: 'bool', relation: expr.relation, tree, within: expr.within, inner };
}

/** 202, with the nearest sources. */
export function tellUnknownSource(name: string, range: { from: number; to: number }, context: BindContext): void {
  const names = nearest(name, [...context.sources.keys(), ...context.lets.definitions.keys()]);
  context.diagnostics.push(mistake(202, range, `There is no source ${name}${names.length > 0 ? `; is ${names.join(' or ')} meant?` : '; sources are processes, exec, file, network, ...'}`, names.map((one) => replace(`Change to ${one}`, range, one))));
}
