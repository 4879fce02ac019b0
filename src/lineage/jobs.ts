import { ID_NOT_STATED, NO_PROCESS, UNSET_ID } from '../model/index.js';
import { type Answers, type Ask, countUntil, give, inSeconds, reason, timeOf } from './answers.js';
import { CRON_TABLE } from './asks.js';
import type { BrokerRecords, FileEvent } from './brokerRecords.js';
import type { Start, Starts } from './brokers.js';
import type { Processes } from './processes.js';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const TICK = 50_000;
/** Between `at` and a job that is due now: the daemon is woken by a signal. */
const AT_ONCE = 10 * SECOND;
/** cron looks at its tables once a minute and may be late. */
const NEXT_MINUTE = 75 * SECOND;
/** Requests tried for one job at most. */
const TRIED = 100;

/** Jobs of at and cron: joined with who asked by the job's file, by whose job it is, and by when its command ran for the first time. */
export function jobAnswers(p: Processes, records: BrokerRecords, starts: Starts, asks: readonly Ask[], answers: Answers): void {
  const jobs = starts.all.filter((start) => start.broker === 'at' || start.broker === 'cron');
  if (jobs.length === 0) return;
  jobs.sort((a, b) => p.start[a.row]! - p.start[b.row]!);
  atAnswers(p, records, jobs.filter((job) => job.broker === 'at'), asks.filter((ask) => ask.broker === 'at'), answers);
  cronAnswers(p, records, starts, jobs.filter((job) => job.broker === 'cron'), asks.filter((ask) => ask.broker === 'cron'), answers);
}

/** The file of a job in at's spool carries its number: who created it asked, whose process takes it away runs it. */
function atAnswers(p: Processes, records: BrokerRecords, jobs: readonly Start[], asks: readonly Ask[], answers: Answers): void {
  const writers = new Map<string, number>();
  const runners = new Map<number, string>();
  const jobRows = new Set(jobs.map((job) => job.row));
  const askers = new Set(asks.map((ask) => ask.row));
  for (const file of records.files) {
    const name = /\/(?:atjobs|at|atspool)\/=?([a-zA-Z][0-9a-f]{13})$/.exec(file.path)?.[1];
    if (name === undefined) continue;
    const job = jobRows.has(file.row) ? file.row : jobRows.has(p.creator[file.row]!) ? p.creator[file.row]! : NO_PROCESS;
    if (job !== NO_PROCESS) runners.set(job, name);
    else if (!file.removed && (askers.has(file.row) || !writers.has(key(file.row, name)))) writers.set(key(file.row, name), file.row);
  }
  for (const line of records.jobs) if (line.kind === 'at' && jobRows.has(line.row)) runners.set(line.row, line.about);
  const used = new Set<number>();
  for (const job of jobs) {
    const name = runners.get(job.row);
    const writer = name === undefined ? undefined : writers.get(key(job.row, name));
    if (name === undefined || writer === undefined) continue;
    used.add(writer);
    give(answers, job.row, { row: writer, sure: 0.98, reasons: [reason(`it wrote ${name} into the spool of at, and this process of atd took that file away`, 'record')] });
  }
  for (const job of jobs) {
    if (answers.has(job.row)) continue;
    const began = p.start[job.row]!;
    for (let i = countUntil(asks, began + TICK, timeOf) - 1; i >= 0; i--) {
      const ask = asks[i]!;
      const gap = began - ask.time;
      // at counts in whole minutes: a job of `now + 5 minutes` may begin up to a minute early.
      const due = Number.isNaN(ask.dueMicros) ? undefined : gap >= ask.dueMicros - MINUTE && gap <= ask.dueMicros + (ask.dueMicros === 0 ? AT_ONCE : NEXT_MINUTE);
      if (used.has(ask.row) || due === false || p.host[ask.row] !== p.host[job.row] || !forUser(p, ask.row, job.row)) continue;
      used.add(ask.row);
      give(answers, job.row, {
        row: ask.row, sure: due === true ? 0.85 : 0.6,
        reasons: [reason(`${ask.by} was run ${inSeconds(gap)} before, for the user whose job this is${due === true ? ', and its job was due now' : ''}`, 'time'), reason('no file of the spool is on record, so another job may have been meant', 'record', false)],
      });
      break;
    }
  }

  function key(row: number, name: string): string {
    return `${p.host[row]} ${name}`;
  }
}

