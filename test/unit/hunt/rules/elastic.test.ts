import { expect, test } from 'vitest';
import { formatOf, importRules, importRuleSet, letsBefore, runHunt, runRule } from '../../../../src/hunt/index.js';
import { doubleFork } from '../store.js';

const TOML = `
[metadata]
creation_date = "2024/02/01"
[rule]
author = ["us"]
language = "eql"
name = "Netcat of \\"someone\\""
rule_id = "11111111-aaaa"
severity = "high"
type = "eql"
query = '''
process where host.os.type == "linux" and event.type == "start" and
  process.name : "nc" and process.parent.name in ("bash", "sh") /* the shell */
'''
[[rule.threat]]
framework = "MITRE ATT&CK"
[[rule.threat.technique]]
id = "T1059"
[[rule.threat.technique.subtechnique]]
id = "T1059.004"
`;

test('a rule file of Elastic becomes a let with its query as it stands', () => {
  const { rules, notes } = importRuleSet([{ name: 'x/nc.toml', text: TOML }]);
  expect(notes).toEqual([]);
  expect(rules).toMatchObject([{ name: 'netcat_of_someone', title: 'Netcat of "someone"', id: '11111111-aaaa', level: 'high', techniques: ['T1059', 'T1059.004'], file: 'x/nc.toml', isPart: false }]);
  expect(rules[0]!.query).toContain('/* the shell */');
});

test.each([['new_terms', 'kuery', 'history of days'], ['query', 'kuery', 'KQL'], ['threshold', 'kuery', 'KQL'], ['query', 'lucene', 'lucene'], ['esql', 'esql', 'ES|QL'], ['machine_learning', '', 'server'], ['threat_match', 'kuery', 'indicators']])('a rule of type %s in %s is refused with the reason', (type, language, says) => {
  const { rules, notes } = importRuleSet([{ name: 'r.toml', text: `[rule]\nname = "N"\ntype = "${type}"\n${language === '' ? '' : `language = "${language}"\n`}query = "a:b"\n` }]);
  expect(rules).toEqual([]);
  expect(notes).toMatchObject([{ rule: 'N', kind: 'refused', says: expect.stringContaining(says) as string }]);
});

test('what is not asked of a rule, and what it is to its author, is said', () => {
  const rule = (more: string): string => `[rule]\nname = "N"\ntype = "eql"\nlanguage = "eql"\nquery = "exec where true"\n${more}`;
  const told = (more: string): unknown => importRuleSet([{ name: 'r.toml', text: rule(more) }]).notes.map(({ rule: title, kind, says }) => `${title} ${kind}: ${says}`);
  expect(told('building_block_type = "default"\n')).toEqual(['N differs: it is a building block: to its author a sign for other rules, and no alert by itself']);
  expect(told('event_category_override = "event.kind"\n')).toEqual(['N differs: the kind of event before its where is that of event.category here, not of event.kind']);
  expect(told('[[rule.filters]]\n[rule.filters.meta]\nnegate = true\n')).toEqual([expect.stringContaining('its filters (1, ')]);
  expect(told('timestamp_override = "event.ingested"\n')).toEqual([]);
  expect(importRules(rule('building_block_type = "default"\n'), 'paste').text).toContain('/// Differs: it is a building block');
  expect(importRuleSet([{ name: 'h.toml', text: '[hunt]\nname = "H"\nlanguage = ["ES|QL"]\nquery = ["from logs"]\n' }]).notes).toMatchObject([{ kind: 'refused', says: expect.stringContaining('[hunt]') as string }]);
});

test('in a folder of files each rule stands for itself: those that can be run are, the others are named with file and reason', () => {
  const rule = (name: string, type: string, language: string): string => `[rule]\nname = "${name}"\nrule_id = "${name}"\ntype = "${type}"\nlanguage = "${language}"\nquery = "exec where true"\n`;
  const { rules, notes } = importRuleSet([
    { name: 'd/a.toml', text: rule('A', 'eql', 'eql') }, { name: 'd/b.toml', text: rule('B', 'threshold', 'kuery') }, { name: 'd/c.toml', text: 'not toml' }, { name: 'd/e.toml', text: rule('E', 'esql', 'esql') },
    { name: 'd/f.ndjson', text: `${JSON.stringify({ name: 'F', type: 'new_terms', query: 'x', rule_id: '6' })}\n${JSON.stringify({ type: 'eql', query: 'exec where true', rule_id: 'nameless' })}\n` },
  ]);
  expect(rules.map(({ title, file }) => `${file} ${title}`)).toEqual(['d/a.toml A', 'd/f.ndjson nameless']);
  expect(notes.map(({ file, rule: title, kind }) => `${file} ${title} ${kind}`)).toEqual(['d/b.toml B refused', 'd/c.toml  refused', 'd/e.toml E refused', 'd/f.ndjson F refused']);
});

