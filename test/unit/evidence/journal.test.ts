import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OBSERVATION_KINDS } from '../../../src/model/index.js';
import { addsUp, memorySource, readAll } from './memory.js';

const kind = (name: (typeof OBSERVATION_KINDS)[number]): number => OBSERVATION_KINDS.indexOf(name);

const SSHD = {
  __CURSOR: 's=1;i=1', __REALTIME_TIMESTAMP: '1795532178331002', _SOURCE_REALTIME_TIMESTAMP: '1795532177199000', _BOOT_ID: 'e9f0', _HOSTNAME: 'web01', _TRANSPORT: 'syslog',
  SYSLOG_IDENTIFIER: 'sshd', _PID: '418', _UID: '0', _GID: '0', _COMM: 'sshd', _EXE: '/usr/sbin/sshd', _CMDLINE: 'sshd: root [priv]', _AUDIT_SESSION: '3', _AUDIT_LOGINUID: '0',
  _SYSTEMD_CGROUP: '/system.slice/ssh.service', _SYSTEMD_UNIT: 'ssh.service', MESSAGE: 'Accepted publickey for root from 10.0.2.2 port 33836 ssh2: ED25519',
};
const LOGIND = { ...SSHD, SYSLOG_IDENTIFIER: 'systemd-logind', _PID: '340', _COMM: 'systemd-logind', _AUDIT_SESSION: '4294967295', MESSAGE: 'New session 15 of user analyst.', SESSION_ID: '15', LEADER: '2463132', _SYSTEMD_UNIT: 'systemd-logind.service' };
const AUDIT = {
  __REALTIME_TIMESTAMP: '1795532178331002', _SOURCE_REALTIME_TIMESTAMP: '1795532177200000', _BOOT_ID: 'e9f0', _HOSTNAME: 'web01', _TRANSPORT: 'audit', _AUDIT_TYPE: '1300', _AUDIT_TYPE_NAME: 'SYSCALL', _AUDIT_ID: '44', _PID: '812',
  MESSAGE: 'SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=812 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
};
const BYTES = { ...SSHD, MESSAGE: [97, 0, 255, 10, 98], _PID: ['7', '8'] };
const ENTRIES = [SSHD, LOGIND, AUDIT, BYTES];

const JSON_TEXT = ENTRIES.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** The same entries as an export; the message of the last is binary. */
function exported(): Uint8Array {
  const parts: number[] = [];
  const push = (text: string): void => void parts.push(...new TextEncoder().encode(text));
  for (const entry of ENTRIES) {
    for (const [name, value] of Object.entries(entry)) {
      if (typeof value === 'string') push(`${name}=${value}\n`);
      else if (typeof value[0] === 'string') for (const one of value) push(`${name}=${one}\n`);
      else {
        push(`${name}\n`);
        parts.push(value.length, 0, 0, 0, 0, 0, 0, 0, ...(value as number[]));
        push('\n');
      }
    }
    push('\n');
  }
  return Uint8Array.from(parts);
}

test.each([
  ['json', JSON_TEXT, 'journal-json'],
  ['json-pretty', JSON.stringify(ENTRIES[0], null, 2) + '\n' + ENTRIES.slice(1).map((entry) => JSON.stringify(entry, null, 2)).join('\n'), 'journal-json'],
  ['export', exported(), 'journal-export'],
])('-o %s: writers with their session and unit, the leader of a new session, audit records, bytes', async (_name, content, format) => {
  const { rows, entries } = await readAll([memorySource('journal', content)]);
  expect(entries[0]).toMatchObject({ format, host: 'web01', accounting: { records: 4, understood: 4 } });
  const logs = rows.filter((row) => row['kind'] !== kind('exec'));
  expect(logs).toMatchObject([
    { kind: kind('authentication'), time: 1_795_532_177_199_000, pid: 418, ses: 3, auid: 0, exe: '/usr/sbin/sshd', unit: 'ssh.service', user: 'root', path: '10.0.2.2', ppid: -1 },
    { kind: kind('session'), pid: 2463132, ses: 15, user: 'analyst', unit: 'session-15.scope', exe: undefined },
    { kind: kind('log'), pid: 7, message: 'a\0\ufffd\nb' },
  ]);
  expect(rows.filter((row) => row['kind'] === kind('exec'))).toMatchObject([{ time: 1_795_532_177_200_000, serial: 44, pid: 812, ppid: 811, parentKind: 2, exe: '/usr/bin/dash' }]);
});

