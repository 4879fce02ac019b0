import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AuditPart, AuditPartReader, type AuditReaders, buffersOf, type EvidenceSet, readSet } from '../../../src/evidence/index.js';
import { seamIn } from '../../../src/evidence/auditSeams.js';
import type { EvidenceEntry } from '../../../src/model/index.js';
import { TEXT_COLUMNS } from '../../../src/evidence/batch.js';
import { memorySource } from './memory.js';

const FORKS = readFileSync(new URL('../../fixtures/audit/forks.log', import.meta.url), 'utf8').trimEnd().split('\n');
/** Three parts and some more. */
const LONG_BYTES = 34 << 20;

/** Readers in this thread, to which everything is moved as to another. */
function readersHere(count: number): { readonly start: () => AuditReaders; readonly parts: { reader: number; offset: number }[]; readonly isClosed: () => boolean } {
  const parts: { reader: number; offset: number }[] = [];
  let isClosed = false;
  const readers = Array.from({ length: count }, () => new AuditPartReader());
  return {
    parts,
    isClosed: () => isClosed,
    start: () => ({
      count,
      async read(part: AuditPart, reader: number) {
        const moved = structuredClone(part, { transfer: [part.buffer] });
        parts.push({ reader, offset: part.offset });
        await new Promise((resolve) => setTimeout(resolve, 0)); // so that several are asked at once
        const read = readers[reader]!.read(moved);
        return structuredClone(read, { transfer: buffersOf(read) });
      },
      async close() {
        isClosed = true;
        await Promise.resolve();
      },
    }),
  };
}

/** The fixture told again and again, each time later and with higher numbers. */
function longLog(change: (lines: string[], round: number, bytes: number) => string[] = (lines) => lines, step = 1000): string {
  const rounds: string[] = [];
  let length = 0;
  for (let round = 0; length < LONG_BYTES; round++) {
    const later = FORKS.map((line) => line.replace(/audit\((\d+)\.(\d+):(\d+)\)/, (_all, seconds: string, millis: string, serial: string) => `audit(${Number(seconds) + round * 60}.${millis}:${Number(serial) + round * step})`));
    const text = change(later, round, length).join('\n') + '\n';
    rounds.push(text);
    length += text.length;
  }
  return rounds.join('');
}

/** Reads a log in parts and by one reader; both must give the same rows, counts and troubles. */
async function compared(log: string | Uint8Array, { count = 2, chunk = 1 << 20 } = {}): Promise<{ readonly parts: readonly { reader: number; offset: number }[]; readonly entry: EvidenceEntry }> {
  const readers = readersHere(count);
  const alone = await read(log, chunk, undefined);
  const inParts = await read(log, chunk, readers.start);
  expect(inParts.entry).toEqual(alone.entry);
  expect(inParts.rows).toBe(alone.rows);
  for (const [name, column] of inParts.columns) expect({ name, differs: firstDifference(column, alone.columns.get(name)!) }).toEqual({ name, differs: undefined });
  expect(readers.isClosed()).toBe(true);
  return { parts: readers.parts, entry: alone.entry };
}

async function drained(set: EvidenceSet): Promise<void> {
  for await (const batch of set.batches) expect(batch.count).toBeGreaterThan(0);
}

interface Read {
  readonly entry: EvidenceEntry;
  readonly rows: number;
  /** Each column as one list; text cells as texts. */
  readonly columns: ReadonlyMap<string, readonly (number | string | undefined)[]>;
}

async function read(log: string | Uint8Array, chunk: number, startReaders: (() => AuditReaders) | undefined): Promise<Read> {
  const set = readSet([memorySource('audit.log', log, { chunk })], { startReaders });
  const columns = new Map<string, (number | string | undefined)[]>();
  let rows = 0;
  for await (const batch of set.batches) {
    rows += batch.count;
    for (const [name, column] of Object.entries(batch)) {
      if (typeof column === 'number') continue;
      const values = columns.get(name) ?? [];
      columns.set(name, values);
      const isText = (TEXT_COLUMNS as readonly string[]).includes(name);
      for (const value of column.subarray(0, batch.count)) values.push(isText ? set.strings.text(value) : value);
    }
  }
  return { entry: set.entries()[0]!, rows, columns };
}

function firstDifference(inParts: readonly unknown[], alone: readonly unknown[]): unknown {
  const row = inParts.findIndex((value, at) => !Object.is(value, alone[at]));
  return row < 0 ? undefined : { row, inParts: inParts[row], alone: alone[row] };
}

