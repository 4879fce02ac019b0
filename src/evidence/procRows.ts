import { type Batch, ID_NOT_STATED, NO_STRING, NOT_STATED, type StringId } from '../model/index.js';
import { KIND, OPERATION, PARENT_KIND } from './batch.js';
import { cgroupPath, containerOfCgroup, unitOfCgroup } from './cgroup.js';
import { MINUTE, SECOND } from './clock.js';
import type { ParseContext } from './format.js';
import { type ProcStat, type ProcStatus, wholeNumber } from './procStatus.js';
import { partOnly, SNAPSHOT_GAPS, takenGuessed } from './snapshotCoverage.js';
import { internSome, SnapshotRows } from './snapshotRows.js';

/** Ticks a second that the kernel tells user space (USER_HZ), where the collector does not state it. */
const USER_HZ = 100;
const PID_MOST = 0x7fffffff;

/** The files of one process as they were read; absent where the collector took none or was not allowed to. */
export interface ProcProcess {
  readonly pid: number;
  readonly stat: ProcStat | undefined;
  readonly status: ProcStatus | undefined;
  readonly comm: string | undefined;
  /** Arguments with NUL between them. */
  readonly args: StringId;
  readonly cgroup: string | undefined;
  readonly loginuid: string | undefined;
  readonly sessionid: string | undefined;
  readonly exe: string | undefined;
  readonly cwd: string | undefined;
  /** Target of ns/pid: `pid:[4026531836]`. */
  readonly pidNamespace: string | undefined;
}

/** Where the words of a row stand in the evidence. */
export interface Provenance {
  readonly member: number;
  readonly offset: number;
  readonly byteLength: number;
}

/** The machine and the moment of a snapshot, from what the collector noted. */
export interface ProcMoment {
  readonly host: string | undefined;
  readonly bootId: string | undefined;
  /** When the machine came up, microseconds; NaN when nothing tells. */
  readonly bootMicros: number;
  /** How exact that is, microseconds: btime is whole seconds. */
  readonly bootGrain: number;
  readonly ticksPerSecond: number | undefined;
  /** When the walk over the processes began; undefined: as the context says. */
  readonly takenMicros: number | undefined;
  /** When it ended; undefined: not known. */
  readonly untilMicros?: number | undefined;
  /** True when takenMicros is only what the copy's files say of themselves. */
  readonly isTakenWeak: boolean;
  readonly from: Provenance;
  /** Why this is not a whole snapshot; undefined when it is one. */
  readonly partBecause: string | undefined;
}

/** A copy of /proc that does not tell how long it took took less. */
const WALK_MOST = MINUTE;
/** btime and the clock less the uptime are one moment; further apart than this they speak of different clocks. */
const BOOT_TOLERANCE = 2 * SECOND;

/**
 * When the machine came up, microseconds, and how exact that is. The clock at which uptime was read, less uptime, is exact to 10 ms, while btime is
 * cut to whole seconds and drifts (0.9 and 1.2 s off in two lab captures). btime decides where the two do not fit.
 */
export function bootOf(
  btime: number | undefined,
  uptimeReadAt: number | undefined,
  uptime: number | undefined,
): { readonly micros: number; readonly grain: number } {
  if (uptimeReadAt === undefined || uptime === undefined) return { micros: btime ?? NaN, grain: SECOND };
  const exact = Math.round(uptimeReadAt - uptime);
  if (btime !== undefined && Math.abs(exact - btime) > BOOT_TOLERANCE) return { micros: btime, grain: SECOND };
  // A time of whole seconds is what an archive or a copy left of a finer one.
  return { micros: exact, grain: uptimeReadAt % SECOND === 0 ? SECOND : 0 };
}

/** Collects the processes of one /proc snapshot and dates them at the end. */
export class ProcRows {
  private readonly rows = new SnapshotRows();
  private readonly ticks: number[] = [];
  private hasInit = false;

  constructor(private readonly context: ParseContext) {}

  get count(): number {
    return this.rows.count;
  }

