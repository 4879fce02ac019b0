import { describe, expect, it } from 'vitest';
import { auditText, type Event, heal, healText, SHELL, T0 } from './auditText.js';

describe('exits that overlap', () => {
  it('a child whose own exit still names its leaving parent was adopted by nobody', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 20, ppid: 10, call: 'exit_group' }, { at: 1.14, pid: 30, ppid: 20, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ creator: 20, parent: 20, orphan: false, adopters: [], end: 1.14 });
  });

  it('a child whose exit names init was adopted', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 20, ppid: 10, call: 'exit_group' }, { at: 1.14, pid: 30, ppid: 1, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ creator: 20, parent: 1, orphan: true, adopters: [1] });
  });

  it('threads that end while their process does are no sign that it worked on after its child fell silent', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec' }, { at: 9, pid: 20, ppid: 10, call: 'exit' },
      { at: 9.1, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ orphan: true, adopters: [1] });
  });
});

describe('deaths without a record', () => {
  it('a session\'s sshd leaves when its command has ended: a command that fell silent before was no orphan, and what it left behind is', async () => {
    const { of } = await heal([
      { at: 0, pid: 10, ppid: 9, call: 'clone', other: 20, comm: 'sshd' }, { at: 0.2, pid: 20, ppid: 10, call: 'exec', comm: 'bash' },
      { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec', comm: 'agent' }, { at: 6, pid: 10, ppid: 9, call: 'exit_group', comm: 'sshd' },
    ]);
    expect(of(20)).toMatchObject({ creator: 10, orphan: false });
    expect(of(30)).toMatchObject({ creator: 20, orphan: true, adopters: [1] });
  });
});

describe('signals', () => {
  it('of several signals in a row the first ended the process, before its parent left', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec' }, { at: 5, pid: 20, ppid: 10, call: 'kill', other: 30, signal: 15 },
      { at: 5.06, pid: 20, ppid: 10, call: 'kill', other: 30, signal: 15 }, { at: 5.08, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ end: 5, orphan: false });
  });

  it('who catches a signal and then sends it to itself ends after the child that the same signal reached', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'clone', other: 31 }, { at: 1.2, pid: 31, ppid: 30, call: 'exec' },
      { at: 5, pid: 20, ppid: 10, call: 'kill', other: 30, signal: 15 }, { at: 5, pid: 20, ppid: 10, call: 'kill', other: 31, signal: 15 }, { at: 5, pid: 30, ppid: 20, call: 'kill', other: 30, signal: 15 },
      { at: 6, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(31)).toMatchObject({ end: 5, orphan: false });
    expect(of(30)).toMatchObject({ end: 5 });
  });

  it('a worker that was only ever pointed to and was signalled before its parent left is no orphan', async () => {
    const { of } = await heal([...SHELL, { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 5, pid: 20, ppid: 10, call: 'kill', other: 30, signal: 15 }, { at: 8, pid: 20, ppid: 10, call: 'exit_group' }]);
    expect(of(30)).toMatchObject({ end: 5, orphan: false });
  });
});

describe('a group that timeout(1) struck', () => {
  const run = (...args: string[]): readonly Event[] => [
    ...SHELL,
    { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 1.1, pid: 30, ppid: 20, call: 'exec', comm: 'timeout', args: ['timeout', ...args] },
    { at: 1.2, pid: 30, ppid: 20, call: 'clone', other: 40 }, { at: 1.3, pid: 40, ppid: 30, call: 'exec', comm: 'sh' },
    { at: 1.4, pid: 40, ppid: 30, call: 'clone', other: 50 }, { at: 1.5, pid: 50, ppid: 40, call: 'exec', comm: 'gcc' },
  ];
  const timesOut = { at: 5, pid: 30, ppid: 20, call: 'exit_group', comm: 'timeout', flags: 124 } as const;

  it('ended by its signal, parents first: no exit is on record, and its status tells', async () => {
    const { of } = await heal([...run('5', 'sh'), timesOut]);
    expect(of(40)).toMatchObject({ end: 1.5, orphan: false });
    expect(of(50)).toMatchObject({ end: 1.5, orphan: true, adopters: [1] });
  });

  it('is none when the command ended in time: what it left behind lives on', async () => {
    const { of } = await heal([...run('5', 'sh'), { ...timesOut, flags: 0 }]);
    expect(of(50)).toMatchObject({ orphan: true, adopters: [1], end: NaN });
  });

  it('is the child alone with --foreground: what that left behind lives on', async () => {
    const { of } = await heal([...run('--foreground', '5', 'sh'), timesOut]);
    expect(of(50)).toMatchObject({ orphan: true, adopters: [1], end: NaN });
  });

  it('does not hold who is heard of later', async () => {
    const { of } = await heal([...run('5', 'sh'), timesOut, { at: 9, pid: 50, ppid: 1, call: 'connect', comm: 'gcc' }]);
    expect(of(50)).toMatchObject({ orphan: true, adopters: [1], end: NaN });
  });

  it('holds what a command that tidies up and exits leaves behind', async () => {
    const { of } = await heal([...run('5', 'sh'), { at: 4.9, pid: 40, ppid: 30, call: 'exit_group', comm: 'sh', flags: 1 }, timesOut]);
    expect(of(50)).toMatchObject({ end: 1.5, orphan: false });
  });

  it('ended at the same moment when its pids are given again', async () => {
    const { of } = await heal([...run('5', 'sh'), timesOut, { at: 60, pid: 20, ppid: 10, call: 'clone', other: 50 }, { at: 70, pid: 20, ppid: 10, call: 'clone', other: 40 }]);
    expect(of(40)).toMatchObject({ end: 1.5, orphan: false });
    expect(of(50)).toMatchObject({ end: 1.5, orphan: true });
  });
});

