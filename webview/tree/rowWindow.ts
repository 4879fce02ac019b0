import type { RowWindow } from '../../src/engine/requests.js';

/** Height of a row in CSS pixels: VS Code's own trees. */
export const ROW_HEIGHT = 22;

/** Rows [first, first + count). */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/** Which rows a screen shows, the cut ones at its edges included. */
export function visibleSpan(top: number, height: number, rowCount: number): Span {
  const first = Math.max(0, Math.floor(top));
  const last = Math.min(rowCount, Math.ceil(top + height / ROW_HEIGHT));
  return { first, count: Math.max(0, last - first) };
}

/** What to ask for: the screen, and one more on each side, so that scrolling finds its rows already there. */
export function wantedSpan(top: number, height: number, rowCount: number): Span {
  const screen = Math.max(1, Math.ceil(height / ROW_HEIGHT));
  const first = Math.max(0, Math.floor(top) - screen);
  const last = Math.min(rowCount, Math.floor(top) + 2 * screen + 1);
  return { first, count: Math.max(0, last - first) };
}

/** Whether the rows at hand leave less than half a screen around what is shown (or do not cover it at all). */
export function needsRows(held: Span | undefined, top: number, height: number, rowCount: number): boolean {
  if (rowCount === 0) return false;
  if (!held) return true;
  const half = Math.ceil(height / ROW_HEIGHT / 2);
  const first = Math.max(0, Math.floor(top) - half);
  const last = Math.min(rowCount, Math.ceil(top + height / ROW_HEIGHT) + half);
  return first < held.first || last > held.first + held.count;
}

/** The top row kept inside the view. Whole rows fit at the end: the last row is never cut. */
export function clampTop(top: number, height: number, rowCount: number): number {
  return Math.max(0, Math.min(top, rowCount - height / ROW_HEIGHT));
}

/** The least scroll that brings a row onto the screen; a row that lies far off comes to the middle, so that its surroundings are seen. `beside`: rows past it that come along. */
export function topToShow(row: number, top: number, height: number, rowCount: number, beside = 0): number {
  const screen = height / ROW_HEIGHT;
  if (row >= top + beside && row + 1 + beside <= top + screen) return top;
  const far = row < top - screen || row > top + 2 * screen;
  const wished = far ? row - screen / 2 : row < top ? row - beside : row + 1 + beside - screen;
  // On a screen that holds less than was asked for (one that is not laid out yet holds nothing) the row itself comes first.
  return clampTop(Math.min(wished, row), height, rowCount);
}

/** Index of a view's row in a window of rows; -1 when it is not held. */
export function indexIn(window: RowWindow | undefined, row: number): number {
  return window && row >= window.first && row < window.first + window.count ? row - window.first : -1;
}
