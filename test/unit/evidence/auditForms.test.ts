import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OBSERVATION_KINDS, UNSET_ID, ID_NOT_STATED } from '../../../src/model/index.js';
import { readSet } from '../../../src/evidence/index.js';
import { openSources } from '../../../src/node/index.js';
import { addsUp, memorySource, readAll } from './memory.js';

const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url).pathname;
const isThere = existsSync(LAB);

/** Columns that every form of the same log must agree on. */
const SAME = ['pid', 'ppid', 'other', 'flags', 'exitCode', 'ses', 'outcome', 'operation', 'port', 'parentKind'] as const;
const SAME_TEXT = ['comm', 'exe', 'args', 'path', 'path2', 'tty', 'cwd', 'key', 'unit'] as const;

async function eventsOf(path: string): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const set = readSet(await openSources([path]), { zone: 'UTC' });
  const events = new Map<string, Readonly<Record<string, unknown>>>();
  for await (const batch of set.batches) {
    for (let at = 0; at < batch.count; at++) {
      const kind = OBSERVATION_KINDS[batch.kind[at] ?? 0] ?? '';
      const row: Record<string, unknown> = { kind };
      for (const name of SAME) row[name] = batch[name][at];
      for (const name of SAME_TEXT) row[name] = set.strings.text(batch[name][at] ?? 0);
      events.set(`${batch.time[at]} ${batch.serial[at]} ${kind} ${kind === 'signal' ? batch.other[at] : ''}`, row);
    }
  }
  expect(set.entries().filter((entry) => !addsUp(entry) || entry.accounting.notUnderstood > 0)).toEqual([]);
  return events;
}

/** Kinds and columns in which two forms of one log differ, how often, and the events that only one of them has. */
function differences(raw: Awaited<ReturnType<typeof eventsOf>>, other: typeof raw): { missing: string[]; extra: string[]; differ: Map<string, [unknown, unknown][]> } {
  const differ = new Map<string, [unknown, unknown][]>();
  for (const [id, row] of raw) {
    const twin = other.get(id);
    for (const [name, value] of Object.entries(twin ? row : {})) {
      if (Object.is(value, twin?.[name])) continue;
      const what = `${String(row['kind'])}.${name}`;
      differ.set(what, [...(differ.get(what) ?? []), [value, twin?.[name]]]);
    }
  }
  return { missing: [...raw.keys()].filter((id) => !other.has(id)), extra: [...other.keys()].filter((id) => !raw.has(id)), differ };
}

describe.skipIf(!isThere)('twins of one log (not run where ../shared/evidence is absent)', () => {
  for (const capture of ['full-dev', 'exec-only-dev']) {
    test(`${capture}: laurel says what the raw log says`, { timeout: 120_000 }, async () => {
      const raw = await eventsOf(`${LAB}${capture}/audit.log.gz`);
      const { missing, extra, differ } = differences(raw, await eventsOf(`${LAB}${capture}/laurel.jsonl.gz`));
      expect(raw.size).toBeGreaterThan(4000);
      expect([missing, [...differ]]).toEqual([[], []]);
      expect(extra.length).toBeLessThanOrEqual(3); // it was copied a moment later
    });

    test(`${capture}: ausearch -i says the same but for what it prints alike`, { timeout: 120_000 }, async () => {
      const raw = await eventsOf(`${LAB}${capture}/audit.log.gz`);
      const { missing, extra, differ } = differences(raw, await eventsOf(`${LAB}${capture}/ausearch-i.txt.gz`));
      expect([missing, extra]).toEqual([[], []]);
      for (const [what, pairs] of differ) {
        const column = what.split('.')[1] ?? '';
        if (column === 'exitCode') expect(new Set(pairs.map(([, value]) => value))).toEqual(new Set([-1])); // "UNKNOWN" for every status but 0 and 1
        else if (column === 'path') expect(pairs.filter(([value, other]) => value !== `@${String(other)}`)).toEqual([]); // an abstract socket looks like a file
        else if (column === 'args' && what !== 'exec.args') {
          // Of a title, blanks cannot be told from ends of arguments; control characters are octal in both.
          const flat = (value: unknown): string => String(value).replaceAll('\0', ' ').replaceAll('\n', '\\012').replaceAll('\t', '\\011').trimEnd();
          expect(pairs.filter(([value, other]) => flat(value) !== flat(other))).toEqual([]);
        } else expect([what, pairs.filter(([value, other]) => String(value).replaceAll('\n', '\\012').replaceAll('\t', '\\011') !== other)]).toEqual(['exec.args', []]);
      }
    });
  }
});