  /** Adds a process; false when neither stat nor status says enough (or it is a thread). */
  add(process: ProcProcess, from: Provenance): boolean {
    const { stat, status } = process;
    if (process.pid < 1 || process.pid > PID_MOST || (!stat && !status)) return false;
    if (status && status.tgid > 0 && status.tgid !== status.pid) return false;
    const { strings } = this.context;
    const { batch, at } = this.rows.add();
    this.ticks.push(stat?.startTicks ?? NaN);
    if (process.pid === 1) this.hasInit = true;
    batch.kind[at] = KIND.seen;
    place(batch, at, from);
    batch.pid[at] = process.pid;
    const ppid = stat?.ppid ?? status?.ppid ?? NOT_STATED;
    if (ppid !== NOT_STATED) {
      batch.ppid[at] = ppid;
      batch.parentKind[at] = PARENT_KIND.atCapture;
    }
    batch.pgid[at] = stat?.pgrp ?? status?.pgid ?? NOT_STATED;
    batch.sid[at] = stat?.session ?? status?.sid ?? NOT_STATED;
    batch.tty[at] = internSome(strings, stat?.tty);
    batch.comm[at] = internSome(strings, process.comm ?? stat?.comm ?? status?.name);
    batch.args[at] = process.args;
    batch.zombie[at] = /^[ZX]/i.test(stat?.state ?? status?.state ?? '') ? 1 : 0;
    if (status) {
      batch.uid[at] = idOf(status.uid);
      batch.euid[at] = idOf(status.euid);
      batch.gid[at] = idOf(status.gid);
      batch.namespacePid[at] = status.namespacePid;
      batch.signalsIgnored[at] = status.signalsIgnored;
      if (status.tracer > 0) batch.tracer[at] = status.tracer;
    }
    batch.auid[at] = idOf(wholeNumber(process.loginuid?.trim()));
    batch.ses[at] = idOf(wholeNumber(process.sessionid?.trim()));
    const namespace = /^pid:\[(\d{1,10})\]$/.exec(process.pidNamespace ?? '')?.[1];
    if (namespace !== undefined) batch.pidNamespace[at] = Math.max(0, wholeNumber(namespace));
    this.cgroup(batch, at, process.cgroup);
    this.executable(batch, at, process.exe);
    batch.cwd[at] = internSome(strings, process.cwd);
    return true;
  }

  private cgroup(batch: Batch, at: number, text: string | undefined): void {
    const path = cgroupPath(text ?? '');
    if (path === undefined) return;
    batch.cgroup[at] = internSome(this.context.strings, path);
    batch.unit[at] = internSome(this.context.strings, unitOfCgroup(path));
    batch.container[at] = internSome(this.context.strings, containerOfCgroup(path));
  }

  private executable(batch: Batch, at: number, exe: string | undefined): void {
    if (exe === undefined) return;
    const isDeleted = exe.endsWith(' (deleted)'); // the kernel's own mark, dcache.c: a path is never shown with it otherwise
    batch.exe[at] = internSome(this.context.strings, isDeleted ? exe.slice(0, -' (deleted)'.length) : exe);
    if (isDeleted) batch.exeDeleted[at] = 1;
  }

  /** The batches: boot first, then the processes, then the word that the snapshot is whole. */
  finish(moment: ProcMoment): Batch[] {
    const { context, rows } = this;
    if (rows.count === 0) return [];
    const taken = moment.takenMicros ?? context.takenMicros;
    const host = moment.host === undefined ? NO_STRING : context.strings.internText(moment.host);
    const perTick = SECOND / (moment.ticksPerSecond ?? USER_HZ);
    rows.each((batch, at, index) => {
      const start = moment.bootMicros + (this.ticks[index] ?? NaN) * perTick;
      batch.host[at] = host;
      if (!Number.isNaN(start)) {
        batch.start[at] = batch.startFrom[at] = Math.round(start);
        batch.startUntil[at] = Math.round(start + Math.max(perTick, moment.bootGrain));
      }
      // Who began while the collector walked is seen at its own start: no observation of it may lie before its birth.
      batch.time[at] = taken === undefined ? NaN : start > taken && start < taken + 10 * MINUTE ? Math.round(start) : taken;
    });
    const isWhole = moment.partBecause === undefined && this.hasInit;
    if (isWhole && taken !== undefined) {
      const seen = rows.count;
      const { batch, at } = rows.add();
      batch.kind[at] = KIND.snapshot;
      batch.host[at] = host;
      // Who ended while the collector walked is missing from it: it says who is gone only once the walk is over.
      batch.time[at] = Math.max(moment.untilMicros ?? taken + WALK_MOST, taken);
      batch.start[at] = taken;
      batch.other[at] = seen;
      place(batch, at, moment.from);
    }
    this.cover(moment);
    return [...this.boot(moment, host), ...rows.take()];
  }

  private boot(moment: ProcMoment, host: StringId): Batch[] {
    if (Number.isNaN(moment.bootMicros)) return [];
    const rows = new SnapshotRows();
    const { batch, at } = rows.add();
    batch.kind[at] = KIND.boot;
    batch.operation[at] = OPERATION.up;
    batch.host[at] = host;
    batch.time[at] = moment.bootMicros;
    batch.message[at] = internSome(this.context.strings, moment.bootId);
    place(batch, at, moment.from);
    return rows.take();
  }

  private cover(moment: ProcMoment): void {
    const { context } = this;
    for (const gap of SNAPSHOT_GAPS) context.cover?.(gap);
    const guessed = moment.takenMicros === undefined || moment.isTakenWeak ? takenGuessed(context) : undefined;
    if (guessed) context.cover?.(guessed);
    const why = moment.partBecause ?? (this.hasInit ? undefined : 'pid 1 is not in it');
    if (why !== undefined) context.cover?.(partOnly(why));
  }
}

function place(batch: Batch, at: number, from: Provenance): void {
  batch.member[at] = from.member;
  batch.offset[at] = from.offset;
  batch.byteLength[at] = from.byteLength;
}

function idOf(value: number): number {
  return value === NOT_STATED ? ID_NOT_STATED : value;
}
