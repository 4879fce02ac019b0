import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addsUp, memorySource, readAll } from './memory.js';

/** Real samples lie beside a developer's clone; they may not be copied into it. */
const PUBLIC = new URL('../../../../shared/evidence/public/', import.meta.url).pathname;
export const hasSamples = existsSync(PUBLIC);

test.runIf(process.env['CI'] === 'true')('the shared evidence is there in CI', () => {
  expect(hasSamples).toBe(true);
});

/** The names of a format's samples. */
export function samplesOf(folder: string): string[] {
  return hasSamples ? readdirSync(PUBLIC + folder).map((name) => `${folder}/${name}`) : [];
}

/** The bytes of a sample, unpacked, and the name that it had before it was packed. */
export function sample(path: string): { readonly name: string; readonly bytes: Uint8Array } {
  const bytes = readFileSync(PUBLIC + path);
  const name = path.split('/').at(-1) ?? path;
  return name.endsWith('.gz') ? { name: name.slice(0, -3), bytes: new Uint8Array(gunzipSync(bytes)) } : { name, bytes: new Uint8Array(bytes) };
}

/** Pieces that break a reader: line ends, quotes, brackets, bytes that are no text. */
const PIECES = [[0], [0x0a], [0x0d, 0x0a], [0xef, 0xbb, 0xbf], [0xff], [0x20], [0x22], [0x5c], [0x7b], [0x7d], [0x5b], [0x5d], [0x3c], [0x26], [0x28], [0x29], [0x09], [0xed, 0xa0, 0x80], [...new TextEncoder().encode('99999999999999999999')]];

/**
 * Tests that a sample is read the same in any chunks and with CRLF, and that no damage is thrown, lost from the accounting, or given a place outside
 * the file.
 */
export function holdsUnderDamage(path: string, format: string, options: DamageOptions = {}): void {
  test.skipIf(!hasSamples)(`${path} is the same in chunks, with CRLF, cut and damaged (not run where ../shared/evidence is absent)`, { timeout: 120_000 }, () => holds(sample(path), format, options));
}

/** The same for bytes that a test makes. */
export function holdsMadeUnderDamage(name: string, content: string, format: string, options: DamageOptions = {}): void {
  test(`${format} in ${name} is the same in chunks, with CRLF, cut and damaged`, { timeout: 120_000 }, () => holds({ name, bytes: new TextEncoder().encode(content) }, format, options));
}

interface DamageOptions {
  readonly runs?: number;
  readonly wholeUpTo?: number;
  readonly keepsCrlf?: boolean;
}

async function holds({ name, bytes: all }: ReturnType<typeof sample>, format: string, options: DamageOptions): Promise<void> {
  const whole = all.slice(0, options.wholeUpTo ?? 60_000);
  const read = async (bytes: Uint8Array, chunk = bytes.length || 1) => {
    const { rows, entries, batches } = await readAll([memorySource(name, bytes, { chunk, modifiedMicros: 1.6e15 })]);
    expect(entries).toHaveLength(1);
    expect(entries[0] && addsUp(entries[0])).toBe(true);
    expect(entries[0]?.accounting.bytes).toBe(bytes.length);
    for (const batch of batches) for (let at = 0; at < batch.count; at++) expect((batch.offset[at] ?? 0) + (batch.byteLength[at] ?? 0)).toBeLessThanOrEqual(bytes.length);
    return { rows, entry: entries[0] };
  };
  const reference = await read(whole);
  expect(reference.entry?.format).toBe(format);
  for (const chunk of [1, 7, 4096]) expect(await read(whole, chunk)).toEqual(reference);
  if (options.keepsCrlf !== false) {
    const text = new TextDecoder('latin1').decode(whole).replaceAll('\r\n', '\n').replaceAll('\n', '\r\n');
    const withCrlf = await read(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    expect(withCrlf.entry?.accounting).toMatchObject({ understood: reference.entry?.accounting.understood, notUnderstood: reference.entry?.accounting.notUnderstood });
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(whole.length - 1), bytes: fc.oneof(fc.constantFrom(...PIECES), fc.array(fc.nat(255), { maxLength: 12 })), drop: fc.nat(60) }), { minLength: 1, maxLength: 5 }),
      fc.nat(whole.length),
      fc.constantFrom(1 << 20, 100, 13),
      async (damages, length, chunk) => {
        let damaged = [...whole.slice(0, length)];
        for (const { at, bytes, drop } of damages) damaged = [...damaged.slice(0, at), ...bytes, ...damaged.slice(at + drop)];
        await read(Uint8Array.from(damaged), chunk);
      },
    ),
    { numRuns: options.runs ?? 25 },
  );
}
