import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSet } from '../../../src/evidence/index.js';
import { unreadable } from '../../../src/node/files.js';
import { neighbours, openSources, readCase } from '../../../src/node/index.js';

const FIXTURES = new URL('../../fixtures/snapshots/', import.meta.url).pathname;
const AUDIT =
  'type=SYSCALL msg=audit(1700000000.130:4712): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=811 pid=812 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key="exec"\n';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foundling-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function put(path: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  return file;
}

async function entriesOf(paths: readonly string[]) {
  const set = readSet(await openSources(paths));
  for await (const batch of set.batches) void batch;
  return set.entries();
}

const below = (path: string): string => path.slice(folder.length + 1);

test('a file gives the same bytes in chunks of one buffer, from any offset', async () => {
  const bytes = Uint8Array.from({ length: 5 << 19 }, (_, at) => (at * 7) ^ (at >> 11));
  const [source] = await openSources([await put('some.log', bytes)]);
  const [member] = source!.members;
  for (const from of [0, 1, 1 << 20, bytes.length - 1, bytes.length]) {
    const copies: Uint8Array[] = [];
    const buffers = new Set<ArrayBufferLike>();
    for await (const chunk of member!.open(from, true)) {
      copies.push(chunk.slice());
      buffers.add(chunk.buffer);
    }
    expect(Buffer.concat(copies).equals(bytes.subarray(from))).toBe(true);
    expect(buffers.size).toBe(from < bytes.length ? 1 : 0);
  }
});

test('a file, its gzip and its URI are read alike; the hash is of what is stored', async () => {
  const plain = await put('audit.log', AUDIT);
  const packed = new Uint8Array(gzipSync(AUDIT));
  const gzip = await put('renamed.bin', packed);
  const entries = await entriesOf([plain, gzip]);
  expect(entries.map(({ format, accounting }) => [format, accounting.bytes])).toEqual([
    ['auditd', AUDIT.length],
    ['auditd', AUDIT.length],
  ]);
  const [source] = await openSources([pathToFileURL(gzip).href]);
  expect(source?.name).toBe(gzip);
  expect(await source?.sha256?.()).toBe(createHash('sha256').update(packed).digest('hex'));
});

test('a folder is one source a file, sorted, rotated logs oldest first, links listed and not followed', async () => {
  await put('log/audit/audit.log', AUDIT);
  await put('log/audit/audit.log.1', AUDIT);
  await put('log/audit/audit.log.2.gz', new Uint8Array(gzipSync(AUDIT)));
  await put('log/audit/audit.log.10', AUDIT);
  await put('README', 'x\n');
  await symlink('/etc/passwd', join(folder, 'log/out'));
  await symlink('..', join(folder, 'log/loop'));
  const sources = await openSources([folder]);
  expect(sources.map(({ name }) => below(name))).toEqual([
    'README',
    'log/audit/audit.log.10',
    'log/audit/audit.log.2.gz',
    'log/audit/audit.log.1',
    'log/audit/audit.log',
    'log/loop',
    'log/out',
  ]);
  expect(sources.map(({ members }) => members[0]?.path)).toContain('log/audit/audit.log.2.gz');
  expect(sources.at(-1)?.members[0]).toMatchObject({ linkTarget: '/etc/passwd', size: 0 });
});

test('a folder and a file of it are read once', async () => {
  const file = await put('audit.log', AUDIT);
  expect(await openSources([folder, file])).toHaveLength(1);
});

test('a /proc copy in a folder is one evidence', async () => {
  await put('ir/proc/1/stat', '1 (init) S 0 1 1 0 -1');
  await put('ir/proc/1/status', 'Pid:\t1\nPPid:\t0\n');
  await put('ir/proc/stat', 'btime 1700000000\n');
  await put('ir/notes.txt', 'x\n');
  await symlink('/usr/bin/sh', join(folder, 'ir/proc/1/exe'));
  const entries = await entriesOf([folder]);
  expect(entries.map(({ file, format, members }) => [below(file), format, members.length])).toEqual([
    ['ir/proc', 'proc-copy', 4],
    ['ir/notes.txt', 'unknown', 1],
  ]);
});

