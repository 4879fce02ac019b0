import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KIND, OPERATION } from '../../../src/evidence/batch.js';
import { recordsHold, textHolds } from './breaking.js';
import { memorySource, readAll } from './memory.js';
import { hasSamples, holdsUnderDamage, sample, samplesOf } from './samples.js';

const TAKEN = Date.parse('2024-03-02T12:00:00Z') * 1000;
const at = (text: string): number => Date.parse(text) * 1000;
const read = async (content: string | Uint8Array, name: string, options: { readonly zone?: string } = {}) => {
  const result = await readAll([memorySource(name, content)], { takenMicros: TAKEN, ...options });
  return { ...result, entry: result.entries[0] };
};

interface Login {
  readonly type: number;
  readonly pid: number;
  readonly line: string;
  readonly user: string;
  readonly host?: string;
  readonly address?: readonly number[];
  readonly seconds: number;
}

/** Login records of x86-64, or of arm64 (wide). */
function loginRecords(logins: readonly Login[], isWide = false, isLittle = true): Uint8Array {
  const length = isWide ? 400 : 384;
  const bytes = new Uint8Array(length * logins.length);
  const view = new DataView(bytes.buffer);
  for (const [index, login] of logins.entries()) {
    const from = index * length;
    view.setInt16(from, login.type, isLittle);
    view.setInt32(from + 4, login.pid, isLittle);
    bytes.set(new TextEncoder().encode(login.line), from + 8);
    bytes.set(new TextEncoder().encode(login.user), from + 44);
    bytes.set(new TextEncoder().encode(login.host ?? ''), from + 76);
    if (isWide) view.setBigInt64(from + 344, BigInt(login.seconds), isLittle);
    else view.setInt32(from + 340, login.seconds, isLittle);
    bytes.set(login.address ?? [], from + (isWide ? 360 : 348));
  }
  return bytes;
}

const LOGINS: readonly Login[] = [
  { type: 2, pid: 0, line: '~', user: 'reboot', host: '6.1.0', seconds: 1_700_000_000 },
  { type: 6, pid: 400, line: 'tty1', user: 'LOGIN', seconds: 1_700_000_001 },
  { type: 7, pid: 812, line: 'pts/0', user: 'bob', host: 'laptop.example', address: [10, 0, 0, 9], seconds: 1_700_000_100 },
  { type: 8, pid: 812, line: 'pts/0', user: '', seconds: 1_700_000_200 },
  { type: 7, pid: 900, line: 'pts/0', user: 'eve', host: '2001:db8::1', address: [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], seconds: 1_700_000_300 },
];

