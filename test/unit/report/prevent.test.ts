import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml, parseAllDocuments } from 'yaml';
import { compileHunt } from '../../../src/hunt/index.js';
import { CannotTranslate, huntPrevention, PREVENT_LANGUAGES, preventionOf, preventionText } from '../../../src/report/index.js';
import { FINDING_KINDS } from '../../../src/triage/index.js';
import { HOSTILE_ARGS } from './hostileHost.js';

const codeOf = (text: string, mark: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith(mark));

/** The grammar of auditctl(8), as far as our rules use it. */
const FIELD = String.raw`-F (?:arch=b(?:64|32)|(?:path|dir)=/\S+|perm=[rwxa]{1,4}|auid(?:>=\d+|!=unset)|a[0-3](?:=|&|&=)(?:0x[0-9a-f]+|\d+))`;
const RULE = new RegExp(String.raw`^(?:-a always,exit(?: ${FIELD})* -S [a-z0-9_]+(?:,[a-z0-9_]+)*(?: ${FIELD})* -k [a-z_]{1,31}|-w /\S+ -p [rwxa]{1,4} -k [a-z_]{1,31}|--loginuid-immutable|-e 2)$`);

interface SigmaDocument {
  readonly title: string;
  readonly id: string;
  readonly name?: string;
  readonly level: string;
  readonly status: string;
  readonly date: string;
  readonly tags: readonly string[];
  readonly logsource?: Record<string, string>;
  readonly detection?: Record<string, unknown>;
  readonly correlation?: { type: string; rules: string[]; 'group-by': string[]; timespan: string; condition?: Record<string, number> };
}

