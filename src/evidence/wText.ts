import type { Coverage } from '../model/index.js';
import { civilMicros, DAY, MINUTE, monthNamed, SECOND, zoneText } from './clock.js';
import type { ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

const LONGEST = 4096;
const UPTIME = /^ *(\d\d):(\d\d):(\d\d) up .*\d users?, +load average/;
const HEADER = /^USER +TTY +(?:FROM +)?LOGIN@ +IDLE +/;
const CLOCK = /^(\d\d):(\d\d)$/;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `w`: who was logged in when it ran, from where, and what the terminal ran. No pids; logins to the minute, the hour or the day, in the host's own time. */
export const wFormat = lineFormat({
  id: 'w',
  title: 'w text',
  sniff(head) {
    const [first = '', second = ''] = head.split('\n').filter((line) => line.trim() !== '');
    return HEADER.test(first) || (UPTIME.test(first) && HEADER.test(second)) ? 0.95 : 0;
  },
  reading(context) {
    const taken = context.takenMicros ?? NaN;
    let zone = context.zoneMinutes;
    let isAgreed = false;
    let header: readonly string[] = [];
    let fromAt = -1;
    let loginAt = -1;
    return {
      line(text, _from, add): Verdict {
        if (text.length > LONGEST) return { trouble: 'a line that is no session' };
        const uptime = UPTIME.exec(text);
        if (uptime) {
          const shown = zoneShown(Number(uptime[1]) * 60 + Number(uptime[2]), context);
          if (zone === undefined && shown !== undefined) {
            zone = shown;
            isAgreed = true;
          }
          return UNDERSTOOD;
        }
        if (HEADER.test(text)) {
          header = text.trim().split(/\s+/);
          fromAt = text.indexOf('FROM');
          loginAt = text.indexOf('LOGIN@');
          return UNDERSTOOD;
        }
        if (/^ *\d\d:\d\d:\d\d up /.test(text)) return NOT_NEEDED;
        const cells = text.trim().split(/\s+/);
        const [user, tty] = cells;
        // A terminal of the machine itself has a blank there.
        const isBlank = fromAt >= 0 && text.slice(fromAt, loginAt).trim() === '';
        const from = fromAt < 0 || isBlank ? undefined : cells[2];
        const began = cells[fromAt < 0 || isBlank ? 2 : 3];
        const time = loginMicros(began, taken, zone ?? 0);
        if (user === undefined || tty === undefined || Number.isNaN(time)) return { trouble: 'a line that is no session' };
        const what = cells.slice(header.length - (isBlank ? 2 : 1)).join(' ');
        add({ kind: 'session', operation: 'opened', time, user, tty, path: from === '-' ? undefined : from, message: `${what === '' ? 'is logged in' : `runs ${what}`}${from === undefined || from === '-' ? '' : `, from ${from}`}` });
        return UNDERSTOOD;
      },
      gaps: () => (context.zoneMinutes === undefined ? [zoneTaken(zone ?? 0, isAgreed)] : []),
    };
  },
});

function zoneTaken(minutes: number, isShown: boolean): Coverage {
  const why = isShown ? ', by which the clock of its first line is the moment of capture' : '';
  return { gap: 'zone-guessed', says: `Its logins name no zone; ${zoneText(minutes)} was taken${why}.`, remedy: '--zone +HH:MM' };
}

/** The zone in which the clock of the first line is the moment of capture, where that is known to be right; undefined where nothing shows one. */
function zoneShown(localMinute: number, context: ParseContext): number | undefined {
  if (context.takenMicros === undefined || context.takenFrom === 'modified') return undefined;
  const utcMinute = (context.takenMicros % DAY) / MINUTE;
  const apart = (((localMinute - utcMinute + 720) % 1440) + 1440) % 1440 - 720;
  const zone = Math.round(apart / 15) * 15;
  return Math.abs(apart - zone) <= 2 ? zone : undefined;
}

/** `14:58` of the last day, `Mon14` of the last week, `24Nov26`; the latest such moment before it was taken. NaN for anything else. */
function loginMicros(text: string | undefined, taken: number, zone: number): number {
  const local = new Date((taken + zone * MINUTE) / 1000);
  const midnight = civilMicros(local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate(), 0, 0, 0);
  const clock = CLOCK.exec(text ?? '');
  if (clock) {
    const at = midnight + (Number(clock[1]) * 60 + Number(clock[2])) * MINUTE - zone * MINUTE;
    return at > taken + MINUTE ? at - DAY : at;
  }
  const weekday = /^([A-Z][a-z]{2})(\d\d)$/.exec(text ?? '');
  if (weekday) {
    const back = (local.getUTCDay() - WEEKDAYS.indexOf(weekday[1] ?? '') + 7) % 7;
    return WEEKDAYS.includes(weekday[1] ?? '') ? midnight - (back === 0 ? 7 : back) * DAY + Number(weekday[2]) * 3600 * SECOND - zone * MINUTE : NaN;
  }
  const date = /^(\d\d)([A-Z][a-z]{2})(\d\d)$/.exec(text ?? '');
  return date ? civilMicros(2000 + Number(date[3]), monthNamed(date[2]), Number(date[1]), 0, 0, 0) - zone * MINUTE : NaN;
}
