import { describe, expect, test } from 'vitest';
import { compileHunt, importRules, importRuleSet } from '../../../../src/hunt/index.js';

const MIB = 1024 * 1024;
const rule = (detection: string): string => `title: T\nlogsource: { category: process_creation }\ndetection: ${detection}\n`;
const refusals = (name: string, text: string): readonly string[] => importRuleSet([{ name, text }]).notes.filter(({ kind }) => kind === 'refused').map(({ says }) => says);

// Each would take minutes, or the stack, if it were not bounded; the runner's own time limit ends what hangs.
describe('a hostile file of rules ends as a note', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 9 }, (_, at) => `${String.fromCharCode(98 + at)}: &${String.fromCharCode(98 + at)} [${Array.from({ length: 10 }, () => `*${String.fromCharCode(97 + at)}`).join(', ')}]`)].join('\n');
  test.each([
    ['an alias bomb', `${bomb}\n${rule('{ s: *j, condition: s }')}`, /more than 50000 values/],
    ['an alias of itself', 'a: &a [*a]\n', /nested deeper|more than 50000/],
    ['brackets without end', `a: ${'['.repeat(200_000)}`, /nested too deep/],
    ['dashes without end', `${'- '.repeat(100_000)}x`, /nested too deep/],
    ['anchors without end', '&a '.repeat(100_000), /cannot be read/],
    ['megabytes', `# ${'x'.repeat(MIB)}`, /longer than 1 MiB/],
    ['a key twice', rule('{ s: { User: a, User: b }, condition: s }'), /the key "User" twice/],
    ['no rule at all', 'just text', /no map/],
    ['a hundred thousand values', rule(`{ s: { User: [${Array.from({ length: 30_000 }, (_, at) => `v${at}`).join(', ')}] }, condition: s }`), /more than 20000 values/],
    ['sixty thousand values', rule(`{ s: { User: [${Array.from({ length: 60_000 }, (_, at) => `v${at}`).join(', ')}] }, condition: s }`), /more than 50000 values/],
    ['a condition nested deep', rule(`{ s: { User: a }, condition: "${'('.repeat(900)}s${')'.repeat(900)}" }`), /nested deeper than 50/],
    ['a condition of many nots', rule(`{ s: { User: a }, condition: "${'not '.repeat(900)}s" }`), /nested deeper than 50/],
    ['a condition of many words', rule(`{ s: { User: a }, condition: "${'s or '.repeat(5000)}s" }`), /more than 2000 words/],
    ['a regular expression nested deep', rule(`{ s: { CommandLine|re: "${'('.repeat(3000)}a${')'.repeat(3000)}" }, condition: s }`), /nested deeper than 50/],
    ['a regular expression of repeated repetitions', rule('{ s: { CommandLine|re: "((a{1000}){1000}){1000}" }, condition: s }'), /HUNT206|regular expression/],
    ['a value of a thousand wildcards', rule(`{ s: { CommandLine: "${'*a'.repeat(1000)}" }, condition: s }`), /more than 200 wildcards/],
    ['more than one hunt holds', rule(`{ s: { CommandLine: "${'a'.repeat(100_000)}" }, condition: s }`), /64 KiB/],
  ])('%s', (_name, text, says) => expect(refusals('r.yml', text).join('; ')).toMatch(says));

  test('a hundred thousand keys are read once each', () => {
    expect(refusals('r.yml', Array.from({ length: 60_000 }, (_, at) => `k${at}: v\n`).join(''))).toEqual(['the YAML has more than 50000 values, or aliases that grow to as many']);
  });

  test('documents that repeat a large one, and a filter for each of many rules, are bounded', () => {
    const large = `action: global\n${Array.from({ length: 20_000 }, (_, at) => `k${at}: v`).join('\n')}\n${'---\na: b\n'.repeat(5000)}`;
    expect(refusals('r.yml', large)[0]).toBe('its documents repeat more than 500000 keys of others');
    const filters = Array.from({ length: 60 }, (_, at) => `${rule(`{ s: { User: u${at} }, condition: s }`)}---\ntitle: F${at}\nfilter: { rules: any, s: { User: x }, condition: not s }\n`).join('---\n');
    expect(new Set(refusals('r.yml', filters))).toEqual(new Set(['more than 50 filters of the same set are for it']));
  });

  test.each([
    ['r.toml', '[rule]\na = 1\n\na = 2\n', /^line 4: the TOML/],
    ['r.toml', `[rule]\n${Array.from({ length: 100_000 }, (_, at) => `k${at}=1`).join('\n')}\nx = = 1`, /longer than 1 MiB|^line 100002: the TOML/],
    ['r.yml', 'title: a\ndetection:\n  s: [a\n', /^line \d: the YAML/],
    ['r.ndjson', '{"query":"exec where true"}\n\n{"query":\n', /^line 3: the JSON/],
    ['r.json', '[\n{"query": x}\n]', /the JSON cannot be read: .*x/],
  ])('a mistake in %s is told with its place', (name, text, says) => expect(refusals(name, text)).toEqual([expect.stringMatching(says)]));

  test('a hundred thousand keys beside a rule of Elastic are no matter', () => {
    const text = `[rule]\nname = "K"\ntype = "eql"\nlanguage = "eql"\nquery = "exec where true"\n[other]\n${Array.from({ length: 100_000 }, (_, at) => `k${at}=1`).join('\n')}`;
    expect(text.length).toBeLessThan(MIB);
    expect(importRuleSet([{ name: 'r.toml', text }])).toMatchObject({ rules: [{ title: 'K' }], notes: [] });
  });

  test.each([
    ['brackets without end', `a = ${'['.repeat(100_000)}`],
    ['tables without end', `[${'a.'.repeat(50_000)}a]`],
    ['megabytes', `a = "${'x'.repeat(MIB)}"`],
    ['the prototype', '[__proto__]\nrule = 1\n'],
    ['no rule', '[other]\na = 1\n'],
  ])('TOML: %s', (_name, text) => expect(refusals('r.toml', text)).toHaveLength(1));

  test.each(['{', '[]', '[1, 2]', 'null', '{"a":1}', `${'['.repeat(100_000)}`])('JSON: %s', (text) => expect(refusals('r.json', text)).toHaveLength(1));
});

