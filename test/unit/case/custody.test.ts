import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkCustody, type CustodyEntry, custodyFileOf, custodyLine, verdictFileOf } from '../../../src/case/index.js';

const act = (says: string, at = 1_795_532_400_000_123): CustodyEntry => ({ at, author: 'alice', machine: 'lab', act: 'add', subject: 'evidence/audit.log', sha256: 'ab'.repeat(32), bytes: 12, says });
const chainOf = (...says: string[]): string => says.reduce((chain, each) => chain + custodyLine(chain, act(each)), '');

test('a chain reads back as what was written, and its head is the last hash', () => {
  const { entries, head, broken } = checkCustody(chainOf('one', 'two'));
  expect(broken).toBeUndefined();
  expect(entries).toEqual([act('one'), act('two')]);
  expect(chainOf('one', 'two')).toContain(`"hash":"${head}"`);
});

test.each([
  ['a changed letter', (lines: string[]) => [lines[0]!, lines[1]!.replace('two', 'tow'), lines[2]!], 2, /changed after it was written/],
  ['a line taken out', (lines: string[]) => [lines[0]!, lines[2]!], 2, /does not follow/],
  ['the first line taken out', (lines: string[]) => [lines[1]!, lines[2]!], 1, /lines before it were taken out/],
  ['two lines that changed places', (lines: string[]) => [lines[0]!, lines[2]!, lines[1]!], 2, /does not follow/],
  ['a line of somebody else', (lines: string[]) => [lines[0]!, '{"at":"x"}', lines[1]!], 2, /no hash/],
])('%s breaks the chain where it stands', (_what, change, line, says) => {
  const lines = chainOf('one', 'two', 'three').trimEnd().split('\n');
  expect(checkCustody(change(lines).join('\n')).broken).toMatchObject({ line, says: expect.stringMatching(says) as string });
});

test('what follows a break proves nothing and is not counted', () => {
  const lines = chainOf('one', 'two', 'three').replace('two', 'tow');
  expect(checkCustody(lines).entries.map(({ says }) => says)).toEqual(['one']);
});

test('any text is read without throwing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void checkCustody(text)));
});

test('no author or machine names a file outside of its folder, and two names never share one', () => {
  const hostile = ['../../etc/cron.d/x', '/etc/passwd', '.', '..', '', '.bashrc', 'a/b', 'a\\b', 'a\0b', 'con:aux', 'x'.repeat(300), 'ä', 'a\nb', '-rf', 'a b', 'a  b'];
  const files = hostile.flatMap((name) => [verdictFileOf(name), custodyFileOf(name, 'lab'), custodyFileOf('lab', name)]);
  for (const file of files) expect(file).toMatch(/^(verdicts|custody)\/[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.jsonl$/);
  expect(new Set(files).size).toBe(files.length);
  expect(verdictFileOf('alice')).toBe('verdicts/alice.jsonl');
});
