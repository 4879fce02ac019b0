import { expect, test } from 'vitest';
import { KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { memorySource, readAll } from './memory.js';
import { hasSamples, holdsUnderDamage, sample, samplesOf } from './samples.js';

const LIST = [
  { Pid: 1, Ppid: 0, Name: 'systemd', CommandLine: '/sbin/init splash', Exe: '/usr/lib/systemd/systemd', Username: 'root', CreateTime: '2026-11-24T10:00:00Z', RSS: 1, Deleted: false, Fqdn: 'web1' },
  { Pid: 812, Ppid: 1, Name: 'x', CommandLine: './x -d', Exe: '/tmp/x (deleted)', Username: 'www-data', CreateTime: '2026-11-24T10:05:01Z', RSS: 1, Deleted: true, Fqdn: 'web1' },
];
const TAKEN = Date.UTC(2026, 10, 24, 12) * 1000;

const csv = `Pid,Ppid,Name,CommandLine,Exe,Username,CreateTime,RSS,Deleted,Fqdn\n${LIST.map((row) => Object.values(row).join(',')).join('\n')}\n`;

test.each([
  ['JSON lines', LIST.map((row) => JSON.stringify(row)).join('\n')],
  ['an array', JSON.stringify(LIST, undefined, 1)],
  ['CSV', csv],
])('a process list as %s is a snapshot with the parents of that moment', async (_name, content) => {
  const { rows, entries } = await readAll([memorySource('results/Linux.Sys.Pslist.json', content, { modifiedMicros: TAKEN })]);
  expect(entries[0]).toMatchObject({ format: 'velociraptor', host: 'web1', accounting: { notUnderstood: 0 } });
  expect(rows.map(({ kind, pid, ppid, parentKind, other }) => [kind, pid, ppid, parentKind, other])).toEqual([
    [KIND.seen, 1, 0, PARENT_KIND.atCapture, -1],
    [KIND.seen, 812, 1, PARENT_KIND.atCapture, -1],
    [KIND.snapshot, -1, -1, 0, 2],
  ]);
  expect(rows[1]).toMatchObject({ comm: 'x', args: './x\0-d', exe: '/tmp/x', exeDeleted: 1, user: 'www-data', start: Date.UTC(2026, 10, 24, 10, 5, 1) * 1000, time: TAKEN });
});

test('an execution has the parent of that moment; who had its pid afterwards is only told', async () => {
  const row = { Time: '2026-11-24T11:00:00.25Z', Pid: 900, Ppid: 812, UserId: 33, Parent: '/usr/sbin/cron -f', Cmdline: 'id', Exe: '/usr/bin/id', CWD: '/tmp' };
  const { rows } = await readAll([memorySource('results/Linux.Events.ProcessExecutions.json', JSON.stringify(row))]);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ kind: KIND.exec, pid: 900, ppid: 812, parentKind: PARENT_KIND.atEvent, uid: 33, exe: '/usr/bin/id', comm: 'id', cwd: '/tmp', message: "read afterwards of the parent's pid: /usr/sbin/cron -f" });
});

test("the tracker's entries have its own ids, its own table's parents, and an end where it saw one", async () => {
  const entry = { Id: '5-1609497000', ParentId: '1-?', StartTime: '2021-01-01T10:30:00Z', EndTime: '2021-01-01T12:30:00Z', Data: { Name: 'Process5', Pid: '5-1609497000' }, Children: [] };
  const alive = { ...entry, Id: '6-1609497001', ParentId: '5-1609497000', EndTime: '0001-01-01T00:00:00Z' };
  const { rows } = await readAll([memorySource('t.json', [entry, alive].map((each) => JSON.stringify(each)).join('\n'))]);
  expect(rows.map(({ kind, pid, ppid, parentKind, identity, parentIdentity }) => [kind, pid, ppid, parentKind, identity, parentIdentity])).toEqual([
    [KIND.sight, 5, 1, PARENT_KIND.tracked, '5-1609497000', undefined],
    [KIND.exit, 5, -1, 0, '5-1609497000', undefined],
    [KIND.sight, 6, 5, PARENT_KIND.tracked, '6-1609497001', '5-1609497000'],
  ]);
});

test('eBPF events are those of Tracee inside', async () => {
  const event = (name: string, data: object, pid = 700) => ({
    EventName: name,
    System: { Timestamp: 1764000000000000000, HostProcessID: pid, ProcessID: pid, HostParentProcessID: 1, HostThreadID: pid, UserID: 0, ProcessName: 'sh', HostName: 'web1', EventName: name },
    EventData: data,
  });
  const events = [event('sched_process_fork', { parent_pid: 700, child_pid: 812, child_tid: 812, leader_tid: 812 }), event('sched_process_exec', { pathname: '/usr/bin/id', argv: ['id', '-u'] }, 812)];
  const { rows, entries } = await readAll([memorySource('results/Linux.Events.EBPF.json', events.map((each) => JSON.stringify(each)).join('\n'))]);
  expect(entries[0]).toMatchObject({ format: 'velociraptor', host: 'web1' });
  expect(rows.map(({ kind, pid, other, exe, args }) => [kind, pid, other, exe, args])).toEqual([
    [KIND.fork, 700, 812, undefined, undefined],
    [KIND.exec, 812, -1, '/usr/bin/id', 'id\0-u'],
  ]);
});

test('rows of other artifacts are counted as not needed, sockets are read', async () => {
  const { entries, rows } = await readAll([
    memorySource('results/Linux.Sys.Users.json', '{"User":"bob","Uid":"1000"}\n'),
    memorySource('results/Linux.Network.Netstat.json', '{"Pid":812,"Laddr":{"IP":"10.0.0.5","Port":44000},"Raddr":{"IP":"203.0.113.9","Port":443},"Status":"ESTABLISHED"}\n'),
  ]);
  expect(entries.map(({ format, accounting }) => [format, accounting.notNeeded, accounting.understood])).toEqual([
    ['velociraptor', 1, 0],
    ['velociraptor', 0, 1],
  ]);
  expect(rows[0]).toMatchObject({ kind: KIND.socket, pid: 812, path: '203.0.113.9', port: 443 });
});

test.skipIf(!hasSamples)('the samples of its tracker are read whole (not run where ../shared/evidence is absent)', async () => {
  for (const path of samplesOf('velociraptor')) {
    const { name, bytes } = sample(path);
    const { entries, rows } = await readAll([memorySource(name, bytes)]);
    expect(entries[0]).toMatchObject({ format: 'velociraptor', accounting: { records: 1, understood: 1 } });
    expect(rows.length).toBeGreaterThan(15);
  }
});

for (const path of samplesOf('velociraptor').slice(0, 1)) holdsUnderDamage(path, 'velociraptor');
