import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { collectReport, type ReportModel } from '../../../src/report/index.js';
import { templateOf } from '../../../src/triage/index.js';
import { programWords } from '../../../src/report/programs.js';
import { type AuditEvent, auditLines, DOUBLE_FORK, portsOver, sourceOf } from '../engine/smallHost.js';

describe('a program in an execution path', () => {
  test.each([
    ['/usr/bin/bash', ['bash', '/opt/x/job.sh', 'a'], '/opt/x/job.sh (a script, run by bash)'],
    ['/usr/bin/dash', ['sh', '-e', '/etc/cron.daily/x'], '/etc/cron.daily/x (a script, run by dash)'],
    ['/usr/bin/bash', ['bash', '-c', 'echo a b'], 'inline code (run by bash)'],
    ['/usr/bin/bash', ['bash', '-lc', 'id'], 'inline code (run by bash)'],
    ['/usr/bin/bash', ['bash', '-o', 'errexit', 'x.sh'], 'x.sh (a script, run by bash)'],
    ['/usr/bin/python3.11', ['python3', '-m', 'http.server'], 'module http.server (run by python3.11)'],
    ['/usr/bin/php8.2', ['php', '-r', 'x();'], 'inline code (run by php8.2)'],
    ['/usr/bin/perl', ['perl', '-e', 'fork'], 'inline code (run by perl)'],
    ['/usr/bin/python3', ['python3', '-'], 'code from its standard input (run by python3)'],
    ['/usr/bin/bash', ['-bash'], '/usr/bin/bash (an interpreter without a script: a shell at work, or code from its standard input)'],
    ['/usr/bin/nc', ['nc', '-e', '/bin/sh'], '/usr/bin/nc'],
    [null, ['x'], 'x'],
  ])('%s %j is %s', (executable, args, says) => expect(programWords(executable, args)).toBe(says));
});

test('argument templates leave out what differs from run to run', () => {
  expect(templateOf(['/tmp/.x1/a', '40138', '10.0.0.5:443', 'deadbeef01', 'word'])).toBe('/tmp/<name> <n> <address>:<n> <hex> word');
});

async function reportOf(logs: readonly { readonly log: string; readonly host: string }[]): Promise<ReportModel> {
  const engine = createEngine(portsOver(logs.map(({ log, host }) => ({ ...sourceOf(log, `${host}.log`), stated: { host } }))));
  await engine.ask('open', { sources: ['x'] });
  try {
    return await collectReport(engine.ask, { now: 0 });
  } finally {
    await engine.close();
  }
}

describe('over hosts', () => {
  const later: readonly AuditEvent[] = DOUBLE_FORK.map((event) => ({ ...event, at: event.at + 100 }));

  test('the same executable, arguments and address are found on the other host, each with first and last seen', async () => {
    const { patterns, hosts } = await reportOf([{ log: auditLines(DOUBLE_FORK), host: 'a' }, { log: auditLines(later), host: 'b' }]);
    for (const kind of ['executable', 'arguments', 'shape', 'address'] as const) expect(patterns.filter((pattern) => pattern.kind === kind).map((pattern) => pattern.hosts.map(({ host }) => host).sort())).toContainEqual(['a', 'b']);
    const [executable] = patterns.filter(({ kind, value }) => kind === 'executable' && value === '/tmp/.x/nc');
    expect(executable!.hosts.map(({ first }) => first).sort()).toEqual([1_700_000_003_400_000, 1_700_000_103_400_000]);
    expect(hosts.filter(({ state }) => state === 'affected').map(({ host }) => host).sort()).toEqual(['a', 'b']);
  });

  test('where the sensor was switched off, that nothing is seen is said to prove nothing', async () => {
    const auditctl = { ppid: 810, pid: 830, comm: 'auditctl', exe: '/usr/sbin/auditctl', uid: 0, ses: 3 } as const;
    const { warnings } = await reportOf([{ host: 'a', log: auditLines([
      ...DOUBLE_FORK.slice(0, 14),
      { ...auditctl, at: 4.8, serial: 15, syscall: 59, more: ['type=EXECVE msg=STAMP: argc=3 a0="auditctl" a1="-e" a2="0"'] },
      { ...auditctl, at: 4.9, serial: 16, syscall: 44, more: ['type=CONFIG_CHANGE msg=STAMP: op=set audit_enabled=0 old=1 auid=1000 ses=3 res=1'] },
    ]) }]);
    expect(warnings.join('\n')).toMatch(/sensor of a was tampered with .*nothing is seen there afterwards proves nothing/);
    expect(warnings.join('\n')).toMatch(/a\.log: Inside this log .*“Nothing seen” proves nothing there/);
  });
});
