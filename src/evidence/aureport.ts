import { reportId, ReportClock, said } from './auditReport.js';
import { commOf, type Fact } from './facts.js';
import type { Format } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';

const HEADER = /^# date time ((?:[a-z]+ )*[a-z]+)$/;
const TITLE = /^[A-Z][\w -]* Report$/;
/** Values that may hold blanks; the others are words. */
const WIDE = ['exe', 'comm', 'file', 'data', 'key', 'acct', 'host'];
/** Reports name events and say little of them; lines are not long. */
const LONGEST = 65_536;

/**
 * aureport's lists of events: -p, -x, -s, -f, -l, -au and the rest (FORMATS 3.4). -p and -s have pids: sightings of a process at a second, without a
 * parent. Summaries hold counts only.
 */
export const aureportFormat: Format = lineFormat({
  id: 'aureport',
  title: 'aureport',
  numbersEvents: true,
  hasLocalTime: true,
  isReport: true,
  isDated: true,
  sniff(head) {
    const lines = head
      .replace(/^\ufeff/, '')
      .split('\n')
      .slice(0, 12);
    if (lines.some((line) => HEADER.test(line))) return 0.95;
    return lines.some((line) => TITLE.test(line)) && lines.some((line) => /^={10,}$/.test(line)) ? 0.8 : 0;
  },
  reading(context) {
    const clock = new ReportClock('aureport', context);
    let columns: readonly string[] = [];
    return {
      line(text, _from, add): Verdict {
        const header = HEADER.exec(text);
        if (header) {
          columns = (header[1] ?? '').split(' ');
          return NOT_NEEDED;
        }
        if (TITLE.test(text) || /^={4,}$/.test(text) || text.startsWith('<no events of interest')) return NOT_NEEDED;
        const row = text.length > LONGEST ? undefined : /^\d+\. (\S+) (\d\d:\d\d:\d\d) (.*)$/s.exec(text);
        if (!row || columns.length === 0) return columns.length === 0 && isCount(text) ? NOT_NEEDED : { trouble: 'a line that is no row of aureport' };
        const cells = cellsOf((row[3] ?? '').trimEnd(), columns);
        const time = clock.micros(row[1] ?? '', row[2] ?? '');
        if (!cells || !(time >= 0)) return { trouble: cells ? 'a date that no locale of aureport writes so' : 'a row with fewer cells than its header' };
        add(factOf(cells, columns, time));
        return UNDERSTOOD;
      },
      gaps: () => clock.gaps(false),
    };
  },
});

function factOf(cells: ReadonlyMap<string, string>, columns: readonly string[], time: number): Fact {
  const exe = said(cells.get('exe'));
  const success = cells.get('success');
  const told = columns.filter((name) => !['pid', 'exe', 'comm', 'auid', 'event', 'success'].includes(name)).map((name) => said(cells.get(name)));
  return {
    kind: 'log',
    time,
    serial: Number(/^\d{1,15}$/.exec(cells.get('event') ?? '')?.[0] ?? 0),
    pid: cells.has('pid') ? pidIn(cells.get('pid')) : undefined,
    comm: said(cells.get('comm')) ?? (cells.has('pid') ? commOf(exe) : undefined),
    exe: exe?.startsWith('/') === true ? exe : undefined,
    auid: reportId(cells.get('auid')),
    tty: said(cells.get('term'))?.replace(/^\/dev\//, ''),
    user: said(cells.get('acct')),
    key: said(cells.get('key')),
    outcome: success === 'yes' ? 'success' : success === 'no' ? 'failure' : 'unknown',
    message: told.filter((part) => part !== undefined).join(' '),
  };
}

/** Cells by the header; blanks belong to the first column that may hold them. */
function cellsOf(text: string, columns: readonly string[]): ReadonlyMap<string, string> | undefined {
  const words = text.split(' ');
  const extra = words.length - columns.length;
  if (extra < 0) return undefined;
  const wide = WIDE.map((name) => columns.indexOf(name)).find((at) => at >= 0) ?? columns.length - 1;
  const cells = [...words.slice(0, wide), words.slice(wide, wide + extra + 1).join(' '), ...words.slice(wide + extra + 1)];
  return new Map(columns.map((name, at) => [name, cells[at] ?? '']));
}

/** A line of a summary: a count and what was counted, or "Number of logins: 7". */
function isCount(text: string): boolean {
  return /^\d+ {2}\S/.test(text) || /^[A-Z][\w ,']*: /.test(text) || /^(total|# ) /.test(text);
}
