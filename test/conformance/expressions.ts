import initSqlJs from 'sql.js';
import { bind } from '../../src/hunt/bind.js';
import type { BindContext, Dialect } from '../../src/hunt/bindContext.js';
import { bindExpression } from '../../src/hunt/bindExpression.js';
import type { Bound } from '../../src/hunt/bound.js';
import { gatherLets } from '../../src/hunt/lets.js';
import { parse } from '../../src/hunt/parser.js';
import type { FieldModel } from '../../src/hunt/resolve.js';
import { simplify } from '../../src/hunt/simplify.js';
import { SQL_FUNCTIONS, type SqlValue } from '../../src/hunt/sqlFunctions.js';
import { SQLITE } from '../../src/hunt/sqlite.js';
import { Scope } from '../../src/hunt/sqlScope.js';
import type { Diagnostic } from '../../src/engine/requests.js';

export interface ExpressionItem {
  readonly index: number;
  readonly kind: 'fold' | 'rejected' | 'optimizer' | 'equivalent';
  readonly case: 'both' | 'sensitive' | 'insensitive';
  readonly expression: string;
  readonly expected?: string | number | boolean | null;
  readonly optimized?: string;
  readonly alternate?: string;
  readonly param?: { readonly name: string; readonly type: readonly string[] };
}

const sql = await initSqlJs();
const database = new sql.Database();
for (const { name, implementation } of SQL_FUNCTIONS) database.create_function(name, implementation);
database.run('CREATE TABLE string (id INTEGER PRIMARY KEY, text TEXT)');

/** Any name is a field that may hold anything. */
const ANY_FIELD: FieldModel = {
  names: () => [],
  resolve: (name) => ({ kind: 'place', place: { name, type: 'any', list: false, origin: 'ecs', doc: '', steps: [], column: { sql: `$.${name}`, form: 'plain' } } }),
};

const LITERALS: Readonly<Record<string, string>> = { null: 'null', bool: 'true', int: '100', string: '"text"', float: '1.5' };

/** Undefined where an item holds; else what was expected and what was got. */
export function checkExpression(item: ExpressionItem): string | undefined {
  const dialect: Dialect = { isEndgame: true, ignoresCase: item.case !== 'sensitive' };
  const texts = item.param === undefined ? [item.expression] : item.param.type.map((type) => item.expression.replaceAll(`$${item.param!.name}`, LITERALS[type] ?? type));
  for (const text of texts) {
    const wrong = checkOne(item, text, dialect);
    if (wrong !== undefined) return `${item.kind} ${item.index}: ${text}\n    expected ${item.kind === 'fold' ? JSON.stringify(item.expected) : item.kind === 'rejected' ? 'an error' : (item.optimized ?? item.alternate ?? '')}\n    got      ${wrong}`;
  }
  return undefined;
}

function checkOne(item: ExpressionItem, text: string, dialect: Dialect): string | undefined {
  const { bound, errors } = read(text, dialect);
  if (item.kind === 'rejected') return errors.length > 0 ? undefined : 'no error';
  if (errors.length > 0) return errors.map((one) => `${one.code} ${one.message}`).join('; ');
  if (item.kind === 'fold') {
    const value = evaluate(bound);
    const got = typeof item.expected === 'boolean' && value !== null ? value !== 0 : value;
    return got === item.expected || (typeof got === 'number' && typeof item.expected === 'number' && Math.abs(got - item.expected) < 1e-9) ? undefined : JSON.stringify(got);
  }
  const other = read(item.optimized ?? item.alternate ?? '', dialect);
  if (other.errors.length > 0) return `the other text: ${other.errors[0]!.message}`;
  const left = shape(item.kind === 'optimizer' ? simplify(bound) : bound), right = shape(other.bound);
  return left === right ? undefined : left;
}

function read(text: string, dialect: Dialect): { bound: Bound; errors: readonly Diagnostic[] } {
  const parsed = parse(`any where null == (${text})\n`, dialect);
  const plain = parse(`any where ${text}\n`, dialect);
  const source = plain.hunt.query?.source;
  const diagnostics: Diagnostic[] = [];
  const context: BindContext = { model: ANY_FIELD, sources: new Map([['any', { name: 'any', table: 'event', doc: '', columns: [] }]]), catalogue: undefined, parents: 'recorded', diagnostics, table: 'event', made: undefined, lets: gatherLets([], [], new Map(), []), loaded: undefined, dialect, parameters: new Map(), items: new Map(), events: undefined, bindInner: () => undefined };
  const bound: Bound = source?.kind === 'event' ? bindExpression(source.where, context) : { kind: 'absent', type: 'any', name: '' };
  const inCondition = bind(parsed.hunt, { model: ANY_FIELD, dialect }).diagnostics;
  return { bound, errors: [...plain.diagnostics, ...diagnostics, ...inCondition].filter((one) => one.severity === 'error') };
}

/** The value that the emitted SQL has: 1 and 0 for true and false. */
function evaluate(bound: Bound): SqlValue {
  const params = SQLITE.parameters();
  const scope = new Scope('event', 'e', () => 'j', 2, SQLITE);
  const printer = SQLITE.printer({ params, scope, made: [], scopeOf: () => scope, printerOf: () => printer });
  const statement = params.statement(`SELECT ${printer.value(bound.type === 'bool' ? { kind: 'threeValued', type: 'bool', operand: bound } : bound)}`);
  const prepared = database.prepare(statement.sql);
  try {
    prepared.bind([...statement.params]);
    prepared.step();
    return prepared.get()[0] as SqlValue;
  } finally {
    prepared.free();
  }
}

/** An expression's shape without where its types came from. */
function shape(bound: Bound): string {
  const plain = (key: string, value: unknown): unknown => {
    if (key === 'type' || key === 'row' || key === 'doc') return undefined;
    return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'threeValued' && 'operand' in value ? value.operand : value;
  };
  return JSON.stringify(plain('', bound), plain);
}