const INTERPRETED = `----
type=PROCTITLE msg=audit(11/14/2023 22:13:20.130:4712) : proctitle=sh -c id; echo done 
type=PATH msg=audit(11/14/2023 22:13:20.130:4712) : item=0 name=/usr/bin/sh inode=12 dev=fe:00 mode=file,755 ouid=root ogid=root rdev=00:00 nametype=NORMAL 
type=CWD msg=audit(11/14/2023 22:13:20.130:4712) : cwd=/home/bob/my files 
type=EXECVE msg=audit(11/14/2023 22:13:20.130:4712) : argc=3 a0=sh a1=-c a2=for a2=x in a3=1; do id; done 
type=SYSCALL msg=audit(11/14/2023 22:13:20.130:4712) : arch=x86_64 syscall=execve success=yes exit=0 a0=0x1 a1=0x2 a2=0x3 a3=0x4 items=2 ppid=811 pid=812 auid=bob uid=bob gid=bob euid=root suid=root fsuid=root egid=root sgid=root fsgid=root tty=pts0 ses=3 comm=my exe=/x exe=/usr/bin/dash subj=unconfined key=exec 
----
type=SYSCALL msg=audit(11/14/2023 22:13:20.135:4713) : arch=x86_64 syscall=clone success=yes exit=813 a0=CLONE_VM|CLONE_PARENT|SIGCHLD a1=0x0 a2=0x0 a3=0x0 items=0 ppid=811 pid=812 auid=unset uid=1000 gid=1000 euid=1000 tty=(none) ses=unset comm=sh exe=/usr/bin/dash subj=unconfined key=(null) 
----
type=OBJ_PID msg=audit(11/14/2023 22:13:20.140:4714) : opid=813 oauid=bob ouid=bob oses=3 ocomm=sleep 
type=SYSCALL msg=audit(11/14/2023 22:13:20.140:4714) : arch=x86_64 syscall=kill success=yes exit=0 a0=0x32d a1=SIGKILL a2=0x0 a3=0x0 items=0 ppid=811 pid=812 auid=unset uid=root gid=root euid=root tty=(none) ses=unset comm=sh exe=/usr/bin/dash key=(null) 
----
type=SOCKADDR msg=audit(11/14/2023 22:13:20.145:4715) : saddr={ saddr_fam=inet laddr=203.0.113.7 lport=4444 } 
type=SYSCALL msg=audit(11/14/2023 22:13:20.145:4715) : arch=x86_64 syscall=connect success=no exit=EINPROGRESS(Operation now in progress) a0=0x3 a1=0x7ff a2=0x10 a3=0x0 items=0 ppid=811 pid=812 auid=unset uid=root gid=root euid=root tty=(none) ses=unset comm=sh exe=/usr/bin/dash key=(null) 
----
type=SYSCALL msg=audit(11/14/2023 22:13:20.150:4716) : arch=x86_64 syscall=exit_group a0=UNKNOWN a1=0x0 a2=0x0 a3=0x0 items=0 ppid=1 pid=812 auid=unset uid=root gid=root euid=root tty=(none) ses=unset comm=sh exe=/usr/bin/dash key=(null) 
----
type=LOGIN msg=audit(11/14/2023 22:13:21.000:4717) : pid=900 uid=root subj=unconfined old-auid=unset auid=bob tty=(none) old-ses=4294967295 ses=7 res=yes 
`;

const LAUREL = [
  '{"ID":"1700000000.130:4712","NODE":"web1","SYSCALL":{"arch":"0xc000003e","syscall":59,"success":"yes","exit":0,"ppid":811,"pid":812,"auid":1000,"uid":0,"tty":"pts0","ses":3,"comm":"sh","exe":"/usr/bin/d%C3sh","key":"exec","UID":"root","ARGV":["0x1","0x2","0x3","0x4"],"PPID":{"EVENT_ID":"1.000:1","comm":"bash","ppid":1}},"EXECVE":{"argc":3,"ARGV":["sh","","caf\\u00e9 100%25"]},"CWD":{"cwd":"/"},"PATH":[{"item":0,"name":"/usr/bin/sh","nametype":"NORMAL"}]}',
  '{"ID":"1700000000.135:4713","SYSCALL":{"arch":"0xc000003e","syscall":56,"success":"yes","exit":813,"ppid":811,"pid":812,"auid":4294967295,"uid":0,"ses":4294967295,"comm":"sh","key":null,"ARGV":["0x1200011","0x0","0x0","0x0"]}}',
  '{"ID":"1700000000.140:4714","BPF":[{"prog-id":"1","op":"LOAD"}]}',
].join('\n') + '\n';

test('ausearch -i: names are numbers again, and texts run to the field that follows', async () => {
  const { rows, entries } = await readAll([memorySource('a.txt', INTERPRETED)], { zone: '+01:00' });
  const [exec, fork, signal, socket, exit, login] = rows;
  expect(exec).toMatchObject({ time: 1_699_996_400_130_000, serial: 4712, pid: 812, ppid: 811, parentKind: 2, auid: ID_NOT_STATED, uid: ID_NOT_STATED, euid: 0, ses: 3, user: 'bob', comm: 'my exe=/x', exe: '/usr/bin/dash', key: 'exec', tty: 'pts0', cwd: '/home/bob/my files', args: 'sh\0-c\0for a2=x in a3=1; do id; done' });
  expect(fork).toMatchObject({ kind: 0, pid: 812, other: 813, flags: 0x8111, uid: 1000, ses: UNSET_ID, auid: UNSET_ID, key: undefined });
  expect(signal).toMatchObject({ kind: OBSERVATION_KINDS.indexOf('signal'), other: 813, flags: 9 });
  expect(socket).toMatchObject({ kind: OBSERVATION_KINDS.indexOf('socket'), path: '203.0.113.7', port: 4444, outcome: 2 });
  expect(exit).toMatchObject({ kind: OBSERVATION_KINDS.indexOf('exit'), pid: 812, ppid: 1, exitCode: -1 });
  expect(login).toMatchObject({ kind: OBSERVATION_KINDS.indexOf('login'), pid: 900, ses: 7 });
  expect(entries[0]).toMatchObject({ format: 'ausearch-i', accounting: { records: 18, understood: 12, notNeeded: 6, notUnderstood: 0 } });
});

