import type { Cell, HuntResult } from '../../src/engine/requests.js';
import { cellText, isNumeric } from './cells.js';

/** A run of rows that share a lane and a place on the time axis. Times are microseconds since the epoch. */
export interface TimelineMark {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The process of its first row, -1 none. */
  readonly process: number;
  /** What its first row says, hidden characters shown. */
  readonly says: string;
}

export interface TimelineLane {
  readonly name: string;
  readonly count: number;
  readonly marks: readonly TimelineMark[];
}

/** Rows on a time axis, near ones joined into one mark so that any number of rows can be drawn. */
export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly TimelineLane[];
  /** Rows without a time, and rows and lanes that are too many to draw: said beside the picture. */
  readonly undated: number;
  readonly hiddenLanes: number;
  readonly hiddenRows: number;
}

export interface ChartBar {
  readonly label: string;
  /** One for each number; null: absent. */
  readonly values: readonly (number | null)[];
}

/** Numbers by key, or by time where the key is a span's beginning (then each other key has a panel of its own). */
export type Chart =
  | { readonly kind: 'keys'; readonly measures: readonly Measure[]; readonly bars: readonly ChartBar[]; readonly hidden: number }
  | {
      readonly kind: 'time';
      readonly measures: readonly Measure[];
      readonly from: number;
      readonly to: number;
      /** Width of a bar: the shortest distance of two times. */
      readonly span: number;
      readonly series: readonly { readonly label: string; readonly points: readonly { readonly at: number; readonly values: readonly (number | null)[] }[] }[];
      readonly hidden: number;
      readonly undated: number;
    };

export interface Measure {
  readonly name: string;
  readonly type: string;
}

type Rows = Pick<HuntResult, 'columns' | 'rows' | 'processes'>;

/** More lanes, bars or panels than this nobody reads; the rest is counted. */
const MOST_LANES = 40;
const MOST_BARS = 60;
const MOST_SERIES = 8;
/** About one mark for each two pixels. */
const BUCKETS = 400;

/** The marks of a timeline's rows. */
export function timelineOf({ columns, rows, processes }: Rows): Timeline {
  const timeAt = timeColumn(columns);
  const laneAt = columns.findIndex(({ name }) => name === 'lane');
  const timeOf = (row: readonly Cell[]): number => numberOf(row[timeAt] ?? null) ?? NaN;
  let from = Infinity;
  let to = -Infinity;
  const lanes = new Map<string, number[]>();
  let undated = 0;
  rows.forEach((row, at) => {
    const time = timeOf(row);
    if (Number.isNaN(time)) {
      undated++;
      return;
    }
    from = Math.min(from, time);
    to = Math.max(to, time);
    const name = laneAt < 0 ? 'all rows' : cellText(row[laneAt] ?? null, columns[laneAt]?.type ?? 'text') || '(absent)';
    const lane = lanes.get(name);
    if (lane) lane.push(at);
    else lanes.set(name, [at]);
  });
  const width = Math.max(1, (to - from) / BUCKETS);
  const largest = [...lanes].sort((a, b) => b[1].length - a[1].length);
  const drawn = new Set(largest.slice(0, MOST_LANES).map(([name]) => name));
  const hidden = largest.slice(MOST_LANES);
  const said = columns.map((_, at) => at).filter((at) => at !== timeAt && at !== laneAt);
  const says = (row: readonly Cell[]): string =>
    said.map((at) => cellText(row[at] ?? null, columns[at]?.type ?? 'text')).filter((text) => text !== '').slice(0, 5).join(' · ');
  const made = [...lanes].filter(([name]) => drawn.has(name)).map(([name, ats]): TimelineLane => {
    const buckets = new Map<number, { from: number; to: number; count: number; first: number }>();
    for (const at of ats) {
      const time = timeOf(rows[at] ?? []);
      const key = Math.floor((time - from) / width);
      const mark = buckets.get(key);
      if (!mark) buckets.set(key, { from: time, to: time, count: 1, first: at });
      else {
        if (time < mark.from) mark.first = at;
        mark.from = Math.min(mark.from, time);
        mark.to = Math.max(mark.to, time);
        mark.count++;
      }
    }
    const marks = [...buckets].sort((a, b) => a[0] - b[0]).map(([, { first, ...mark }]): TimelineMark => ({ ...mark, process: processes[first] ?? -1, says: says(rows[first] ?? []) }));
    return { name, count: ats.length, marks };
  });
  return { from, to, lanes: made, undated, hiddenLanes: hidden.length, hiddenRows: hidden.reduce((sum, [, ats]) => sum + ats.length, 0) };
}

