import { describe, expect, test } from 'vitest';
import { KIND, OPERATION, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createHealer } from '../../../src/lineage/index.js';
import { memorySource, readAll } from './memory.js';
import { hasSamples, holdsUnderDamage, sample, samplesOf } from './samples.js';

const TAKEN = Date.parse('2024-03-02T12:00:00Z') * 1000;
const read = async (text: string | Uint8Array, name = 'output.txt') => {
  const result = await readAll([memorySource(name, text)], { takenMicros: TAKEN });
  return { ...result, entry: result.entries[0], byPid: new Map(result.rows.map((row) => [row['pid'], row])) };
};

describe('Volatility', () => {
  test('pslist states the task as identity, the start, and the tracer-aware parent; psscan tells the dead', async () => {
    const { byPid, entry } = await read(
      'Volatility 3 Framework 2.28.0\n\nOFFSET (V)\tPID\tTID\tPPID\tCOMM\tUID\tGID\tEUID\tEGID\tCREATION TIME\tFile output\n\n0x93\t703\t703\t701\tsh\t1000\t1000\t1000\t1000\t2024-03-01 13:07:43.477411 UTC\tDisabled\n0x94\t703\t704\t701\tsh\t-\t-\t-\t-\t-\tDisabled\n',
    );
    expect(entry?.format).toBe('volatility');
    expect(byPid.get(703)).toMatchObject({ kind: KIND.seen, ppid: 701, parentKind: PARENT_KIND.ptraceView, uid: 1000, identity: '0x93', start: Date.parse('2024-03-01T13:07:43.477Z') * 1000 + 411, time: TAKEN });
    const scan = await read('0x1e5dc00\t644\t644\t703\tid\tEXIT_DEAD\n0x10d2dc00\t703\t703\t701\tsh\tTASK_RUNNING\n');
    expect(scan.byPid.get(644)).toMatchObject({ zombie: 1, ppid: 703, comm: 'id' });
    expect(scan.byPid.get(703)).toMatchObject({ zombie: 0 });
  });

  test('CSV and JSON are the same table', async () => {
    const csv = await read('TreeDepth,OFFSET (V),PID,TID,PPID,COMM\n0,0x1,1,1,0,systemd\n1,0x2,7,7,1,cron\n');
    const json = await read(JSON.stringify([{ COMM: 'systemd', PID: 1, TID: 1, PPID: 0, __children: [{ COMM: 'cron', PID: 7, TID: 7, PPID: 1, __children: [] }] }]), 'pstree.json');
    for (const { byPid } of [csv, json]) expect(byPid.get(7)).toMatchObject({ ppid: 1, comm: 'cron' });
  });
  for (const path of samplesOf('volatility')) holdsUnderDamage(path, 'volatility', { runs: 8 });
});

describe('forkstat', () => {
  test.skipIf(!hasSamples)('creators are right, and a thread of an adopted process is no fork by its adopter (not run where ../shared/evidence is absent)', async () => {
    const { name, bytes } = sample(samplesOf('forkstat')[0] ?? '');
    const { rows, batches, set } = await read(bytes, name);
    const forks = rows.filter((row) => row['kind'] === KIND.fork).map((row) => [row['pid'], row['other']]);
    expect(forks).toEqual([[3525, 19257], [19257, 19258], [4394, 19264], [19264, 19265], [19265, 19266], [19264, 19267], [19267, 19268], [19268, 19269], [19268, 19270], [19270, 19271]]);
    expect(rows.filter((row) => row['kind'] === KIND.exit).map((row) => row['pid'])).not.toContain(19261);
    const healer = createHealer(set.strings, {});
    for (const batch of batches) healer.add(batch);
    const { lineage } = healer.finish();
    const row = lineage.pid.indexOf(19258);
    expect(lineage.pid[lineage.creator[row] ?? -1]).toBe(19257);
    expect(lineage.orphanBasis[row]).not.toBe(255);
  });

  test('the last line is at the latest when the file was taken, and midnight is passed', async () => {
    const { rows } = await read('Time     Event  PID  Info  Duration Process\n23:59:59 exec     5                 /bin/a\n00:00:01 exec     6                 /bin/b\n');
    expect(rows.map((row) => row['time'])).toEqual([Date.parse('2024-03-01T23:59:59Z') * 1000, Date.parse('2024-03-02T00:00:01Z') * 1000]);
  });
  for (const path of samplesOf('forkstat')) holdsUnderDamage(path, 'forkstat');
});

