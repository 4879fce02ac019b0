import { describe, expect, test } from 'vitest';
import { compileHunt, parse } from '../../../src/hunt/index.js';
import { tokenize } from '../../../src/hunt/lexer.js';
import type { Expr } from '../../../src/hunt/tree.js';

describe('tokens', () => {
  test.each<[string, ...unknown[]]>([
    ['a.b @timestamp', ['name', 'a'], ['symbol', '.'], ['name', 'b'], ['name', '@timestamp']],
    ['`sequence` `a``b`', ['name', 'sequence'], ['name', 'a`b']],
    ['sequence let', ['keyword', 'sequence'], ['name', 'let']],
    ['"a\\n\\"\\\\\\u{e9}\\u{1F600}"', ['text', 'a\n"\\é😀']],
    ['"""a\\"b"""', ['raw', 'a\\"b']],
    ['"""a""""', ['raw', 'a"']],
    ['1 1.5 .5 1e3', ['int', 1], ['float', 1.5], ['float', 0.5], ['float', 1000]],
    ['250ms 5m 1.5h 3us 10nanos 2micros 1w', ['duration', 250_000], ['duration', 300e6], ['duration', 5400e6], ['duration', 3], ['duration', 0.01], ['duration', 2], ['duration', 604800e6]],
    ['in~ like~ regex~ in', ['keyword', 'in~'], ['keyword', 'like~'], ['keyword', 'regex~'], ['keyword', 'in']],
    ['a<=b!=c', ['name', 'a'], ['symbol', '<='], ['name', 'b'], ['symbol', '!='], ['name', 'c']],
    ['a // x\n/* y */ b /// z', ['name', 'a'], ['name', 'b']],
  ])('%s', (text, ...expected) => {
    const { tokens, diagnostics } = tokenize(text);
    expect(tokens.slice(0, -1).map((token) => [token.kind, token.value])).toEqual(expected);
    expect(diagnostics).toEqual([]);
  });

  test('every character is in a token, a comment or space, and ranges give the text back', () => {
    const text = 'exec where a == "b" // c\n| head 5';
    const { tokens, comments } = tokenize(text);
    const covered = [...tokens, ...comments].sort((a, b) => a.from - b.from);
    let at = 0;
    for (const { from, to } of covered) {
      expect(text.slice(at, from).trim()).toBe('');
      at = to;
    }
    expect(text.slice(at)).toBe('');
    for (const token of tokens) expect(text.slice(token.from, token.to)).toBe(token.text);
  });
});

/** An expression as nested lists. */
function shape(expr: Expr): unknown {
  switch (expr.kind) {
    case 'literal': return expr.value;
    case 'field': return (expr.optional ? '?' : '') + expr.name;
    case 'call': return [expr.name + (expr.folds ? '~' : ''), ...expr.args.map(shape)];
    case 'arithmetic': return [expr.op, shape(expr.left), shape(expr.right)];
    case 'sign': return [expr.op, shape(expr.operand)];
    case 'compare': return [expr.op, shape(expr.left), shape(expr.right)];
    case 'match': return [(expr.negated ? 'not ' : '') + expr.op, shape(expr.subject), ...expr.items.map(shape)];
    case 'and': case 'or': return [expr.kind, ...expr.operands.map(shape)];
    case 'not': return ['not', shape(expr.operand)];
    case 'relation': return [`${expr.relation} of`, expr.inner.kind === 'use' ? expr.inner.name : [expr.inner.source, shape(expr.inner.where)], expr.tree, expr.within];
    case 'missing': return 'missing';
  }
}

function condition(text: string): unknown {
  const { hunt, diagnostics } = parse(`any where ${text}`);
  expect(diagnostics).toEqual([]);
  const source = hunt.query?.source;
  return source?.kind === 'event' ? shape(source.where) : undefined;
}

describe('expressions', () => {
  test.each<[string, unknown]>([
    ['a and b or not c and d', ['or', ['and', 'a', 'b'], ['and', ['not', 'c'], 'd']]],
    ['not not a', ['not', ['not', 'a']]],
    ['1 + 2 * 3 - 4 == -5', ['==', ['-', ['+', 1, ['*', 2, 3]], 4], -5]],
    ['- a < 1', ['<', ['-', 'a'], 1]],
    ['a not in (1, 2) and b in~ ("x")', ['and', ['not in', 'a', 1, 2], ['in~', 'b', 'x']]],
    ['a : ("x", "y*")', [':', 'a', 'x', 'y*']],
    ['a like~ "x" or b regex ("y")', ['or', ['like~', 'a', 'x'], ['regex', 'b', 'y']]],
    ['?a.b[0] == null', ['==', '?a.b[0]', null]],
    ['a.sequence == true', ['==', 'a.sequence', true]],
    ['f~(a, "b") and CIDRMATCH(c, "d")', ['and', ['f~', 'a', 'b'], ['CIDRMATCH', 'c', 'd']]],
    ['child of [exec where a == 1] in recorded within 3', ['child of', ['exec', ['==', 'a', 1]], 'recorded', 3]],
    ['descendant of shells and event == 1', ['and', ['descendant of', 'shells', undefined, undefined], ['==', 'event', 1]]],
    ['null == (a > 1)', ['==', null, ['>', 'a', 1]]],
  ])('%s', (text, expected) => {
    expect(condition(text)).toEqual(expected);
  });
});

