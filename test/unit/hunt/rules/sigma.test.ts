import { describe, expect, test } from 'vitest';
import { importRules, importRuleSet, runHunt } from '../../../../src/hunt/index.js';
import { doubleFork } from '../store.js';

const LINUX = 'logsource: { product: linux, category: process_creation }';

/** The query of one rule of process creation; or, in brackets, why there is none. */
function query(detection: string, logsource: string = LINUX): string {
  const { rules, notes } = importRuleSet([{ name: 'r.yml', text: `title: R\n${logsource}\ndetection: ${detection}\n` }]);
  return rules[0]?.query.replace(/\s+/g, ' ') ?? `(${notes.map(({ says }) => says).join('; ')})`;
}

describe('modifiers', () => {
  test.each([
    ['{ s: { Image|endswith: [/nc, /ncat], CommandLine|contains|all: [a, b] }, condition: s }', 'exec where process.executable : ("*/nc", "*/ncat") and process.command_line : "*a*" and process.command_line : "*b*"'],
    ['{ s: { ParentImage: /bin/sh, ParentCommandLine|startswith: sh }, condition: s }', 'exec where process.parent.executable : "/bin/sh" and process.parent.command_line : "sh*"'],
    ['{ s: { User: root, ProcessId: 12, ParentProcessId|gte: 5 }, condition: s }', 'exec where user.name : "root" and process.pid == 12 and process.parent.pid >= 5'],
    ['{ s: { ProcessId: [1, "2", x*] }, condition: s }', 'exec where process.pid in (1, 2) or string(process.pid) : "x*"'],
    ['{ s: { User: null }, condition: s }', 'exec where user.name == null'],
    ['{ s: { User: [null, ""] }, condition: s }', 'exec where user.name == null or user.name : ""'],
    ['{ s: { User|exists: false, Image|exists: true }, condition: s }', 'exec where user.name == null and process.executable != null'],
    ['{ s: { Image|cased: /bin/SH, CommandLine|contains|cased: X }, condition: s }', 'exec where process.executable like "/bin/SH" and process.command_line like "*X*"'],
    ['{ s: { Image|fieldref|cased: ParentImage, CommandLine|fieldref|endswith: Image }, condition: s }', 'exec where process.executable == process.parent.executable and endsWith~(process.command_line, process.executable)'],
    ['{ s: { Image|fieldref: ParentImage }, condition: s }', 'exec where startsWith~(process.executable, process.parent.executable) and startsWith~(process.parent.executable, process.executable)'],
    ['{ s: { ProcessId|fieldref: ParentProcessId }, condition: s }', 'exec where process.pid == process.parent.pid'],
    ['{ s: { ProcessId|fieldref|neq: ParentProcessId }, condition: s }', 'exec where not process.pid == process.parent.pid'],
    ['{ s: { CommandLine|fieldref|contains|cased: ProcessId }, condition: s }', 'exec where stringContains(process.command_line, string(process.pid))'],
    ['{ s: { Image|fieldref: Unheard }, condition: s }', '(in "s": no field of Hunt stands for Unheard)'],
    ['{ s: { Image|contains|cidr: 10.0.0.0/8 }, condition: s }', '(in "s": the modifiers contains and cidr exclude each other)'],
    ['{ s: { ProcessId|endswith|gte: 4 }, condition: s }', '(in "s": the modifiers endswith and gte exclude each other)'],
    ['{ s: { Image|i: x }, condition: s }', '(in "s": the modifier i is a flag of re, and stands behind it)'],
    ['{ s: { User|neq: [root, daemon] }, condition: s }', 'exec where not user.name : ("root", "daemon")'],
    ['{ s: { CommandLine|windash|contains: " -i " }, condition: s }', 'exec where process.command_line : ("* -i *", "* /i *", "* \\u{2013}i *", "* \\u{2014}i *", "* \\u{2015}i *")'.replaceAll('\\u{2013}', '–').replaceAll('\\u{2014}', '—').replaceAll('\\u{2015}', '―')],
    ['{ s: { CommandLine|base64: whoami }, condition: s }', 'exec where process.command_line : "d2hvYW1p"'],
    ['{ s: { CommandLine|base64offset|contains: foobar }, condition: s }', 'exec where process.command_line : ("*Zm9vYmFy*", "*Zvb2Jhc*", "*mb29iYX*")'],
    ['{ s: { CommandLine|wide|base64offset|contains: id }, condition: s }', 'exec where process.command_line : ("*aQBkA*", "*kAZA*", "*pAGQA*")'],
    ['{ s: { CommandLine|wide: id }, condition: s }', '(in "s": a value holds a NUL character, which no text of evidence has)'],
    ['{ s: { CommandLine|expand: "%x%" }, condition: s }', '(in "s": the modifier expand is not translated: its placeholders (%name%) have no values here)'],
    ['{ s: { CommandLine|contain: x }, condition: s }', '(in "s": there is no modifier "contain")'],
    ['{ s: { Unheard: x }, condition: s }', '(in "s": no field of Hunt stands for Unheard)'],
    ['{ s: { ParentProcessId|gt: many }, condition: s }', '(in "s": ParentProcessId is compared with "many", which is no number)'],
  ])('%s', (detection, expected) => expect(query(detection)).toBe(expected));
});

