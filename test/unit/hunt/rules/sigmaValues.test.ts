import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesRegex, translateRegex } from '../../../../src/hunt/pattern.js';
import { NotTranslated } from '../../../../src/hunt/rules/ruleSet.js';
import { luceneOf } from '../../../../src/hunt/rules/sigmaRegex.js';
import { importRuleSet, runHunt } from '../../../../src/hunt/index.js';
import { handMade } from '../store.js';

const ALPHABET = ['a', 'B', 'b', 'z', '0', ' ', '*', '?', '\\', '"', "'", '%', '_', '[', ']', '/', '-', '\n', '\t', '\u0007', '\u202e', 'é', '\u{1f600}', '`', '$', '{', '}', ';', '.', '(', ')', '|', '+', '^', '&', '#', '@', '<', '>', '~', ',', ':', '='];
const word = fc.array(fc.constantFrom(...ALPHABET), { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));

/** What the specification says of a value, said once more: as an expression of JavaScript's. ASCII letters match either case unless `cased`. */
function reference(value: string, modifier: string): RegExp {
  const letter = (char: string): string => (!modifier.includes('cased') && /[A-Za-z]/.test(char) ? `[${char.toLowerCase()}${char.toUpperCase()}]` : `\\u{${char.codePointAt(0)!.toString(16)}}`);
  const inner = value.replace(/\\([*?\\])|\*|\?|[^]/gu, (all, escaped?: string) => (escaped !== undefined ? letter(escaped) : all === '*' ? '.*' : all === '?' ? '.' : letter(all)));
  const before = /contains|endswith/.test(modifier) ? '.*' : '', after = /contains|startswith/.test(modifier) ? '.*' : '';
  return new RegExp(`^${before}${inner}${after}$`, 'su');
}

function found(detection: unknown, texts: readonly string[]): string[] {
  const rule = { title: 'One', logsource: { product: 'linux', category: 'process_creation' }, detection };
  // JSON is YAML; that no escape of it means something else in YAML is part of what is shown.
  const set = importRuleSet([{ name: 'one.yml', text: JSON.stringify(rule) }]);
  expect(set.notes).toEqual([]);
  const { port } = handMade({ event: texts.map((text, id) => ({ id, time: id, category: 'process', type: 'start', action: 'exec', basis: 0, host_s: 'web', command_line_s: text })) });
  const result = runHunt(port, { text: set.rules[0]!.query, limit: 1000 });
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return result.events!.map(([id]) => texts[id!]!);
}

describe('a value of Sigma becomes a literal that matches exactly what the specification says', () => {
  test.each(['', '|contains', '|startswith', '|endswith', '|cased', '|contains|cased'])('with %s: wildcards, escapes, quotes, control characters', (modifier) => {
    fc.assert(fc.property(word, fc.array(word, { minLength: 1, maxLength: 6 }), (value, others) => {
      // Texts near the value itself, so that matches are met often. Upper case in ASCII only: where a value becomes a regular expression, that folds other letters too.
      const near = [value, value.replace(/\\([*?\\])/g, '$1'), value.replaceAll('*', 'x*y'), value.replaceAll('?', 'q'), `a${value}b`, value.replace(/[a-z]+/g, (part) => part.toUpperCase()), value.replaceAll('\\', '')].filter((text) => text !== '');
      const texts = [...new Set([...others, ...near])];
      const expression = reference(value, modifier);
      expect(found({ s: { [`CommandLine${modifier}`]: value }, condition: 's' }, texts)).toEqual(texts.filter((text) => expression.test(text)));
    }), { numRuns: 120 });
  });

  test('every value of a list counts, and with all each must', () => {
    fc.assert(fc.property(fc.array(word, { minLength: 2, maxLength: 4 }), fc.array(word, { minLength: 1, maxLength: 8 }), (values, others) => {
      const texts = [...new Set([...others, values.join(''), ...values])];
      const expressions = values.map((value) => reference(value, '|contains'));
      expect(found({ s: { 'CommandLine|contains': values }, condition: 's' }, texts)).toEqual(texts.filter((text) => expressions.some((one) => one.test(text))));
      expect(found({ s: { 'CommandLine|contains|all': values }, condition: 's' }, texts)).toEqual(texts.filter((text) => expressions.every((one) => one.test(text))));
    }), { numRuns: 60 });
  });

  test('a keyword is a part of the text', () => {
    fc.assert(fc.property(word, fc.array(word, { minLength: 1, maxLength: 6 }), (value, others) => {
      const texts = [...new Set([...others, `x${value}y`, value])];
      const expression = reference(value, '|contains');
      expect(found({ s: [value], condition: 's' }, texts)).toEqual(texts.filter((text) => expression.test(text)));
    }), { numRuns: 60 });
  });
});

