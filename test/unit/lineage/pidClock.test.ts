import { describe, expect, it } from 'vitest';
import { PidClock } from '../../../src/lineage/pidClock.js';

/** A clock fed with [pid, seconds] and asked at `t`. */
function clock(fed: readonly (readonly [number, number])[], t: number): PidClock {
  const made = new PidClock();
  for (const [pid, at] of fed) made.feed(pid, at);
  made.at(t);
  return made;
}

const run = (from: number, count: number, since: number, step = 2): (readonly [number, number])[] => Array.from({ length: count }, (_, i) => [from + i * step, since + i] as const);

describe('the pid clock', () => {
  it('knows whose turn it is while the numbers go up', () => {
    const made = clock(run(1000, 100, 0), 99);
    expect(made.isTurnOf(1198)).toBe(true);
    expect(made.isTurnOf(1250)).toBe(true);
    expect(made.isTurnOf(700)).toBe(false);
    expect(made.births()).toBe(198);
  });

  it('is not moved by old processes that act in between', () => {
    const made = clock([...run(5000, 20, 0), [310, 20], [333, 21], [340, 22], [5042, 23], [350, 24], [360, 25], [371, 26]], 26);
    expect(made.isTurnOf(5042)).toBe(true);
    expect(made.isTurnOf(371)).toBe(false);
  });

  it('sees a jump from what follows, and from its first newcomer on', () => {
    const fed = [...run(400, 20, 0), ...run(126_000, 10, 100)];
    expect(clock(fed, 99).isTurnOf(126_000)).toBe(false);
    const at = clock(fed, 100);
    expect(at.isTurnOf(126_000)).toBe(true);
    expect(at.isTurnOf(438)).toBe(false);
    expect(at.births() - clock(fed, 50).births()).toBeGreaterThan(250);
  });

  it('expects a wrap where the kernel starts with its limit, and goes on at the first number that is not reserved', () => {
    const made = clock([...run(32_700, 34, 0), [301, 40], [303, 41]], 41);
    expect(made.isTurnOf(303)).toBe(true);
    expect(made.isTurnOf(32_766)).toBe(true); // it may only be late
    expect(made.isTurnOf(1000)).toBe(false);
  });

  it('expects the next wrap where it wrapped once', () => {
    const round = (since: number) => [...run(300, 860, since)];
    const made = clock([...round(0), ...round(1000), [301, 2000]], 2000);
    expect(made.isTurnOf(310)).toBe(true);
    expect(made.births()).toBeGreaterThan(2 * 1700);
  });
});
