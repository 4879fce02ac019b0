import { FLAG, ID_NOT_STATED, NO_PROCESS, type StringTable, type Trace } from '../model/index.js';
import { type Answer, type Answers, type Ask, countUntil, give, inSeconds, reason, sameUser, timeOf } from './answers.js';
import { requestsIn, serviceName } from './asks.js';
import type { BrokerRecords } from './brokerRecords.js';
import { endsWith, type Start, type Starts } from './brokers.js';
import type { Claims } from './claims.js';
import { jobAnswers } from './jobs.js';
import type { Links } from './lists.js';
import { mayBeBornAfter, type Processes } from './processes.js';
import { baseName } from './programNames.js';
import type { Ways } from './ways.js';

const SECOND = 1_000_000;
/** A stamp may be late by this much against another. */
const TICK = 50_000;
/** A request for an immediate start is answered within this, waits for other units included. */
const ANSWERED_WITHIN = 90 * SECOND;
/** By time alone: surely within this, and on a slow host within that, while the client still waits for its job. */
const NEAR = 3 * SECOND;
const STILL_WAITING = 8 * SECOND;
/** systemd coalesces timers within a minute (AccuracySec). */
const TIMER_SLACK = 61 * SECOND;
/** A log may stamp a line this much late, and two logs one line this far apart. */
const LOGGED_LATE = 0.5 * SECOND;
const SAME_LINE = 2 * SECOND;
/** A bus starts a service at once, or gives up. */
const BUS_WITHIN = 8 * SECOND;
/** Requests that are tried for one start at most. */
const TRIED = 1000;
/** How likely it is, against the last, that an earlier request for the same was meant. */
const EARLIER = 0.3;
/** Below this nobody is named. */
const FLOOR = 0.5;

/** The requester of every row, and how sure: rows are those of `processes`. */
export interface Requesters {
  readonly requester: Int32Array;
  readonly confidence: Float32Array;
}

/** Joins what brokers started with who asked for it, and says of each start which unit and kind that makes it. */
export function answerStarts(p: Processes, programs: Links, strings: StringTable, records: BrokerRecords, starts: Starts): Answers {
  const answers: Answers = new Map();
  const asks = asksOf(p, programs, strings);
  if (asks.length === 0 && records.activations.length === 0 && records.files.length === 0) return withTimers(p, starts, records, new Map(), answers);
  const asked = systemAnswers(p, starts, asks.filter((ask) => ask.broker === 'system' || ask.broker === 'user'), answers);
  busAnswers(p, records, starts, asks.filter((ask) => ask.broker === 'bus'), answers);
  containerAnswers(p, starts, asks.filter((ask) => ask.broker === 'container'), answers);
  jobAnswers(p, records, starts, asks.filter((ask) => ask.broker === 'at' || ask.broker === 'cron'), answers);
  return withTimers(p, starts, records, asked, answers);
}

/** Every request in the programs that processes ran, in order of time. */
function asksOf(p: Processes, programs: Links, strings: StringTable): Ask[] {
  const names = new Map<number, string>();
  const nameOf = (exe: number): string => {
    let name = names.get(exe);
    if (name === undefined) {
      name = baseName(strings.text(exe));
      names.set(exe, name);
    }
    return name;
  };
  const asks: Ask[] = [];
  const add = (row: number, time: number, exe: number, args: number): void => {
    for (const request of requestsIn(nameOf(exe), () => strings.text(args) ?? '')) asks.push({ ...request, row, time });
  };
  for (let row = 0; row < p.count; row++) {
    for (let at = p.firstProgram[row]!; at !== -1; at = programs.next[at]!) add(row, programs.time[at]!, programs.b[at]!, programs.c[at]!);
    if (p.firstProgram[row] === -1 && p.exe[row] !== 0 && p.args[row] !== 0 && p.spoke[row] === 1 && p.startSpan[row]! <= SECOND) add(row, p.start[row]!, p.exe[row]!, p.args[row]!);
  }
  return asks.sort((a, b) => a.time - b.time || a.row - b.row);
}

