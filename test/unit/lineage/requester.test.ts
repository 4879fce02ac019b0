import { describe, expect, it } from 'vitest';
import { Account } from '../../../src/evidence/account.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { syslogFormat } from '../../../src/evidence/syslog.js';
import { requestsIn } from '../../../src/lineage/asks.js';
import { createHealer } from '../../../src/lineage/index.js';
import { ENTRY_KINDS, type Reason } from '../../../src/model/index.js';
import { batchesOf, T0, told } from './auditText.js';

const UNSET = 4294967295;
const ARCH = 'arch=c000003e';
let serial = 100;

interface Who {
  readonly uid?: number;
  readonly auid?: number;
  readonly ses?: number;
}

function record(type: string, at: number, number: number, body: string): string {
  return `node=h type=${type} msg=audit(${(T0 + at).toFixed(3)}:${number}): ${body}`;
}

function syscall(at: number, number: number, call: number, exit: number, pid: number, ppid: number, exe: string, { uid = 0, auid = UNSET, ses = UNSET }: Who, rest = 'a0=0 a1=0'): string {
  return record('SYSCALL', at, number, `${ARCH} syscall=${call} success=yes exit=${exit} ${rest} a2=0 a3=0 items=2 ppid=${ppid} pid=${pid} auid=${auid} uid=${uid} gid=0 euid=${uid} suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=${ses} comm="${exe.replace(/^.*\//, '').slice(0, 15)}" exe="${exe}" key="k"`);
}

const ALICE: Who = { uid: 1000, auid: 1000, ses: 5 };
const ROOT_OF_ALICE: Who = { uid: 0, auid: 1000, ses: 5 };

/** `pid` makes `child`. */
function fork(at: number, pid: number, ppid: number, child: number, exe: string, who: Who = {}): string {
  return syscall(at, serial++, 56, child, pid, ppid, exe, who, 'a0=1200011 a1=0');
}

function exec(at: number, pid: number, ppid: number, argv: string, who: Who = {}): string {
  const args = argv.split(' ');
  const number = serial++;
  const exe = args[0]!.startsWith('/') ? args[0]! : `/usr/bin/${args[0]}`;
  return `${syscall(at, number, 59, 0, pid, ppid, exe, who)}\n${record('EXECVE', at, number, `argc=${args.length} ${args.map((arg, i) => `a${i}="${arg}"`).join(' ')}`)}`;
}

/** `pid` creates a file, or takes it away. */
function file(at: number, pid: number, ppid: number, exe: string, path: string, what: 'CREATE' | 'DELETE' = 'CREATE', who: Who = {}): string {
  const number = serial++;
  return [
    syscall(at, number, what === 'CREATE' ? 257 : 87, what === 'CREATE' ? 3 : 0, pid, ppid, exe, who, 'a0=ffffff9c a1=0'),
    record('CWD', at, number, 'cwd="/"'),
    record('PATH', at, number, `item=0 name="${path.replace(/[^/]*$/, '')}" inode=1 dev=fe:00 mode=040755 ouid=0 ogid=0 rdev=00:00 nametype=PARENT`),
    record('PATH', at, number, `item=1 name="${path}" inode=2 dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=${what}`),
  ].join('\n');
}

function started(at: number, unit: string): string {
  return record('SERVICE_START', at, serial++, `pid=1 uid=0 auid=${UNSET} ses=${UNSET} msg='unit=${unit} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'`);
}

function login(at: number, pid: number, ses: number, auid: number): string {
  return record('LOGIN', at, serial++, `pid=${pid} uid=0 old-auid=${UNSET} auid=${auid} tty=(none) old-ses=${UNSET} ses=${ses} res=1`);
}

/** A line of syslog, `at` seconds after T0. */
function line(at: number, program: string, message: string): string {
  return `${new Date((T0 + at) * 1000).toISOString().replace('Z', '000+00:00')} h ${program}: ${message}`;
}

const INIT = exec(-100, 1, 0, '/usr/lib/systemd/systemd');