describe('wtmp', () => {
  test.each([[false, true], [true, true], [true, false]])('sessions begin and end, and only the one that the file leaves open states its pid (wide %s, little endian %s)', async (isWide, isLittle) => {
    const { entry, rows } = await read(loginRecords(LOGINS, isWide, isLittle), 'wtmp');
    expect(entry).toMatchObject({ format: 'utmp', accounting: { records: 5, understood: 4, notNeeded: 1, notUnderstood: 0 } });
    const sessions = rows.filter((row) => row['kind'] === KIND.session).map((row) => [row['operation'], row['user'], row['tty'], row['path'], row['pid'], row['time'], row['message']]);
    expect(sessions).toEqual([
      [OPERATION.opened, 'bob', 'pts/0', '10.0.0.9', -1, 1_700_000_100e6, 'from laptop.example, pid 812'],
      [OPERATION.closed, 'bob', 'pts/0', '10.0.0.9', -1, 1_700_000_200e6, 'pid 812'],
      [OPERATION.opened, 'eve', 'pts/0', '2001:db8::1', 900, 1_700_000_300e6, 'from 2001:db8::1, pid 900'],
    ]);
    expect(rows.filter((row) => row['kind'] === KIND.log).map((row) => row['message'])).toEqual(['system boot 6.1.0']);
  });

  test('a boot ends the sessions that were open: their pids are of nobody who lives now', async () => {
    const { rows } = await read(loginRecords([...LOGINS, { type: 2, pid: 0, line: '~', user: 'reboot', seconds: 1_700_001_000 }]), 'wtmp');
    expect(rows.every((row) => row['pid'] === -1)).toBe(true);
  });

  test('in btmp, and under a name that is not LOGIN, it is a login that failed', async () => {
    const failed = { type: 6, pid: 3445, line: 'ssh:notty', user: 'admin', host: '123.21.242.124', seconds: 1_700_000_000 };
    const { rows } = await read(loginRecords([failed, { ...failed, type: 7, user: 'LOGIN' }]), 'btmp');
    expect(rows.map((row) => [row['kind'], row['outcome'], row['user'], row['path']])).toEqual([
      [KIND.authentication, 2, 'admin', '123.21.242.124'], [KIND.authentication, 2, 'LOGIN', '123.21.242.124'],
    ]);
  });

  test.skipIf(!hasSamples)('the wtmp and btmp of real hosts (not run where ../shared/evidence is absent)', async () => {
    const failures = sample('utmp/illegalprime-wecode-iot-puzzle__btmp');
    const { rows, entry } = await read(failures.bytes, failures.name);
    expect(entry?.accounting).toMatchObject({ records: 179, understood: 179 });
    expect(rows[0]).toMatchObject({ user: 'ubuntu', path: '207.172.213.113', time: 1_550_861_074e6, tty: 'ssh:notty' });
    const narrow = sample('utmp/Velocidex-velociraptor__wtmp.1');
    const cut = await read(narrow.bytes, narrow.name);
    expect(cut.entry?.accounting).toMatchObject({ records: 27, notUnderstood: 1 });
    expect(cut.entry?.troubles[0]?.what).toBe('a login record that breaks off');
    const big = sample('utmp/log2timeline-plaso__utmp_s390');
    expect((await read(big.bytes, big.name)).rows.map((row) => row['message'])).toContain('system boot 0.0.0.0');
  });

  recordsHold('wtmp', loginRecords(LOGINS), 384, 'utmp');
  recordsHold('wtmp', loginRecords(LOGINS, true, false), 400, 'utmp');
  for (const path of samplesOf('utmp')) holdsUnderDamage(path, 'utmp', { keepsCrlf: false, runs: 10, wholeUpTo: 8000 });
});

describe('utmpdump', () => {
  const TEXT = 'Utmp dump of wtmp\n[2] [00000] [~~  ] [reboot  ] [~           ] [6.1.0               ] [0.0.0.0        ] [2024-03-01T08:00:00,000000+00:00]\n[7] [00812] [ts/0] [bob     ] [pts/0       ] [laptop              ] [10.0.0.9       ] [2024-03-01T09:00:00,500000+00:00]\n[8] [00812] [    ] [        ] [pts/0       ] [                    ] [0.0.0.0        ] [2024-03-01T10:00:00,000000+01:00]\n[7] [00900] [ts/1] [eve     ] [pts/1       ] [10.0.0.8            ] [10.0.0.8       ] [2024-03-01T11:00:00,000000+00:00]\n';
  test('is read as the file is', async () => {
    const { rows, entry } = await read(TEXT, 'wtmp.txt');
    expect(entry).toMatchObject({ format: 'utmpdump', accounting: { records: 5, understood: 4, notNeeded: 1 } });
    expect(rows.map((row) => [row['kind'], row['operation'], row['user'], row['path'], row['pid'], row['time']])).toEqual([
      [KIND.log, 0, undefined, undefined, -1, at('2024-03-01T08:00:00Z')],
      [KIND.session, OPERATION.opened, 'bob', '10.0.0.9', -1, at('2024-03-01T09:00:00.5Z')],
      [KIND.session, OPERATION.closed, 'bob', '10.0.0.9', -1, at('2024-03-01T09:00:00Z')],
      [KIND.session, OPERATION.opened, 'eve', '10.0.0.8', 900, at('2024-03-01T11:00:00Z')],
    ]);
  });
  textHolds('wtmp.txt', TEXT, 'utmpdump');
});

