import { civilMicros, monthNamed, SECOND } from './clock.js';
import type { SyslogLine } from './logLine.js';

/** `dmesg -r`: the priority in brackets; `dmesg -x`: facility and level in words. */
const PRIORITY = String.raw`(?:<\d{1,10}>|[a-z0-9]+ *:[a-z]+ *: )?`;
/** Time since boot, by the kernel's clock: dmesg, and `journalctl -o short-monotonic`. `dmesg -d` adds the time since the line before. */
const SINCE_BOOT = new RegExp(String.raw`^${PRIORITY}\[ *(\d{1,9})\.(\d{6})(?: < *[\d.]+ *>)?\] (.*)$`, 's');
/** `dmesg -T`: the host's local time, counted from now back, so that it drifts over suspends. */
const CTIME = new RegExp(String.raw`^${PRIORITY}\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]?\d) (\d\d):(\d\d):(\d\d) (\d{4})\] (.*)$`, 's');
/** Apache's error log begins with the same stamp. */
const OF_APACHE = /^\[(?:[a-z_\d]+:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\]/;
/** `dmesg --time-format iso`: as rsyslog writes it, but with a comma, and neither host nor program follow. */
const ISO_COMMA = new RegExp(String.raw`^${PRIORITY}(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d),(\d{6})([+-])(\d\d):?(\d\d) (.*)$`, 's');
/** The host and the program that the journal knows. The kernel's own messages may begin with two words too, but name no pid. */
const TAGGED = /^([\w.-]+) (?:(kernel)|([^\s:[\]]{1,128})\[(\d{1,10})\]): (.*)$/s;

/** Reads a line of dmesg or of `journalctl -o short-monotonic`; undefined for any other. */
export function parseKernelLine(line: string): SyslogLine | undefined {
  const since = SINCE_BOOT.exec(line);
  if (since) return { stamp: { kind: 'sinceBoot', micros: Number(since[1]) * SECOND + Number(since[2]), grain: 1 }, ...saidBy(since[3] ?? '') };
  const ctime = CTIME.exec(line);
  if (ctime && !OF_APACHE.test(ctime[7] ?? '')) {
    const [, month = '', day, hour, minute, second, year, rest = ''] = ctime;
    const micros = civilMicros(Number(year), monthNamed(month), Number(day), Number(hour), Number(minute), Number(second));
    return Number.isNaN(micros) ? undefined : { stamp: { kind: 'whole', micros, isUtc: false, grain: SECOND }, ...saidBy(rest) };
  }
  const iso = ISO_COMMA.exec(line);
  if (!iso) return undefined;
  const [year, month, day, hour, minute, second, fraction] = iso.slice(1, 8).map(Number) as [number, number, number, number, number, number, number];
  const offset = (iso[8] === '-' ? -1 : 1) * (Number(iso[9]) * 60 + Number(iso[10]));
  const micros = civilMicros(year, month, day, hour, minute, second) + fraction - offset * 60 * SECOND;
  return Number.isNaN(micros) ? undefined : { stamp: { kind: 'whole', micros, isUtc: true, grain: 1 }, ...saidBy(iso[11] ?? '') };
}

function saidBy(text: string): Omit<SyslogLine, 'stamp'> {
  const [, host, kernel, program = kernel, pid, message = ''] = TAGGED.exec(text) ?? [];
  if (host !== undefined) return { host, program: program ?? '', pid: pid === undefined ? undefined : Number(pid), message };
  return { host: undefined, program: 'kernel', pid: undefined, message: text };
}

/**
 * When the boot began that a line of the kernel is of, microseconds, where the line tells: an audit record bears the wall clock beside the time since
 * boot, and so does the line by which the kernel sets its clock. NaN: the line does not tell.
 */
export function bootToldBy({ stamp, message }: SyslogLine): number {
  if (stamp?.kind !== 'sinceBoot') return NaN;
  const audit = /\baudit\((\d{9,10})\.(\d{3}):\d{1,15}\)/.exec(message);
  if (audit) return Number(audit[1]) * SECOND + Number(audit[2]) * 1000 - stamp.micros;
  const clock = /setting system clock to .{1,40}\((\d{9,10})\)\s*$/.exec(message);
  return clock ? Number(clock[1]) * SECOND - stamp.micros : NaN;
}