describe('execsnoop', () => {
  test('a failed exec is none, and the order of the lines is kept where they state no time', async () => {
    const { rows } = await read('PCOMM            PID    PPID   RET ARGS\nsh               812    811      0 /bin/sh -c id\nsh               812    811     -2 /usr/local/bin/id\nid               812    0        0 /usr/bin/id\n');
    expect(rows.map((row) => [row['kind'], row['operation'], row['ppid'], row['serial']])).toEqual([
      [KIND.exec, 0, 811, 1], [KIND.sight, OPERATION['exec-failed'], 811, 2], [KIND.exec, 0, -1, 3],
    ]);
    expect(rows[0]).toMatchObject({ parentKind: PARENT_KIND.atEvent, args: '/bin/sh\0-c\0id', exe: '/bin/sh', time: TAKEN });
  });
  for (const path of samplesOf('bcc-trace').filter((name) => name.includes('execsnoop'))) holdsUnderDamage(path, 'execsnoop', { runs: 8 });
});

describe('pstree', () => {
  test('who stands right of whom is its child, and threads are none', async () => {
    const { rows, byPid } = await read('systemd(1)-+-atd(702)\n           |-bash(8796)---jujud(8800)-+-{jujud}(8801)\n           |                          `-sh(8802)\n           `-sd-pam(9)\n');
    expect(rows.map((row) => [row['pid'], row['ppid']])).toEqual([[1, -1], [702, 1], [8796, 1], [8800, 8796], [8802, 8800], [9, 1]]);
    expect(byPid.get(8800)).toMatchObject({ comm: 'jujud', parentKind: PARENT_KIND.atCapture });
  });
  test('with -a it shows arguments, one process a line, and its pid after a comma', async () => {
    const { rows, byPid, entry } = await read('systemd,1\n  |-auditd,226\n  |   |-{auditd},227\n  |   |-laurel,229 --config /etc/laurel, or so\n  `-sshd,387\n      `-sshd,2462618\n');
    expect(rows.map((row) => [row['pid'], row['ppid']])).toEqual([[1, -1], [226, 1], [229, 226], [387, 1], [2462618, 387]]);
    expect(byPid.get(229)).toMatchObject({ comm: 'laurel', args: ['laurel', '--config', '/etc/laurel,', 'or', 'so'].join('\0') });
    expect(entry?.accounting).toMatchObject({ records: 6, understood: 6 });
  });
  for (const path of samplesOf('pstree')) holdsUnderDamage(path, 'pstree', { runs: 8, wholeUpTo: 8000 });
});

describe('top', () => {
  test.skipIf(!hasSamples)('all fields have parents, sessions and terminals; the usual ones say that they have none (not run where ../shared/evidence is absent)', async () => {
    const all = sample('top/kellyjonbrazil-jc__ubuntu-20.10__top-b-allfields.out');
    const { byPid } = await read(all.bytes, all.name);
    expect(byPid.get(4810)).toMatchObject({ ppid: 1580, sid: 1580, pgid: 4810, tty: 'pts/0', comm: 'top', user: 'kbrazil', uid: 1000 });
    const few = sample('top/kellyjonbrazil-jc__ubuntu-20.10__top-b-n1.out');
    const usual = await read(few.bytes, few.name);
    expect(usual.byPid.get(5)).toMatchObject({ ppid: -1, comm: 'kworker/0:0-cgr' });
    expect(usual.entry?.coverage.map(({ gap }) => gap)).toContain('no-parents');
  });
  for (const path of samplesOf('top')) holdsUnderDamage(path, 'top', { runs: 6, wholeUpTo: 12_000 });
});

describe('sockets and open files', () => {
  test('ss and netstat join a process to its socket at the moment they ran, without a parent', async () => {
    const ss = await read('Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\ntcp   LISTEN 0      511    0.0.0.0:80   0.0.0.0:*   users:(("nginx",pid=812,fd=6),("nginx",pid=811,fd=6))\ntcp   ESTAB  0      0    10.0.0.5:22   10.0.0.9:50122\n\t users:(("sshd",pid=900,fd=4))\n');
    expect(ss.rows.map((row) => [row['pid'], row['operation'], row['path'], row['port'], row['ppid'], row['time']])).toEqual([
      [812, OPERATION.listening, '0.0.0.0', 80, -1, TAKEN], [811, OPERATION.listening, '0.0.0.0', 80, -1, TAKEN], [900, OPERATION['open-socket'], '10.0.0.9', 50122, -1, TAKEN],
    ]);
    const netstat = await read('Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \ntcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      600/sshd: /usr/sbin\ntcp        0      0 0.0.0.0:25              0.0.0.0:*               LISTEN      -\n');
    expect(netstat.rows).toHaveLength(1);
    expect(netstat.rows[0]).toMatchObject({ pid: 600, comm: 'sshd', port: 22 });
  });

  test('lsof shows each process once, and its threads not at all', async () => {
    const { rows, byPid } = await read(
      'COMMAND    PID  TID    USER   FD      TYPE             DEVICE  SIZE/OFF       NODE NAME\nmy\\x20tool 812         root  cwd       DIR              253,0       224         64 /tmp\nmy\\x20tool 812         root  txt       REG              253,0   1624520   50360451 /tmp/x (deleted)\nmy\\x20tool 812         root    3u     IPv4              22405       0t0        TCP 10.0.0.5:5000->10.0.0.9:443 (ESTABLISHED)\nmy\\x20tool 812  813    root  cwd       DIR              253,0       224         64 /tmp\n',
    );
    expect(rows.filter((row) => row['kind'] === KIND.seen)).toHaveLength(1);
    expect(rows.find((row) => row['kind'] === KIND.seen)).toMatchObject({ pid: 812, comm: 'my tool', cwd: '/tmp', exe: '/tmp/x', exeDeleted: 1, user: 'root' });
    expect(rows.find((row) => row['kind'] === KIND.socket)).toMatchObject({ pid: 812, path: '10.0.0.9', port: 443 });
    expect(byPid.has(813)).toBe(false);
  });
  for (const path of samplesOf('sockets')) holdsUnderDamage(path, 'sockets', { runs: 6, wholeUpTo: 8000 });
  for (const path of samplesOf('lsof')) holdsUnderDamage(path, 'lsof', { runs: 6, wholeUpTo: 8000 });
});

