import { describe, expect, test } from 'vitest';
import { foldsOf } from '../../../src/hunt/folding.js';
import { outlineOf } from '../../../src/hunt/outline.js';
import { selectionRanges } from '../../../src/hunt/selection.js';
import { semanticTokens } from '../../../src/hunt/semanticTokens.js';
import { signatureAt } from '../../../src/hunt/signature.js';
import { marked } from './marked.js';

describe('signature help', () => {
  /** The signature with the active parameter in stars. */
  const help = (...texts: string[]): string | undefined => {
    const { asked, offset } = marked(texts);
    const found = signatureAt(asked, offset);
    if (found === undefined) return undefined;
    const place = found.parameters[found.active];
    return place === undefined ? found.label : `${found.label.slice(0, place[0])}*${found.label.slice(...place)}*${found.label.slice(place[1])}`;
  };
  test.each([
    ['exec where cidrMatch(|', 'cidrMatch(*ip*, network, ...)'],
    ['exec where cidrmatch(destination.ip, "10.0.0.0/8", |', 'cidrMatch(ip, *network*, ...)'],
    ['exec where substring(process.name, 0|, 3)', 'substring(text, *from*, to)'],
    ['exec where startsWith~(process.name, |', 'startsWith(text, *start*)'],
    ['exec where length(concat(process.name, |)) > 1', 'concat(a, *b*, ...)'],
    ['exec where length(concat(a, b)|) > 1', 'length(*text or list*)'],
    ['exec where between((process.name), "a,(b", |', 'between(text, left, *right*, greedy = false)'],
    ['exec where true \\| stats max(|', 'max(*value*)'],
    ['exec where true \\| stats count() as n, values(|', 'values(*value*)'],
    ['let shell(name, other) = name == other\nexec where shell(process.name, |', 'shell(name, *other*)'],
    ['exec where (process.pid == |', undefined],
    ['exec where process.name in ("a", |', undefined],
    ['exec where length(process.name) > |', undefined],
    ['exec where nosuch(|', undefined],
  ])('%s', (text, expected) => expect(help(text)).toBe(expected));
  test('a let of a cell above', () => expect(help('let f(a) = a == 1', 'exec where f(|)')).toBe('f(*a*)'));
});

describe('semantic tokens', () => {
  const coloured = (text: string, ...before: string[]): string[] => {
    const texts = [...before, text].map((one, at) => ({ uri: String(at), text: one }));
    const catalogue = { sources: [], fields: [{ name: 'file.path', filled: 0, values: [] }] };
    return semanticTokens({ texts, at: before.length, catalogue }).map((token) => `${[token.type, ...token.modifiers].join('.')} ${text.slice(token.from, token.to)}`);
  };
  test('every word of a query', () => {
    expect(coloured('exec where ?process.name like "a*" and process.creator.pid > 5m // why\n| head 5')).toEqual([
      'source exec', 'keyword where', 'field.ecs process.name', 'operator like', 'pattern "a*"', 'keyword and', 'field.lineage process.creator.pid', 'operator >', 'duration 5m', 'comment // why', 'operator |', 'pipe head', 'number 5',
    ]);
  });
  test('lets, parameters, functions and regular expressions', () => {
    expect(coloured('let f(n) = match(n, "a.*") or n regex "b"\nexec where f(process.name) and child of s in recorded within 2', 'let s = exec where true')).toEqual([
      'keyword let', 'let f', 'parameter n', 'operator =', 'function match', 'parameter n', 'regex "a.*"', 'keyword or', 'parameter n', 'operator regex', 'regex "b"',
      'source exec', 'keyword where', 'let f', 'field.ecs process.name', 'keyword and', 'keyword child', 'keyword of', 'let s', 'operator in', 'keyword recorded', 'keyword within', 'number 2',
    ]);
  });
  test('what no evidence has', () => expect(coloured('file where file.path == "x" or process.Ext.a == 1').filter((one) => one.includes('absent'))).toEqual(['field.ecs.absent file.path', 'field.ecs.absent process.Ext.a']));
  test('an event of a sequence and the field of it', () => {
    expect(coloured('sequence by host.id with maxspan=5m [exec where true] as a [exit where a.process.pid == 1]').slice(-8)).toEqual(['keyword as', 'parameter a', 'source exit', 'keyword where', 'parameter a', 'field.ecs process.pid', 'operator ==', 'number 1']);
  });
  test('no token spans lines', () => {
    const text = 'exec where process.name == """a\nb""" /* c\nd */';
    for (const token of semanticTokens({ texts: [{ uri: '', text }], at: 0 })) expect(text.slice(token.from, token.to)).not.toContain('\n');
  });
});

