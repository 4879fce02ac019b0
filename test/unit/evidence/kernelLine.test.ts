import { describe, expect, it } from 'vitest';
import { KIND } from '../../../src/evidence/batch.js';
import { openSet } from '../../../src/engine/openSet.js';
import { addsUp, memorySource, readAll } from './memory.js';
import { holdsMadeUnderDamage } from './samples.js';
import { shuffled } from './told.js';

/** A shell's exec as the kernel prints it while no auditd listens. */
const EXEC = [
  'audit: type=1300 audit(1700000012.345:41): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=0 items=2 ppid=700 pid=812 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key=(null)',
  'audit: type=1309 audit(1700000012.345:41): argc=3 a0="sh" a1="-c" a2="id"',
  'audit: type=1327 audit(1700000012.345:41): proctitle=7368002D63006964',
];
const SINCE = ['Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)', 'usb 1-1: new high-speed USB device number 2 using xhci_hcd', 'systemd[1]: Inserted module \'autofs4\''];
const iso = (micros: unknown): string => new Date(Number(micros) / 1000).toISOString();

describe.each([
  ['dmesg', (at: number, text: string) => `[${String(at).padStart(5)}.345678] ${text}`],
  ['dmesg -r', (at: number, text: string) => `<6>[${String(at).padStart(5)}.345678] ${text}`],
  ['dmesg -x', (at: number, text: string) => `kern  :info  : [${String(at).padStart(5)}.345678] ${text}`],
  ['dmesg -d', (at: number, text: string) => `[${String(at).padStart(5)}.345678 <    0.000000>] ${text}`],
  ['dmesg -T', (at: number, text: string) => `[Tue Nov 14 22:13:${String(20 + at).padStart(2, '0')} 2023] ${text}`],
  ['dmesg --time-format iso', (at: number, text: string) => `2023-11-14T22:13:${String(20 + at).padStart(2, '0')},345678+00:00 ${text}`],
])('%s', (kind, line) => {
  const lines = [...SINCE.map((text, at) => line(at, text)), ...EXEC.map((text) => line(12, text))];

  it('holds audit records, and its lines have the time that one of them tells', async () => {
    const { rows, entries } = await readAll([memorySource('dmesg.txt', `${lines.join('\n')}\n`)]);
    expect(entries[0]).toMatchObject({ format: 'syslog', accounting: { records: 6, understood: 6 } });
    expect(entries.every(addsUp)).toBe(true);
    expect(rows.find((row) => row['kind'] === KIND.exec)).toMatchObject({ pid: 812, ppid: 700, serial: 41, time: 1700000012345000, args: 'sh\0-c\0id' });
    const logged = rows.filter((row) => row['kind'] === KIND.log);
    expect(logged.map((row) => [row['comm'], row['message']])).toEqual(SINCE.map((text) => ['kernel', text]));
    expect(iso(logged[1]?.['time']).slice(0, 19)).toBe('2023-11-14T22:13:21');
    expect(entries[0]?.coverage.some(({ gap }) => gap === 'taken-guessed')).toBe(false);
    expect(entries[0]?.coverage.some(({ gap }) => gap === 'zone-guessed')).toBe(kind === 'dmesg -T');
  });
});

holdsMadeUnderDamage('dmesg', `${[...SINCE, ...EXEC].map((text, at) => `[${String(at).padStart(5)}.345678] ${text}`).join('\n')}\n`, 'syslog');

describe('stamps that count from the boot', () => {
  it('are dated by the line that sets the clock, wherever it stands', async () => {
    const { rows } = await readAll([memorySource('dmesg', '[    1.000000] usb 1-1: new device\n[    3.500000] rtc_cmos 00:04: setting system clock to 2023-11-14T22:13:23 UTC (1700000003)\n')]);
    expect(rows.map((row) => iso(row['time']))).toEqual(['2023-11-14T22:13:20.500Z', '2023-11-14T22:13:23.000Z']);
  });

  it('have no time where no line tells when the boot began, and it is said', async () => {
    const { rows, entries } = await readAll([memorySource('dmesg', '[    1.000000] usb 1-1: new device\n[    2.000000] usb 1-2: new device\n')]);
    expect(rows.map((row) => row['time'])).toEqual([NaN, NaN]);
    expect(entries[0]?.coverage.find(({ gap }) => gap === 'taken-guessed')?.says).toContain('count from the boot');
  });

  it('of journalctl name host, program and pid, and each boot has its own beginning', async () => {
    const boot = (at: number, began: number): string[] => [
      `[    2.000000] web1 kernel: rtc_cmos 00:04: setting system clock to 2023-11-14T22:13:22 UTC (${began + 2})`,
      `[${String(10 + at).padStart(5)}.250000] web1 sshd[${700 + at}]: Accepted publickey for bob from 10.0.0.7 port 22 ssh2`,
    ];
    const text = ['-- Boot 0123456789abcdef0123456789abcdef --', ...boot(1, 1_700_000_000), '-- Boot 1123456789abcdef0123456789abcdef --', ...boot(2, 1_700_090_000)].join('\n');
    const { rows, entries } = await readAll([memorySource('journal-monotonic.txt', `${text}\n`)]);
    const accepted = rows.filter((row) => row['kind'] === KIND.authentication);
    expect(accepted).toMatchObject([{ pid: 701, comm: 'sshd', host: 'web1', user: 'bob', time: 1700000011250000 }, { pid: 702, time: 1700090012250000 }]);
    expect(entries[0]?.accounting).toMatchObject({ records: 6, understood: 4, notNeeded: 2 });
  });

  it('keep the tree whatever order the lines are in: audit records bear their own time', async () => {
    const lines = EXEC.map((text, at) => `[   12.34567${at}] ${text}`);
    for (const order of [lines, shuffled(lines, 3), [...lines].reverse()]) {
      const { lineage } = await openSet([memorySource('dmesg', `${order.join('\n')}\n`)], { keep: false });
      expect([...lineage.pid].sort((a, b) => a - b)).toEqual([700, 812]);
    }
  });
});

it("Apache's error log is no kernel's", async () => {
  const { entries } = await readAll([memorySource('error_log', '[Tue Nov 14 22:13:20 2023] [error] [client 10.0.0.7] File does not exist: /var/www/x\n')]);
  expect(entries[0]?.format).toBe('unknown');
});
