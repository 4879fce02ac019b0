import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlainText, type TextForm, textFormOf } from '../../../src/evidence/textForm.js';
import { addsUp, memorySource, readAll } from './memory.js';

const PS = readFileSync(new URL('../../fixtures/snapshots/ps-axo_20261124T150426.503Z.txt', import.meta.url), 'utf8');

function utf16(text: string, isLittle: boolean, mark = true): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + (mark ? 2 : 0));
  const view = new DataView(bytes.buffer);
  if (mark) view.setUint16(0, 0xfeff, isLittle);
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at + (mark ? 2 : 0), text.charCodeAt(at), isLittle);
  return bytes;
}

test.each([
  ['UTF-16 as a Windows shell writes it', utf16(PS.replaceAll('\n', '\r\n'), true)],
  ['big-endian UTF-16', utf16(PS, false)],
  ['UTF-16 without a mark', utf16(PS, true, false)],
  ['UTF-8 with a mark', new TextEncoder().encode(`\ufeff${PS}`)],
  ['colours', new TextEncoder().encode(PS.split('\n').map((line, at) => (at % 3 === 0 ? `\x1b[0;1;32m${line.slice(0, 9)}\x1b[0m${line.slice(9)}` : line)).join('\n'))],
  ['UTF-16 with colours', utf16(PS.replaceAll('root', '\x1b[31mroot\x1b[m'), true)],
])('ps in %s says what the plain one says, and its places are of the stored bytes', async (_name, bytes) => {
  const name = 'ps-axo_20261124T150426.503Z.txt';
  const plain = await readAll([memorySource(name, PS)]);
  for (const chunk of [1, 7, 4096]) {
    const { rows, entries } = await readAll([memorySource(name, bytes, { chunk })]);
    const ofText = ({ offset, byteLength, ...row }: Readonly<Record<string, unknown>>) => [row, offset, byteLength].slice(0, 1);
    expect(rows.map(ofText)).toEqual(plain.rows.map(ofText));
    expect(entries[0]).toMatchObject({ format: 'ps', accounting: { bytes: bytes.length, understood: plain.entries[0]?.accounting.understood } });
    expect(entries[0] && addsUp(entries[0])).toBe(true);
    for (const row of rows.slice(0, -1)) {
      const stored = bytes.slice(Number(row['offset']), Number(row['offset']) + Number(row['byteLength']));
      const shown = new TextDecoder('latin1').decode(stored).replaceAll('\0', '');
      expect(shown).toMatch(new RegExp(`(^|\\D)${String(row['pid'])}(\\D|$)`));
      expect(shown.trim().split('\n')).toHaveLength(1);
    }
  }
});

test('text that is none of these is left as it is', () => {
  for (const text of ['', 'a', PS, 'type=SYSCALL msg=audit(1.2:3): comm=\x1b[31m', '\0'.repeat(64)]) expect(textFormOf(new TextEncoder().encode(text))).toBeUndefined();
});

test('any text comes back, wide and narrow, in any chunks, and each character knows its place', () => {
  const forms: readonly TextForm[] = [
    { encoding: 'utf-16le', mark: 2, isColoured: true },
    { encoding: 'utf-16be', mark: 2, isColoured: true },
    { encoding: 'utf-8', mark: 3, isColoured: true },
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\x1b[1m', '\x1b[0;31m', '\x1b', '\x1b[', '\x1b[31', 'x'))), fc.constantFrom(...forms), fc.integer({ min: 1, max: 9 }), (parts, form, step) => {
      const text = parts.join('');
      const bytes = form.encoding === 'utf-8' ? new TextEncoder().encode(`\ufeff${text}`) : utf16(text, form.encoding === 'utf-16le');
      const plain = new PlainText(form);
      const out: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += step) out.push(plain.next(bytes.subarray(at, at + step)).slice());
      out.push(plain.end().slice());
      const got = new Uint8Array(Buffer.concat(out));
      // eslint-disable-next-line no-control-regex -- colours are what is taken out
      expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(got)).toBe(text.replace(/\x1b\[[\x20-\x3f]*[\x40-\x7e]/g, ''));
      const decoder = new TextDecoder(form.encoding, { ignoreBOM: true });
      for (let at = 0; at < got.length; at++) {
        if ((got[at]! & 0xc0) === 0x80) continue;
        const stored = plain.storedAt(at);
        expect(stored).toBeGreaterThanOrEqual(form.mark);
        const first = new TextDecoder('utf-8', { ignoreBOM: true }).decode(got.subarray(at, at + 4)).codePointAt(0);
        expect(decoder.decode(bytes.subarray(stored, stored + 4)).codePointAt(0)).toBe(first);
      }
    }),
    { numRuns: 300 },
  );
});