describe('systemctl', () => {
  test('status gives a process the unit that holds it, once', async () => {
    const { rows, byPid } = await read(
      '* web1\n    State: running\n   CGroup: /\n           |-user.slice \n           | `-user-1000.slice \n           |   `-session-6.scope \n           |     `- 95736 -bash\n           `-system.slice \n             `-cron.service \n               `-700 /usr/sbin/cron -f\n\n* cron.service - Cron\n     Active: active\n   Main PID: 700 (cron)\n     CGroup: /system.slice/cron.service\n             `-700 /usr/sbin/cron -f\n\nMar 02 11:00:00 web1 cron[700]: x\n',
    );
    expect(rows).toHaveLength(2);
    expect(byPid.get(700)).toMatchObject({ kind: KIND.seen, unit: 'cron.service', cgroup: '/system.slice/cron.service', ppid: -1, args: '/usr/sbin/cron\0-f', comm: 'cron' });
    expect(byPid.get(95736)).toMatchObject({ cgroup: '/user.slice/user-1000.slice/session-6.scope' });
  });

  test('show gives the main process of a unit and its start, whatever the order of the properties', async () => {
    const stamp = 'ExecMainStartTimestamp=Fri 2024-03-01 18:58:28 UTC';
    for (const text of [`Type=simple\nMainPID=7\n${stamp}\nId=a.service\n\nType=simple\nMainPID=8\nId=b.service\n`, `Id=a.service\nMainPID=7\n${stamp}\n\nId=b.service\nMainPID=8\n`]) {
      const { byPid } = await read(text);
      expect(byPid.get(7)).toMatchObject({ unit: 'a.service', start: Date.parse('2024-03-01T18:58:28Z') * 1000 });
      expect(byPid.get(8)).toMatchObject({ unit: 'b.service', start: NaN });
    }
  });
  for (const path of samplesOf('systemd')) holdsUnderDamage(path, path.includes('_show_') ? 'systemctl-show' : 'systemctl-status', { runs: 6, wholeUpTo: 9000 });
});

describe('last and who', () => {
  test('sessions have their moment, and a boot in a time without zone is only a line of the log', async () => {
    const { rows, entry } = await read(
      'root     pts/0        192.168.71.1     Tue Jan  5 00:17:29 2021 - Tue Jan  5 20:03:47 2021  (19:46)\nreboot   system boot  5.8.0-34-generic Tue Jan  5 00:08:28 2021   still running\nkbrazil  ssh:notty    192.168.71.1     Thu Feb 29 10:13 - 10:13  (00:00)\n\nwtmp begins Tue Jan  5 00:08:28 2021\n',
    );
    expect(entry?.format).toBe('logins');
    expect(rows.map((row) => [row['kind'], row['user'], row['path'], row['time'], row['pid']])).toEqual([
      [KIND.session, 'root', '192.168.71.1', Date.parse('2021-01-05T00:17:29Z') * 1000, -1],
      [KIND.session, 'root', '192.168.71.1', Date.parse('2021-01-05T20:03:47Z') * 1000, -1],
      [KIND.log, undefined, undefined, Date.parse('2021-01-05T00:08:28Z') * 1000, -1],
      [KIND.authentication, 'kbrazil', '192.168.71.1', Date.parse('2024-02-29T10:13:00Z') * 1000, -1],
    ]);
  });
  for (const path of samplesOf('login-text')) holdsUnderDamage(path, 'logins', { runs: 8, wholeUpTo: 8000 });
});
