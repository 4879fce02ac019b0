import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastBefore } from '../../../src/model/index.js';

test('the last entry that is not after a moment is the one that a walk over all finds', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 }), fc.integer({ min: -1, max: 21 }), (times, time) => {
    const entries = times.sort((a, b) => a - b).map((each) => ({ time: each }));
    expect(lastBefore(entries, time)).toBe(entries.filter((entry) => entry.time <= time).length - 1);
  }));
});
