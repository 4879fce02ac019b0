import { DAY, SECOND } from './clock.js';
import type { Fact } from './facts.js';
import type { ParseContext } from './format.js';
import type { Provenance } from './procRows.js';

/**
 * Dates the lines of a tracer that states the time of day or seconds since it began, by the moment its output was taken: the last line was then.
 * Facts are held until the end. A tracer prints as it goes, so where its stamps never go back the order of its lines is kept beside the time, because
 * many share one second; where they do, somebody else put the lines in order, and it says nothing.
 */
export class TracerClock {
  private readonly facts: { readonly fact: Fact; readonly from: Provenance; readonly micros: number }[] = [];
  private last = NaN;

  constructor(private readonly context: ParseContext) {}

  /** Adds a fact at a time of day in microseconds. */
  atTimeOfDay(fact: Fact, from: Provenance, micros: number): void {
    this.facts.push({ fact, from, micros });
  }

  /** Adds a fact at a time that counts from an unknown moment; NaN where the line states none. */
  atElapsed(fact: Fact, from: Provenance, micros: number): void {
    if (!Number.isNaN(micros)) this.last = micros;
    this.facts.push({ fact, from, micros: Number.isNaN(this.last) ? 0 : this.last });
  }

  *dated(isTimeOfDay: boolean): Generator<readonly [Fact, Provenance]> {
    const stated = this.facts.map(({ micros }) => micros);
    const isAsPrinted = neverGoesBack(stated, isTimeOfDay);
    const times = !isTimeOfDay ? stated : isAsPrinted ? overMidnights(stated) : fromLargestGap(stated);
    const end = times.reduce((latest, time) => (time > latest ? time : latest), -Infinity);
    const taken = this.context.takenMicros ?? NaN;
    let base = taken - end;
    if (isTimeOfDay) {
      const east = (this.context.zoneMinutes ?? 0) * 60 * SECOND;
      base = Math.floor((taken + east - end + SECOND) / DAY) * DAY - east;
    }
    for (const [index, { fact, from }] of this.facts.entries()) yield [{ ...fact, time: base + times[index]!, serial: isAsPrinted ? index + 1 : 0 }, from];
  }
}

/** Whether times come as a tracer prints them. Back by half a day is midnight; forward by as much in the same output is one back over midnight. */
function neverGoesBack(times: readonly number[], isTimeOfDay: boolean): boolean {
  let midnights = 0, leaps = 0;
  for (let at = 1; at < times.length; at++) {
    const step = times[at]! - times[at - 1]!;
    if (isTimeOfDay && step < -DAY / 2) midnights++;
    else if (step < -SECOND / 2) return false;
    else if (step > DAY / 2) leaps++;
  }
  return midnights === 0 || leaps === 0;
}

/** Times of day as they were printed: going back by half a day is midnight. */
function overMidnights(times: readonly number[]): number[] {
  let days = 0;
  return times.map((micros, at) => (at > 0 && micros < times[at - 1]! - DAY / 2 ? ++days : days) * DAY + micros);
}

/** Times of day in any order: the output began behind the longest time of which nothing is told, and lasted less than a day. */
function fromLargestGap(times: readonly number[]): number[] {
  const sorted = [...times].sort((a, b) => a - b);
  let first = sorted[0] ?? 0;
  let gap = first + DAY - (sorted.at(-1) ?? 0);
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at]! - sorted[at - 1]! <= gap) continue;
    gap = sorted[at]! - sorted[at - 1]!;
    first = sorted[at]!;
  }
  return times.map((micros) => (micros < first ? micros + DAY : micros));
}

/** Microseconds of `09:42:49` or `09:42:49.123456`; NaN for anything else. */
export function timeOfDay(text: string | undefined): number {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text ?? '');
  return match ? (Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3])) * SECOND + Number((match[4] ?? '').padEnd(6, '0')) : NaN;
}
