import { describe, expect, test } from 'vitest';
import { durationWords, utcWords } from '../../../src/report/index.js';

describe('durations', () => {
  test.each([
    [0, '0 µs'], [900, '900 µs'], [3_000, '3 ms'], [1_500_000, '1.5 s'], [2_000_000, '2 s'], [125e6, '2 min 5 s'], [120e6, '2 min'], [12_000e6, '3 h 20 min'], [86_400e6 * 5 + 7200e6, '5 d 2 h'],
    [59_960_000, '60 s'], [3_599_700_000, '1 h'],
  ])('%d microseconds are %s', (micros, text) => {
    expect(durationWords(micros)).toBe(text);
  });
});

test('a moment that no calendar holds is said to be unknown', () => {
  expect(utcWords(NaN)).toBe('at an unknown time');
  expect(utcWords(1e30)).toBe('at an unknown time');
  expect(utcWords(1_700_000_000_123_456)).toBe('2023-11-14T22:13:20.123Z');
});
