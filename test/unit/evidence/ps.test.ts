import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KIND } from '../../../src/evidence/index.js';
import { addsUp, memorySource, readAll } from './memory.js';

const FIXTURES = new URL('../../fixtures/snapshots/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const micros = (iso: string): number => Date.parse(iso) * 1000;

async function ps(text: string, name = 'ps_20261124T150426.503Z.txt') {
  const read = await readAll([memorySource(name, text)]);
  const seen = read.rows.filter((row) => row['kind'] === KIND.seen);
  return {
    ...read,
    seen,
    byPid: new Map(seen.map((row) => [row['pid'], row])),
    entry: read.entries[0],
    snapshot: read.rows.find((row) => row['kind'] === KIND.snapshot),
  };
}

test('the columns of axo are found by their words, comm before args, and lstart is whole seconds', async () => {
  const { byPid, entry, snapshot } = await ps(fixture('ps-axo_20261124T150426.503Z.txt'), 'ps-axo_20261124T150426.503Z.txt');
  expect(entry?.format).toBe('ps');
  expect(entry?.accounting).toMatchObject({ records: 60, understood: 60, notUnderstood: 0 });
  expect(byPid.get(2463359)).toMatchObject({
    ppid: 1,
    pgid: 2463359,
    sid: 2463359,
    user: 'maria',
    comm: 'tmux: server',
    tty: undefined,
    args: 'tmux\0-L\0w774577\0new-session\0-d\0-s\0work\0top\0-b\0-d\x0020\0>/dev/null',
    start: micros('2026-11-24T14:58:22Z'),
    startFrom: micros('2026-11-24T14:58:22Z'),
    startUntil: micros('2026-11-24T14:58:23Z'),
    time: micros('2026-11-24T15:04:26.503Z'),
  });
  expect(byPid.get(2463370)).toMatchObject({ tty: 'pts/0', comm: 'bash' });
  expect(byPid.get(3)).toMatchObject({ ppid: 2, comm: 'rcu_gp', args: undefined });
  expect(snapshot).toMatchObject({ other: 59, time: micros('2026-11-24T15:04:26.503Z') });
});

test('a process that calls itself a kernel thread keeps its brackets as arguments', async () => {
  const { byPid } = await ps(fixture('ps-ef_20261124T150425.742Z.txt'));
  expect(byPid.get(2463257)).toMatchObject({ ppid: 1, comm: 'kworker/1:1', args: '[kworker/1:1]' });
  const aux = await ps(fixture('ps-aux_20261124T150425.322Z.txt'));
  expect(aux.byPid.get(2463257)).toMatchObject({ args: '[kworker/1:1]' });
  expect(aux.byPid.get(3)).toMatchObject({ comm: 'rcu_gp', args: undefined });
});

test('STIME with hours and minutes bounds a start and does not state it', async () => {
  const { byPid } = await ps(fixture('ps-ef_20261124T150425.742Z.txt'));
  expect(byPid.get(2463257)).toMatchObject({ start: NaN, startFrom: micros('2026-11-24T15:02:00Z'), startUntil: micros('2026-11-24T15:03:00Z') });
});

test('the indentation of -H is no part of the command, and a defunct process is a zombie', async () => {
  const { byPid } = await ps(fixture('ps-ejHf_20261124T150426.066Z.txt'));
  expect(byPid.get(2463376)).toMatchObject({ ppid: 2463370, pgid: 2463370, args: 'top\0-b\0-d\x0020' });
  expect(byPid.get(2463380)).toMatchObject({ zombie: 1, comm: 'dbus-daemon', args: undefined });
});

test('the branches of --forest are no part of the command', async () => {
  const { byPid } = await ps(
    '  PID  PPID COMMAND\n    1     0 /sbin/init\n  900     1  \\_ sshd: listener\n  901   900  |   \\_ -bash\n  902   901  |       \\_ sh -c  x\n',
  );
  expect(byPid.get(900)).toMatchObject({ args: 'sshd:\0listener' });
  expect(byPid.get(901)).toMatchObject({ args: '-bash' });
  expect(byPid.get(902)).toMatchObject({ args: 'sh\0-c\0\0x' });
});

test('aux has no parents and says so', async () => {
  const { byPid, entry } = await ps(fixture('ps-aux_20261124T150425.322Z.txt'));
  expect(byPid.get(388)).toMatchObject({ ppid: -1, parentKind: 0, user: 'www-data' });
  expect(entry?.coverage.map(({ gap }) => gap)).toContain('no-parents');
});

test('threads of a process are one process', async () => {
  const { seen, entry, snapshot } = await ps(
    'F S UID PID PPID LWP C NLWP PRI NI ADDR SZ WCHAN STIME TTY TIME CMD\n4 S root 1 0 1 0 1 80 0 - 26467 ep_pol 14:58 ? 00:00:22 /sbin/init\n1 S root 90 1 90 0 2 80 0 - 2 futex_ 14:59 ? 00:00:00 shim -id x\n1 S root 90 1 91 0 2 80 0 - 2 futex_ 14:59 ? 00:00:00 shim -id x\n',
  );
  expect(seen.map((row) => row['pid'])).toEqual([1, 90]);
  expect(entry?.accounting).toMatchObject({ records: 4, understood: 4 });
  expect(snapshot).toMatchObject({ other: 2 });
});

test('thread rows of ps m are counted and state no process', async () => {
  const { seen, entry } = await ps(
    'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 1 0.0 0.1 5 6 ? - Feb09 0:38 /sbin/init\nroot - 0.0 - - - - Ss Feb09 0:38 -\n',
  );
  expect(seen).toHaveLength(1);
  expect(entry?.accounting).toMatchObject({ understood: 3, notUnderstood: 0 });
});

test('a wide value pushes the rest of its row and is still read', async () => {
  const { byPid } = await ps(
    'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nneutron      977  0.0  0.6 12643600000 1082920000 ?       Ssl    Feb09   0:15 /usr/bin/python3 x\n',
  );
  expect(byPid.get(977)).toMatchObject({ user: 'neutron', args: '/usr/bin/python3\0x' });
});

test('CMD of ps -e is comm, CMD of ps -ef the arguments', async () => {
  const { byPid } = await ps('    PID TTY          TIME CMD\n      1 ?        00:00:01 systemd\n    877 pts/0    00:00:00 tmux: client\n');
  expect(byPid.get(877)).toMatchObject({ comm: 'tmux: client', args: undefined, tty: 'pts/0' });
});

test('numeric users are ids, names stay names', async () => {
  const { byPid } = await ps(
    'F   UID     PID    PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND\n4 1000000  3542    1856  20   0 241036  9136 poll_s Ssl  ?          0:00 /usr/lib/accounts-daemon\n',
  );
  expect(byPid.get(3542)).toMatchObject({ uid: 1000000, euid: 1000000, user: undefined, ppid: 1856 });
});

test('the zone of start times follows from the newest process and the stamp of the file', async () => {
  const text = '    PID    PPID                  STARTED CMD\n      1       0 Tue Nov 24 16:00:00 2026 init\n    900       1 Tue Nov 24 17:04:26 2026 ps\n';
  const { byPid, entry } = await ps(text);
  expect(byPid.get(1)).toMatchObject({ start: micros('2026-11-24T14:00:00Z') });
  expect(entry?.coverage.find(({ gap }) => gap === 'zone-guessed')?.says).toContain('UTC+02:00');
});

test('a stated zone is taken and no guess is told', async () => {
  const text = '    PID    PPID                  STARTED CMD\n      1       0 Tue Nov 24 16:00:00 2026 init\n';
  const { rows, entries } = await readAll([memorySource('ps.txt', text)], { zone: '-05:30', takenMicros: micros('2026-11-24T22:00:00Z') });
  expect(rows[0]).toMatchObject({ start: micros('2026-11-24T21:30:00Z'), time: micros('2026-11-24T22:00:00Z') });
  expect(entries[0]?.coverage.map(({ gap }) => gap)).not.toContain('zone-guessed');
});

test('month and day are the last such day before the capture, a year is a year', async () => {
  const { byPid } = await ps(
    'UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 Nov25 ? 00:00:01 init\nroot 2 0 0 Nov24 ? 00:00:01 a\nroot 3 1 0 2021 ? 00:00:01 b\nroot 4 1 0 23:59 ? 00:00:01 c\n',
  );
  expect(byPid.get(1)).toMatchObject({ startFrom: micros('2025-11-25T00:00:00Z') });
  expect(byPid.get(2)).toMatchObject({ startFrom: micros('2026-11-24T00:00:00Z'), startUntil: micros('2026-11-25T00:00:00Z') });
  expect(byPid.get(3)).toMatchObject({ startFrom: micros('2021-01-01T00:00:00Z') });
  expect(byPid.get(4)).toMatchObject({ startFrom: micros('2026-11-23T23:59:00Z') });
});

test('a snapshot that is cut, or without pid 1, says nothing of who is missing', async () => {
  const whole = 'UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 12:00 ? 00:00:01 init\nroot 20 1 0 12:00 ? 00:00:01 a\n';
  expect((await ps(whole)).snapshot).toBeDefined();
  const cut = await ps(whole.slice(0, -3));
  expect(cut.snapshot).toBeUndefined();
  expect(cut.entry?.coverage.map(({ gap }) => gap)).toEqual(expect.arrayContaining(['truncated', 'no-snapshot']));
  expect((await ps(whole.replace('root 1 0', 'root 9 0'))).snapshot).toBeUndefined();
});

test('ps of macOS is told apart and refused row by row', async () => {
  const { seen, entry } = await ps('  UID   PID  PPID   C STIME   TTY           TIME CMD\n    0     1     0   0 12:09PM ??         1:08.04 /sbin/launchd\n');
  expect(seen).toHaveLength(0);
  expect(entry?.accounting).toMatchObject({ understood: 1, notUnderstood: 1 });
  expect(entry?.troubles[0]?.what).toContain('macOS');
});

test.each([
  'top - 12:00:00 up\n  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n1 root 20 0 1 1 1 S 0 0 0:0 init\n',
  'PCOMM            PID    PPID   RET ARGS\nsh 812 811 0 /bin/sh\n',
  'COMMAND PID TID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n',
])('what only looks like ps is not taken for it: %s', async (text) => {
  expect((await ps(text)).entry?.format).not.toBe('ps');
});

test('bytes that are no UTF-8 are kept as they are', async () => {
  const bytes = Buffer.concat([
    Buffer.from('UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 12:00 ? 00:00:01 x '),
    Buffer.from([0xff, 0xc3, 0xa0]),
    Buffer.from('\n'),
  ]);
  const { set, batches } = await readAll([memorySource('ps.txt', bytes)]);
  expect([...set.strings.bytes(batches[0]?.args[0] ?? 0)]).toEqual([0x78, 0, 0xff, 0xc3, 0xa0]);
});

test('CRLF, a byte order mark and a prompt before the header change nothing but the offsets', async () => {
  const plain = fixture('ps-ef_20261124T150425.742Z.txt');
  const dressed = `\ufeff$ ps -efww\r\n${plain.replaceAll('\n', '\r\n')}`;
  const without = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.map((row) => ({ ...row, offset: 0, byteLength: 0 }));
  const [a, b] = [await ps(plain), await ps(dressed)];
  expect(without(b.rows)).toEqual(without(a.rows));
  expect(b.entry?.accounting).toMatchObject({ notUnderstood: 1 });
});

test('provenance leads back to the row', async () => {
  const text = fixture('ps-axo_20261124T150426.503Z.txt');
  const { seen, entry } = await ps(text);
  for (const row of seen)
    expect(
      text
        .slice(Number(row['offset']))
        .trimStart()
        .startsWith(`${String(row['pid'])} `),
    ).toBe(true);
  expect(entry && addsUp(entry)).toBe(true);
});