/** systemd-run and systemctl: by command line, by unit, by time. Returns for each answered start the request that won. */
function systemAnswers(p: Processes, starts: Starts, asks: readonly Ask[], answers: Answers): Map<number, Ask> {
  const won = new Map<number, Ask>();
  const immediate = asks.filter((ask) => !ask.later);
  const later = new Map<string, Ask[]>();
  for (const ask of asks) {
    if (!ask.later) continue;
    for (const key of [...ask.units, ...(ask.command.length > 0 ? [baseName(ask.command[0])] : [])]) {
      const list = later.get(key);
      if (list) list.push(ask);
      else later.set(key, [ask]);
    }
  }
  const used = new Set<Ask>();
  const open: { start: Start; time: number }[] = [];
  for (const start of starts.all) {
    if ((start.broker !== 'system' && start.broker !== 'user') || start.mate) continue;
    const began = p.start[start.row]!;
    const commands = starts.commandsOf(start.row);
    const mayBe: Ask[] = [];
    for (let i = countUntil(immediate, began + TICK, timeOf) - 1; i >= 0 && mayBe.length < TRIED && immediate[i]!.time >= began - ANSWERED_WITHIN; i--) mayBe.push(immediate[i]!);
    for (const key of [start.unit, ...commands.map((command) => baseName(command[0]))]) {
      const list = key === '' ? [] : (later.get(key) ?? []);
      const end = countUntil(list, began + TICK, timeOf);
      for (let i = end - 1; i >= Math.max(0, end - TRIED); i--) mayBe.push(list[i]!);
    }
    let best: { ask: Ask; sure: number } | undefined;
    // The last request before a start is the one that it answers; who asked for the same before is what is left of a doubt.
    for (const ask of mayBe.sort((a, b) => b.time - a.time)) {
      const judged = judge(start, began, commands, ask);
      if (!judged) continue;
      used.add(ask);
      const isBest = !best || judged.sure > best.sure;
      give(answers, start.row, { row: ask.row, sure: isBest ? judged.sure : judged.sure * EARLIER, reasons: judged.reasons });
      if (isBest) best = { ask, sure: judged.sure };
    }
    if (best) {
      won.set(start.row, best.ask);
      const [unit] = best.ask.units;
      if (start.unit === '' && unit !== undefined && best.ask.units.length === 1) {
        start.unit = unit;
        start.unitSure = best.sure - 0.05;
      }
    } else if (start.unitSure < 0.9) open.push({ start, time: began });
  }
  open.sort((a, b) => a.time - b.time);
  // What is left is joined by time alone: a systemctl that nothing else answers, and the first start after it that nothing else explains.
  for (const ask of immediate) {
    if (used.has(ask) || ask.command.length > 0) continue;
    const start = between(open, ask.time - TICK, ask.time + STILL_WAITING, timeOf).find(({ start: each, time }) => !(time > p.end[ask.row]! + TICK) && suits(each, ask) && !won.has(each.row) && (each.unit === '' || ask.units.includes(each.unit)))?.start;
    if (!start) continue;
    const began = p.start[start.row]!;
    const gap = began - ask.time;
    const report = between(starts.reports.get(start.manager) ?? [], began - TICK, began + STILL_WAITING, (each) => each.at).find((each) => !each.isJoined && ask.units.includes(each.unit));
    give(answers, start.row, {
      row: ask.row, sure: report ? 0.88 : gap <= NEAR ? 0.75 : 0.55,
      reasons: [
        reason(`${ask.by} asked for ${ask.units.join(' ')} ${inSeconds(gap)} before it began`, 'time'),
        report ? reason(`systemd reported ${report.unit} as started ${inSeconds(report.at - began)} after`, 'log') : reason('nothing says which unit it is of', 'arguments', false),
      ],
    });
    won.set(start.row, ask);
    if (start.unit === '' && (report !== undefined || ask.units.length === 1)) {
      start.unit = report?.unit ?? ask.units[0]!;
      start.unitSure = report ? 0.85 : 0.7;
    }
    if (report) report.isJoined = true;
  }
  return won;

  /** Is it this manager that was asked? A user's manager is asked by that user, or by one that names another. */
  function suits(start: Start, ask: Ask): boolean {
    if (start.broker !== ask.broker) return false;
    if (p.host[ask.row] !== p.host[start.row] || p.boot[ask.row] !== p.boot[start.row] || ask.row === start.row) return false;
    return ask.broker === 'system' || ask.otherUser === true || sameUser(p, ask.row, start.manager);
  }

  function judge(start: Start, began: number, commands: readonly (readonly string[])[], ask: Ask): { sure: number; reasons: Answer['reasons'] } | undefined {
    if (!suits(start, ask)) return undefined;
    const gap = began - ask.time;
    if (ask.later && !Number.isNaN(ask.dueMicros) && (gap < ask.dueMicros - SECOND || gap > ask.dueMicros + TIMER_SLACK)) return undefined;
    const sameCommand = ask.command.length > 0 && commands.some((command) => command.length === ask.command.length && endsWith(ask.command, command));
    if (ask.command.length > 0 && commands.length > 0 && !sameCommand) return undefined;
    const sameUnit = start.unit !== '' && ask.units.includes(start.unit);
    if (start.unitSure >= 0.9 && ask.units.length > 0 && !sameUnit) return undefined;
    if (!sameCommand && !sameUnit) return undefined;
    const when = ask.later ? 'earlier' : 'before';
    const reasons = [
      ...(sameCommand ? [reason(`${ask.by} was given this command line ${inSeconds(gap)} ${when}`, 'arguments')] : []),
      ...(sameUnit ? [reason(`${ask.by} named its unit, ${start.unit}, ${inSeconds(gap)} ${when}`, start.unitSure >= 0.95 ? 'cgroup' : 'log')] : []),
      reason('no fork joins the two: the broker made it, and whoever runs a program chooses its arguments', 'arguments', false),
    ];
    const sure = sameCommand && sameUnit ? 0.98 : sameCommand ? (!ask.later && gap > 10 * SECOND ? 0.88 : 0.96) : Math.min(0.95, start.unitSure + 0.03);
    return { sure, reasons };
  }
}

