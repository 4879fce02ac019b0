import { describe, expect, test } from 'vitest';
import { KIND, OPERATION } from '../../../src/evidence/batch.js';
import { createUserNames } from '../../../src/engine/userNames.js';
import { textHolds } from './breaking.js';
import { memoryMember, memorySource, readAll } from './memory.js';
import { hasSamples, holdsUnderDamage, sample, samplesOf } from './samples.js';

const TAKEN = Date.parse('2024-03-02T12:00:00Z') * 1000;
const read = async (content: string | Uint8Array, name: string, options: { readonly zone?: string } = {}) => {
  const result = await readAll([memorySource(name, content)], { takenMicros: TAKEN, ...options });
  return { ...result, entry: result.entries[0] };
};
const columns = (rows: readonly Readonly<Record<string, unknown>>[], ...names: readonly string[]) => rows.map((row) => names.map((name) => row[name]));

describe('crontabs', () => {
  test("the system's entries name a user, a spool's are their owner's; comments and settings are not needed", async () => {
    const system = await read('# note\nSHELL=/bin/sh\n17 *\t* * *\troot    cd / && run-parts /etc/cron.hourly\n*/10 1-5,7 * jan-mar mon-fri www-data /opt/x -y\n@reboot backup /opt/z\n', 'etc/cron.d/jobs');
    expect(system.entry).toMatchObject({ format: 'crontab', accounting: { records: 5, understood: 3, notNeeded: 2 } });
    expect(columns(system.rows, 'kind', 'user', 'key', 'args', 'path', 'time')).toEqual([
      [KIND.configuration, 'root', '17 * * * *', 'cd\0/\0&&\0run-parts\0/etc/cron.hourly', '/etc/cron.d/jobs', TAKEN],
      [KIND.configuration, 'www-data', '*/10 1-5,7 * jan-mar mon-fri', '/opt/x\0-y', '/etc/cron.d/jobs', TAKEN],
      [KIND.configuration, 'backup', '@reboot', '/opt/z', '/etc/cron.d/jobs', TAKEN],
    ]);
    const spool = await read('* * * * * nohup /tmp/.x &\n', 'var/spool/cron/crontabs/bob');
    expect(columns(spool.rows, 'user', 'key', 'args')).toEqual([['bob', '* * * * *', 'nohup\0/tmp/.x\0&']]);
  });

  test('where no path tells, the sixth field is a user only if it is an account that hosts have; times that are none are no entry', async () => {
    const { rows } = await read('0 5 * * * root /bin/a\n0 5 * * * echo b\n', 'x.txt');
    expect(columns(rows, 'user', 'args')).toEqual([['root', '/bin/a'], [undefined, 'echo\0b']]);
    const { entry } = await read('0 5 * * * root /bin/a\n0 5 * * * root /bin/b\n1 2 3 4 5 root /bin/c\n61 5 * * * root /bin/d\n', 'x.txt');
    expect(entry?.accounting).toMatchObject({ understood: 3, notUnderstood: 1 });
  });

  test('anacrontab: period, delay and name', async () => {
    const { rows } = await read('SHELL=/bin/sh\n7\t25\tcron.weekly\tnice run-parts /etc/cron.weekly\n', 'etc/anacrontab');
    expect(columns(rows, 'key', 'args', 'user')).toEqual([['every 7 days after 25 minutes, cron.weekly', 'nice\0run-parts\0/etc/cron.weekly', 'root']]);
  });

  test.skipIf(!hasSamples)('every real crontab is read without a rest (not run where ../shared/evidence is absent)', async () => {
    for (const path of samplesOf('cron')) {
      const { name, bytes } = sample(path);
      const { entry, rows } = await read(bytes, name);
      expect([path, entry?.format, entry?.accounting.notUnderstood, rows.length > 0]).toEqual([path, 'crontab', 0, true]);
    }
  });
  textHolds('etc/crontab', 'SHELL=/bin/sh\n17 * * * * root cd / && run-parts /etc/cron.hourly\n25 6 * * 7 root /bin/b\n', 'crontab');
  for (const path of samplesOf('cron')) holdsUnderDamage(path, 'crontab', { runs: 8 });
});

