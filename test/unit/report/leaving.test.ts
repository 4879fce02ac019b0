import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine, type RawRecord } from '../../../src/engine/index.js';
import { collectSubtree, csvField, defanged, indicatorsOf, indicatorsText, jsonText, ticketText, visible, words } from '../../../src/report/index.js';
import { containmentOf } from '../../../src/report/containment.js';
import { type AuditEvent, auditLines, DOUBLE_FORK, portsOver, sourceOf } from '../engine/smallHost.js';

const HOSTILE = ['nc', 'http://evil.example/x?y=`id`', '\x1b]0;owned\x07\u202e=cmd|calc', 'javascript:alert(1)', 'root@evil.example', '203.0.113.9', '<script>', "'; rm -rf ~"];

const argv = (args: readonly string[]): string => `type=EXECVE msg=STAMP: argc=${args.length} ${args.map((arg, at) => `a${at}=${Buffer.from(arg).toString('hex').toUpperCase()}`).join(' ')}`;
const EVENTS: readonly AuditEvent[] = DOUBLE_FORK.map((event) => (event.pid === 822 && event.syscall === 59 ? { ...event, more: [argv(HOSTILE)] } : event));

describe('a process that leaves as text', () => {
  let engine: Engine;
  const rowOf = async (pid: number): Promise<number> => {
    const found = await engine.ask('hunt', { text: `processes where process.pid == ${pid}`, limit: 1 });
    return found.processes[0]!;
  };
  beforeAll(async () => {
    engine = createEngine(portsOver([sourceOf(auditLines(EVENTS))]));
    await engine.ask('open', { sources: ['x'] });
  });
  afterAll(() => engine.close());

  test('the ticket names host, pid@start, users, both parents with basis, serials and hash state; nothing in it acts', async () => {
    const process = await rowOf(822);
    const details = await engine.ask('details', { process });
    const { records } = await engine.ask('raw', { process, first: 0, count: 10 });
    const summary = await engine.ask('summary', {});
    const text = ticketText(details, { records, summary });
    expect(text).toContain('822@2023-11-14T22:13:23.400Z');
    expect(text).toMatch(/Created by: {2}dropper 821, started .* \(observed; strong/);
    expect(text).toMatch(/Now under: {3}process 1, .*adopted after 100 ms/);
    expect(text).toMatch(/login user 1000; session 3/);
    expect(text).toMatch(/audit serial 13/);
    expect(text).toMatch(/sha256 not computed yet/);
    expect(text).toContain('hxxp://evil[.]example');
    expect(text).toContain('javascript[:]alert');
    expect(text).not.toMatch(/https?:\/\//);
    // eslint-disable-next-line no-control-regex -- that there is none is the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('the indicators of a subtree are its programs, arguments and addresses, each once and said where', async () => {
    const subtree = await collectSubtree((method, ask, options) => engine.ask(method, ask, options), await rowOf(820));
    expect(subtree.processes.map(({ pid }) => pid)).toEqual([820, 821, 822]);
    const indicators = indicatorsOf(subtree);
    const values = (kind: string): string[] => indicators.filter((each) => each.kind === kind).map(({ value }) => value);
    expect(values('address').sort()).toEqual(['10.0.0.5', '203.0.113.9']);
    expect(values('domain')).toEqual(['evil.example']);
    expect(values('file')).toEqual(expect.arrayContaining(['/home/alice/dropper', '/tmp/.x/nc']));
    expect(indicators.find(({ value }) => value === '10.0.0.5')?.says).toMatch(/^connection_attempted, port 4444, by nc 822 .*a private network$/);
    const text = indicatorsText(indicators);
    expect(text).toContain('10.0.0[.]5');
    expect(text).not.toContain('10.0.0.5');
    expect(text.split('\n').filter((line) => line.startsWith('command')).every((line) => !line.includes('\x1b'))).toBe(true);
  });

  test('a name that sounds like our words keeps nothing out of what is contained', async () => {
    const subtree = await collectSubtree((method, ask, options) => engine.ask(method, ask, options), await rowOf(820));
    const named = subtree.processes.map((details) => ({ ...details, name: 'any address' }));
    const programs = [...named[0]!.programs, { time: 0, name: 'x', executable: '/usr/bin/sshd', args: [] }, { time: 0, name: 'y', executable: '/usr/bin/own', args: [] }];
    const indicators = indicatorsOf({ ...subtree, processes: named.map((details) => ({ ...details, programs })), files: [{ process: named[0]!.process, time: 0, action: 'creation', path: '/usr/bin/own' }] });
    const { rows } = await engine.ask('findings', { first: 0, count: 50 });
    const row = { ...rows[0]!, alert: true };
    const other = { ...row, name: 'a folder of packages: compare it with the package', executable: '/tmp/y' };
    const { addresses, files } = containmentOf([{ details: named[0]!, indicators, verdict: undefined, row }], [other]);
    expect(addresses.map(({ value }) => value).sort()).toEqual(['10.0.0.5', '203.0.113.9']);
    expect(files.map(({ value }) => value)).toEqual(expect.arrayContaining(['/tmp/.x/nc', '/tmp/y', '/usr/bin/own']));
    expect(files.map(({ value }) => value)).not.toContain('/usr/bin/sshd');
  });

  test('hashes are those that a sensor stated beside an exec, and no others', () => {
    const hash = 'AB'.repeat(32);
    const subtree = { processes: [], connections: [], files: [], isCut: false };
    const record = (states: string, line: string): RawRecord => ({ evidence: 'e', member: 'm', offset: 0, byteLength: 1, time: 0, states, lines: [line], decoded: [], command: '', hex: '' });
    const line = `{"process":{"executable":"/tmp/x","hash":{"sha256":"${hash}"}}}`;
    expect(indicatorsOf(subtree, [record('exec', line)])).toEqual([expect.objectContaining({ kind: 'sha256', value: hash.toLowerCase() })]);
    expect(indicatorsOf(subtree, [record('seen alive', line)])).toEqual([]);
  });
});

describe('text', () => {
  test.each([
    ['http://a.example.org/x', 'hxxp://a[.]example[.]org/x'],
    ['HTTPS://a.example', 'HxxPS://a[.]example'],
    ['10.1.2.3:80', '10.1.2[.]3:80'],
    ['2001:db8::1', '2001:db8:[:]1'],
    ['at 10:22:33 of libc.so.6', 'at 10:22:33 of libc.so.6'],
    ['std::vector', 'std::vector'],
    ['ssh://h.example', 'ssh[:]//h[.]example'],
    ['JavaScript:alert(1)', 'JavaScript[:]alert(1)'],
    ['file:///etc/passwd, file:audit.log', 'file[:]///etc/passwd, file:audit.log'],
    ['data:text/html,x and data: y', 'data[:]text/html,x and data: y'],
    ['command:run', 'command[:]run'],
    ['me@evil.example', 'me@evil[.]example'],
  ])('%s is written %s', (text, shown) => expect(defanged(text)).toBe(shown));

  test('no text leaves a hidden character, and words are never clickable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(words(`http://${text}`)).not.toMatch(/http:\/\//);
      }),
    );
  });

  test('defanging ends in time on hostile text', () => {
    for (const hostile of ['1:'.repeat(50_000), 'a.'.repeat(50_000), '1.'.repeat(50_000), 'http'.repeat(50_000), `a@${'b.'.repeat(50_000)}`]) expect(defanged(hostile).length).toBeGreaterThan(1000);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '|calc', '%x'])('a spreadsheet does not run %j', (text) => expect(csvField(text)).toMatch(/^"?'/));

  test('JSON has no hidden character and is read back as the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = jsonText({ [text]: [text, '\x1b[2J\u009b31m\u202e\u2066\u{e0041}'] });
        expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [text]: [text, '\x1b[2J\u009b31m\u202e\u2066\u{e0041}'] })));
      }),
    );
  });

  test('a CSV field keeps lines and tabs, and nothing else in it moves a cursor', () => {
    expect(csvField('a\nb\tc')).toBe('"a\nb\tc"');
    expect(csvField('over\rwritten\x1b[31m\u202e\u009b')).toBe('over\\rwritten\\x1b[31m\\u{202e}\\x9b');
  });
});