async function heal(audit: readonly string[], log: readonly string[] = []) {
  const strings = createStringTable();
  const healer = createHealer(strings);
  if (audit.length > 0) for (const batch of await batchesOf([INIT, ...audit].join('\n') + '\n', strings)) healer.add(batch);
  const bytes = new TextEncoder().encode(log.map((each) => `${each}\n`).join(''));
  const member = {
    path: 'syslog', size: bytes.length, modifiedMicros: undefined,
    async *open() {
      yield bytes;
    },
  };
  const context = { strings, account: new Account(), firstMember: 1, zoneMinutes: undefined, takenMicros: undefined, signal: undefined };
  if (log.length > 0) for await (const batch of syslogFormat.parse([member], context)) healer.add(batch);
  const { lineage, rowsOf } = told(healer.finish(), strings);
  const row = (pid: number): number => rowsOf(pid).at(-1)!;
  return {
    lineage,
    requester: (pid: number): number | undefined => lineage.pid[lineage.requester[row(pid)]!],
    sure: (pid: number): number => lineage.requesterConfidence[row(pid)]!,
    kind: (pid: number): string => ENTRY_KINDS[lineage.entryKind[row(pid)]!]!,
    entry: (pid: number): number | undefined => lineage.pid[lineage.entry[row(pid)]!],
    unit: (pid: number): string | undefined => strings.text(lineage.unit[row(pid)]!),
    reasons: (pid: number): readonly Reason[] => lineage.reasons(row(pid)),
    runnersUp: (pid: number): readonly (number | undefined)[] => lineage.runnersUp(row(pid)).filter(({ about }) => about === 'requester').map(({ process }) => lineage.pid[process]),
  };
}