test('each boot of a journal is told once, by its id, from when it began', async () => {
  const first = { ...SSHD, _BOOT_ID: 'e9f0'.repeat(8), __REALTIME_TIMESTAMP: '1795532178331002', __MONOTONIC_TIMESTAMP: '30000000' };
  const entries = [first, { ...first, __REALTIME_TIMESTAMP: '1795532179331002', __MONOTONIC_TIMESTAMP: '31000000' }, { ...first, _BOOT_ID: 'ab01'.repeat(8), _SOURCE_REALTIME_TIMESTAMP: '1795539999000000', __MONOTONIC_TIMESTAMP: undefined }];
  const { rows } = await readAll([memorySource('journal', entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))]);
  expect(rows.filter((row) => row['kind'] === kind('boot'))).toMatchObject([
    { time: 1_795_532_148_331_002, host: 'web01', message: 'e9f0e9f0-e9f0-e9f0-e9f0-e9f0e9f0e9f0', pid: -1 },
    { time: 1_795_539_999_000_000, message: 'ab01ab01-ab01-ab01-ab01-ab01ab01ab01' },
  ]);
});

test('chunks of 1, 7 and 4096 bytes change nothing', async () => {
  for (const content of [JSON_TEXT, exported()]) {
    const whole = await readAll([memorySource('journal', content)]);
    for (const chunk of [1, 7, 4096]) expect((await readAll([memorySource('journal', content, { chunk })])).rows).toEqual(whole.rows);
  }
});

test('an event of the journal that the audit log has too is told once', async () => {
  const raw = `type=${AUDIT.MESSAGE.replace('SYSCALL ', 'SYSCALL msg=audit(1795532177.200:44): ')}\n`;
  const { rows, entries } = await readAll([memorySource('audit.log', raw), memorySource('journal', JSON_TEXT)]);
  expect(rows.filter((row) => row['kind'] === kind('exec'))).toHaveLength(1);
  expect(entries.map(({ accounting }) => accounting.duplicates)).toEqual([0, 1]);
});

test('short lines inside an export, a made-up length and a cut cost themselves only', async () => {
  const text = `__CURSOR=1\n__REALTIME_TIMESTAMP=1795532178331002\nMESSAGE=a\n\nSep 17 11:26:36 web01 kernel: Linux\n__REALTIME_TIMESTAMP=1795532178331003\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\x7fabc\n\n__REALTIME_TIMESTAMP=1795532178331004\nMESSAGE=b\n`;
  const { rows, entries } = await readAll([memorySource('journal', Uint8Array.from(text, (c) => c.charCodeAt(0)))]);
  expect(rows.map((row) => row['message']).filter((message) => message === 'a' || message === 'b')).toEqual(['a', 'b']);
  expect(entries.every(addsUp)).toBe(true);
  expect(entries[0]?.accounting.notUnderstood).toBeGreaterThanOrEqual(2);
});

test('mutated bytes: nothing is thrown and every record is counted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array({ maxLength: 30 }), fc.nat(60), async (isJson, where, junk, skip) => {
      const bytes = isJson ? new TextEncoder().encode(JSON_TEXT) : exported();
      const at = Math.floor(where * bytes.length);
      const mutated = new Uint8Array([...bytes.slice(0, at), ...junk, ...bytes.slice(at + skip)]);
      const { entries } = await readAll([memorySource('journal', mutated, { chunk: 101 })]);
      expect(entries.every(addsUp)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('a journal exported in two forms is told once; what one export itself repeats is kept', async () => {
  const twice = JSON_TEXT + `${JSON.stringify(SSHD)}\n`;
  const { rows, entries } = await readAll([memorySource('a.json', twice), memorySource('b.export', exported())]);
  expect(rows.filter(({ message }) => typeof message === 'string' && message.startsWith('Accepted publickey'))).toHaveLength(2);
  expect(rows.filter((row) => row['kind'] === kind('session'))).toHaveLength(1);
  expect(entries[1]).toMatchObject({ format: 'journal-export', accounting: { records: 4, understood: 4, duplicates: 4 } });
});

test('a line that a syslog daemon writes into two files is told once', async () => {
  const line = '2026-11-24T14:56:37.742000+00:00 web01 useradd[812]: new group: name=maria, GID=1002\n';
  const { rows, entries } = await readAll([memorySource('auth.log', line), memorySource('syslog', `${line}${line.replace('maria', 'ines')}`)]);
  expect(rows.filter(({ message }) => typeof message === 'string' && message.startsWith('new group'))).toHaveLength(2);
  expect(entries.map(({ accounting }) => accounting.duplicates)).toEqual([0, 1]);
});
