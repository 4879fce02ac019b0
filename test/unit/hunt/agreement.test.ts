import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileHunt, runCompiled } from '../../../src/hunt/index.js';
import { isTrue, truth, type Values } from './evaluator.js';
import { doubleFork } from './store.js';

const FIELDS = {
  text: ['process.name', 'process.creator.name', 'process.parent.name', 'process.executable', 'user.name', 'user.id', 'process.creator.basis', 'process.entry.kind', 'process.launcher.executable', 'process.adopter.name', 'process.adopter.kind'],
  number: ['process.pid', 'process.exit_code', 'process.args_count', 'process.creator.pid', 'process.launcher.distance'],
  bool: ['process.orphan', 'process.intermediate', 'process.creator.interactive'],
  list: ['process.args', 'process.creator.args'],
  time: ['process.start', 'process.end'],
  duration: ['process.orphaned_after'],
} as const;

const world = doubleFork();
const names = Object.values(FIELDS).flat();
const rows: Values[] = (() => {
  const result = runCompiled(world.port, compileHunt(`processes where true | fields ${names.join(', ')}`), { limit: 100 });
  return result.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
})();

const pick = (items: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...items);
const text = pick(['"bash"', '"nc"', '"NC"', '"-e"', '"1000"', '"0"', '"login"', '"derived"', '"none such"', '"/bin/bash"', '"%"', '""']);
const pattern = pick(['"*a*"', '"?c"', '"N*"', '"/[tb]*"', '"*"', '"-?"', '"bash"', '"%*"', '"_ash"', '"*b*a*s*h*/*b*a*s*h*"']);
const number = pick(['0', '1', '2', '4', '100', '300', '-1', '2.5', '5000000000']);
const order = pick(['==', '!=', '<', '<=', '>', '>=']);
const sum: fc.Arbitrary<string> = fc.letrec<{ sum: string }>((tie) => ({
  sum: fc.oneof({ maxDepth: 2 }, pick(FIELDS.number), number, fc.tuple(tie('sum'), pick(['+', '-', '*', '/', '%']), tie('sum')).map(([a, op, b]) => `(${a} ${op} ${b})`)),
})).sum.filter((one) => !/%.*\.5|\.5.*%/.test(one));

const leaf: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(pick([...FIELDS.text, ...FIELDS.list]), order.filter((op) => op === '==' || op === '!='), text).map((parts) => parts.join(' ')),
  fc.tuple(pick(FIELDS.text), order, fc.oneof(text, pick(FIELDS.text))).map((parts) => parts.join(' ')),
  fc.tuple(pick([...FIELDS.text, ...FIELDS.list]), pick([':', 'like', 'like~']), fc.array(pattern, { minLength: 1, maxLength: 3 })).map(([field, op, patterns]) => `${field} ${op} (${patterns.join(', ')})`),
  fc.tuple(pick([...FIELDS.text, ...FIELDS.list]), pick(['in', 'not in', 'in~']), fc.array(text, { minLength: 1, maxLength: 3 })).map(([field, op, items]) => `${field} ${op} (${items.join(', ')})`),
  fc.tuple(pick(FIELDS.number), pick(['in', 'not in']), fc.array(number, { minLength: 1, maxLength: 3 })).map(([field, op, items]) => `${field} ${op} (${items.join(', ')})`),
  fc.tuple(sum, order, sum).map((parts) => parts.join(' ')),
  fc.tuple(pick(FIELDS.list), pick(['==', '!=']), pick(FIELDS.text)).map((parts) => parts.join(' ')),
  fc.tuple(pick(FIELDS.time), order, pick([...FIELDS.time, '"1970-01-01T00:00:31Z"', '30500'])).map((parts) => parts.join(' ')),
  fc.tuple(pick(FIELDS.time), pick(['-']), pick(FIELDS.time), order, pick(['1s', '2m', 'process.orphaned_after'])).map((parts) => parts.join(' ')),
  pick(FIELDS.bool),
  fc.tuple(pick(FIELDS.bool), pick(['==', '!=']), pick(['true', 'false', ...FIELDS.bool])).map((parts) => parts.join(' ')),
  fc.tuple(pick(names), pick(['==', '!='])).map(([name, op]) => `${name} ${op} null`),
);

const condition: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.tuple(tie('condition'), pick(['and', 'or']), tie('condition')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('condition').map((inner) => `not (${inner})`),
    tie('condition').map((inner) => `null == (${inner})`),
    fc.tuple(tie('condition'), pick(['==', '!=']), pick(['true', 'false'])).map(([a, op, b]) => `(${a}) ${op} ${b}`),
  ),
})).condition;

test('SQL and the specification over plain values give the same rows and the same undecided rows', () => {
  fc.assert(
    fc.property(condition, (where) => {
      const compiled = compileHunt(`processes where ${where}`);
      expect(compiled.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
      const source = compiled.query!.source;
      const bound = source.kind === 'rows' ? source.where : expect.fail('not of one source');
      const result = runCompiled(world.port, compiled, { limit: 100 });
      expect([...result.processes]).toEqual(rows.flatMap((row, at) => (isTrue(bound, row) ? [at] : [])));
      expect(result.undecided.count).toBe(rows.filter((row) => !isTrue(bound, row) && truth(bound, row) === null).length);
    }),
    { numRuns: Number(process.env['AGREEMENT_RUNS'] ?? 400) },
  );
});
