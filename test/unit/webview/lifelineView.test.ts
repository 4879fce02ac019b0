import { expect, test } from 'vitest';
import { FLAG } from '../../../src/model/index.js';
import type { Palette } from '../../../webview/shared/theme.js';
import { drawLifelines } from '../../../webview/tree/lifelineView.js';
import type { Renderer } from '../../../webview/tree/renderer.js';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';
import { windowOf, type RowSketch } from './rows.js';

const PALETTE: Palette = {
  lifeline: 'blue',
  orphan: 'orange',
  text: 'text',
  dim: 'dim',
  grid: 'grid',
  border: 'border',
  background: 'back',
  match: 'match',
  highContrast: false,
};

/** Records what is drawn; a text is as wide as six pixels a letter. */
function recorder(): { renderer: Renderer; calls: string[] } {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...values: unknown[]): void => {
      calls.push(`${name} ${values.map((value) => (Array.isArray(value) ? `[${value.join(' ')}]` : String(value))).join(' ')}`);
    };
  return {
    calls,
    renderer: {
      begin: note('begin'),
      rectangle: note('rectangle'),
      outline: note('outline'),
      line: note('line'),
      shape: note('shape'),
      text: note('text'),
      textWidth: (text) => text.length * 6,
    },
  };
}

function drawn(rows: readonly RowSketch[], options: { top?: number; ticks?: readonly number[]; palette?: Palette; first?: number } = {}): string[] {
  const { renderer, calls } = recorder();
  drawLifelines(renderer, {
    window: windowOf(rows, options.first ?? 0),
    top: options.top ?? 0,
    width: 1000,
    height: 4 * ROW_HEIGHT,
    range: { from: 0, to: 1000 },
    until: 900,
    ticks: options.ticks ?? [],
    palette: options.palette ?? PALETTE,
  });
  return calls;
}

test('a process that ended is a bar with a closed end', () => {
  expect(drawn([{ start: 100, end: 500 }])).toEqual(['begin 1000 88', 'rectangle 100 8 400 6 blue', 'rectangle 498.5 6 1.5 10 blue']);
});

test('an orphan is solid until it was adopted and dashed after, with the broken link between and the adopter beside it', () => {
  const calls = drawn([{ start: 100, end: 500, adoptedAt: 200, flags: FLAG.orphan, adopter: ['systemd', 1] }]);
  expect(calls).toEqual([
    'begin 1000 88',
    'rectangle 100 8 100 6 orange',
    'line 200 11 500 11 orange 4 [6 3]',
    'line 197 18 201 4 orange 2',
    'line 201 18 205 4 orange 2',
    'rectangle 498.5 6 1.5 10 orange',
    'text systemd 1 508 11 dim left',
  ]);
});

test("an adopter's name that would turn the reading direction is drawn as what it is", () => {
  const calls = drawn([{ start: 100, end: 500, adoptedAt: 200, flags: FLAG.orphan, adopter: ['\u202esystemd', 1] }]);
  expect(calls.at(-1)).toBe('text \\u{202e}systemd 1 508 11 dim left');
});

test('only an orphan has the broken link, whatever its times say', () => {
  expect(drawn([{ start: 100, end: 500, adoptedAt: 200 }])).toEqual(drawn([{ start: 100, end: 500 }]));
});

test('after the last sight only a hairline goes on, to an open end', () => {
  const calls = drawn([{ start: 100, lastSeen: 300 }]);
  expect(calls).toContain('rectangle 100 8 200 6 blue');
  expect(calls).toContain('line 300 11 900 11 blue 1 [2 3]');
  expect(calls.some((call) => call.startsWith('rectangle 898'))).toBe(false);
});

test('an unrecorded process is hollow', () => {
  expect(drawn([{ start: 100, end: 500, flags: FLAG.unrecorded }])).toContain('outline 100 8 400 6 dim');
});

test('in high contrast a plain life is a border, an orphan stays full', () => {
  const palette = { ...PALETTE, highContrast: true };
  expect(drawn([{ start: 100, end: 500 }], { palette })).toContain('outline 100 8 400 6 blue');
  expect(drawn([{ start: 100, end: 500, flags: FLAG.orphan, adoptedAt: 400 }], { palette })).toContain('rectangle 100 8 300 6 orange');
});

test('an inferred creator is a dashed lead to the start', () => {
  expect(drawn([{ start: 100, end: 500, creatorBasis: 2 }])).toContain('line 91 11 99 11 blue 1 [2 2]');
});

test('a life outside the range leaves an arrow to its side, a heading and an undated process nothing', () => {
  expect(drawn([{ start: 2000, end: 2100 }])).toEqual(['begin 1000 88', 'shape [998 11 993 8 993 14] dim']);
  expect(drawn([{ process: -1, start: 100, end: 200 }])).toEqual(['begin 1000 88']);
  expect(drawn([{}])).toEqual(['begin 1000 88']);
});

test('only rows on the screen are drawn', () => {
  const rows = Array.from({ length: 50 }, () => ({ start: 100, end: 500 }));
  const bars = drawn(rows, { first: 100, top: 120 }).filter((call) => call.includes(' 400 6 blue'));
  expect(bars).toEqual([0, 1, 2, 3].map((row) => `rectangle 100 ${row * ROW_HEIGHT + 8} 400 6 blue`));
});

test('the axis ticks run through the rows, behind everything', () => {
  expect(drawn([], { ticks: [250] })).toEqual(['begin 1000 88', 'line 250.5 0 250.5 88 grid 1']);
});
