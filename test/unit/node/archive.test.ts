import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import type { Member } from '../../../src/model/index.js';
import { isTar } from '../../../src/node/archive.js';
import { openMember } from '../../../src/node/containers.js';
import { ARCHIVE_LIMITS, type ArchiveLimits } from '../../../src/node/limits.js';
import { Spill } from '../../../src/node/spill.js';
import { memoryMember, type MemberOptions } from '../evidence/memory.js';

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly content?: string | Uint8Array };

async function tar(entries: readonly Entry[]): Promise<Uint8Array> {
  const packed = pack();
  for (const { content, ...header } of entries) packed.entry(header, content ?? '');
  packed.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of packed as AsyncIterable<Uint8Array>) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

async function textOf(member: Member | undefined, from = 0): Promise<string> {
  const pieces: Uint8Array[] = [];
  if (member) for await (const piece of member.open(from)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const read = (bytes: Uint8Array, chunk = 4096, limits: ArchiveLimits = ARCHIVE_LIMITS, options: MemberOptions & { size?: number } = {}) =>
  openMember(memoryMember('a.tar', bytes, { chunk, ...options }), { shown: 'a.tar', size: options.size ?? bytes.length, spill: new Spill(), signal: undefined, limits });
const when = new Date('2026-11-24T15:04:27Z');

test('files, long names and links come out in order; folders hold no bytes', async () => {
  const long = `${'d/'.repeat(80)}audit.log`;
  const bytes = await tar([
    { name: 'd/', type: 'directory' },
    { name: long, mtime: when, content: 'one' },
    { name: 'proc/1/exe', type: 'symlink', linkname: '/usr/bin/sh' },
    { name: './b', content: 'two' },
    { name: 'hard', type: 'link', linkname: 'b' },
  ]);
  expect(isTar(bytes)).toBe(true);
  for (const chunk of [bytes.length, 512, 100]) {
    const { members, error } = await read(bytes, chunk);
    expect(error).toBeUndefined();
    expect(members.map(({ path, size, linkTarget }) => [path, size, linkTarget])).toEqual([
      [long, 3, undefined],
      ['proc/1/exe', 0, '/usr/bin/sh'],
      ['b', 3, undefined],
      ['hard', 0, 'b'],
    ]);
    expect(members[0]?.modifiedMicros).toBe(when.getTime() * 1000);
    expect(await textOf(members[0])).toBe('one');
    expect(await textOf(members[2], 1)).toBe('wo');
  }
});

test('names that climb out of the archive are only text', async () => {
  const { members } = await read(
    await tar([
      { name: '../../etc/cron.d/x', content: 'a' },
      { name: '/etc/passwd', content: 'b' },
    ]),
  );
  expect(members.map(({ path }) => path)).toEqual(['../../etc/cron.d/x', '/etc/passwd']);
});

test('gzip inside an archive is read through', async () => {
  const { members } = await read(await tar([{ name: 'log/audit.log.1.gz', content: new Uint8Array(gzipSync('type=SYSCALL')) }]));
  expect(members[0]).toMatchObject({ path: 'log/audit.log.1.gz', size: undefined });
  expect(await textOf(members[0], 5)).toBe('SYSCALL');
});

test('an archive that breaks off keeps its members and the head of the one it breaks off in', async () => {
  const bytes = await tar([
    { name: 'a', content: 'x'.repeat(1000) },
    { name: 'b', content: 'y'.repeat(5000) },
  ]);
  const { members, error } = await read(bytes.slice(0, 512 + 1024 + 512 + 2000));
  expect(members.map(({ path, size }) => [path, size])).toEqual([
    ['a', 1000],
    ['b', 2000],
  ]);
  expect(error).toMatch(/^a\.tar: the tar is cut or damaged at byte 4048 or before \(.*\); 2 members were read$/);
});

test('a damaged header ends the reading and keeps what came before', async () => {
  const bytes = await tar([
    { name: 'a', content: 'x' },
    { name: 'b', content: 'y' },
    { name: 'c', content: 'z' },
  ]);
  bytes.fill(0xee, 1024, 1100);
  const { members, error } = await read(bytes);
  expect(members.map(({ path }) => path)).toEqual(['a']);
  expect(error).toContain('cut or damaged');
});

test('a disk that fails inside an archive is told with what was read', async () => {
  const bytes = await tar([
    { name: 'a', content: 'x' },
    { name: 'b', content: 'y'.repeat(9000) },
  ]);
  const { members, error } = await read(bytes, 512, ARCHIVE_LIMITS, { failsAt: 4096 });
  expect(members.map(({ path, size }) => [path, size])).toEqual([
    ['a', 1],
    ['b', 2560],
  ]);
  expect(error).toBe('a.tar: the disk failed while it was read; 2 members were read');
});

describe('limits', () => {
  test.each([
    ['bytes', { ...ARCHIVE_LIMITS, bytes: 4000 }, 'unpacks to more than 4000 bytes'],
    ['members', { ...ARCHIVE_LIMITS, members: 2 }, 'more than 2 members'],
    ['nameLength', { ...ARCHIVE_LIMITS, nameLength: 3 }, 'longer than 3 characters'],
  ])('%s: what came before is read, and it is said', async (_name, limits, says) => {
    const { members, error } = await read(
      await tar([
        { name: 'a', content: 'x'.repeat(1000) },
        { name: 'b', content: 'x'.repeat(1000) },
        { name: 'cccc', content: 'x'.repeat(1000) },
      ]),
      512,
      limits,
    );
    expect(members.map(({ path }) => path)).toEqual(['a', 'b']);
    expect(error).toContain(says);
  });

  test('a bomb is known by its ratio', async () => {
    const bytes = await tar([{ name: 'zeros', content: new Uint8Array(70 << 20) }]);
    const { members, error } = await read(bytes, 1 << 20, ARCHIVE_LIMITS, { size: 70_000 });
    expect(members).toEqual([]);
    expect(error).toContain('250 times its size');
  });
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['zeros', new Uint8Array(1024)],
  ['an audit log', new TextEncoder().encode('type=SYSCALL msg=audit(1700000000.130:4712): arch=c000003e\n'.repeat(20))],
])('%s is no tar', (_name, bytes) => {
  expect(isTar(bytes)).toBe(false);
});

describe('a text archive of ttar', () => {
  const text = [
    '# Archive created by ttar -c -f a.ttar fixtures/',
    'Directory: fixtures', 'Mode: 755', '# ttar - - -',
    'Path: fixtures/proc/7/cmdline', 'Lines: 1', 'viNULLBYTENULLBYTE\\NULLBYTE \\EOFEOF', 'Mode: 644', '# ttar - - -',
    'Path: fixtures/proc/7/exe', 'SymlinkTo: /usr/bin/vi', '# ttar - - -',
    'Path: fixtures/proc/7/status', 'Lines: 2', 'Name: vi\r', 'Mode: no mode', 'Mode: 644',
    'Path: ../../etc/cron.d/x', 'Lines: 0', 'Mode: 644', '',
  ].join('\n');

  test('gives its files as they were, whatever they hold, and keeps names as text', async () => {
    for (const chunk of [4096, 7]) {
      const { members, error } = await read(Buffer.from(text), chunk);
      expect(error).toBeUndefined();
      expect(members.map(({ path, linkTarget }) => [path, linkTarget])).toEqual([
        ['fixtures/proc/7/cmdline', undefined],
        ['fixtures/proc/7/exe', '/usr/bin/vi'],
        ['fixtures/proc/7/status', undefined],
        ['../../etc/cron.d/x', undefined],
      ]);
      expect(await textOf(members[0])).toBe('vi\0\0NULLBYTE EOF');
      expect(await textOf(members[0], 3)).toBe('\0NULLBYTE EOF');
      expect(await textOf(members[2])).toBe('Name: vi\r\nMode: no mode\n');
      expect(await textOf(members[3])).toBe('');
    }
  });

  test('that breaks off keeps what it has, and names the place of a line that is none of it', async () => {
    const cut = await read(Buffer.from(text.slice(0, text.indexOf('Mode: no'))));
    expect(cut.members).toHaveLength(3);
    expect(await textOf(cut.members[2])).toBe('Name: vi\r\n');
    expect(cut.error).toBe('a.tar: it breaks off inside a file; 3 members were read');
    const broken = await read(Buffer.from(text.replace('SymlinkTo', 'Symlink')));
    expect(broken.members).toHaveLength(1);
    expect(broken.error).toMatch(/the line at byte \d+ is none of a ttar archive .*; 1 members were read$/);
  });

  test('with more members than allowed ends there', async () => {
    const { members, error } = await read(Buffer.from(text), 4096, { ...ARCHIVE_LIMITS, members: 2 });
    expect(members).toHaveLength(2);
    expect(error).toContain('more than 2 members');
  });
});
