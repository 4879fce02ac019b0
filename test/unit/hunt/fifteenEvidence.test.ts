import { expect, test } from 'vitest';
import { createEngine, type HuntResult } from '../../../src/engine/index.js';
import { type AuditEvent, auditLines, BASE, DOUBLE_FORK, portsOver, sourceOf } from '../engine/smallHost.js';

/** Hunts of the specification's section 12 that no capture of ours can feed: what they look for, in a log as auditd writes it. */
async function hunt(log: string, text: string): Promise<HuntResult> {
  const engine = createEngine(portsOver([sourceOf(inOrder(log))]));
  await engine.ask('open', { sources: ['audit.log'] });
  const result = await engine.ask('hunt', { text, limit: 50 });
  await engine.close();
  expect(result.diagnostics.filter((one) => one.severity === 'error' || one.severity === 'information')).toEqual([]);
  return result;
}

/** Records as auditd writes them: by time, those of one event together. */
function inOrder(log: string): string {
  const timeOf = (line: string): number => Number(/audit\(([\d.]+):/.exec(line)?.[1]);
  return `${log.split('\n').filter((line) => line !== '').sort((a, b) => timeOf(a) - timeOf(b)).join('\n')}\n`;
}

const cells = (result: HuntResult, name: string): unknown[] => {
  const at = result.columns.findIndex((column) => column.name === name);
  expect(at).toBeGreaterThanOrEqual(0);
  return result.rows.map((row) => row[at]);
};

const nc = { comm: 'nc', exe: '/tmp/.x/nc' } as const;
const connect = (at: number, serial: number, address: string): AuditEvent => ({ at, serial, syscall: 42, pid: 822, ppid: 1, ...nc, more: [`type=SOCKADDR msg=STAMP: saddr=0200115C${address}0000000000000000`] });
const OUTSIDE = 'CB007107', INSIDE = '0A000005'; // 203.0.113.7, 10.0.0.5
const log = (...more: readonly AuditEvent[]): string => auditLines([...DOUBLE_FORK.filter((event) => event.serial !== 14), ...more]);

test('5 setsid: left the terminal that its launcher had', async () => {
  const text = 'processes where process.setsid_at != null and not process.interactive and process.launcher.interactive';
  // The shell and what it starts sit at a terminal; 821 makes a session of its own, and what it forks has none.
  const atTerminal = log().split('\n').map((line) => (/ pid=(810|820) /.test(line) ? line.replace('tty=(none)', 'tty=pts0') : line)).join('\n');
  expect(cells(await hunt(atTerminal, text), 'process.pid')).toEqual([821]);
  expect((await hunt(log(), text)).total).toBe(0);
});

test('8 outlived the login it came from by ten minutes', async () => {
  const text = 'processes where process.orphan and process.end > session.end + 10m';
  const end: AuditEvent = { at: 700, serial: 60, syscall: 231, pid: 822, ppid: 1, ...nc };
  const session = (kind: string, op: string, at: number, serial: number): string => `type=${kind} msg=audit(${(BASE + at).toFixed(3)}:${serial}): pid=800 uid=0 auid=1000 ses=3 msg='op=PAM:${op} grantors=pam_unix acct="alice" exe="/usr/sbin/sshd" hostname=10.0.0.9 addr=10.0.0.9 terminal=ssh res=success'\n`;
  const login = `type=LOGIN msg=audit(${(BASE + 2.05).toFixed(3)}:50): pid=800 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=3 res=1\n`;
  const lasting = login + log(end);
  expect(cells(await hunt(lasting + session('USER_END', 'session_close', 60, 51), text), 'process.pid')).toEqual([822]);
  expect((await hunt(lasting + session('USER_END', 'session_close', 650, 51), text)).total).toBe(0);
  // A login whose end nobody wrote: not found, and not called clean.
  const open = await hunt(lasting, text);
  expect([open.total, open.undecided.count > 0, open.undecided.fields]).toEqual([0, true, expect.arrayContaining(['session.end'])]);
});

test('13 a double fork within a second below ssh, then out to the net within five minutes', async () => {
  const text = `sequence by host.id, process.entity_id with maxspan=5m
    [reparent where process.orphaned_after <= 1s and process.launcher.distance >= 2 and descendant of [exec where process.name == "sshd"]]
    [network where event.type == "start" and not cidrMatch(destination.ip, "10.0.0.0/8", "127.0.0.0/8")]`;
  expect(cells(await hunt(log(connect(20, 40, OUTSIDE)), text), 'events[1].destination.ip')).toEqual(['203.0.113.7']);
  expect((await hunt(log(connect(20, 40, INSIDE)), text)).total).toBe(0);
  expect((await hunt(log(connect(400, 40, OUTSIDE)), text)).total).toBe(0);
});

test('14 adopted, then connected without ever running a program: the forked code itself', async () => {
  const text = `sequence by host.id, process.entity_id with maxspan=10m
    [reparent where process.orphaned_after < 1s]
    ![exec where true]
    [network where event.action == "connection_attempted"]`;
  const forkedCode = auditLines([...DOUBLE_FORK.filter((event) => event.serial < 13), connect(20, 40, OUTSIDE)]);
  expect(cells(await hunt(forkedCode, text), 'events[2].process.pid')).toEqual([822]);
  expect((await hunt(log(connect(20, 40, OUTSIDE)), text)).total).toBe(0);
});

test('15 an orphan that beacons: twenty connections to one address within an hour', async () => {
  const text = `network where event.type == "start" and process.orphan
    | stats count() as n, max(@timestamp) as last by process.entity_id, destination.ip within 1h
    | filter n >= 20
    | chart by destination.ip`;
  const beacons = (count: number, seconds: number): AuditEvent[] => Array.from({ length: count }, (_, at) => connect(20 + at * seconds, 40 + at, at === 3 ? INSIDE : OUTSIDE));
  const found = await hunt(log(...beacons(30, 60)), text);
  expect([found.view, cells(found, 'destination.ip'), cells(found, 'n')]).toEqual(['chart', ['203.0.113.7'], [20]]);
  expect((await hunt(log(...beacons(30, 300)), text)).total).toBe(0);
});