describe('conditions', () => {
  const selections = 'sel_a: { User: a }, sel_b: { User: b }, _hid: { User: h }, other: [ { User: o }, { Image: p } ]';
  test.each([
    ['sel_a and not sel_b', 'user.name : "a" and not user.name : "b"'],
    ['sel_a or sel_b and other', 'user.name : "a" or user.name : "b" and (user.name : "o" or process.executable : "p")'],
    ['not (sel_a or sel_b)', 'not (user.name : "a" or user.name : "b")'],
    ['not 1 of sel_*', 'not (user.name : "a" or user.name : "b")'],
    ['all of sel_*', 'user.name : "a" and user.name : "b"'],
    ['1 of them', 'user.name : "a" or user.name : "b" or user.name : "o" or process.executable : "p"'],
    ['2 of sel_*', 'user.name : "a" and user.name : "b"'],
    ['2 of them', 'user.name : "a" and user.name : "b" or user.name : "a" and (user.name : "o" or process.executable : "p") or user.name : "b" and (user.name : "o" or process.executable : "p")'],
    ['not 3 of them', 'not (user.name : "a" and user.name : "b" and (user.name : "o" or process.executable : "p"))'],
    ['any of sel_* and _hid', '(user.name : "a" or user.name : "b") and user.name : "h"'],
    ['NOT sel_a AND sel_b', 'not user.name : "a" and user.name : "b"'],
  ])('%s', (condition, expected) => expect(query(`{ ${selections}, condition: "${condition}" }`)).toBe(`exec where ${expected}`));

  test.each([
    ['sel_a and', 'its condition ends too early'],
    ['(sel_a', 'its condition has a ( without its )'],
    ['sel_a sel_b', 'its condition has "sel_b" where and, or or its end is wanted'],
    ['nothing', 'its condition speaks of "nothing", and no selection is called so'],
    ['1 of none_*', 'its condition speaks of none_*, and no selection is called so'],
    ['3 of sel_*', 'its condition wants 3 of 2 selections'],
    ['0 of sel_*', 'its condition wants 0 of 2 selections'],
    ['sel_a | count() > 5', 'its condition has a pipe (count() and near are not Sigma any more; a correlation says it)'],
  ])('%s is refused', (condition, says) => expect(query(`{ ${selections}, condition: "${condition}" }`)).toBe(`(${says})`));

  test('so many of so many that nobody could read them are refused', () => {
    const many = Array.from({ length: 12 }, (_, at) => `s${at}: { User: u${at} }`).join(', ');
    expect(query(`{ ${many}, condition: "6 of them" }`)).toBe('(its condition wants 6 of 12 selections, which are more than 100 ways)');
  });

  test('several conditions are joined by or', () => {
    expect(query(`{ ${selections}, condition: [sel_a, sel_b] }`)).toBe('exec where user.name : "a" or user.name : "b"');
  });
});

