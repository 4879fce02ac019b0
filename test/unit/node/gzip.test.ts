import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gunzip, isGzip } from '../../../src/node/gzip.js';
import { EvidenceUnreadable } from '../../../src/model/index.js';
import { memoryMember } from '../evidence/memory.js';

/** Lines that deflate to about a third, so that a damaged place lies inside the text and not in one back reference. */
const lines = Array.from({ length: 60_000 }, (_, at) => `${at} ${Math.imul(at, 2654435761) >>> 0} msg=audit(17000.${at})`);
const text = `${lines.join('\n')}\n`;
const stored = new Uint8Array(gzipSync(text));

async function inflate(bytes: Uint8Array, chunk = 4096): Promise<{ text: string; error: unknown }> {
  const out: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const piece of gunzip(() => memoryMember('x.gz', bytes, { chunk }).open(0), 'x.gz')) out.push(piece);
  } catch (cause) {
    error = cause;
  }
  return { text: Buffer.concat(out).toString(), error };
}

test('gzip is known by its magic bytes, not by a name', () => {
  expect(isGzip(stored)).toBe(true);
  expect(isGzip(new TextEncoder().encode('type=SYSCALL'))).toBe(false);
  expect(isGzip(Uint8Array.from([0x1f, 0x8b]))).toBe(false);
});

test.each([stored.length, 4096])('chunks of %i stored bytes inflate to the text', async (chunk) => {
  expect(await inflate(stored, chunk)).toEqual({ text, error: undefined });
});

test('chunks of 7 stored bytes inflate to the text', async () => {
  const few = text.slice(0, 100_000);
  expect(await inflate(new Uint8Array(gzipSync(few)), 7)).toEqual({ text: few, error: undefined });
});

test('joined gzip members are one text', async () => {
  const joined = new Uint8Array(Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]));
  expect(await inflate(joined)).toEqual({ text: 'one\ntwo\n', error: undefined });
});

test('data that ends too early gives all that was there and a clear error', async () => {
  const half = await inflate(stored.slice(0, stored.length / 2));
  expect(half.error).toBeInstanceOf(EvidenceUnreadable);
  expect(String(half.error)).toContain('x.gz: the gzip data ends too early');
  expect(text.startsWith(half.text)).toBe(true);
  expect(half.text.length).toBeGreaterThan(text.length * 0.45);
});

test('a damaged place loses what lies behind it and nothing before it', async () => {
  const at = Math.floor(stored.length * 0.6);
  const damaged = stored.slice();
  damaged.fill(0xff, at, at + 8);
  const { text: got, error } = await inflate(damaged);
  expect(error).toBeInstanceOf(EvidenceUnreadable);
  expect(String(error)).toContain('corrupt');
  // What inflates from the good bytes alone is the measure; zlib may need some bits of lookahead.
  const good = await inflate(stored.slice(0, at));
  let same = 0;
  while (same < got.length && got[same] === text[same]) same++;
  expect(same).toBeGreaterThanOrEqual(good.text.length - 2);
});

test('a wrong checksum at the end is told and nothing is lost', async () => {
  const damaged = stored.slice();
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 0xff;
  const { text: got, error } = await inflate(damaged);
  expect(got).toBe(text);
  expect(error).toBeInstanceOf(EvidenceUnreadable);
});

test('a failing disk is told as such, not as bad gzip', async () => {
  const member = memoryMember('x.gz', stored, { chunk: 4096, failsAt: 8192 });
  const reading = (async () => {
    for await (const piece of gunzip(() => member.open(0), 'x.gz')) void piece;
  })();
  await expect(reading).rejects.toThrow('the disk failed while it was read');
});

test('a reader that leaves early leaves nothing running', async () => {
  for await (const piece of gunzip(() => memoryMember('x.gz', stored, { chunk: 64 }).open(0), 'x.gz')) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
});
