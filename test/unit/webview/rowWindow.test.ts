import { expect, test } from 'vitest';
import { ROW_HEIGHT, clampTop, indexIn, needsRows, topToShow, visibleSpan, wantedSpan } from '../../../webview/tree/rowWindow.js';
import { windowOf } from './rows.js';

const SCREEN = 20 * ROW_HEIGHT; // twenty rows

test('the rows on the screen include those that are cut at its edges', () => {
  expect(visibleSpan(10.5, SCREEN, 1000)).toEqual({ first: 10, count: 21 });
  expect(visibleSpan(0, SCREEN, 5)).toEqual({ first: 0, count: 5 });
  expect(visibleSpan(0, SCREEN, 0)).toEqual({ first: 0, count: 0 });
});

test('three screens are asked for, cut at both ends of the view', () => {
  expect(wantedSpan(100, SCREEN, 1000)).toEqual({ first: 80, count: 61 });
  expect(wantedSpan(0, SCREEN, 1000)).toEqual({ first: 0, count: 41 });
  expect(wantedSpan(980, SCREEN, 1000)).toEqual({ first: 960, count: 40 });
});

test('nothing is asked again while half a screen is held on both sides', () => {
  const held = wantedSpan(100, SCREEN, 1000);
  expect(needsRows(held, 105, SCREEN, 1000)).toBe(false);
  expect(needsRows(held, 112, SCREEN, 1000)).toBe(true);
  expect(needsRows(held, 500, SCREEN, 1000)).toBe(true);
  expect(needsRows(undefined, 0, SCREEN, 1000)).toBe(true);
  expect(needsRows(undefined, 0, SCREEN, 0)).toBe(false);
});

test('at the ends of the view what is not there is not missed', () => {
  expect(needsRows(wantedSpan(0, SCREEN, 30), 0, SCREEN, 30)).toBe(false);
  expect(needsRows(wantedSpan(10, SCREEN, 30), 10, SCREEN, 30)).toBe(false);
});

test('the view never scrolls past its last row', () => {
  expect(clampTop(990, SCREEN, 1000)).toBe(980);
  expect(clampTop(-3, SCREEN, 1000)).toBe(0);
  expect(clampTop(3, SCREEN, 5)).toBe(0);
});

test('a row near the screen comes with the least scroll, a far one to the middle', () => {
  expect(topToShow(105, 100, SCREEN, 1000)).toBe(100);
  expect(topToShow(120, 100, SCREEN, 1000)).toBe(101);
  expect(topToShow(99, 100, SCREEN, 1000)).toBe(99);
  expect(topToShow(119, 100, SCREEN, 1000, 2)).toBe(102);
  expect(topToShow(500, 100, SCREEN, 1000)).toBe(490);
});

test('a row is found in the window by its number in the view', () => {
  const window = windowOf([{ process: 7 }, { process: 9 }], 40, 100);
  expect(indexIn(window, 41)).toBe(1);
  expect(indexIn(window, 42)).toBe(-1);
  expect(indexIn(window, 39)).toBe(-1);
  expect(indexIn(undefined, 0)).toBe(-1);
});