/** The bars of a chart's rows. */
export function chartOf({ columns, rows }: Rows): Chart {
  // Keys come first, then numbers: the numbers are the numeric columns at the end, and the first column is never one where there are others.
  let firstNumber = columns.length;
  while (firstNumber > Math.min(1, columns.length - 1) && isNumeric(columns[firstNumber - 1]?.type)) firstNumber--;
  const keys = columns.slice(0, firstNumber);
  const measures = columns.slice(firstNumber);
  const valuesOf = (row: readonly Cell[]): (number | null)[] => measures.map((_, at) => numberOf(row[firstNumber + at] ?? null));
  const timeAt = keys.findIndex(({ name, type }) => name === 'time' && type === 'time');
  const labelOf = (row: readonly Cell[]): string =>
    keys.flatMap(({ type }, at) => (at === timeAt ? [] : [cellText(row[at] ?? null, type) || '(absent)'])).join(' · ');
  if (timeAt < 0) {
    const bars = rows.map((row) => ({ label: labelOf(row) || 'all rows', values: valuesOf(row) }));
    // Ascending counts are the order of Hunt's own pipes: the largest, which are asked for, would be the ones that are left out.
    const ordered = bars.length > MOST_BARS ? [...bars].sort((a, b) => (b.values[0] ?? -Infinity) - (a.values[0] ?? -Infinity)) : bars;
    return { kind: 'keys', measures, bars: ordered.slice(0, MOST_BARS), hidden: Math.max(0, bars.length - MOST_BARS) };
  }
  const series = new Map<string, { at: number; values: (number | null)[] }[]>();
  const times = new Set<number>();
  let undated = 0;
  for (const row of rows) {
    const at = numberOf(row[timeAt] ?? null);
    if (at === null) {
      undated++;
      continue;
    }
    times.add(at);
    const label = labelOf(row);
    const points = series.get(label);
    if (points) points.push({ at, values: valuesOf(row) });
    else series.set(label, [{ at, values: valuesOf(row) }]);
  }
  const sorted = [...times].sort((a, b) => a - b);
  const span = sorted.reduce((least, time, at) => (at === 0 ? least : Math.min(least, time - (sorted[at - 1] ?? time))), Infinity);
  const total = (points: readonly { values: readonly (number | null)[] }[]): number => points.reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
  const largest = [...series].map(([label, points]) => ({ label, points })).sort((a, b) => total(b.points) - total(a.points));
  return {
    kind: 'time',
    measures,
    from: sorted[0] ?? NaN,
    to: sorted.at(-1) ?? NaN,
    span: Number.isFinite(span) ? span : 60_000_000,
    series: largest.slice(0, MOST_SERIES),
    hidden: Math.max(0, largest.length - MOST_SERIES),
    undated,
  };
}

/** Points of a series that share a place in the picture: what their bars cover together. */
export interface JoinedPoints {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** A series' points, those of one place joined; absent values are left out. `placeOf` a time: what can be told apart in the picture. */
export function joinedPoints(points: readonly { readonly at: number; readonly values: readonly (number | null)[] }[], measure: number, placeOf: (at: number) => number): readonly JoinedPoints[] {
  const places = new Map<number, JoinedPoints>();
  for (const { at, values } of points) {
    const value = values[measure] ?? null;
    if (value === null) continue;
    const place = placeOf(at);
    const one = places.get(place) ?? { from: at, to: at, count: 0, low: value, high: value };
    places.set(place, { from: Math.min(one.from, at), to: Math.max(one.to, at), count: one.count + 1, low: Math.min(one.low, value), high: Math.max(one.high, value) });
  }
  return [...places.values()];
}

function timeColumn(columns: Rows['columns']): number {
  const named = columns.findIndex(({ name }) => name === '@timestamp');
  return named >= 0 ? named : columns.findIndex(({ type }) => type === 'time');
}

function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
}
