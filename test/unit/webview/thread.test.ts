import { expect, test } from 'vitest';
import { ROW_HEIGHT } from '../../../webview/tree/rowWindow.js';
import { GUTTER, INDENT, indentOf, threadX, threadOf } from '../../../webview/tree/thread.js';
import { INITIAL } from '../../../webview/tree/state.js';
import { strandsOf } from '../../../webview/tree/threadView.js';
import { windowOf } from './rows.js';
import { FLAG } from '../../../src/model/index.js';

const HEIGHT = 20 * ROW_HEIGHT;

test('a thread joins two rows on the screen', () => {
  const thread = threadOf({ row: 12, depth: 1 }, { row: 4, depth: 3 }, 0, HEIGHT);
  expect(thread).toMatchObject({ edge: undefined, rowsAway: 0, x: threadX(3), y: 4.5 * ROW_HEIGHT, fromY: 12.5 * ROW_HEIGHT, toY: 4.5 * ROW_HEIGHT });
  expect(thread?.curve.startsWith(`M${threadX(1)},${12.5 * ROW_HEIGHT}`)).toBe(true);
});

test('a thread crosses no twisty: between its rows it keeps to the gutter', () => {
  const curve = threadOf({ row: 12, depth: 5 }, { row: 4, depth: 3 }, 0, HEIGHT)?.curve ?? '';
  const points = [...curve.matchAll(/(-?[\d.]+),(-?[\d.]+)(?=[A-Z]|$)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
  const turns = points.slice(1, -1).filter(({ y }) => y > 5 * ROW_HEIGHT - 4 && y < 12 * ROW_HEIGHT + 4);
  expect(turns).toHaveLength(2);
  expect(turns.every(({ x }) => x < threadX(0))).toBe(true);
});

test('a creator above the screen ends the thread at the edge and says how far it is', () => {
  expect(threadOf({ row: 112, depth: 1 }, { row: 40, depth: undefined }, 100, HEIGHT)).toMatchObject({ edge: 'above', y: 0, rowsAway: 60, toY: 0 });
});

test('a creator below the screen does the same at the other edge', () => {
  expect(threadOf({ row: 112, depth: 1 }, { row: 150, depth: undefined }, 100, HEIGHT)).toMatchObject({ edge: 'below', y: HEIGHT, rowsAway: 31 });
});

test('a thread is seen while it only passes through the screen', () => {
  expect(threadOf({ row: 90, depth: 1 }, { row: 150, depth: 1 }, 100, HEIGHT)?.edge).toBe('below');
});

test('no thread when both rows lie on the same side of the screen', () => {
  expect(threadOf({ row: 10, depth: 1 }, { row: 20, depth: 1 }, 100, HEIGHT)).toBeUndefined();
  expect(threadOf({ row: 210, depth: 1 }, { row: 220, depth: 1 }, 100, HEIGHT)).toBeUndefined();
});

test('indentation steps evenly, then closer and closer, and never takes more than its room', () => {
  const room = 120;
  expect([0, 1, 4].map((depth) => indentOf(depth, room))).toEqual([GUTTER, GUTTER + INDENT, GUTTER + 4 * INDENT]);
  const depths = Array.from({ length: 300 }, (_, depth) => indentOf(depth, room));
  expect(depths.every((x, depth) => depth === 0 || (x >= depths[depth - 1]! && x <= depths[depth - 1]! + INDENT))).toBe(true);
  expect(depths.at(-1)).toBeLessThanOrEqual(GUTTER + room);
  expect(indentOf(40, Number.POSITIVE_INFINITY)).toBe(GUTTER + 40 * INDENT);
});

test('a brokered start has a dotted thread to who asked, beside that of an orphan to its adopter', () => {
  const rows = [
    { name: 'bash' },
    { name: 'nc', flags: FLAG.orphan, otherParentRow: 0, adopter: ['systemd', 1], requester: ['bash', 9], requesterRow: 0, start: 5, adoptedAt: 6 },
    { name: 'sh', requester: ['bash', 9], requesterRow: -1 },
  ] as const;
  const view = { view: 1, rowCount: 3, from: 0, to: 10, processes: 3, orphans: 1 };
  const state = { ...INITIAL, options: { ...INITIAL.options, parents: 'created' as const }, view, window: windowOf(rows), windowGeneration: 0, height: HEIGHT };
  expect(strandsOf(state, 1).map(({ style, label }) => [style, label])).toEqual([
    ['recorded', 'adopted by systemd 1'],
    ['requested', 'requested by bash 9'],
  ]);
  const [adoption, request] = strandsOf(state, 1);
  expect(adoption?.thread.curve).not.toBe(request?.thread.curve);
  expect(strandsOf(state, 2)).toEqual([]);
});