/** A table of cron that somebody wrote, and until when it was there. */
interface Table {
  readonly row: number;
  readonly time: number;
  until: number;
  /** Whose table it is; '' a system table, whose jobs may be anybody's; undefined: the writer's own. */
  readonly user: string | undefined;
  readonly path: string;
  readonly by: string;
}

function cronAnswers(p: Processes, records: BrokerRecords, starts: Starts, jobs: readonly Start[], asks: readonly Ask[], answers: Answers): void {
  const lines = new Map(records.jobs.filter((line) => line.kind === 'cron').map((line) => [line.row, line]));
  const children = new Map<number, number[]>();
  const jobRows = new Set(jobs.map((job) => job.row));
  for (let row = 0; row < p.count; row++) {
    const creator = p.creator[row]!;
    if (!jobRows.has(creator)) continue;
    const list = children.get(creator);
    if (list) list.push(row);
    else children.set(creator, [row]);
  }
  const tables = tablesOf(p, records, asks);
  const scripts = scriptsOf(p, records);
  // What each job runs and for whom: from the shell that cron gives the command to, or cron's own line.
  const works = jobs.map((job) => {
    const family = [job.row, ...(children.get(job.row) ?? [])];
    const line = family.map((row) => lines.get(row)).find((found) => found !== undefined);
    const shell = family.flatMap((row) => starts.commandsOf(row)).find((args) => args.length >= 3 && args[1] === '-c');
    return { job, command: line?.about ?? shell?.[2] ?? '', user: line?.user ?? '' };
  });
  const firstRuns = new Map<string, Start>();
  const lastRuns = new Map<string, number>();
  const keyOf = ({ job, command }: (typeof works)[number]): string => `${p.host[job.row]} ${p.auid[job.row]} ${command}`;
  for (const work of works) {
    if (work.command === '') continue;
    const key = keyOf(work);
    if (!firstRuns.has(key)) firstRuns.set(key, work.job);
    lastRuns.set(key, p.start[work.job.row]!);
  }
  const userNames = new Map(works.filter(({ user }) => user !== '').map(({ job, user }) => [p.auid[job.row]!, user]));
  for (const work of works) {
    const { job, command } = work;
    const first = firstRuns.get(keyOf(work)) ?? job;
    const firstTime = p.start[first.row]!;
    const lastTime = lastRuns.get(keyOf(work)) ?? firstTime;
    const user = work.user || (userNames.get(p.auid[job.row]!) ?? '');
    let tried = 0;
    for (let i = countUntil(tables, firstTime, timeOf) - 1; i >= 0 && tried < TRIED; i--, tried++) {
      const table = tables[i]!;
      // A table that was gone while the job still ran is not the one that has it.
      if (p.host[table.row] !== p.host[job.row] || lastTime > table.until + NEXT_MINUTE) continue;
      const whose = belongs(table, job.row, user);
      if (whose === 0) continue;
      const gap = firstTime - table.time;
      const soon = gap <= NEXT_MINUTE;
      const sure = Math.min(0.95, (soon ? 0.88 : 0.55) * whose + (tables.length === 1 ? 0.05 : 0)) - 0.01 * Math.min(tried, 10);
      give(answers, job.row, {
        row: table.row, sure,
        reasons: [
          reason(`it ${table.by === 'crontab' ? 'set a crontab' : `wrote ${table.path}`} ${inSeconds(gap)} before cron ran ${command === '' ? 'this' : `"${command}"`} for the first time on record`, 'record'),
          reason('what stands in the table is not on record; a table from before may hold this job', 'time', false),
        ],
      });
    }
  }
  if (scripts.size > 0) scriptAnswers();

  /** How well a table suits a job's user: 0 not at all. */
  function belongs(table: Table, row: number, user: string): number {
    const auid = p.auid[row]!;
    if (table.user === '') return auid === 0 || auid === UNSET_ID || auid === ID_NOT_STATED || user === 'root' ? 1 : 0.6;
    if (table.user !== undefined && user !== '') return table.user === user ? 1.05 : 0;
    return table.user === undefined ? (forUser(p, table.row, row) ? 1.05 : 0) : 0.7;
  }

  /** cron.daily and its kin: run-parts runs the very file that somebody wrote. */
  function scriptAnswers(): void {
    for (let row = 0; row < p.count; row++) {
      for (const args of p.firstProgram[row] === -1 ? [] : starts.commandsOf(row)) {
        const file = args.slice(0, 2).map((arg) => scripts.get(`${p.host[row]} ${arg}`)).find((found) => found !== undefined && found.time <= p.start[row]!);
        if (file && file.row !== row && belowCron(row)) give(answers, row, { row: file.row, sure: 0.93, reasons: [reason(`it wrote ${file.path}, which cron's run-parts ran`, 'record')] });
      }
    }
  }

  function belowCron(row: number): boolean {
    for (let at = p.creator[row]!, depth = 0; at !== NO_PROCESS && depth < 16; at = p.creator[at]!, depth++) if (jobRows.has(at)) return true;
    return false;
  }
}

