import { civilMicros, DAY, MINUTE, SECOND } from './clock.js';

/**
 * A start time as ps prints it. `whole`: date and time (lstart). `clock`: a time of day, the last one before the capture. `day`: month and day,
 * the last one before the capture. `year`: nothing else. `age`: time since the start, at the capture. Micros are local, as if in UTC.
 */
export type PsStart =
  | { readonly kind: 'whole' | 'clock' | 'age'; readonly micros: number; readonly grain: number }
  | { readonly kind: 'day'; readonly month: number; readonly day: number; readonly grain: number }
  | { readonly kind: 'year'; readonly year: number; readonly grain: number };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const YEAR = 366 * DAY;
/** ps reads the clock after the stamp of its file was made, and boot time moves by a second from one reading to the next. */
const SLACK = 2 * MINUTE;

/** Parses STARTED, STIME, START. undefined for `-` and what is none. */
export function parsePsStart(text: string): PsStart | undefined {
  const whole = /^[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(text);
  if (whole) {
    const micros = civilMicros(Number(whole[6]), MONTHS.indexOf(whole[1] ?? '') + 1, Number(whole[2]), Number(whole[3]), Number(whole[4]), Number(whole[5]));
    return Number.isNaN(micros) ? undefined : { kind: 'whole', micros, grain: SECOND };
  }
  const clock = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock) {
    const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hour > 23 || minute > 59 || second > 60) return undefined;
    return { kind: 'clock', micros: (hour * 60 + minute) * MINUTE + second * SECOND, grain: clock[3] === undefined ? MINUTE : SECOND };
  }
  const day = /^([A-Z][a-z]{2}) ?(\d{1,2})$/.exec(text.replace(/ +/, ' '));
  if (day && MONTHS.includes(day[1] ?? '')) return { kind: 'day', month: MONTHS.indexOf(day[1] ?? '') + 1, day: Number(day[2]), grain: DAY };
  if (/^(19|20)\d\d$/.test(text)) return { kind: 'year', year: Number(text), grain: YEAR };
  return undefined;
}

/** Parses ELAPSED: `[[dd-]hh:]mm:ss` or seconds. */
export function parsePsElapsed(text: string): PsStart | undefined {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d\d)$/.exec(text);
  if (match) {
    const [days, hours, minutes, seconds] = match.slice(1, 5).map((part) => Number(part ?? 0)) as [number, number, number, number];
    return { kind: 'age', micros: days * DAY + hours * 60 * MINUTE + minutes * MINUTE + seconds * SECOND, grain: SECOND };
  }
  return /^\d{1,10}$/.test(text) ? { kind: 'age', micros: Number(text) * SECOND, grain: SECOND } : undefined;
}

/** The start in microseconds UTC, for a snapshot taken at `taken` (UTC) by a host `zoneMinutes` east; NaN when the capture time is needed and not known. */
export function startMicros(start: PsStart, taken: number | undefined, zoneMinutes: number): number {
  const east = zoneMinutes * MINUTE;
  if (start.kind === 'whole') return start.micros - east;
  if (start.kind === 'year') return civilMicros(start.year, 1, 1, 0, 0, 0) - east;
  if (taken === undefined) return NaN;
  if (start.kind === 'age') return taken - start.micros;
  const local = taken + east;
  if (start.kind !== 'day') {
    const today = Math.floor(local / DAY) * DAY + start.micros;
    return (today > local + SLACK ? today - DAY : today) - east;
  }
  const year = new Date(local / 1000).getUTCFullYear();
  for (let back = 0; back < 9; back++) {
    // Nine years back holds a February 29 whatever the century.
    const micros = civilMicros(year - back, start.month, start.day, 0, 0, 0);
    if (!Number.isNaN(micros) && micros <= local) return micros - east;
  }
  return NaN;
}