test('a sequence has keys, span, terms, until and pipes', () => {
  const { hunt, diagnostics } = parse('sequence by host.id, ?a with maxspan=5m [exec where true] by x with runs=3 as first ![exit where true] [shells] fork until [any where false] | head 5 | tree recorded up 2');
  expect(diagnostics).toEqual([]);
  const source = hunt.query?.source;
  if (source?.kind !== 'sequence') throw new Error('no sequence');
  expect(source.keys.map(shape)).toEqual(['host.id', '?a']);
  expect(source.maxspan).toBe(300e6);
  expect(source.terms.map((term) => [term.negated, term.runs, term.name, term.fork, term.keys.map(shape)])).toEqual([[false, 3, 'first', false, ['x']], [true, 1, undefined, false, []], [false, 1, undefined, true, []]]);
  expect(source.until).toBeDefined();
  expect(hunt.query?.pipes.map((pipe) => [pipe.name, pipe.tree, pipe.up])).toEqual([['head', undefined, undefined], ['tree', 'recorded', 2]]);
});

test('definitions come before the query', () => {
  const { hunt, diagnostics } = parse('/// shells\nlet shell(n) = n in ("sh", "bash")\nlet s = exec where shell(process.name)\ns | count by host.id');
  expect(diagnostics).toEqual([]);
  expect(hunt.definitions.map((one) => [one.name, one.parameters.map((parameter) => parameter.name), one.body.kind])).toEqual([['shell', ['n'], 'expr'], ['s', [], 'query']]);
});

const WHOLE = [
  'processes where process.orphan and (process.exe.deleted or not process.name : ("a*", "b")) | sort -process.start | head 5 | tree created up 2',
  'sequence by host.id, process.entity_id with maxspan=5m [reparent where process.orphaned_after <= 1s and descendant of [exec where process.name == "sshd"]] ![exec where true] [network where not cidrMatch(destination.ip, "10.0.0.0/8")] until [exit where true] | tail 2',
  'let shell(n) = n in ("sh", "bash")\nexec where `process.name` != """raw\\d""" and ?x.y[1] >= -1.5e3 | stats count() as n, max(@timestamp) by user.id within 1h | filter n >= 20 | chart by user.id per 5m',
];

describe('recovery', () => {
  test.each(WHOLE)('every prefix of a hunt has a tree and at most three diagnostics: %s', (text) => {
    for (let end = 0; end <= text.length; end++) {
      const { hunt, diagnostics } = parse(text.slice(0, end));
      expect(diagnostics.length, text.slice(0, end)).toBeLessThanOrEqual(3);
      expect(hunt.to).toBe(end);
      for (const one of diagnostics) {
        expect(one.from).toBeLessThanOrEqual(one.to);
        expect(one.to).toBeLessThanOrEqual(end);
      }
    }
  });

  test.each(WHOLE)('with any one character left out it still ends and compiles to something: %s', (text) => {
    for (let at = 0; at < text.length; at++) {
      const compiled = compileHunt(text.slice(0, at) + text.slice(at + 1));
      if (compiled.plan === undefined) expect(compiled.diagnostics.length).toBeGreaterThan(0);
    }
  });

  test('thousands of ors and deep brackets neither overflow nor are refused by the engine', () => {
    expect(compileHunt(`exec where ${Array.from({ length: 2000 }, (_, at) => `process.pid == ${at}`).join(' or ')}`).plan).toBeDefined();
    expect(compileHunt(`exec where ${'('.repeat(5000)}true${')'.repeat(5000)}`).diagnostics.map((one) => one.code)).toEqual(['HUNT101']);
    for (const text of [`${'not '.repeat(5000)}true`, `${'- '.repeat(5000)}process.pid == 1`, `${'1 + '.repeat(5000)}1 == 1`, `${'length('.repeat(5000)}`, `${'child of [exec where '.repeat(1000)}`]) {
      expect(compileHunt(`exec where ${text}`).diagnostics.map((one) => one.code).filter((code) => code !== 'HUNT203'), text.slice(0, 20)).toEqual(['HUNT101']);
    }
  });
});
