import { expect, test } from 'vitest';
import { addsUp, memorySource, readAll } from './memory.js';

const TAKEN = Date.parse('2024-03-02T12:00:00Z') * 1000;

/** Reads bytes as one file, and holds it to what every format owes: one entry, every byte counted, the sum right, places inside the file. */
async function readWhole(name: string, bytes: Uint8Array, chunk = bytes.length || 1) {
  const { rows, entries, batches } = await readAll([memorySource(name, bytes, { chunk })], { takenMicros: TAKEN });
  const entry = entries[0];
  if (!entry || entries.length !== 1) throw new Error('one file is one entry');
  expect(addsUp(entry)).toBe(true);
  expect(entry.accounting.bytes).toBe(bytes.length);
  for (const batch of batches) for (let at = 0; at < batch.count; at++) expect((batch.offset[at] ?? 0) + (batch.byteLength[at] ?? 0)).toBeLessThanOrEqual(bytes.length);
  return { rows, entry };
}

/** Tests that a text, which ends in a line feed, is read the same in chunks, with CRLF and a byte order mark, and is accounted for when cut anywhere, shuffled, or filled with NULs and enormous numbers. */
export function textHolds(name: string, text: string, format: string): void {
  const encoder = new TextEncoder();
  const whole = encoder.encode(text);
  const lines = text.split('\n');

  test(`${format}: the same in chunks of 1, 7 and 4096 bytes, with CRLF and with a byte order mark`, async () => {
    const reference = await readWhole(name, whole);
    expect(reference.entry.format).toBe(format);
    expect(reference.rows.length).toBeGreaterThan(0);
    for (const chunk of [1, 7, 4096]) expect(await readWhole(name, whole, chunk)).toEqual(reference);
    const facts = (rows: typeof reference.rows) => rows.map(({ offset: _offset, byteLength: _length, ...row }) => row);
    const crlf = await readWhole(name, encoder.encode(text.replaceAll('\n', '\r\n')));
    expect(facts(crlf.rows)).toEqual(facts(reference.rows));
    const marked = await readWhole(name, encoder.encode(`\ufeff${text}`));
    expect(marked.entry.format).toBe(format);
    expect(facts(marked.rows)).toEqual(facts(reference.rows));
  });

  test(`${format}: cut at every line and inside every line, what stands before the cut is kept`, async () => {
    let end = 0;
    let most = 0;
    for (const line of lines.slice(0, -1)) {
      const inside = await readWhole(name, whole.slice(0, end + Math.floor(encoder.encode(line).length / 2)));
      expect(inside.entry.accounting.records).toBeGreaterThanOrEqual(0);
      end += encoder.encode(line).length + 1;
      const atBorder = await readWhole(name, whole.slice(0, end));
      if (atBorder.entry.format !== format) continue; // too little to know it by
      expect(atBorder.entry.accounting.understood).toBeGreaterThanOrEqual(most);
      most = atBorder.entry.accounting.understood;
    }
    expect(most).toBeGreaterThan(0);
  });

  test(`${format}: turned round, filled with NULs and with enormous numbers, every record is counted`, async () => {
    const whole = await readWhole(name, encoder.encode(text));
    const turned = await readWhole(name, encoder.encode(`${lines.slice(0, -1).reverse().join('\n')}\n`));
    if (turned.entry.format === format) expect(turned.entry.accounting.records).toBe(whole.entry.accounting.records);
    await readWhole(name, encoder.encode(text.replaceAll(/\d+/g, '99999999999999999999')));
    for (let at = 0; at < lines.length; at++) {
      await readWhole(name, encoder.encode(lines.map((line, place) => (place === at ? line.replaceAll(/\d+/g, '99999999999999999999') : line)).join('\n')));
      await readWhole(name, encoder.encode(lines.map((line, place) => (place === at ? `${line.slice(0, 5)}\0\0${line.slice(5)}\0` : line)).join('\n')));
      await readWhole(name, encoder.encode(lines.map((line, place) => (place === at ? `\x1b[31m${line}\x07\u202e` : line)).join('\n')));
    }
  });
}

/** The same for records of a fixed length. */
export function recordsHold(name: string, bytes: Uint8Array, length: number, format: string): void {
  test(`${format}: the same in chunks; cut, turned round and damaged, every record is counted`, async () => {
    const reference = await readWhole(name, bytes);
    expect(reference.entry.format).toBe(format);
    for (const chunk of [1, 7, 4096]) expect(await readWhole(name, bytes, chunk)).toEqual(reference);
    for (let end = length; end <= bytes.length; end += length) {
      const cut = await readWhole(name, bytes.slice(0, end));
      if (cut.entry.format === format) expect(cut.entry.accounting.records).toBe(end / length);
      const inside = await readWhole(name, bytes.slice(0, end - 3));
      if (inside.entry.format === format) expect(inside.entry.accounting).toMatchObject({ records: end / length, notUnderstood: 1 });
    }
    for (let at = 0; at < length; at += at < 12 || at > length - 60 ? 1 : 31) {
      for (const byte of [0x00, 0x01, 0x7f, 0xff]) {
        const damaged = bytes.slice();
        damaged[at + length * (Math.floor(bytes.length / length) - 1)] = byte;
        const read = await readWhole(name, damaged);
        if (read.entry.format === format) expect(read.entry.accounting.records).toBe(Math.floor(bytes.length / length));
      }
    }
  });
}
