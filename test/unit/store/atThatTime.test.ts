import { expect, test } from 'vitest';
import { createEngine, type HuntResult } from '../../../src/engine/index.js';
import { type AuditEvent, auditLines, portsOver, sourceOf } from '../engine/smallHost.js';

const EXECVE = 59, CLONE = 56, EXIT = 231, PRCTL = 157, CONNECT = 42;
const args = (...words: readonly string[]): string => `type=EXECVE msg=STAMP: argc=${words.length} ${words.map((word, at) => `a${at}="${word}"`).join(' ')}`;

async function hunt(events: readonly AuditEvent[], text: string): Promise<HuntResult> {
  const engine = createEngine(portsOver([sourceOf(auditLines(events).replaceAll('a0=24 a1=0', 'a0=24 a1=1'))]));
  await engine.ask('open', { sources: ['audit.log'] });
  const result = await engine.ask('hunt', { text, limit: 50 });
  await engine.close();
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return result;
}

/** A shell runs a test program, then becomes rm for its last command. */
const SHELL: readonly AuditEvent[] = [
  { at: 1, serial: 1, syscall: EXECVE, pid: 900, ppid: 1, comm: 'sh', exe: '/usr/bin/dash', more: [args('sh', '-c', 'conftest')] },
  { at: 2, serial: 2, syscall: CLONE, pid: 900, ppid: 1, comm: 'sh', exe: '/usr/bin/dash', exit: 901, a0: '1200011' },
  { at: 2.1, serial: 3, syscall: EXECVE, pid: 901, ppid: 900, comm: 'conftest', exe: '/tmp/conftest', more: [args('./conftest', '-v')] },
  { at: 2.2, serial: 4, syscall: EXIT, pid: 901, ppid: 900, comm: 'conftest', exe: '/tmp/conftest' },
  { at: 3, serial: 5, syscall: EXECVE, pid: 900, ppid: 1, comm: 'rm', exe: '/usr/bin/rm', more: [args('rm', 'conftest')] },
];

test('process.parent and process.creator have the program that they ran then, not what they became', async () => {
  const fields = 'fields process.name, process.parent.name, process.parent.executable, process.parent.args, process.creator.name, process.creator.command_line';
  const { rows } = await hunt(SHELL, `exec where process.name == "conftest" | ${fields}`);
  expect(rows).toEqual([['conftest', 'sh', '/usr/bin/dash', ['sh', '-c', 'conftest'], 'sh', 'sh -c conftest']]);
  expect((await hunt(SHELL, 'exec where process.parent.name == "rm"')).total).toBe(0);
  expect((await hunt(SHELL, 'processes where process.creator.args : "conf*"')).total).toBe(1);
});

test('a parent that has run nothing of its own yet runs what its creator ran', async () => {
  const events: readonly AuditEvent[] = [
    ...SHELL.slice(0, 2),
    { at: 2.1, serial: 3, syscall: CLONE, pid: 901, ppid: 900, comm: 'sh', exe: '/usr/bin/dash', exit: 902, a0: '1200011' },
    { at: 2.2, serial: 4, syscall: EXECVE, pid: 902, ppid: 901, comm: 'nc', exe: '/usr/bin/nc', more: [args('nc')] },
    { at: 4, serial: 5, syscall: EXECVE, pid: 901, ppid: 900, comm: 'sleep', exe: '/usr/bin/sleep', more: [args('sleep', '9')] },
  ];
  const { rows } = await hunt(events, 'exec where process.name == "nc" | fields process.parent.pid, process.parent.name, process.creator.command_line');
  expect(rows).toEqual([[901, 'sh', 'sh -c conftest']]);
});

test('a socket that leads to a process of the same host is no connection of the network', async () => {
  const connect = (serial: number, saddr: string): AuditEvent => ({ at: serial, serial, syscall: CONNECT, pid: 900, ppid: 1, comm: 'sh', exe: '/usr/bin/dash', more: [`type=SOCKADDR msg=STAMP: saddr=${saddr}`] });
  const events = [SHELL[0]!, connect(6, `0100${Buffer.from('/run/nscd/socket').toString('hex').toUpperCase()}00`), connect(7, '0200115C0A0000050000000000000000')];
  const { rows } = await hunt(events, 'network where event.type == "start" and not cidrMatch(destination.ip, "192.168.0.0/16") | fields destination.ip, event.action');
  expect(rows).toEqual([['10.0.0.5', 'connection_attempted']]);
  expect((await hunt(events, 'network where event.action == "local-socket"')).total).toBe(1);
});

/** 910 (a subreaper) -> 920 -> 930 -> 940; 930 ends, and 940 says that its parent is now `ppid`. */
const adoptedBy = (ppid: number): readonly AuditEvent[] => [
  { at: 1, serial: 1, syscall: EXECVE, pid: 910, ppid: 1, comm: 'keeper', exe: '/opt/keeper', more: [args('keeper')] },
  { at: 2, serial: 2, syscall: PRCTL, pid: 910, ppid: 1, comm: 'keeper', exe: '/opt/keeper', a0: '24' },
  { at: 3, serial: 3, syscall: CLONE, pid: 910, ppid: 1, comm: 'keeper', exe: '/opt/keeper', exit: 920, a0: '1200011' },
  { at: 4, serial: 4, syscall: CLONE, pid: 920, ppid: 910, comm: 'keeper', exe: '/opt/keeper', exit: 930, a0: '1200011' },
  { at: 5, serial: 5, syscall: CLONE, pid: 930, ppid: 920, comm: 'keeper', exe: '/opt/keeper', exit: 940, a0: '1200011' },
  { at: 6, serial: 6, syscall: EXIT, pid: 930, ppid: 920, comm: 'keeper', exe: '/opt/keeper' },
  { at: 7, serial: 7, syscall: EXECVE, pid: 940, ppid, comm: 'nc', exe: '/usr/bin/nc', more: [args('nc')] },
  { at: 9, serial: 8, syscall: CLONE, pid: 910, ppid: 1, comm: 'keeper', exe: '/opt/keeper', exit: 950, a0: '1200011' },
];

const PASSED_OVER = 'processes where process.adopter.kind == "init" and process.adopter.passed_over.pid != null | fields process.pid, process.adopter.pid, process.adopter.passed_over.pid';

test('init has it though a living subreaper was nearer: the kernel would have chosen that one', async () => {
  expect((await hunt(adoptedBy(1), PASSED_OVER)).rows).toEqual([[940, 1, 910]]);
  expect((await hunt(adoptedBy(910), PASSED_OVER)).rows).toEqual([]);
});
