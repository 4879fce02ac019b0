import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { containerOfCgroup, cgroupPath, KIND, unitOfCgroup } from '../../../src/evidence/index.js';
import { parseProcStat, parseProcStatus } from '../../../src/evidence/procStatus.js';
import { openSources } from '../../../src/node/index.js';
import { memoryMember, memorySource, readAll } from './memory.js';

const FIXTURES = new URL('../../fixtures/snapshots/', import.meta.url);
const LINES = 'proc_20261124T150427.189Z.jsonl';
const COPY = 'proc_20261124T150427.189Z.tar.gz';
const lines = (): string => readFileSync(new URL(LINES, FIXTURES), 'utf8');
const micros = (iso: string): number => Date.parse(iso) * 1000;

async function read(text: string, name = LINES) {
  const result = await readAll([memorySource(name, text)]);
  const seen = result.rows.filter((row) => row['kind'] === KIND.seen);
  return {
    ...result,
    seen,
    byPid: new Map(seen.map((row) => [row['pid'], row])),
    entry: result.entries[0],
    snapshot: result.rows.find((row) => row['kind'] === KIND.snapshot),
  };
}

test('a process of the JSON lines states its parents, ids, session, cgroup and start', async () => {
  const { byPid, entry, rows, snapshot } = await read(lines());
  expect(entry).toMatchObject({ format: 'proc-jsonl', host: 'web01', accounting: { records: 19, understood: 19 } });
  expect(rows[0]).toMatchObject({
    kind: KIND.boot,
    time: micros('2026-11-24T14:55:25.922Z') - 114,
    message: 'e9f0bb7e-53c7-4091-9b09-e52e16518c32',
    host: 'web01',
  });
  expect(byPid.get(2463376)).toMatchObject({
    host: 'web01',
    ppid: 2463370,
    pgid: 2463370,
    sid: 2463370,
    tty: 'pts/0',
    comm: 'top',
    exe: '/usr/bin/top',
    args: 'top\0-b\0-d\x0020',
    uid: 1002,
    euid: 1002,
    auid: 1002,
    startUntil: Number(byPid.get(2463376)?.['start']) + 10_000,
    namespacePid: -1,
    pidNamespace: 4026531836,
    tracer: -1,
  });
  expect(byPid.get(2463359)).toMatchObject({ comm: 'tmux: server', unit: expect.stringMatching(/^session-\d+\.scope$/) as unknown });
  expect(snapshot).toMatchObject({ other: 18 });
});

test('a memory-only executable is deleted and keeps its name; unset ids stay unset', async () => {
  const { byPid } = await read(lines());
  expect(byPid.get(2463464)).toMatchObject({ exe: '/memfd:upd', exeDeleted: 1, comm: 'memfd:upd' });
  expect(byPid.get(1)).toMatchObject({ auid: 0xffffffff, ses: 0xffffffff, exeDeleted: 0 });
  expect(byPid.get(2463380)).toMatchObject({ zombie: 1, exe: undefined });
});

test('the archive and the JSON lines of one walk say the same', async () => {
  const { byPid } = await read(lines());
  const sources = await openSources([new URL(COPY, FIXTURES).pathname]);
  const copy = await readAll(sources, { hostOf: { [COPY]: 'web01' } });
  const seen = copy.rows.filter((row) => row['kind'] === KIND.seen);
  expect(seen).toHaveLength(byPid.size);
  for (const row of seen) {
    expect(byPid.has(row['pid'])).toBe(true);
    const { member: _m, offset: _o, byteLength: _b, time: _t, start, startFrom: _f, startUntil: _u, ...rest } = byPid.get(row['pid']) ?? {};
    expect(row).toMatchObject(rest);
    expect(Math.abs(Number(row['start']) - Number(start))).toBeLessThan(20_000);
  }
  expect(copy.rows[0]).toMatchObject({ kind: KIND.boot, message: 'e9f0bb7e-53c7-4091-9b09-e52e16518c32' });
  expect(copy.entries[0]).toMatchObject({ format: 'proc-copy', host: 'web01' });
});