test('a ticket has what was pinned and said, line by line; nothing in it acts', async () => {
  const engine = createEngine(portsOver([sourceOf(auditLines(DOUBLE_FORK))]));
  await engine.ask('open', { sources: ['x'] });
  const { processes: [process] } = await engine.ask('hunt', { text: 'processes where process.pid == 822', limit: 1 });
  const details = await engine.ask('details', { process: process! });
  await engine.close();
  const word = { text: HOSTILE.join('\n'), author: '=cmd\x07', at: 0 };
  const text = ticketText(details, {
    records: [], summary: { evidence: [] },
    notes: [{ step: 'escalation.2', process: process!, matched: 'moment', anchor: null, word, words: [word], pins: [{ pin: '0'.repeat(16), says: HOSTILE.join(' '), time: 0, basis: 'observed', records: [{ evidence: 'ab'.repeat(32), member: 'audit.log', offset: 7 }], about: null, author: 'alice', at: 0, process: -1 }] }],
  });
  expect(text).toMatch(/\nPlaybook, pinned and said:\n {2}escalation\.2 Does it, or anything it created, talk to the network without a reason\?\n {4}pinned by alice at .*\(observed\) \(audit\.log at 7, sha256 (?:ab){32}\)\n {4}the word of =cmd\\x07 at .*:\n {6}nc\n {6}hxxp:\/\/evil\[\.\]example/);
  expect(text).not.toMatch(/https?:\/\/|javascript:|\n[=+@-]/);
  // eslint-disable-next-line no-control-regex -- that there is none is the point
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});
