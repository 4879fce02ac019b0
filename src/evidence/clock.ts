/** Microseconds in a second, minute and day. */
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The number of a month that is written as `Jan`, `Feb`; 0 for what is none. */
export function monthNamed(name: string | undefined): number {
  return MONTHS.indexOf(name ?? '') + 1;
}

/**
 * Minutes east of UTC of a zone as people and manifests write it: `UTC`, `Z`, `+02:00`, `-0530`, `+2`.
 * Throws RangeError for anything else: a zone's name (`Europe/Berlin`) has no one offset.
 */
export function parseZone(text: string): number {
  if (/^(utc|gmt|z)$/i.test(text.trim())) return 0;
  const match = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(text.trim());
  const hours = Number(match?.[2]);
  const minutes = Number(match?.[3] ?? 0);
  if (!match || hours > 14 || minutes > 59) throw new RangeError(`zone ${JSON.stringify(text)} is no offset; write UTC, +02:00 or -0530`);
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** A zone's offset as text: `UTC`, `UTC+02:00`. */
export function zoneText(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

/** A stamp that a collector put into a file's name; `isUtc` when it says so (`Z`), else it is the local time of whoever collected. */
export interface NameStamp {
  readonly micros: number;
  readonly isUtc: boolean;
}

const STAMP = /(?<!\d)((?:19|20)\d{2})-?(\d{2})-?(\d{2})[T_ -]?(\d{2})[:_-]?(\d{2})[:_-]?(\d{2})(?:[.,](\d{1,6}))?(Z)?(?!\d)/g;

/** The last stamp in a file's name, such as `proc_20261124T150138.851Z.jsonl`; undefined if there is none. */
export function stampInName(name: string): NameStamp | undefined {
  let found: NameStamp | undefined;
  for (const match of name.matchAll(STAMP)) {
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
    const micros = civilMicros(year, month, day, hour, minute, second);
    if (!Number.isNaN(micros)) found = { micros: micros + Number((match[7] ?? '').padEnd(6, '0')), isUtc: match[8] === 'Z' };
  }
  return found;
}

/** Microseconds of a date and time read as UTC; NaN when there is no such moment (February 30). Months count from 1. */
export function civilMicros(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC would read the years 0..99 as 1900..1999
  if (date.getUTCDate() !== day) return NaN;
  date.setUTCHours(hour, minute, second);
  return date.getTime() * 1000;
}