describe('systemd units', () => {
  const UNIT = '# a note\n[Unit]\nDescription=X daemon\n[Service]\nType=forking\nPIDFile=/run/x.pid\nUser=svc\nExecStartPre=-/bin/mkdir -p /run/x\nExecStart=/usr/sbin/x \\\n  --daemon \\\n  --user svc\nWantedBy=multi-user.target\n';
  test('what runs, as whom and by what process it is known; a command may go on over lines', async () => {
    const { rows, entry } = await read(UNIT, '[root]/etc/systemd/system/x.service');
    expect(entry).toMatchObject({ format: 'systemd-unit', accounting: { records: 12, notUnderstood: 0 } });
    expect(columns(rows, 'key', 'args', 'exe', 'user')).toEqual([
      ['Type', undefined, undefined, undefined], ['PIDFile', undefined, undefined, undefined], ['User', undefined, undefined, 'svc'],
      ['ExecStartPre', '/bin/mkdir\0-p\0/run/x', '/bin/mkdir', undefined], ['ExecStart', '/usr/sbin/x\0--daemon\0--user\0svc', '/usr/sbin/x', undefined], ['WantedBy', undefined, undefined, undefined],
    ]);
    expect(rows[0]).toMatchObject({ unit: 'x.service', path: '/etc/systemd/system/x.service', message: '/etc/systemd/system/x.service: [Service] Type=forking', time: TAKEN });
  });

  test('timers say when, and systemctl cat names each file', async () => {
    const { rows } = await read('# /etc/systemd/system/t.timer\n[Timer]\nOnCalendar=*-*-* 04:00\n# /etc/systemd/system/t.timer.d/o.conf\n[Timer]\nOnBootSec=5min\n', 'cat.txt');
    expect(columns(rows, 'unit', 'path', 'key', 'message')).toEqual([
      ['t.timer', '/etc/systemd/system/t.timer', 'OnCalendar', '/etc/systemd/system/t.timer: [Timer] OnCalendar=*-*-* 04:00'], ['t.timer', '/etc/systemd/system/t.timer.d/o.conf', 'OnBootSec', '/etc/systemd/system/t.timer.d/o.conf: [Timer] OnBootSec=5min'],
    ]);
  });
  textHolds('etc/systemd/system/x.service', UNIT, 'systemd-unit');
});

