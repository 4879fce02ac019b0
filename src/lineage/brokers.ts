import { BASIS_DERIVED, BASIS_INFERRED, BASIS_OBSERVED, type EntryKind, FLAG, NO_PROCESS, type StringTable, type Trace } from '../model/index.js';
import { countUntil, timeOf } from './answers.js';
import type { Broker } from './asks.js';
import type { BrokerRecords, UnitEvent } from './brokerRecords.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import { baseName, systemName } from './programNames.js';

/** A process that a broker made for somebody. */
export interface Start {
  readonly row: number;
  readonly broker: Broker;
  /** Who made it: pid 1, a `systemd --user`, the daemon. */
  readonly manager: number;
  /** Its unit by its full name, '' where nothing tells; and how sure that is. */
  unit: string;
  unitSure: number;
  kind: EntryKind;
  /** The start that it belongs to, where it was not made by the manager but adopted by it: another process of the same unit. */
  mate: Start | undefined;
  mateSure: number;
  /** What speaks for that, or for the kind, in a sentence. */
  why: { readonly says: string; readonly trace: Trace } | undefined;
}

/** What is said of a row's way in: the process that stands for it, its kind, and how that is known. */
export interface ToldEntry {
  readonly entry: number;
  readonly kind: EntryKind;
  readonly basis: number;
  readonly sure: number;
}

/** All starts of an evidence set, and what else was found on the way. */
export interface Starts {
  readonly all: readonly Start[];
  readonly byRow: ReadonlyMap<number, Start>;
  /** When each manager's timers were up: `row name.service` -> time. */
  readonly timers: ReadonlyMap<string, number>;
  /** Starts of units as their managers reported them, by manager, in order of time. */
  readonly reports: ReadonlyMap<number, readonly Report[]>;
  /** D-Bus daemons. */
  readonly buses: readonly number[];
  /** The command lines that a process ran first. */
  commandsOf(this: void, row: number): readonly (readonly string[])[];
  /** Says of a row that no fork joins to anybody that it belongs to a start. */
  join(row: number, manager: number, mate: Start, sure: number, says: string): void;
}

type CommandsOf = (row: number) => readonly (readonly string[])[];

const DAEMONS: ReadonlyMap<string, Broker> = new Map([
  ['cron', 'cron'], ['crond', 'cron'], ['anacron', 'cron'], ['fcron', 'cron'], ['atd', 'at'], ['dbus-daemon', 'bus'], ['dbus-broker-launch', 'bus'],
  ['containerd-shim', 'container'], ['containerd-shim-runc-v2', 'container'], ['conmon', 'container'],
]);
const SECOND = 1_000_000;
/** A unit that is not `simple` is reported as started only when it is ready: so long may that take (systemd's DefaultTimeoutStartSec). */
const READY_WITHIN = 90 * SECOND;
/** A start is seen this much after the manager reported it: it forks first, reports, and the child execs. */
const SEEN_AFTER = 1.5 * SECOND;
/** By time alone, the report of a start is this near. */
const NEAR = SECOND;
/** The second best match by time must be this much further away. */
const APART = 0.3 * SECOND;
/** A unit's process that names another in its arguments starts it this soon. */
const CHILD_WITHIN = 15 * SECOND;
/** Starts that are tried as the maker of another at most: a bound against hostile evidence. */
const LOOKED_AT = 200;
/** Between two reports of one start, in two logs, lies at most this. */
const SAME_REPORT = 2 * SECOND;

/** A unit's start, as its manager reported it. */
export interface Report {
  readonly unit: string;
  /** When it was begun (NaN: not said) and when it was reported as done. */
  readonly from: number;
  at: number;
  description: string;
  /** It was joined with a process. */
  isJoined: boolean;
}