describe('what stands in names and values stays there', () => {
  const EVIL = ['"; DROP TABLE event; --', '\\" or true or "', "'; --", '*/ or true /*', '\nany where true\n', '`x` == null or true', '""" or true', '| head 1', '${x}', '\u2028any where true', '\r any where true'];
  test.each(EVIL)('%j as a value, a keyword, a field, a title', (evil) => {
    const set = importRuleSet([{ name: 'r.yml', text: JSON.stringify({ title: evil, id: evil, level: evil, logsource: { product: 'linux', service: 'auditd' }, detection: { s: { exe: evil, key: [evil, 'x'], [evil.replaceAll('|', '')]: 'y' }, k: [evil], condition: 's and k' } }) }]);
    for (const { query } of set.rules) {
      const { query: bound, diagnostics } = compileHunt(query);
      expect(diagnostics.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
      expect(bound!.pipes).toEqual([]);
      // One conjunction of five tests: nothing in a value became part of the query.
      expect(bound!.source).toMatchObject({ kind: 'rows', where: { kind: 'and' } });
      expect(query).not.toMatch(/[\n\r]any where true/);
    }
    expect(set.rules).toHaveLength(1);
  });

  test.each(EVIL)('%j as the title of a pasted rule stays one comment', (evil) => {
    const { text } = importRules(JSON.stringify({ title: evil, logsource: { category: 'process_creation' }, detection: { s: { User: 'a' }, condition: 's' } }), 'paste.yml');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('///'))).toEqual([expect.stringMatching(/^let \w+ = exec where user\.name : "a"$/), expect.stringMatching(/^\w+$/)]);
  });
});
