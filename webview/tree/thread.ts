import { path } from 'd3';
import { ROW_HEIGHT } from './rowWindow.js';

/** Where the rows begin: room for threads to run beside the deepest-left row. */
export const GUTTER = 26;
/** How much further right each level of the tree begins. */
export const INDENT = 14;

/** The middle of the mark of a row at a depth. */
export function markX(depth: number): number {
  return GUTTER + depth * INDENT + 24;
}

/** One end of a thread: a row of the view, and its depth where the row is at hand. */
export interface ThreadEnd {
  readonly row: number;
  readonly depth: number | undefined;
}

export interface Thread {
  /** SVG path data of the curve through the tree column. */
  readonly curve: string;
  /** Where the other row lies when it is not on the screen. */
  readonly edge: 'above' | 'below' | undefined;
  /** Rows between the screen and the other row; 0 when it is on the screen. */
  readonly rowsAway: number;
  /** The point where the thread ends (the other row's mark, or the screen's edge). */
  readonly x: number;
  readonly y: number;
  /** Heights of both ends, cut to the screen: the line at the moment of birth joins the two lifelines. */
  readonly fromY: number;
  readonly toY: number;
}

/**
 * The thread from an orphan to its other parent (the creator in the recorded view, the adopter in the created view). undefined when no part of it is
 * on the screen. A thread bows to the left of both rows, so that it never runs along a row's own indentation.
 */
export function threadOf(from: ThreadEnd, to: ThreadEnd, top: number, height: number): Thread | undefined {
  const middle = (row: number): number => (row - top + 0.5) * ROW_HEIGHT;
  const startY = middle(from.row);
  const endY = middle(to.row);
  if ((startY < 0 && endY < 0) || (startY > height && endY > height)) return undefined;
  const fromX = markX(from.depth ?? 0) - 8;
  const toX = markX(to.depth ?? 0) - 8;
  const edge = endY < 0 ? 'above' : endY > height ? 'below' : undefined;
  const lane = Math.max(4, Math.min(fromX, edge ? fromX : toX) - GUTTER - 6);
  const y = edge === 'above' ? 0 : edge === 'below' ? height : endY;
  const x = edge ? lane : toX;
  const curve = path();
  const bend = Math.min(Math.abs(endY - startY) / 2, 4 * ROW_HEIGHT) * Math.sign(endY - startY);
  curve.moveTo(fromX, startY);
  curve.bezierCurveTo(lane, startY, lane, startY + bend / 3, lane, startY + bend);
  if (edge) curve.lineTo(lane, y);
  else {
    curve.lineTo(lane, endY - bend);
    curve.bezierCurveTo(lane, endY - bend / 3, lane, endY, toX, endY);
  }
  const cut = (at: number): number => Math.min(height, Math.max(0, at));
  const screen = height / ROW_HEIGHT;
  const rowsAway = edge === 'above' ? Math.ceil(top - to.row) : edge === 'below' ? Math.ceil(to.row + 1 - top - screen) : 0;
  return { curve: curve.toString(), edge, rowsAway, x, y, fromY: cut(startY), toY: cut(endY) };
}