test('no row of a walk lies before the start of its process, and none before the walk began', async () => {
  const { seen, snapshot } = await read(lines());
  for (const row of seen) {
    expect(Number(row['time'])).toBeGreaterThanOrEqual(Number(row['start']));
    expect(Number(row['time'])).toBeGreaterThanOrEqual(Number(snapshot?.['start']));
  }
  // It says who is gone once its last line was read.
  expect(Number(snapshot?.['time'])).toBeGreaterThan(Number(snapshot?.['start']));
});

test('the meta line may come last: processes are dated when all is read', async () => {
  const all = lines().trimEnd().split('\n');
  const shuffled = [...all.slice(1), all[0]].join('\n') + '\n';
  const [a, b] = [await read(lines()), await read(shuffled)];
  expect(b.byPid.get(1)).toMatchObject({ start: a.byPid.get(1)?.['start'], host: 'web01' });
});

test('without a meta line there is no start and no host, and the stamp of the name dates the rest', async () => {
  const text = lines()
    .split('\n')
    .slice(1)
    .join('\n')
    .replace(/"time": [\d.]+, /g, '');
  const { byPid, entry } = await read(text);
  expect(byPid.get(1)).toMatchObject({ start: NaN, time: micros('2026-11-24T15:04:27.189Z') });
  expect(entry?.host).toBe(`file:${LINES}`);
});

test('a line that is cut costs that line and the word that the snapshot is whole', async () => {
  const { entry, snapshot, seen } = await read(lines().slice(0, -200));
  expect(entry?.accounting).toMatchObject({ understood: 18, notUnderstood: 1 });
  expect(seen).toHaveLength(17);
  expect(snapshot).toBeUndefined();
  expect(entry?.coverage.map(({ gap }) => gap)).toEqual(expect.arrayContaining(['truncated', 'no-snapshot']));
});

test('bytes that Python wrote as lone surrogates come back as bytes', async () => {
  const line = JSON.stringify({ kind: 'process', pid: 7, stat: '7 (x) S 1 7 7 0 -1', status: 'Pid:\t7\n', cmdline: ['a\udcff', 'é'] });
  const { set, batches } = await readAll([memorySource(LINES, line)]);
  expect([...set.strings.bytes(batches[0]?.args[0] ?? 0)]).toEqual([0x61, 0xff, 0, 0xc3, 0xa9]);
});

test('lines that record the truth of a capture are not evidence', async () => {
  const { entry } = await read(
    '{"seq":1,"event":"existing","pid":1,"parent_pid":0,"start":1.5,"comm":"systemd"}\n{"seq":2,"event":"fork","child_pid":7}\n',
    'truth.jsonl',
  );
  expect(entry).toMatchObject({ format: 'unknown', accounting: { understood: 0, notUnderstood: 2 } });
});

test('a title written over the arguments leaves no empty arguments behind', async () => {
  const line = JSON.stringify({ kind: 'process', pid: 7, stat: '7 (x) S 1 7 7 0 -1', cmdline: ['redis-server *:6379', '', '', ''] });
  expect((await read(line)).byPid.get(7)).toMatchObject({ args: 'redis-server *:6379' });
});

