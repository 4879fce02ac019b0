import { describe, expect, test } from 'vitest';
import { readSet } from '../../../src/evidence/index.js';
import { addsUp, memoryMember, memorySource, readAll } from './memory.js';

const AUDIT =
  'type=SYSCALL msg=audit(1700000000.130:4712): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=812 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"\n';
const PS = 'UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 12:00 ? 00:00:01 init\n';
const SYSLOG = 'Nov 24 14:49:01 web01 sshd[812]: Accepted publickey for bob\n';
const hosts = (rows: readonly Readonly<Record<string, unknown>>[]): unknown[] => [...new Set(rows.map((row) => row['host']))];

describe('the host', () => {
  test('of a record stands before everything else', async () => {
    const { rows, entries } = await readAll([memorySource('audit.log', `node=db7 ${AUDIT}`)], { hostOf: { 'audit.log': 'other' } });
    expect(hosts(rows)).toEqual(['db7']);
    expect(entries[0]).toMatchObject({ host: 'db7' });
    expect(entries[0]?.coverage.map(({ gap }) => gap)).not.toContain('host-guessed');
  });

  test('is what a person or a manifest states', async () => {
    const stated = await readAll([{ ...memorySource('audit.log', AUDIT), stated: { host: 'db1' } }]);
    expect(hosts(stated.rows)).toEqual(['db1']);
    expect((await readAll([memorySource('/x/audit.log', AUDIT)], { hostOf: { '/x/audit.log': 'db2' } })).entries[0]?.host).toBe('db2');
    expect((await readAll([{ ...memorySource('/x/audit.log', AUDIT), stated: { host: 'db1' } }], { hostOf: { 'audit.log': 'db3' } })).entries[0]?.host).toBe(
      'db3',
    );
  });

  test('is the only one that the set names, and the guess is told', async () => {
    const { entries, rows } = await readAll([memorySource('audit.log', AUDIT), memorySource('syslog', SYSLOG)]);
    expect(hosts(rows)).toEqual(['web01']);
    expect(entries[0]?.coverage).toContainEqual(expect.objectContaining({ gap: 'host-guessed', remedy: '--host-of audit.log=HOST' }));
  });

  test('is a host of its own where the set names several or none', async () => {
    const several = await readAll([memorySource('a/audit.log', AUDIT), memorySource('syslog', SYSLOG + SYSLOG.replace('web01', 'web02'))]);
    expect(several.entries[0]?.host).toBe('file:audit.log');
    const none = await readAll([memorySource('/home/eve/a/audit.log', AUDIT), memorySource('/home/eve/b/audit.log', AUDIT)]); // by what tells them apart, not by where they lie
    expect(none.entries.map(({ host }) => host)).toEqual(['file:a/audit.log', 'file:b/audit.log']);
  });

  test('web01 and web01.example.org are one', async () => {
    const { entries } = await readAll([
      memorySource('audit.log', AUDIT),
      memorySource('syslog', SYSLOG.replace('web01', 'web01.example.org')),
      memorySource('auth.log', SYSLOG),
    ]);
    expect(entries[0]?.host).toBe('web01');
  });

  test('localhost names nobody', async () => {
    const { entries } = await readAll([memorySource('audit.log', AUDIT), memorySource('syslog', SYSLOG.replace('web01', 'localhost'))]);
    expect(entries[0]?.host).toBe('file:audit.log');
  });

  test('every row has one', async () => {
    const { batches } = await readAll([memorySource('audit.log', AUDIT), memorySource('ps', PS)]);
    for (const batch of batches) for (let at = 0; at < batch.count; at++) expect(batch.host[at]).toBeGreaterThan(0);
  });
});

describe('the capture time', () => {
  const time = async (name: string, options: Parameters<typeof readAll>[1] = {}, modifiedMicros?: number) =>
    (await readAll([memorySource(name, PS, modifiedMicros === undefined ? {} : { modifiedMicros })], options)).rows[0]?.['time'];

  test('is what the person states, then the stamp in the name, then the modification time', async () => {
    expect(await time('ps_20261124T150138.851Z.txt', { takenMicros: 5e15 }, 4e15)).toBe(5e15);
    expect(await time('ps_20261124T150138.851Z.txt', {}, 4e15)).toBe(Date.parse('2026-11-24T15:01:38.851Z') * 1000);
    expect(await time('ps.txt', {}, 4e15)).toBe(4e15);
  });

  test('of a stamp without Z is read in the stated zone', async () => {
    expect(await time('ps-20261124-150138.txt', { zone: '+02:00' })).toBe(Date.parse('2026-11-24T13:01:38Z') * 1000);
  });

  test('that is only a modification time, or none, is told', async () => {
    const weak = await readAll([memorySource('ps.txt', PS, { modifiedMicros: 4e15 })]);
    const none = await readAll([memorySource('ps.txt', PS)]);
    for (const { entries } of [weak, none]) expect(entries[0]?.coverage.map(({ gap }) => gap)).toContain('taken-guessed');
  });

  test.each(['Europe/Berlin', '+99:00', '', '02:00'])('zone %j is refused at once', (zone) => {
    expect(() => readSet([], { zone })).toThrow(RangeError);
  });
});