describe('folding', () => {
  const folds = (text: string): string[] => foldsOf(text).map((fold) => `${fold.kind} ${text.slice(fold.from, fold.to).split('\n').length} ${text.slice(fold.from, fold.from + 4)}`);
  test('brackets, queries and comments of more than one line', () => {
    expect(folds('// a\n// b\nsequence by host.id\n  [exec where process.name in (\n    "a", "b")\n  ]\n  [exit where true]\n/* c\n */')).toEqual(['comment 2 // a', 'code 5 sequ', 'code 3 [exe', 'comment 2 /* c']);
  });
  test('one line has nothing to fold', () => expect(folds('exec where (process.pid == 1)')).toEqual([]));
  test('an unclosed bracket folds nothing', () => expect(folds('exec where (\nprocess.pid')).toEqual(['code 2 exec']));
});

describe('outline', () => {
  test('lets, the query and its terms', () => {
    const text = 'let f(n) = n == 1\nlet s = exec where true\nsequence by host.id [s] as first ![exit where true] until [any where false]';
    const flat = outlineOf(text).map((item) => [item.kind, item.name, item.detail, item.children.map((child) => child.name)]);
    expect(flat).toEqual([['function', 'f', '(n)', []], ['let', 's', 'exec where true', []], ['query', 'sequence', 'by host.id [s] as first ![exit where true] until [any where…', ['first', '!exit', 'until any']]]);
  });
  test('of each item the name lies within its range', () => {
    const text = 'let s = exec where true\ns where process.pid == 1 | head 3';
    for (const item of outlineOf(text)) expect(item.from <= item.nameRange.from && item.nameRange.to <= item.to).toBe(true);
  });
  test('of a broken text what there is', () => expect(outlineOf('let a = exec where\nexec where (').map((item) => item.name)).toEqual(['a', 'exec']));
});

describe('selection', () => {
  const widened = (text: string): string[] => {
    const { asked, offset } = marked([text]);
    const own = asked.texts[0]!.text;
    return selectionRanges(own, offset).map((range) => own.slice(range.from, range.to));
  };
  test('from the word to the whole text', () => {
    expect(widened('exec where (process.na|me == "sh" or process.pid == 1) and user.id == "0" \\| head 5')).toEqual([
      'name', 'process.name', 'process.name == "sh"', '(process.name == "sh" or process.pid == 1)', '(process.name == "sh" or process.pid == 1) and user.id == "0"', 'exec where (process.name == "sh" or process.pid == 1) and user.id == "0"', 'exec where (process.name == "sh" or process.pid == 1) and user.id == "0" | head 5',
    ]);
  });
  test('inside quotes first', () => expect(widened('exec where process.name == "s|h"').slice(0, 2)).toEqual(['sh', '"sh"']));
  test('each range holds the one before', () => {
    const text = 'sequence by host.id [exec where process.name in ("a", "b")] as x [exit where x.process.pid == 1] | count by process.name';
    for (let offset = 0; offset <= text.length; offset++) {
      const ranges = selectionRanges(text, offset);
      ranges.forEach((range, at) => {
        expect(range.from <= offset && offset <= range.to).toBe(true);
        if (at > 0) expect(range.from <= ranges[at - 1]!.from && ranges[at - 1]!.to <= range.to).toBe(true);
      });
    }
  });
});