describe('systemctl lists', () => {
  const TIMERS = 'NEXT                        LEFT          LAST                        PASSED       UNIT                         ACTIVATES\nSat 2024-03-02 12:10:00 UTC 10min left    Sat 2024-03-02 11:50:00 UTC 10min ago    backup.timer                 backup.service\nSun 2024-03-03 00:00:00 UTC 12h left      n/a                         n/a          logrotate.timer              logrotate.service\n-                           -             Sat 2024-03-02 06:00:01 UTC 5h ago       once.timer                   once.service\nn/a                         n/a           n/a                         n/a          snapd.timer                  snapd.service\n\n4 timers listed.\nPass --all to see loaded but inactive timers, too.\n';
  test('a timer that ran started its unit then', async () => {
    const { rows, entry } = await read(TIMERS, 'timers.txt');
    expect(entry).toMatchObject({ format: 'systemctl-list', accounting: { records: 8, understood: 5, notNeeded: 3 } });
    expect(columns(rows, 'kind', 'unit', 'path', 'time')).toEqual([
      [KIND.configuration, 'backup.service', 'backup.timer', TAKEN], [KIND.service, 'backup.service', 'backup.timer', Date.parse('2024-03-02T11:50:00Z') * 1000],
      [KIND.configuration, 'logrotate.service', 'logrotate.timer', TAKEN],
      [KIND.configuration, 'once.service', 'once.timer', TAKEN], [KIND.service, 'once.service', 'once.timer', Date.parse('2024-03-02T06:00:01Z') * 1000],
      [KIND.configuration, 'snapd.service', 'snapd.timer', TAKEN],
    ]);
  });

  test('newer tables: fractions, a bar for what is not known', async () => {
    const { rows, entry } = await read(
      'NEXT                            LEFT LAST                        PASSED UNIT                  ACTIVATES\nTue 2024-03-05 15:30:00.5 UTC   8min Sat 2024-03-02 11:20:00 UTC 1min 30s ago sysstat-collect.timer sysstat-collect.service\n-                                  - Sat 2024-03-02 11:05:49 UTC    15min ago x.timer               x.service\n-                                  - -                                     - y.timer               y.service\nSun 2024-03-03 00:00:00 UTC      12h -                                     - z.timer               z.service\n\n4 timers listed.\n',
      'timers.txt',
    );
    expect(entry?.accounting).toMatchObject({ records: 7, understood: 5, notUnderstood: 0 });
    expect(columns(rows, 'kind', 'unit', 'path', 'time').filter(([kind]) => kind === KIND.service)).toEqual([
      [KIND.service, 'sysstat-collect.service', 'sysstat-collect.timer', Date.parse('2024-03-02T11:20:00Z') * 1000], [KIND.service, 'x.service', 'x.timer', Date.parse('2024-03-02T11:05:49Z') * 1000],
    ]);
    expect(columns(rows, 'path').length).toBe(6);
  });

  test('another zone by its name is no offset, and is said', async () => {
    const { rows, entry } = await read(TIMERS.replaceAll('UTC', 'CET'), 'timers.txt');
    expect(rows.filter((row) => row['kind'] === KIND.service)).toEqual([]);
    expect(entry?.coverage.map(({ gap }) => gap)).toContain('zone-guessed');
  });

  test('unit files by their state, units by what they do', async () => {
    const files = await read('UNIT FILE                              STATE           VENDOR PRESET\n-.mount                                generated       -\nx.service                              enabled         disabled\n\n2 unit files listed.\n', 'a.txt');
    expect(columns(files.rows, 'unit', 'key', 'message')).toEqual([['-.mount', 'generated', '-.mount is generated'], ['x.service', 'enabled', 'x.service is enabled, by default disabled']]);
    const units = await read('  UNIT        LOAD   ACTIVE SUB     DESCRIPTION\n  cron.service loaded active running Regular jobs\n\u25cf x.service    loaded failed failed  X\n\nLOAD   = Reflects whether\n2 loaded units listed.\n', 'b.txt');
    expect(columns(units.rows, 'unit', 'key')).toEqual([['cron.service', 'active running'], ['x.service', 'failed failed']]);
  });

  test('sockets say what they start', async () => {
    const { rows, entry } = await read('LISTEN                          UNIT                 ACTIVATES\n/run/dbus/system_bus_socket     dbus.socket          dbus.service\n[::]:22                         ssh.socket           ssh.service\nkobject-uevent 1                systemd-udevd-kernel.socket systemd-udevd.service\n\n3 sockets listed.\n', 's.txt');
    expect(entry).toMatchObject({ format: 'systemctl-list', accounting: { records: 6, understood: 4, notNeeded: 2 } });
    expect(columns(rows, 'unit', 'path')).toEqual([['dbus.service', '/run/dbus/system_bus_socket'], ['ssh.service', '[::]:22'], ['systemd-udevd.service', 'kobject-uevent 1']]);
  });
  textHolds('timers.txt', TIMERS, 'systemctl-list');
});

