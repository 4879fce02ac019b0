import { axisTop, brushX, scaleUtc, select, type BrushBehavior, type D3BrushEvent, type ScaleTime, type Selection } from 'd3';
import { el, svg } from '../shared/dom.js';
import type { Palette } from '../shared/theme.js';
import { createCanvasRenderer } from './renderer.js';
import { fullRange, shownRange, type TreeState } from './state.js';
import type { TimeRange } from './timeRange.js';

export const OVERVIEW_HEIGHT = 26;
export const AXIS_HEIGHT = 22;
const TICK_WIDTH = 96;

/** The scale of the lifelines: UTC, in the milliseconds that d3 counts in. */
export function timeScale(range: TimeRange, width: number): ScaleTime<number, number> {
  return scaleUtc([range.from / 1000, range.to / 1000], [0, Math.max(1, width)]);
}

/** A tick's words: no more than what its step needs, always 24 hours, always with Z. Midnight is the day itself. */
export function tickText(date: Date, stepMillis: number): string {
  const iso = date.toISOString();
  if (iso.endsWith('T00:00:00.000Z') && stepMillis >= 1000) return iso.slice(0, 10);
  if (stepMillis >= 60_000) return `${iso.slice(11, 16)}Z`;
  return stepMillis >= 1000 ? `${iso.slice(11, 19)}Z` : `${iso.slice(11, 23)}Z`;
}

/** Widths of a tick's words in pixels, about: digits of a 10 px font, and some air. */
const wordsWidth = (words: string): number => words.length * 6 + 14;

/** Which ticks get their words, and how they stand to the tick: none run into each other or out of the axis. */
export function tickLabels(
  places: readonly number[],
  words: readonly string[],
  width: number,
): readonly { readonly shown: boolean; readonly anchor: 'start' | 'middle' | 'end' }[] {
  let free = 0;
  return places.map((x, i) => {
    const size = wordsWidth(words[i] ?? '');
    const anchor = x < size / 2 ? 'start' : x > width - size / 2 ? 'end' : 'middle';
    const left = anchor === 'start' ? x : anchor === 'end' ? x - size : x - size / 2;
    const shown = left >= free;
    if (shown) free = left + size;
    return { shown, anchor };
  });
}

export interface TimeHeader {
  readonly element: HTMLElement;
  /** Draws, and answers where the ticks are, in pixels. */
  render(state: TreeState, width: number, palette: Palette): readonly number[];
}

/** The whole time with a brush on it, and below it the axis of what is shown. */
export function createTimeHeader(acts: { range(range: TimeRange | undefined): void }): TimeHeader {
  const canvas = el('canvas', { class: 'time-overview', 'aria-hidden': 'true' });
  const brushLayer = svg('svg', { class: 'time-brush', 'aria-hidden': 'true', height: String(OVERVIEW_HEIGHT) });
  const axisLayer = svg('svg', { class: 'time-axis', 'aria-hidden': 'true', height: String(AXIS_HEIGHT) });
  const element = el('div', { class: 'time-header', title: 'Drag to show a part of the time; double-click shows all of it' }, canvas, brushLayer, axisLayer);
  const renderer = createCanvasRenderer(canvas, () => '10px sans-serif');
  const brushGroup = svg('g');
  const axisGroup = svg('g', { transform: `translate(0, ${AXIS_HEIGHT - 1})` });
  brushLayer.append(brushGroup);
  axisLayer.append(axisGroup);

  let whole: TimeRange = { from: 0, to: 1 };
  let brushWidth = -1;
  let shownBrush = '';
  const chosen: Selection<SVGGElement, unknown, null, undefined> = select<SVGGElement, unknown>(brushGroup);
  const brush: BrushBehavior<unknown> = brushX<unknown>().on('brush end', (event: D3BrushEvent<unknown>) => {
    if (!event.sourceEvent) return; // moved by the program
    const pixels = event.selection as [number, number] | null;
    if (!pixels) {
      if (event.type === 'end') acts.range(undefined);
      return;
    }
    const time = (x: number): number => whole.from + (x / brushWidth) * (whole.to - whole.from);
    acts.range({ from: time(pixels[0]), to: time(Math.max(pixels[1], pixels[0] + 1)) });
  });
  brushLayer.addEventListener('dblclick', () => acts.range(undefined));

  return {
    element,
    render(state, width, palette) {
      whole = fullRange(state);
      if (width !== brushWidth && width > 0) {
        brushWidth = width;
        for (const layer of [brushLayer, axisLayer]) layer.setAttribute('width', String(width));
        brush.extent([
          [0, 0],
          [width, OVERVIEW_HEIGHT],
        ]);
        chosen.call(brush);
        shownBrush = '';
      }
      showBrush(state, width);
      canvas.style.width = `${width}px`;
      drawDensity(state, width, palette);

      const scale = timeScale(shownRange(state), width);
      const count = Math.max(2, Math.floor(width / TICK_WIDTH));
      const ticks = scale.ticks(count);
      const step = ticks.length > 1 ? ticks[1]!.getTime() - ticks[0]!.getTime() : 1;
      select(axisGroup).call(
        axisTop<Date | { valueOf(): number }>(scale)
          .tickValues(ticks)
          .tickSize(5)
          .tickPadding(2)
          .tickFormat((value) => tickText(new Date(value.valueOf()), step)),
      );
      const words = ticks.map((tick) => tickText(tick, step));
      const labels = tickLabels(
        ticks.map((tick) => scale(tick)),
        words,
        width,
      );
      select(axisGroup)
        .selectAll<SVGTextElement, Date>('text')
        .attr('text-anchor', (_tick, i) => labels[i]?.anchor ?? 'middle')
        .attr('visibility', (_tick, i) => (labels[i]?.shown ? 'visible' : 'hidden'));
      return ticks.map((tick) => Math.round(scale(tick)));
    },
  };

  function showBrush(state: TreeState, width: number): void {
    const range = state.range;
    // Where a range lies depends on the whole too, which grows with the view.
    const wanted = range ? `${range.from} ${range.to} of ${whole.from} ${whole.to}` : 'all';
    if (wanted === shownBrush || width <= 0) return;
    shownBrush = wanted;
    const place = (time: number): number => ((time - whole.from) / (whole.to - whole.from)) * width;
    if (range) chosen.call(brush.move, [place(range.from), Math.max(place(range.to), place(range.from) + 1)]);
    else chosen.call(brush.move, null);
  }

  /** How many lived, as a low skyline; each moment of an adoption as a full bar. */
  function drawDensity(state: TreeState, width: number, palette: Palette): void {
    renderer.begin(width, OVERVIEW_HEIGHT);
    const { overview } = state;
    if (!overview || !Number.isFinite(overview.from)) return;
    const place = (time: number): number => ((time - whole.from) / (whole.to - whole.from)) * width;
    const left = place(overview.from);
    const buckets = overview.timeAlive.length;
    const size = (place(overview.to) - left) / Math.max(1, buckets);
    const highest = Math.max(1, ...overview.timeAlive);
    for (let i = 0; i < buckets; i++) {
      const high = (overview.timeAlive[i]! / highest) * (OVERVIEW_HEIGHT - 10);
      renderer.rectangle(left + i * size, OVERVIEW_HEIGHT - high, size + 0.5, high, palette.grid);
    }
    for (let i = 0; i < buckets; i++)
      if (overview.timeOrphans[i]! > 0) renderer.rectangle(left + i * size, 3, Math.max(2, size - 1), OVERVIEW_HEIGHT - 6, palette.orphan);
  }
}