describe('log sources', () => {
  const audit = 'logsource: { product: linux, service: auditd }';
  test.each([
    ['logsource: { category: file_event }', '{ s: { TargetFilename|startswith: /etc/, Image|endswith: /sh }, condition: s }', 'file where not event.type in ("deletion", "access") and file.path : "/etc/*" and process.executable : "*/sh"'],
    ['logsource: { category: network_connection, product: linux }', '{ s: { Initiated: "true", DestinationPort: 4444, DestinationIp|cidr: [10.0.0.0/8, "fe80::/10"] }, condition: s }', 'network where event.action in ("connection_attempted", "connection_accepted", "open-socket") and network.direction == "egress" and destination.port == 4444 and cidrMatch(destination.ip, "10.0.0.0/8", "fe80::/10")'],
    ['logsource: { product: linux, service: sshd }', '{ s: ["maximum authentication", "error: "], condition: s }', 'any where process.name : "sshd*" and message : ("*maximum authentication*", "*error: *")'],
    ['logsource: { product: linux, service: sudo }', '{ s: { USER: ["#-*", root] }, condition: s }', 'any where message : ("*USER=#-*", "*USER=root", "*USER=root ;*")'],
    ['logsource: { product: linux, service: auth }', '{ s: { User: root }, condition: s }', '(in "s": User is not kept apart in the lines of such a log; only keywords can be asked of them)'],
    [audit, '{ s: { type: PATH, nametype: CREATE, name|endswith: .service }, condition: s }', 'any where (event.action == "exec" or event.category == "file") and event.action in ("creation", "link", "rename") and coalesce(file.path, process.executable) : "*.service"'],
    ['logsource: { product: linux }', '{ s: [ "x" ], condition: s }', 'any where message : "*x*" or event.action == "exec" and process.command_line : "*x*"'],
    [audit, '{ s: { type: EXECVE, a0: chmod, a1: 777 }, condition: s }', 'exec where process.args[0] : "chmod" and process.args[1] : "777"'],
    [audit, '{ s: { type: SYSCALL, SYSCALL: [execve, execveat], euid: 33, key: "k" }, condition: s }', 'exec where user.effective.id : "33" and auditd.key : "k"'],
    [audit, '{ s: { type: SYSCALL, a0: "1" }, condition: s }', 'any where event.category in ("process", "file", "network", "driver") and auditd.data.a0 : "1"'],
    [audit, '{ e: { type: EXECVE, a0: x }, p: { type: PATH, name: /etc/shadow }, condition: e or p }', 'any where event.action == "exec" and process.args[0] : "x" or (event.action == "exec" or event.category == "file") and coalesce(file.path, process.executable) : "/etc/shadow"'],
    [audit, '{ s: { type: SERVICE_STOP, unit: ufw }, condition: s }', 'any where event.action == "stopped-service" and service.name : ("ufw", "ufw.service")'],
    [audit, '{ s: { type: EXECVE }, k: ["-t", "-d"], condition: s and k }', 'exec where process.command_line : ("*-t*", "*-d*")'],
    [audit, '{ s: { type: EXECVE }, f: { type: SERVICE_STOP }, condition: s and f }', '(its condition can never be true)'],
    ['logsource: { product: windows, category: process_creation }', '{ s: { Image: x }, condition: s }', "(its logsource is windows, and the evidence is Linux's)"],
    ['logsource: { category: dns_query }', '{ s: { QueryName: x }, condition: s }', '(no source of Hunt holds the logs of category dns_query)'],
    ['logsource: { product: linux, category: process_creation }\ntaxonomy: ecs', '{ s: { process.name: x, process.args: y }, condition: s }', 'exec where process.name : "x" and process.args : "y"'],
  ])('%s %s', (logsource, detection, expected) => expect(query(detection, logsource)).toBe(expected));

  test('what no evidence keeps, and what is wider than the log meant, is said', () => {
    const { notes } = importRuleSet([{ name: 'r.yml', text: `title: R\n${audit}\ndetection: { s: { type: SYSCALL, SYSCALL: mknod }, condition: s }\n---\ntitle: V\nlogsource: { product: linux, service: vsftpd }\ndetection: { s: [x], condition: s }\n` }]);
    expect(notes.map(({ rule, kind, says }) => [rule, kind, says.slice(0, 60)])).toEqual([['R', 'differs', 'a condition on auditd.data.syscall holds only for evidence t'], ['V', 'differs', 'the message of every log line is looked at, whichever progra']]);
  });
});

