import { reportId, ReportClock, said } from './auditReport.js';
import type { Format } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

const HEADER = /^NODE,EVENT,DATE,TIME,/;

/**
 * `ausearch --format csv`, also with its --extra columns (FORMATS 3.4): one event a line, by user, action and object. It has no pids, so that its rows are
 * lines of a log. Values are not quoted and may hold commas: what stands before the object is counted from the left, what follows it from the right.
 */
export const ausearchCsvFormat: Format = lineFormat({
  id: 'ausearch-csv',
  title: 'ausearch --format csv',
  numbersEvents: true,
  hasLocalTime: true,
  isReport: true,
  isDated: true,
  sniff: (head) => (HEADER.test(head.replace(/^\ufeff/, '').trimStart()) ? 1 : 0),
  reading(context) {
    const clock = new ReportClock('ausearch', context);
    let columns: readonly string[] = [];
    let isZoned = true;
    return {
      line(text, _from, add): Verdict {
        if (HEADER.test(text)) {
          columns = text.trim().split(',');
          return NOT_NEEDED;
        }
        const row = cellsOf(text, columns);
        const serial = row?.get('SERIAL_NUM');
        if (!row || serial === undefined || !/^\d{1,15}$/.test(serial)) return { trouble: 'a line with fewer cells than the header of ausearch' };
        const millis = row.get('MILLI');
        const zone = zoneOf(row.get('GMT_OFFSET'));
        if (zone === undefined) isZoned = false;
        const time = clock.micros(row.get('DATE') ?? '', row.get('TIME') ?? '', zone) + (millis !== undefined && /^\d{1,3}$/.test(millis) ? Number(millis) * 1000 : 0);
        if (!(time >= 0)) return { trouble: 'a date that no locale of ausearch writes so' };
        const action = row.get('ACTION') ?? '';
        const result = row.get('RESULT');
        const isService = row.get('OBJ_KIND') === 'service' && /^(started|stopped)-service$/.test(action);
        const object = said(row.get('OBJ_PRIME'));
        add({
          kind: 'log',
          time,
          serial: Number(serial),
          host: said(row.get('NODE')),
          outcome: result === 'success' ? 'success' : result === 'failed' ? 'failure' : 'unknown',
          ses: reportId(row.get('SESSION')),
          user: said(row.get('SUBJ_SEC')) ?? said(row.get('SUBJ_PRIME')),
          exe: said(row.get('HOW'))?.startsWith('/') === true ? row.get('HOW') : undefined,
          unit: isService && object !== undefined ? `${object}${object.includes('.') ? '' : '.service'}` : undefined,
          key: said(row.get('KEY')),
          message: [row.get('EVENT'), action, result, object, said(row.get('OBJ2'))].filter((part) => part !== undefined && part !== '').join(' '),
        });
        return UNDERSTOOD;
      },
      gaps: () => clock.gaps(isZoned),
    };
  },
});

function cellsOf(text: string, columns: readonly string[]): ReadonlyMap<string, string> | undefined {
  const cells = text.split(',');
  const object = columns.indexOf('OBJ_PRIME');
  const extra = cells.length - columns.length;
  if (object < 0 || extra < 0) return undefined;
  const whole = [...cells.slice(0, object), cells.slice(object, object + extra + 1).join(','), ...cells.slice(object + extra + 1)];
  return new Map(columns.map((name, at) => [name, whole[at] ?? '']));
}

/** Minutes of `+01:00`. */
function zoneOf(text: string | undefined): number | undefined {
  const zone = /^([+-])(\d\d):?(\d\d)$/.exec(text ?? '');
  return zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : undefined;
}
