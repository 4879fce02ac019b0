import { BASIS_INFERRED, BASIS_NONE, ID_NOT_STATED, NO_PROCESS, type StringTable } from '../model/index.js';
import type { BrokerRecords, JobLine } from './brokerRecords.js';
import { entryBy, findStarts, headOf, type Starts, type ToldEntry } from './brokers.js';
import type { Claims } from './claims.js';
import type { Processes } from './processes.js';
import type { Rebuilt } from './rebuilt.js';
import { answerStarts, type Requesters, spreadRequesters } from './requester.js';
import type { Ways } from './ways.js';

/** From here on an inferred unit is taken for a process's own. */
const UNIT_SURE = 0.7;
/** How sure an entry is that a log line names. */
const LOGGED_SURE = 0.9;
/** logind writes of a session this soon after it was opened. */
const LOGGED_WITHIN = 5_000_000;

/** What brokers started, for the other parts of the pass. */
export interface Brokered {
  /** What brokers and logs say of a row's way in; undefined where its creators tell as much. */
  entryBy(this: void, row: number): ToldEntry | undefined;
  /** Who asked for what, once the ways in are known. */
  requesters(this: void, ways: Ways, sure: (row: number) => number, claims: Claims): Requesters;
}

/** Finds the processes that brokers made, their units, and who asked for them. */
export function findBrokered(rebuilt: Rebuilt, strings: StringTable): Brokered {
  const { processes: p, programs, brokers: records } = rebuilt;
  const starts = findStarts(p, programs, strings, records);
  const answers = answerStarts(p, programs, strings, records, starts);
  nameUnits(p, strings, starts);
  const logged = loggedEntries(p, records);
  return {
    entryBy: (row) => entryBy(starts, row) ?? (p.creator[row] === NO_PROCESS ? logged.get(row) : undefined),
    requesters(ways, sure, claims) {
      leftBehind(p, records, claims);
      for (const { row, why } of starts.all) if (why) claims.reason(row, { about: 'entry', for: true, says: why.says, trace: why.trace });
      for (const [row, { says }] of logged) if (p.creator[row] === NO_PROCESS) claims.reason(row, { about: 'entry', for: true, says: `a log line names it: ${says}`, trace: 'log' });
      return spreadRequesters(p, ways, starts, answers, sure, claims);
    },
  };
}

/**
 * Ways in that a log line names by pid, for processes whose creator nothing shows: the process that runs cron's or at's job, the sshd of a login. Gives
 * sessions their numbers, too.
 */
function loggedEntries(p: Processes, records: BrokerRecords): ReadonlyMap<number, ToldEntry & { readonly says: string }> {
  const entries = new Map<number, ToldEntry & { readonly says: string }>();
  const opened: JobLine[] = [];
  for (const line of [...records.jobs].sort((a, b) => a.time - b.time)) {
    const { kind, row } = line;
    if (kind === 'cron' || kind === 'at' || kind === 'login') entries.set(row, { entry: row, kind, basis: BASIS_INFERRED, sure: LOGGED_SURE, says: line.says });
    if (kind === 'login') opened.push(line);
    if (kind === 'session' && p.ses[row] === ID_NOT_STATED) p.ses[row] = Number(line.about);
    if (kind !== 'logind') continue;
    // logind's line names no pid: it is of the login of that user that was opened just before.
    for (let at = opened.length - 1; at >= 0 && line.time - opened[at]!.time <= LOGGED_WITHIN; at--) {
      const login = opened[at]!;
      if (login.user !== line.user || p.host[login.row] !== p.host[row]) continue;
      opened.splice(at, 1);
      if (p.ses[login.row] === ID_NOT_STATED) p.ses[login.row] = Number(line.about);
      break;
    }
  }
  return entries;
}

/** systemd's word that a process outlived its unit speaks for its having been left by its parent. */
function leftBehind(p: Processes, records: BrokerRecords, claims: Claims): void {
  for (const { kind, row, about, says } of records.jobs) {
    if (kind === 'left' && p.orphanBasis[row] !== BASIS_NONE) claims.reason(row, { about: 'orphan', for: true, says: `systemd wrote of ${about}: ${says}`, trace: 'log' });
  }
}

/** Gives each start the unit that was found for it, and its descendants, which are in the same control group, in place of a manager's that they inherited. */
function nameUnits(p: Processes, strings: StringTable, starts: Starts): void {
  const before = p.unit.slice(0, p.count);
  for (const start of starts.all) {
    const { unit, unitSure } = start.mate ? headOf(start) : start;
    if (unit !== '' && unitSure >= UNIT_SURE) p.unit[start.row] = strings.internText(unit);
    // A copy of the manager has the manager's unit; what it runs is put into one of its own first.
    else if ((start.broker === 'system' || start.broker === 'user') && p.unit[start.row] === p.unit[start.manager] && p.firstProgram[start.row] !== -1) p.unit[start.row] = 0;
  }
  const state = new Uint8Array(p.count);
  const path: number[] = [];
  for (let from = 0; from < p.count; from++) {
    for (let row = from; row !== NO_PROCESS && state[row] === 0; row = p.creator[row]!) {
      state[row] = 1;
      path.push(row);
    }
    for (let row = path.pop(); row !== undefined; row = path.pop()) {
      const creator = p.creator[row]!;
      if (creator === NO_PROCESS || p.unit[row] === p.unit[creator] || p.unit[row] !== before[row] || before[row] !== before[creator]) continue;
      const broker = starts.byRow.get(row)?.broker;
      if (broker !== 'system' && broker !== 'user') p.unit[row] = p.unit[creator]!;
    }
  }
}
