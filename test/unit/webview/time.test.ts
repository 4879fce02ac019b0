import { expect, test } from 'vitest';
import { clockTime, dateOf, dayAndClockTime, duration, durationBounds, fullTime, spansDays } from '../../../webview/shared/time.js';

const AT = Date.UTC(2026, 10, 24, 3, 12, 44) * 1000 + 123_456;

test('a time is UTC with Z, to the microsecond where it is copied and to the millisecond in columns', () => {
  expect(fullTime(AT)).toBe('2026-11-24 03:12:44.123456Z');
  expect(clockTime(AT)).toBe('03:12:44.123Z');
  expect(dayAndClockTime(AT)).toBe('11-24 03:12:44.123Z');
  expect(dateOf(AT)).toBe('2026-11-24');
});

test('a time before 1970 keeps its own clock', () => {
  expect(fullTime(-1)).toBe('1969-12-31 23:59:59.999999Z');
});

test('an unknown time is said to be unknown, or leaves its column blank', () => {
  expect(fullTime(Number.NaN)).toBe('not known');
  expect(clockTime(Number.NaN)).toBe('');
  expect(dayAndClockTime(Number.NaN)).toBe('');
});

test.each([
  [0, '0 µs'],
  [900, '900 µs'],
  [3000, '3 ms'],
  [48_900_000, '48.9 s'],
  [125_000_000, '2 min 5 s'],
  [7_200_000_000, '2 h'],
  [273_600_000_000, '3 d 4 h'],
  [-3000, 'minus 3 ms'],
  [Number.NaN, 'not known'],
])('%d µs is %s', (micros, words) => {
  expect(duration(micros)).toBe(words);
});

test('bounds of a length say which of them is known', () => {
  expect(durationBounds(4000, 4000)).toBe('4 ms');
  expect(durationBounds(1000, 5000)).toBe('1 ms to 5 ms');
  expect(durationBounds(Number.NaN, 5000)).toBe('at most 5 ms');
  expect(durationBounds(0, 5000)).toBe('at most 5 ms');
  expect(durationBounds(0, 0)).toBe('0 µs');
  expect(durationBounds(1000, Number.NaN)).toBe('at least 1 ms');
  expect(durationBounds(Number.NaN, Number.NaN)).toBe('not known');
});

test('days are counted in UTC', () => {
  expect(spansDays(AT, AT + 60_000_000)).toBe(false);
  expect(spansDays(AT, AT + 86_400_000_000)).toBe(true);
});
