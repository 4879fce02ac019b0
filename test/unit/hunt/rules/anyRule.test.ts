import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileHunt, importRules, importRuleSet, letsBefore } from '../../../../src/hunt/index.js';

const often = <T,>(usual: fc.Arbitrary<T>, any: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: any });
const name = often(fc.constantFrom('Image', 'CommandLine', 'User', 'ProcessId', 'ParentImage'), fc.constantFrom('Image', 'CommandLine', 'type', 'a0', 'SYSCALL', 'name', 'unit', 'User', 'ProcessId', 'ParentImage', 'Initiated', 'DestinationPort', 'DestinationIp', 'success', 'nametype', 'key', '', 'x y', '__proto__', 'constructor', 'a.b', 'process.name', '`', '"'));
const modifier = often(fc.constantFrom('', '|contains', '|endswith', '|startswith', '|contains|all', '|cased', '|neq'), fc.constantFrom('|all', '|re', '|re|i', '|cidr', '|exists', '|gt', '|lte', '|neq', '|cased', '|windash', '|base64', '|base64offset', '|wide|base64', '|utf16', '|fieldref', '|x', '|'));
const scalar = often<unknown>(fc.string({ maxLength: 8 }), fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom('*', '?', '\\', '\\*', '10.0.0.0/8', 'EXECVE', 'SYSCALL', 'PATH', 'SERVICE_*', 'execve', 'true', 'yes', 'CREATE', '^a(b|c)$', '(', '-i')));
const field = fc.tuple(name, modifier).map((parts) => parts.join(''));
const map = fc.dictionary(field, often<unknown>(fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 })), fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 })), { minKeys: 1, maxKeys: 3 });
const selection = often<unknown>(map, fc.oneof(scalar, fc.array(fc.oneof(scalar, map), { maxLength: 3 })));
const condition = often(fc.constantFrom('s', 's and not t', '1 of them', 'all of s*', 'not (s or t)', 's or t and not s'), fc.constantFrom('s and', '', '2 of them', 's | count() > 1'));
const logsource = often<unknown>(fc.constant({ product: 'linux', category: 'process_creation' }), fc.oneof(fc.record({ product: fc.constantFrom('linux', 'windows', 'apache') }), fc.record({ product: fc.constant('linux'), category: fc.constantFrom('process_creation', 'file_event', 'network_connection', 'dns_query', 'constructor') }), fc.record({ product: fc.constant('linux'), service: fc.constantFrom('auditd', 'sshd', 'sudo', 'vsftpd', '__proto__') }), scalar));
const rule = fc.record({ title: scalar, name: fc.constantFrom('a', 'b', 'c', null, 7), id: scalar, tags: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), logsource, detection: often<unknown>(fc.record({ s: selection, t: selection, condition }), selection) });
const correlation = fc.record({ title: scalar, name: fc.constantFrom('c', 'd'), correlation: fc.record({ type: fc.constantFrom('event_count', 'value_count', 'temporal', 'temporal_ordered', 'value_avg', 'toString'), rules: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }), 'group-by': fc.array(name, { maxLength: 2 }), timespan: fc.constantFrom('5m', '1h', '0s', 'x', 5), condition: fc.oneof(fc.record({ gte: scalar, field: name }), scalar), aliases: fc.oneof(scalar, map) }) });
const filter = fc.record({ title: scalar, filter: fc.record({ rules: fc.oneof(scalar, fc.array(fc.constantFrom('a', 'b'))), s: selection, condition }) });

test('whatever stands in a file of rules, each becomes a query that compiles or a note, and the text for a cell has no error', () => {
  let translated = 0;
  fc.assert(fc.property(fc.array(fc.oneof({ weight: 20, arbitrary: rule }, { weight: 5, arbitrary: correlation }, { weight: 2, arbitrary: filter }, scalar), { minLength: 1, maxLength: 4 }), (documents) => {
    const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
    const set = importRuleSet([{ name: 'r.yml', text }]);
    translated += set.rules.length;
    for (const one of set.rules) expect(compileHunt(one.query, { before: letsBefore(one, set) }).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(new Set(set.rules.map(({ name: own }) => own)).size).toBe(set.rules.length);
    expect(compileHunt(importRules(text, 'r.yml').text).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  }), { numRuns: 400 });
  expect(translated).toBeGreaterThan(40);
});

test('any text is read without throwing, as any format', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('.yml', '.toml', '.json', '.ndjson', '.eql', '.hunt', ''), (text, ending) => {
    importRules(text, `r${ending}`);
  }), { numRuns: 500 });
});
