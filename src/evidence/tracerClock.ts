import { DAY, SECOND } from './clock.js';
import type { Fact } from './facts.js';
import type { ParseContext } from './format.js';
import type { Provenance } from './procRows.js';

/**
 * Dates the lines of a tracer that states the time of day or seconds since it began, by the moment its output was taken: the last line was then.
 * Facts are held until the end. The order of the lines is kept beside the time, because many share one second.
 */
export class TracerClock {
  private readonly facts: { readonly fact: Fact; readonly from: Provenance; readonly micros: number }[] = [];
  private day = 0;
  private last = NaN;

  constructor(private readonly context: ParseContext) {}

  /** Adds a fact at a time of day in microseconds. Going back by half a day is midnight. */
  atTimeOfDay(fact: Fact, from: Provenance, micros: number): void {
    if (micros < this.last - DAY / 2) this.day += DAY;
    this.last = micros;
    this.facts.push({ fact, from, micros: this.day + micros });
  }

  /** Adds a fact at a time that counts from an unknown moment; NaN where the line states none. */
  atElapsed(fact: Fact, from: Provenance, micros: number): void {
    if (!Number.isNaN(micros)) this.last = micros;
    this.facts.push({ fact, from, micros: Number.isNaN(this.last) ? 0 : this.last });
  }

  *dated(isTimeOfDay: boolean): Generator<readonly [Fact, Provenance]> {
    const taken = this.context.takenMicros ?? NaN;
    const end = this.facts.at(-1)?.micros ?? 0;
    let base = taken - end;
    if (isTimeOfDay) {
      const east = (this.context.zoneMinutes ?? 0) * 60 * SECOND;
      base = Math.floor((taken + east - end + SECOND) / DAY) * DAY - east;
    }
    for (const [index, { fact, from, micros }] of this.facts.entries()) yield [{ ...fact, time: base + micros, serial: index + 1 }, from];
  }
}

/** Microseconds of `09:42:49` or `09:42:49.123456`; NaN for anything else. */
export function timeOfDay(text: string | undefined): number {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text ?? '');
  return match ? (Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3])) * SECOND + Number((match[4] ?? '').padEnd(6, '0')) : NaN;
}
