import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSet } from '../../../src/engine/openSet.js';
import type { Source } from '../../../src/evidence/index.js';
import { addsUp, memoryMember, memorySource, readAll } from './memory.js';

const LINES = readFileSync(new URL('../../fixtures/audit/forks.log', import.meta.url), 'latin1').trimEnd().split('\n');
const asFile = (lines: readonly string[]): Uint8Array => Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
/** The first line behind a SYSCALL of an exec: a rotation there parts the call from its arguments. */
const MIDDLES = LINES.flatMap((line, at) => (/^type=SYSCALL .* syscall=59 /.test(line) && LINES[at + 1]?.startsWith('type=EXECVE') === true ? [at + 1] : []));

/** Where the event that the line before `at` is of has ended. */
function endOf(at: number): number {
  const event = /audit\(([\d.:]+)\)/.exec(LINES[at - 1] ?? '')?.[1] ?? '';
  const end = LINES.findIndex((line, index) => index >= at && !line.includes(`audit(${event})`));
  return end < 0 ? LINES.length : end;
}

async function healed(sources: readonly Source[]): Promise<unknown> {
  const { lineage, strings, entries } = await openSet(sources, { keep: false });
  const texts = (ids: ArrayLike<number>): string[] => Array.from(ids, (id) => strings.text(id) ?? '');
  return {
    pids: [...lineage.pid], starts: [...lineage.start], pre: [...lineage.pre], comms: texts(lineage.comm), args: texts(lineage.args), programs: texts(lineage.programArgs),
    understood: entries.reduce((sum, { accounting }) => sum + accounting.understood, 0), lost: entries.reduce((sum, { accounting }) => sum + accounting.lostBySource, 0),
  };
}

