import { MINUTE } from './clock.js';
import { parseSyslogLine, stampMicros } from './syslogLine.js';

const QUARTER = 15 * MINUTE;
const STAMP = /^((?:<\d{1,10}>)?)[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d{1,9})?/;

/**
 * A syslog line whose stamp has no year and no zone, with both, where what carries it says when it happened: the collector read the stamp in its host's
 * zone, so the two differ by whole quarters of an hour. Any other line is given back as it is.
 */
export function datedLine(line: string, micros: number): string {
  if (Number.isNaN(micros)) return line;
  const stamp = parseSyslogLine(line)?.stamp;
  if (stamp?.kind !== 'yearless') return line;
  const year = new Date(micros / 1000).getUTCFullYear();
  let best = NaN;
  for (const each of [year - 1, year, year + 1]) {
    const local = stampMicros(stamp, each, 0);
    if (!Number.isNaN(local) && !(Math.abs(local - micros) >= Math.abs(best - micros))) best = local;
  }
  if (Number.isNaN(best)) return line;
  const apart = Math.round((best - micros) / QUARTER) * QUARTER;
  // A carrier that notes when it received a line is off by any time: then the year alone is known.
  const isZoned = Math.abs(apart) <= 14 * 60 * MINUTE && Math.abs(best - micros - apart) < 2_000_000;
  const iso = new Date(best / 1000).toISOString().slice(0, -5);
  const fraction = stamp.grain < 1_000_000 ? `.${String(stamp.micros).padStart(6, '0')}` : '';
  const whole = line.replace(STAMP, (_all, priority: string) => `${priority}${iso}${fraction}${isZoned ? zone(apart) : ''}`);
  return parseSyslogLine(whole) ? whole : line;
}

function zone(micros: number): string {
  const minutes = Math.round(Math.abs(micros) / MINUTE);
  return `${micros < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