/** Tables of cron as they were set, in order of time: by crontab(1), or written as files. */
function tablesOf(p: Processes, records: BrokerRecords, asks: readonly Ask[]): Table[] {
  const watched = new Set(records.files.map((file) => `${file.row} ${file.path}`));
  const tables: Table[] = [];
  const crontabs = new Set<number>();
  for (const { row, time, target, file } of asks) {
    if (file === '') {
      crontabs.add(row);
      tables.push({ row, time, until: Infinity, user: target === '' ? undefined : target, path: '', by: 'crontab' });
    } else if (!watched.has(`${row} ${file}`)) {
      // No watch tells of the writing; the arguments do.
      tables.push({ row, time, until: Infinity, user: CRON_TABLE.exec(file)?.[1] ?? '', path: file, by: 'arguments' });
    }
  }
  const standing = new Map<string, Table>();
  for (const file of records.files) {
    const path = CRON_TABLE.exec(file.path);
    const user = path?.[1];
    if (!path || (user !== undefined && /^(atjobs|atspool|crontabs|tmp\..*)$/.test(user))) continue;
    const key = `${p.host[file.row]} ${file.path}`;
    const before = standing.get(key);
    if (before && (file.removed || before.row !== file.row)) before.until = file.time;
    if (file.removed) {
      standing.delete(key);
      continue;
    }
    if (crontabs.has(file.row)) {
      // The program's own file, by which its table's name is known.
      const own = tables.find((table) => table.row === file.row && table.by === 'crontab');
      if (own) standing.set(key, own);
      continue;
    }
    if (before?.row === file.row) continue;
    const table: Table = { row: file.row, time: file.time, until: Infinity, user: user ?? '', path: file.path, by: 'file' };
    tables.push(table);
    standing.set(key, table);
  }
  return tables.sort((a, b) => a.time - b.time);
}

/** Scripts in the folders that run-parts runs, by host and path: the last that wrote each. */
function scriptsOf(p: Processes, records: BrokerRecords): ReadonlyMap<string, FileEvent> {
  const scripts = new Map<string, FileEvent>();
  for (const file of records.files) if (!file.removed && /^\/etc\/cron\.(hourly|daily|weekly|monthly)\/[^/]+$/.test(file.path)) scripts.set(`${p.host[file.row]} ${file.path}`, file);
  return scripts;
}

/** Is a job that user's who ran the client? The job's login uid says whose it is. */
function forUser(p: Processes, asker: number, job: number): boolean {
  const stated = (id: number): boolean => id !== ID_NOT_STATED && id !== UNSET_ID;
  return !stated(p.uid[asker]!) || !stated(p.auid[job]!) || p.uid[asker] === p.auid[job] || p.auid[asker] === p.auid[job];
}
