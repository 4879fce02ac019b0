import { type Batch, BASIS_DERIVED, ID_NOT_STATED, NO_PROCESS, type ObservationKind, OBSERVATION_KINDS, OPERATIONS, type StringTable } from '../model/index.js';
import { Boots } from './boots.js';
import { BrokerRecords } from './brokerRecords.js';
import { Forgetting, looksBack, MORE_THAN } from './forget.js';
import { HostPass } from './hostPass.js';
import { Links } from './lists.js';
import type { Order } from './rowOrder.js';
import { PidClocks } from './pidClock.js';
import { Processes } from './processes.js';
import type { Rebuilt } from './rebuilt.js';
import type { LoginRecord } from './sessions.js';
import { Snapshots } from './snapshot.js';
import { type Leaving, leavingOf } from './struckGroups.js';
import { TerminalLosses } from './terminals.js';
import { describeProcess, knowSubreaper } from './traits.js';
import { END_WHY } from './why.js';
import { ACCESS_LOG, WebRequests } from './webRequests.js';
import { Window } from './window.js';

const CODE = Object.fromEntries(OBSERVATION_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<ObservationKind, number>>;
/** Kinds that a log writes, in its own words and at its own time; without a number of the kernel's they are no record of the process itself. */
const LOG_KINDS: ReadonlySet<number> = new Set([CODE.session, CODE.authentication, CODE.iam, CODE.service, CODE.boot, CODE.configuration, CODE.log]);
const CLOSED = OPERATIONS.indexOf('closed');
const LISTENING = OPERATIONS.indexOf('listening');
/** How osquery's reader words the end of a process that a list lacks, which the list before it had. */
const NO_LONGER_LISTED = 'no longer listed';

/**
 * What a pass keeps: which process each observation is about, and the lineage; the lineage; or only the processes that may still change, and counts of the
 * others, of which nobody will ask who they were.
 */
export type Keeps = 'assignments' | 'lineage' | 'counts';

/** Rebuilds the processes of all hosts in one pass over the observations. */
export interface Rebuilding {
  add(batch: Batch): void;
  /** Says that no row older than `before` comes any more: those before it are passed over, and their batches let go. */
  settle(before: number, signal: AbortSignal | undefined): void;
  /** True once a row came that is older than what was settled: then this result is wrong, and all must be read again unsettled. */
  readonly isDisordered: boolean;
  /** True once a row came that may tell of processes that were let go: all must be read again, and kept. */
  readonly forgotTooMuch: boolean;
  /** How many processes are kept now. */
  readonly kept: number;
  finish(signal: AbortSignal | undefined): Rebuilt;
}

/** Which processes the rows of a batch are about. */
interface Assigned {
  readonly row: Int32Array;
  readonly other: Int32Array;
}

/** Starts a pass. What it gives does not depend on how the rows were cut into batches, nor on when they were settled. `more`: see {@link MORE_THAN}. */
export function createRebuilding(strings: StringTable, keeps: Keeps, more = MORE_THAN): Rebuilding {
  const keepAssignments = keeps === 'assignments';
  const window = new Window(strings);
  const boots = new Boots();
  const clocks = new PidClocks();
  /** Rows in order that wait until nothing that comes after them can change what holds at their time. */
  const waiting: { readonly order: Order; next: number }[] = [];
  const processes = new Processes();
  const intervals = new Links();
  const programs = new Links();
  const logins: LoginRecord[] = [];
  const open = new Map<string, LoginRecord>();
  const passes = new Map<number, Pass>();
  const lastMoment = new Map<number, number>();
  const forksSince = new Map<number, number>();
  const assigned = new Map<Batch, Assigned>();
  const exitsSeen = new Set<number>();
  const leaving = new Map<number, Leaving>();
  const brokers = new BrokerRecords(strings);
  const terminals = new TerminalLosses(processes);
  const requests = new WebRequests();
  const accessLog = strings.internText(ACCESS_LOG);
  const noLongerListed = strings.internText(NO_LONGER_LISTED);
  let lastHost = -1;
  let current: Pass | undefined;
  let newest = -Infinity;
  const program = (row: number): string => (strings.text(processes.exe[row]!) ?? '').replace(/^.*\//, '');
  const waits = (row: number): boolean => WAITERS.has(program(row));
  const forgetting = keeps === 'counts' ? new Forgetting({ processes, intervals, programs, logins, forksSince, exitsSeen }, waits, more) : undefined;
  let remembersAll = false;

  return {
    add(batch) {
      window.add(batch);
      if (forgetting && !remembersAll) remembersAll = looksBack(batch);
      if (keepAssignments) assigned.set(batch, { row: new Int32Array(batch.count).fill(NO_PROCESS), other: new Int32Array(batch.count).fill(NO_PROCESS) });
    },
    settle(before, signal) {
      if (window.isDisordered) return;
      look(window.take(before));
      passUntil(Math.min(boots.openFrom(newest), clocks.openFrom(newest)), signal);
      if (!remembersAll) forgetting?.forget([...passes.values()].map(({ pass }) => pass), [terminals, brokers], Math.max(...lastMoment.values()));
    },
    get forgotTooMuch() {
      return remembersAll && forgetting?.hasForgotten === true;
    },
    get isDisordered() {
      return window.isDisordered;
    },
    get kept() {
      return processes.count;
    },
    finish(signal) {
      look(window.take(Infinity));
      passUntil(Infinity, signal);
      const daemonizes = (row: number): boolean => program(row) === 'auditd' && processes.args[row] !== 0 && !strings.list(processes.args[row]!).includes('-n');
      for (const [host, { pass }] of passes) {
        pass.deaths.settle((row) => processes.host[row] === host && processes.boot[row] === pass.boot, exitsSeen.has(host), waits, daemonizes);
      }
      requests.join(processes, strings);
      const kept = [...assigned.values()];
      return { processes, intervals, programs, logins, assignments: kept.map(({ row }) => row), others: kept.map(({ other }) => other), lastMoment, forksSince, exitsSeen, brokers, terminals: terminals.all(), forgotten: forgetting, isLastBoot: (host, boot) => passes.get(host)?.pass.boot === boot };
    },
  };

  /** Tells what hangs on a process that leaves; looked up once a program. */
  function leave({ deaths }: HostPass, row: number, status: number, t: number): void {
    const exe = processes.exe[row]!;
    let how = leaving.get(exe);
    if (how === undefined) leaving.set(exe, (how = leavingOf(strings.text(exe) ?? '')));
    if (how === '' || (how === 'timeout' && strings.list(processes.args[row]!).includes('--foreground'))) return; // that one strikes its child alone
    deaths.leaves(row, how, status, isOnTerminal, t);
  }

  function isOnTerminal(row: number): boolean {
    return /^pts/.test(strings.text(processes.tty[row]!) ?? '');
  }

  /** Ran nohup or setsid, or ignores SIGHUP. */
  function outlivesHangUp(row: number): boolean {
    for (let at = processes.firstProgram[row]!; at !== -1; at = programs.next[at]!) if (/(^|\/)(nohup|setsid)$/.test(strings.text(programs.b[at]!) ?? '')) return true;
    return (processes.signalsIgnored[row]! & 1) === 1;
  }

  /** Learns from rows what must be known before they are passed over. */
  function look(order: Order): void {
    for (let i = 0; i < order.count; i++) {
      const batch = order.batches[order.batch[i]!]!;
      const at = order.row[i]!;
      newest = batch.time[at]!;
      boots.feed(batch, at, newest);
      clocks.feed(batch, at, newest);
    }
    if (order.count > 0) waiting.push({ order, next: 0 });
  }

  function passUntil(before: number, signal: AbortSignal | undefined): void {
    while (waiting.length > 0) {
      const { order, next } = waiting[0]!;
      waiting[0]!.next = passOver(order, next, before, signal);
      if (waiting[0]!.next < order.count) return;
      waiting.shift();
    }
  }

  /** Passes over rows from `first` on that are older than `before`; returns the first that is not. */
  function passOver(order: Order, first: number, before: number, signal: AbortSignal | undefined): number {
    for (let i = first; i < order.count; i++) {
      if ((i & 0x3fff) === 0) signal?.throwIfAborted();
      const batch = order.batches[order.batch[i]!]!;
      const at = order.row[i]!;
      const t = batch.time[at]!;
      if (t >= before) return i;
      const host = batch.host[at]!;
      if (host !== lastHost || !current || t >= current.until || current.found !== boots.found) {
        current = passOf(host, t, passes, boots, processes, intervals, strings, clocks, outlivesHangUp);
        lastHost = host;
      }
      lastMoment.set(host, t);
      const { pass, snapshots } = current;
      const kind = batch.kind[at]!;
      const pid = batch.pid[at]!;
      if (kind === CODE.snapshot) {
        snapshots.taken(t, Number.isNaN(batch.start[at]!) ? t : batch.start[at]!, batch.other[at]!);
        continue;
      }
      if (pid <= 0) {
        if (keepAssignments && kind === CODE.log && batch.key[at] === accessLog) requests.add(host, t, strings.text(batch.comm[at]!) ?? '', assigned.get(batch)!.row, at);
        continue;
      }
      let row: number;
      let other = NO_PROCESS;
      if (batch.serial[at] === 0 && LOG_KINDS.has(kind)) {
        row = pass.named(pid, t);
        if (row !== NO_PROCESS && processes.comm[row] === 0 && processes.exe[row] === 0) processes.comm[row] = batch.comm[at]!;
        if (!forgetting || !forksSince.has(host)) brokers.see(batch, at, row);
        if (keepAssignments) assigned.get(batch)!.row[at] = row;
        continue;
      }
      if (kind === CODE.exit && batch.message[at] === noLongerListed) {
        const listed = snapshots.shows(pid, t); // what is gone and what is there may lie in two files
        if (listed !== NO_PROCESS) {
          if (keepAssignments) assigned.get(batch)!.row[at] = listed;
          continue;
        }
      }
      switch (kind) {
        case CODE.seen:
          row = snapshots.seen(batch, at);
          break;
        case CODE.login: {
          const known = pass.byPid.get(pid);
          if (known !== undefined && pass.deaths.isAlive(known)) processes.ses[known] = batch.ses[at]!; // before anything compares sessions
          row = pass.lifetime(pid, batch.ppid[at]!, ID_NOT_STATED, t);
          processes.ses[row] = batch.ses[at]!;
          processes.auid[row] = batch.auid[at]!;
          const record: LoginRecord = { host, boot: pass.boot, ses: batch.ses[at]!, auid: batch.auid[at]!, start: t, end: NaN, leader: row };
          logins.push(record);
          open.set(`${host} ${pass.boot} ${record.ses}`, record);
          break;
        }
        case CODE.session:
        case CODE.authentication:
        case CODE.iam: {
          row = pass.recorded(batch, at, batch.exe[at]);
          // A PAM record names the program that wrote it, and the kernel stamps its session: all that is known of a process that never execs on record.
          if (processes.exe[row] === 0) processes.exe[row] = batch.exe[at]!;
          if (batch.ses[at] !== ID_NOT_STATED) processes.ses[row] = batch.ses[at]!;
          if (batch.auid[at] !== ID_NOT_STATED) processes.auid[row] = batch.auid[at]!;
          if (kind === CODE.session && batch.operation[at] === CLOSED) {
            const login = open.get(`${host} ${pass.boot} ${batch.ses[at]!}`);
            if (login && login.leader === row) login.end = t;
          }
          break;
        }
        case CODE.service:
        case CODE.boot:
        case CODE.configuration:
        case CODE.log:
          row = pass.recorded(batch, at, batch.exe[at]);
          // the system call that changed something; a report on a service is about the service, not the manager that writes it
          if (kind !== CODE.service && batch.exe[at] !== 0) describeProcess(processes, row, batch, at);
          break;
        default: {
          row = pass.recorded(batch, at, kind === CODE.exec ? undefined : batch.exe[at]!);
          if (kind === CODE.exec) {
            if (!forksSince.has(host)) terminals.see(batch, at, row);
            processes.args[row] = 0;
            processes.execs[row]!++;
          }
          describeProcess(processes, row, batch, at);
          if (kind !== CODE.exit && kind !== CODE.threadExit) processes.lastActive[row] = t;
          if (processes.firstRecord[row] === Infinity) processes.firstRecord[row] = t;
          switch (kind) {
            case CODE.exec: {
              const program = programs.add(t, NaN, batch.comm[at]!, batch.exe[at]!, batch.args[at]!, -1);
              if (processes.lastProgram[row] === -1) processes.firstProgram[row] = program;
              else programs.next[processes.lastProgram[row]!] = program;
              processes.lastProgram[row] = program;
              knowSubreaper(processes, row, strings);
              break;
            }
            case CODE.fork:
              if (!forksSince.has(host)) forksSince.set(host, t);
              other = pass.fork(row, batch.other[at]!, batch.flags[at]!, t);
              break;
            case CODE.exit:
              exitsSeen.add(host);
              leave(pass, row, batch.exitCode[at]!, t);
              pass.deaths.exit(row, batch.exitCode[at]!, batch.ppid[at]!, t);
              break;
            case CODE.socket:
              if (keepAssignments && batch.operation[at] === LISTENING) requests.listens(row, batch.port[at]!);
              break;
            case CODE.setsid:
              processes.sid[row] = pid;
              processes.pgid[row] = pid;
              processes.setsidAt[row] = t;
              processes.tty[row] = 0; // a new session has no terminal until it opens one (kernel/sys.c, ksys_setsid clears it)
              break;
            case CODE.subreaper:
              processes.subreaper[row] = batch.flags[at]!;
              break;
            case CODE.signal:
              other = pass.deaths.signal(row, batch.other[at]!, batch.flags[at]!, t, batch.outcome[at] === 1);
              break;
            default:
          }
        }
      }
      if (!forgetting || !forksSince.has(host)) brokers.see(batch, at, row);
      if (keepAssignments) {
        const about = assigned.get(batch)!;
        about.row[at] = row;
        about.other[at] = other;
      }
    }
    return order.count;
  }
}

interface Pass {
  readonly pass: HostPass;
  readonly snapshots: Snapshots;
  /** Where its boot ends, as far as `found` boundaries tell. */
  until: number;
  found: number;
}

/** The pass of a host's boot at a time; a new boot ends everything of the one before. */
function passOf(host: number, t: number, passes: Map<number, Pass>, boots: Boots, processes: Processes, intervals: Links, strings: StringTable, clocks: PidClocks, outlivesHangUp: (row: number) => boolean): Pass {
  const { boot, from, until } = boots.at(host, t);
  const known = passes.get(host);
  if (known && known.pass.boot === boot) {
    known.until = until;
    known.found = boots.found;
    return known;
  }
  if (known) {
    for (const row of known.pass.byPid.values()) {
      if (!known.pass.deaths.isAlive(row)) continue;
      processes.firstChild[row] = NO_PROCESS; // nobody is adopted by a reboot
      known.pass.deaths.end(row, from, BASIS_DERIVED, END_WHY.reboot);
    }
  }
  const pass = new HostPass(host, boot, processes, intervals, outlivesHangUp, clocks.of(host, t));
  const made = { pass, snapshots: new Snapshots(pass, processes, strings), until, found: boots.found };
  passes.set(host, made);
  return made;
}

/** Programs that leave only when their child has ended; a session's sshd closes it when its command has (session.c, session_exit_message). */
const WAITERS: ReadonlySet<string> = new Set(['timeout', 'run-parts', 'sudo', 'su', 'time', 'runuser', 'sshd', 'sshd-session']);