describe('w', () => {
  const TEXT = ' 14:00:00 up 9 min,  3 users,  load average: 7.94, 7.95, 4.19\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\nmaria    pts/0    tmux(2463).%0    13:58    6:11   3.00s  2.80s top -b -d 20\nbob      pts/1    10.0.0.9         22:10    6:08   0.68s  0.68s vmstat 15\nroot     tty1     -                Fri09    1:00   0.10s  0.10s -bash\nold      tty2     -                05Feb24  9days  0.10s  0.10s -bash\n';
  test('the clock of its first line shows the zone where the capture time is known; logins are of the last day, week, or a date', async () => {
    const { rows, entry } = await read(TEXT, 'w.txt');
    expect(rows.map((row) => [row['user'], row['tty'], row['path'], row['time'], row['message']])).toEqual([
      ['maria', 'pts/0', 'tmux(2463).%0', at('2024-03-02T11:58:00Z'), 'runs top -b -d 20, from tmux(2463).%0'],
      ['bob', 'pts/1', '10.0.0.9', at('2024-03-01T20:10:00Z'), 'runs vmstat 15, from 10.0.0.9'],
      ['root', 'tty1', undefined, at('2024-03-01T07:00:00Z'), 'runs -bash'],
      ['old', 'tty2', undefined, at('2024-02-04T22:00:00Z'), 'runs -bash'],
    ]);
    expect(entry?.coverage.find(({ gap }) => gap === 'zone-guessed')?.says).toContain('+02:00');
    const stated = await read(TEXT, 'w.txt', { zone: '+02:00' });
    expect(stated.entry?.coverage.map(({ gap }) => gap)).not.toContain('zone-guessed');
    expect(stated.rows).toEqual(rows);
  });

  test('a terminal of the machine itself has no place that it came from', async () => {
    const { rows, entry } = await read(' 12:00:33 up 16:06,  2 users,  load average: 0.00, 0.00, 0.00\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\nroot     tty1                      11:05   15:36m  0.03s  0.03s -bash\nroot     pts/1    192.168.71.1     10:37   30:37   0.03s  0.03s vi x\n', 'w.txt');
    expect(entry?.accounting).toMatchObject({ records: 4, understood: 4 });
    expect(rows.map((row) => [row['tty'], row['path'], row['time'], row['message']])).toEqual([
      ['tty1', undefined, at('2024-03-02T11:05:00Z'), 'runs -bash'], ['pts/1', '192.168.71.1', at('2024-03-02T10:37:00Z'), 'runs vi x, from 192.168.71.1'],
    ]);
  });
  textHolds('w.txt', TEXT, 'w');
});

