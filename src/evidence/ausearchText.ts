import { ReportClock, said } from './auditReport.js';
import type { Format } from './format.js';
import { UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

/** At 14:55:49 11/24/26 system, acting as root, successfully executed /bin/ls using /bin/ls; `On web1 at ...` where the records name their node. */
const LINE = /^(?:At|On (\S+) at) (\d\d:\d\d:\d\d) (\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?) (?:(\S*?)(?:, acting as (\S+),)? )?((?:un)?successfully )?([a-z][\w-]*)(?: (.*))?$/s;

/** `ausearch --format text` (FORMATS 3.4): a sentence an event, without pids and event numbers. Its rows are lines of a log. */
export const ausearchTextFormat: Format = lineFormat({
  id: 'ausearch-text',
  title: 'ausearch --format text',
  isDated: true,
  sniff(head) {
    const lines = head
      .replace(/^\ufeff/, '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 10);
    const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
    return whole.length > 0 && whole.every((line) => LINE.test(line)) ? 0.9 : 0;
  },
  reading(context) {
    const clock = new ReportClock('ausearch', context);
    return {
      line(text, _from, add): Verdict {
        const parts = text.length > LONGEST ? undefined : LINE.exec(text);
        if (!parts) return { trouble: 'a line that is no sentence of ausearch' };
        const [, node, hours = '', date = '', subject, acting, result, action = '', rest = ''] = parts;
        const time = clock.micros(date, hours);
        if (!(time >= 0)) return { trouble: 'a date that no locale of ausearch writes so' };
        const exe = / ?\busing (\/.*)$/s.exec(rest)?.[1];
        add({
          kind: 'log',
          time,
          host: said(node),
          outcome: result === undefined ? 'unknown' : result.startsWith('un') ? 'failure' : 'success',
          user: said(acting) ?? said(subject),
          exe,
          message: `${result ?? ''}${action} ${rest}`.trim(),
        });
        return UNDERSTOOD;
      },
      gaps: () => clock.gaps(false),
    };
  },
});

/** The pattern must not be tried on megabytes. */
const LONGEST = 16_384;