const RULES = `
title: Recon A
name: recon_a
${LINUX}
detection: { s: { Image|endswith: /bash }, condition: s }
---
title: Recon B
id: 11111111-2222-3333-4444-555555555555
${LINUX}
detection: { s: { Image|endswith: /nc }, condition: s }
---
title: Outward
name: outward
logsource: { product: linux, category: network_connection }
detection: { s: { Initiated: true }, condition: s }
`;

describe('correlations', () => {
  function correlated(correlation: string): string {
    const { rules, notes } = importRuleSet([{ name: 'a.yml', text: RULES }, { name: 'b.yml', text: `title: C\ncorrelation: ${correlation}\n` }]);
    return rules.find(({ title }) => title === 'C')?.query.replace(/\s+/g, ' ') ?? `(${notes.filter(({ rule }) => rule === 'C').map(({ says }) => says).join('; ')})`;
  }
  const B = '11111111-2222-3333-4444-555555555555';
  test.each([
    ['{ type: event_count, rules: [recon_a], group-by: [ComputerName, User], timespan: 1h, condition: { gte: 100 } }', 'recon_a where true | stats count() as n by host.name, user.name within 1h | filter n >= 100'],
    ['{ type: event_count, rules: [recon_a], timespan: 90s, condition: { gt: 1, lte: 9 } }', 'recon_a where true | stats count() as n within 90s | filter n > 1 and n <= 9'],
    [`{ type: event_count, rules: [recon_a, ${B}], group-by: [ComputerName], timespan: 1h, condition: { gte: 3 } }`, 'any where (event.action == "exec" and (process.executable : "*/bash")) or (event.action == "exec" and (process.executable : "*/nc")) | stats count() as n by host.name within 1h | filter n >= 3'],
    ['{ type: value_count, rules: [outward], group-by: [Image], timespan: 1d, condition: { field: DestinationIp, gte: 2 } }', 'outward where true | stats distinct(destination.ip) as n by process.executable within 1d | filter n >= 2'],
    ['{ type: value_avg, rules: [outward], group-by: [Image], timespan: 1d, condition: { field: DestinationPort, gt: 2.5 } }', 'outward where true | stats avg(number(string(destination.port))) as n by process.executable within 1d | filter n > 2.5'],
    [`{ type: temporal, rules: [recon_a, ${B}], group-by: [ComputerName, User], timespan: 5m }`, 'sample by host.name, user.name with maxspan=5m [recon_a] [recon_b]'],
    [`{ type: temporal_ordered, rules: [${B}, outward], group-by: [ComputerName], timespan: 5m }`, 'sequence by host.name with maxspan=5m [recon_b] [outward]'],
    ['{ type: temporal_ordered, rules: [recon_a, outward], group-by: [who], timespan: 5m, aliases: { who: { recon_a: ProcessId, outward: ParentProcessId } } }', 'sequence with maxspan=5m [recon_a] by process.pid [outward] by process.parent.pid'],
    [`{ type: temporal, rules: [recon_a, ${B}], timespan: 5m, condition: { gte: 2 } }`, 'sample with maxspan=5m [recon_a] [recon_b]'],
    [`{ type: temporal, rules: [recon_a, outward], group-by: [ComputerName], timespan: 5m, condition: recon_a AND outward }`, 'sample by host.name with maxspan=5m [recon_a] [outward]'],
    ['{ type: temporal, rules: [recon_a, outward], timespan: 5m, condition: recon_a or outward }', '(its condition "recon_a or outward" is more than all of its rules joined by and)'],
    ['{ type: temporal, rules: [recon_a, outward], timespan: 5m, condition: { gte: 1 } }', '(its correlation is content with some of its rules; Hunt asks for all)'],
    ['{ type: value_sum, rules: [outward], group-by: [Image], timespan: 1h, condition: { field: DestinationPort, gt: 4, lte: 9 } }', 'outward where true | stats sum(number(string(destination.port))) as n by process.executable within 1h | filter n > 4 and n <= 9'],
    ['{ type: value_median, rules: [outward], timespan: 1h, condition: { field: DestinationPort, gt: 4 } }', 'outward where true | stats median(number(string(destination.port))) as n within 1h | filter n > 4'],
    ['{ type: value_percentile, rules: [outward], timespan: 1h, condition: { field: DestinationPort, percentile: 99, gte: 1 } }', 'outward where true | stats p99(number(string(destination.port))) as n within 1h | filter n >= 1'],
    ['{ type: value_percentile, rules: [outward], timespan: 1h, condition: { field: DestinationPort, lte: 1 } }', '(its correlation says no percentile)'],
    ['{ type: event_count, rules: [recon_a], timespan: 1h, condition: { neq: 2 } }', 'recon_a where true | stats count() as n within 1h | filter n != 2'],
    ['{ type: event_count, rules: [recon_a], timespan: 1h, condition: { eq: 2 } }', 'recon_a where true | stats count() as n within 1h | filter n == 2'],
    ['{ type: event_count, rules: [recon_a], timespan: 1M, condition: { gte: 1 } }', '(its correlation has the timespan "1M"; it is a number with s, m, h or d)'],
    ['{ type: near, rules: [recon_a], timespan: 1h, condition: { gte: 1 } }', '(there is no correlation of type "near")'],
    ['{ type: temporal, rules: [recon_a, nothing], timespan: 5m }', '(it speaks of the rule "nothing", which is not in this set)'],
    ['{ type: event_count, rules: [recon_a], timespan: 5x, condition: { gte: 1 } }', '(its correlation has the timespan "5x"; it is a number with s, m, h or d)'],
    ['{ type: value_percentile, rules: [outward], timespan: 1h, condition: { field: DestinationPort, percentile: 95, gte: 1 } }', '(Hunt has the percentiles 50, 90 and 99, not 95)'],
  ])('%s', (correlation, expected) => expect(correlated(correlation)).toBe(expected));

  test('a chain: a count of one rule is a step of an ordered correlation; going round is refused', () => {
    const chain = `title: Many\nname: many\ncorrelation: { type: event_count, rules: [recon_a], group-by: [ComputerName], timespan: 10m, condition: { gte: 3 } }\n---\ntitle: Chain\ncorrelation: { type: temporal_ordered, rules: [many, outward], group-by: [ComputerName], timespan: 10m }\n---\ntitle: Round\nname: round\ncorrelation: { type: temporal, rules: [round, recon_a], timespan: 1m }\n`;
    const { rules, notes } = importRuleSet([{ name: 'a.yml', text: RULES }, { name: 'c.yml', text: chain }]);
    expect(rules.find(({ title }) => title === 'Chain')!.query.replace(/\s+/g, ' ')).toBe('sequence by host.name with maxspan=20m [recon_a] with runs=3 [outward]');
    expect(notes.find(({ rule }) => rule === 'Chain')).toMatchObject({ kind: 'differs' });
    expect(notes.find(({ rule }) => rule === 'Round')).toMatchObject({ kind: 'refused', says: expect.stringContaining('goes round') as string });
  });

  test.each([
    ['{ type: event_count, rules: [run], group-by: [ComputerName], timespan: 25s, condition: { gte: 3 } }', [['web', 3]]],
    ['{ type: event_count, rules: [run], group-by: [ComputerName], timespan: 20s, condition: { gte: 4 } }', []],
    ['{ type: event_count, rules: [run, out], group-by: [ComputerName], timespan: 25s, condition: { gte: 4 } }', [['web', 4]]],
    ['{ type: value_count, rules: [run], group-by: [ComputerName], timespan: 1h, condition: { field: User, gte: 1 } }', [['web', 1]]],
    ['{ type: value_sum, rules: [out], group-by: [ComputerName, DestinationIp], timespan: 1h, condition: { field: DestinationPort, gt: 4443 } }', [['web', '10.0.0.5', 4444]]],
  ])('what %s counts', (correlation, expected) => {
    const { text, notes } = importRules(`title: Run\nname: run\n${LINUX}\ndetection: { s: { Image: "*" }, condition: s }\n---\ntitle: Out\nname: out\nlogsource: { product: linux, category: network_connection }\ndetection: { s: { DestinationPort: 4444 }, condition: s }\n---\ntitle: C\nname: c\ncorrelation: ${correlation}\n`, 'paste.yml');
    expect(notes).toEqual([]);
    // The rule that is not counted is a let of its own, and then nothing says which to run.
    const result = runHunt(doubleFork().port, { text: text.endsWith('\nc\n') ? text : `${text}\nc\n`, limit: 10 });
    expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(result.rows).toEqual(expected);
  });

  test('what they find: bash, nc and its connection on one host', () => {
    const { text, notes } = importRules(`${RULES}---\ntitle: Together\nname: together\ncorrelation: { type: temporal_ordered, rules: [recon_a, ${B}, outward], group-by: [ComputerName], timespan: 5m }\n`, 'paste.yml');
    expect(notes).toEqual([]);
    const result = runHunt(doubleFork().port, { text, limit: 10 });
    expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(result.events).toEqual([[1, 3, 6]]);
  });
});