/** D-Bus: the daemon's own line names the pid that asked; else a program that calls a name on that bus just before. */
function busAnswers(p: Processes, records: BrokerRecords, starts: Starts, asks: readonly Ask[], answers: Answers): void {
  if (records.activations.length === 0 && asks.length === 0) return;
  const byPid = records.activations.length > 0 ? holdersByPid(p) : undefined;
  const inOrder = starts.all.map((start) => ({ start, time: p.start[start.row]! })).sort((a, b) => a.time - b.time);
  const pointedTo: { row: number; time: number }[] = [];
  for (let row = 0; row < p.count; row++) if (p.creator[row] === NO_PROCESS && (p.flags[row]! & FLAG.unrecorded) !== 0) pointedTo.push({ row, time: p.start[row]! });
  pointedTo.sort((a, b) => a.time - b.time);
  const taken = new Set<number>();
  const told = new Map<string, number>();
  for (const said of [...records.activations].sort((a, b) => a.time - b.time)) {
    // Journal and syslog both have the line.
    const key = `${said.bus} ${said.pid} ${said.name}`;
    const before = told.get(key);
    told.set(key, said.time);
    if (before !== undefined && said.time - before <= SAME_LINE) continue;
    const asker = holderAt(p, byPid?.get(said.pid) ?? [], said.bus, said.time);
    if (asker === NO_PROCESS) continue;
    const why = [reason(`the D-Bus daemon wrote that this process's message made it start ${said.name}`, 'log')];
    if (said.unit !== '') {
      // systemd starts it: dbus-org.x.service is another name of the unit.
      const start = between(inOrder, said.time - TICK, said.time + NEAR, timeOf).map((each) => each.start).find((each) => (each.broker === 'system' || each.broker === 'user') && p.host[each.row] === p.host[said.bus] && (each.unit === said.unit || (said.unit.startsWith('dbus-') && each.unit !== '' && each.unitSure >= 0.85)));
      if (start) give(answers, start.row, { row: asker, sure: start.unit === said.unit ? 0.95 : 0.75, reasons: why });
      continue;
    }
    const row = onBus(said.bus, said.time - LOGGED_LATE, taken);
    if (row === NO_PROCESS) continue;
    taken.add(row);
    give(answers, row, { row: asker, sure: childOf(row, said.bus) ? 0.97 : 0.85, reasons: why });
  }
  // The latest call before a start is the likeliest to have caused it: each takes the first start after it, the last one first.
  for (const ask of [...asks].reverse()) {
    const buses = starts.buses.filter((bus) => p.host[bus] === p.host[ask.row] && p.boot[bus] === p.boot[ask.row] && p.start[bus]! <= ask.time + BUS_WITHIN && isFor(bus, ask));
    const started = between(inOrder, ask.time - TICK, ask.time + BUS_WITHIN, timeOf).find(({ start }) => isNamedFor(start, ask) && !answers.has(start.row))?.start;
    if (started) {
      give(answers, started.row, { row: ask.row, sure: 0.8, reasons: [reason(`${ask.by} called ${ask.target} ${inSeconds(p.start[started.row]! - ask.time)} before systemd started ${started.unit}`, 'arguments')] });
      continue;
    }
    for (const bus of buses.reverse()) {
      const row = onBus(bus, ask.time - TICK, new Set([...taken, ask.row]));
      if (row === NO_PROCESS || p.start[row]! - ask.time > BUS_WITHIN) continue;
      taken.add(row);
      give(answers, row, {
        row: ask.row, sure: childOf(row, bus) ? 0.9 : 0.7,
        reasons: [reason(`${ask.by} called ${ask.target} on this bus ${inSeconds(p.start[row]! - ask.time)} before`, 'arguments'), reason('another program may have called the bus at that moment', 'time', false)],
      });
      break;
    }
  }

  function childOf(row: number, bus: number): boolean {
    return p.creator[row] === bus;
  }

  /** The first process after `from` that this bus started; where forks are not on record, one that it may have. */
  function onBus(bus: number, from: number, without: ReadonlySet<number>): number {
    let best = NO_PROCESS;
    const before = (row: number): boolean => best === NO_PROCESS || p.start[row]! < p.start[best]!;
    for (const { start } of between(inOrder, from, from + BUS_WITHIN, timeOf)) {
      if (without.has(start.row) || !before(start.row)) continue;
      if (start.manager === bus || (start.mate !== undefined && start.mate.row === bus)) best = start.row;
    }
    if (best !== NO_PROCESS) return best;
    const busStart = starts.byRow.get(bus);
    if (busStart === undefined) return best;
    for (const { start } of between(inOrder, from, from + NEAR, timeOf)) {
      const unexplained = start.unit === '' && start.mate === undefined && p.creatorBasis[start.row] !== 0 && !answers.has(start.row);
      if (start.manager !== busStart.manager || start.row === bus || without.has(start.row) || !unexplained || !before(start.row)) continue;
      best = start.row;
    }
    // A process that only its child's record points to, of the bus's session: the bus forks twice, and the first of the two runs no program.
    for (const { row } of between(pointedTo, from, from + NEAR, timeOf)) {
      if (p.host[row] !== p.host[bus] || p.boot[row] !== p.boot[bus] || !mayBeBornAfter(p, row, bus)) continue;
      if (p.ses[row] !== p.ses[bus] && p.ses[row] !== ID_NOT_STATED) continue;
      if (without.has(row) || !before(row)) continue;
      best = row;
    }
    if (best !== NO_PROCESS) starts.join(best, bus, busStart, 0.75, 'the bus was asked to start a service at this moment, and nothing else explains this process');
    return best;
  }

  /** A bus may have systemd start the service: dbus-:1.2-org.x@0.service by dbus-broker, else mostly a unit of the name's last part. */
  function isNamedFor(start: Start, ask: Ask): boolean {
    if (start.broker !== (ask.session === true ? 'user' : 'system') || start.unitSure < 0.85 || p.host[start.row] !== p.host[ask.row] || p.boot[start.row] !== p.boot[ask.row]) return false;
    if (ask.session === true && !sameUser(p, ask.row, start.manager)) return false;
    const last = (ask.target.split('.').at(-1) ?? '').toLowerCase().replace(/\d+$/, '');
    return start.unit.startsWith('dbus-') ? start.unit.includes(ask.target) : last.length >= 4 && start.unit.toLowerCase().replace(/^systemd-/, '').startsWith(last);
  }

  function isFor(bus: number, ask: Ask): boolean {
    const manager = starts.byRow.get(bus);
    const ofSystem = manager?.broker === 'system';
    return ask.session === true ? !ofSystem && sameUser(p, ask.row, bus) : ofSystem;
  }
}

