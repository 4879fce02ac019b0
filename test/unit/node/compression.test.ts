import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EvidenceUnreadable, type Member } from '../../../src/model/index.js';
import { compressionOf, unpackedMember } from '../../../src/node/compression.js';
import { openSources } from '../../../src/node/index.js';
import { Spill } from '../../../src/node/spill.js';
import { memoryMember } from '../evidence/memory.js';
import { zip } from './zipFile.js';

const text = Array.from({ length: 20_000 }, (_, at) => `${at} ${Math.imul(at, 2654435761) >>> 0} msg=audit(17000.${at})\n`).join('');
const bytes = new TextEncoder().encode(text);

/** Packed by the programs that people pack with, where they are. */
function packedBy(command: string, ...args: readonly string[]): Uint8Array | undefined {
  try {
    return new Uint8Array(execFileSync(command, [...args, '-c'], { input: bytes, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] }));
  } catch {
    return undefined; // not installed: named below as not run
  }
}

const PACKED: readonly (readonly [string, Uint8Array | undefined])[] = [
  ['gzip', new Uint8Array(gzipSync(bytes))],
  ['zstd', packedBy('zstd', '-q')],
  ['xz', packedBy('xz')],
  ['bzip2', packedBy('bzip2')],
];

async function read(member: Member, from = 0): Promise<{ text: string; error: Error | undefined }> {
  const pieces: Uint8Array[] = [];
  let error: Error | undefined;
  try {
    for await (const piece of member.open(from)) pieces.push(piece.slice());
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    error = cause;
  }
  return { text: Buffer.concat(pieces).toString('latin1'), error };
}

function unpacked(packed: Uint8Array, chunk: number, spill = new Spill()): Member {
  const compression = compressionOf(packed);
  if (!compression) throw new Error('not recognised');
  return unpackedMember(memoryMember('x', packed, { chunk }), compression, { spill, modifiedMicros: undefined });
}

describe.each(PACKED)('%s', (name, packed) => {
  const whole = packed ?? new Uint8Array(0);
  const isThere = test.skipIf(packed === undefined);

  isThere('is known by its bytes and unpacks to the text, in any chunks (not run where the program is absent)', async () => {
    for (const chunk of [whole.length, 4096, 13]) expect((await read(unpacked(whole, chunk))).text === text).toBe(true);
  });

  isThere('opens at any offset, before and after it was read to its end, also without a temporary file', async () => {
    for (const spill of [new Spill(), ...(name === 'xz' ? [] : [new Spill('/nowhere')])]) {
      const member = unpacked(whole, 4096, spill);
      for (const from of [700_000, 0, 1, 999_999, bytes.length - 5, bytes.length]) expect((await read(member, from)).text === text.slice(from)).toBe(true);
    }
  });

  isThere('read by two at once gives each all of it', async () => {
    const member = unpacked(whole, 4096);
    const both = await Promise.all([read(member), read(member, 5)]);
    expect(both[0].text === text).toBe(true);
    expect(both[1].text === text.slice(5)).toBe(true);
  });

  isThere('a cut gives a part of the text and says that it ends too early, again and again', async () => {
    const member = unpacked(whole.slice(0, Math.floor(whole.length * 0.7)), 4096);
    for (let again = 0; again < 2; again++) {
      const { text: got, error } = await read(member);
      expect(text.startsWith(got)).toBe(true);
      expect(error?.message).toMatch(/^x: the \w+ data (ends too early|is corrupt)/);
    }
  });

  isThere('damage anywhere is told or harmless, and ends', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 5), fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.nat(whole.length), async (at, noise, length) => {
        const damaged = whole.slice(0, Math.max(6, length));
        damaged.set(noise.subarray(0, Math.max(0, damaged.length - at - 4)), Math.min(at + 4, damaged.length));
        if (compressionOf(damaged)) await read(unpacked(damaged, 4096));
      }),
      { numRuns: 40 },
    );
  });
});

test('joined zstd frames, and skippable ones between them, are one text', async (context) => {
  const [, zstd] = PACKED[1] ?? [];
  if (!zstd) return context.skip();
  const skippable = Uint8Array.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);
  const joined = new Uint8Array(Buffer.concat([skippable, zstd, skippable, zstd]));
  for (const chunk of [joined.length, 7]) expect((await read(unpacked(joined, chunk))).text === text + text).toBe(true);
});

test('a zstd frame that asks for a window of a gigabyte gets no memory', async () => {
  const frame = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x0b, 0, 0, 0x61]);
  expect((await read(unpacked(frame, 100))).error?.message).toContain('needs a window of 1073741824 bytes');
});

test('a bomb ends at eleven hundred times its size', async () => {
  // Runs of 128 KiB in four bytes each: 30,000 to one.
  const block = [0x02, 0x00, 0x10, 0x61];
  const frame = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ...Array.from({ length: 1000 }, () => block).flat()]);
  const { text: got, error } = await read(unpacked(frame, 4096));
  expect(error?.message).toContain('more than 1100 times its size');
  expect(got.length).toBeLessThanOrEqual(64 << 20);
});