test('the parts of a correlation that cannot run stand for themselves', () => {
  const many = (name: string): string => `title: ${name}\nname: ${name}\ncorrelation: { type: event_count, rules: [recon_a], group-by: [ComputerName], timespan: 1m, condition: { gte: 100 } }\n`;
  const { rules, notes } = importRuleSet([{ name: 'a.yml', text: RULES }, { name: 'm.yml', text: `${['m1', 'm2', 'm3'].map(many).join('---\n')}---\ntitle: Long\ncorrelation: { type: temporal_ordered, rules: [m1, m2, m3, outward], group-by: [ComputerName], timespan: 1m }\n` }]);
  expect(notes.filter(({ kind }) => kind === 'refused')).toMatchObject([{ rule: 'Long', says: expect.stringContaining('HUNT401') as string }]);
  expect(rules.filter(({ isPart }) => !isPart).map(({ name }) => name)).toEqual(expect.arrayContaining(['outward', 'm1', 'm2', 'm3']));
});

test('a part of a line is nothing to group by, and a field that no evidence keeps is told', () => {
  const of = (logsource: string, groupBy: string): unknown => importRuleSet([{ name: 'a.yml', text: `title: A\nname: a\n${logsource}\ndetection: { k: [x], condition: k }\n---\ntitle: C\ncorrelation: { type: event_count, rules: [a], group-by: [${groupBy}], timespan: 1h, condition: { gte: 2 } }\n` }]).notes.filter(({ rule }) => rule === 'C').map(({ kind, says }) => `${kind}: ${says}`);
  expect(of('logsource: { product: linux, service: sudo }', 'USER')).toEqual(['refused: no field holds USER by itself, so that events could be grouped by it']);
  expect(of('logsource: { product: linux, service: auditd }', 'exit')).toEqual(['differs: it groups or counts by auditd.data.exit, and only evidence that keeps a field of that name has anything to group']);
  expect(of('logsource: { product: linux, service: auditd }', 'auid')).toEqual([]);
});

