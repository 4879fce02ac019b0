/** Times in words: whole microseconds since the epoch in, UTC with `Z` out. What is not known is said, never drawn as zero. */

const DAY_MICROS = 86_400_000_000;

/** `2026-11-24 03:12:44.123456Z`: for copies and details. "not known" for NaN. */
export function fullTime(micros: number): string {
  if (!Number.isFinite(micros)) return 'not known';
  return `${dateOf(micros)} ${clockOf(micros, 6)}`;
}

/** `03:12:44.123Z`: for columns whose date stands elsewhere. Empty for NaN. */
export function clockTime(micros: number): string {
  return Number.isFinite(micros) ? clockOf(micros, 3) : '';
}

/** `11-24 03:12:44.123Z`: for columns of evidence that spans days. Empty for NaN. */
export function dayAndClockTime(micros: number): string {
  return Number.isFinite(micros) ? `${dateOf(micros).slice(5)} ${clockOf(micros, 3)}` : '';
}

/** `2026-11-24` in UTC. */
export function dateOf(micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  return Number.isNaN(date.getTime()) ? 'not known' : date.toISOString().replace(/T.*/, '');
}

/** Whether two times lie on different UTC days. */
export function spansDays(from: number, to: number): boolean {
  return Math.floor(from / DAY_MICROS) !== Math.floor(to / DAY_MICROS);
}

/** A length of time with three figures at most: `3 ms`, `1.25 s`, `2 min 5 s`, `3 d 4 h`. "not known" for NaN. */
export function duration(micros: number): string {
  if (!Number.isFinite(micros)) return 'not known';
  if (micros < 0) return `minus ${duration(-micros)}`;
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 1_000_000) return `${figures(micros / 1000)} ms`;
  if (micros < 60_000_000) return `${figures(micros / 1_000_000)} s`;
  const seconds = Math.round(micros / 1_000_000);
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** Bounds of a length of time: `3 ms` when equal, `1 ms to 5 ms`, `at most 5 ms`, `at least 1 ms`. */
export function durationBounds(min: number, max: number): string {
  // "From 0" says nothing: only the upper bound is known.
  const low = Number.isFinite(min) && (min !== 0 || max === 0);
  const high = Number.isFinite(max);
  if (low && high) return duration(min) === duration(max) ? duration(min) : `${duration(min)} to ${duration(max)}`;
  if (high) return `at most ${duration(max)}`;
  return low ? `at least ${duration(min)}` : 'not known';
}

function clockOf(micros: number, digits: 3 | 6): string {
  const inDay = ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;
  const seconds = Math.floor(inDay / 1_000_000);
  const fraction = String(Math.floor(inDay % 1_000_000))
    .padStart(6, '0')
    .slice(0, digits);
  const pair = (part: number): string => String(part).padStart(2, '0');
  return `${pair(Math.floor(seconds / 3600))}:${pair(Math.floor(seconds / 60) % 60)}:${pair(seconds % 60)}.${fraction}Z`;
}

function figures(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