test('the captures of one snapshot open as a set of one host', async () => {
  await cp(FIXTURES, folder, { recursive: true });
  const entries = await entriesOf([folder]);
  expect(entries.filter(({ format }) => format !== 'unknown').map(({ format, host }) => [format, host])).toEqual([
    ['proc-jsonl', 'web01'],
    ['proc-copy', 'web01'],
    ['ps', 'web01'],
    ['ps', 'web01'],
    ['ps', 'web01'],
    ['ps', 'web01'],
  ]);
});

describe('what cannot be read says why, and the rest is read', () => {
  test('a file that is not there', async () => {
    const good = await put('audit.log', AUDIT);
    const entries = await entriesOf([join(folder, 'gone.log'), good]);
    expect(entries.map(({ error, format }) => [error, format])).toEqual([
      [`${folder}/gone.log: there is no such file (any more)`, 'unknown'],
      [undefined, 'auditd'],
    ]);
  });

  test('a URI that names no file of this machine', async () => {
    const good = await put('audit.log', AUDIT);
    const entries = await entriesOf(['file://elsewhere/audit.log', good]);
    expect(entries.map(({ error }) => error)).toEqual([expect.stringMatching(/^file:\/\/elsewhere\/audit\.log: it names no file of this machine \(/), undefined]);
  });

  test('a file in a folder whose name is no UTF-8', async () => {
    await put('set/audit.log', AUDIT);
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'set/')), Buffer.from([0xff, 0x61])]), AUDIT);
    const entries = await entriesOf([join(folder, 'set')]);
    expect(entries.map(({ error }) => error)).toEqual([expect.stringContaining('its name, which is no UTF-8') as string, undefined]);
    await rm(join(folder, 'set'), { recursive: true });
  });

  test('a file that goes away between listing and reading', async () => {
    const file = await put('audit.log', AUDIT);
    const sources = await openSources([file]);
    await unlink(file);
    const set = readSet(sources);
    for await (const batch of set.batches) void batch;
    expect(set.entries()[0]?.error).toBe('audit.log: there is no such file (any more)');
  });

  test('a file that becomes shorter while it is read keeps what was there', async () => {
    const file = await put('audit.log', AUDIT.repeat(100));
    const sources = await openSources([file]);
    await truncate(file, AUDIT.length * 40);
    const set = readSet(sources);
    let rows = 0;
    for await (const batch of set.batches) rows += batch.count;
    expect(rows).toBeGreaterThan(0);
    expect(set.entries()[0]).toMatchObject({ format: 'auditd', accounting: { bytes: AUDIT.length * 40 } });
    expect(set.entries()[0]?.error).toContain(`it became shorter while it was read (${AUDIT.length * 40} of ${AUDIT.length * 100} bytes were there)`);
  });

  test('a log that grows is read up to the size it had', async () => {
    const file = await put('audit.log', AUDIT);
    const sources = await openSources([file]);
    await writeFile(file, AUDIT, { flag: 'a' });
    const set = readSet(sources);
    for await (const batch of set.batches) void batch;
    expect(set.entries()[0]?.accounting.bytes).toBe(AUDIT.length);
  });

  test('corrupt gzip keeps what came before', async () => {
    const packed = new Uint8Array(
      gzipSync(
        Array.from({ length: 5000 }, (_, at) => AUDIT.replace('4712', String(at)).replace('ppid=811', `ppid=${Math.imul(at, 2654435761) >>> 8}`)).join(''),
      ),
    );
    packed.fill(0xff, packed.length / 2, packed.length / 2 + 8);
    const [entry] = await entriesOf([await put('audit.log.gz', packed)]);
    expect(entry?.error).toContain('the gzip data is corrupt');
    expect(entry?.accounting.understood).toBeGreaterThan(2000);
    expect(entry?.coverage.map(({ gap }) => gap)).toContain('truncated');
  });

  test.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1], 'the xz data'],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 0, 1], 'the zstd data ends too early'],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41], 'the bzip2 data'],
    ['zip', [0x50, 0x4b, 3, 4, 0, 1], 'the zip has no directory at its end'],
  ])('a stump of %s says what is wrong with it', async (_name, bytes, says) => {
    const [entry] = await entriesOf([await put('x', Uint8Array.from(bytes))]);
    expect(entry?.format).toBe('unknown');
    expect(entry?.error).toContain(says);
  });

  test('no permission, a folder in place of a file, and too many open files are sentences', () => {
    const failure = (code: string): string => unreadable('a.log', Object.assign(new Error(`${code}: raw`), { code })).message;
    expect(failure('EACCES')).toBe('a.log: no permission to read it; open it as a user who may, or copy it');
    expect(failure('EISDIR')).toBe('a.log: it is a folder where a file was expected');
    expect(failure('EMFILE')).toContain('ulimit -n');
    expect(failure('EWEIRD')).toBe('a.log: EWEIRD: raw');
    expect(() => unreadable('a.log', new TypeError('ours'))).toThrow(TypeError);
  });

  test('a device is refused and not read for ever', async () => {
    const [entry] = await entriesOf(['/dev/zero']);
    expect(entry?.error).toContain('no regular file');
  });
});

