/** When a line was written: a moment, a local time without year, or the time since boot. Micros are as if in UTC where no offset is stated. */
export type LogStamp =
  | { readonly kind: 'sinceBoot'; readonly micros: number; readonly grain: number }
  | { readonly kind: 'whole'; readonly micros: number; readonly isUtc: boolean; readonly grain: number }
  | { readonly kind: 'yearless'; readonly month: number; readonly day: number; readonly hour: number; readonly minute: number; readonly second: number; readonly micros: number; readonly grain: number };

/** A line of a log by its parts; what it does not state is undefined. */
export interface SyslogLine {
  readonly stamp: LogStamp | undefined;
  readonly host: string | undefined;
  readonly program: string;
  readonly pid: number | undefined;
  readonly message: string;
}
