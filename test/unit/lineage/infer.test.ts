import { describe, expect, it } from 'vitest';
import { type Event, healText, type Healing, T0 } from './auditText.js';

const UNSET = 4294967295;
/** Execs alone, as most hosts log: `argv` is what the program shows. */
function execs(events: readonly (Pick<Event, 'at' | 'pid' | 'ppid'> & { exe: string; argv: readonly string[]; ses?: number; uid?: number; tty?: string })[], extra = ''): Promise<Healing> {
  const text = events.map(({ at, pid, ppid, exe, argv, ses = 5, uid = 1000, tty = '(none)' }, index) => {
    const stamp = `audit(${(T0 + at).toFixed(3)}:${100 + index})`;
    return `type=SYSCALL msg=${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=2 ppid=${ppid} pid=${pid} auid=${ses === UNSET ? UNSET : 1000} uid=${uid} gid=0 euid=${uid} suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=${tty} ses=${ses} comm="${exe.replace(/^.*\//, '').slice(0, 15)}" exe="${exe}" key="exec"
type=EXECVE msg=${stamp}: argc=${argv.length} ${argv.map((arg, i) => `a${i}="${arg}"`).join(' ')}`;
  });
  return healText(`${extra}${text.join('\n')}\n`);
}
const LOGIN = `type=LOGIN msg=audit(${T0 - 1}.000:9): pid=10 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=5 res=1
type=USER_START msg=audit(${T0 - 1}.000:10): pid=10 uid=0 auid=1000 ses=5 msg='op=PAM:session_open acct="a" exe="/usr/sbin/sshd" hostname=h addr=10.0.0.1 terminal=ssh res=success'
`;