describe('a case', () => {
  const manifest = (evidence: readonly object[]): Promise<string> =>
    put('case/case.foundling.json', JSON.stringify({ version: 1, title: 'One', hosts: ['db1'], evidence }));

  test('opens its evidence with what the manifest states', async () => {
    await put('case/evidence/audit.log', AUDIT);
    const outside = await put('elsewhere/ps.txt', 'UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 12:00 ? 00:00:01 init\n');
    const file = await manifest([
      { id: 'a', path: 'evidence/audit.log', host: 'db1', zone: '+02:00', taken: '2026-11-24T15:01:38.851Z' },
      { reference: outside },
    ]);
    for (const path of [file, join(folder, 'case')]) {
      const sources = await openSources([path]);
      expect(sources.map(({ name }) => below(name))).toEqual(['case/evidence/audit.log', 'elsewhere/ps.txt']);
      expect(sources[0]?.stated).toEqual({ id: 'a', host: 'db1', zone: '+02:00', takenMicros: Date.parse('2026-11-24T15:01:38.851Z') * 1000 });
    }
    expect((await entriesOf([file])).map(({ host }) => host)).toEqual(['db1', 'db1']);
    expect(await readCase(folder)).toBeUndefined();
    expect((await readCase(join(folder, 'case')))?.manifest.title).toBe('One');
  });

  test('of one host says whose its evidence is; of two it does not', async () => {
    await put('case/a.log', AUDIT);
    const write = (hosts: readonly string[]) => put('case/case.foundling.json', JSON.stringify({ version: 1, hosts, evidence: [{ path: 'a.log' }] }));
    await write(['db1']);
    expect((await entriesOf([join(folder, 'case')]))[0]).toMatchObject({ host: 'db1' });
    await write(['db1', 'db2']);
    expect((await entriesOf([join(folder, 'case')]))[0]).toMatchObject({ host: 'file:a.log' });
  });

  test('does not follow a path or a link out of its folder', async () => {
    await put('secret.log', AUDIT);
    await manifest([{ path: 'link.log' }]);
    await symlink('../secret.log', join(folder, 'case/link.log'));
    const [entry] = await entriesOf([join(folder, 'case')]);
    expect(entry?.error).toContain('leads out of the case');
    await manifest([{ path: '../secret.log' }]);
    const [refused] = await entriesOf([join(folder, 'case')]);
    expect(refused?.error).toContain('evidence[0].path "../secret.log" leads out of the case');
  });

  test('with a broken manifest says what is wrong', async () => {
    await put('case/case.foundling.json', '{"version": 2}');
    const [entry] = await entriesOf([join(folder, 'case')]);
    expect(entry?.error).toBe('case.foundling.json: version is 2; this program reads version 1');
  });
});

test('neighbours are the evidence beside a file and in its snapshots, not the papers', async () => {
  const file = await put('audit.log', AUDIT);
  await put('audit.log.1', AUDIT);
  await put('MANIFEST.md', '# x\n');
  await cp(FIXTURES, join(folder, 'snapshots'), { recursive: true });
  const found = await neighbours(file);
  expect(found.map(({ path, title }) => [below(path), title])).toEqual([
    ['audit.log.1', 'auditd log'],
    ['snapshots/proc_20261124T150427.189Z.jsonl', '/proc snapshot (JSON lines)'],
    ['snapshots/proc_20261124T150427.189Z.tar.gz', '/proc copy'],
    ['snapshots/ps-aux_20261124T150425.322Z.txt', 'ps text'],
    ['snapshots/ps-axo_20261124T150426.503Z.txt', 'ps text'],
    ['snapshots/ps-ef_20261124T150425.742Z.txt', 'ps text'],
    ['snapshots/ps-ejHf_20261124T150426.066Z.txt', 'ps text'],
  ]);
});