describe('bodyfiles', () => {
  const TEXT = 'd41d8cd98f00b204e9800998ecf8427e|/etc/cron.d/x|1234|-rw-r--r--|0|0|57|1700000500|1700000100|1700000200|1700000000\n0|/etc/a|b|12|lrwxrwxrwx|0|0|7|1700000000|1700000000|1700000000|0\n0|/tmp/l -> /bin/sh|13|lrwxrwxrwx|1000|100|7|1700000000.5|1700000000.25|1700000000.75|-1\n0|/dead|0|----------|0|0|0|0|0|0|0\n';
  test('a file was written, had its inode changed and was created, each at its time; a name may hold a bar', async () => {
    const { rows, entry } = await read(TEXT, 'bodyfile.txt');
    expect(entry).toMatchObject({ format: 'bodyfile', accounting: { records: 4, understood: 3, notNeeded: 1 } });
    expect(columns(rows, 'operation', 'time', 'path', 'path2', 'uid')).toEqual([
      [OPERATION.creation, 1_700_000_000e6, '/etc/cron.d/x', undefined, 0], [OPERATION.modification, 1_700_000_100e6, '/etc/cron.d/x', undefined, 0], [OPERATION.mode, 1_700_000_200e6, '/etc/cron.d/x', undefined, 0],
      [OPERATION.modification, 1_700_000_000e6, '/etc/a|b', undefined, 0],
      [OPERATION.modification, 1_700_000_000.25e6, '/tmp/l', '/bin/sh', 1000], [OPERATION.mode, 1_700_000_000.75e6, '/tmp/l', '/bin/sh', 1000],
    ]);
    expect(rows[0]).toMatchObject({ kind: KIND.file, message: '-rw-r--r--, 57 bytes, md5 d41d8cd98f00b204e9800998ecf8427e' });
    expect(entry?.coverage.map(({ gap }) => gap)).not.toContain('taken-guessed');
  });

  test('a name that The Sleuth Kit found deleted is the name, and said to be deleted', async () => {
    const { rows } = await read('0|/tmp/.x (deleted-realloc)|13|r/rrwxr-xr-x|0|0|7|1700000000|1700000000|1700000000|0\n', 'bodyfile.txt');
    expect(columns(rows, 'path', 'message')).toEqual([['/tmp/.x', 'r/rrwxr-xr-x, 7 bytes, deleted-realloc']]);
  });
  textHolds('bodyfile.txt', TEXT, 'bodyfile');
});

describe('accounts', () => {
  const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000:Bob,,,:/home/bob:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n+::::::\n';
  test("passwd beside a log names that host's uids, and the first name of a uid stays", async () => {
    const log = 'type=SYSCALL msg=audit(1700000000.123:1): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=7 auid=1000 uid=1000 gid=1000 euid=1000 comm="sh" exe="/bin/sh"\n';
    const { batches, set, rows, entries } = await readAll([{ name: 'case', members: [memoryMember('var/log/audit/audit.log', `node=web1 ${log}`), memoryMember('etc/passwd', PASSWD)] }], { takenMicros: TAKEN });
    expect(entries.map(({ format }) => format)).toEqual(['auditd', 'passwd']);
    expect(entries[1]?.accounting).toMatchObject({ records: 4, understood: 3, notNeeded: 1 });
    const names = createUserNames(set.strings);
    for (const batch of batches) names.add(batch);
    const host = set.strings.internText('web1');
    expect([names.text(host, 0), names.text(host, 1000), names.text(host, 1001)]).toEqual(['root', 'bob', '1001']);
    expect(rows.find((row) => row['user'] === 'toor')).toMatchObject({ kind: KIND.configuration, pid: -1, uid: 0, path: '/etc/passwd', exe: '/bin/sh' });
  });

  test('group names its members and gives no name to a uid', async () => {
    const { rows, entry } = await read('root:x:0:\nsudo:x:27:bob,eve\n', 'etc/group');
    expect(entry?.format).toBe('group');
    expect(columns(rows, 'gid', 'user', 'message')).toEqual([[0, undefined, 'group root, no further members'], [27, undefined, 'group sudo, members bob,eve']]);
  });
  textHolds('etc/passwd', PASSWD, 'passwd');
  textHolds('etc/group', 'root:x:0:\nsudo:x:27:bob,eve\n', 'group');
});
