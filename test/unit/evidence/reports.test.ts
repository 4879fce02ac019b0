import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { ID_NOT_STATED, UNSET_ID } from '../../../src/model/index.js';
import { addsUp, memorySource, readAll } from './memory.js';
import { hasSamples, holdsMadeUnderDamage } from './samples.js';

const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url).pathname;

const read = async (text: string, options: Parameters<typeof readAll>[1] = { zone: 'UTC' }) => {
  const result = await readAll([memorySource('report.txt', text)], options);
  const [entry] = result.entries;
  expect(entry && addsUp(entry)).toBe(true);
  return { ...result, entry };
};

// As ausearch and aureport 3.0.9 print them.
const CSV = `NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,SESSION,SUBJ_PRIME,SUBJ_SEC,SUBJ_KIND,ACTION,RESULT,OBJ_PRIME,OBJ_SEC,OBJ_KIND,HOW
,SERVICE_START,11/24/26,14:55:42,14,system-services,unset,system,root,privileged-acct,started-service,success,kmod-static-nodes,,service,/usr/lib/systemd/systemd
,SYSCALL,11/24/26,14:55:57,55,audit-rule,unset,system,root,privileged-acct,executed,success,/lib/systemd/systemd-update-utmp,6745,file,/usr/lib/systemd/systemd-update-utmp
web1,USER_CMD,11/24/26,15:07:49,947,user-space,18,cloudsdk,cloudsdk,user-acct,ran-command,success,python3 -c import socket,time;s=socket.create_connection(('127.0.0.1',40018)),,process,/usr/bin/sudo
,SYSCALL,11/24/26,14:55:59,127,audit-rule,3,analyst,root,privileged-acct,executed,failed,,,file,/usr/bin/env
`;
const EXTRA = `NODE,EVENT,DATE,TIME,YEAR,MONTH,DAY,WEEKDAY,HOUR,MILLI,GMT_OFFSET,SERIAL_NUM,EVENT_KIND,SESSION,SUBJ_PRIME,SUBJ_SEC,SUBJ_KIND,SUBJ_LABEL,ACTION,RESULT,OBJ_PRIME,OBJ_SEC,OBJ2,OBJ_LABEL,OBJ_KIND,HOW,KEY
,SYSCALL,11/24/26,15:55:57,2026,11,24,2,15,352,+01:00,55,audit-rule,unset,system,root,privileged-acct,unconfined,executed,success,/bin/a,b,6745,,,file,/usr/bin/a,exec
`;
const TEXT = `At 14:55:49 11/24/26 system, acting as root, successfully started-audit using init
At 14:55:26 11/24/26 root is-allowing-unlabeled-network-traffic 
At 14:55:35 11/24/26  unloaded-bpf-program 1 
On web1 at 15:04:42 11/24/26 root unsuccessfully executed 
At 15:04:55 11/24/26 analyst, acting as root, successfully triggered-audit-rule fork using collect.sh
At 15:04:55 11/24/26 analyst successfully executed /usr/bin/cp using /usr/bin/cp
`;
const PIDS = `
Process ID Report
======================================
# date time pid exe syscall auid event
======================================
1. 11/24/26 15:06:01 236 ? ? unset 9928
2. 11/24/26 15:05:50 1 /usr/lib/systemd/systemd bpf unset 6
3. 11/24/26 15:14:06 4658 /opt/my tool/cp execve root 5061
4. 11/24/26 15:14:06 4659 /usr/bin/id 59 1000 5062
`;

