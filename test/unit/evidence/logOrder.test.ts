import { describe, expect, it } from 'vitest';
import { readSet } from '../../../src/evidence/index.js';
import { Spill } from '../../../src/node/spill.js';
import { memorySource } from './memory.js';
import { shuffled, told } from './told.js';

const BEGAN = 1_700_000_000;
const PROGRAMS = ['sshd', 'CRON', 'sudo', 'app'];
const stamp = (at: number): string => new Date((BEGAN + at * 7) * 1000).toISOString();
const said = (at: number): string =>
  ['Accepted publickey for bob from 10.0.0.7 port 22 ssh2', '(root) CMD (run it)', `bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/job${at}`, `line ${at}`, 'pam_unix(sshd:session): session opened for user bob'][at % 5] ?? '';
const COUNT = 3000;
const ALL = Array.from({ length: COUNT }, (_, at) => at);
const program = (at: number): string => `${PROGRAMS[at % 4]}[${500 + (at % 900)}]`;

/** The lines of one log, in the words of each that carries them; the header first. */
const LOGS: Readonly<Record<string, { readonly name: string; readonly head: readonly string[]; line(at: number): string }>> = {
  syslog: { name: 'messages', head: [], line: (at) => `${stamp(at)} web1 ${program(at)}: ${said(at)}` },
  'syslog without years': {
    name: 'messages', head: [],
    line: (at) => `${new Date((BEGAN + at * 1800) * 1000).toUTCString().replace(/^\w+, (\d\d) (\w{3}) \d{4} (.*) GMT$/, '$2 $1 $3').replace(/ 0(?=\d )/, '  ')} web1 ${program(at)}: ${said(at)}`,
  },
  'journalctl -o json': { name: 'journal.json', head: [], line: (at) => JSON.stringify({ __REALTIME_TIMESTAMP: String((BEGAN + at * 7) * 1e6), __MONOTONIC_TIMESTAMP: String(at * 7e6), _BOOT_ID: '0123456789abcdef0123456789abcdef', _HOSTNAME: 'web1', _PID: String(500 + (at % 900)), SYSLOG_IDENTIFIER: PROGRAMS[at % 4], MESSAGE: said(at), _TRANSPORT: 'syslog' }) },
  'journalctl -o export': { name: 'journal.export', head: [], line: (at) => `__REALTIME_TIMESTAMP=${(BEGAN + at * 7) * 1e6}\n_HOSTNAME=web1\n_PID=${500 + (at % 900)}\nSYSLOG_IDENTIFIER=${PROGRAMS[at % 4]}\nMESSAGE=${said(at)}\n` },
  'Splunk CSV': { name: 'export.csv', head: ['_time,_raw,host,source'], line: (at) => `${BEGAN + at * 7},"${stamp(at)} web1 ${program(at)}: ${said(at)}",web1,/var/log/messages` },
};

describe.each(Object.keys(LOGS))('%s in any order', (kind) => {
  const { name, head, line } = LOGS[kind]!;
  const log = (order: readonly number[]): string[] => [...head, ...order.map(line)];

  it('gives the lineage and the counts of the log in order', { timeout: 120_000 }, async () => {
    const expected = await told(log(ALL), true, '\n', name);
    expect(expected.accounting).toMatchObject({ understood: COUNT, notUnderstood: 0 });
    expect(expected.gaps).not.toContain('disordered');
    for (const [keep, order] of [[false, ALL], [false, shuffled(ALL, 5)], [true, [...ALL].reverse()]] as const) {
      const found = await told(log(order), keep, '\n', name);
      expect(found.accounting).toEqual(expected.accounting);
      expect(found.lineage === expected.lineage).toBe(true);
      expect(found.gaps.includes('disordered')).toBe(order !== ALL);
    }
  });

  it('is told in order of time, so that what is settled need not be kept', { timeout: 120_000 }, async () => {
    const set = readSet([memorySource(name, Buffer.from(`${log(shuffled(ALL, 9)).join('\n')}\n`), { chunk: 4096, modifiedMicros: 1.71e15 })], { openTemporary: () => new Spill(), keepsMessages: false });
    let newest = -Infinity, furthestBack = 0, settled = -Infinity;
    for await (const batch of set.batches) {
      for (const time of batch.time.subarray(0, batch.count)) {
        furthestBack = Math.max(furthestBack, newest - time);
        newest = Math.max(newest, time);
      }
      settled = set.settledMicros();
    }
    expect(furthestBack).toBeLessThan(10e6);
    expect(settled).toBeGreaterThan(newest - 200e6);
    // Commands that differ line by line were not kept.
    expect(set.strings.count).toBeLessThan(COUNT);
  });
});
