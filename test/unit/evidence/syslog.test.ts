import { expect, test } from 'vitest';
import fc from 'fast-check';
import { OBSERVATION_KINDS, PARENT_KINDS } from '../../../src/model/index.js';
import { addsUp, memorySource, readAll } from './memory.js';

const kind = (name: (typeof OBSERVATION_KINDS)[number]): number => OBSERVATION_KINDS.indexOf(name);
const micros = (text: string): number => Date.parse(text) * 1000;
const TAKEN = { takenMicros: micros('2024-03-01T00:00:00Z') };

const ISO = [
  '2026-11-24T14:56:05.463620+00:00 web01 CRON[349]: pam_unix(cron:session): session opened for user analyst(uid=1000) by (uid=0)',
  '2026-11-24T14:56:06.586724+00:00 web01 CRON[357]: (root) CMD (/usr/local/bin/healthcheck.sh)',
  '2026-11-24T14:56:17.199000+00:00 web01 sshd[418]: Accepted publickey for root from 10.0.2.2 port 33836 ssh2: ED25519 SHA256:x',
  '2026-11-24T14:57:00+00:00 web01 systemd[1]: ssh.service: Unit process 2463132 (sleep) remains running after unit stopped.',
  '2026-11-24T14:57:01+00:00 web01 systemd[1]: cron.service: Found left-over process 4711 (my (odd) name) in control group while starting unit. Ignoring.',
  '2026-11-24T14:57:02+00:00 web01 systemd[1]: Started session-79.scope - Session 79 of User analyst.',
  '2026-11-24T14:57:03+00:00 web01 systemd-logind[340]: New session 15 of user analyst.',
  '2026-11-24T14:57:04+00:00 web01 sudo:  analyst : TTY=pts/0 ; PWD=/home/analyst ; USER=root ; COMMAND=/usr/bin/tail -n 20 /var/log/auth.log',
  '2026-11-24T14:57:05+00:00 web01 useradd[4700]: new user: name=tomas, UID=1003, GID=1003, home=/home/tomas, shell=/bin/bash, from=none',
  '2026-11-24T14:57:06+00:00 web01 kernel: [   97.123456] audit: type=1300 audit(1795532226.123:44): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=812 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
  '2026-11-24T14:57:06+00:00 web01 kernel: [   97.123457] audit: type=1309 audit(1795532226.123:44): argc=2 a0="sh" a1="-i"',
  '',
].join('\n');

test('what programs write becomes what it is about: sessions, logins, commands, units, processes left behind', async () => {
  const { rows, entries } = await readAll([memorySource('syslog', ISO)]);
  expect(entries[0]).toMatchObject({ format: 'syslog', host: 'web01', accounting: { records: 11, understood: 11 } });
  expect(rows.slice(0, 9)).toMatchObject([
    { kind: kind('session'), time: micros('2026-11-24T14:56:05.463Z') + 620, pid: 349, comm: 'CRON', user: 'analyst', host: 'web01', ppid: -1, parentKind: 0 },
    { kind: kind('session'), pid: 357, user: 'root', message: '(root) CMD (/usr/local/bin/healthcheck.sh)' },
    { kind: kind('authentication'), pid: 418, user: 'root', path: '10.0.2.2', port: 33836, outcome: 1 },
    { kind: kind('log'), pid: 2463132, comm: 'sleep', unit: 'ssh.service', message: 'systemd: ssh.service: Unit process 2463132 (sleep) remains running after unit stopped.' },
    { kind: kind('log'), pid: 4711, unit: 'cron.service' },
    { kind: kind('service'), pid: 1, unit: 'session-79.scope' },
    { kind: kind('log'), pid: 340, user: 'analyst', unit: 'session-15.scope' },
    { kind: kind('session'), pid: -1, user: 'analyst', tty: 'pts/0', cwd: '/home/analyst' },
    { kind: kind('iam'), pid: 4700, path: 'tomas' },
  ]);
});