describe('a terminal that is hung up', () => {
  const tty = 'pts0';
  const job = (...args: string[]): readonly Event[] => [
    { at: 0, pid: 10, ppid: 9, call: 'clone', other: 20, comm: 'sshd' }, { at: 0.2, pid: 20, ppid: 10, call: 'exec', comm: 'bash', tty },
    { at: 1, pid: 20, ppid: 10, call: 'clone', other: 30, comm: 'bash', tty }, { at: 1.1, pid: 30, ppid: 20, call: 'exec', comm: args[0] ?? '', args, tty },
    { at: 1.2, pid: 30, ppid: 20, call: 'clone', other: 40, comm: args[0] ?? '', tty },
    { at: 6, pid: 10, ppid: 9, call: 'exit_group', comm: 'sshd' },
  ];

  it('ends its shell after the session\'s sshd has left: the shell is an orphan, its job went before it, and what the job made after the job', async () => {
    const { of } = await heal(job('make'));
    expect(of(20)).toMatchObject({ creator: 10, orphan: true, adopters: [1], end: 6 });
    expect(of(30)).toMatchObject({ orphan: false, end: 6 });
    expect(of(40)).toMatchObject({ orphan: true, end: 6 });
  });

  it('does not end what nohup started', async () => {
    const { of } = await heal(job('nohup', 'payload'));
    expect(of(30)).toMatchObject({ orphan: true, adopters: [1], end: NaN });
  });

  it('has nothing to do with a shell that exited', async () => {
    const { of } = await heal([...job('make').slice(0, -1), { at: 5, pid: 20, ppid: 10, call: 'exit_group', comm: 'bash', tty }, { at: 6, pid: 10, ppid: 9, call: 'exit_group', comm: 'sshd' }]);
    expect(of(20)).toMatchObject({ orphan: false, end: 5 });
    expect(of(30)).toMatchObject({ orphan: true, adopters: [1] });
  });
});

describe('auditd', () => {
  const change = (args: string): string =>
    [
      `type=CONFIG_CHANGE msg=audit(${T0}.000:9): op=set audit_pid=226 old=0 auid=4294967295 ses=4294967295 res=1`,
      `type=SYSCALL msg=audit(${T0}.000:9): arch=c000003e syscall=44 success=yes exit=60 a0=3 a1=1 a2=3c a3=0 items=0 ppid=217 pid=226 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm="auditd" exe="/usr/sbin/auditd" key=(null)`,
      `type=PROCTITLE msg=audit(${T0}.000:9): proctitle=${args}`,
      auditText([{ at: 5, pid: 20, ppid: 1, call: 'exit_group' }]),
    ].join('\n');

  it('goes into the background: who started it has left', async () => {
    const { of } = await healText(change('"/sbin/auditd"'));
    expect(of(226)).toMatchObject({ creator: 217, parent: 1, orphan: true, adopters: [1] });
  });

  it('stays below its starter with -n', async () => {
    const { of } = await healText(change(Buffer.from('/sbin/auditd\0-n').toString('hex').toUpperCase()));
    expect(of(226)).toMatchObject({ creator: 217, parent: 217, orphan: false });
  });
});