describe('shell history', () => {
  test('bash with times: all lines up to the next stamp are one command; the user is the owner of the home', async () => {
    const { rows, entry } = await read('ls\n#1700000000\ncat <<X\nline\nX\n#1700000005\nid\n', 'home/bob/.bash_history');
    expect(entry).toMatchObject({ format: 'shell-history', accounting: { records: 7, understood: 7 } });
    expect(rows.map((row) => [row['time'], row['serial'], row['message'], row['user'], row['path']])).toEqual([
      [NaN, 1, 'ls', 'bob', '/home/bob/.bash_history'],
      [1_700_000_000e6, 0, 'cat <<X\nline\nX', 'bob', '/home/bob/.bash_history'],
      [1_700_000_005e6, 0, 'id', 'bob', '/home/bob/.bash_history'],
    ]);
    expect(rows[1]).toMatchObject({ kind: KIND.log, operation: OPERATION.command, key: 'shell-history', offset: 3, byteLength: 27 });
    expect(entry?.coverage.map(({ says }) => says).join()).toContain('only their order');
  });

  test("zsh's extended form goes on after a backslash; a plain file is known by its name and keeps its order", async () => {
    const zsh = await read(': 1700000000:0;echo a \\\n& touch /tmp/x\n: 1700000009:2;id\n', 'root/.zsh_history');
    expect(zsh.rows.map((row) => [row['time'], row['message'], row['user']])).toEqual([[1_700_000_000e6, 'echo a \\\n& touch /tmp/x', 'root'], [1_700_000_009e6, 'id', 'root']]);
    const plain = await read('wget http://x/y\nchmod +x y\n./y\n', '.bash_history');
    expect(plain.rows.map((row) => [row['time'], row['serial'], row['message']])).toEqual([[NaN, 1, 'wget http://x/y'], [NaN, 2, 'chmod +x y'], [NaN, 3, './y']]);
    expect((await read('wget http://x/y\nchmod +x y\n./y\n', 'notes.txt')).entry?.format).toBe('unknown');
  });

  test('fish keeps each command with its time', async () => {
    const text = '- cmd: echo a\\nb \\\\ c\n  when: 1700000000\n- cmd: ls\n  when: 1700000002\n  paths:\n    - /tmp\n';
    const { rows, entry } = await read(text, 'home/bob/.local/share/fish/fish_history');
    expect(entry).toMatchObject({ format: 'shell-history', accounting: { records: 6, understood: 6 } });
    expect(rows.map((row) => [row['time'], row['message'], row['user']])).toEqual([[1_700_000_000e6, 'echo a\nb \\ c', 'bob'], [1_700_000_002e6, 'ls', 'bob']]);
  });

  test.skipIf(!hasSamples)('real histories (not run where ../shared/evidence is absent)', async () => {
    const bash = sample('shell-history/log2timeline-plaso__bash_history');
    const { rows } = await read(bash.bytes, bash.name);
    expect(rows.map((row) => row['time'])).toEqual([1_380_630_977e6, 1_380_630_978e6, 1_380_630_979e6, 1_623_364_236e6]);
    expect(rows[3]?.['message']).toContain('argument2');
    const numbered = sample('shell-history/kellyjonbrazil-jc__ubuntu-18.04__history.out');
    expect((await read(numbered.bytes, numbered.name)).rows).toHaveLength(453);
  });
  textHolds('home/bob/.bash_history', '#1700000000\nid\n#1700000003\nls -la /tmp\n#1700000009\nexit\n', 'shell-history');
  textHolds('history.txt', '    1  id\n    2  ls\n    3  cat x\n    4  exit\n', 'shell-history');
  for (const path of samplesOf('shell-history')) holdsUnderDamage(path, 'shell-history', { runs: 10 });
});

describe('audit records of terminals', () => {
  test('what was typed is read out of the hex, on its terminal, as context of the session', async () => {
    const { rows } = await read(
      'type=USER_TTY msg=audit(1700000000.100:50): pid=812 uid=0 auid=1000 ses=3 data="id"\ntype=TTY msg=audit(1700000001.100:51): tty pid=812 uid=0 auid=1000 ses=3 major=137 minor=2 comm="bash" data=6C73202D6C610D\ntype=USER_TTY msg=audit(1700000002.100:52): pid=812 uid=0 auid=1000 ses=3 data=636174202F6574632F736861646F77\ntype=USER_CMD msg=audit(1700000004.100:54): pid=900 uid=1000 auid=1000 ses=3 msg=\'cwd="/home/bob" cmd=6964202D61 exe="/usr/bin/sudo" terminal=pts/0 res=success\'\n',
      'audit.log',
    );
    expect(rows.map((row) => [row['kind'], row['operation'], row['pid'], row['ses'], row['tty'], row['cwd'], row['message']])).toEqual([
      [KIND.session, OPERATION.command, 812, 3, undefined, undefined, 'pid=812 uid=0 auid=1000 ses=3 data="id"'],
      [KIND.session, OPERATION.command, 812, 3, 'pts/258', undefined, 'tty pid=812 uid=0 auid=1000 ses=3 major=137 minor=2 comm="bash" data="ls -la\r"'],
      [KIND.session, OPERATION.command, 812, 3, undefined, undefined, 'pid=812 uid=0 auid=1000 ses=3 data="cat /etc/shadow"'],
      [KIND.session, OPERATION.command, 900, 3, 'pts/0', '/home/bob', 'cwd="/home/bob" cmd="id -a" exe="/usr/bin/sudo" terminal=pts/0 res=success'],
    ]);
  });
});

