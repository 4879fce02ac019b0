import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../../src/evidence/lines.js';
import { addsUp, memoryMember, memorySource, readAll } from './memory.js';

const FIXTURES = new URL('../../fixtures/snapshots/', import.meta.url);
const NAMES = [
  'ps-aux_20261124T150425.322Z.txt',
  'ps-ef_20261124T150425.742Z.txt',
  'ps-ejHf_20261124T150426.066Z.txt',
  'ps-axo_20261124T150426.503Z.txt',
  'proc_20261124T150427.189Z.jsonl',
];
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FIXTURES)));

describe.each(NAMES)('%s', (name) => {
  const whole = bytesOf(name);
  const recordEnds = [...whole.keys()].filter((at) => whole[at] === 0x0a).map((at) => at + 1);

  test('gives the same in chunks of 1, 7 and 4096 bytes', async () => {
    const at = async (chunk: number) => {
      const { rows, entries } = await readAll([memorySource(name, whole, { chunk })]);
      return { rows, entries };
    };
    const reference = await at(whole.length);
    for (const chunk of [1, 7, 4096]) expect(await at(chunk)).toEqual(reference);
  });

  test('cut at every record, and inside every record, loses nothing that stands before the cut', async () => {
    for (const [record, end] of recordEnds.entries()) {
      const atBorder = await readAll([memorySource(name, whole.slice(0, end))]);
      expect(atBorder.entries[0]?.accounting).toMatchObject({ bytes: end, records: record + 1, notUnderstood: 0 });
      const inside = end - 2;
      const { entries } = await readAll([memorySource(name, whole.slice(0, inside))]);
      expect(entries[0] && addsUp(entries[0])).toBe(true);
      expect(entries[0]?.accounting.bytes).toBe(inside);
      if (record > 0) expect(entries[0]?.accounting.understood).toBeGreaterThanOrEqual(record);
    }
  });

  test('any damage is counted and never thrown', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            at: fc.nat(whole.length - 1),
            bytes: fc.oneof(
              fc.constantFrom([0], [0x0a], [0x0d, 0x0a], [0xef, 0xbb, 0xbf], [0xff], [0x20], [0x29], [0x22]),
              fc.array(fc.nat(255), { maxLength: 12 }),
            ),
            drop: fc.nat(40),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        fc.constantFrom(1 << 20, 100, 13),
        async (damages, chunk) => {
          let damaged = [...whole];
          for (const { at, bytes, drop } of damages) damaged = [...damaged.slice(0, at), ...bytes, ...damaged.slice(at + drop)];
          const { entries, batches } = await readAll([memorySource(name, Uint8Array.from(damaged), { chunk })]);
          expect(entries).toHaveLength(1);
          expect(entries[0] && addsUp(entries[0])).toBe(true);
          expect(entries[0]?.accounting.bytes).toBe(damaged.length);
          for (const batch of batches)
            for (let at = 0; at < batch.count; at++) expect((batch.offset[at] ?? 0) + (batch.byteLength[at] ?? 0)).toBeLessThanOrEqual(damaged.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('shuffled rows give the same processes', async () => {
    const lines = new TextDecoder().decode(whole).trimEnd().split('\n');
    const [head = '', ...rest] = lines;
    const turned = `${[head, ...rest.reverse()].join('\n')}\n`;
    const byPid = async (content: string | Uint8Array) => {
      const { rows } = await readAll([memorySource(name, content)]);
      return rows
        .map(({ offset: _offset, byteLength: _length, ...row }) => row)
        .sort((a, b) => Number(a['pid']) - Number(b['pid']) || Number(a['kind']) - Number(b['kind']));
    };
    expect(await byPid(turned)).toEqual(await byPid(whole));
  });
});

test('a line of 50 MB is one record, counted whole, and the next line is read', async () => {
  const header = 'UID PID PPID C STIME TTY TIME CMD\nroot 1 0 0 12:00 ? 00:00:01 ';
  const long = new Uint8Array(50_000_000).fill(0x61);
  const tail = '\nroot 20 1 0 12:00 ? 00:00:01 b\n';
  const whole = Buffer.concat([Buffer.from(header), long, Buffer.from(tail)]);
  const { entries, rows } = await readAll([memorySource('ps_20261124T150426Z.txt', new Uint8Array(whole), { chunk: 1 << 16 })]);
  expect(entries[0]?.accounting).toMatchObject({ bytes: whole.length, records: 3, understood: 3 });
  expect(rows.filter((row) => row['pid'] !== -1).map((row) => row['pid'])).toEqual([1, 20]);
  expect(rows[1]).toMatchObject({ args: 'b' });
});

test('a JSON line that is too long is rejected and the next one is read', async () => {
  const good = '{"kind": "process", "pid": 7, "stat": "7 (x) S 1 7 7 0 -1"}\n';
  const long = `{"kind": "process", "pid": 8, "stat": "${'x'.repeat(20_000_000)}"}\n`;
  const { entries, rows } = await readAll([memorySource('proc.jsonl', good + long + good.replaceAll('7', '9'))]);
  expect(entries[0]?.accounting).toMatchObject({ records: 3, understood: 2, notUnderstood: 1 });
  expect(rows.map((row) => row['pid'])).toEqual([7, 9]);
});

test('lines of any bytes in chunks of any size are the lines of the text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0x00, 0xef, 0xbb, 0xbf, 0xff), { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 80 }),
      async (content, chunk, longest) => {
        const bytes = Uint8Array.from(content);
        let offset = 0;
        for await (const line of linesOf(memoryMember('x', bytes, { chunk }), longest)) {
          expect(line.offset).toBe(offset);
          const end = bytes.indexOf(0x0a, offset);
          expect(line.byteLength).toBe((end < 0 ? bytes.length : end + 1) - offset);
          expect(line.isEnded).toBe(end >= 0);
          let expected = [...bytes.slice(offset, end < 0 ? undefined : end)];
          expect(line.isCut).toBe(expected.length > longest);
          if (line.isCut) expected = expected.slice(0, longest);
          else if (expected.at(-1) === 0x0d) expected.pop();
          if (offset === 0 && expected[0] === 0xef && expected[1] === 0xbb && expected[2] === 0xbf) expected.splice(0, 3);
          expect([...line.bytes.slice(line.from, line.to)]).toEqual(expected);
          offset += line.byteLength;
        }
        expect(offset).toBe(bytes.length);
      },
    ),
  );
});

