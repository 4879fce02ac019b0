import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesAt } from '../../../src/node/index.js';

let folder: string;
const write = (text: string): string => {
  const file = join(folder, 'evidence.log');
  writeFileSync(file, text);
  return file;
};
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'foundling-lines-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('each offset is on the line that holds its byte, in whatever order they are asked', async () => {
  const file = write('ab\nc\n\ndef');
  expect(await linesAt(file, [6, 0, 2, 3, 5, 8])).toEqual([3, 0, 0, 1, 2, 3]);
});

test('offsets behind the end are on the last line, and a file without an end of line has one line', async () => {
  expect(await linesAt(write('one\ntwo'), [400])).toEqual([1]);
  expect(await linesAt(write('one'), [0, 99])).toEqual([0, 0]);
});

test('lines are counted across the pieces in which a file is read', async () => {
  const line = `${'x'.repeat(99)}\n`;
  const file = write(line.repeat(5_000));
  expect(await linesAt(file, [0, 250_050, 499_999])).toEqual([0, 2_500, 4_999]);
});