describe('who asked for what a broker started', () => {
  it('what runs the command line that systemd-run was given was asked for by it, and so was all that it made', async () => {
    const { requester, sure, kind, reasons } = await heal([
      exec(0, 40, 30, 'systemd-run --unit=x -p Nice=5 /opt/tool --all', ROOT_OF_ALICE),
      fork(0.4, 1, 0, 50, '/usr/lib/systemd/systemd'),
      exec(0.5, 50, 1, '/opt/tool --all'),
      fork(0.6, 50, 1, 51, '/opt/tool'),
      exec(0.7, 51, 50, 'nc -l'),
    ]);
    expect(requester(50)).toBe(40);
    expect(requester(51)).toBe(40);
    expect(sure(50)).toBeGreaterThan(0.9);
    expect(kind(51)).toBe('service');
    expect(reasons(50).find(({ about }) => about === 'requester')).toMatchObject({ for: true, trace: 'arguments' });
  });

  it('what runs another command line was not', async () => {
    const { requester } = await heal([
      exec(0, 40, 30, 'systemd-run /opt/tool --all', ROOT_OF_ALICE),
      fork(0.4, 1, 0, 50, '/usr/lib/systemd/systemd'),
      exec(0.5, 50, 1, '/opt/other'),
    ]);
    expect(requester(50)).toBeUndefined();
  });

  it('a scope is run by systemd-run itself: nobody else is asked', async () => {
    const { requester } = await heal([exec(0, 40, 30, 'systemd-run --scope /opt/tool', ROOT_OF_ALICE), fork(0.4, 1, 0, 50, '/usr/lib/systemd/systemd'), exec(0.5, 50, 1, '/opt/tool')]);
    expect(requester(50)).toBeUndefined();
  });

  it('a unit that systemd reports as started then leads to the systemctl that named it; of two the last one is meant', async () => {
    const { requester, unit, runnersUp } = await heal([
      exec(-20, 39, 30, 'systemctl restart web', ROOT_OF_ALICE),
      exec(0, 40, 30, 'systemctl restart web', ROOT_OF_ALICE),
      exec(0.1, 41, 30, 'systemctl start other', ROOT_OF_ALICE),
      fork(0.4, 1, 0, 50, '/usr/lib/systemd/systemd'),
      started(0.45, 'web'),
      exec(0.5, 50, 1, '/opt/app/run'),
    ]);
    expect(requester(50)).toBe(40);
    expect(unit(50)).toBe('web.service');
    expect(runnersUp(50)).toEqual([39]);
  });

  it('a login below a restarted sshd was not asked for by who restarted it', async () => {
    const { requester, kind } = await heal([
      exec(0, 40, 30, 'systemctl restart ssh', ROOT_OF_ALICE),
      fork(0.4, 1, 0, 50, '/usr/lib/systemd/systemd'),
      started(0.45, 'ssh'),
      exec(0.5, 50, 1, '/usr/sbin/sshd -D'),
      fork(9, 50, 1, 60, '/usr/sbin/sshd'),
      login(9.1, 60, 7, 1001),
      fork(9.2, 60, 50, 61, '/usr/sbin/sshd', { auid: 1001, ses: 7 }),
      exec(9.3, 61, 60, 'bash', { uid: 1001, auid: 1001, ses: 7 }),
    ]);
    expect(requester(50)).toBe(40);
    expect(requester(61)).toBeUndefined();
    expect(kind(61)).toBe('login');
  });

  it('who starts a timer has asked for its service, whose way in is a timer; a service named beside it is a service', async () => {
    const { requester, kind } = await heal([
      exec(0, 40, 30, 'systemctl start now.service later.timer', ROOT_OF_ALICE),
      fork(0.4, 1, 0, 50, '/usr/lib/systemd/systemd'),
      started(0.41, 'now'),
      exec(0.5, 50, 1, '/opt/now'),
      fork(300, 1, 0, 60, '/usr/lib/systemd/systemd'),
      started(300.02, 'later'),
      exec(300.1, 60, 1, '/opt/later'),
    ]);
    expect([requester(50), kind(50)]).toEqual([40, 'service']);
    expect([requester(60), kind(60)]).toEqual([40, 'timer']);
  });

  it('a service whose timer the log reports as started is a timer\'s, though nobody is known to have asked', async () => {
    const { requester, kind, entry } = await heal(
      [fork(300, 1, 0, 60, '/usr/lib/systemd/systemd'), started(300.02, 'tidy'), exec(300.1, 60, 1, '/opt/tidy'), fork(300.2, 60, 1, 61, '/opt/tidy'), exec(300.3, 61, 60, 'rm x')],
      [line(-50, 'systemd[1]', 'Started tidy.timer - Daily tidying.')],
    );
    expect([kind(61), entry(61), requester(61)]).toEqual(['timer', 60, undefined]);
  });

  it('where forks are not on record, an orphan that a manager adopted belongs to the start that named it', async () => {
    const alices: Who = { uid: 1000, auid: 1000, ses: 4 };
    const { requester, entry } = await heal([
      exec(-50, 20, 1, '/usr/lib/systemd/systemd --user', alices),
      exec(0, 40, 30, 'systemd-run --user -p Type=forking /opt/loader -d /tmp/.x 40', ALICE),
      exec(0.5, 50, 20, '/opt/loader -d /tmp/.x 40', alices),
      exec(0.9, 53, 20, '/tmp/.x 40', alices),
    ]);
    expect([requester(53), entry(53)]).toEqual([40, 50]);
  });

  it("a user's manager is not asked by another user", async () => {
    const bob: Who = { uid: 1001, auid: 1001, ses: 3 };
    const alices: Who = { uid: 1000, auid: 1000, ses: 4 };
    const { requester } = await heal([
      exec(-50, 20, 1, '/usr/lib/systemd/systemd --user', alices),
      exec(0, 40, 30, 'systemd-run --user /opt/tool', bob),
      exec(0.1, 41, 31, 'systemd-run --user /opt/tool', ALICE),
      fork(0.4, 20, 1, 50, '/usr/lib/systemd/systemd', alices),
      exec(0.5, 50, 20, '/opt/tool', alices),
    ]);
    expect(requester(50)).toBe(41);
  });

  it("at's job is joined by the file of its spool, not by who ran at last", async () => {
    const spool = '/var/spool/cron/atjobs/a0000101c8a0ae';
    const { requester, kind, sure } = await heal([
      exec(-50, 20, 1, '/usr/sbin/atd -f'),
      exec(0, 40, 30, 'at now', ALICE),
      file(0.1, 40, 30, '/usr/bin/at', spool, 'CREATE', ALICE),
      exec(0.2, 41, 31, 'at now', ALICE),
      file(0.3, 41, 31, '/usr/bin/at', '/var/spool/cron/atjobs/a0000201c8a0ae', 'CREATE', ALICE),
      fork(1, 20, 1, 50, '/usr/sbin/atd'),
      file(1.1, 50, 20, '/usr/sbin/atd', spool, 'DELETE'),
      fork(1.2, 50, 20, 51, '/usr/sbin/atd', ALICE),
      exec(1.3, 51, 50, 'sh', ALICE),
    ]);
    expect([requester(51), kind(51)]).toEqual([40, 'at']);
    expect(sure(50)).toBeGreaterThan(0.95);
  });

  const job = (at: number, child: number, shell: number, command: string, auid: number): string[] => {
    const who: Who = { auid, ses: child };
    return [
      fork(at, 20, 1, child, '/usr/sbin/cron'),
      login(at + 0.1, child, child, auid),
      fork(at + 0.2, child, 20, shell, '/usr/sbin/cron', who),
      `${syscall(at + 0.3, serial, 59, 0, shell, child, '/usr/bin/dash', { ...who, uid: auid })}\n${record('EXECVE', at + 0.3, serial++, `argc=3 a0="/bin/sh" a1="-c" a2="${command}"`)}`,
    ];
  };

  it("a crontab's job is its user's who set it, from the command's first run on", async () => {
    const { requester, kind } = await heal([
      exec(-500, 20, 1, '/usr/sbin/cron -f'),
      ...job(-60, 90, 91, '/opt/old', 1000),
      exec(0, 40, 30, 'crontab -', ALICE),
      exec(1, 41, 31, 'crontab -l', ALICE),
      exec(2, 42, 32, 'crontab -', { uid: 1001, auid: 1001, ses: 6 }),
      ...job(60, 100, 101, '/opt/old', 1000),
      ...job(60, 110, 111, '/opt/new', 1000),
    ]);
    expect([requester(111), kind(111)]).toEqual([40, 'cron']);
    expect(requester(101)).toBeUndefined();
  });

  it('a file of cron.d asks for jobs while it is there', async () => {
    const { requester } = await heal([
      exec(-500, 20, 1, '/usr/sbin/cron -f'),
      exec(0, 40, 30, 'tee /etc/cron.d/x', ROOT_OF_ALICE),
      file(0.1, 40, 30, '/usr/bin/tee', '/etc/cron.d/x', 'CREATE', ROOT_OF_ALICE),
      ...job(60, 100, 101, '/opt/job', 0),
      ...job(60, 110, 111, '/opt/report', 0),
      exec(70, 43, 30, 'rm /etc/cron.d/x', ROOT_OF_ALICE),
      file(70.1, 43, 30, '/usr/bin/rm', '/etc/cron.d/x', 'DELETE', ROOT_OF_ALICE),
      ...job(180, 120, 121, '/opt/report', 0),
      ...job(240, 130, 131, '/opt/report', 0),
    ]);
    expect(requester(101)).toBe(40);
    expect(requester(111)).toBeUndefined();
    expect(requester(131)).toBeUndefined();
  });

  it('a script that somebody put into cron.daily asks for what it runs', async () => {
    const { requester } = await heal([
      exec(-500, 20, 1, '/usr/sbin/cron -f'),
      exec(0, 40, 30, 'cp /tmp/x /etc/cron.daily/x', ROOT_OF_ALICE),
      file(0.1, 40, 30, '/usr/bin/cp', '/etc/cron.daily/x', 'CREATE', ROOT_OF_ALICE),
      ...job(9000, 100, 101, 'run-parts /etc/cron.daily', 0),
      fork(9001, 101, 100, 102, '/usr/bin/run-parts', { auid: 0, ses: 100 }),
      exec(9001.1, 102, 101, '/bin/sh /etc/cron.daily/x', { auid: 0, ses: 100 }),
      fork(9001.2, 102, 101, 103, '/usr/bin/dash', { auid: 0, ses: 100 }),
      exec(9001.3, 103, 102, 'nc -l', { auid: 0, ses: 100 }),
    ]);
    expect([requester(101), requester(102), requester(103)]).toEqual([undefined, 40, 40]);
  });

  it('where no watch is set, the arguments tell who wrote to cron.d', async () => {
    const { requester } = await heal([exec(-500, 20, 1, '/usr/sbin/cron -f'), exec(0, 40, 30, 'cp /tmp/x /etc/cron.d', ROOT_OF_ALICE), ...job(60, 100, 101, '/opt/job', 0)]);
    expect(requester(101)).toBe(40);
  });

  it("the D-Bus daemon's line names who asked, whoever else called the bus", async () => {
    const { requester, sure } = await heal(
      [
        exec(-50, 20, 1, '/usr/bin/dbus-daemon --system'),
        exec(0, 40, 30, 'python3 ask.py', ALICE),
        exec(0.2, 41, 31, 'busctl call org.other / org.other Ping', ALICE),
        fork(0.5, 20, 1, 50, '/usr/bin/dbus-daemon'),
        fork(0.51, 50, 20, 51, '/usr/bin/dbus-daemon'),
        exec(0.6, 51, 50, '/opt/service'),
      ],
      [line(0.49, 'dbus-daemon[20]', "[system] Activating service name='org.x' requested by ':1.2' (uid=1000 pid=40 comm=\"python3 ask.py\")")],
    );
    expect(requester(51)).toBe(40);
    expect(sure(51)).toBeGreaterThan(0.9);
  });

  it('a bus starts processes also after the numbers came round: a lower one may be younger', async () => {
    const alices: Who = { uid: 1000, auid: 1000, ses: 4 };
    const round = (from: number, count: number, at: number): string[] => Array.from({ length: count }, (_, i) => exec(at + i / 10, from + i * 5, 30, 'true', ALICE));
    const { requester, entry } = await heal([
      login(-60, 20, 4, 1000),
      exec(-50, 20, 1, '/usr/lib/systemd/systemd --user', alices),
      ...round(600, 60, -40),
      exec(-30, 902, 20, '/usr/bin/dbus-daemon --session', alices),
      ...round(905, 20, -29),
      ...round(300, 10, -10),
      exec(0, 355, 30, 'busctl --user call org.x / org.x.Do', ALICE),
      exec(0.6, 361, 360, '/opt/service', alices),
      ...round(365, 10, 0.7),
    ]);
    expect([requester(361), entry(361)]).toEqual([355, 902]);
  });

  it('a call of the bus itself starts nothing', async () => {
    const { requester } = await heal([
      exec(-50, 20, 1, '/usr/bin/dbus-daemon --system'),
      exec(0, 40, 30, 'busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig', ALICE),
      fork(0.5, 20, 1, 50, '/usr/bin/dbus-daemon'),
      exec(0.6, 50, 20, '/opt/service'),
    ]);
    expect(requester(50)).toBeUndefined();
  });

  it('a call that a bus has systemd answer leads to the unit of that name', async () => {
    const { requester } = await heal([
      exec(0, 40, 30, 'busctl call org.freedesktop.PackageKit / org.x Do', ALICE),
      fork(0.5, 1, 0, 50, '/usr/lib/systemd/systemd'),
      started(0.52, 'packagekit'),
      exec(0.6, 50, 1, '/usr/libexec/packagekitd'),
    ]);
    expect(requester(50)).toBe(40);
  });

  it('docker exec is joined by the command at its end', async () => {
    const { requester, kind } = await heal([
      exec(-50, 20, 1, '/usr/bin/containerd-shim-runc-v2 -namespace moby'),
      exec(0, 40, 30, 'docker exec -it web sh -i', ALICE),
      fork(0.5, 20, 1, 50, '/usr/bin/containerd-shim-runc-v2'),
      exec(0.6, 50, 20, 'runc exec web'),
      fork(0.7, 50, 20, 51, '/usr/bin/runc'),
      exec(0.8, 51, 50, '/bin/sh -i'),
    ]);
    expect([requester(51), kind(51)]).toEqual([40, 'container']);
  });
});

