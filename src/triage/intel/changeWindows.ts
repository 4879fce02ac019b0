import { csvParse } from 'd3-dsv';
import ICAL from 'ical.js';

/** A stretch of time in which administrative work was announced. Times are microseconds since the epoch. */
export interface ChangeWindow {
  readonly from: number;
  readonly until: number;
  /** What was announced: the ticket and its title. */
  readonly title: string;
  /** Hosts and users that it names, lower case; empty: any. */
  readonly hosts: readonly string[];
  readonly users: readonly string[];
  /** The file that it stands in. */
  readonly list: string;
}

export interface ChangeWindows {
  readonly windows: readonly ChangeWindow[];
  /** A sentence each, with its place. */
  readonly troubles: readonly string[];
}

/** Repetitions of one calendar entry that are read; a bound against hostile rules. */
const REPEATS_AT_MOST = 5000;
const TROUBLES_TOLD = 5;

/**
 * Reads announced work: iCalendar (VEVENT with DTSTART, DTEND or DURATION, RRULE; SUMMARY is the title, LOCATION and lines `host: a, b` and `user: c` of
 * DESCRIPTION name hosts and users), or CSV with columns start, end and, if there, title (summary, ticket), host(s), user(s). A time without a zone is UTC,
 * unless the calendar says which; that is told as a trouble. Never throws.
 */
export function parseChangeWindows(text: string, list: string): ChangeWindows {
  return isCalendar(text) ? ofCalendar(text, list) : ofCsv(text, list);
}