/** Finds the processes that brokers made, and the units that they stand for. */
export function findStarts(p: Processes, programs: Links, strings: StringTable, records: BrokerRecords): Starts {
  const classes = new Map<number, Broker | 'systemd' | ''>();
  const classOf = (exe: number): Broker | 'systemd' | '' => {
    let found = classes.get(exe);
    if (found === undefined) {
      const name = systemName(strings.text(exe));
      found = DAEMONS.get(name) ?? (name === 'systemd' || name === 'init' ? 'systemd' : '');
      classes.set(exe, found);
    }
    return found;
  };
  /** The daemon that a process runs as, its children's copies of it not counted. */
  const runs = (row: number): Broker | 'systemd' | '' => {
    let last = classOf(p.exe[row] !== 0 ? p.exe[row]! : p.comm[row]!);
    for (let at = p.firstProgram[row]!; at !== -1; at = programs.next[at]!) last = classOf(programs.b[at]!) || last;
    return last;
  };
  const daemons: (Broker | '' | undefined)[] = new Array<undefined>(p.count).fill(undefined);
  const brokerOf = (row: number): Broker | '' => {
    const known = daemons[row];
    if (known !== undefined) return known;
    const creator = p.creator[row]!;
    let broker: Broker | '' = '';
    if (p.pid[row] === 1 && (creator === NO_PROCESS || creator === row)) broker = 'system';
    else {
      const as = runs(row);
      if (as === 'systemd') broker = p.subreaper[row] === 1 ? 'user' : '';
      else if (as !== '' && (creator === NO_PROCESS || runs(creator) !== as)) broker = as;
    }
    daemons[row] = broker;
    return broker;
  };

  const all: Start[] = [];
  const byRow = new Map<number, Start>();
  const buses: number[] = [];
  for (let row = 0; row < p.count; row++) {
    if ((p.flags[row]! & FLAG.kernelThread) !== 0 || p.pid[row]! <= 2) continue;
    if (brokerOf(row) === 'bus') buses.push(row);
    const manager = p.creator[row]!;
    if (manager === NO_PROCESS) continue;
    const broker = brokerOf(manager);
    if (broker === '') continue;
    const kind: EntryKind = broker === 'cron' || broker === 'at' || broker === 'container' ? broker : broker === 'bus' ? '' : 'service';
    const start: Start = { row, broker, manager, unit: '', unitSure: 0, kind, mate: undefined, mateSure: 0, why: undefined };
    if (broker === 'system' || broker === 'user') ownUnit(start);
    all.push(start);
    byRow.set(row, start);
  }
  const timers = new Map<string, number>();
  for (const event of records.units) if (event.unit.endsWith('.timer') && event.what === 'started') timers.set(`${event.manager} ${event.unit.replace(/timer$/, 'service')}`, event.time);
  const commands = new Map<number, readonly (readonly string[])[]>();
  const commandsOf: CommandsOf = (row) => {
    let known = commands.get(row);
    if (!known) {
      known = firstCommands(p, programs, strings, row);
      commands.set(row, known);
    }
    return known;
  };
  const reports = reportsOf(records.units);
  if (reports.size > 0) assignUnits(p, strings, all, reports, commandsOf);
  findMates(p, all, commandsOf, records.units);
  return {
    all, byRow, timers, reports, buses, commandsOf,
    join(row, manager, mate, sure, says) {
      const known = byRow.get(row);
      const start: Start = known ?? { row, broker: mate.broker, manager, unit: '', unitSure: 0, kind: '', mate, mateSure: sure, why: undefined };
      start.mate = mate;
      start.mateSure = sure;
      start.why = { says, trace: 'time' };
      if (known) return;
      all.push(start);
      byRow.set(row, start);
    },
  };

  /** The unit that its control group or the journal states. */
  function ownUnit(start: Start): void {
    const { row, manager } = start;
    if (brokerOf(row) === 'user') {
      start.unit = `user@${p.uid[row]}.service`;
      start.unitSure = 0.95;
      return;
    }
    if (p.unit[row] === 0 || p.unit[row] === p.unit[manager]) return;
    const unit = strings.text(p.unit[row]!) ?? '';
    if (!unit.endsWith('.service') || /^user@\d+\.service$/.test(unit)) return;
    start.unit = unit;
    start.unitSure = 0.97;
  }
}

/** The command lines that a process ran first; what only prepares a start (systemd's executor) may stand before. */
function firstCommands(p: Processes, programs: Links, strings: StringTable, row: number): readonly (readonly string[])[] {
  const commands: (readonly string[])[] = [];
  for (let at = p.firstProgram[row]!; at !== -1 && commands.length < 3; at = programs.next[at]!) commands.push(strings.list(programs.c[at]!));
  if (commands.length === 0 && p.args[row] !== 0 && p.creatorBasis[row] !== BASIS_OBSERVED) commands.push(strings.list(p.args[row]!));
  return commands;
}

