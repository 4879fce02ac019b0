import { BASIS_DERIVED, BASIS_NONE, NO_PROCESS, type StringTable } from '../model/index.js';
import { countUntil, timeOf } from './answers.js';
import type { BrokerRecords, JobLine, UnitEvent } from './brokerRecords.js';
import type { Inferred } from './inferred.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import { systemName } from './programNames.js';
import { SURE } from './sure.js';

/** Stamps of a log and of the kernel's records may be out of order by this much. */
const TICK_MICROS = 100_000;
/** A unit that is started again is so this soon after it was stopped (systemd's RestartSec is mostly less, DefaultTimeoutStartSec 90 s). */
const AGAIN_WITHIN_MICROS = 90_000_000;
/** Its program is run this near to the report of its start. */
const NEAR_MICROS = 1_500_000;
/** So many later runs of a program are looked at: a bound against hostile logs. */
const LOOKED_AT = 16;
/** systemd's lines on one stop of a unit come this close to each other. */
const ONE_STOP_MICROS = 5_000_000;

/**
 * Orphans that a stopped unit left behind, where no exit is on record. systemd reports a service as stopped only when its main process is gone
 * (service.c, service_enter_dead), and leaves running what KillMode=process spares (cron's jobs, sshd's sessions): who was made by that main process and
 * acts later has outlived it. Of what is left it lists every process (unit.c, unit_warn_leftover_processes): whose creator is not on the list has lost it.
 */
export function inferStopped(p: Processes, rows: readonly number[], programs: Links, strings: StringTable, records: BrokerRecords, alive: (row: number) => number, said: Inferred): void {
  listed(p, records.jobs, rows, said);
  if (!records.units.some(({ what }) => what === 'stopped')) return;
  const mains = new Mains(p, programs, strings, rows, records.units, alive);
  for (const row of rows) {
    if (p.orphanBasis[row] !== BASIS_NONE && p.orphanBasis[row] !== BASIS_DERIVED) continue;
    const main = p.creator[row]!;
    if (main === NO_PROCESS || p.pid[main]! <= 2) continue;
    const stop = mains.stopOf(main);
    if (stop === undefined || !(p.start[row]! < stop.time) || !(alive(row) > stop.time + TICK_MICROS)) continue;
    said.left(row, SURE.unitStopped, 'log', `systemd reported ${stop.unit} as stopped, so its main process ${said.name(main)} had left, and it lived on`, stop.time);
  }
}

/** What systemd says is left of a unit that it has stopped, or is about to start again. */
function listed(p: Processes, jobs: readonly JobLine[], rows: readonly number[], said: Inferred): void {
  const lines = jobs.filter(({ kind, about }) => kind === 'left' && about.endsWith('.service')).sort((a, b) => a.time - b.time);
  if (lines.length === 0) return;
  const isOurs = new Set(rows);
  const onList = new Map<string, JobLine[]>();
  for (const line of lines) push(onList, `${line.row} ${line.about}`, line);
  for (const { row, time, about } of lines) {
    const creator = p.creator[row]!;
    if (!isOurs.has(row) || creator === NO_PROCESS || p.pid[creator]! <= 2 || p.subreaper[creator] === 1) continue;
    const creators = onList.get(`${creator} ${about}`) ?? [];
    if (countUntil(creators, time + ONE_STOP_MICROS, timeOf) > countUntil(creators, time - ONE_STOP_MICROS, timeOf)) continue;
    said.left(row, SURE.unitStopped, 'log', `systemd found it left of ${about}, and ${said.name(creator)}, which made it, not`, time);
  }
}

/** Main processes of services, and when their units were stopped. */
class Mains {
  /** The program of copies, by who made them. */
  private readonly copies = new Map<number, number>();
  private readonly runsBelow = new Map<string, { readonly row: number; readonly time: number; readonly line: string }[]>();
  private readonly stops = new Map<string, UnitEvent[]>();
  private readonly starts = new Map<number, UnitEvent[]>();
  private readonly known = new Map<number, UnitEvent | undefined>();

