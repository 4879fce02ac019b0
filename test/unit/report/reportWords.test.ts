import { expect, test } from 'vitest';
import { knownWords } from '../../../src/report/reportWords.js';

test('one unrecorded process is one, not "1 processes"', () => {
  const creators = { observed: 5, derived: 0, inferred: 0, unknown: 0 };
  expect(knownWords({ creators, unrecorded: 1, orphanUnknown: 0 })).toMatch(/ 1 process is known only by what points to it\.$/);
  expect(knownWords({ creators, unrecorded: 2, orphanUnknown: 0 })).toMatch(/ 2 processes are known only by what points to them\.$/);
});
