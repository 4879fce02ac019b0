import { type Batch, type Coverage, OBSERVATION_KINDS, OPERATIONS, type Skew } from '../model/index.js';
import { zoneText } from './clock.js';

const SESSION = OBSERVATION_KINDS.indexOf('session');
const OPENED = OPERATIONS.indexOf('opened');
const CLOSED = OPERATIONS.indexOf('closed');
/** Two clocks of one host are at most a wrong zone apart: 14 hours, and a bit. */
const FURTHEST_MICROS = 15 * 3_600_000_000;
/** Fewer shared events measure nothing; so many are enough. */
const EVENTS_NEEDED = 5;
const EVENTS_KEPT = 5000;
/** Differences this close together tell one skew, if they are this share of all. */
const WINDOW_MICROS = 1_000_000;
const SHARE_NEEDED = 0.2;
/** What logs write late by themselves; beyond it a clock was off. */
const NOTABLE_MICROS = 2_000_000;
const QUARTER_MICROS = 900_000_000;

/**
 * How far the clocks of a host's sources are apart, by events that both tell: a PAM session is opened and closed in the audit log, by pid, and in
 * syslog and journal, by pid. The audit log's stamps are the kernel's, so it is what others are measured against.
 */
export class SkewMeter {
  /** Evidence -> host, operation and pid -> when. */
  private readonly told = new Map<number, { count: number; readonly times: Map<string, number[]> }>();

  see(batch: Batch, evidence: number): void {
    for (let row = 0; row < batch.count; row++) {
      if (batch.kind[row] !== SESSION || batch.pid[row]! <= 0) continue;
      const operation = batch.operation[row]!;
      const t = batch.time[row]!;
      if ((operation !== OPENED && operation !== CLOSED) || Number.isNaN(t)) continue;
      let own = this.told.get(evidence);
      if (!own) this.told.set(evidence, (own = { count: 0, times: new Map() }));
      if (own.count >= EVENTS_KEPT) continue;
      own.count++;
      const key = `${batch.host[row]} ${operation} ${batch.pid[row]}`;
      const times = own.times.get(key);
      if (times) times.push(t);
      else own.times.set(key, [t]);
    }
  }

  /** The skew of `evidence` against `reference`; undefined where they share too few events. */
  between(evidence: number, reference: number): Omit<Skew, 'against'> | undefined {
    const own = this.told.get(evidence)?.times;
    const other = this.told.get(reference)?.times;
    if (!own || !other) return undefined;
    const apart: number[] = [];
    for (const [key, times] of own) {
      const there = other.get(key);
      if (times.length === 1 && there?.length === 1 && Math.abs(times[0]! - there[0]!) < FURTHEST_MICROS) apart.push(times[0]! - there[0]!);
    }
    return densest(apart);
  }
}

/** What a skew means for the reader; undefined where it is no more than a log's own delay. */
export function skewNote(skew: Skew, file: string): Coverage | undefined {
  const off = Math.abs(skew.micros);
  if (off < NOTABLE_MICROS) return undefined;
  const quarters = Math.round(skew.micros / QUARTER_MICROS);
  const isZone = quarters !== 0 && Math.abs(skew.micros - quarters * QUARTER_MICROS) < NOTABLE_MICROS;
  const says = `Its clock is ${(off / 1e6).toFixed(1)} s ${skew.micros > 0 ? 'ahead of' : 'behind'} that of ${skew.against}, by ${skew.events} events that both tell; times here are as it states them.`;
  return isZone
    ? { gap: 'clock-skew', says: `${says} That is a whole number of quarter hours: its stamps are of another zone than was taken.`, remedy: `--zone ${zoneText(quarters * 15)} for ${file}` }
    : { gap: 'clock-skew', says };
}

/** Where most differences lie within the window: a log may be written late, by seconds where a host is busy, but never early by the same. */
function densest(apart: readonly number[]): Omit<Skew, 'against'> | undefined {
  const sorted = [...apart].sort((a, b) => a - b);
  let best = { from: 0, count: 0 };
  for (let from = 0, to = 0; from < sorted.length; from++) {
    while (to < sorted.length && sorted[to]! - sorted[from]! <= WINDOW_MICROS) to++;
    if (to - from > best.count) best = { from, count: to - from };
  }
  if (best.count < Math.max(EVENTS_NEEDED, sorted.length * SHARE_NEEDED)) return undefined;
  return { micros: sorted[best.from + (best.count >> 1)]!, events: best.count };
}