describe('collections of one file', () => {
  const queries = (text: string): unknown => {
    const { rules, notes } = importRuleSet([{ name: 'c.yml', text }]);
    return [...rules.map(({ title, query: own }) => `${title}: ${own}`), ...notes.map(({ says }) => `(${says})`)];
  };
  const GLOBAL = `action: global\ntitle: G\n${LINUX}\ndetection: { s: { User: root } }\n`;
  test('global holds for what follows, map by map, until reset', () => {
    expect(queries(`${GLOBAL}---\ndetection: { s: { Image: x }, condition: s }\n---\ntitle: Own\ndetection: { t: { Image: y }, condition: s and t }\n---\naction: reset\n---\ntitle: Bare\ndetection: { s: { Image: z }, condition: s }\n`)).toEqual([
      'G: exec where user.name : "root" and process.executable : "x"', 'Own: exec where user.name : "root" and process.executable : "y"', '(it has no logsource)',
    ]);
  });
  test('repeat is the rule before with other parts', () => {
    expect(queries(`title: A\n${LINUX}\ndetection: { s: { Image: x, User: u }, condition: s }\n---\naction: repeat\ntitle: B\ndetection: { s: { Image: y } }\n`)).toEqual(['A: exec where process.executable : "x" and user.name : "u"', 'B: exec where process.executable : "y" and user.name : "u"']);
  });
  test('another action is refused', () => expect(queries(`action: correlation\ntitle: A\n`)).toEqual(['(a document of it has the action "correlation"; there are global, reset and repeat)']));
});