test('a copy with status files alone gives parents, ids and namespaces, and no start', async () => {
  const status =
    'Name:\tnginx\nState:\tS (sleeping)\nTgid:\t4242\nPid:\t4242\nPPid:\t4000\nTracerPid:\t9\nUid:\t33\t34\t33\t33\nGid:\t33\t33\t33\t33\nNSpid:\t4242\t29\nNSpgid:\t4242\t29\nNSsid:\t4000\t1\nSigIgn:\t0000000000001001\n';
  const members = [memoryMember('sos/proc/4242/status', status), memoryMember('sos/proc/4242/stack', 'x\n'), memoryMember('sos/etc/passwd', 'root:x\n')];
  const { rows, entries } = await readAll([{ name: 'sos.tar', members }]);
  expect(rows[0]).toMatchObject({
    pid: 4242,
    ppid: 4000,
    comm: 'nginx',
    uid: 33,
    euid: 34,
    tracer: 9,
    namespacePid: 29,
    pgid: 4242,
    sid: 4000,
    signalsIgnored: 0x1001,
    start: NaN,
  });
  expect(entries.map(({ format, members: paths, accounting }) => [format, paths.length, accounting.records])).toEqual([
    ['proc-copy', 2, 2],
    ['unknown', 1, 1],
  ]);
});

test('two copies in one archive are two snapshots', async () => {
  const status = 'Pid:\t1\nPPid:\t0\n';
  const { entries } = await readAll([{ name: 'two.tar', members: [memoryMember('a/proc/1/status', status), memoryMember('b/proc/1/status', status)] }]);
  expect(entries.map(({ format, members }) => [format, members])).toEqual([
    ['proc-copy', ['a/proc/1/status']],
    ['proc-copy', ['b/proc/1/status']],
  ]);
});

test('a thread in a copy is no process', async () => {
  const { rows, entries } = await readAll([
    {
      name: 't.tar',
      members: [memoryMember('proc/11/status', 'Tgid:\t10\nPid:\t11\nPPid:\t1\n'), memoryMember('proc/10/status', 'Tgid:\t10\nPid:\t10\nPPid:\t1\n')],
    },
  ]);
  expect(rows.map((row) => row['pid'])).toEqual([10]);
  expect(entries[0]?.accounting).toMatchObject({ records: 2, understood: 2 });
});

test('comm ends at the last parenthesis', () => {
  expect(parseProcStat('812 (a) S 1 (odd) ) R 700 811 810 34817 1 0 0 0 0 0 0 0 0 0 20 0 1 0 555 0')).toMatchObject({
    pid: 812,
    comm: 'a) S 1 (odd) ',
    state: 'R',
    ppid: 700,
    pgrp: 811,
    session: 810,
    tty: 'pts/1',
    startTicks: 555,
  });
});

test.each(['', '812', '812 (x', '812 (x) ', '812 (x) S', 'x (y) S 1 2 3', '(x) S 1 2 3'])('no stat: %j', (text) => {
  expect(parseProcStat(text)).toBeUndefined();
});

test('a status without a pid is none', () => {
  expect(parseProcStatus('Name:\tx\n')).toBeUndefined();
});

describe('cgroups', () => {
  test.each([
    ['0::/system.slice/nginx.service', 'nginx.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gpg.service', 'app-gpg.service'],
    ['0::/user.slice/user-0.slice/session-3.scope', 'session-3.scope'],
    ['0::/init.scope', 'init.scope'],
    ['12:cpuset:/,8:pids:/system.slice/ssh.service,3:cpu,cpuacct:/system.slice,1:name=systemd:/system.slice/ssh.service', 'ssh.service'],
    ['0::/kubepods.slice/kubepods-besteffort.slice', undefined],
    ['-', undefined],
    ['', undefined],
  ])('%s is in %s', (text, unit) => {
    const path = cgroupPath(text);
    expect(path === undefined ? undefined : unitOfCgroup(path)).toBe(unit);
  });

  const id = '0123456789abcdef'.repeat(4);
  test.each([
    [`/system.slice/docker-${id}.scope`, id],
    [`/docker/${id}`, id],
    [`/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`, id],
    [`/machine.slice/libpod-${id}.scope`, id],
    [`/machine.slice/libpod-conmon-${id}.scope`, undefined],
    ['/lxc.payload.web/system.slice/cron.service', 'web'],
    ['/user.slice/session-3.scope', undefined],
  ])('%s is container %s', (path, container) => {
    expect(containerOfCgroup(path)).toBe(container);
  });
});
