import { type Coverage, UNSET_ID } from '../model/index.js';
import { LocaleDates } from './auditDate.js';
import { MINUTE } from './clock.js';
import type { ParseContext } from './format.js';
import { idOf } from './jsonFields.js';
import { NO_PARENTS } from './snapshotCoverage.js';

/** What no report made of an audit log can show: libaudit's reports drop parents, and most of them pids. */
const REPORT_GAPS: readonly Coverage[] = [
  { gap: 'no-forks', says: 'A report on the audit log leaves out who created whom; the log itself has it, where it has fork rules.', remedy: 'ausearch --raw' },
  { gap: 'no-exits', says: 'A report on the audit log does not say when a process ended.', remedy: 'ausearch --raw' },
  { gap: 'no-exec', says: 'A report on the audit log names programs, but no process that ran them as its own.', remedy: 'ausearch --raw' },
  { ...NO_PARENTS, says: 'A report on the audit log has no parents: no lineage can come of it.', remedy: 'ausearch --raw' },
];

/** The clock of a report: local dates without a zone. */
export class ReportClock {
  private readonly dates = new LocaleDates();

  constructor(
    private readonly tool: string,
    private readonly context: ParseContext,
  ) {}

  /** Microseconds of a date and `HH:MM:SS`; NaN for what is none. `zoneMinutes` where the row itself states it. */
  micros(date: string, time: string, zoneMinutes?: number): number {
    const parts = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?$/.exec(time);
    if (!parts) return NaN;
    const [hour, minute, second] = parts.slice(1, 4).map(Number) as [number, number, number]; // \d\d each
    return this.dates.micros(date, hour, minute, second) + Number(parts[4] ?? 0) * 1000 - (zoneMinutes ?? this.context.zoneMinutes ?? 0) * MINUTE;
  }

  /** What the report could not have shown, and that its zone was guessed unless every row stated it. */
  gaps(isZoned: boolean): readonly Coverage[] {
    const guess = isZoned ? undefined : this.dates.guess(this.tool, this.context.zoneMinutes);
    return guess ? [...REPORT_GAPS, guess] : REPORT_GAPS;
  }
}

/** A login uid or audit session as reports print it: a number, `-1`, `unset`; undefined for a name, which only the host's passwd could turn into one. */
export function reportId(text: string | undefined): number | undefined {
  if (text === 'unset') return UNSET_ID;
  if (text === 'root') return 0;
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? idOf(Number(text)) : undefined;
}

/** A text that says something. */
export function said(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === '?' || text === '(null)' || text === '(none)' ? undefined : text;
}
