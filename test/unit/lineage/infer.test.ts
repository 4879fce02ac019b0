import { describe, expect, it } from 'vitest';
import { type Event, healText, type Healing, T0 } from './auditText.js';

const UNSET = 4294967295;
/** Execs alone, as most hosts log: `argv` is what the program shows. */
function execs(events: readonly (Pick<Event, 'at' | 'pid' | 'ppid'> & { exe: string; argv: readonly string[]; ses?: number; uid?: number })[], extra = ''): Promise<Healing> {
  const text = events.map(({ at, pid, ppid, exe, argv, ses = 5, uid = 1000 }, index) => {
    const stamp = `audit(${(T0 + at).toFixed(3)}:${100 + index})`;
    return `type=SYSCALL msg=${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=2 ppid=${ppid} pid=${pid} auid=${ses === UNSET ? UNSET : 1000} uid=${uid} gid=0 euid=${uid} suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=${ses} comm="${exe.replace(/^.*\//, '').slice(0, 15)}" exe="${exe}" key="exec"
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
});