test('rules come as JSON too: one, a list, one a line', () => {
  const one = { name: 'One', rule_id: '1', type: 'eql', language: 'eql', severity: 'low', query: 'exec where true', threat: [{ technique: [{ id: 'T1036', subtechnique: [{ id: 'T1036.009' }] }] }] };
  for (const text of [JSON.stringify(one), JSON.stringify([one]), `${JSON.stringify(one)}\n${JSON.stringify({ exported_count: 1 })}\n`]) {
    expect(importRuleSet([{ name: 'r.ndjson', text }]).rules).toMatchObject([{ title: 'One', techniques: ['T1036', 'T1036.009'] }]);
  }
});

test('a mistake in a query refuses the rule with code and line', () => {
  expect(importRuleSet([{ name: 'bad.eql', text: '// a rule\nprocess where proces.name == "x"' }]).notes).toMatchObject([{ file: 'bad.eql', kind: 'refused', says: expect.stringMatching(/^HUNT201 in line 2: .*process\.name/) as string }]);
});

test('a pasted text says itself what it is', () => {
  expect([TOML, '{"rule_id": 1}', 'title: x\ndetection:\n  a: b\n', 'process where true'].map(formatOf)).toEqual(['.toml', '.json', '.yml', undefined]);
  const { text } = importRules(TOML, 'clipboard');
  expect(text).toMatch(/^\/\/\/ Netcat of "someone"\n\/\/\/ high, T1059, T1059\.004, 11111111-aaaa\nlet netcat_of_someone = process where /);
  expect(runHunt(doubleFork().port, { text, limit: 5 }).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('a rule on parents is run in both views, with the edge of what only the created tree gives; others once', async () => {
  const { port } = doubleFork();
  const set = importRuleSet([{ name: 'nc.eql', text: 'processes where process.name == "nc" and process.parent.name == "bash"' }, { name: 'plain.eql', text: 'exec where process.name == "nc"' }, { name: 'table.hunt', text: 'processes where process.parent.name == "bash" | count' }]);
  const asked: (string | undefined)[] = [];
  const run = async (name: string): Promise<Awaited<ReturnType<typeof runRule>>> => runRule(set.rules.find((rule) => rule.name === name)!, set, (ask) => { asked.push(ask.parents); return Promise.resolve(runHunt(port, ask)); }, { limit: 10 });
  const nc = await run('nc');
  expect('failed' in nc ? nc : [nc.recorded.total, nc.created.total, nc.extra?.rows[0]?.slice(-3)]).toEqual([0, 1, ['systemd 1', 'bash 300', 'derived']]);
  const plain = await run('plain');
  expect('failed' in plain ? plain : [plain.recorded.total, plain.created.total, plain.extra]).toEqual([1, 1, undefined]);
  expect(asked).toEqual(['recorded', 'created', 'difference', 'recorded']);
  const table = await run('table');
  expect('failed' in table ? table : table.extra).toBeUndefined();
});

test('a let that a rule needs comes before it', () => {
  const set = importRuleSet([{ name: 'c.yml', text: 'title: A\nname: a\nlogsource: { category: process_creation }\ndetection: { s: { Image: x }, condition: s }\n---\ntitle: C\ncorrelation: { type: event_count, rules: [a], timespan: 1h, condition: { gte: 2 } }\n' }]);
  expect(set.rules.map(({ name, isPart }) => [name, isPart])).toEqual([['a', true], ['c', false]]);
  expect(letsBefore(set.rules[1]!, set)).toEqual(['let a = exec where process.executable : "x"\n']);
});