describe('orphans from traces, where only execs are on record', () => {
  it('a process of a login session that pid 1 has was adopted; its launcher named it, and the pid between is the vanished middle', async () => {
    const { of, lineage } = await execs(
      [
        { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/loader', argv: ['loader', '-n', '2', '/tmp/.payload'] },
        { at: 0.5, pid: 22, ppid: 1, exe: '/tmp/.payload', argv: ['/tmp/.payload'] },
      ],
      LOGIN,
    );
    expect(of(22)).toMatchObject({ orphan: true, adopters: [1], creator: 21, launcher: 20, entry: 10 });
    expect(of(21).creator).toBe(20);
    expect(lineage.creatorBasis[of(22).row]).toBe(2);
    expect(lineage.orphanBasis[of(22).row]).toBe(2);
  });

  it('systemd --user has a session and pid 1 by right', async () => {
    const { of } = await execs([{ at: 0, pid: 30, ppid: 1, exe: '/usr/lib/systemd/systemd', argv: ['/lib/systemd/systemd', '--user'] }]);
    expect(of(30).orphan).toBe(false);
  });

  it('a name of init\'s own in a scratch folder excuses nothing', async () => {
    const { of } = await execs([{ at: 0, pid: 30, ppid: 1, exe: '/tmp/.x/agetty', argv: ['/tmp/.x/agetty'] }]);
    expect(of(30).orphan).toBe(true);
  });

  it('nobody named it: an orphan without a creator', async () => {
    const { of } = await execs([{ at: 0, pid: 22, ppid: 1, exe: '/tmp/x1', argv: ['/tmp/x1'] }]);
    expect(of(22)).toMatchObject({ orphan: true, creator: undefined });
  });

  it('another session that names the program launched nothing', async () => {
    const { of } = await execs([
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/loader', argv: ['loader', '/tmp/.payload'], ses: 6 },
      { at: 0.5, pid: 22, ppid: 1, exe: '/tmp/.payload', argv: ['/tmp/.payload'] },
    ]);
    expect(of(22).creator).toBeUndefined();
  });

  it('outside a session, a program whose whole path another had just named was torn from it', async () => {
    const { of } = await execs([
      { at: 0, pid: 40, ppid: 39, exe: '/usr/bin/dash', argv: ['sh', '-c', '/var/tmp/certd 1 &'], ses: UNSET, uid: 33 },
      { at: 0.5, pid: 42, ppid: 1, exe: '/var/tmp/certd', argv: ['/var/tmp/certd', '1'], ses: UNSET, uid: 33 },
    ]);
    expect(of(42)).toMatchObject({ orphan: true, launcher: 40 });
  });

  it('a service of init stays init\'s child, also when it is started again', async () => {
    const { of } = await execs([
      { at: 0, pid: 50, ppid: 1, exe: '/usr/sbin/cron', argv: ['/usr/sbin/cron', '-f'], ses: UNSET, uid: 0 },
      { at: 9, pid: 60, ppid: 1, exe: '/usr/sbin/cron', argv: ['/usr/sbin/cron', '-f'], ses: UNSET, uid: 0 },
    ]);
    expect(of(60)).toMatchObject({ orphan: false, creator: 1 });
  });

  it('of two who named it the one with its whole command line launched it, not the one that copied its file', async () => {
    const { of } = await execs([
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/loader', argv: ['loader', '/tmp/.payload', '1', '2'] },
      { at: 0.2, pid: 21, ppid: 15, exe: '/usr/bin/cp', argv: ['cp', '/tmp/a', '/tmp/.payload'] },
      { at: 0.5, pid: 22, ppid: 1, exe: '/tmp/.payload', argv: ['/tmp/.payload', '1', '2'] },
    ]);
    expect(of(22)).toMatchObject({ orphan: true, launcher: 20 });
  });

  it('what the only prompt of a session may have started is its, by weak claim', async () => {
    const { of, lineage } = await execs([
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/bash', argv: ['-bash'] },
      { at: 3, pid: 22, ppid: 1, exe: '/tmp/x1', argv: ['/tmp/x1'] },
    ]);
    expect(of(22)).toMatchObject({ orphan: true, launcher: 20 });
    expect(lineage.creatorConfidence[of(22).row]).toBeLessThan(0.7);
  });

  it('setsid leaves what it ran, unless it was told to wait', async () => {
    const run = (option: readonly string[]) =>
      execs([
        { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/setsid', argv: ['setsid', ...option, '/opt/agent', 'go'] },
        { at: 0.1, pid: 21, ppid: 20, exe: '/opt/agent', argv: ['/opt/agent', 'go'] },
      ]);
    expect((await run(['-f'])).of(21)).toMatchObject({ orphan: true, creator: 20 });
    expect((await run(['--wait'])).of(21)).toMatchObject({ orphan: false, creator: 20 });
  });

  it('a shell that puts a program in the background and ends leaves an orphan; one that waits does not', async () => {
    const run = (script: string) =>
      execs([
        { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/dash', argv: ['sh', '-c', script] },
        { at: 0.1, pid: 21, ppid: 20, exe: '/opt/agent', argv: ['/opt/agent', 'go'] },
      ]);
    expect((await run('/opt/agent go >/dev/null 2>&1 &')).of(21).orphan).toBe(true);
    expect((await run('/opt/agent go & sleep 1; exit 0')).of(21).orphan).toBe(true);
    expect((await run('/opt/agent go & echo started; wait')).of(21).orphan).toBe(false);
    expect((await run('/opt/agent go && echo done')).of(21).orphan).toBe(false);
    expect((await run('/opt/agent go; echo done')).of(21).orphan).toBe(false);
  });

  it('what another process of the session had named and the user\'s systemd has was adopted by it', async () => {
    const { of } = await execs([
      { at: 0, pid: 12, ppid: 1, exe: '/usr/lib/systemd/systemd', argv: ['/lib/systemd/systemd', '--user'] },
      { at: 1, pid: 20, ppid: 12, exe: '/usr/bin/loader', argv: ['loader', '/opt/agent', 'go'] },
      { at: 1.2, pid: 22, ppid: 12, exe: '/opt/agent', argv: ['/opt/agent', 'go'] },
      { at: 2, pid: 23, ppid: 12, exe: '/usr/bin/pipewire', argv: ['/usr/bin/pipewire'] },
    ]);
    expect(of(22)).toMatchObject({ orphan: true, adopters: [12], launcher: 20, creator: 21 });
    expect(of(23)).toMatchObject({ orphan: false, creator: 12 });
  });

  it('a brother had named it and the parent is a shell, which adopts nobody: CLONE_PARENT; the shell, which did not start it, does not wait for it', async () => {
    const steps = [
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/dash', argv: ['sh', '-c', '/tmp/loader /opt/agent go; sleep 9'] },
      { at: 0.1, pid: 21, ppid: 20, exe: '/tmp/loader', argv: ['/tmp/loader', '/opt/agent', 'go'] },
      { at: 0.2, pid: 22, ppid: 20, exe: '/opt/agent', argv: ['/opt/agent', 'go'] },
    ];
    const { of, lineage } = await execs(steps);
    expect(of(22)).toMatchObject({ orphan: true, creator: 21, adopters: [1] });
    expect(lineage.orphanConfidence[of(22).row]).toBeCloseTo(0.7);
    expect(lineage.runnersUp(of(22).row).map(({ about }) => about)).toContain('orphan');
    // One that only made another, which init has, did its work and left.
    const done = await execs([...steps.slice(0, 1), { ...steps[1]!, argv: ['/tmp/loader', '/opt/agent', '/tmp/job', '7'] }, { ...steps[2]!, argv: ['/opt/agent', '/tmp/job', '7'] }, { at: 0.4, pid: 24, ppid: 1, exe: '/tmp/job', argv: ['/tmp/job', '7'] }]);
    expect([22, 24].map((pid) => done.of(pid).orphan)).toEqual([false, true]);
  });

  it('a brother had named it and the parent is no shell: a subreaper adopted it', async () => {
    const { of } = await execs([
      { at: 0, pid: 20, ppid: 15, exe: '/opt/reaper', argv: ['/opt/reaper'] },
      { at: 0.1, pid: 21, ppid: 20, exe: '/tmp/loader', argv: ['/tmp/loader', '/opt/agent', 'go'] },
      { at: 0.2, pid: 23, ppid: 20, exe: '/opt/agent', argv: ['/opt/agent', 'go'] },
    ]);
    expect(of(23)).toMatchObject({ orphan: true, adopters: [20], creator: 22, launcher: 21 });
  });

  it('a tmux server that shows only as a parent is the copy that tmux left behind', async () => {
    const { of } = await execs([
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/tmux', argv: ['tmux', 'new', '-d', 'top'] },
      { at: 0.4, pid: 23, ppid: 22, exe: '/usr/bin/top', argv: ['top'] },
    ]);
    expect(of(22)).toMatchObject({ orphan: true, adopters: [1], launcher: 20, creator: 21 });
    expect(of(23)).toMatchObject({ orphan: false, creator: 22 });
  });
});

describe('a terminal that was taken away', () => {
  const SSHD = { at: 0, pid: 15, ppid: 10, exe: '/usr/sbin/sshd', argv: ['sshd'] };
  const SHELL = { at: 0.1, pid: 20, ppid: 15, exe: '/usr/bin/bash', argv: ['-bash'], tty: 'pts0' };
  const LOOP = { at: 1, pid: 30, ppid: 20, exe: '/usr/bin/bash', argv: ['bash', '-c', 'while :; do date; done'], tty: 'pts0' };
  const DATE = { at: 3, pid: 31, ppid: 30, exe: '/usr/bin/date', argv: ['date'] };

  it('says that the shell that led the session had left, and whom it left behind', async () => {
    const { of, lineage } = await execs([SSHD, SHELL, LOOP, DATE]);
    expect(of(30)).toMatchObject({ orphan: true, creator: 20, adopters: [1] });
    expect([20, 31].map((pid) => of(pid).orphan)).toEqual([false, false]);
    expect(lineage.reasons(of(30).row).map(({ trace }) => trace)).toContain('terminal');
  });

  it('says nothing while the child has it too, nor where the shell is heard of later', async () => {
    expect((await execs([SSHD, SHELL, LOOP, { ...DATE, tty: 'pts0' }])).of(30).orphan).toBe(false);
    const later = { at: 5, pid: 40, ppid: 20, exe: '/usr/bin/id', argv: ['id'], tty: 'pts0' };
    expect((await execs([SSHD, SHELL, LOOP, DATE, later])).of(30).orphan).toBe(false);
  });

  it.each([['/usr/bin/python3', ['python3', 'serve.py']], ['/usr/bin/busybox', ['sh', '-c', 'setsid date']], ['/usr/bin/setsid', ['setsid', 'date']]])('says nothing of what %s made: it may have called setsid', async (exe, argv) => {
    expect((await execs([SSHD, SHELL, { ...LOOP, exe, argv }, DATE])).of(30).orphan).toBe(false);
  });

  it('shows, by one who lives on, that the copy above it was left behind', async () => {
    const { of } = await execs([
      SSHD,
      SHELL,
      { at: 0.5, pid: 29, ppid: 20, exe: '/usr/bin/id', argv: ['id'], tty: 'pts0' },
      { at: 1, pid: 31, ppid: 30, exe: '/usr/bin/nohup', argv: ['nohup', 'make', '-k'], tty: 'pts0' },
      { at: 1.1, pid: 32, ppid: 20, exe: '/usr/bin/ls', argv: ['ls'], tty: 'pts0' },
      { at: 2, pid: 31, ppid: 30, exe: '/usr/bin/make', argv: ['make', '-k'] },
    ]);
    expect(of(30)).toMatchObject({ orphan: true, creator: 20 });
    expect(of(31)).toMatchObject({ orphan: false, creator: 30 });
  });

  it('says nothing where who holds the terminal does not show', async () => {
    expect((await execs([SHELL, LOOP, DATE])).of(30).orphan).toBe(false);
  });
});

describe('copies of programs that detach', () => {
  it('the manager that screen leaves behind is an orphan, also where screen was given the whole command that runs below it', async () => {
    const { of } = await execs([
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/screen', argv: ['screen', '-dmS', 'logs', 'tail', '-f', '/var/log/lastlog'] },
      { at: 0.4, pid: 23, ppid: 22, exe: '/usr/bin/tail', argv: ['tail', '-f', '/var/log/lastlog'] },
    ]);
    expect(of(22)).toMatchObject({ orphan: true, adopters: [1], creator: 20 });
    expect(of(23)).toMatchObject({ orphan: false, creator: 22 });
  });
});

describe('copies that ran no program, where only execs are on record', () => {
  it('born between two children of one shell: its child too', async () => {
    const { of } = await execs([
      { at: 0, pid: 400, ppid: 15, exe: '/usr/bin/bash', argv: ['/bin/bash', './configure'] },
      { at: 1, pid: 401, ppid: 400, exe: '/usr/bin/rm', argv: ['rm', 'x'] },
      { at: 1.1, pid: 403, ppid: 402, exe: '/usr/bin/sed', argv: ['sed', 'y'] },
      { at: 1.2, pid: 404, ppid: 400, exe: '/usr/bin/cat', argv: ['cat', 'z'] },
    ]);
    expect(of(402).creator).toBe(400);
  });

  it('born after a copy that ran its program only later: made by that copy', async () => {
    const { of } = await execs([
      { at: 0, pid: 400, ppid: 15, exe: '/usr/bin/bash', argv: ['/bin/bash', './configure'] },
      { at: 1.1, pid: 403, ppid: 402, exe: '/usr/bin/uname', argv: ['uname', '-m'] },
      { at: 1.4, pid: 401, ppid: 400, exe: '/usr/bin/cat', argv: ['cat'] },
    ]);
    expect(of(402).creator).toBe(401);
  });

  it('who acts after its login session was closed was left behind; whom a living creator may wait for was not', async () => {
    const CLOSED = `type=USER_END msg=audit(${T0 + 5}.000:900): pid=10 uid=0 auid=1000 ses=5 msg='op=PAM:session_close acct="a" exe="/usr/sbin/sshd" hostname=h addr=10.0.0.1 terminal=ssh res=success'\n`;
    const steps = [
      { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/bash', argv: ['-bash'] },
      { at: 1, pid: 30, ppid: 20, exe: '/usr/bin/watcher', argv: ['watcher'] },
      { at: 2, pid: 40, ppid: 20, exe: '/usr/bin/quick', argv: ['quick'] },
      { at: 20, pid: 31, ppid: 30, exe: '/usr/bin/date', argv: ['date'] },
      { at: 30, pid: 32, ppid: 25, exe: '/usr/bin/date', argv: ['date', '-u'] },
    ];
    const { of, lineage } = await execs(steps, LOGIN + CLOSED);
    expect([30, 31, 40].map((pid) => of(pid).orphan)).toEqual([true, false, false]);
    expect(of(30)).toMatchObject({ creator: 20, adopters: [1] });
    // It shows after the session was closed only: another who was left behind may have made it.
    expect(of(25).orphan).toBe(false);
    expect(lineage.orphanConfidence[of(30).row]).toBeGreaterThan(0.9);
    const open = await execs(steps, LOGIN);
    expect(open.of(30).orphan).toBe(false);
  });

  it('who was run with nohup by a shell that takes commands outlives the session that is closed soon after', async () => {
    const closed = (at: number) => `type=USER_END msg=audit(${T0 + at}.000:900): pid=10 uid=0 auid=1000 ses=5 msg='op=PAM:session_close acct="a" exe="/usr/sbin/sshd" hostname=h addr=10.0.0.1 terminal=ssh res=success'\n`;
    const shell = { at: 0, pid: 20, ppid: 15, exe: '/usr/bin/bash', argv: ['-bash'] };
    const run = (how: readonly string[], end: number, by = shell) => execs([by, { at: 1, pid: 30, ppid: 20, exe: `/usr/bin/${how[0]}`, argv: [...how, 'nc', '-l'] }, { at: 1.1, pid: 30, ppid: 20, exe: '/usr/bin/nc', argv: ['nc', '-l'] }], LOGIN + closed(end));
    expect((await run(['nohup'], 5)).of(30)).toMatchObject({ orphan: true, creator: 20 });
    expect((await run(['env'], 5)).of(30).orphan).toBe(false);
    expect((await run(['nohup'], 500)).of(30).orphan).toBe(false); // it may have ended long before
    expect((await run(['nohup'], 5, { ...shell, argv: ['bash', 'build.sh'] })).of(30).orphan).toBe(false);
  });

  it('a shell that left a program in the background left it though its number was given again since', async () => {
    const left = { at: 0, pid: 400, ppid: 15, exe: '/usr/bin/dash', argv: ['sh', '-c', '/opt/job 7 &'] };
    const job = { at: 0.1, pid: 401, ppid: 400, exe: '/opt/job', argv: ['/opt/job', '7'] };
    const round = (from: number, at: number): (typeof left)[] => Array.from({ length: 90 }, (_, i) => ({ at: at + i / 10, pid: from + i * 5, ppid: 15, exe: '/usr/bin/true', argv: ['true', String(at + i)] }));
    const { of, lineage } = await execs([left, job, ...round(410, 1), ...round(860, 20), ...round(300, 40)], LOGIN);
    const { row } = of(401);
    expect(lineage.pid.filter((pid) => pid === 400).length).toBe(2); // the numbers came round
    expect([lineage.pid[lineage.creator[row]!], lineage.flags[row]! & 1, lineage.orphanBasis[row]]).toEqual([400, 1, 2]);
    expect(lineage.orphanConfidence[row]).toBeGreaterThan(0.8);
  });

  it('the init of a pid namespace stays one though the number of who made the namespace was given again since', async () => {
    const steps = [
      { at: 0, pid: 400, ppid: 15, exe: '/usr/bin/unshare', argv: ['unshare', '-pf', 'sh', '-c', '/tmp/drop /opt/job 7; sleep 9'] },
      { at: 0.1, pid: 401, ppid: 400, exe: '/usr/bin/dash', argv: ['sh', '-c', '/tmp/drop /opt/job 7; sleep 9'] },
      { at: 0.2, pid: 402, ppid: 401, exe: '/tmp/drop', argv: ['/tmp/drop', '/opt/job', '7'] },
      { at: 0.3, pid: 404, ppid: 401, exe: '/opt/job', argv: ['/opt/job', '7'] },
    ];
    const round = (from: number, at: number): typeof steps => Array.from({ length: 90 }, (_, i) => ({ at: at + i / 10, pid: from + i * 5, ppid: 15, exe: '/usr/bin/true', argv: ['true', String(at + i)] }));
    const { of, rowsOf } = await execs([...steps, ...round(410, 1), ...round(860, 20), ...round(300, 40)], LOGIN);
    expect(rowsOf(400).length).toBe(2); // the numbers came round
    expect(of(404)).toMatchObject({ orphan: true, adopters: [401], creator: 403, launcher: 402 });
  });

  it('a parent whose number comes only after its child\'s is who had it in an earlier round, however silent', async () => {
    const service = { at: 0, pid: 450, ppid: 1, exe: '/opt/app', argv: ['/opt/app'], ses: UNSET, uid: 33 };
    const round = (from: number, count: number, at: number): (typeof service)[] => Array.from({ length: count }, (_, i) => ({ at: at + i / 10, pid: from + i * 5, ppid: 15, exe: '/usr/bin/true', argv: ['true', String(at + i)], ses: 5, uid: 1000 }));
    const lap = [...round(455, 90, 1), ...round(905, 80, 20), ...round(300, 20, 40)];
    const child = { at: 50, pid: 400, ppid: 450, exe: '/usr/bin/dash', argv: ['sh', '-c', 'id'], ses: UNSET, uid: 33 };
    const { of, rowsOf } = await execs([service, ...lap, child]);
    expect(rowsOf(450).length).toBe(1);
    expect(of(400)).toMatchObject({ creator: 450, entry: 450 });
    // Had its turn come before the child's, it would be a newcomer's.
    const later = await execs([service, ...lap, ...round(400, 14, 50), { ...child, at: 60, pid: 470 }]);
    expect(later.rowsOf(450).length).toBe(2);
  });

  it('a number whose old holder lives on was no middle\'s', async () => {
    const service = { at: 0, pid: 450, ppid: 1, exe: '/opt/app', argv: ['/opt/app'], ses: UNSET, uid: 33 };
    const round = (from: number, count: number, at: number): (typeof service)[] => Array.from({ length: count }, (_, i) => ({ at: at + i / 10, pid: from + i * 5, ppid: 15, exe: '/usr/bin/true', argv: ['true', String(at + i)], ses: 5, uid: 1000 }));
    const child = { at: 45, pid: 400, ppid: 450, exe: '/usr/bin/dash', argv: ['sh', '-c', 'id'], ses: UNSET, uid: 33 };
    const launch = [
      { at: 50, pid: 449, ppid: 15, exe: '/usr/bin/loader', argv: ['loader', '-n', '1', '/tmp/.payload'] },
      { at: 50.3, pid: 451, ppid: 1, exe: '/tmp/.payload', argv: ['/tmp/.payload'] },
    ];
    const { of } = await execs([service, ...round(455, 90, 1), ...round(905, 80, 20), ...round(300, 19, 40), child, ...round(405, 8, 46), ...launch, { ...child, at: 51, pid: 460 }], LOGIN);
    expect([of(451).creator, of(460, 1).creator]).toEqual([449, 450]);
  });

  it('a server is none of a program\'s that was run after its number was given, also where the numbers came round in between', async () => {
    const round = (from: number, count: number, at: number) => Array.from({ length: count }, (_, i) => ({ at: at + i / 10, pid: from + i * 5, ppid: 15, exe: '/usr/bin/true', argv: ['true', String(at + i)] }));
    const steps = [
      ...round(500, 60, 0),
      { at: 7, pid: 803, ppid: 15, exe: '/usr/bin/tmux', argv: ['tmux', 'new-session', '-d'], ses: 5, uid: 1000 },
      ...round(300, 8, 7.1),
      { at: 8.1, pid: 345, ppid: 344, exe: '/usr/bin/bash', argv: ['-bash'], ses: 5, uid: 1000 },
      ...round(350, 8, 8.2),
    ];
    const { of } = await execs(steps, LOGIN);
    expect(of(344)).toMatchObject({ orphan: true, launcher: 803 });
  });

  it('a session that alone leads to the way in of a parent is no second witness for its child\'s', async () => {
    const bash = { at: 0, pid: 20, ppid: 10, exe: '/usr/bin/bash', argv: ['-bash'] };
    const { of, lineage } = await execs([bash, { at: 1, pid: 31, ppid: 30, exe: '/usr/bin/id', argv: ['id'] }], LOGIN);
    expect([of(20).entry, of(31).entry]).toEqual([10, 10]);
    expect(lineage.entryConfidence[of(20).row]).toBeCloseTo(0.99);
    expect(lineage.entryConfidence[of(31).row]).toBeCloseTo(0.97);
  });

  it('with nothing around it, nothing is claimed', async () => {
    const { of } = await execs([
      { at: 0, pid: 400, ppid: 15, exe: '/usr/bin/bash', argv: ['/bin/bash', './configure'] },
      { at: 9, pid: 460, ppid: 459, exe: '/usr/bin/uname', argv: ['uname', '-m'] },
    ]);
    expect(of(459).creator).toBeUndefined();
  });
});
