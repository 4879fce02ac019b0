import { aggregateColumn, madeColumn, type MadeColumn } from './bound.js';
import type { Dialect } from './dialect.js';
import type { Given, RareTerm } from './emitted.js';
import { inStep } from './failure.js';
import { runMachine, type MachineOptions } from './machine.js';
import type { Found } from './machineKeys.js';
import type { Plan } from './plan.js';
import { eachOf, type SqlPort } from './port.js';
import { rareTerm } from './semiJoin.js';
import { earliestWindows } from './slidingWindow.js';
import { SQLITE } from './sqlite.js';
import { Emitter } from './statements.js';
import { termScan } from './termScans.js';

/** What was made in TypeScript before the rows are asked for. */
export interface Prepared {
  readonly dialect: Dialect;
  readonly given: Given | undefined;
  /** What a machine found, in order: the ids of its rows are their places here. */
  readonly found: readonly Found[] | undefined;
  /** The term of a machine whose keys went first. */
  readonly rare?: RareTerm | undefined;
}

/** Runs the machine and the sliding window of a plan, where it has them. Throws what the port throws, and {@link TooManyPending}. */
export function prepare(port: SqlPort, plan: Plan, options: MachineOptions = {}): Prepared {
  const dialect = port.dialect ?? SQLITE;
  let given: Given | undefined;
  let found: readonly Found[] | undefined;
  let rare: RareTerm | undefined;
  if (plan.machine !== undefined) {
    const { machine } = plan;
    rare = inStep('count of each term', () => rareTerm(port, plan, dialect));
    found = inStep(`scan of the ${machine.kind}`, () => runMachine(machine, eachOf(port, termScan(plan, machine, dialect, rare)), options));
    given = { json: JSON.stringify(found.map((one) => [one.basis, one.process, ...one.events, ...one.keys])), events: JSON.stringify([...new Set(found.flatMap((one) => one.events))]), pipesDone: 0 };
  }
  const at = plan.pipes.findIndex((pipe) => pipe.kind === 'stats' && pipe.within !== undefined);
  const stats = plan.pipes[at];
  if (stats?.kind === 'stats') {
    const asked = stats.aggregates.flatMap((one) => (one.expr === undefined ? [] : [one.expr]));
    const scan = new Emitter(plan, dialect, given).windowScan(plan.pipes.slice(0, at), stats.keys, asked);
    const columns: MadeColumn[] = [...stats.keys.map(madeColumn), ...stats.aggregates.map(aggregateColumn)];
    given = { json: JSON.stringify(inStep('stats within', () => earliestWindows(stats, eachOf(port, scan)))), pipesDone: at + 1, columns };
  }
  return { dialect, given, found, rare };
}