describe('lastlog', () => {
  const TEXT = 'Username         Port     From             Latest\nroot             pts/0    10.0.0.2         Tue Nov 24 15:11:25 +0100 2026\nbob              tty1                      Mon Nov 23 09:00:00 +0000 2026\ndaemon                                     **Never logged in**\n';
  test('the last login of each account, in the zone that it states', async () => {
    const { rows, entry } = await read(TEXT, 'lastlog.txt');
    expect(entry).toMatchObject({ format: 'lastlog', accounting: { records: 4, understood: 3, notNeeded: 1 } });
    expect(rows.map((row) => [row['user'], row['tty'], row['path'], row['time']])).toEqual([['root', 'pts/0', '10.0.0.2', at('2026-11-24T14:11:25Z')], ['bob', 'tty1', undefined, at('2026-11-23T09:00:00Z')]]);
  });

  test('in its file the uid is the place', async () => {
    const bytes = new Uint8Array(292 * 3);
    new DataView(bytes.buffer).setUint32(292 * 2, 1_700_000_000, true);
    bytes.set(new TextEncoder().encode('pts/3'), 292 * 2 + 4);
    bytes.set(new TextEncoder().encode('10.0.0.9'), 292 * 2 + 36);
    const { rows, entry } = await read(bytes, 'var/log/lastlog');
    expect(entry).toMatchObject({ format: 'lastlog-binary', accounting: { records: 3, understood: 1, notNeeded: 2 } });
    expect(rows[0]).toMatchObject({ uid: 2, tty: 'pts/3', path: '10.0.0.9', time: 1_700_000_000e6, pid: -1 });
    expect((await read(new Uint8Array(876), 'zeros')).entry?.format).toBe('unknown');
  });
  textHolds('lastlog.txt', TEXT, 'lastlog');
  const full = new Uint8Array(292 * 3);
  for (let uid = 0; uid < 3; uid++) new DataView(full.buffer).setUint32(292 * uid, 1_700_000_000 + uid, true);
  recordsHold('var/log/lastlog', full, 292, 'lastlog-binary');
});