test('a filter says which rules it does not find, and its mistake is told as its own', () => {
  const told = (filter: string): unknown => importRuleSet([{ name: 'a.yml', text: RULES }, { name: 'f.yml', text: `title: F\n${filter}` }]).notes.map(({ rule, kind, says }) => `${rule} ${kind}: ${says}`);
  expect(told('filter: { rules: [recon_a, gone], no: { User: root }, condition: not no }\n')).toEqual(['Recon A differs: the filter "F" of the same set is in it', 'F differs: it names "gone", which is not in this set']);
  expect(told('filter: { rules: [gone], no: { User: root }, condition: not no }\n')).toEqual(['F refused: it is a filter, and of the rules that it names "gone" is not in this set']);
  expect(told('logsource: { product: linux, service: sudo }\nfilter: { rules: any, no: { User: root }, condition: not no }\n')).toEqual(['F refused: it is a filter, and there is no rule in this set that it is for']);
  expect(told('filter: { rules: [recon_a], no: { Unheard: root }, condition: not no }\n')).toEqual(['Recon A refused: the filter "F" of the same set: in "no": no field of Hunt stands for Unheard']);
});

test('a filter of the set is asked besides the rule it names', () => {
  const filter = 'title: F\nlogsource: { product: linux }\nfilter: { rules: [recon_a], no: { User: root }, condition: not no }\n';
  const { rules, notes } = importRuleSet([{ name: 'a.yml', text: RULES }, { name: 'f.yml', text: filter }]);
  expect(rules.map(({ query: text }) => text)).toContain('exec where process.executable : "*/bash" and not user.name : "root"');
  expect(notes).toMatchObject([{ rule: 'Recon A', kind: 'differs' }]);
});

describe('a pasted rule', () => {
  test('becomes a documented let and a query that runs it', () => {
    const { text } = importRules(`title: 'Shell: "x" /* y */'\nid: 1234\nlevel: high\ntags: [attack.t1059.004, attack.execution]\n${LINUX}\ndetection: { s: { Image|endswith: /bash }, condition: s }\n`, 'clipboard');
    expect(text).toBe('/// Shell: "x" /* y */\n/// high, T1059.004, 1234\nlet shell_x_y = exec where process.executable : "*/bash"\n\nshell_x_y\n');
    expect(runHunt(doubleFork().port, { text, limit: 10 }).total).toBe(1);
  });

  test('names never collide: with one another, with sources, functions and keywords', () => {
    const one = (title: string): string => `title: ${JSON.stringify(title)}\n${LINUX}\ndetection: { s: { User: a }, condition: s }\n`;
    const { rules } = importRuleSet([{ name: 'a.yml', text: ['Exec', 'length', 'sequence', 'Same', 'same', '1st', '語', 'let'].map(one).join('---\n') }]);
    expect(rules.map(({ name }) => name)).toEqual(['rule_exec', 'rule_length', 'rule_sequence', 'same', 'same_2', 'rule_1st', 'rule', 'rule_let']);
  });
});