describe('what logs say of ways in', () => {
  it("cron's and sshd's lines name the way in of processes that nothing else shows; logind's gives the session its number", async () => {
    const { kind, lineage } = await heal([], [
      line(0, 'CRON[70]', '(root) CMD (/opt/job)'),
      line(1, 'sshd[80]', 'pam_unix(sshd:session): session opened for user bob(uid=1001) by (uid=0)'),
      line(1.2, 'systemd-logind[33]', 'New session 12 of user bob.'),
    ]);
    expect([kind(70), kind(80)]).toEqual(['cron', 'login']);
    expect(lineage.ses[[...lineage.pid].indexOf(80)]).toBe(12);
  });

  it('systemd\'s word that a process outlived its unit is a reason of the orphan', async () => {
    const { reasons } = await heal(
      [
        fork(0, 1, 0, 50, '/usr/lib/systemd/systemd'),
        exec(0.1, 50, 1, '/opt/app'),
        fork(0.2, 50, 1, 51, '/opt/app'),
        exec(0.3, 51, 50, '/opt/left'),
        record('SYSCALL', 5, serial++, `${ARCH} syscall=231 a0=0 a1=0 a2=0 a3=0 items=0 ppid=1 pid=50 auid=${UNSET} uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=${UNSET} comm="app" exe="/opt/app" key="exit"`),
      ],
      [line(5.2, 'systemd[1]', 'app.service: Unit process 51 (left) remains running after unit stopped.')],
    );
    expect(reasons(51).filter(({ about, trace }) => about === 'orphan' && trace === 'log').map(({ says }) => says)).toEqual(['systemd wrote of app.service: Unit process 51 (left) remains running after unit stopped.']);
  });

  it('a unit that was stopped and is started again has a way in of its own, as has the next manager of a user', async () => {
    const stopped = (at: number, unit: string): string => started(at, unit).replace('SERVICE_START', 'SERVICE_STOP');
    const shop = (stop: readonly string[]) => heal([exec(1, 50, 1, '/opt/shop --a'), started(1.1, 'shop'), ...stop, exec(9, 60, 1, '/opt/shop --b'), started(9.1, 'shop')]);
    expect((await shop([])).entry(60)).toBe(50); // it may have been made by the one that was there before
    expect((await shop([stopped(5, 'shop')])).entry(60)).toBe(60);
    const USER: Who = { uid: 1000, auid: 1000, ses: 7 };
    const managers = await heal([exec(1, 50, 1, '/usr/lib/systemd/systemd --user', USER), exec(9, 60, 1, '/usr/lib/systemd/systemd --user', { ...USER, ses: 8 })]);
    expect([managers.entry(50), managers.entry(60)]).toEqual([50, 60]);
    expect(managers.kind(60)).toBe('service');
  });

  it('what a manager keeps for itself, as (sd-pam), is the process of no unit', async () => {
    const USER: Who = { uid: 1000, auid: 1000, ses: 7 };
    const closed = record('USER_END', 5.2, 900, 'pid=31 uid=0 auid=1000 ses=7 msg=\'op=PAM:session_close acct="a" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success\'');
    const { unit, entry } = await heal([login(0.1, 30, 7, 1000), exec(0.2, 30, 1, '/usr/lib/systemd/systemd --user', USER), closed], [line(5.1, 'systemd[30]', 'Starting systemd-exit.service - Exit the Session...'), line(5.3, 'systemd[30]', 'Finished systemd-exit.service - Exit the Session.')]);
    expect([unit(31), entry(31)]).toEqual([undefined, 31]);
  });

  it('a unit is told by the command line that a transient one is called', async () => {
    const { unit } = await heal(
      [fork(0, 1, 0, 50, '/usr/lib/systemd/systemd'), exec(0.1, 50, 1, '/opt/tool --all'), fork(0.2, 50, 1, 51, '/opt/tool'), exec(0.3, 51, 50, 'nc -l')],
      [line(0.6, 'systemd[1]', 'Started run-u7.service - /opt/tool --all.')],
    );
    expect(unit(50)).toBe('run-u7.service');
  });
});

