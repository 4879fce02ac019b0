import { path } from 'd3';
import { ROW_HEIGHT } from './rowWindow.js';

/** Where the rows begin: room for threads to run beside the deepest-left row. */
export const GUTTER = 26;
/** How much further right each level of the tree begins. */
export const INDENT = 14;

/** Where threads run up and down: in the gutter, left of every row, so that they cross no twisty and no name. */
const LANE = GUTTER / 2;
/** Radius of a thread's corners; less than half a row, so that a corner stays within the rows that the thread joins. */
const CORNER = 8;

/** The lane of a request's thread: beside the other, so that both can be followed. */
export const REQUEST_LANE = LANE - 6;

/**
 * Where a row of this depth begins. Half of the `room` is stepped through evenly; what lies deeper comes ever closer to its end, so that a name and
 * the orphan's badge are never pushed out of their column.
 */
export function indentOf(depth: number, room: number): number {
  const wished = depth * INDENT, half = room / 2;
  return GUTTER + (wished <= half ? wished : half + half * (1 - Math.exp(-(wished - half) / half)));
}

/** Where a thread meets a row: left of the twisty at the row's depth. */
export function threadX(depth: number, room: number = Number.POSITIVE_INFINITY): number {
  return indentOf(depth, room) - 3;
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

export interface ThreadRoom {
  /** Pixels that indentation may take (`indentOf`). */
  readonly room?: number;
  /** Where it runs up and down. */
  readonly lane?: number;
}

/**
 * The thread from an orphan to its other parent (the creator in the recorded view, the adopter in the created view). undefined when no part of it is
 * on the screen. It leaves the row to the left, runs in the gutter and comes back to the other row.
 */
export function threadOf(from: ThreadEnd, to: ThreadEnd, top: number, height: number, { room = Number.POSITIVE_INFINITY, lane = LANE }: ThreadRoom = {}): Thread | undefined {
  const middle = (row: number): number => (row - top + 0.5) * ROW_HEIGHT;
  const startY = middle(from.row);
  const endY = middle(to.row);
  if ((startY < 0 && endY < 0) || (startY > height && endY > height)) return undefined;
  const fromX = threadX(from.depth ?? 0, room);
  const toX = threadX(to.depth ?? 0, room);
  const edge = endY < 0 ? 'above' : endY > height ? 'below' : undefined;
  const y = edge === 'above' ? 0 : edge === 'below' ? height : endY;
  const x = edge ? lane : toX;
  const down = Math.sign(endY - startY);
  const curve = path();
  curve.moveTo(fromX, startY);
  curve.arcTo(lane, startY, lane, startY + down * CORNER, CORNER);
  if (edge) curve.lineTo(lane, y);
  else {
    curve.arcTo(lane, endY, lane + CORNER, endY, CORNER);
    curve.lineTo(toX, endY);
  }
  const cut = (at: number): number => Math.min(height, Math.max(0, at));
  const screen = height / ROW_HEIGHT;
  const rowsAway = edge === 'above' ? Math.ceil(top - to.row) : edge === 'below' ? Math.ceil(to.row + 1 - top - screen) : 0;
  return { curve: curve.toString(), edge, rowsAway, x, y, fromY: cut(startY), toY: cut(endY) };
}