describe('ausearch --format csv', () => {
  test('an event is a line of a log, without pid and parent, with its number', async () => {
    const { rows, entry } = await read(CSV);
    expect(entry).toMatchObject({ format: 'ausearch-csv', accounting: { records: 5, understood: 4, notNeeded: 1, notUnderstood: 0 } });
    expect(rows.map((row) => [row['kind'], row['pid'], row['ppid'], row['parentKind'], row['serial']])).toEqual([14, 55, 947, 127].map((serial) => [KIND.log, -1, -1, PARENT_KIND.none, serial]));
    expect(rows[0]).toMatchObject({ time: Date.parse('2026-11-24T14:55:42Z') * 1000, ses: UNSET_ID, user: 'root', unit: 'kmod-static-nodes.service', outcome: 1 });
    expect(rows[3]).toMatchObject({ ses: 3, user: 'root', exe: '/usr/bin/env', outcome: 2 });
    expect(entry?.coverage.map(({ gap }) => gap)).toEqual(expect.arrayContaining(['no-parents', 'no-forks', 'no-exits']));
  });

  test('commas in an object are its own, since nothing is quoted', async () => {
    const { rows } = await read(CSV);
    expect(rows[2]).toMatchObject({ host: 'web1', exe: '/usr/bin/sudo', message: "USER_CMD ran-command success python3 -c import socket,time;s=socket.create_connection(('127.0.0.1',40018))" });
  });

  test('with --extra-time its zone and milliseconds are stated, and nothing is guessed', async () => {
    const { rows, entry } = await read(EXTRA, {});
    expect(rows[0]).toMatchObject({ time: Date.parse('2026-11-24T14:55:57.352Z') * 1000, key: 'exec', exe: '/usr/bin/a', message: 'SYSCALL executed success /bin/a,b' });
    expect(entry?.coverage.map(({ gap }) => gap)).not.toContain('zone-guessed');
    expect((await read(CSV, {})).entry?.coverage.map(({ gap }) => gap)).toContain('zone-guessed');
  });
  holdsMadeUnderDamage('events.csv', CSV, 'ausearch-csv');
});

describe('ausearch --format text', () => {
  test('a sentence is a line of a log', async () => {
    const { rows, entry } = await read(TEXT, { zone: '+02:00' });
    expect(entry).toMatchObject({ format: 'ausearch-text', accounting: { records: 6, understood: 6 } });
    expect(rows.map((row) => [row['kind'], row['pid'], row['user'], row['exe'], row['outcome']])).toEqual([
      [KIND.log, -1, 'root', undefined, 1], [KIND.log, -1, 'root', undefined, 0], [KIND.log, -1, undefined, undefined, 0], [KIND.log, -1, 'root', undefined, 2], [KIND.log, -1, 'root', undefined, 1], [KIND.log, -1, 'analyst', '/usr/bin/cp', 1],
    ]);
    expect(rows[3]).toMatchObject({ host: 'web1', time: Date.parse('2026-11-24T13:04:42Z') * 1000 });
  });
  holdsMadeUnderDamage('events.txt', TEXT, 'ausearch-text');
});

describe('aureport', () => {
  test('-p: a pid was alive in that second, and no parent is stated', async () => {
    const { rows, entry } = await read(PIDS);
    expect(entry).toMatchObject({ format: 'aureport', accounting: { records: 9, understood: 4, notNeeded: 5, notUnderstood: 0 } });
    expect(rows.map((row) => [row['kind'], row['pid'], row['ppid'], row['parentKind'], row['exe'], row['auid'], row['serial']])).toEqual([
      [KIND.log, 236, -1, PARENT_KIND.none, undefined, UNSET_ID, 9928],
      [KIND.log, 1, -1, PARENT_KIND.none, '/usr/lib/systemd/systemd', UNSET_ID, 6],
      [KIND.log, 4658, -1, PARENT_KIND.none, '/opt/my tool/cp', 0, 5061],
      [KIND.log, 4659, -1, PARENT_KIND.none, '/usr/bin/id', 1000, 5062],
    ]);
  });

  test('other lists are lines of a log; a summary holds counts only', async () => {
    const head = (title: string, columns: string): string => `\n${title}\n====================\n# date time ${columns}\n====================\n`;
    const logins = await read(`${head('Login Report', 'auid host term exe success event')}1. 11/24/26 14:57:03 1000 10.0.2.2 /dev/pts/0 /usr/sbin/sshd yes 1536\n`);
    expect(logins.rows[0]).toMatchObject({ auid: 1000, tty: 'pts/0', exe: '/usr/sbin/sshd', outcome: 1, serial: 1536 });
    const calls = await read(`${head('Syscall Report', 'syscall pid comm auid event')}1. 11/24/26 14:55:35 bpf 1 my comm bob 6\n`);
    expect(calls.rows[0]).toMatchObject({ pid: 1, comm: 'my comm', auid: ID_NOT_STATED, message: 'bpf' });
    const summary = await read('\nExecutable Summary Report\n=================================\ntotal  file\n=================================\n3051  /usr/sbin/sshd\n');
    expect(summary.entry).toMatchObject({ format: 'aureport', accounting: { understood: 0, notUnderstood: 0 } });
    expect((await read('\nTTY Report\n====================\n# date time event auid term sess comm data\n====================\n<no events of interest were found>\n\n')).entry?.accounting.notUnderstood).toBe(0);
  });
  holdsMadeUnderDamage('pids.txt', PIDS, 'aureport');
});