/** What the Sigma specification (2.0, rules and correlations) asks of a document. */
function checkSigma(text: string): readonly SigmaDocument[] {
  const documents = parseAllDocuments(text).map((document) => {
    expect('errors' in document ? document.errors : []).toEqual([]);
    return document.toJS() as SigmaDocument;
  });
  for (const document of documents) {
    expect(document.title.length).toBeLessThanOrEqual(256);
    expect(document.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(document.level).toMatch(/^(?:informational|low|medium|high|critical)$/);
    expect(document.status).toMatch(/^(?:stable|test|experimental|deprecated|unsupported)$/);
    expect(document.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const tag of document.tags) expect(tag).toMatch(/^attack\.(?:t\d{4}(?:\.\d{3})?|[a-z-]+)$/);
    if (document.correlation) {
      expect(document.correlation.type).toMatch(/^(?:event_count|value_count|temporal|temporal_ordered)$/);
      expect(document.correlation.timespan).toMatch(/^\d+[smhd]$/);
      expect(document.correlation.rules.length).toBeGreaterThan(0);
      for (const name of document.correlation.rules) expect(documents.map((each) => each.name)).toContain(name);
      if (document.correlation.type === 'event_count') expect(document.correlation.condition).toBeDefined();
      continue;
    }
    expect(Object.keys(document.logsource!)).toContain('product');
    const { condition, ...selections } = document.detection!;
    expect(typeof condition).toBe('string');
    const named = new Set(String(condition).match(/[a-z]\w*\*?/g)!.filter((word) => !['and', 'or', 'not', 'of', 'them', 'all'].includes(word)));
    for (const name of named) expect(Object.keys(selections).some((each) => (name.endsWith('*') ? each.startsWith(name.slice(0, -1)) : each === name))).toBe(true);
    for (const selection of Object.keys(selections)) expect([...named].some((name) => (name.endsWith('*') ? selection.startsWith(name.slice(0, -1)) : selection === name))).toBe(true);
    for (const fields of Object.values(selections)) for (const field of Object.keys(fields as object)) expect(field).toMatch(/^[A-Za-z][\w.]*(?:\|(?:contains|startswith|endswith|all|cased|exists|gt|gte|lt|lte|re|cidr))*$/);
  }
  expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
  return documents;
}

describe.each(FINDING_KINDS)('prevention of %s', (kind) => {
  const prevention = preventionOf(kind);

  test.each(PREVENT_LANGUAGES)('--as %s says what it cannot see, on which basis it rests, and carries the tags', (language) => {
    const text = preventionText(prevention, language, 'inferred');
    expect(text).toContain('Cannot see: ');
    expect(text).toMatch(/Basis: .*the finding at hand was inferred/);
    expect(text).toContain('attack.t1036.009');
    expect(text).toMatch(/attack\.defense-evasion|attack\.stealth/);
    for (const id of prevention.techniques) expect(text).toContain(`attack.${id.toLowerCase()}`);
  });

  test('its audit rules are in auditctl’s grammar, and -e 2 is last', () => {
    const rules = codeOf(preventionText(prevention, 'audit'), '#');
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(rule).toMatch(RULE);
    expect(rules.slice(0, -1)).not.toContain('-e 2');
    expect(new Set(rules).size).toBe(rules.length);
  });

  test('its Sigma holds to the specification', () => {
    expect(checkSigma(preventionText(prevention, 'sigma')).at(-1)!.level).toBe(prevention.level);
  });

  test('its EQL is read by Hunt without an error or a word of ours', () => {
    const { diagnostics } = compileHunt(preventionText(prevention, 'eql'));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(codeOf(preventionText(prevention, 'eql'), '//').join('\n')).not.toMatch(/process\.(?:creator|orphan|adopter|launcher|entry|requester|intermediate)|descendant of|processes where/);
  });

  test('its SPL closes what it opens, and its Falco rule is YAML with a condition that closes what it opens', () => {
    const spl = preventionText(prevention, 'spl');
    expect(spl).toMatch(/^index=/);
    expect(open(spl.split('\n').filter((line) => !line.startsWith('```')).join('\n'))).toBe('');
    for (const line of spl.split('\n').filter((each) => each.startsWith('```'))) expect(line.match(/`/g)).toHaveLength(6);
    const [rule] = parseYaml(preventionText(prevention, 'falco')) as Record<string, unknown>[];
    expect(Object.keys(rule!)).toEqual(['rule', 'desc', 'condition', 'output', 'priority', 'source', 'tags']);
    expect(open(String(rule!['condition']))).toBe('');
    expect(rule!['condition']).toMatch(/evt\.type (?:=|in)/);
  });
});

/** What of a text's quotes and brackets is still open at its end. */
function open(text: string): string {
  const stack: string[] = [];
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '\\' && isQuoted) at++;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && letter === '(') stack.push(letter);
    else if (!isQuoted && letter === ')' && stack.pop() === undefined) return ') without (';
  }
  return `${isQuoted ? '"' : ''}${stack.join('')}`;
}

const auditctl = (rule: string): string => {
  const { stdout, stderr } = spawnSync('unshare', ['-Urn', 'auditctl', ...rule.split(' ')], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
};
const PLAIN = '-a always,exit -F arch=b64 -S execve -k x';
const hasAuditctl = auditctl(PLAIN) === 'The audit system is disabled';

const everyRule = [...new Set(FINDING_KINDS.flatMap((kind) => codeOf(preventionText(preventionOf(kind), 'audit'), '#')))];

if (hasAuditctl) {
  // In a user namespace of its own auditctl reads a rule to its end and then finds no kernel to give it to: nothing is loaded anywhere.
  test('auditctl itself reads every rule', () => {
    expect(auditctl('-a always,exit -F arch=b64 -S frok -k x')).toMatch(/Syscall name unknown/);
    for (const rule of everyRule.filter((each) => /^-[aw]/.test(each))) expect(`${rule}: ${auditctl(rule)}`).toBe(`${rule}: The audit system is disabled`);
  });
} else {
  test('auditctl is not here (apt-get install auditd); every rule is in the grammar of its manual', () => {
    for (const rule of everyRule) expect(rule).toMatch(RULE);
  });
}

describe('a hunt in other languages', () => {
  const HUNT = 'exec where process.name in ("nc", "ncat") and process.executable like "/tmp/*" and not user.name == "root" and process.parent.pid == 1';

  test('Sigma', () => {
    const [rule] = checkSigma(huntPrevention(HUNT, 'sigma'));
    expect(rule!.logsource).toEqual({ product: 'linux', category: 'process_creation' });
    expect(rule!.detection).toEqual({
      selection_1: { 'Image|endswith|cased': ['/nc', '/ncat'] }, selection_2: { 'Image|cased': '/tmp/*' }, selection_3: { 'User|cased': 'root' }, selection_4: { ParentProcessId: 1 },
      condition: 'selection_1 and selection_2 and not selection_3 and selection_4',
    });
  });

  test('SPL and Falco', () => {
    expect(huntPrevention(HUNT, 'spl')).toContain('| where ((process_name="nc" OR process_name="ncat") AND match(process_path, "^/tmp/.*$") AND NOT (user="root") AND parent_process_id="1")');
    const [rule] = parseYaml(huntPrevention(HUNT, 'falco')) as { condition: string }[];
    expect(rule!.condition).toBe('(evt.type in (execve, execveat) and evt.rawres = 0) and ((proc.name = "nc" or proc.name = "ncat") and proc.exepath glob "/tmp/*" and not (user.name = "root") and proc.ppid = 1)');
  });

  test('EQL is Elastic’s, with lets written out, and Hunt reads it', () => {
    const text = huntPrevention('let odd = exec where process.executable like "/tmp/*"\nodd where process.name == "x"', 'eql');
    expect(codeOf(text, '//').join('\n')).not.toMatch(/let |odd/);
    expect(codeOf(text, '//').join('\n')).toContain('/tmp/*');
    expect(compileHunt(text).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('audit rules record what a hunt asks about, lineage too', () => {
    const rules = (text: string): string => codeOf(huntPrevention(text, 'audit'), '#').join('\n');
    expect(rules('processes where process.orphan')).toMatch(/-S fork,vfork,clone,clone3[^]*-S exit,exit_group[^]*-S setsid/);
    expect(rules('network where destination.port == 1')).toMatch(/-S connect/);
    expect(rules('exec where process.name == "x"')).not.toMatch(/fork|connect/);
  });

  test.each([
    ['processes where process.orphan', 'sigma', /process\.orphan|processes/],
    ['exec where process.creator.name == "x"', 'falco', /creator/],
    ['sequence by host.id [exec where true] [exit where true]', 'spl', /sequence/],
    ['fork where process.name == "x"', 'sigma', /forks and ends only as audit records/],
    ['exec where process.exit_code == 1', 'falco', /no field for process\.exit_code/],
    ['exec where', 'sigma', /./],
  ] as const)('%s cannot be said in %s, and it is said why', (text, language, why) => {
    expect(() => huntPrevention(text, language)).toThrow(CannotTranslate);
    expect(() => huntPrevention(text, language)).toThrow(why);
  });

  test.each(HOSTILE_ARGS.filter((arg) => arg !== '\ud800'))('the hostile value %j stays a value', (value) => {
    const literal = `"${[...value].map((letter) => (/[\w ]/.test(letter) ? letter : `\\u{${letter.codePointAt(0)!.toString(16).padStart(2, '0')}}`)).join('')}"`;
    const text = `exec where process.name == ${literal}`;
    const [rule] = checkSigma(huntPrevention(text, 'sigma'));
    expect(rule!.detection!['selection_1']).toEqual({ 'Image|endswith|cased': [`/${value.replace(/[\\*?]/g, '\\$&')}`] });
    const where = huntPrevention(text, 'spl').split('\n')[1]!;
    expect(where).toMatch(/^\| where (?:process_name="[\w ./:@+-]*"|match\(process_name, "(?:[^"\\`|[\]]|\\.)*"\))$/);
    const spoken = where.match(/match\(process_name, "(.*)"\)$/)?.[1];
    if (spoken !== undefined) expect(new RegExp(spoken.replace(/\\\\/g, '\\').replace(/\\x\{([0-9a-f]+)\}/g, '\\u{$1}'), 'u').test(value)).toBe(true);
    if (/\p{Cc}/u.test(value)) expect(() => huntPrevention(text, 'falco')).toThrow(CannotTranslate);
    else {
      const [falco] = parseYaml(huntPrevention(text, 'falco')) as { condition: string; rule: string }[];
      expect(falco!.condition).toBe(`(evt.type in (execve, execveat) and evt.rawres = 0) and proc.name = "${value.replace(/[\\"]/g, '\\$&')}"`);
      expect(open(falco!.condition)).toBe('');
    }
    const eql = huntPrevention(text, 'eql');
    expect(compileHunt(eql).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const line of codeOf(huntPrevention(text, 'audit'), '#')) expect(line).toMatch(RULE);
  });
});