describe('zip', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foundling-zip-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function opened(content: Uint8Array) {
    const file = join(folder, 'a.zip');
    await writeFile(file, content);
    const [source] = await openSources([file]);
    if (!source) throw new Error('no source');
    return source;
  }

  test('files stored and deflated come out in order with their time, and open at an offset; a link keeps its target', async () => {
    const { members, error } = await opened(zip([{ name: 'd/', content: '', method: 0 }, { name: 'a', content: text }, { name: 'b', content: 'two', method: 0 }, { name: 'l', content: '/etc/passwd', attributes: 0o120777 << 16 }]));
    expect(error).toBeUndefined();
    expect(members.map(({ path, size, linkTarget }) => [path, size, linkTarget])).toEqual([
      ['a', bytes.length, undefined],
      ['b', 3, undefined],
      ['l', 0, '/etc/passwd'],
    ]);
    expect((await read(members[0]!, 999_999)).text === text.slice(999_999)).toBe(true);
    expect((await read(members[1]!, 1)).text).toBe('wo');
    expect(members[1]?.modifiedMicros).toBe(Date.UTC(2026, 10, 24, 15) * 1000);
  });

  test('names that climb out of it are only text', async () => {
    const { members } = await opened(zip([{ name: '../../etc/cron.d/x', content: 'a' }, { name: '/etc/passwd', content: 'b' }, { name: 'C:\\x', content: 'c' }]));
    expect(members.map(({ path }) => path)).toEqual(['../../etc/cron.d/x', '/etc/passwd', 'C:/x']);
  });

  test('an encrypted file, and one packed otherwise, say so; the others are read', async () => {
    const { members } = await opened(zip([{ name: 'a', content: 'secret', flags: 1 }, { name: 'b', content: 'x', method: 99 }, { name: 'c', content: 'plain' }]));
    expect((await read(members[0]!)).error?.message).toContain('a: it is encrypted');
    expect((await read(members[1]!)).error?.message).toContain('method 99');
    expect((await read(members[2]!)).text).toBe('plain');
  });

  test('a file that is longer or shorter than the zip states is cut or told', async () => {
    const { members } = await opened(zip([{ name: 'a', content: 'abcdef', stated: 3 }, { name: 'b', content: 'abc', stated: 6 }]));
    expect(await read(members[0]!)).toMatchObject({ text: 'abc', error: { message: expect.stringContaining('more than the archive states') as string } });
    expect(await read(members[1]!)).toMatchObject({ text: 'abc', error: { message: expect.stringContaining('unpacks to 3 bytes where the archive states 6') as string } });
  });

  test('a zip that states a bomb is not read beyond it', async () => {
    const { members, error } = await opened(zip([{ name: 'a', content: 'x' }, { name: 'b', content: 'x', stated: 0xfffffff0 }, { name: 'c', content: 'x' }]));
    expect(members.map(({ path }) => path)).toEqual(['a']);
    expect(error).toContain('250 times its size');
  });

  test('a zip without its end says so', async () => {
    const whole = zip([{ name: 'a', content: text }]);
    const { members, error } = await opened(whole.slice(0, whole.length / 2));
    expect(members).toEqual([]);
    expect(error).toContain('no directory at its end');
  });

  test('a packed log in a zip in a tar is read through, and archives too deep in each other are told', async () => {
    const inner = zip([{ name: 'log/audit.log.1.gz', content: new Uint8Array(gzipSync('type=SYSCALL')), method: 0 }]);
    const outer = zip([{ name: 'host/inner.zip', content: inner }]);
    const { members, error } = await opened(outer);
    expect(error).toBeUndefined();
    expect(members.map(({ path }) => path)).toEqual(['host/inner.zip/log/audit.log.1.gz']);
    expect((await read(members[0]!, 5)).text).toBe('SYSCALL');
    const deep = await opened(zip([{ name: '1.zip', content: zip([{ name: '2.zip', content: zip([{ name: '3.zip', content: inner }]) }]) }]));
    expect(deep.error).toContain('more than 3 deep');
  });

  test('damage anywhere in a zip is told or harmless, and ends', { timeout: 60_000 }, async () => {
    const whole = zip([{ name: 'a', content: text.slice(0, 20_000) }, { name: 'b', content: 'x', method: 0 }]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 6 }), async (at, noise) => {
        const damaged = whole.slice();
        damaged.set(noise.subarray(0, damaged.length - at), at);
        for (const member of (await opened(damaged)).members) await read(member);
      }),
      { numRuns: 60 },
    );
  });

  test('nothing is left in the folder for temporary files', async () => {
    const before = readdirSync(tmpdir()).filter((name) => /^foundling-.*\.tmp$/.test(name));
    const { members } = await opened(zip([{ name: 'a', content: text }]));
    await read(members[0]!);
    expect(readdirSync(tmpdir()).filter((name) => /^foundling-.*\.tmp$/.test(name))).toEqual(before);
  });

  test('the opening of an archive can be cancelled', async () => {
    await writeFile(join(folder, 'a.zip'), zip([{ name: 'a', content: 'x' }]));
    await expect(openSources([join(folder, 'a.zip')], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
