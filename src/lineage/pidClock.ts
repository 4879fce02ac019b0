import { type Batch, type ObservationKind, OBSERVATION_KINDS } from '../model/index.js';

/** Pids below this are given once, at boot; after a wrap the kernel goes on from here (RESERVED_PIDS, kernel/pid.c). */
const RESERVED_PIDS = 300;
/** Limits that a kernel starts with (pid_max in kernel/pid.c: 32768; systemd raises it to 4194304): there the numbers wrap. */
const USUAL_LIMITS = [32_768, 4_194_304];
/** A newborn shows itself when later ones have too: this many births late at most. */
const LATE_BIRTHS = 64;
/** Births that leave no record (forks that run no program) come between two that do: this many at most, else the counter jumped. */
const SILENT_BIRTHS = 200;
/** So many newcomers in a row, while the counter stood: the numbers wrapped, or were set. A number that was never seen before weighs more. */
const CONFIRMED = 8;
const WEIGHT_UNKNOWN = 2;
/** So many runs of strays are followed: old processes act between newcomers. */
const RUNS_KEPT = 8;
/** A wrap or jump counts as so many births: nobody born before is near any more. */
const JUMP_BIRTHS = SILENT_BIRTHS + LATE_BIRTHS;
/** How far back what is known now changes what held then; an answer is final once records of this much later were fed. */
export const HINDSIGHT_MICROS = 60_000_000;
/** Steps of the counter that nobody asks for any more are let go when there are so many. */
const KEPT_STEPS = 1 << 16;
/** Kinds of record that a process makes itself, soon after its birth or later. */
const OWN_KINDS: ReadonlySet<number> = new Set((['exec', 'login', 'session', 'authentication', 'sight', 'file', 'socket'] satisfies ObservationKind[]).map((kind) => OBSERVATION_KINDS.indexOf(kind)));
const EXEC = OBSERVATION_KINDS.indexOf('exec');
const FORK = OBSERVATION_KINDS.indexOf('fork');

interface Run {
  readonly times: number[];
  readonly pids: number[];
  weight: number;
}

/**
 * The kernel gives pids one after the other (alloc_pid, idr_alloc_cyclic), so where its counter stands tells newcomers from old processes, also where
 * a number comes round again. Fed with the pids that records show, in order of time; where the counter wraps or jumps is seen from what follows, and
 * holds from the first newcomer there. Then asked, in order of time.
 */
export class PidClock {
  /** Where numbers wrap, and since when that is known. */
  private readonly limits = USUAL_LIMITS.map((limit) => ({ limit, since: -Infinity }));
  private readonly known = new Set<number>();
  /** What was fed: where the counter stood and how many births had been counted, from a time on. */
  private readonly times: number[] = [];
  private readonly heads: number[] = [];
  private readonly counts: number[] = [];
  /** Runs of newcomers far from the counter, each just ahead of the one before: it may have gone there. The latest run last. */
  private strays: Run[] = [];
  private asked = 0;
  private askedAt = -Infinity;

  /** A process acts that may have been born just now. */
  feed(pid: number, t: number): void {
    const unknown = !this.known.has(pid);
    this.known.add(pid);
    const at = this.times.length - 1;
    if (at < 0) return this.stand(pid, 0, t);
    const ahead = this.ahead(this.heads[at]!, pid, t);
    if (ahead !== undefined) {
      if (ahead <= 0) return;
      this.strays = []; // the counter went on, so those were old processes
      return this.stand(pid, this.counts[at]! + ahead, t);
    }
    const weight = unknown ? WEIGHT_UNKNOWN : 1;
    for (const run of this.strays) {
      const further = this.ahead(run.pids.at(-1)!, pid, t);
      if (further === undefined) continue;
      if (further <= 0) return;
      run.times.push(t);
      run.pids.push(pid);
      run.weight += weight;
      if (run.weight >= CONFIRMED) this.jump(run, t);
      return;
    }
    if (this.strays.length === RUNS_KEPT) this.strays.shift();
    this.strays.push({ times: [t], pids: [pid], weight });
  }