/** docker exec, podman run: the command stands at the end of the client's arguments. */
function containerAnswers(p: Processes, starts: Starts, asks: readonly Ask[], answers: Answers): void {
  if (asks.length === 0) return;
  for (let row = 0; row < p.count; row++) {
    if (p.firstProgram[row] === -1) continue;
    let above = row;
    for (let depth = 0; depth < 4 && above !== NO_PROCESS && starts.byRow.get(above)?.broker !== 'container'; depth++) above = p.creator[above]!;
    if (above === NO_PROCESS || starts.byRow.get(above)?.broker !== 'container') continue;
    const began = p.start[row]!;
    for (let i = countUntil(asks, began + TICK, timeOf) - 1; i >= 0 && asks[i]!.time >= began - ANSWERED_WITHIN; i--) {
      const ask = asks[i]!;
      if (p.host[ask.row] !== p.host[row] || !starts.commandsOf(row).some((command) => ask.command.length > command.length && endsWith(ask.command, command))) continue;
      give(answers, row, { row: ask.row, sure: 0.9, reasons: [reason(`${ask.by} was given this command line ${inSeconds(began - ask.time)} before`, 'arguments')] });
    }
  }
}

/** Which services a timer started: it was asked for as one, or its timer was up and nobody asked for the service itself. */
function withTimers(p: Processes, starts: Starts, records: BrokerRecords, asked: ReadonlyMap<number, Ask>, answers: Answers): Answers {
  const timerFiles = new Map<string, number>();
  for (const file of records.files) if (file.path.endsWith('.timer') && !file.removed) timerFiles.set(`${p.host[file.row]} ${serviceName(file.path)}`, file.time);
  for (const start of starts.all) {
    if (start.kind !== 'service') continue;
    const ask = asked.get(start.row);
    if (ask) {
      if (ask.timer) timer(start, `${ask.by} asked for it by a timer`, 'arguments');
      continue;
    }
    if (start.unit === '') continue;
    const began = p.start[start.row]!;
    const up = starts.timers.get(`${start.manager} ${start.unit}`) ?? timerFiles.get(`${p.host[start.row]} ${start.unit}`);
    if (up !== undefined && up <= began) timer(start, `${start.unit.replace(/service$/, 'timer')} was up, and nobody is known to have asked for the service itself`, 'log');
  }
  return answers;

  function timer(start: Start, says: string, trace: Trace): void {
    start.kind = 'timer';
    start.why = { says, trace };
  }
}

