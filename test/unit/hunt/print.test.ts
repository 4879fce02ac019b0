import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/hunt/index.js';
import { printDuration, printExpr, printHunt } from '../../../src/hunt/print.js';
import { COMPARISONS, MATCHES, RELATIONS, type Expr } from '../../../src/hunt/tree.js';

/** A tree without its places. */
const bare = (tree: unknown): unknown => JSON.parse(JSON.stringify(tree, (key, value: unknown) => (['from', 'to', 'opRange', 'nameRange', 'sourceRange'].includes(key) ? undefined : value)));

const at = { from: 0, to: 0 };
const name = fc.constantFrom('a', 'process.pid', 'sequence', 'x-y', 'a.sequence', 'a[0]', '@timestamp', 'within');
const literal = fc.oneof(
  fc.record({ type: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ type: fc.constant('int' as const), value: fc.nat() }),
  fc.record({ type: fc.constant('float' as const), value: fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)) }),
  fc.record({ type: fc.constant('duration' as const), value: fc.nat().map((value) => value * 1000) }),
  fc.constantFrom({ type: 'bool' as const, value: true }, { type: 'null' as const, value: null }),
).map((made): Expr => ({ kind: 'literal', ...made, ...at }));
const field = fc.record({ name, optional: fc.boolean() }).map((made): Expr => ({ kind: 'field', ...made, ...at }));
const { expr } = fc.letrec<{ expr: Expr; sum: Expr }>((tie) => ({
  sum: fc.oneof({ maxDepth: 4 }, literal, field, fc.record({ op: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const, '%' as const), left: tie('sum'), right: tie('sum') }).map((made): Expr => ({ kind: 'arithmetic', ...made, ...at })), fc.array(tie('expr'), { maxLength: 3 }).map((args): Expr => ({ kind: 'call', name: 'f', nameRange: at, folds: args.length > 2, args, ...at }))),
  expr: fc.oneof({ maxDepth: 4 }, literal, field, tie('sum'),
    fc.record({ op: fc.constantFrom(...COMPARISONS), left: tie('expr'), right: tie('expr') }).map((made): Expr => ({ kind: 'compare', opRange: at, ...made, ...at })),
    fc.record({ op: fc.constantFrom(...MATCHES), subject: tie('expr'), items: fc.array(literal, { minLength: 1, maxLength: 3 }), negated: fc.boolean() }).map((made): Expr => ({ kind: 'match', opRange: at, ...made, negated: made.negated && made.op.startsWith('in'), ...at })),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), operands: fc.array(tie('expr'), { minLength: 2, maxLength: 3 }) }).map((made): Expr => ({ ...made, ...at })),
    tie('expr').map((operand): Expr => ({ kind: 'not', operand, ...at })),
    fc.record({ relation: fc.constantFrom(...RELATIONS), where: tie('expr'), within: fc.option(fc.nat(), { nil: undefined }), tree: fc.constantFrom('created' as const, 'recorded' as const, undefined) }).map(({ relation, where, within, tree }): Expr => ({ kind: 'relation', relation, inner: { kind: 'event', source: 'exec', sourceRange: at, where, ...at }, ...(within !== undefined && { within }), ...(tree !== undefined && { tree }), ...at })),
  ),
}));

describe('a printed tree reads as the same tree', () => {
  test.each([
    'let shell(n) = n in ("sh", "bash")\nlet s = exec where shell(process.name) | head 3\ns | count by host.id | sort -count, a',
    'sequence by host.id, ?a with maxspan=5m [exec where true] by -x with runs=3 as first ![exec where true] [s] fork until [any where false] | tree recorded up 2 down 1',
    'sample by host.id [exec where not (a or b) and (c or d)] ["my category" where true] | fields a.process.pid as p, b',
    'network where true | stats count() as n, max(@timestamp) by a, b within 1h | filter n > 1 | chart by a per 30m',
    'exec where 1 - (2 - 3) == -x and not (a == 1) == b | timeline by a',
  ])('%s', (text) => {
    const first = parse(text);
    expect(first.diagnostics).toEqual([]);
    const again = parse(printHunt(first.hunt));
    expect(again.diagnostics).toEqual([]);
    expect(bare(again.hunt)).toEqual(bare(first.hunt));
  });

  test('of any expression', () => {
    fc.assert(fc.property(expr, (tree) => {
      const { hunt, diagnostics } = parse(`any where ${printExpr(tree)}`);
      expect(diagnostics).toEqual([]);
      const { source } = hunt.query!;
      expect(source.kind === 'event' ? bare(source.where) : undefined).toEqual(bare(tree));
    }), { numRuns: 1000 });
  });

  test('durations are written in the largest whole unit', () => {
    expect([300e6, 1500, 90e6, 0, 0.5, 86400e6 * 7].map(printDuration)).toEqual(['5m', '1500us', '90s', '0s', '500ns', '1w']);
  });
});