test.each([['11/14/2023'], ['11/14/23'], ['14.11.2023'], ['2023-11-14'], ['14/11/2023']])('ausearch -i in the locale that writes %s', async (date) => {
  const { rows } = await readAll([memorySource('a.txt', `type=USER_END msg=audit(${date} 22:13:20.130:7) : pid=5 uid=root auid=bob ses=2 msg='op=PAM:session_close acct=bob res=success' \n`)]);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ time: 1_700_000_000_130_000, pid: 5, ses: 2, kind: OBSERVATION_KINDS.indexOf('session') });
});

test('without a stated zone it is said that UTC was taken, and whether day or month could be told apart', async () => {
  const line = (date: string): string => `type=SYSTEM_BOOT msg=audit(${date} 22:13:20.130:7) : pid=5 uid=root \n`;
  const says = async (text: string): Promise<string | undefined> => (await readAll([memorySource('a.txt', text)])).entries[0]?.coverage.find(({ gap }) => gap === 'zone-guessed')?.says;
  expect(await says(line('03/04/2023'))).toContain('the month was taken');
  expect(await says(line('03/14/2023'))).not.toContain('the month was taken');
});

test('laurel: bytes, empty arguments and names of hosts come out as they were; its own look-ups claim nothing', async () => {
  const { rows, entries, batches, set } = await readAll([memorySource('l.json', LAUREL)]);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ host: 'web1', time: 1_700_000_000_130_000, pid: 812, ppid: 811, parentKind: 2, uid: 0, ses: 3, user: 'root', args: 'sh\0\0café 100%' });
  expect([...set.strings.bytes(batches[0]?.exe[0] ?? 0)].slice(-4)).toEqual([0x64, 0xc3, 0x73, 0x68]);
  expect(rows[1]).toMatchObject({ kind: 0, other: 813, flags: 0x1200011, key: undefined });
  expect(entries[0]?.accounting).toMatchObject({ records: 3, understood: 2, notNeeded: 1, notUnderstood: 0 });
});

test.each([['a.txt', INTERPRETED], ['l.json', LAUREL]])('%s is the same in chunks of 1, 7 and 4096 bytes, and with CRLF', async (name, text) => {
  const whole = await readAll([memorySource(name, text)]);
  const strip = (rows: typeof whole.rows): unknown[] => rows.map((row) => ({ ...row, offset: 0, byteLength: 0 }));
  for (const chunk of [1, 7, 4096]) expect((await readAll([memorySource(name, text, { chunk })])).rows).toEqual(whole.rows);
  expect(strip((await readAll([memorySource(name, text.replaceAll('\n', '\r\n'))])).rows)).toEqual(strip(whole.rows));
});

test('an event that two evidences of a set hold is told once, and the second says how many it shares', async () => {
  const raw = [
    'type=SYSCALL msg=audit(1700000000.130:4712): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 ppid=811 pid=812 auid=1000 uid=0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
    'type=SYSCALL msg=audit(1700000000.131:4719): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 ppid=811 pid=819 auid=1000 uid=0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"',
    '',
  ].join('\n');
  const { rows, entries } = await readAll([memorySource('audit.log', raw), memorySource('l.json', LAUREL)], { hostOf: { 'audit.log': 'web1', 'l.json': 'web1' } });
  expect(rows.map(({ serial, member }) => [serial, member])).toEqual([[4712, 0], [4719, 0], [4713, 1]]);
  expect(entries.map(({ accounting }) => accounting.duplicates)).toEqual([0, 1]);
  const apart = await readAll([memorySource('audit.log', raw), memorySource('l.json', LAUREL)], { hostOf: { 'audit.log': 'db1', 'l.json': 'web1' } });
  expect(apart.rows).toHaveLength(4);
});

test.each([['a.txt', INTERPRETED], ['l.json', LAUREL]])('%s cut, flipped and spliced: nothing is thrown and every record is counted', async (name, text) => {
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), fc.uint8Array({ maxLength: 40 }), fc.nat(60), fc.nat(bytes.length), async (at, junk, skip, end) => {
      const { entries } = await readAll([memorySource(name, new Uint8Array([...bytes.slice(0, at), ...junk, ...bytes.slice(at + skip, end > at ? end : undefined)]), { chunk: 97 })]);
      expect(entries.every(addsUp)).toBe(true);
    }),
    { numRuns: 120 },
  );
});