/** True for a calendar, and for a table whose first line names a start and an end. */
export function looksLikeChangeWindows(text: string): boolean {
  const [header = ''] = text.replace(/^\ufeff/, '').split('\n', 1);
  const names = header.split(',').map((name) => name.replace(/["\r]/g, '').trim().toLowerCase());
  const has = (known: readonly string[]): boolean => names.some((name) => known.includes(name));
  return isCalendar(text) || (has(COLUMNS.from) && has(COLUMNS.until));
}

function isCalendar(text: string): boolean {
  return /^\ufeff?\s*BEGIN:VCALENDAR/i.test(text);
}

/** The window that a moment of a host, and of a user where one is known, falls into; undefined when none does. */
export function windowOf(windows: readonly ChangeWindow[], moment: number, host: string, user: string | null): ChangeWindow | undefined {
  return windows.find(
    (window) =>
      moment >= window.from && moment <= window.until &&
      (window.hosts.length === 0 || window.hosts.includes(host.toLowerCase())) &&
      (window.users.length === 0 || (user !== null && window.users.includes(user.toLowerCase()))),
  );
}

function ofCalendar(text: string, list: string): ChangeWindows {
  const windows: ChangeWindow[] = [], troubles: string[] = [];
  const trouble = (says: string): void => {
    if (troubles.length < TROUBLES_TOLD) troubles.push(`${list}: ${says}`);
  };
  let calendar: ICAL.Component;
  try {
    const parsed: unknown = ICAL.parse(text);
    if (!Array.isArray(parsed)) throw new Error('it is empty');
    calendar = new ICAL.Component(parsed);
  } catch (cause) {
    return { windows, troubles: [`${list}: it is no iCalendar file (${cause instanceof Error ? cause.message : String(cause)})`] };
  }
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  calendar.getAllSubcomponents('vevent').forEach((component, at) => {
    try {
      const event = new ICAL.Event(component);
      const words = `${event.location ?? ''}\n${event.description ?? ''}`;
      const made = { title: event.summary ?? '', hosts: named(words, /^hosts?\s*[:=]\s*(.+)$/gim, event.location), users: named(words, /^users?\s*[:=]\s*(.+)$/gim), list };
      const length = event.duration.toSeconds() * 1e6;
      if (event.startDate.zone === ICAL.Timezone.localTimezone) trouble(`event ${at + 1} (${made.title}) names no zone: read as UTC`);
      const add = (start: ICAL.Time): void => {
        const from = start.toUnixTime() * 1e6;
        windows.push({ ...made, from, until: from + length });
      };
      if (!event.isRecurring()) return add(event.startDate);
      const repeats = event.iterator();
      for (let count = 0; count < REPEATS_AT_MOST; count++) {
        const next = repeats.next() as ICAL.Time | null | undefined; // null after the last
        if (!next) return;
        add(next);
      }
      trouble(`event ${at + 1} (${made.title}) repeats for ever: its first ${REPEATS_AT_MOST} times are read`);
    } catch (cause) {
      trouble(`event ${at + 1} is not understood (${cause instanceof Error ? cause.message : String(cause)})`);
    }
  });
  if (windows.length === 0 && troubles.length === 0) trouble('it holds no event');
  return { windows, troubles };
}

/** Names that lines such as `host: a, b` give, and the location where it is one name. */
function named(words: string, line: RegExp, location?: string | null): string[] {
  const names = [...words.matchAll(line)].flatMap(([, list = '']) => list.split(/[,;\s]+/));
  if (location !== undefined && location !== null && /^[\w.-]+$/.test(location.trim())) names.push(location.trim());
  return [...new Set(names.map((name) => name.toLowerCase()).filter((name) => name !== ''))];
}

const COLUMNS = {
  from: ['start', 'from', 'begin', 'start_date', 'planned_start_date', 'start time'],
  until: ['end', 'until', 'to', 'end_date', 'planned_end_date', 'end time'],
  title: ['title', 'summary', 'description', 'ticket', 'number', 'change'],
  hosts: ['host', 'hosts', 'cmdb_ci', 'server', 'servers'],
  users: ['user', 'users', 'assigned_to', 'account'],
} as const;

function ofCsv(text: string, list: string): ChangeWindows {
  const windows: ChangeWindow[] = [], troubles: string[] = [];
  let unzoned = 0;
  const table = csvParse(text.replace(/^\ufeff/, ''));
  const column = (names: readonly string[]): string | undefined => table.columns.find((name) => names.includes(name.trim().toLowerCase()));
  const from = column(COLUMNS.from), until = column(COLUMNS.until), hosts = column(COLUMNS.hosts), users = column(COLUMNS.users);
  const titles = table.columns.filter((name) => (COLUMNS.title as readonly string[]).includes(name.trim().toLowerCase()));
  if (from === undefined || until === undefined) {
    return { windows, troubles: [`${list}: a table of change windows needs a column start and a column end; it has ${table.columns.slice(0, 8).map((name) => JSON.stringify(name.slice(0, 30))).join(', ') || 'none'}`] };
  }
  table.forEach((row, at) => {
    const begin = timeOf(row[from] ?? ''), end = timeOf(row[until] ?? '');
    if (begin === undefined || end === undefined || end.micros < begin.micros) {
      if (troubles.length < TROUBLES_TOLD) troubles.push(`${list}: row ${at + 2}: start and end must be times such as 2026-11-24T15:00Z, the start first; they are ${JSON.stringify((row[from] ?? '').slice(0, 40))} and ${JSON.stringify((row[until] ?? '').slice(0, 40))}`);
      return;
    }
    if (!begin.hasZone || !end.hasZone) unzoned++;
    windows.push({ from: begin.micros, until: end.micros, title: titles.map((name) => row[name] ?? '').filter((part) => part !== '').join(' '), hosts: words(row[hosts ?? '']), users: words(row[users ?? '']), list });
  });
  if (unzoned > 0) troubles.push(`${list}: ${unzoned} rows name no zone: read as UTC`);
  return { windows, troubles };
}

function words(cell: string | undefined): string[] {
  return (cell ?? '').toLowerCase().split(/[,;\s]+/).filter((word) => word !== '');
}

function timeOf(text: string): { readonly micros: number; readonly hasZone: boolean } | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text.trim());
  if (!match) return undefined;
  const zone = match[3] ?? 'Z';
  const millis = Date.parse(`${match[1]}T${match[2]}${zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(millis) ? undefined : { micros: millis * 1000, hasZone: match[3] !== undefined };
}