describe('what is not recognised', () => {
  test.each([
    ['an empty file', '', 0],
    ['lines', 'a\nb\n', 2],
    ['a last line without an end', 'a\nb', 2],
    ['a JPEG', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x0a, 0x0a]), 1],
  ] as const)('%s is an entry that is counted', async (_name, content, records) => {
    const { entries, rows } = await readAll([memorySource('x', content)]);
    expect(rows).toEqual([]);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ format: 'unknown', accounting: { bytes: content.length, records, notUnderstood: records } });
  });

  test('UTF-16 is named with the way out', async () => {
    const { entries } = await readAll([memorySource('ps.txt', new Uint8Array(Buffer.from('\ufeffUID PID\r\n', 'utf16le')))]);
    expect(entries[0]?.troubles[0]?.what).toContain('iconv -f UTF-16');
  });

  test.each([
    '# Capture full-dev\n| kernel | 6.1 |\n',
    '{"scenarios":[{"id":"a","payloads":[{"pid":1,"start":2}]}]}',
    '{"seq":1,"event":"fork","ns":1,"child_pid":812,"comm":"x"}\n',
  ])('the papers beside a capture are not evidence: %s', async (text) => {
    const { entries, rows } = await readAll([memorySource('x.json', text)]);
    expect(rows).toEqual([]);
    expect(entries[0]).toMatchObject({ format: 'unknown', accounting: { understood: 0 } });
  });

  test('a source without members keeps its place and its error', async () => {
    const { entries } = await readAll([
      { name: 'gone.log', members: [], error: 'gone.log: there is no such file (any more)' },
      memorySource('audit.log', AUDIT),
    ]);
    expect(entries.map(({ file, error }) => [file, error])).toEqual([
      ['gone.log', 'gone.log: there is no such file (any more)'],
      ['audit.log', undefined],
    ]);
  });

  test('a link in an archive is not followed', async () => {
    const { entries } = await readAll([{ name: 'a.tar', members: [memoryMember('latest', '', { linkTarget: '/etc/shadow' })] }]);
    expect(entries[0]).toMatchObject({ format: 'link', accounting: { bytes: 0, records: 0 }, troubles: [{ what: 'a symbolic link; it was not followed' }] });
  });
});

test('a file that breaks off keeps what was read, says why, and the rest of the set is read', async () => {
  const many = AUDIT.repeat(50);
  const { entries, rows } = await readAll([memorySource('audit.log', many, { failsAt: many.length - 10, chunk: 1000 }), memorySource('ps.txt', PS)]);
  expect(entries[0]?.error).toBe('audit.log: the disk failed while it was read');
  expect(entries[0]?.coverage.map(({ gap }) => gap)).toContain('truncated');
  expect(entries[0]?.accounting.bytes).toBe(many.length - 10);
  expect(entries[0] && addsUp(entries[0])).toBe(true);
  expect(rows.length).toBeGreaterThan(0);
  expect(entries[1]).toMatchObject({ format: 'ps', accounting: { understood: 2 } });
});

test('a member that cannot even be opened is an entry with its error', async () => {
  const { entries } = await readAll([memorySource('audit.log', AUDIT, { failsAt: 0 })]);
  expect(entries[0]).toMatchObject({ format: 'unknown', error: 'audit.log: the disk failed while it was read', accounting: { bytes: 0 } });
});

test('an error that is our own is not taken for the evidence’s', async () => {
  const broken = memoryMember('x', 'abc');
  const set = readSet([
    {
      name: 'x',
      members: [
        {
          ...broken,
          open: () => {
            throw new TypeError('ours');
          },
        },
      ],
    },
  ]);
  await expect(set.batches[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError);
});

test('member ids lead back to entry and member', async () => {
  const { set, rows } = await readAll([memorySource('junk', 'x\n'), memorySource('a/audit.log', AUDIT), memorySource('ps.txt', PS)]);
  const files = rows.map((row) => {
    const { evidence, path } = set.member(Number(row['member']));
    return [set.entries()[evidence]?.file, path];
  });
  expect([...new Set(files.map(String))].sort()).toEqual(['a/audit.log,a/audit.log', 'ps.txt,ps.txt']);
  expect(() => set.member(99)).toThrow(RangeError);
});

test('an aborted reading throws the abort and reads no further', async () => {
  const abort = new AbortController();
  let opened = 0;
  const endless = {
    path: 'audit.log',
    size: undefined,
    modifiedMicros: undefined,
    async *open() {
      for (;;) {
        opened++;
        if (opened === 20) abort.abort();
        yield await Promise.resolve(new TextEncoder().encode(AUDIT));
      }
    },
  };
  const set = readSet([{ name: 'audit.log', members: [endless] }], { signal: abort.signal });
  await expect(
    (async () => {
      for await (const batch of set.batches) void batch;
    })(),
  ).rejects.toThrow(/abort/i);
  expect(opened).toBeLessThan(25 + 40);
});

test('progress only grows and ends at the whole', async () => {
  const said: number[] = [];
  let total = 0;
  const text = AUDIT.repeat(40_000);
  await readAll([memorySource('audit.log', text, { chunk: 1 << 18 }), memorySource('ps', PS)], {
    onProgress: ({ doneBytes, totalBytes }) => {
      said.push(doneBytes);
      total = totalBytes;
    },
  });
  expect(total).toBe(text.length + PS.length);
  expect(said.at(-1)).toBe(total);
  expect(said.length).toBeGreaterThan(2);
  expect([...said].sort((a, b) => a - b)).toEqual(said);
});