describe.skipIf(!hasSamples || !existsSync(LAB))("the lab's reports (not run where ../shared/evidence is absent)", () => {
  const bytes = (path: string): Uint8Array => {
    const content = readFileSync(LAB + path);
    return new Uint8Array(path.endsWith('.gz') ? gunzipSync(content) : content);
  };

  test.each(['exec-only-dev/aureport-p.txt', 'forks-dev/aureport-p.txt.gz', 'full-dev/aureport-p.txt.gz'])('%s is read whole', async (path) => {
    const { entries } = await readAll([memorySource('aureport-p.txt', bytes(path))]);
    expect(entries[0]).toMatchObject({ format: 'aureport', accounting: { notNeeded: 5, notUnderstood: 0 } });
    expect(entries[0]?.accounting.understood).toBeGreaterThan(5000);
  });

  test('beside the log a report tells nothing again, and is of its host', async () => {
    const { entries, rows } = await readAll([memorySource('a-report.txt', bytes('exec-only-dev/aureport-p.txt')), memorySource('audit.log', bytes('exec-only-dev/audit.log.gz'))]);
    const [report, log] = entries;
    expect(report?.host).toBe(log?.host);
    expect(report?.accounting).toMatchObject({ understood: 5126, duplicates: 5125 });
    expect(rows.filter((row) => row['kind'] === KIND.log && row['serial'] !== 0 && row['pid'] !== -1)).toHaveLength(1); // of a record type that says nothing to us
  });

  test("the lab's log as a Splunk export in any order gives the events of the log", { timeout: 60_000 }, async () => {
    const log = bytes('exec-only-dev/audit.log.gz');
    const lines = new TextDecoder('latin1').decode(log).split('\n').filter((line) => line !== '').slice(0, 6000);
    const raw = await readAll([memorySource('audit.log', Uint8Array.from(`${lines.join('\n')}\n`, (character) => character.charCodeAt(0)))]);
    // Events of a second come in any order, and their records too; the seconds are newest first.
    const second = (line: string): number => Number(/audit\((\d+)/.exec(line)?.[1]);
    let seed = 7;
    const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0);
    const shuffled = lines.map((line) => ({ line, at: random() })).sort((a, b) => second(b.line) - second(a.line) || a.at - b.at);
    const csv = `_time,_raw\n${shuffled.map(({ line }) => `${second(line)},"${line.replaceAll('"', '""')}"`).join('\n')}\n`;
    const splunk = await readAll([memorySource('export.csv', Uint8Array.from(csv, (character) => character.charCodeAt(0)))]);
    expect(splunk.entries[0]).toMatchObject({ format: 'splunk-csv', accounting: { notUnderstood: 0, understood: raw.entries[0]?.accounting.understood } });
    const told = (rows: typeof raw.rows): string[] =>
      rows.map((row) => JSON.stringify(['time', 'serial', 'kind', 'operation', 'outcome', 'pid', 'ppid', 'auid', 'ses', 'comm', 'exe', 'cwd', 'key', 'path', row['kind'] === KIND.exec ? 'args' : 'kind'].map((name) => row[name]))).sort();
    const wanted = told(raw.rows);
    const got = new Set(told(splunk.rows));
    expect(wanted.filter((row) => !got.has(row))).toEqual([]);
    expect(splunk.rows).toHaveLength(raw.rows.length);
  });
});
