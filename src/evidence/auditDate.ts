import type { Coverage } from '../model/index.js';
import { civilMicros, zoneText } from './clock.js';
import { zoneGuessed } from './snapshotCoverage.js';

/** Dates as libauparse prints them, in the %x of the locale that it ran in: 03/17/2023, 03/17/23, 17.03.2023, 2023-03-17. */
export class LocaleDates {
  private isDayFirst = false;
  private isAmbiguous = true;
  private hasDate = false;

  /** Takes a date for what it shows of the order of day and month; true once that is known. */
  learn(date: string): boolean {
    this.micros(date, 0, 0, 0);
    return !this.isAmbiguous;
  }

  /** Microseconds as if in UTC; NaN for what no locale writes so. With slashes the month is first (C, en_US) until a number above 12 shows the day to be. */
  micros(date: string, hour: number, minute: number, second: number): number {
    this.hasDate = true;
    const iso = /^(\d{4})[-/.](\d\d?)[-/.](\d\d?)\.?$/.exec(date);
    if (iso) {
      this.isAmbiguous = false;
      return civilMicros(Number(iso[1]), Number(iso[2]), Number(iso[3]), hour, minute, second);
    }
    const parts = /^(\d\d?)([-/.])(\d\d?)[-/.](\d{4}|\d\d)\.?$/.exec(date);
    if (!parts) return NaN;
    const [one, two] = [Number(parts[1]), Number(parts[3])];
    if (one > 12) this.isDayFirst = true;
    if (one > 12 || two > 12 || parts[2] !== '/') this.isAmbiguous = false;
    const isDayFirst = this.isDayFirst || parts[2] !== '/';
    const year = Number(parts[4]) + (parts[4]?.length === 2 ? (Number(parts[4]) < 70 ? 2000 : 1900) : 0);
    return civilMicros(year, isDayFirst ? two : one, isDayFirst ? one : two, hour, minute, second);
  }

  /** Says that the stamps of `tool` name no zone, and whether day and month could be told apart; undefined where nothing was dated or the zone is known. */
  guess(tool: string, zoneMinutes: number | undefined): Coverage | undefined {
    if (!this.hasDate || zoneMinutes !== undefined) return undefined;
    const order = this.isAmbiguous ? ' Whether the day or the month stands first in its dates cannot be seen; the month was taken.' : '';
    return { ...zoneGuessed(0, false), says: `${tool} prints the local time of the machine it ran on and no zone; ${zoneText(0)} was taken.${order}` };
  }
}
