import { civilMicros, DAY, MINUTE } from './clock.js';
import { parseKernelLine } from './kernelLine.js';
import type { LogStamp, SyslogLine } from './logLine.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PRIORITY = '(?:<\\d{1,10}>)?';
const YEARLESS = new RegExp(`^${PRIORITY}(${MONTHS.join('|')}) ([ \\d]?\\d)(?: (\\d{4}))? (\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?(?: ([\\w.:-]+) |:? )(.*)$`, 's');
const ISO_STAMP = '(\\d{4})-(\\d\\d)-(\\d\\d)[T ](\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?(Z|[+-]\\d\\d:?\\d\\d)?';
const ISO = new RegExp(`^${PRIORITY}${ISO_STAMP} ([\\w.:-]+) (.*)$`, 's');
/** journalctl's `short-full` and `with-unit`: a weekday, and the zone by its name; `short-unix`: seconds since the epoch. */
const FULL = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([A-Z]{2,5}|[+-]\d\d(?:\d\d)?) ([\w.:-]+) (.*)$/s;
const UNIX = /^(\d{9,10})\.(\d{6}) ([\w.:-]+) (.*)$/s;
const PROTOCOL = new RegExp(`^<\\d{1,10}>\\d{1,3} (-|\\S+) (\\S{1,255}) (\\S{1,128}) (\\S{1,128}) (\\S{1,32}) (.*)$`, 's');
const WHOLE_ISO = new RegExp(`^${ISO_STAMP}$`);
const TAG = /^([^\s:[\]]{1,128})(?:\[(\d{1,10})\])?(?: <\w+>)?:(?:\s(.*))?$/s;
/** Severities that ChromeOS writes where others have the host. */
const SEVERITY = /^(?:EMERG|ALERT|CRIT|ERR|ERROR|WARNING|NOTICE|INFO|DEBUG)$/;

/** Parses RFC 3164 as programs write it, rsyslog's ISO form, journalctl's short ones, dmesg's, and RFC 5424; undefined for a line that begins with no stamp. */
export function parseSyslogLine(line: string): SyslogLine | undefined {
  const kernels = parseKernelLine(line);
  if (kernels) return kernels;
  const protocol = PROTOCOL.exec(line);
  if (protocol) {
    const [, time = '', host = '', program = '', procid = '', , rest = ''] = protocol;
    const whole = WHOLE_ISO.exec(time);
    if (!whole && time !== '-' && !/^\d+-\d\d-\d\dT/.test(time)) return undefined;
    return { stamp: whole ? isoStamp(whole, 1) : undefined, host: stated(host), program: stated(program) ?? '', pid: pidIn(procid), message: withoutData(rest) };
  }
  const yearless = YEARLESS.exec(line);
  if (yearless) {
    const [, month = '', day, year, hour, minute, second, fraction, host, rest = ''] = yearless;
    const grain = grainOf(fraction);
    const at = { month: MONTHS.indexOf(month) + 1, day: Number(day), hour: Number(hour), minute: Number(minute), second: Number(second), micros: fractionMicros(fraction), grain };
    // The day has to be there in some year: 2000 had a February 29.
    if (Number.isNaN(civilMicros(2000, at.month, at.day, at.hour, at.minute, at.second))) return undefined;
    const stamp: LogStamp = year === undefined ? { kind: 'yearless', ...at } : { kind: 'whole', micros: civilMicros(Number(year), at.month, at.day, at.hour, at.minute, at.second) + at.micros, isUtc: false, grain };
    return { stamp, ...untagged(rest, host) };
  }
  const full = FULL.exec(line);
  if (full) return fullLine(full);
  const unix = UNIX.exec(line);
  if (unix) return { stamp: { kind: 'whole', micros: Number(unix[1]) * 1_000_000 + Number(unix[2]), isUtc: true, grain: 1 }, ...untagged(unix[4] ?? '', unix[3]) };
  const iso = ISO.exec(line);
  if (!iso) return undefined;
  const stamp = isoStamp(iso, 1);
  return stamp && { stamp, ...untagged(iso[10] ?? '', iso[9]) };
}

/** The moment of a stamp, with the year and zone that it lacks; NaN when there is no such day in that year. */
export function stampMicros(stamp: LogStamp, year: number, zoneMinutes: number): number {
  if (stamp.kind === 'sinceBoot') return NaN;
  if (stamp.kind === 'whole') return stamp.isUtc ? stamp.micros : stamp.micros - zoneMinutes * MINUTE;
  return civilMicros(year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second) + stamp.micros - zoneMinutes * MINUTE;
}

