import { civilMicros, MINUTE, SECOND } from './clock.js';
import type { Fact } from './facts.js';
import type { ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';
import type { AddFact } from './jsonFormat.js';
import { zoneGuessed } from './snapshotCoverage.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const STAMP = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\\d{1,2}) (\\d\\d):(\\d\\d)(?::(\\d\\d))?(?: (\\d{4}))?';
const LAST = new RegExp(`^(\\S{1,64}) +(system boot|system down|\\S{1,64}) +(\\S{0,256}) *${STAMP}(?: - (?:${STAMP})?)?`);
const WHO = /^(\S{1,64}) +(?:[-+?] )? *((?:pts|tty|ttyS|hvc|console|:)\S{0,32}) +(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)(.*)$/;
const LONGEST = 1024;

/**
 * `last`, `lastb` and `who` (FORMATS 7): sessions as login accounting has them, in the host's own time. Only `who -a` names a process. Boots are told as lines of a log:
 * what follows from a boot is too much for a stamp without a zone.
 */
export const loginTextFormat = lineFormat({
  id: 'logins',
  title: 'last and who text',
  sniff(head) {
    const lines = head.split('\n').filter((line) => line.trim() !== '').slice(0, 8);
    if (/^NAME +LINE +TIME/.test(lines[0] ?? '')) return 0.9;
    const hits = lines.filter((line) => line.length < LONGEST && (LAST.test(line) || WHO.test(line))).length;
    return hits > 0 && hits * 2 >= lines.length ? 0.85 : 0;
  },
  reading(context) {
    const zone = (context.zoneMinutes ?? 0) * MINUTE;
    return {
      line(text, _from, add): Verdict {
        if (/^([uwb]tmp\S* begins |NAME +LINE)/.test(text)) return NOT_NEEDED;
        if (text.length > LONGEST) return { trouble: 'a line that is no session' };
        const last = LAST.exec(text);
        if (last) return lastRow(last, zone, context, add);
        const who = WHO.exec(text);
        if (!who) return /system boot|run-level|^LOGIN /.test(text) ? NOT_NEEDED : { trouble: 'a line that is no session' };
        const [year, month, day, hour, minute] = who.slice(3, 8).map(Number) as [number, number, number, number, number]; // \d+ each
        const time = civilMicros(year, month, day, hour, minute, 0) - zone;
        if (Number.isNaN(time)) return { trouble: 'a session without a time' };
        const pid = /^ +(?:\.|old|\d\d:\d\d)? +(\d{1,10})\b/.exec(who[8] ?? '')?.[1];
        const from = /\(([^)]*)\)\s*$/.exec(who[8] ?? '')?.[1];
        // Stated to the minute, so a process of that pid is not joined by it: the pid is kept in words.
        add({ kind: 'session', operation: 'opened', time, user: who[1], tty: who[2], path: from, message: pidIn(pid) > 0 ? `leader ${pid ?? ''}` : undefined });
        return UNDERSTOOD;
      },
      gaps: () => (context.zoneMinutes === undefined ? [zoneGuessed(0, false)] : []),
    };
  },
});

function lastRow(match: RegExpExecArray, zone: number, context: ParseContext, add: AddFact): Verdict {
  const [, user, line = '', from] = match;
  const start = moment(match.slice(4, 10), zone, context);
  const end = moment(match.slice(10, 16), zone, context);
  if (Number.isNaN(start)) return { trouble: 'a session without a time' };
  if (line.startsWith('system ')) {
    add({ kind: 'log', time: start, message: line, key: 'logins' });
    return UNDERSTOOD;
  }
  const base: Omit<Fact, 'time'> = { kind: 'session', user, tty: line, path: from };
  if (line.endsWith(':notty')) add({ ...base, kind: 'authentication', outcome: 'failure', operation: 'opened', time: start });
  else add({ ...base, operation: 'opened', time: start });
  if (end > start) add({ ...base, operation: 'closed', time: end });
  return UNDERSTOOD;
}

/** Microseconds of a stamp; without a year the one before the file was taken. NaN for none. */
function moment(parts: readonly (string | undefined)[], zone: number, context: ParseContext): number {
  const [month, day, hour, minute, second, year] = parts;
  if (month === undefined) return NaN;
  const taken = context.takenMicros ?? NaN;
  const at = (of: number): number => civilMicros(of, MONTHS.indexOf(month) + 1, Number(day), Number(hour), Number(minute), Number(second ?? 0)) - zone;
  if (year !== undefined) return at(Number(year));
  const latest = new Date(taken / 1000).getUTCFullYear();
  return at(latest) > taken + 24 * 3600 * SECOND ? at(latest - 1) : at(latest);
}
