import { expect, test } from 'vitest';
import { treePageHtml } from '../../../src/extension/treeEditor/html.js';
import { confidenceWord } from '../../../src/model/index.js';
import { counted, grouped, processLabel } from '../../../webview/shared/words.js';
import { thumbOf, topOfThumb } from '../../../webview/tree/strip.js';
import { tickLabels, tickText } from '../../../webview/tree/timeHeader.js';
import { including, kept, panned, wholeRange, zoomed } from '../../../webview/tree/timeRange.js';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';

test('the page may run one script of ours, by nonce, and reach nothing', () => {
  const html = treePageHtml({ cspSource: 'https://page.example', nonce: 'abc', script: 's.js', style: 's.css', icons: 'i.css' });
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
  expect(policy).toBe(
    "default-src 'none'; script-src 'nonce-abc'; style-src https://page.example 'nonce-abc'; font-src https://page.example; form-action 'none'; base-uri 'none'",
  );
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain('unsafe');
});

test('ticks say no more than their step needs, with 24 hours and Z; midnight is its day', () => {
  expect(tickText(new Date('2026-11-24T15:00:00Z'), 300_000)).toBe('15:00Z');
  expect(tickText(new Date('2026-11-24T15:00:05Z'), 5000)).toBe('15:00:05Z');
  expect(tickText(new Date('2026-11-24T15:00:05.25Z'), 50)).toBe('15:00:05.250Z');
  expect(tickText(new Date('2026-11-25T00:00:00Z'), 3_600_000)).toBe('2026-11-25');
});

test('ticks that stand close leave out words, and none runs over the edge', () => {
  const words = Array<string>(5).fill('15:00Z');
  const close = tickLabels([2, 32, 62, 92, 122], words, 124);
  expect(close.map(({ shown }) => shown)).toEqual([true, false, false, true, false]);
  expect(tickLabels([2, 200, 398], words, 400)).toEqual([
    { shown: true, anchor: 'start' },
    { shown: true, anchor: 'middle' },
    { shown: true, anchor: 'end' },
  ]);
});

test("a million rows still leave a thumb to take hold of, and its ends are the view's ends", () => {
  const height = 20 * ROW_HEIGHT;
  const { length, needed } = thumbOf(0, height, 1_000_000);
  expect([length >= 24, needed]).toEqual([true, true]);
  expect(topOfThumb(0, height, 1_000_000)).toBe(0);
  expect(topOfThumb(height - length, height, 1_000_000)).toBe(1_000_000 - 20);
  expect(thumbOf(0, height, 20).needed).toBe(false);
});

test('a thumb drawn to where a row put it gives that row back', () => {
  const height = 20 * ROW_HEIGHT;
  for (const top of [0, 17, 400, 980]) expect(topOfThumb(thumbOf(top, height, 1000).y, height, 1000)).toBeCloseTo(top, 6);
});

test('zooming keeps the moment under the pointer in its place, and never leaves the whole', () => {
  const whole = { from: 0, to: 1_000_000 };
  expect(zoomed(whole, 0.5, 250_000, whole)).toEqual({ from: 125_000, to: 625_000 });
  expect(zoomed({ from: 125_000, to: 625_000 }, 4, 250_000, whole)).toBeUndefined();
  expect(panned({ from: 800_000, to: 1_000_000 }, 0.5, whole)).toEqual({ from: 800_000, to: 1_000_000 });
  expect(kept({ from: -5, to: 5 }, whole)).toEqual({ from: 0, to: 10 });
  expect(including({ from: 0, to: 10 }, 500)).toEqual({ from: 495, to: 505 });
  expect(including({ from: 0, to: 10 }, Number.NaN)).toEqual({ from: 0, to: 10 });
});

test('a view that nothing dates still has a range', () => {
  const { from, to } = wholeRange(Number.NaN, Number.NaN);
  expect(Number.isFinite(from) && from < to).toBe(true);
  const moment = wholeRange(5, 5);
  expect(moment.from < moment.to).toBe(true);
});

test('words', () => {
  expect([confidenceWord(0.95), confidenceWord(0.7), confidenceWord(0.2)]).toEqual(['strong', 'likely', 'weak']);
  expect([counted(1, 'orphan'), counted(12_004, 'orphan'), counted(2, 'process', 'processes')]).toEqual(['1 orphan', '12,004 orphans', '2 processes']);
  expect(grouped(1_234_567)).toBe('1,234,567');
  expect([processLabel('nc', 4721), processLabel(null, 4721), processLabel('nc', -1)]).toEqual(['nc 4721', '4721', 'nc pid not known']);
});
