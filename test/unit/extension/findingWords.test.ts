import { expect, test } from 'vitest';
import { kindWords } from '../../../src/extension/findingWords.js';

test('what takes points away has no plus before its minus', () => {
  expect([kindWords({ kind: 'double-fork', points: 40 }), kindWords({ kind: 'brokered', points: -5 })]).toEqual(['double-fork +40', 'brokered -5']);
});