test('audit records between the lines are read as audit records, those of one event as one', async () => {
  const { rows } = await readAll([memorySource('syslog', ISO)]);
  const execs = rows.filter((row) => row['kind'] === kind('exec'));
  expect(execs).toMatchObject([{ time: 1_795_532_226_123_000, serial: 44, pid: 812, ppid: 811, parentKind: 2, exe: '/usr/bin/dash', args: 'sh\0-i' }]);
});

test("the journal's short form names the record but not its number: consecutive records of a moment are one event", async () => {
  const text = [
    'Feb 04 09:42:52 web01 audit[812]: SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=812 auid=1000 uid=0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
    'Feb 04 09:42:52 web01 audit: EXECVE argc=2 a0="sh" a1="-i"',
    'Feb 04 09:42:52 web01 audit[812]: PROCTITLE proctitle="sh"',
    'Feb 04 09:42:52 web01 audit[813]: SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=813 auid=1000 uid=0 ses=3 comm="id" exe="/usr/bin/id" key="exec"',
  ].join('\n');
  const { rows, entries } = await readAll([memorySource('messages', text)], TAKEN);
  expect(rows.filter((row) => row['kind'] === kind('exec'))).toMatchObject([
    { pid: 812, serial: 0, time: micros('2024-02-04T09:42:52Z') },
    { pid: 813, serial: 0 },
  ]);
  expect(entries[0]?.accounting).toMatchObject({ records: 4, understood: 4, lostBySource: 0 });
});

test('stamps without a year end at the capture; New Year lies between December and January', async () => {
  const text = ['Dec 31 23:59:59 web01 sshd[1]: a', 'Jan  1 00:00:01 web01 sshd[1]: b', 'Feb 29 10:00:00 web01 sshd[1]: c', ''].join('\n');
  const { rows, entries } = await readAll([memorySource('auth.log', text)], { ...TAKEN, zone: '+02:00' });
  expect(rows.map((row) => row['time'])).toEqual(['2023-12-31T21:59:59Z', '2023-12-31T22:00:01Z', '2024-02-29T08:00:00Z'].map(micros));
  expect(entries[0]?.coverage.find(({ gap }) => gap === 'taken-guessed')?.says).toContain('2024 was taken for the last line, from the capture time that was stated');
  const later = await readAll([memorySource('auth.log', text)], { takenMicros: micros('2026-06-01T00:00:00Z') });
  expect(later.rows[2]).toMatchObject({ time: micros('2024-02-29T10:00:00Z') }); // the last year that had the day
  const undated = await readAll([memorySource('auth.log', text)]);
  expect(undated.rows.map((row) => row['time'])).toEqual([NaN, NaN, NaN]);
});

test('RFC 5424, with and without structured data, a nil here and there and a bad time', async () => {
  const text = [
    '<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff\'su root\' failed for lonvick on /dev/pts/8',
    '<165>1 2003-10-11T22:14:15.003-02:00 web01 sshd 418 - [x@1 a="b\\]" c="d"][y@2] Failed password for invalid user bob from 10.0.0.9 port 7 ssh2',
    '<165>1 - - - - - - nothing known',
    '<165>1 203-10-11T22:14:15.003Z web01 app 7 - - odd',
  ].join('\n');
  const { rows, entries } = await readAll([memorySource('log', text)]);
  expect(entries[0]?.accounting).toMatchObject({ records: 4, understood: 4 });
  expect(rows).toMatchObject([
    { kind: kind('authentication'), outcome: 2, user: 'lonvick', time: micros('2003-10-11T22:14:15.003Z'), host: 'mymachine.example.com' },
    { kind: kind('authentication'), outcome: 2, user: 'bob', pid: 418, time: micros('2003-10-12T00:14:15.003Z') },
    { kind: kind('log'), time: NaN, message: 'nothing known' },
    { kind: kind('log'), time: NaN, pid: 7, message: 'odd' },
  ]);
});