describe('an event in two files of a rotated log', () => {
  it('is told as if the log had been rotated behind it', async () => {
    expect(MIDDLES.length).toBeGreaterThan(3);
    const rotated = (at: number): Promise<unknown> => healed([memorySource('audit.log.1', asFile(LINES.slice(0, at))), memorySource('audit.log', asFile(LINES.slice(at)))]);
    for (const at of [...MIDDLES.slice(0, 3), MIDDLES.at(-1)!]) {
      const expected = await rotated(endOf(at));
      expect([at, await rotated(at)]).toEqual([at, expected]);
      expect([at + 1, await rotated(at + 1)]).toEqual([at + 1, expected]);
    }
  });

  it('is whole in an archive, packed or listed in another order', async () => {
    const archive = (at: number): Promise<unknown> => {
      const before = memoryMember('var/log/audit/audit.log.1', asFile(LINES.slice(0, at)), { chunk: 1000 });
      const after = memoryMember('var/log/audit/audit.log', asFile(LINES.slice(at)), { chunk: 7 });
      return healed([{ name: 'logs.tar', members: [after, { ...before, size: undefined, open: (from) => before.open(from) }] }]);
    };
    expect(await archive(MIDDLES[1]!)).toEqual(await archive(endOf(MIDDLES[1]!)));
  });

  it('is of one host with the files around it, though nothing names that host', async () => {
    const { hosts } = await openSet([memorySource('/cases/audit.log.1', asFile(LINES.slice(0, 90))), memorySource('/cases/audit.log', asFile(LINES.slice(90)))], { keep: false });
    expect(hosts).toEqual(['file:audit.log']);
  });

  it.each([['audit-10.0.0.1.log', 'audit-10.0.0.2.log'], ['/cases/10.0.0.1', '/cases/10.0.0.2'], ['audit.log.192.168.10.20', 'audit.log.192.168.10.21']])('is of two hosts where the files are called by addresses: %s, %s', async (first, second) => {
    const { hosts } = await openSet([memorySource(first, asFile(LINES.slice(0, 90))), memorySource(second, asFile(LINES.slice(90)))], { keep: false });
    expect(hosts).toHaveLength(2);
  });

  it('has its place in the file that it begins in, and every record is counted once', async () => {
    const at = MIDDLES[2]!;
    const before = asFile(LINES.slice(0, at));
    const { entries, batches, set } = await readAll([memorySource('audit.log.1', before), memorySource('audit.log', asFile(LINES.slice(at)))]);
    expect(entries.every(addsUp)).toBe(true);
    expect(entries.reduce((sum, { accounting }) => sum + accounting.records, 0)).toBe(LINES.length);
    expect(entries[0]?.accounting.bytes).toBe(before.length);
    for (const batch of batches) for (let row = 0; row < batch.count; row++) if (set.member(batch.member[row]!).path === 'audit.log.1') expect(batch.offset[row]! + batch.byteLength[row]!).toBeLessThanOrEqual(before.length);
  });

  it('is not looked for in files that do not follow each other', async () => {
    const at = MIDDLES[0]!;
    const { entries } = await readAll([memorySource('audit.log.3', asFile(LINES.slice(0, at))), memorySource('audit.log', asFile(LINES.slice(at)))]);
    expect(entries.map(({ accounting }) => accounting.records)).toEqual([at, LINES.length - at]);
  });

  it.each([
    ['audit.log-20240101', 'audit.log-20240102', 'audit.log'],
    ['audit.log-2024010123', 'audit.log-2024010200', 'audit.log'],
    ['audit.log-20240101-1704067200', 'audit.log-20240102-1704153600', 'audit.log'],
    ['audit.log.2024-01-01', 'audit.log.2024-01-02', 'audit.log.2024-01-03'],
    ['audit-20240101.log', 'audit-20240102.log', 'audit.log'],
    ['audit.2.log', 'audit.1.log', 'audit.log'],
    ['audit.log-1704067200', 'audit.log-1704153600', 'audit.log'],
  ])('is told once where the files are called %s, %s and %s, and they are of one host', async (...names) => {
    const cut = (first: number, second: number): Source[] => [[0, first], [first, second], [second, LINES.length]].map(([from, to], at) => memorySource(names[at]!, asFile(LINES.slice(from, to)), { chunk: 3000 }));
    const [first, second] = [MIDDLES[0]!, MIDDLES.at(-1)!];
    const expected = await healed(cut(endOf(first), endOf(second)));
    expect(await healed(cut(first, second))).toEqual(expected);
    expect(await healed(cut(first, second).reverse())).toEqual(expected);
    const { hosts } = await openSet(cut(first, second), { keep: false });
    expect(hosts).toEqual([`file:${names[2]}`]);
  });

  it('is told once where a file is packed and has a date in its name', async () => {
    const packed = (at: number): Source[] => {
      const before = memoryMember('audit.log-20240101.gz', asFile(LINES.slice(0, at)));
      return [{ name: 'audit.log-20240101.gz', members: [{ ...before, size: undefined, open: (from) => before.open(from) }] }, memorySource('audit.log', asFile(LINES.slice(at)))];
    };
    expect(await healed(packed(MIDDLES[1]!))).toEqual(await healed(packed(endOf(MIDDLES[1]!))));
  });
});

it('a date that is none, or a year alone, rotates nothing', async () => {
  const { hosts } = await openSet(['audit.log-20241301', 'audit.log-2024'].map((name, at) => memorySource(name, asFile(LINES.slice(40 * at, 40 * at + 20)))), { keep: false });
  expect(hosts).toEqual(['file:audit.log-20241301', 'file:audit.log-2024']);
});

it('a syslog that was rotated on a day is of that year, whenever its copy was written', async () => {
  const { rows, entries } = await readAll([memorySource('messages-20240101.gz', 'Dec 31 23:59:58 web1 sshd[7]: Server listening on 0.0.0.0 port 22.\n', { modifiedMicros: 1.79e15 })]);
  expect(new Date(Number(rows[0]?.['time']) / 1000).toISOString()).toBe('2023-12-31T23:59:58.000Z');
  expect(entries[0]?.coverage.find(({ gap }) => gap === 'taken-guessed')?.says).toContain("the stamp in the file's name");
});