/** The requester of each row: its own start's, or of the start that it descends from within the same entry. */
export function spreadRequesters(p: Processes, ways: Ways, starts: Starts, answers: Answers, sure: (row: number) => number, claims: Claims): Requesters {
  const requester = new Int32Array(p.count).fill(NO_PROCESS);
  const confidence = new Float32Array(p.count);
  if (answers.size === 0) return { requester, confidence };
  const own = new Set<number>();
  for (const [row, [best, ...others]] of answers) {
    if (!best || best.sure < FLOOR) continue;
    const rivals = others.filter((other) => other.sure >= best.sure - 0.05).length;
    own.add(row);
    requester[row] = best.row;
    confidence[row] = rivals === 0 ? best.sure : Math.max(FLOOR, best.sure * (1 - 0.2 * Math.min(rivals, 2)));
    for (const { says, trace, for: speaksFor } of best.reasons) claims.reason(row, { about: 'requester', for: speaksFor, says, trace });
    for (const other of others.slice(0, 2)) claims.runnerUp(row, { about: 'requester', process: other.row, confidence: Math.min(other.sure, 1 - confidence[row]), says: other.reasons[0]?.says ?? 'it asked the same broker' });
    if (best.sure < 0.9) claims.settledBy(row, 'the journal of that time, which names each unit and job as it starts, or a watch on the files by which it was asked for');
  }
  const state = new Uint8Array(p.count);
  const path: number[] = [];
  for (let from = 0; from < p.count; from++) {
    for (let row = from; row !== NO_PROCESS && state[row] === 0; row = above(row)) {
      state[row] = 1;
      path.push(row);
    }
    while (path.length > 0) inherit(path.pop()!);
  }
  return { requester, confidence };

  function above(row: number): number {
    return starts.byRow.get(row)?.mate?.row ?? p.creator[row]!;
  }

  function inherit(row: number): void {
    const start = starts.byRow.get(row);
    if (own.has(row) || (start !== undefined && start.mate === undefined)) return;
    // Where nobody is known to have made it, its way in still tells whose start it belongs to.
    const known = above(row);
    const from = known === NO_PROCESS ? ways.entry[row]! : known;
    if (from === NO_PROCESS || requester[from] === NO_PROCESS || ways.entry[row] !== ways.entry[from] || requester[from] === row) return;
    requester[row] = requester[from]!;
    confidence[row] = confidence[from]! * (start?.mateSure ?? (known === NO_PROCESS ? ways.entryConfidence[row]! : sure(row)));
    claims.reason(row, { about: 'requester', for: true, says: 'it descends from the process that the broker started for this requester', trace: 'record' });
  }
}

/** Those of a list in order of time that lie in a span, its ends included. */
function between<T>(list: readonly T[], from: number, until: number, timeOf: (each: T) => number): readonly T[] {
  return list.slice(countUntil(list, from - 1, timeOf), countUntil(list, until, timeOf));
}

function holdersByPid(p: Processes): ReadonlyMap<number, readonly number[]> {
  const holders = new Map<number, number[]>();
  for (let row = 0; row < p.count; row++) {
    const list = holders.get(p.pid[row]!);
    if (list) list.push(row);
    else holders.set(p.pid[row]!, [row]);
  }
  return holders;
}

/** Who held a pid at a time, on the host of `beside`. */
function holderAt(p: Processes, rows: readonly number[], beside: number, time: number): number {
  let best = NO_PROCESS;
  for (const row of rows) {
    if (p.host[row] !== p.host[beside] || p.boot[row] !== p.boot[beside] || p.start[row]! > time + SECOND || p.end[row]! < time - 5 * SECOND) continue;
    if (best === NO_PROCESS || p.start[row]! > p.start[best]!) best = row;
  }
  return best;
}
