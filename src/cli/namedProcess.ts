import type { Details, Engine } from '../engine/index.js';
import { UsageError } from './options.js';
import { parseTime, timeText, type TimeStyle } from './times.js';

const ENTITY_ID = /^[a-z2-7]{26}$/;
const PROCESS_HELP = 'A process is PID@START (2464246@2026-11-24T15:00:42.692Z), an entity id, or a pid that only one process had.';

/** A process as a command line names it. */
export type Wanted = { readonly entityId: string } | { readonly pid: number; readonly start: number | undefined };

/** What an argument that names a process says; a UsageError where it names none. */
export function wantedOf(named: string, usage: string): Wanted {
  if (ENTITY_ID.test(named)) return { entityId: named };
  const [, pid, at] = /^(\d{1,10})(?:@(.+))?$/.exec(named) ?? [];
  const start = at === undefined ? undefined : parseTime(at);
  if (pid === undefined || (at !== undefined && start === undefined)) throw new UsageError(`${named} names no process. ${PROCESS_HELP}`, usage);
  return { pid: Number(pid), start };
}

/** The one process that is meant; several, or none, is an error that lists what there is. */
export async function processOf(engine: Engine, wanted: Wanted, host: string | undefined, times: TimeStyle): Promise<Details> {
  const text = 'entityId' in wanted ? `processes where process.entity_id == "${wanted.entityId}"` : `processes where process.pid == ${wanted.pid}`;
  const { processes } = await engine.ask('hunt', { text, limit: 1000 });
  const all: Details[] = [];
  for (const process of processes) all.push(await engine.ask('details', { process }));
  const ofHost = all.filter((details) => host === undefined || details.host === host);
  const start = 'start' in wanted ? wanted.start : undefined;
  // A start is shown to the millisecond, and may have moved a little since it was copied.
  const near = start === undefined ? ofHost : ofHost.filter((details) => Math.floor(details.start / 1000) === Math.floor(start / 1000));
  const meant = near.length > 0 ? near : ofHost.filter((details) => start !== undefined && Math.abs(details.start - start) <= 1_000_000);
  if (meant.length === 1) return meant[0]!;
  const there = (meant.length > 1 ? meant : ofHost).slice(0, 10).map(({ pid, start: from, name, host: where }) => `${pid}@${timeText(from, times).replace(' ', 'T')} (${name ?? 'process'} on ${where})`);
  throw new Error(`${meant.length > 1 ? 'Several processes are meant' : 'No such process in this evidence'}${there.length > 0 ? `; there is ${there.join(', ')}` : ''}. ${PROCESS_HELP}`);
}
