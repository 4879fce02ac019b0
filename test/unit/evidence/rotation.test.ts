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
});
