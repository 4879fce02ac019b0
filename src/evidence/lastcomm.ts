import { civilMicros, DAY, MINUTE, monthNamed } from './clock.js';
import { UNDERSTOOD } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';
import { yearGuessed, YEAR_UNKNOWN, zoneUnstated } from './logRows.js';

const LONGEST = 512;
/** Command, flags (S root, F forked and ran nothing, C, D core, X signal), user, terminal, CPU seconds, pids where asked for, start to the minute. */
const ROW = /^(\S.{0,15}?) +((?:[SFCDXE] *)*) *(\S{1,64}) +(\S{1,64}) +(\d{1,9}\.\d\d) secs +(?:(\d{1,10}) +(\d{1,10}) +)?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d):(\d\d)(?::\d\d)?(?: (\d{4}))?\s*$/;

/**
 * `lastcomm`: which commands ran, as whom and where, from process accounting. It names no pids and begins are to the minute, so each is a line of a log;
 * the accounting file itself says more.
 */
export const lastcommFormat = lineFormat({
  id: 'lastcomm',
  title: 'lastcomm text',
  sniff(head) {
    const lines = head.split('\n').slice(0, 20);
    if (lines.length > 1) lines.pop();
    const written = lines.filter((line) => line.trim() !== '');
    const hits = written.filter((line) => line.length <= LONGEST && ROW.test(line)).length;
    return hits > 0 && hits * 4 >= written.length * 3 ? 0.9 : 0;
  },
  isDated: true,
  reading(context) {
    const zone = (context.zoneMinutes ?? 0) * MINUTE;
    const { takenMicros, takenFrom } = context;
    let yearTaken: number | undefined;
    return {
      line(text, _from, add) {
        const [, command = '', flags = '', user, tty, , pid, , month, day, hour, minute, year] = (text.length > LONGEST ? null : ROW.exec(text)) ?? [];
        if (month === undefined) return { trouble: 'a line that is no command of lastcomm' };
        const at = (of: number): number => civilMicros(of, monthNamed(month), Number(day), Number(hour), Number(minute), 0) - zone;
        let time = NaN;
        if (year !== undefined) time = at(Number(year));
        else if (takenMicros !== undefined) {
          const latest = new Date((takenMicros + zone) / 1000).getUTCFullYear();
          yearTaken ??= latest;
          time = at(latest) > takenMicros + DAY ? at(latest - 1) : at(latest);
        }
        const isFork = flags.includes('F');
        const number = pidIn(pid);
        add({
          kind: 'log',
          operation: 'command',
          time,
          user,
          tty: tty === '__' ? undefined : tty,
          comm: command.trim(),
          key: 'lastcomm',
          message: `${command.trim()}${isFork ? ', forked and ran no program' : ''}${flags.includes('X') ? ', killed by a signal' : ''}${number > 0 ? `, pid ${number}` : ''}`,
        });
        return UNDERSTOOD;
      },
      gaps: () => [
        ...(takenMicros === undefined ? [YEAR_UNKNOWN] : yearTaken === undefined ? [] : [yearGuessed(yearTaken, takenFrom ?? 'modified')]),
        ...(context.zoneMinutes === undefined ? [zoneUnstated('UTC')] : []),
      ],
    };
  },
});