describe('a regular expression of Sigma is found anywhere in the text, letters exact', () => {
  const TEXTS = ['', 'abc', 'ABC', 'xabcx', 'a.c', '/tmp/.hidden', '.x', 'rm -rf /', 'rm -i x', 'a\nb', 'foo-bar', '-- "q" ~&#@<>', 'tab\there', '[x]', 'b\\c', '100%', 'word', 'sword', 'words', 'é1'].filter((text) => text !== '');
  const EXPRESSIONS = [
    'abc', '^abc', 'abc$', '^abc$', 'a.c', 'a\\.c', '(^|\\/)\\.[^.\\/]', '\\s-[^-\\s]{0,20}i', '(?:rm|mv)\\s+-', '^(a|x)', '(c|x)$', 'a|^b|d$', '[a-c]{3}', '[^a-z]', '.', 'a?b*c+', '(.){5,}', '[]x]', '[\\]\\\\]', '[[]x', '\\x61bc', '\\t', '"q"', '~&#@<>',
    '\\bword', 'word\\b', '\\bword\\b', '(?i)abc', '(?P<n>a)b', '[[:digit:]]+', 'a.*?c', '^', '$', '^$', 'a\\/?b', '%$', '\\d{3}', '\\D', '[\\d%]+$', '(|x)abc', 'b\\\\c', '-bar', '[a\\-z]o', 'é\\d',
    '\\b(word|rm)\\b', '\\b(?:word|words)$', '\\brm\\b.*x', 'rm\\b.*-i\\b', '.*\\bword\\b.*', '\\bm\\b', 'rm\\b -', 'rm\\b\\s+-', 'rm.*\\bi x', '\\b[a-z]{2}\\b', '\\bwor\\b', 'a\\b.*b', '(foo)\\b-', '\\bfoo\\b-\\bbar\\b', 'wor\\b.*d', '\\bx\\b|\\bword\\b',
    'a\\b.?c', 'rm\\b\\s*-', '\\b[\\w.-]+x', 'foo\\b.{0,2}bar', '(\\bsword|word\\b)$', '(?:^|-)bar', 'a(?:$|\\b\\.)', '\\Bword', 'wor\\B', '\\b(?:\\w+-)*bar\\b', '[ab]?\\b[^\\w/]', '\\b', '\\B', '(\\b)?abc', '\\d+\\b%', '\\W\\b\\w{2}\\b', '(?:a|\\.c)\\b',
  ];
  test.each(EXPRESSIONS)('%s', (expression) => {
    const own = new RegExp(expression.replace(/^\(\?i\)/, '').replace('?P<', '?<').replace('[[:digit:]]', '[0-9]').replace(/^\[\]x\]$/, '[\\]x]'), expression.startsWith('(?i)') ? 'i' : '');
    expect(found({ s: { 'CommandLine|re': expression }, condition: 's' }, TEXTS)).toEqual(TEXTS.filter((text) => own.test(text)));
  });

  test('edges of words: said otherwise they hold for the same texts, or are refused', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', ' ', '-', '.*', '\\b', '\\b', '\\B', '(a|ab)', '(?:b|-)', '\\s', '\\w+', '[ab]', '^', '$', '\n', '.?', '[b-]', '[^a]*', '(?:-|^)', '(a\\b|$)', '(?:a?-){0,2}', '(b|\\b)?', '\\W');
    const letters = fc.array(fc.constantFrom('a', 'b', ' ', '-', '\n'), { maxLength: 7 }).map((all) => all.join(''));
    let translated = 0;
    fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')), fc.array(letters, { minLength: 20, maxLength: 20 }), fc.boolean(), (expression, texts, multiline) => {
      let lucene: string;
      try {
        lucene = luceneOf(expression, { multiline, dotAll: false }).pattern;
      } catch (error) {
        if (!(error instanceof NotTranslated)) throw error;
        return;
      }
      translated++;
      const whole = translateRegex(lucene), own = new RegExp(expression, multiline ? 'm' : '');
      if (!('pattern' in whole)) throw new Error(`${lucene}: ${whole.refused}`);
      for (const text of texts) expect([expression, text, matchesRegex(text, whole.pattern)]).toEqual([expression, text, own.test(text)]);
    }), { numRuns: 1500 });
    expect(translated).toBeGreaterThan(1000);
  });

  test('its flags', () => {
    expect(found({ s: { 'CommandLine|re|i': 'ABC' }, condition: 's' }, TEXTS)).toEqual(['abc', 'ABC', 'xabcx']);
    expect(found({ s: { 'CommandLine|re|m': '^b$' }, condition: 's' }, TEXTS)).toEqual(['a\nb']);
    expect(found({ s: { 'CommandLine|re|s': 'a.b' }, condition: 's' }, TEXTS)).toEqual(['a\nb']);
    expect(found({ s: { 'CommandLine|re': 'a.b' }, condition: 's' }, TEXTS)).toEqual([]);
  });

  test.each(['(?=x)', '(?<!x)', '\\1', '(?>x)', 'a++', 'x(?i)y', 'a^b', 'a$b', 'a\\bb', '[a', '(a', 'a)', '*a', '\\p{L}', '\\', '(\\ba)+', `${'a?'.repeat(300)}\\b${'b?'.repeat(300)}\\b`, `a${'*'.repeat(8000)}`])('%s is refused with its reason', (expression) => {
    const { rules, notes } = importRuleSet([{ name: 'one.yml', text: JSON.stringify({ title: 'One', logsource: { category: 'process_creation' }, detection: { s: { 'CommandLine|re': expression }, condition: 's' } }) }]);
    expect(rules).toEqual([]);
    expect(notes).toMatchObject([{ kind: 'refused', rule: 'One', says: expect.stringContaining('regular expression') as string }]);
  });
});