/**
 * Counts the years of a log whose stamps have none: each time its months fall back from the end of a year to its beginning, another has begun.
 * Lines are to be given in the order of the file.
 */
export class YearCount {
  /** Years begun since the first line. */
  begun = 0;
  private last: { readonly month: number; readonly day: number; readonly hour: number } | undefined;
  /** Years (counted like `begun`) in which a February 29 stands. */
  private readonly leap = new Set<number>();

  /** Takes the next stamp and answers the number of its year, 0 for the first. */
  next(stamp: LogStamp): number {
    if (stamp.kind !== 'yearless') return this.begun;
    if (this.last && stamp.month < this.last.month - 6) this.begun++;
    // A line that is late over New Year belongs to the year before.
    const isLate = this.last !== undefined && stamp.month > this.last.month + 6 && this.begun > 0;
    if (!isLate) this.last = stamp;
    const year = this.begun - (isLate ? 1 : 0);
    if (stamp.month === 2 && stamp.day === 29) this.leap.add(year);
    return year;
  }

  /** The year of the first line, when the last one was written at `reference` at the latest; the latest year that has every February 29. */
  firstYear(reference: number): number {
    const { last } = this;
    if (!last) return new Date(reference / 1000).getUTCFullYear();
    let year = new Date((reference + DAY) / 1000).getUTCFullYear();
    if (civilMicros(year, last.month, Math.min(last.day, 28), last.hour, 0, 0) > reference + DAY) year--;
    for (let back = 0; back < 8; back++) {
      const first = year - back - this.begun;
      if ([...this.leap].every((number) => !Number.isNaN(civilMicros(first + number, 2, 29, 0, 0, 0)))) return first;
    }
    return year - this.begun;
  }
}

function isoStamp(match: RegExpExecArray, at: number): LogStamp | undefined {
  const [year, month, day, hour, minute, second] = match.slice(at, at + 6).map(Number) as [number, number, number, number, number, number];
  const micros = civilMicros(year, month, day, hour, minute, second) + fractionMicros(match[at + 6]);
  if (Number.isNaN(micros)) return undefined;
  const zone = match[at + 7];
  const offset = zone === undefined || zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return { kind: 'whole', micros: micros - offset * MINUTE, isUtc: zone !== undefined, grain: grainOf(match[at + 6]) };
}

/** Of the names of zones only UTC's is an offset: others mean several. */
function fullLine([, stampText, zone = '', host, rest = '']: RegExpExecArray): SyslogLine | undefined {
  const offset = zone === 'UTC' || zone === 'GMT' ? 'Z' : /^[+-]/.test(zone) ? zone.padEnd(5, '0') : '';
  const whole = WHOLE_ISO.exec(`${stampText}${offset}`);
  const stamp = whole ? isoStamp(whole, 1) : undefined;
  return stamp && { stamp, ...untagged(rest, host) };
}

function untagged(rest: string, host: string | undefined): Omit<SyslogLine, 'stamp'> {
  const isNoHost = host !== undefined && SEVERITY.test(host);
  const tag = TAG.exec(rest);
  return { host: isNoHost ? undefined : host, program: tag?.[1] ?? '', pid: pidIn(tag?.[2]), message: tag ? (tag[3] ?? '') : rest };
}

/** RFC 5424's message behind the structured data, in which `]` and quotes may be escaped. */
function withoutData(rest: string): string {
  const data = /^(?:-|(?:\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*")*\])+)(?: |$)/s.exec(rest);
  return (data ? rest.slice(data[0].length) : rest).replace(/^\u00ef\u00bb\u00bf|^\ufeff/, '');
}

function stated(text: string): string | undefined {
  return text === '-' ? undefined : text;
}

function pidIn(text: string | undefined): number | undefined {
  const pid = Number(text);
  return text !== undefined && /^\d{1,10}$/.test(text) && pid > 0 && pid <= 0x7fffffff ? pid : undefined;
}

function fractionMicros(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 6).padEnd(6, '0'));
}

function grainOf(fraction: string | undefined): number {
  return fraction === undefined ? 1_000_000 : 10 ** Math.max(0, 6 - fraction.length);
}