describe('web access log', () => {
  const LINE = '127.0.0.1 - bob [24/Nov/2026:16:08:47 +0100] "GET /app/lookup?host=x%3B%20setsid%20%2Ftmp%2Fy&z=%ff HTTP/1.0" 200 0 "-" "curl/7.88.1"\n';
  test('the request has its own zone, its client, and its target with the escapes read', async () => {
    const { rows, entry } = await read(LINE, 'nginx-access.log');
    expect(entry).toMatchObject({ format: 'access-log', accounting: { records: 1, understood: 1 } });
    expect(rows[0]).toMatchObject({
      kind: KIND.log, time: at('2026-11-24T15:08:47Z'), path: '127.0.0.1', user: 'bob', comm: 'nginx', pid: -1, outcome: 1, key: 'access-log',
      path2: '/app/lookup?host=x; setsid /tmp/y&z=%ff', message: '127.0.0.1 "GET /app/lookup?host=x%3B%20setsid%20%2Ftmp%2Fy&z=%ff HTTP/1.0" 200 0 "-" "curl/7.88.1", which asks for /app/lookup?host=x; setsid /tmp/y&z=%ff',
    });
    expect(entry?.coverage.map(({ gap }) => gap)).toEqual(['host-guessed']);
  });

  test('common form, a virtual host before it, and a request that is none are read; a line that is no request is counted', async () => {
    const { rows, entry } = await read('www:443 ::1 - - [24/Nov/2026:15:08:47 +0000] "\\x16\\x03" 400 -\n10.0.0.1 - - [30/Feb/2026:15:08:47 +0000] "GET / HTTP/1.1" 500 12\n10.0.0.1 - - [24/Nov/2026:15:08:47 +0000] "GET / HTTP/1.1" 500 12\nhello\n', 'access.log');
    expect(rows.map((row) => [row['path'], row['outcome'], row['path2']])).toEqual([['::1', 2, undefined], ['10.0.0.1', 2, '/']]);
    expect(entry?.accounting).toMatchObject({ records: 4, understood: 2, notUnderstood: 2 });
  });
  textHolds('access.log', LINE.repeat(4), 'access-log');
});

describe('CEF and LEEF', () => {
  const TEXT = 'CEF:0|V|P|1|100|a \\| b|5|rt=1700000000123 dvchost=web1 src=10.0.0.9 suser=bob msg=x \\= y cs1=two words\nLEEF:2.0|V|P|1|42|^|devTime=2023-11-14T22:13:20Z^src=10.0.0.8^usrName=eve\n<189>1 2021-06-18T10:55:50.000003Z host app - - - CEF:0|E|W|1|18|Web request|low|eventId=3457 msg=hello\n';
  test('are lines of a log, dated where a field says when', async () => {
    const { rows, entry } = await read(TEXT, 'siem.log');
    expect(entry).toMatchObject({ format: 'cef-leef', accounting: { records: 3, understood: 3 } });
    expect(rows.map((row) => [row['kind'], row['time'], row['host'], row['path'], row['user']])).toEqual([
      [KIND.log, 1_700_000_000_123_000, 'web1', '10.0.0.9', 'bob'], [KIND.log, 1_700_000_000e6, 'host', '10.0.0.8', 'eve'], [KIND.log, at('2021-06-18T10:55:50Z') + 3, 'host', undefined, undefined],
    ]);
    expect(rows[0]?.['message']).toContain('V P: 100 a | b: rt=');
  });
  textHolds('siem.log', TEXT, 'cef-leef');
  for (const path of samplesOf('cef')) holdsUnderDamage(path, 'cef-leef', { runs: 10 });
});

const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url).pathname;
test.skipIf(!existsSync(LAB))('access logs and w of every capture are read whole, and are of its host where a log beside them names it (not run where ../shared/evidence is absent)', async () => {
  const folders = readdirSync(LAB, { withFileTypes: true }).filter((each) => each.isDirectory());
  expect(folders.length).toBeGreaterThan(2);
  for (const { name } of folders) {
    const snapshots = readdirSync(`${LAB}${name}/snapshots`).filter((file) => file.startsWith('w_'));
    const files = ['nginx-access.log', 'auth.log', ...snapshots.map((file) => `snapshots/${file}`)];
    const { entries, rows } = await readAll(files.map((file) => memorySource(file, new Uint8Array(readFileSync(`${LAB}${name}/${file}`)))));
    expect(entries.map(({ format, host, accounting }) => [format, host, accounting.notUnderstood])).toEqual([['access-log', 'web01', 0], ['syslog', 'web01', 0], ...snapshots.map(() => ['w', 'web01', 0])]);
    const requests = rows.filter((row) => row['key'] === 'access-log');
    expect(requests.every((row) => Math.abs(Number(row['time']) - at('2026-11-24T15:00:00Z')) < 3600e6)).toBe(true);
  }
});
