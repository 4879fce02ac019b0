import type { RowWindow } from '../../src/engine/requests.js';
import { BASIS_INFERRED, FLAG } from '../../src/model/index.js';
import { visibleText } from '../shared/text.js';
import type { Palette } from '../shared/theme.js';
import { processLabel } from '../shared/words.js';
import { lifelineOf, type Lifeline } from './lifeline.js';
import type { Renderer } from './renderer.js';
import { ROW_HEIGHT } from './rowWindow.js';
import type { TimeRange } from './timeRange.js';

/** All that a drawing of the lifelines depends on. */
export interface LifelineScene {
  readonly window: RowWindow | undefined;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly range: TimeRange;
  /** End of the evidence: open lines go no further. */
  readonly until: number;
  /** Moments of the axis' ticks, in pixels: faint lines through the rows. */
  readonly ticks: readonly number[];
  readonly palette: Palette;
}

const BAR = 6;

/** Draws the lifelines of the rows on the screen, and nothing else. */
export function drawLifelines(renderer: Renderer, scene: LifelineScene): void {
  const { window, top, width, height, range, until, palette } = scene;
  renderer.begin(width, height);
  for (const x of scene.ticks) renderer.line(x + 0.5, 0, x + 0.5, height, palette.grid, 1);
  if (!window) return;
  const first = Math.max(0, Math.floor(top) - window.first);
  const last = Math.min(window.count, Math.ceil(top + height / ROW_HEIGHT) - window.first);
  for (let i = first; i < last; i++) {
    if (window.process[i]! < 0) continue;
    const life = { start: window.start[i]!, end: window.end[i]!, lastSeen: window.lastSeen[i]!, adoptedAt: window.adoptedAt[i]!, adoptedFrom: adoptedFrom(window, i) };
    const line = lifelineOf(life, range, until, width);
    const y = Math.round((window.first + i - top + 0.5) * ROW_HEIGHT);
    if (line) drawOne(renderer, line, y, width, window, i, palette);
    else if (Number.isFinite(life.start)) drawOutside(renderer, life.start > range.to, y, width, palette);
  }
}

/** The earliest moment of adoption; NaN where the moment itself is known. */
function adoptedFrom({ start, orphanedAfterMin, orphanedAfterMax }: RowWindow, i: number): number {
  if (!orphanedAfterMin || !orphanedAfterMax) return Number.NaN;
  const min = orphanedAfterMin[i]!;
  const max = orphanedAfterMax[i]!;
  if (min === max) return Number.NaN;
  return min > 0 ? start[i]! + min : start[i]!;
}

function drawOne(renderer: Renderer, line: Lifeline, y: number, width: number, window: RowWindow, i: number, palette: Palette): void {
  const flags = window.flags[i]!;
  const orphan = (flags & FLAG.orphan) !== 0;
  const unrecorded = (flags & FLAG.unrecorded) !== 0;
  const colour = orphan ? palette.orphan : palette.lifeline;
  const adopted = !orphan ? Number.NaN : Number.isFinite(line.adopted) ? line.adopted : line.adoptedBefore ? line.start : Number.NaN;
  const surely = Number.isFinite(adopted) ? Math.min(line.adoptedFrom, adopted) : Number.NaN;
  const solidTo = Number.isFinite(adopted) ? Math.min(surely, line.known) : line.known;

  if (solidTo > line.start) {
    if (unrecorded) renderer.outline(line.start, y - BAR / 2, Math.max(BAR, solidTo - line.start), BAR, palette.dim);
    else if (palette.highContrast && !orphan) renderer.outline(line.start, y - BAR / 2, Math.max(3, solidTo - line.start), BAR, colour);
    else renderer.rectangle(line.start, y - BAR / 2, Math.max(2, solidTo - line.start), BAR, colour);
  }
  if (Number.isFinite(adopted)) {
    // It was adopted somewhere in here: neither solid nor dashed.
    if (adopted - surely >= 1) renderer.outline(surely, y - BAR / 2, adopted - surely, BAR, colour);
    if (line.known > adopted) renderer.line(adopted, y, line.known, y, colour, BAR - 2, [6, 3]);
    if (!line.adoptedBefore) drawAdoption(renderer, adopted, y, colour);
  }
  // From the last sight on nothing says that it lived: a hairline, so that "not seen" never looks like "was there".
  if (line.open && line.end > line.known + 1) renderer.line(line.known, y, line.end, y, colour, 1, [2, 3]);
  if (!line.open && !line.beyond) renderer.rectangle(line.end - 1.5, y - 5, 1.5, 10, colour);
  else drawOpenEnd(renderer, Math.min(line.end, width - 5), y, colour);
  if (line.before) renderer.shape([0, y, 5, y - 4, 5, y + 4], colour);
  if ((window.creatorBasis[i] ?? 0) === BASIS_INFERRED && !line.before) renderer.line(line.start - 9, y, line.start - 1, y, colour, 1, [2, 2]);
  if (orphan) labelAdopter(renderer, line, adopted, y, width, window, i, palette);
}

/** The broken link: two halves of a bar that part, at the moment when the parent died. */
function drawAdoption(renderer: Renderer, x: number, y: number, colour: string): void {
  renderer.line(x - 3, y + 7, x + 1, y - 7, colour, 2);
  renderer.line(x + 1, y + 7, x + 5, y - 7, colour, 2);
}

function drawOpenEnd(renderer: Renderer, x: number, y: number, colour: string): void {
  renderer.line(x - 1, y - 4, x + 3, y, colour, 1.5);
  renderer.line(x + 3, y, x - 1, y + 4, colour, 1.5);
}

function drawOutside(renderer: Renderer, after: boolean, y: number, width: number, palette: Palette): void {
  if (after) renderer.shape([width - 2, y, width - 7, y - 3, width - 7, y + 3], palette.dim);
  else renderer.shape([2, y, 7, y - 3, 7, y + 3], palette.dim);
}

/** The adopter's name, beside the line where there is room. */
function labelAdopter(renderer: Renderer, line: Lifeline, adopted: number, y: number, width: number, window: RowWindow, i: number, palette: Palette): void {
  const pid = window.adopterPid[i]!;
  if (pid < 0) return;
  const text = processLabel(visibleText(window.adopterName[i] ?? '') || null, pid);
  const room = renderer.textWidth(text) + 12;
  const right = (line.open ? Math.min(line.end, width - 5) + 8 : line.end + 6) + 2;
  const left = Number.isFinite(adopted) ? Math.min(adopted - 6, line.start - 6) : line.start - 6;
  if (right + room <= width) renderer.text(text, right, y, palette.dim, 'left');
  else if (left - room >= 0) renderer.text(text, left, y, palette.dim, 'right');
}