/** Joins managers' reports of starts with the processes that they made: by the command line that a transient unit is called, by name, by time. */
function assignUnits(p: Processes, strings: StringTable, all: readonly Start[], reported: ReadonlyMap<number, readonly Report[]>, commandsOf: CommandsOf): void {
  const startsOf = new Map<number, Start[]>();
  for (const start of all) {
    if ((start.broker !== 'system' && start.broker !== 'user') || isCopyOfManager(start.row, start.manager)) continue;
    const list = startsOf.get(start.manager);
    if (list) list.push(start);
    else startsOf.set(start.manager, [start]);
  }
  // What the manager keeps for itself, as (sd-pam), is no unit's.
  function isCopyOfManager(row: number, manager: number): boolean {
    return p.firstProgram[row] === -1 && p.exe[row] !== 0 && p.exe[row] === p.exe[manager];
  }
  for (const [manager, reports] of reported) {
    const starts = (startsOf.get(manager) ?? []).sort((a, b) => p.start[a.row]! - p.start[b.row]!);
    const pairs: { start: Start; report: Report; points: number; distance: number; described: boolean }[] = [];
    let first = 0;
    for (const report of reports) {
      const from = Number.isNaN(report.from) ? report.at - READY_WITHIN : report.from - NEAR / 10;
      while (first < starts.length && p.start[starts[first]!.row]! < report.at - READY_WITHIN) first++;
      for (let i = first; i < Math.min(starts.length, first + 10 * LOOKED_AT); i++) {
        const start = starts[i]!;
        const began = p.start[start.row]!;
        if (began > report.at + SEEN_AFTER) break;
        if (began < from || start.unitSure >= 0.9) continue;
        const described = report.description !== '' && commandsOf(start.row).some((command) => sameLine(command.join(' '), report.description));
        const named = soundsLike(report.unit, baseName(strings.text(p.exe[start.row]!)));
        const distance = Math.abs(report.at - began);
        if (!described && !named && distance > NEAR && Number.isNaN(report.from)) continue;
        pairs.push({ start, report, described, distance, points: (described ? 1000 : 0) + (named ? 100 : 0) - distance / SECOND });
      }
    }
    pairs.sort((a, b) => b.points - a.points);
    const rivals = new Map<Start, (typeof pairs)[number][]>();
    for (const pair of pairs) {
      const list = rivals.get(pair.start);
      if (list) list.push(pair);
      else rivals.set(pair.start, [pair]);
    }
    for (const { start, report, points, distance, described } of pairs) {
      if (start.unit !== '') continue;
      // A unit may run several commands, one after the other, between the two reports; a report without a beginning is of one process.
      if (report.isJoined && Number.isNaN(report.from)) continue;
      const rival = described || points >= 50 ? undefined : rivals.get(start)?.find((other) => other.report.unit !== report.unit && !other.report.isJoined && other.distance < distance + APART);
      if (rival) continue;
      start.unit = report.unit;
      start.unitSure = described ? 0.96 : points >= 50 ? 0.9 : 0.85;
      report.isJoined = true;
    }
  }
}

/** Reports of starts by manager, what two logs say of one start put together, in order of time. */
function reportsOf(events: readonly UnitEvent[]): ReadonlyMap<number, readonly Report[]> {
  const byManager = new Map<number, Report[]>();
  const open = new Map<string, number>();
  const last = new Map<string, Report>();
  for (const event of [...events].sort((a, b) => a.time - b.time)) {
    if (!event.unit.endsWith('.service')) continue;
    const key = `${event.manager} ${event.unit}`;
    if (event.what === 'starting') {
      if (!open.has(key)) open.set(key, event.time);
      continue;
    }
    if (event.what === 'stopped') continue;
    const known = last.get(key);
    if (known && event.time - known.at <= SAME_REPORT && !open.has(key)) {
      known.description ||= event.description;
      continue;
    }
    const from = open.get(key);
    const report: Report = { unit: event.unit, from: from === undefined || event.time - from > READY_WITHIN ? NaN : from, at: event.time, description: event.description, isJoined: false };
    open.delete(key);
    last.set(key, report);
    const list = byManager.get(event.manager);
    if (list) list.push(report);
    else byManager.set(event.manager, [report]);
  }
  return byManager;
}

