import type { TimeRange } from './timeRange.js';

/** What a row says about the life of its process, microseconds; NaN where it says nothing. */
export interface Life {
  readonly start: number;
  readonly end: number;
  readonly lastSeen: number;
  readonly adoptedAt: number;
  /** The earliest moment at which it can have been adopted, where only bounds are known. */
  readonly adoptedFrom?: number;
}

/** A life on the screen, in pixels from the left of the lifelines; everything is cut to [0, width]. */
export interface Lifeline {
  readonly start: number;
  /** Where the style changes: the adoption. NaN if never, or outside what is shown after the end. */
  readonly adopted: number;
  /** From here to `adopted` nobody knows who had it; the same place where the moment is known. */
  readonly adoptedFrom: number;
  /** How far a record shows it alive: its end, or its last sight. From here to `end` nothing says that it lived. */
  readonly known: number;
  readonly end: number;
  /** The line goes on to the left (or right) of what is shown. */
  readonly before: boolean;
  readonly beyond: boolean;
  /** No end is known: the line stays open. */
  readonly open: boolean;
  /** The adoption lies left of what is shown: all that is seen is the adopted part. */
  readonly adoptedBefore: boolean;
}

/** A life shorter than this is still drawn this wide: it must be seen. */
export const LEAST_WIDTH = 3;

/**
 * The lifeline of a process, or undefined when nothing of it lies in the range or nothing dates it.
 * `until` is the end of the evidence: an open line ends there, since after it nobody looked.
 */
export function lifelineOf(life: Life, range: TimeRange, until: number, width: number): Lifeline | undefined {
  if (!Number.isFinite(life.start)) return undefined;
  const open = !Number.isFinite(life.end);
  const end = open ? Math.max(until, life.start) : Math.max(life.end, life.start);
  const known = open ? (Number.isFinite(life.lastSeen) ? Math.max(life.lastSeen, life.start) : life.start) : end;
  if (end < range.from || life.start > range.to) return undefined;
  const place = (time: number): number => ((time - range.from) / (range.to - range.from)) * width;
  const cut = (x: number): number => Math.min(width, Math.max(0, x));
  const start = cut(place(life.start));
  const adoptedAt = Number.isFinite(life.adoptedAt) ? place(life.adoptedAt) : Number.NaN;
  const adoptedFrom = Number.isFinite(life.adoptedFrom) ? Math.max(cut(place(life.adoptedFrom!)), start) : cut(adoptedAt);
  return {
    start,
    adoptedFrom: Number.isFinite(adoptedAt) ? Math.min(adoptedFrom, Math.max(cut(adoptedAt), start)) : Number.NaN,
    adopted: adoptedAt >= 0 && adoptedAt <= width ? Math.max(adoptedAt, start) : Number.NaN,
    known: Math.max(cut(place(known)), Math.min(width, start + LEAST_WIDTH)),
    end: Math.max(cut(place(end)), Math.min(width, start + LEAST_WIDTH)),
    before: life.start < range.from,
    beyond: end > range.to,
    open,
    adoptedBefore: adoptedAt < 0,
  };
}
