import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importRuleSet, runHunt } from '../../../../src/hunt/index.js';
import { handMade } from '../store.js';

type Row = Readonly<Record<string, string | number | null>>;
const run = (command_line_s: string, more: Row = {}): Row => ({ category: 'process', type: 'start', action: 'exec', command_line_s, ...more });
const connection = (port: number, address_s: string): Row => ({ category: 'network', type: 'start', action: 'connection_attempted', port, address_s });

const EVENTS: readonly Row[] = [
  run('curl -s http://X', { executable_s: '/usr/bin/curl', parent_executable_s: '/usr/bin/CURL', user_s: 'root' }), run('CURL /s http://x', { executable_s: '/tmp/c', parent_executable_s: '/tmp/c', user_s: 'eve' }),
  run('echo d2hvYW1p', { executable_s: '/bin/echo', parent_executable_s: '/bin/sh' }), run('echo eHdob2FtaXg= dwBoAG8AYQBtAGkA //53AGgAbwBhAG0AaQA=', { executable_s: '/bin/echo' }), run('d2hvYW1p', { executable_s: '/bin/x' }), run('one\ntwo', { executable_s: '/bin/y' }),
  connection(443, '10.1.2.3'), connection(8443, '192.0.2.1'),
];

/** The numbers of the events that a detection finds; or why there is no hunt of it. */
function found(key: string, value: unknown, category = 'process_creation'): unknown {
  const { rules, notes } = importRuleSet([{ name: 'r.yml', text: JSON.stringify({ title: 'R', logsource: { product: 'linux', category }, detection: { s: { [key]: value }, condition: 's' } }) }]);
  if (rules[0] === undefined) return notes.map(({ says }) => says).join('; ');
  const { port } = handMade({ event: EVENTS.map((event, id) => ({ id, time: id, basis: 0, host_s: 'web', ...event })) });
  const result = runHunt(port, { text: rules[0].query, limit: 100 });
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return result.events?.map(([id]) => id);
}

const NUL = expect.stringContaining('NUL') as unknown;
const noPartOfTime = (part: string): unknown => expect.stringContaining(`no ${part} of one`);

/** Each modifier of the specification (appendix 2.1) by what it finds, or by the reason why it is refused. */
const MODIFIERS: Readonly<Record<string, readonly (readonly [key: string, value: unknown, expected: unknown, category?: string])[]>> = {
  all: [['CommandLine|contains|all', ['curl', '-s'], [0]], ['CommandLine|contains', ['-s', '/s'], [0, 1]]],
  startswith: [['CommandLine|startswith', 'curl', [0, 1]]],
  endswith: [['Image|endswith', '/echo', [2, 3]]],
  contains: [['CommandLine|contains', 'HTTP', [0, 1]]],
  exists: [['User|exists', true, [0, 1]], ['User|exists', false, [2, 3, 4, 5]]],
  cased: [['CommandLine|startswith|cased', 'CURL', [1]]],
  neq: [['Image|neq', ['/bin/echo', '/bin/x', '/bin/y'], [0, 1]], ['DestinationPort|neq', 443, [7], 'network_connection'], ['Image|fieldref|neq', 'ParentImage', [2, 3, 4, 5]]],
  windash: [['CommandLine|contains|windash', ' -s ', [0, 1]]],
  re: [['CommandLine|re', 'C[A-Z]+L', [1]], ['CommandLine|re', '^[a-z0-9A-Z]+$', [4]]],
  i: [['CommandLine|re|i', 'C[A-Z]+L', [0, 1]]],
  m: [['CommandLine|re|m', '^two$', [5]]],
  s: [['CommandLine|re|s', 'one.two', [5]]],
  base64: [['CommandLine|base64', 'whoami', [4]], ['CommandLine|base64|contains', 'whoami', [2, 4]], ['CommandLine|base64', 'who*', 'in "s": a value with wildcards cannot be encoded (base64)']],
  base64offset: [['CommandLine|base64offset|contains', 'whoami', [2, 3, 4]]],
  utf16le: [['CommandLine|utf16le|base64|contains', 'whoami', [3]], ['CommandLine|utf16le', 'whoami', NUL]],
  utf16be: [['CommandLine|utf16be|base64|contains', 'whoami', []], ['CommandLine|utf16be', 'whoami', NUL]],
  utf16: [['CommandLine|utf16|base64|contains', 'whoami', [3]], ['CommandLine|utf16', 'whoami', NUL]],
  wide: [['CommandLine|wide|base64offset|contains', 'whoami', [3]], ['CommandLine|wide', 'whoami', NUL]],
  lt: [['DestinationPort|lt', 443, [], 'network_connection']],
  lte: [['DestinationPort|lte', 443, [6], 'network_connection']],
  gt: [['DestinationPort|gt', 443, [7], 'network_connection']],
  gte: [['DestinationPort|gte', 443, [6, 7], 'network_connection']],
  minute: [['UtcTime|minute', 5, noPartOfTime('minute')]],
  hour: [['UtcTime|hour|gte', 22, noPartOfTime('hour')]],
  day: [['UtcTime|day', 5, noPartOfTime('day')]],
  week: [['UtcTime|week', 5, noPartOfTime('week')]],
  month: [['UtcTime|month', 5, noPartOfTime('month')]],
  year: [['UtcTime|year', 2026, noPartOfTime('year')]],
  cidr: [['DestinationIp|cidr', ['10.0.0.0/8', 'fe80::/10'], [6], 'network_connection'], ['DestinationIp|cidr', '10/8', expect.stringContaining('"10/8" is no network'), 'network_connection'], ['DestinationIp|cidr', 'ten', 'in "s": DestinationIp|cidr has "ten", which is no network', 'network_connection']],
  expand: [['User|expand', '%Administrators%', expect.stringContaining('placeholders')]],
  fieldref: [['Image|fieldref', 'ParentImage', [0, 1]], ['Image|fieldref|cased', 'ParentImage', [1]], ['Image|fieldref|startswith', 'ParentImage', [0, 1]]],
};

describe.each(Object.entries(MODIFIERS))('the modifier %s', (_name, cases) => {
  for (const [key, value, expected, category] of cases) test(`${key}: ${JSON.stringify(value)}`, () => expect(found(key, value, category)).toEqual(expected));
});

const APPENDIX = '../shared/conformance/sigma-linux/spec/specification/sigma-appendix-modifiers.md';
test.skipIf(!existsSync(APPENDIX))(existsSync(APPENDIX) ? 'no modifier of the specification is left out' : `the specification's list of modifiers: not run, ${APPENDIX} is not there`, () => {
  const named = [...readFileSync(APPENDIX, 'utf8').matchAll(/^ *- `(\w+)`:/gm)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(25);
  expect([...new Set(named)].filter((name) => !Object.hasOwn(MODIFIERS, name))).toEqual([]);
});