  constructor(
    private readonly p: Processes,
    programs: Links,
    private readonly strings: StringTable,
    rows: readonly number[],
    units: readonly UnitEvent[],
    private readonly alive: (row: number) => number,
  ) {
    const managers = new Set<number>();
    for (const event of [...units].sort((a, b) => a.time - b.time)) {
      if (!event.unit.endsWith('.service') || event.unit.includes('@')) continue; // of a template nobody knows which
      managers.add(event.manager);
      if (event.what === 'stopped') push(this.stops, `${event.manager} ${event.unit}`, event);
      else if (event.what === 'started') push(this.starts, event.manager, event);
    }
    for (const row of rows) {
      const creator = p.creator[row]!;
      const first = p.firstProgram[row]!;
      if (creator === NO_PROCESS) continue;
      if (first === -1) this.copies.set(creator, p.exe[row]!);
      else if (managers.has(creator)) push(this.runsBelow, `${creator} ${programs.b[first]}`, { row, time: programs.time[first]!, line: strings.list(programs.c[first]!).join(' ') });
    }
    for (const runs of this.runsBelow.values()) runs.sort((a, b) => a.time - b.time);
  }

  /** The report that the unit was stopped whose main process `main` was: the first after it was last heard of. */
  stopOf(main: number): UnitEvent | undefined {
    if (!this.known.has(main)) this.known.set(main, this.findStop(main));
    return this.known.get(main);
  }

  private findStop(main: number): UnitEvent | undefined {
    const { p } = this;
    const exe = p.exe[main] || (this.copies.get(main) ?? 0); // one that left no record runs what its copies run (cron's jobs, sshd's sessions)
    const above = p.creator[main] === NO_PROCESS ? p.parent[main]! : p.creator[main]!;
    // A daemon from before the evidence shows no parent: then it is init's.
    const manager = above === NO_PROCESS && p.spoke[main] === 0 ? this.initOf(main) : above;
    if (exe === 0 || manager === NO_PROCESS) return undefined;
    const since = Math.max(this.alive(main) - TICK_MICROS, p.start[main]!);
    const found = [...this.unitsOf(main, exe), ...this.unitsRunAgain(main, exe, manager, since)].map((unit) => firstAfter(this.stops.get(`${manager} ${unit}`) ?? [], since));
    return found.reduce((first, stop) => (first && stop ? (stop.time < first.time ? stop : first) : (first ?? stop)), undefined);
  }

  private initOf(row: number): number {
    const { p } = this;
    for (const manager of this.starts.keys()) if (p.pid[manager] === 1 && p.host[manager] === p.host[row] && p.boot[manager] === p.boot[row]) return manager;
    return NO_PROCESS;
  }

  /** By its control group; else the unit that is called as the program is, or as it is without the d of a daemon. */
  private unitsOf(main: number, exe: number): readonly string[] {
    if (this.p.unit[main] !== 0) return [this.strings.text(this.p.unit[main]!) ?? ''];
    const program = systemName(this.strings.text(exe));
    return program === '' ? [] : [`${program}.service`, `${program.replace(/d$/, '')}.service`];
  }

  /** Units that the manager reported as started when it ran the same command anew. */
  private unitsRunAgain(main: number, exe: number, manager: number, since: number): readonly string[] {
    const { p } = this;
    const runs = this.runsBelow.get(`${manager} ${exe}`) ?? [];
    const line = p.spoke[main] === 0 ? undefined : this.strings.list(p.args[main]!).join(' ');
    const later = runs.slice(countUntil(runs, since, timeOf)).filter((run) => run.row !== main && (line === undefined || run.line === line));
    const starts = this.starts.get(manager) ?? [];
    return later.slice(0, LOOKED_AT).flatMap(({ time }) => starts.slice(countUntil(starts, time - NEAR_MICROS, timeOf), countUntil(starts, time + NEAR_MICROS, timeOf)).filter(({ unit }) => this.wasStopped(manager, unit, time)).map(({ unit }) => unit));
  }

  /** Was it stopped shortly before it was started again at `time`? */
  private wasStopped(manager: number, unit: string, time: number): boolean {
    const stop = firstAfter(this.stops.get(`${manager} ${unit}`) ?? [], time - AGAIN_WITHIN_MICROS);
    return stop !== undefined && stop.time <= time + TICK_MICROS;
  }
}

function firstAfter(events: readonly UnitEvent[], time: number): UnitEvent | undefined {
  return events[countUntil(events, time, timeOf)];
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