/** A unit's description shows quotes and backslashes of a command line in its own way. */
function sameLine(command: string, description: string): boolean {
  const plain = (text: string): string => text.replace(/["'\\]/g, '').replace(/\s+/g, ' ').trim();
  return command.length > 0 && plain(command) === plain(description);
}

/** ssh.service runs sshd, dbus.service dbus-daemon. */
function soundsLike(unit: string, program: string): boolean {
  const name = unit.replace(/\.service$/, '').replace(/@.*$/, '').toLowerCase();
  const runs = program.toLowerCase();
  return name.length >= 3 && runs.length >= 3 && (runs.startsWith(name) || name.startsWith(runs) || name.endsWith(`-${runs}`));
}

/**
 * Where no fork is on record, the children of a manager may be orphans that it adopted. Who shares the unit of an older process that still lives, or was
 * named in the arguments of one that had just begun, belongs to that one's start.
 */
function findMates(p: Processes, all: readonly Start[], commandsOf: CommandsOf, units: readonly UnitEvent[]): void {
  const stops = new Map<string, UnitEvent[]>();
  for (const event of [...units].sort((a, b) => a.time - b.time)) {
    if (event.what !== 'stopped') continue;
    const list = stops.get(`${event.manager} ${event.unit}`);
    if (list) list.push(event);
    else stops.set(`${event.manager} ${event.unit}`, [event]);
  }
  const byManager = new Map<number, Start[]>();
  for (const start of all) {
    if (start.broker !== 'system' && start.broker !== 'user') continue;
    const list = byManager.get(start.manager);
    if (list) list.push(start);
    else byManager.set(start.manager, [start]);
  }
  for (const starts of byManager.values()) {
    starts.sort((a, b) => p.start[a.row]! - p.start[b.row]!);
    const leader = new Map<string, Start>();
    for (const [index, start] of starts.entries()) {
      const { row, unit } = start;
      const before = unit === '' ? undefined : leader.get(unit);
      const lives = before !== undefined && !(p.end[before.row]! < p.start[row]!) && !isStartedAgain(before, start);
      if (unit !== '' && !lives) leader.set(unit, start);
      if (p.creatorBasis[row] === BASIS_OBSERVED) continue;
      if (before !== undefined && lives && start.unitSure >= 0.9) {
        start.mate = before;
        start.mateSure = 0.9;
        start.why = { says: `it is in ${unit}, whose process ${p.pid[before.row]} was there before it and still lives`, trace: 'cgroup' };
        continue;
      }
      const namer = start.unitSure >= 0.9 ? undefined : namedBy(start, index, starts);
      if (namer) {
        start.mate = namer;
        start.mateSure = 0.85;
        start.why = { says: `${p.pid[namer.row]}, which the same manager had just started, had this command line at the end of its own`, trace: 'arguments' };
      }
    }
  }

  /** Is `start` the next start of the unit of `before`? It was stopped in between, or the very same command is run anew, which is no child of its. */
  function isStartedAgain(before: Start, start: Start): boolean {
    const from = p.start[before.row]!;
    const to = p.start[start.row]!;
    const stopped = stops.get(`${start.manager} ${start.unit}`) ?? [];
    if (countUntil(stopped, to, timeOf) > countUntil(stopped, from, timeOf)) return true;
    const command = commandsOf(start.row)[0];
    return command !== undefined && commandsOf(before.row).some((args) => args.length === command.length && args.every((word, at) => word === command[at]));
  }

  /** The start just before that had this one's whole command line at the end of its own. */
  function namedBy(start: Start, index: number, starts: readonly Start[]): Start | undefined {
    const command = commandsOf(start.row)[0];
    if (!command || command.length === 0 || !(command.length > 1 || command[0]?.includes('/'))) return undefined;
    for (let i = index - 1; i >= Math.max(0, index - LOOKED_AT); i--) {
      const other = starts[i]!;
      if (p.start[other.row]! < p.start[start.row]! - CHILD_WITHIN) return undefined;
      if (commandsOf(other.row).some((args) => args.length > command.length && endsWith(args, command))) return other;
    }
    return undefined;
  }
}

/** Is `command` the end of `args`? Its first word may be given with its folder in one of them. */
export function endsWith(args: readonly string[], command: readonly string[]): boolean {
  const from = args.length - command.length;
  return command.length > 0 && from >= 0 && command.every((word, at) => (at === 0 ? baseName(args[from]) === baseName(word) : args[from + at] === word));
}

/** Of mates the one at the head: whose start it was. */
export function headOf(start: Start): Start {
  let head = start;
  for (let depth = 0; head.mate !== undefined && depth < 64; depth++) head = head.mate;
  return head;
}

/** What the brokers say of the way in of a row, where it is more than its creator tells. */
export function entryBy(starts: Starts, row: number): ToldEntry | undefined {
  const start = starts.byRow.get(row);
  if (start === undefined) return undefined;
  if (start.mate !== undefined) {
    const head = headOf(start);
    return { entry: head.row, kind: head.kind, basis: BASIS_INFERRED, sure: start.mateSure };
  }
  if (start.kind === 'timer') return { entry: row, kind: 'timer', basis: BASIS_INFERRED, sure: start.unitSure };
  // A unit's start at that moment says that the manager made it, where only its parent does.
  return start.kind === 'service' && start.unitSure >= 0.8 ? { entry: row, kind: 'service', basis: BASIS_DERIVED, sure: start.unitSure } : undefined;
}
