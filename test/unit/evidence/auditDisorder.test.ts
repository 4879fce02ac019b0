import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SerialGaps } from '../../../src/evidence/auditSerials.js';
import type { Temporary } from '../../../src/evidence/index.js';
import { LineSort } from '../../../src/evidence/lineSort.js';
import { Spill } from '../../../src/node/spill.js';
import { interleaved, shuffled, told } from './told.js';

const FIXTURE = readFileSync(new URL('../../fixtures/audit/forks.log', import.meta.url), 'latin1').trimEnd().split('\n');
const CAPTURE = new URL('../../../../shared/evidence/lab/forks-dev/audit.log.gz', import.meta.url);
const hasLab = existsSync(CAPTURE);

describe('a log out of order', () => {
  it('tells what the log in order tells, whatever the order of its lines, with a store and without', { timeout: 120_000 }, async () => {
    const expected = await told(FIXTURE, false);
    expect(expected.gaps).not.toContain('disordered');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('shuffled', 'reversed', 'interleaved'), fc.integer(), fc.boolean(), async (how, seed, keep) => {
        const lines = how === 'shuffled' ? shuffled(FIXTURE, seed) : how === 'reversed' ? [...FIXTURE].reverse() : interleaved(FIXTURE, seed);
        const found = await told(lines, keep);
        expect({ ...found, gaps: [] }).toEqual({ ...expected, gaps: [] });
        if (how !== 'interleaved') expect(found.gaps).toContain('disordered');
      }),
      { numRuns: 25 },
    );
  });

  it('with each line twice tells it once, and counts the copies', async () => {
    const once = await told(FIXTURE, false);
    const twice = await told(shuffled([...FIXTURE, ...FIXTURE], 5), false);
    expect(twice.lineage).toBe(once.lineage);
    const { understood, lostBySource } = once.accounting as { understood: number; lostBySource: number }; // an Accounting, compared as a whole elsewhere
    expect(twice.accounting).toMatchObject({ understood: 2 * understood, duplicates: understood, lostBySource });
  });

  it('that is cut inside a line tells the same as the lines that are left, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 60 }), async (seed, cut) => {
        const lines = shuffled(FIXTURE, seed);
        const last = lines.pop()!;
        // Too short to be a record: it is counted, and nothing is read out of it.
        const found = await told([...lines, last.slice(0, Math.min(cut, 12))], false, '');
        const whole = await told(lines, false);
        expect(found.lineage).toBe(whole.lineage);
        expect(found.accounting).toMatchObject({ notUnderstood: 1 });
      }),
      { numRuns: 10 },
    );
  });

  it.skipIf(!hasLab)('a capture shuffled, reversed, or out of order only from its middle on is the capture (not run where ../shared/evidence is absent)', { timeout: 120_000 }, async () => {
    const lines = gunzipSync(readFileSync(CAPTURE)).toString('latin1').trimEnd().split('\n');
    const half = lines.length >> 1;
    const expected = await told(lines, false);
    expect(expected.count).toBeGreaterThan(4000);
    for (const [keep, order] of [[false, shuffled(lines, 7)], [true, [...lines].reverse()], [false, [...lines.slice(0, half), ...shuffled(lines.slice(half), 3)]], [true, [...lines.slice(half), ...lines.slice(0, half)]]] as const) {
      const found = await told(order, keep);
      expect(found.gaps).toContain('disordered');
      expect(found.accounting).toEqual(expected.accounting);
      expect(found.lineage === expected.lineage).toBe(true); // a difference would be megabytes of text
    }
  });
});

describe('sorting lines', () => {
  const sorted = async (times: readonly number[], runBytes: number, openTemporary: (() => Temporary) | undefined): Promise<{ texts: string[]; repeats: number }> => {
    const sort = new LineSort(openTemporary, runBytes);
    const texts: string[] = [];
    let repeats = 0;
    for (const [offset, time] of times.entries()) {
      const line = new TextEncoder().encode(`${time} ${'x'.repeat(time % 50)}`);
      sort.add({ time, serial: 0, node: 0, rank: 0 }, line, 0, line.length, offset);
      await sort.relieve();
    }
    for await (const lines of sort.sorted()) {
      for (const { bytes, from, to, isRepeat } of lines) {
        texts.push(new TextDecoder().decode(bytes.subarray(from, to)));
        if (isRepeat) repeats++;
      }
    }
    await sort.close();
    return { texts, repeats };
  };

  it('gives the same from memory, from a temporary file, and where that takes no more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(500), { maxLength: 400 }), fc.integer({ min: 60, max: 4000 }), fc.nat(5), async (times, runBytes, room) => {
        const expected = [...times].sort((a, b) => a - b).map((time) => `${time} ${'x'.repeat(time % 50)}`);
        const full = (): Temporary => {
          const spill = new Spill();
          let writes = 0;
          return { add: (bytes) => (writes++ < room ? spill.add(bytes) : Promise.resolve(undefined)), read: (position, length) => spill.read(position, length), close: () => spill.close() };
        };
        for (const open of [undefined, () => new Spill(), full]) {
          const { texts, repeats } = await sorted(times, runBytes, open);
          expect(texts).toEqual(expected);
          expect(repeats).toBe(times.length - new Set(times).size);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('missing numbers', () => {
  const lost = (events: readonly (readonly [serial: number, time: number])[]): number => {
    const gaps = new SerialGaps();
    for (const [serial, time] of events) gaps.see(serial, time, 0);
    return gaps.finish();
  };
  const boot = Array.from({ length: 40_000 }, (_, at) => [at + 1, at * 1000] as const).filter(([serial]) => serial % 100 !== 50);

  it('are those that stand nowhere, in whatever order the others do', () => {
    expect(lost(boot)).toBe(400);
    expect(lost([...boot].reverse())).toBe(400);
    expect(lost([...boot.slice(20_000), ...boot.slice(0, 20_000)])).toBe(400);
  });

  it('are counted boot by boot', () => {
    expect(lost([...boot, ...boot.map(([serial, time]) => [serial, time + 1e9] as const)])).toBe(800);
  });

  it('are not those between a call that took long and what is stamped like it', () => {
    const call = [30_000, 500_500] as const; // begun early, numbered when it returned
    const others = boot.filter(([serial]) => serial !== 30_000);
    expect(lost([...others, call].sort((a, b) => a[1] - b[1]))).toBe(400);
  });
});
