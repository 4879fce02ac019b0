import { expect, test } from 'vitest';
import { LEAST_WIDTH, lifelineOf } from '../../../webview/tree/lifeline.js';

const RANGE = { from: 1000, to: 2000 };
const UNTIL = 1900;
const line = (life: { start: number; end?: number; lastSeen?: number; adoptedAt?: number }): ReturnType<typeof lifelineOf> =>
  lifelineOf({ end: Number.NaN, lastSeen: Number.NaN, adoptedAt: Number.NaN, ...life }, RANGE, UNTIL, 100);

test('a life that ended runs from its start to its end', () => {
  expect(line({ start: 1100, end: 1500 })).toMatchObject({ start: 10, known: 50, end: 50, open: false, before: false, beyond: false });
});

test('without an end the line stays open to the end of the evidence, and is known only to the last sight', () => {
  expect(line({ start: 1100, lastSeen: 1300 })).toMatchObject({ start: 10, known: 30, end: 90, open: true });
});

test('a process that was never seen again is known only where it was first seen', () => {
  expect(line({ start: 1100 })).toMatchObject({ start: 10, known: 10 + LEAST_WIDTH, end: 90, open: true });
});

test('the adoption is where the style changes', () => {
  expect(line({ start: 1100, end: 1500, adoptedAt: 1200 })).toMatchObject({ adopted: 20, adoptedBefore: false });
  expect(line({ start: 1100, end: 1500 })?.adopted).toBeNaN();
});

test('an adoption left of what is shown leaves only the adopted part to see', () => {
  const shown = line({ start: 500, end: 1500, adoptedAt: 600 });
  expect(shown?.adopted).toBeNaN();
  expect(shown).toMatchObject({ adoptedBefore: true, before: true, start: 0 });
});

test('what goes on outside is cut and said to go on', () => {
  expect(line({ start: 500, end: 2500 })).toMatchObject({ start: 0, end: 100, before: true, beyond: true });
});

test('a life outside the range, or one that nothing dates, has no line', () => {
  expect(line({ start: 2100, end: 2200 })).toBeUndefined();
  expect(line({ start: 100, end: 200 })).toBeUndefined();
  expect(line({ start: Number.NaN })).toBeUndefined();
});

test('a life of a moment is still wide enough to be seen', () => {
  const shown = line({ start: 1500, end: 1500 });
  expect(shown && shown.end - shown.start).toBe(LEAST_WIDTH);
});

test('an end before the start, as two clocks may say, draws no backward line', () => {
  const shown = line({ start: 1500, end: 1400 });
  expect(shown && shown.end >= shown.start).toBe(true);
});
