import { NO_PROCESS, type StringTable } from '../model/index.js';
import { entryBy, findStarts, headOf, type Starts, type ToldEntry } from './brokers.js';
import type { Claims } from './claims.js';
import type { Processes } from './processes.js';
import type { Rebuilt } from './rebuild.js';
import { answerStarts, type Requesters, spreadRequesters } from './requester.js';
import type { Ways } from './ways.js';

/** From here on an inferred unit is taken for a process's own. */
const UNIT_SURE = 0.8;

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
  return {
    entryBy: (row) => entryBy(starts, row),
    requesters: (ways, sure, claims) => spreadRequesters(p, ways, starts, answers, sure, claims),
  };
}

/** Gives each start the unit that was found for it, and its descendants, which are in the same control group, in place of a manager's that they inherited. */
function nameUnits(p: Processes, strings: StringTable, starts: Starts): void {
  for (const start of starts.all) {
    const { unit, unitSure } = start.mate ? headOf(start) : start;
    if (unit !== '' && unitSure >= UNIT_SURE) p.unit[start.row] = strings.internText(unit);
  }
  for (let row = 0; row < p.count; row++) {
    const creator = p.creator[row]!;
    if (creator === NO_PROCESS || starts.byRow.has(row)) continue;
    // Rows come up in the order of first sight, creators mostly before their children; who came before its creator keeps what it has.
    const start = starts.byRow.get(creator);
    if (start !== undefined && p.unit[row] === p.unit[start.manager] && start.unit !== '') p.unit[row] = p.unit[creator]!;
  }
}
