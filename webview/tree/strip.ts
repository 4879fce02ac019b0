import { el } from '../shared/dom.js';
import type { Palette } from '../shared/theme.js';
import { createCanvasRenderer } from './renderer.js';
import { ROW_HEIGHT, clampTop } from './rowWindow.js';
import type { TreeState } from './state.js';

const LEAST_THUMB = 24;

/** Where the thumb of the scrollbar lies, in pixels. The largest view must not make it too thin to take hold of. */
export function thumbOf(top: number, height: number, rowCount: number): { readonly y: number; readonly length: number; readonly needed: boolean } {
  const screen = height / ROW_HEIGHT;
  if (rowCount <= screen || height === 0) return { y: 0, length: height, needed: false };
  const length = Math.max(LEAST_THUMB, (height * screen) / rowCount);
  return { y: ((height - length) * top) / (rowCount - screen), length, needed: true };
}

/** The first row for a thumb that was drawn to `y`. */
export function topOfThumb(y: number, height: number, rowCount: number): number {
  const { length } = thumbOf(0, height, rowCount);
  const screen = height / ROW_HEIGHT;
  return height > length ? clampTop((y / (height - length)) * (rowCount - screen), height, rowCount) : 0;
}

export interface Strip {
  readonly element: HTMLElement;
  render(state: TreeState, palette: Palette): void;
}

/** The scrollbar, with marks of every orphan and every hit in the whole view. Our own: Chromium caps an element's height at 1.5 million rows. */
export function createStrip(acts: { scrollTo(top: number): void; current(): TreeState }): Strip {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const thumb = el('div', { class: 'thumb' });
  const element = el('div', { class: 'strip', 'aria-hidden': 'true', title: 'Orphans of the whole view; click to go there' }, canvas, thumb);
  const renderer = createCanvasRenderer(canvas, () => '10px sans-serif');
  let grabbed: number | undefined;

  element.addEventListener('pointerdown', (event) => {
    const { top, height, view } = acts.current();
    const rowCount = view?.rowCount ?? 0;
    const y = event.clientY - element.getBoundingClientRect().top;
    const { y: thumbY, length, needed } = thumbOf(top, height, rowCount);
    if (!needed) return;
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (event.target === thumb) {
      grabbed = y - thumbY;
      return;
    }
    // A click beside the thumb means that row, as marks are at rows: it comes to the middle of the screen.
    grabbed = length / 2;
    acts.scrollTo((y / height) * rowCount - height / ROW_HEIGHT / 2);
  });
  element.addEventListener('pointermove', (event) => {
    if (grabbed === undefined) return;
    const { height, view } = acts.current();
    const y = event.clientY - element.getBoundingClientRect().top - grabbed;
    acts.scrollTo(topOfThumb(y, height, view?.rowCount ?? 0));
  });
  const release = (): void => (grabbed = undefined);
  element.addEventListener('pointerup', release);
  element.addEventListener('pointercancel', release);

  return {
    element,
    render(state, palette) {
      const { height, view, overview, search } = state;
      const width = element.clientWidth;
      canvas.style.height = `${height}px`;
      renderer.begin(width, height);
      if (overview) {
        const buckets = overview.rowOrphans.length;
        const rows = view?.rowCount ?? 0;
        // A view shorter than the buckets uses only the first of them.
        const size = Math.max(2, Math.min(4, height / Math.max(1, Math.min(buckets, rows))));
        for (let i = 0; i < buckets; i++)
          if (overview.rowOrphans[i]! > 0) renderer.rectangle(width / 2 - 3, Math.round((i / buckets) * height), width / 2 + 1, size, palette.orphan);
      }
      if (search?.found && view) {
        for (const row of search.found.rows) if (row >= 0) renderer.rectangle(1, Math.round((row / view.rowCount) * height), 4, 2, palette.match);
      }
      if (state.selected && view) renderer.rectangle(0, Math.round((state.selected.row / Math.max(1, view.rowCount)) * height), width, 2, palette.text);
      const { y, length, needed } = thumbOf(state.top, height, view?.rowCount ?? 0);
      thumb.hidden = !needed;
      thumb.style.transform = `translateY(${y}px)`;
      thumb.style.height = `${length}px`;
    },
  };
}
