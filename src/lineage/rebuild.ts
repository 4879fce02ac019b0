import { type Batch, BASIS_DERIVED, ID_NOT_STATED, NO_PROCESS, type ObservationKind, OBSERVATION_KINDS, OPERATIONS, type StringTable } from '../model/index.js';
import { type Boots, bootsOf } from './boots.js';
import { HostPass } from './hostPass.js';
import { Links } from './lists.js';
import { type Order, orderRows } from './order.js';
import { type PidClock, pidClocksOf } from './pidClock.js';
import { Processes } from './processes.js';
import { type LoginRecord } from './sessions.js';
import { Snapshots } from './snapshot.js';
import { describeProcess, knowSubreaper } from './traits.js';
import { END_WHY } from './why.js';

const CODE = Object.fromEntries(OBSERVATION_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<ObservationKind, number>>;
/** Kinds that a log writes, in its own words and at its own time; without a number of the kernel's they are no record of the process itself. */
const LOG_KINDS: ReadonlySet<number> = new Set([CODE.session, CODE.authentication, CODE.iam, CODE.service, CODE.boot, CODE.configuration, CODE.log]);
const CLOSED = OPERATIONS.indexOf('closed');

/** What one pass over all observations gives: processes in the order they came up, with everything linked. */
export interface Rebuilt {
  readonly processes: Processes;
  readonly intervals: Links;
  readonly programs: Links;
  readonly logins: readonly LoginRecord[];
  /** For each batch and row the process it is about, and the process of its `other`; -1 none. */
  readonly assignments: readonly Int32Array[];
  readonly others: readonly Int32Array[];
  readonly order: Order;
  /** End of the evidence for each host (StringId): the last dated observation. */
  readonly lastMoment: ReadonlyMap<number, number>;
  /** When the first fork was recorded on each host: before it their absence proves nothing. */
  readonly forksSince: ReadonlyMap<number, number>;
  /** Hosts whose evidence holds recorded exits. */
  readonly exitsSeen: ReadonlySet<number>;
}

/** Rebuilds the processes of all hosts from batches in any order. */
export function rebuild(batches: readonly Batch[], strings: StringTable, keepAssignments: boolean, signal: AbortSignal | undefined): Rebuilt {
  const order = orderRows(batches);
  const boots = bootsOf(batches, order);
  const clocks = pidClocksOf(batches, order);
  const processes = new Processes();
  const intervals = new Links();
  const programs = new Links();
  const logins: LoginRecord[] = [];
  const open = new Map<string, LoginRecord>();
  const passes = new Map<number, { pass: HostPass; snapshots: Snapshots; until: number }>();
  const lastMoment = new Map<number, number>();
  const forksSince = new Map<number, number>();
  const assignments = keepAssignments ? batches.map((batch) => new Int32Array(batch.count).fill(NO_PROCESS)) : [];
  const others = keepAssignments ? batches.map((batch) => new Int32Array(batch.count).fill(NO_PROCESS)) : [];
  const exitsSeen = new Set<number>();
  let lastHost = -1;
  let current: { pass: HostPass; snapshots: Snapshots; until: number } | undefined;

  for (let i = 0; i < order.count; i++) {
    if ((i & 0x3fff) === 0) signal?.throwIfAborted();
    const batch = batches[order.batch[i]!]!;
    const at = order.row[i]!;
    const t = batch.time[at]!;
    if (Number.isNaN(t)) continue;
    const host = batch.host[at]!;
    if (host !== lastHost || !current || t >= current.until) {
      current = passOf(host, t, passes, boots, processes, intervals, strings, clocks.get(host));
      lastHost = host;
    }
    lastMoment.set(host, t);
    const { pass, snapshots } = current;
    const kind = batch.kind[at]!;
    const pid = batch.pid[at]!;
    if (kind === CODE.snapshot) {
      snapshots.taken(t, batch.other[at]!);
      continue;
    }
    if (pid <= 0) continue;
    let row: number;
    let other = NO_PROCESS;
    if (batch.serial[at] === 0 && LOG_KINDS.has(kind)) {
      row = pass.named(pid, t);
      if (row !== NO_PROCESS && processes.comm[row] === 0 && processes.exe[row] === 0) processes.comm[row] = batch.comm[at]!;
      if (keepAssignments) assignments[order.batch[i]!]![at] = row;
      continue;
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
        row = pass.lifetime(pid, batch.ppid[at]!, batch.ses[at]!, t, batch.exe[at]!);
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
        row = pass.lifetime(pid, batch.ppid[at]!, batch.ses[at]!, t, batch.exe[at]!);
        break;
      default: {
        row = pass.lifetime(pid, batch.ppid[at]!, batch.ses[at]!, t, kind === CODE.exec ? undefined : batch.exe[at]!);
        if (kind === CODE.exec) {
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
            pass.deaths.exit(row, batch.exitCode[at]!, batch.ppid[at]!, t);
            break;
          case CODE.setsid:
            processes.sid[row] = pid;
            processes.pgid[row] = pid;
            processes.setsidAt[row] = t;
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
    if (keepAssignments) {
      assignments[order.batch[i]!]![at] = row;
      others[order.batch[i]!]![at] = other;
    }
  }
  const waits = (row: number): boolean => WAITERS.has((strings.text(processes.exe[row]!) ?? '').replace(/^.*\//, ''));
  for (const [host, { pass }] of passes) {
    pass.deaths.settle((row) => processes.host[row] === host && processes.boot[row] === pass.boot, exitsSeen.has(host), waits);
  }
  return { processes, intervals, programs, logins, assignments, others, order, lastMoment, forksSince, exitsSeen };
}

type Pass = { pass: HostPass; snapshots: Snapshots; until: number };

/** The pass of a host's boot at a time; a new boot ends everything of the one before. */
function passOf(host: number, t: number, passes: Map<number, Pass>, boots: Boots, processes: Processes, intervals: Links, strings: StringTable, clock: PidClock | undefined): Pass {
  const { boot, from, until } = boots.at(host, t);
  const known = passes.get(host);
  if (known && known.pass.boot === boot) return known;
  if (known) {
    for (const row of known.pass.byPid.values()) {
      if (!known.pass.deaths.isAlive(row)) continue;
      processes.firstChild[row] = NO_PROCESS; // nobody is adopted by a reboot
      known.pass.deaths.end(row, from, BASIS_DERIVED, END_WHY.reboot);
    }
  }
  const pass = new HostPass(host, boot, processes, intervals, clock);
  const made = { pass, snapshots: new Snapshots(pass, processes, strings), until };
  passes.set(host, made);
  return made;
}

/** Programs that leave only when their child has ended. */
const WAITERS: ReadonlySet<string> = new Set(['timeout', 'run-parts', 'sudo', 'su', 'time', 'runuser']);
