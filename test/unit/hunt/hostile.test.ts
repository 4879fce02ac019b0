import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileHunt, parse, runHunt } from '../../../src/hunt/index.js';
import { doubleFork } from './store.js';

const world = doubleFork();
const codes = (text: string): string[] => runHunt(world.port, { text, limit: 10 }).diagnostics.filter((one) => one.severity === 'error').map((one) => one.code);

const word = fc.constantFrom('exec', 'processes', 'where', 'and', 'or', 'not', '(', ')', '[', ']', '![', '|', 'sequence', 'by', 'with', 'maxspan', '=', '==', 'until', 'as', 'let', 'in', ',', '"', "'", '`', '/*', '//', '*/', '"""', '\\', '5m', '1', 'process.pid', 'descendant', 'of', 'stats', 'count', 'head', '-', '~', '?', ':', '\n', '\0', '\ud800', 'events[0].process.pid');

test('any text gives a tree and an end, and every range lies in the text', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(word, { maxLength: 60 }).map((words) => words.join(' '))), (text) => {
    const { diagnostics } = parse(text);
    for (const one of [...diagnostics, ...compileHunt(text).diagnostics]) {
      expect(one.from).toBeGreaterThanOrEqual(0);
      expect(one.to).toBeLessThanOrEqual(text.length);
      expect(one.from).toBeLessThanOrEqual(one.to);
    }
  }), { numRuns: 2000 });
});

const deep = (open: string, middle: string, close: string, times = 8000): string => open.repeat(times) + middle + close.repeat(times);

test.each<[string, string]>([
  ['parentheses', `exec where ${deep('(', 'true', ')')}`],
  ['not', `exec where ${deep('not ', 'true', '')}`],
  ['signs', `exec where 1 == ${deep('-', '1', '')}`],
  ['calls', `exec where ${deep('length(', '"x"', ')')} > 1`],
  ['relations', `exec where ${deep('child of [exec where ', 'true', ']', 2000)}`],
  ['megabytes', `exec where process.name == "${'a'.repeat(3_000_000)}"`],
  ['lets', `${Array.from({ length: 100 }, (_, at) => `let l${at}x = ${at === 0 ? 'true' : `l${at - 1}x`}`).join('\n')}\nexec where l99x`],
  ['a let of itself', 'let around = around\nexec where around'],
  ['a sum', `exec where 1 == ${Array.from({ length: 5000 }, () => '1').join(' + ')}`],
  ['terms', `sequence by host.id ${'[exec where true] '.repeat(200)}`],
  ['lets that use each other twice', `${Array.from({ length: 25 }, (_, at) => `let l${at}x = ${at === 0 ? 'process.pid' : `l${at - 1}x + l${at - 1}x`}`).join('\n')}\nexec where l24x > 1`],
  ['calls of lets that use their argument twice', `let twice(x) = x + x\nexec where ${deep('twice(', 'process.pid', ')', 30)} > 1`],
  ['places in a list', `exec where process.args${'[1]'.repeat(20_000)} == "a"`],
  ['unknown fields', `exec where ${Array.from({ length: 2000 }, (_, at) => `some.name${at} == 1`).join(' or ')}`],
  ['links', `exec where process.${'parent.'.repeat(9000)}name == "a"`],
])('%s beyond all measure: an error with a code', (_, text) => {
  const told = codes(text);
  expect(told.length).toBeGreaterThan(0);
  for (const code of told) expect(code).toMatch(/^HUNT\d{3}$/);
});

test.each<[string, string]>([
  ['remainders of remainders', `exec where ${Array.from({ length: 60 }, () => 'process.launcher.confidence').join(' % ')} > 1`],
  ['a thousand networks', `network where cidrMatch(destination.ip, ${Array.from({ length: 2000 }, () => '"1.0.0.0/8"').join(', ')})`],
  ['a thousand joined texts', `exec where concat(process.name, ${Array.from({ length: 2000 }, () => '"a"').join(', ')}) == "x"`],
  ['a sample of more terms than events', `sample by host.id ${'[any where true] '.repeat(28)}`],
  ['nothing but fields that may be missing', `exec where ${Array.from({ length: 2000 }, (_, at) => `?some.name${at} == 1`).join(' or ')}`],
])('%s are run', (_, text) => {
  expect(codes(text)).toEqual([]);
});

test.each([
  'exec where process.command_line regex "(a+)+b"', 'exec where process.command_line regex "(a|aa)+$"', `exec where process.command_line like "${'*a'.repeat(200)}*b"`, `exec where process.command_line : "${'?*'.repeat(500)}"`,
])('a pattern that others backtrack on ends: %s', (text) => {
  expect(codes(text)).toEqual([]);
});

const injections = ["'; DROP TABLE event; --", '") OR 1=1 --', "' OR ''='", '?1', '$1', '{x:String}', '\0', '%', '_', '*', "\\' OR 1"];

test.each(injections)('SQL in literals is text: %j', (text) => {
  const literal = JSON.stringify(text).replace(/\\u0000/, '\\u{0000}');
  for (const op of ['==', '!=', ':', 'like', 'in']) {
    const value = op === 'in' ? `(${literal})` : literal;
    expect(codes(`processes where process.name ${op} ${value}`)).toEqual([]);
  }
  expect(codes(`processes where startsWith(process.name, ${literal}) | fields concat(${literal}, process.name) as \`${text.replaceAll('`', '').replaceAll('\0', '')}x\``)).toEqual([]);
  expect(codes(`sequence by concat(${literal}, host.id) [exec where true] [exec where process.name == ${literal}]`)).toEqual([]);
  expect(world.database.exec('SELECT count(*) FROM event')[0]!.values[0]![0]).toBe(10);
});

test.each(injections)('SQL in names is no name: %j', (text) => {
  const name = `\`${text.replaceAll('`', '')}\``;
  expect(codes(`processes where ${name} == 1`)).toEqual(['HUNT201']);
  expect(codes(`${name} where true`).length).toBeGreaterThan(0);
});