test('chunks of 1, 7 and 4096 bytes, and CRLF, change nothing', async () => {
  const whole = await readAll([memorySource('syslog', ISO)]);
  for (const chunk of [1, 7, 4096]) expect((await readAll([memorySource('syslog', ISO, { chunk })])).rows).toEqual(whole.rows);
  const crlf = await readAll([memorySource('syslog', ISO.replaceAll('\n', '\r\n'))]);
  const placeless = (rows: typeof whole.rows): unknown[] => rows.map((row) => ({ ...row, offset: 0, byteLength: 0 }));
  expect(placeless(crlf.rows)).toEqual(placeless(whole.rows));
});

test('cut, doubled and flipped bytes: nothing is thrown and every record is counted', async () => {
  const bytes = new TextEncoder().encode(ISO);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), fc.uint8Array({ maxLength: 40 }), fc.nat(40), async (from, to, junk, skip) => {
      const mutated = new Uint8Array([...bytes.slice(0, from), ...junk, ...bytes.slice(Math.min(bytes.length, from + skip), to > from ? to : undefined)]);
      const { entries } = await readAll([memorySource('syslog', mutated, { chunk: 97 })]);
      expect(entries.every(addsUp)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('audit records by whatever way they came into syslog', async () => {
  const call = (serial: number, pid: number, tail = 'key="exec"'): string => `audit(1700000000.0${serial}0:${serial}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=${pid} auid=1000 uid=1000 gid=0 euid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" ${tail}`;
  const lines = [
    `Nov 14 22:13:20 web1 audispd: node=web1 type=SYSCALL msg=${call(1, 801)}`,
    `Nov 14 22:13:20 web1 audisp-syslog[77]: type=SYSCALL msg=${call(2, 802, 'key=(null)#035ARCH=x86_64 SYSCALL=execve AUID="bob" UID="bob"')}`,
    `Nov 14 22:13:20 web1 tag_audit_log: type=SYSCALL msg=${call(3, 803)}`,
    `<85>1 2023-11-14T22:13:20.5Z web1 audisp-syslog - - - type=SYSCALL msg=${call(4, 804)}`,
    `Nov 14 22:13:20 web1 kernel: type=1300 ${call(5, 805)}`,
    `Nov 14 22:13:20 web1 kernel: [   12.300000] audit: type=1300 ${call(6, 806)}`,
    `Nov 14 22:13:20 web1 audit[807]: SYSCALL ${call(7, 807).replace(/^.*?: /, '')}`,
  ];
  const { rows, entries } = await readAll([memorySource('syslog', `${lines.join('\n')}\n`)], { takenMicros: 1.7003e15 });
  expect(rows.map((row) => [row['pid'], row['kind'], row['parentKind']]).sort()).toEqual([801, 802, 803, 804, 805, 806, 807].map((pid) => [pid, OBSERVATION_KINDS.indexOf('exec'), PARENT_KINDS.indexOf('atEvent')]));
  expect(rows.find((row) => row['pid'] === 802)).toMatchObject({ key: undefined, user: 'bob' });
  expect(entries[0]?.accounting).toMatchObject({ records: 7, understood: 7 });
});

test('audit records that the kernel says it lost are counted and said; a smaller count is another boot', async () => {
  const lines = ['audit: audit_lost=14 audit_rate_limit=0 audit_backlog_limit=64', 'audit: audit_lost=20 audit_rate_limit=0 audit_backlog_limit=64', '[    3.000000] audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64', 'audit_printk_skb: 42 callbacks suppressed'];
  const { entries } = await readAll([memorySource('kern.log', lines.map((line) => `Nov 14 22:13:20 web1 kernel: ${line}\n`).join(''))], { takenMicros: 1.7003e15 });
  expect(entries[0]?.accounting.lostBySource).toBe(20 + 5 + 42);
  expect(entries[0]?.coverage.find(({ gap }) => gap === 'records-lost')?.says).toContain('67 audit records');
});
