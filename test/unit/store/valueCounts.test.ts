import { expect, test } from 'vitest';
import { createValueCounter, together } from '../../../src/store/valueCounts.js';

test('a column of half a million values has its most frequent first', () => {
  const counter = createValueCounter(['pid']);
  for (let pid = 0; pid < 500_000; pid++) counter.add([pid]);
  counter.add([77]);
  expect(counter.top('pid', 2)).toEqual([[77, 2], [0, 1]]);
  expect(together(counter, createValueCounter(['pid'])).top('pid', 1)).toEqual([[77, 2]]);
});
