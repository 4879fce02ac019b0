import { describe, expect, test } from 'vitest';
import { KIND } from '../../../src/evidence/batch.js';
import { momentIn } from '../../../src/evidence/collections.js';
import type { Source } from '../../../src/evidence/index.js';
import { memoryMember, memorySource, readAll } from './memory.js';

const PS = 'UID          PID    PPID  C STIME TTY          TIME CMD\nroot           1       0  0 10:00 ?        00:00:01 /sbin/init\nroot         812       1  0 10:05 ?        00:00:00 /tmp/x -d\n';
const STATUS = (pid: number, ppid: number): string => `Name:\tx\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${ppid}\nUid:\t0\t0\t0\t0\n`;
const BEGIN = Date.UTC(2026, 10, 24, 14, 4, 20) * 1000;
const LATER = BEGIN + 90_000_000;

const UAC: Readonly<Record<string, string>> = {
  'uac.log': '2026-11-24 15:04:20 +0100 INFO  UAC 3.1.0\n',
  'live_response/network/hostname.txt': 'web01\n',
  'live_response/process/ps_-ef.txt': PS,
  'live_response/process/running_processes_full_paths.txt': 'lrwxrwxrwx 1 root root 0 Nov 24 15:04 /proc/1/exe -> /usr/lib/systemd/systemd\nlrwxrwxrwx 1 root root 0 Nov 24 15:04 /proc/812/exe -> /tmp/x (deleted)\nls: cannot read symbolic link /proc/2/exe: No such file or directory\n',
  'live_response/process/hidden_pids_for_ps_command.txt': '4711\n',
  'live_response/process/proc/1/status.txt': STATUS(1, 0),
  'live_response/process/proc/812/status.txt': STATUS(812, 1),
  'live_response/process/proc/812/cmdline.txt': '/tmp/x\n--daemon\n',
};
const SOS: Readonly<Record<string, string>> = {
  'sos_commands/date/date': 'Tue Nov 24 15:04:20 CET 2026\n',
  'sos_commands/host/hostname': 'web01\n',
  'sos_commands/process/ps_-ef': PS,
  'proc/1/status': STATUS(1, 0),
  'proc/812/status': STATUS(812, 1),
};

const asArchive = (name: string, files: Readonly<Record<string, string>>, modifiedMicros?: number): Source[] => [
  { name, members: Object.entries(files).map(([path, content]) => memoryMember(path, content, modifiedMicros === undefined ? {} : { modifiedMicros })) },
];
const asFolder = (name: string, files: Readonly<Record<string, string>>): Source[] => Object.entries(files).map(([path, content]) => ({ name: `${name}/${path}`, members: [memoryMember(path, content)] }));

describe.each([
  ['UAC as an archive', asArchive('/x/uac-other-linux-20200101000000.tar.gz', UAC)],
  ['UAC as a folder', asFolder('/x/uac-other-linux-20200101000000', UAC)],
  ['sos as an archive', asArchive('/x/sos.tar.xz', Object.fromEntries(Object.entries(SOS).map(([path, content]) => [`sosreport-other-2026-11-24-abcdefg/${path}`, content])))],
])('%s', (_name, sources) => {
  test('is of the one host and moment that its own files name', async () => {
    const { rows } = await readAll(sources);
    expect(new Set(rows.map(({ host }) => host))).toEqual(new Set(['web01']));
    const seen = rows.filter(({ kind }) => kind === KIND.seen);
    expect(new Set(seen.map(({ time }) => time))).toEqual(new Set([BEGIN]));
    expect(new Set(seen.map(({ pid }) => pid))).toEqual(new Set(_name.startsWith('UAC') ? [1, 812, 4711] : [1, 812]));
  });
});

test('what the archive holds of executables, deleted ones and hidden pids comes out', async () => {
  const { rows, entries } = await readAll(asArchive('/x/uac-web01-linux-20261124150420.tar.gz', UAC));
  expect(rows.find(({ exe }) => exe === '/tmp/x')).toMatchObject({ kind: KIND.seen, pid: 812, exeDeleted: 1 });
  expect(rows.find(({ pid }) => pid === 4711)).toMatchObject({ message: 'in /proc, but not shown by ps' });
  expect(rows.find(({ args }) => args === '/tmp/x\0--daemon')).toMatchObject({ pid: 812, ppid: 1 });
  expect(entries.find(({ format }) => format === 'proc-lists')?.accounting).toMatchObject({ records: 3, understood: 2, notNeeded: 1 });
});

test('a file written in the hours after the beginning has its own time', async () => {
  const { rows } = await readAll(asArchive('/x/uac-web01-linux-20261124150420.tar.gz', UAC, LATER));
  expect(new Set(rows.filter(({ kind }) => kind === KIND.seen).map(({ time }) => time))).toEqual(new Set([LATER]));
});

test('without such files the name of the archive tells host and moment, in the zone that the log names', async () => {
  const { 'live_response/network/hostname.txt': _host, 'uac.log': _log, ...rest } = UAC;
  const { entries, rows } = await readAll(asArchive('/x/uac-db-02-linux-20261124150420.tar.gz', rest));
  expect(new Set(entries.map(({ host }) => host))).toEqual(new Set(['db-02']));
  expect(rows.find(({ kind }) => kind === KIND.seen)).toMatchObject({ time: Date.UTC(2026, 10, 24, 15, 4, 20) * 1000 });
});

test('two collections are two hosts', async () => {
  const { entries } = await readAll([...asArchive('/x/uac-a-linux-20261124150420.tar', { 'live_response/process/ps_-ef.txt': PS }), ...asArchive('/x/Collection-b-2026-11-24T15_04_20Z.zip', { 'results/Linux.Sys.Pslist.json': '{"Pid":1,"Ppid":0,"Name":"init"}\n' }), memorySource('ps.txt', PS)]);
  expect(entries.map(({ host }) => host)).toEqual(['a', 'b', 'file:ps.txt']);
});

test.each([
  ['Tue Nov 24 15:04:27 UTC 2026\n', '2026-11-24T15:04:27Z'],
  ['Tue Nov  3 15:04:27 CET 2026\n', '2026-11-03T14:04:27Z'],
  ['Tue 24 Nov 2026 03:04:27 PM EST\n', '2026-11-24T20:04:27Z'],
  ['Tue 24 Nov 2026 12:04:27 AM UTC\n', '2026-11-24T00:04:27Z'],
  ['Tue Nov 24 15:04:27 +0530 2026\n', '2026-11-24T09:34:27Z'],
  ['2026-11-24 15:04:27 -0300 INFO x\n', '2026-11-24T18:04:27Z'],
])('%j is %s', (text, moment) => {
  expect(momentIn(text)?.micros).toBe(Date.parse(moment) * 1000);
});

test.each(['', 'x', 'Tue Nov 24 15:04:27 IST 2026', 'Tue Feb 30 15:04:27 UTC 2026', '2026-13-24 15:04:27 Z'])('%j is no moment', (text) => {
  expect(momentIn(text)).toBeUndefined();
});