describe('what command lines ask for', () => {
  const asked = (text: string) => requestsIn(text.split(' ')[0]!, () => text.replaceAll(' ', '\0'));
  it.each([
    ['systemd-run --unit NAME --on-active=2min -p A=b /bin/x y', [{ broker: 'system', units: ['NAME.service'], command: ['/bin/x', 'y'], timer: true, dueMicros: 120_000_000 }]],
    ['systemd-run --user -qu n.service x', [{ broker: 'user', units: ['n.service'], command: ['x'], later: false }]],
    ['systemctl enable --now a.timer b', [{ units: ['b.service'], later: false }, { units: ['a.service'], timer: true }]],
    ['systemctl -t service list-units', []],
    ['systemctl enable a', []],
    ['at -f script now + 2 hours', [{ broker: 'at', dueMicros: 7_200_000_000 }]],
    ['at -l', []],
    ['crontab -u bob -', [{ broker: 'cron', target: 'bob' }]],
    ['crontab -r', []],
    ['tee -a /etc/cron.d/x', [{ broker: 'cron', file: '/etc/cron.d/x' }]],
    ['sh -c echo>/etc/cron.d/y', [{ broker: 'cron', file: '/etc/cron.d/y' }]],
    ['dbus-send --session --dest=org.x / org.x.Do', [{ broker: 'bus', target: 'org.x', session: true }]],
    ['busctl call org.freedesktop.systemd1 /p org.freedesktop.systemd1.Manager StartUnit ss a.service replace', [{ broker: 'system', units: ['a.service'] }]],
  ])('%s', (text, expected) => {
    expect(asked(text)).toMatchObject(expected);
    expect(asked(text)).toHaveLength(expected.length);
  });
});