test('arbitrary bytes in any file of a /proc copy are counted and never thrown', async () => {
  const file = fc.constantFrom('stat', 'status', 'comm', 'cmdline', 'cgroup', 'loginuid', 'stack', 'task/9/stat', 'exe');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ pid: fc.nat(3), file, text: fc.oneof(fc.string(), fc.constantFrom('1 (x) S 0 1 1 0', 'Pid:\t1\nTgid:\t1\n', '0::/a.service')) }), {
        maxLength: 12,
      }),
      async (files) => {
        const members = files.map((each, at) =>
          memoryMember(`proc/${each.pid}/${each.file}${at % 5 === 4 ? '.txt' : ''}`, each.text, each.file === 'exe' ? { linkTarget: each.text } : {}),
        );
        members.push(memoryMember('proc/stat', 'btime 99\n'), memoryMember('proc/77/status', 'Pid:\t77\n'));
        const { entries } = await readAll([{ name: 'p.tar', members }]);
        for (const entry of entries) expect(addsUp(entry)).toBe(true);
        expect(entries.reduce((sum, entry) => sum + entry.accounting.records, 0)).toBe(members.length);
      },
    ),
  );
});

test('an archive made of thousands of /proc copies is read in bounded time', async () => {
  const members = Array.from({ length: 5000 }, (_, at) => memoryMember(`${at}/proc/1/status`, 'Pid:\t1\n'));
  const { entries } = await readAll([{ name: 'p.tar', members }]);
  expect(entries).toHaveLength(5000);
  expect(entries.filter(({ format }) => format === 'proc-copy')).toHaveLength(256);
  expect(entries.every(addsUp)).toBe(true);
});