describe('a long audit log read in parts', () => {
  test('gives the rows, counts and missing numbers that one reader gives', async () => {
    const { parts, entry } = await compared(longLog());
    expect(parts.length).toBeGreaterThan(6);
    expect(new Set(parts.map(({ reader }) => reader)).size).toBe(2);
    expect(entry.accounting.lostBySource).toBeGreaterThan(0);
  }, 60_000);

  test('names each user once, and gives each process its title once, as one reader does', async () => {
    const named = longLog((lines) => lines.map((line) => (line.startsWith('type=SYSCALL') ? `${line}\u001dARCH=x86_64 UID="analyst${/ uid=(\d+)/.exec(line)?.[1]}"` : line)));
    expect((await compared(named, { count: 3 })).parts.length).toBeGreaterThan(6);
  }, 60_000);

  test('with blank lines, CRLF, junk, records told twice and chunks of odd sizes, gives the same troubles at the same places', async () => {
    const rough = longLog((lines, round) => lines.flatMap((line, at) => ((at + round) % 7 === 0 ? [`${line}\r`, ''] : (at + round) % 11 === 0 ? [line, line] : (at + round) % 53 === 0 ? [line, 'type=SYSCALL msg=audit(what'] : [line])));
    const { parts, entry } = await compared(rough, { chunk: 777_777 });
    expect(parts.length).toBeGreaterThan(6);
    expect(entry.accounting.duplicates).toBeGreaterThan(0);
    expect(entry.troubles.some(({ count }) => count > 10)).toBe(true);
  }, 60_000);

  test.each([
    ['three and a half megabytes further on is one event all the same', 3.5, 0],
    ['more than four megabytes further on is counted as late, in whatever part it is', 4.5, 1],
  ])('an event with a record %s', async (_what, megabytes, late) => {
    let held: string[] = [];
    let due = 0;
    const far = longLog((lines, _round, bytes) => {
      if (held.length === 0) {
        held = lines.splice(lines.findIndex((line) => line.startsWith('type=CWD')), 1);
        due = bytes + megabytes * (1 << 20);
      } else if (bytes > due) return [...held.splice(0), ...lines];
      return lines;
    }, 350);
    const { parts, entry } = await compared(far);
    expect(parts.length).toBeGreaterThan(1);
    expect(entry.troubles.some(({ what }) => what.includes('came long after'))).toBe(late === 1);
  }, 60_000);

  test('where no event stays together any more, the rest is read by one', async () => {
    const lines = longLog().trimEnd().split('\n');
    const apart = 2000; // records of an event stand this far from each other
    const begin = 10_000; // more than what decides whether a log is sorted
    const woven = lines.slice(0, begin);
    for (let from = begin; from < lines.length; from += apart * 2) for (let at = 0; at < apart; at++) for (const line of [lines[from + at], lines[from + apart + at]]) if (line !== undefined) woven.push(line);
    await compared(woven.join('\n') + '\n');
  }, 60_000);

  test('a line of some megabytes is one trouble, and the rest is read', async () => {
    const log = longLog((lines, round) => (round === 40 ? [...lines, 'x'.repeat(6 << 20)] : lines));
    expect((await compared(log)).entry.troubles.some(({ what }) => what.includes('1 MiB'))).toBe(true);
  }, 60_000);

  test('a log that is cut inside a record says so', async () => {
    const log = longLog();
    await compared(log.slice(0, log.lastIndexOf('type=') + 90));
  }, 60_000);

  test('one that is cancelled ends its readers', async () => {
    const readers = readersHere(2);
    let told = 0;
    const signal = { get aborted() { return told > 3; }, throwIfAborted() { if (told > 3) throw new Error('cancelled'); } } as AbortSignal;
    await expect(drained(readSet([memorySource('audit.log', longLog(), { chunk: 1 << 20 })], { startReaders: readers.start, signal, onProgress: () => told++ }))).rejects.toThrow('cancelled');
    expect(readers.isClosed()).toBe(true);
  }, 60_000);

  test('a reader that fails is told, not waited for', async () => {
    const failing = (): AuditReaders => ({ count: 2, read: () => Promise.reject(new Error('out of memory')), close: () => Promise.resolve() });
    await expect(drained(readSet([memorySource('audit.log', longLog(), { chunk: 1 << 20 })], { startReaders: failing }))).rejects.toThrow('out of memory');
  }, 60_000);

  test('a short one needs no readers', async () => {
    const readers = readersHere(2);
    await drained(readSet([memorySource('audit.log', FORKS.join('\n') + '\n')], { startReaders: readers.start }));
    expect(readers.parts).toEqual([]);
  });
});

describe('a seam', () => {
  test('lies where a line ends, and no event is on both sides of it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 60 }), (serials) => {
        const lines = serials.map((serial) => `type=PATH msg=audit(1700000000.000:${serial}): item=0`);
        const bytes = new TextEncoder().encode(lines.join('\n') + '\n');
        const seam = seamIn(bytes, 0, bytes.length);
        if (seam < 0) return;
        expect(bytes[seam - 1]).toBe(0x0a);
        expect(seam).toBeLessThan(bytes.length);
        const before = serials.slice(1, new TextDecoder().decode(bytes.subarray(0, seam)).split('\n').length - 1); // the first line may be half a line
        const after = new Set(serials.slice(before.length + 1));
        expect(before.some((serial) => after.has(serial))).toBe(false);
      }),
    );
  });

  test('is found between events that follow each other, near the middle', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `type=PATH msg=audit(1700000000.000:${100 + (at >> 1)}): item=${at % 2}`);
    const bytes = new TextEncoder().encode(lines.join('\n') + '\n');
    const seam = seamIn(bytes, 0, bytes.length);
    expect(Math.abs(seam - bytes.length / 2)).toBeLessThan(120);
  });
});
