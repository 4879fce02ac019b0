/** A span of time, microseconds since the epoch. `from < to`, both finite. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Below this nothing more is to be seen: records carry microseconds at best. */
const SHORTEST_MICROS = 100;

/** The whole of a view with a little air, so that the first and last lifelines do not stick to the edges. A view that nothing dates gets an hour of 1970. */
export function wholeRange(from: number, to: number): TimeRange {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { from: 0, to: 3_600_000_000 };
  const air = Math.max((to - from) * 0.015, 500_000);
  return { from: from - air, to: to + air };
}

/** The range scaled by a factor around a moment (below 1 zooms in), kept inside the whole; undefined means all of it. */
export function zoomed(range: TimeRange, factor: number, around: number, whole: TimeRange): TimeRange | undefined {
  const length = Math.max(SHORTEST_MICROS, (range.to - range.from) * factor);
  const share = (around - range.from) / (range.to - range.from);
  return kept({ from: around - share * length, to: around + (1 - share) * length }, whole);
}

/** The range moved by a share of its length, kept inside the whole. */
export function panned(range: TimeRange, share: number, whole: TimeRange): TimeRange | undefined {
  const by = (range.to - range.from) * share;
  return kept({ from: range.from + by, to: range.to + by }, whole);
}

/** A range moved so that a moment is inside; unchanged when it is already. */
export function including(range: TimeRange, moment: number): TimeRange {
  if (!Number.isFinite(moment) || (moment >= range.from && moment <= range.to)) return range;
  const half = (range.to - range.from) / 2;
  return { from: moment - half, to: moment + half };
}

/** Cut to the whole; undefined when that is all of it. */
export function kept(range: TimeRange, whole: TimeRange): TimeRange | undefined {
  const length = range.to - range.from;
  if (length >= whole.to - whole.from) return undefined;
  const from = Math.min(Math.max(range.from, whole.from), whole.to - length);
  return { from, to: from + length };
}