  /** Goes on to the last record at or before `t`; times must not go back. */
  at(t: number): void {
    this.askedAt = t;
    while (this.asked + 1 < this.times.length && this.times[this.asked + 1]! <= t) this.asked++;
    if (this.asked < KEPT_STEPS) return;
    for (const steps of [this.times, this.heads, this.counts]) steps.splice(0, this.asked);
    this.asked = 0;
  }

  /** Births counted so far; the difference of two moments is how many pids were given between them, at least. */
  births(): number {
    return this.counts[this.asked] ?? 0;
  }

  /** The number of a birth, as the count of births goes on over wraps: exact for who was born just now, else that of the moment. */
  birthOf(pid: number): number {
    const head = this.heads[this.asked];
    return this.births() + (head === undefined ? 0 : (this.ahead(head, pid, this.askedAt) ?? 0));
  }

  /** Is it this pid's turn: may its holder have been born just now? */
  isTurnOf(pid: number): boolean {
    const head = this.heads[this.asked];
    return head !== undefined && this.ahead(head, pid, this.askedAt) !== undefined;
  }

  private jump(run: Run, t: number): void {
    const { pids } = run;
    const times = run.times.map((time) => Math.max(time, t - HINDSIGHT_MICROS));
    const at = this.times.length - 1;
    const head = this.heads[at]!;
    if (pids[0]! < head) this.limits.push({ limit: head + 1, since: times[0]! }); // where it wrapped once it may wrap again
    let count = this.counts[at]! + JUMP_BIRTHS;
    for (const [step, pid] of pids.entries()) {
      if (step > 0) count += this.ahead(pids[step - 1]!, pid, t)!;
      this.stand(pid, count, times[step]!);
    }
    this.strays = [];
  }

  private stand(pid: number, count: number, t: number): void {
    this.times.push(t);
    this.heads.push(pid);
    this.counts.push(count);
  }

  /** Births from one number to another, over a wrap where one is due; negative when behind by little; undefined when far apart. */
  private ahead(from: number, pid: number, t: number): number | undefined {
    const straight = pid - from;
    if (straight >= -LATE_BIRTHS && straight <= SILENT_BIRTHS) return straight;
    for (const { limit, since } of this.limits) {
      if (since > t) continue;
      if (pid < from && Math.abs(from - limit) <= SILENT_BIRTHS && pid >= RESERVED_PIDS) {
        const over = Math.max(0, limit - from) + pid - RESERVED_PIDS + 1;
        if (over <= SILENT_BIRTHS) return over;
      }
      if (from < pid && Math.abs(pid - limit) <= LATE_BIRTHS && from >= RESERVED_PIDS) {
        const behind = Math.max(0, limit - pid) + from - RESERVED_PIDS + 1;
        if (behind <= LATE_BIRTHS) return -behind;
      }
    }
    return undefined;
  }
}

/** The pid clocks of hosts, each until the first fork is on record there: from then on a birth says who is new. Fed with all rows in order of time. */
export class PidClocks {
  private readonly clocks = new Map<number, PidClock>();
  private readonly forksFrom = new Map<number, number>();

  feed(batch: Batch, at: number, t: number): void {
    const host = batch.host[at]!;
    if (this.forksFrom.has(host)) return;
    const kind = batch.kind[at]!;
    if (kind === FORK) {
      this.forksFrom.set(host, t);
      return;
    }
    let clock = this.clocks.get(host);
    if (!clock) this.clocks.set(host, (clock = new PidClock()));
    if (batch.pid[at]! <= 2 || !OWN_KINDS.has(kind)) return;
    if (batch.serial[at] === 0 && kind !== EXEC) return; // a log's line is late
    clock.feed(batch.pid[at]!, t);
  }

  /** The clock of a host at a time; undefined where births are on record. */
  of(host: number, t: number): PidClock | undefined {
    return t < (this.forksFrom.get(host) ?? Infinity) ? this.clocks.get(host) : undefined;
  }

  /** Answers about times from here on may still change, when the last row fed was of time `newest`. */
  openFrom(newest: number): number {
    return this.clocks.size > this.forksFrom.size || [...this.clocks.keys()].some((host) => !this.forksFrom.has(host)) ? newest - HINDSIGHT_MICROS : Infinity;
  }
}
