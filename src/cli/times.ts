import { isDay } from '../case/index.js';

/** How moments are written: in UTC with Z, or in the examiner's zone with its offset. */
export type TimeStyle = 'utc' | 'local';

/** A moment for people, to the millisecond, with its zone: 2026-11-24 14:55:26.352Z, or 2026-11-24 15:55:26.352+01:00. */
export function timeText(micros: number, style: TimeStyle): string {
  if (!(Math.abs(micros) < 8.64e18)) return 'time unknown';
  const moment = new Date(Math.floor(micros / 1000));
  if (style === 'utc') return moment.toISOString().replace('T', ' ');
  const minutes = -moment.getTimezoneOffset();
  const shifted = new Date(moment.getTime() + minutes * 60_000).toISOString().replace('T', ' ').slice(0, -1);
  const sign = minutes < 0 ? '-' : '+';
  const part = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, '0');
  return `${shifted}${sign}${part(minutes / 60)}:${part(Math.abs(minutes) % 60)}`;
}

/**
 * A moment as a person states it, in microseconds: 2026-11-24T14:55:26.352Z, with a blank for the T, with an offset, a date alone, or seconds since
 * the epoch. Without a zone it is UTC. undefined for anything else.
 */
export function parseTime(text: string): number | undefined {
  if (/^\d{1,11}(\.\d{1,9})?$/.test(text)) return Math.round(Number(text) * 1e6);
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text.trim());
  if (!match || !isDay(match[1] ?? '')) return undefined;
  const [, date, clock = '00:00:00', fraction = '', zone = 'Z'] = match;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const whole = Date.parse(`${date}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`);
  return Number.isNaN(whole) ? undefined : whole * 1000 + Math.round(Number(`0${fraction}`) * 1e6);
}
