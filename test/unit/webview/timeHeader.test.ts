// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { ViewState } from '../../../src/engine/requests.js';
import { readPalette } from '../../../webview/shared/theme.js';
import { INITIAL, type TreeState } from '../../../webview/tree/state.js';
import { createTimeHeader } from '../../../webview/tree/timeHeader.js';

/** Where the brush is drawn: left edge and width in pixels. */
const brushed = (element: HTMLElement): number[] => ['x', 'width'].map((name) => Math.round(Number(element.querySelector('.selection')?.getAttribute(name))));

test('the brush of a chosen range moves when the whole time around it changes', () => {
  const surface = { setTransform: vi.fn(), clearRect: vi.fn(), fillRect: vi.fn() } as unknown as CanvasRenderingContext2D; // what the header draws with
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(surface);
  const header = createTimeHeader({ range: vi.fn() });
  document.body.replaceChildren(header.element);
  const view: ViewState = { view: 1, rowCount: 4, from: 0, to: 100_000_000, processes: 4, orphans: 0 };
  const state: TreeState = { ...INITIAL, view, range: { from: 50_000_000, to: 60_000_000 } };
  header.render(state, 1000, readPalette());
  const [left, width] = brushed(header.element);
  header.render({ ...state, view: { ...view, to: 200_000_000 } }, 1000, readPalette());
  const [leftOfMore, widthOfMore] = brushed(header.element);
  expect([leftOfMore! / left!, widthOfMore! / width!].map((share) => Math.round(share * 10) / 10)).toEqual([0.5, 0.5]);
});
