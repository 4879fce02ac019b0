import { SECOND } from './clock.js';
import type { Fact } from './facts.js';
import type { ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type LineReading, lineFormat, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { zoneGuessed } from './snapshotCoverage.js';
import { factOfCall, signalNumber } from './straceCalls.js';
import { timeOfDay, TracerClock } from './tracerClock.js';

const LONGEST = 1 << 16;
/** [pid 812] or 812 where several are traced, then the time by -t, -tt, -ttt or -r, then what happened. */
const LINE = /^(?:\[pid +(\d{1,10})(?:<[^>]{0,64}>)?\] |(\d{1,10})(?:<[^>]{0,64}>)? +(?=[a-z0-9_<+\-\d]))? *(?:(\d\d:\d\d:\d\d(?:\.\d{1,6})?)|(\d{9,11}\.\d{1,9})|\(?[+ ]*(\d{1,8}\.\d{6})\)?)? *(.*)$/s;
const CALL = /^([a-z_][a-z0-9_]{0,40})\((.*)$/s;
const RESUMED = /^<\.\.\. ([a-z_][a-z0-9_]{0,40}) resumed>(.*)$/s;
const RESULT = /^(.*)\) += +(\?|-?\d+.*|0x[0-9a-f]+.*)$/s;
const UNFINISHED = / ?<unfinished \.\.\.>\s*$/;
const ENDED = /^\+\+\+ (?:exited with (\d{1,3})|killed by (SIG\w+)(?: \(core dumped\))?) \+\+\+\s*$/;
const ATTACHED = /^strace: Process (\d{1,10}) attached\s*$/;
const CLONE_THREAD = 0x10000;

/**
 * strace with -f or -ff (FORMATS 6): forks with their flags, execs, ends of everything below one process. The number that a fork returns is the one of the
 * caller's pid namespace. Lines without a pid are those of the only traced process, or of the first one, whose pid the others' lines give away.
 */
export const straceFormat = lineFormat({
  id: 'strace',
  title: 'strace',
  sniff(head) {
    const lines = head.split('\n').slice(0, 40);
    if (lines.length > 1) lines.pop();
    const written = lines.filter((line) => line.trim() !== '' && line.length <= LONGEST);
    const hits = written.filter((line) => {
      const what = LINE.exec(line)?.[6] ?? '';
      return (CALL.test(what) && (RESULT.test(what) || UNFINISHED.test(what))) || RESUMED.test(what) || ENDED.test(what) || ATTACHED.test(line) || /^--- SIG[A-Z]+ /.test(what);
    }).length;
    return hits > 1 && hits * 3 >= written.length * 2 ? 0.85 : 0;
  },
  // Of -ff each file is one process, whose pid ends its name.
  reading: (context, member) => new StraceReading(context, pidIn(/\.(\d{1,10})$/.exec(member.path)?.[1])),
});

/** Pid of the first process, while no line has told it. */
const FIRST = 0;

interface Held {
  readonly fact: Omit<Fact, 'time' | 'pid'>;
  readonly pid: number;
  readonly from: Provenance;
  readonly moment: Moment;
}

type Moment = { readonly kind: 'clock' | 'epoch' | 'elapsed'; readonly micros: number };

class StraceReading implements LineReading {
  private readonly held: Held[] = [];
  private readonly unfinished = new Map<number, { readonly text: string; readonly from: Provenance; readonly moment: Moment }>();
  private readonly alive = new Set<number>();
  private readonly born = new Set<number>();
  private readonly threads = new Set<number>();
  private readonly leaving = new Map<number, Held>();
  private readonly ended = new Set<number>();
  private first: number;
  private isFirstAlive = true;
  private hasSpoken = false;
  private elapsed = 0;

  constructor(
    private readonly context: ParseContext,
    ownPid: number,
  ) {
    this.first = ownPid > 0 ? ownPid : FIRST;
  }

  line(text: string, from: Provenance): Verdict {
    if (text.length > LONGEST) return { trouble: 'a line that is no call of strace' };
    const attached = ATTACHED.exec(text);
    if (attached) {
      // By -p the first is attached before anybody has spoken.
      if (this.first === FIRST && !this.hasSpoken) this.first = pidIn(attached[1]);
      else this.alive.add(pidIn(attached[1]));
      return UNDERSTOOD;
    }
    if (/^strace: /.test(text)) return NOT_NEEDED;
    const [, bracketed, plain, clock, epoch, elapsed, what = ''] = LINE.exec(text) ?? [];
    const moment = this.momentOf(clock, epoch, elapsed);
    this.hasSpoken = true;
    const stated = pidIn(bracketed ?? plain);
    const pid = stated > 0 ? stated : this.unnamed();
    if (stated > 0) this.sees(stated);
    const resumed = RESUMED.exec(what);
    const begun = resumed ? this.unfinished.get(pid) : undefined;
    if (resumed && !begun) return NOT_NEEDED; // its beginning was cut off
    if (begun) this.unfinished.delete(pid);
    const call = CALL.exec(begun ? begun.text + (resumed?.[2] ?? '') : what);
    if (call) {
      if (!resumed && UNFINISHED.test(what)) {
        this.unfinished.set(pid, { text: what.replace(UNFINISHED, ''), from, moment });
        return UNDERSTOOD;
      }
      const result = RESULT.exec(call[2] ?? '');
      if (!result) return { trouble: 'a call of strace that breaks off' };
      return this.called(call[1] ?? '', result[1] ?? '', result[2] ?? '', pid, begun?.from ?? from, begun?.moment ?? moment);
    }
    const ended = ENDED.exec(what);
    if (ended) {
      const exitCode = ended[1] !== undefined ? Number(ended[1]) : 128 + signalNumber(ended[2]);
      this.held.push({ fact: this.threads.has(pid) ? { kind: 'threadExit' } : { kind: 'exit', exitCode }, pid, from, moment });
      this.leaves(pid);
      return UNDERSTOOD;
    }
    return /^---|^\+\+\+/.test(what) ? NOT_NEEDED : { trouble: 'a line that is no call of strace' };
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    // With -qq nothing tells the end but the call that asked for it.
    for (const [pid, exit] of this.leaving) if (!this.ended.has(pid === FIRST ? this.first : pid)) this.held.push(exit);
    const clock = new TracerClock(this.context);
    const isTimeOfDay = this.held.some(({ moment }) => moment.kind === 'clock');
    let serial = 0;
    for (const { fact, pid, from, moment } of this.held) {
      const whole = { ...fact, pid: pid === FIRST ? this.first : pid, time: moment.micros };
      serial++;
      if (whole.pid === FIRST) continue; // nothing tells who it was
      if (moment.kind === 'epoch') yield [{ ...whole, serial }, from] as const;
      else if (moment.kind === 'clock') clock.atTimeOfDay(whole, from, moment.micros);
      else clock.atElapsed(whole, from, moment.micros);
    }
    yield* clock.dated(isTimeOfDay);
  }

  gaps(): ReturnType<NonNullable<LineReading['gaps']>> {
    const isLocal = this.held.some(({ moment }) => moment.kind === 'clock');
    return isLocal && this.context.zoneMinutes === undefined ? [zoneGuessed(0, false)] : [];
  }

  private called(name: string, args: string, result: string, pid: number, from: Provenance, moment: Moment): Verdict {
    if (name === 'exit_group') {
      const exitCode = Number(/^\d{1,10}/.exec(args)?.[0] ?? NaN) & 0xff;
      this.leaving.set(pid, { fact: { kind: 'exit', exitCode }, pid, from, moment });
      return UNDERSTOOD;
    }
    const fact = factOfCall(name, args, result);
    if (!fact) return NOT_NEEDED;
    if (fact.kind === 'fork' && fact.other !== undefined) {
      this.born.add(fact.other);
      this.alive.add(fact.other);
      if (((fact.flags ?? 0) & CLONE_THREAD) !== 0) this.threads.add(fact.other);
    }
    this.held.push({ fact, pid, from, moment });
    return UNDERSTOOD;
  }

  /** Whose line it is that names nobody. */
  private unnamed(): number {
    if (!this.isFirstAlive && this.alive.size === 1) for (const only of this.alive) return only;
    return this.first;
  }

  /** A pid that speaks and that nobody made is the first one's. */
  private sees(pid: number): void {
    if (this.first === FIRST && !this.born.has(pid) && !this.alive.has(pid)) {
      this.first = pid;
      const unfinished = this.unfinished.get(FIRST);
      if (unfinished) this.unfinished.set(pid, unfinished);
      this.unfinished.delete(FIRST);
    }
    if (pid !== this.first) this.alive.add(pid);
  }

  private leaves(pid: number): void {
    this.ended.add(pid);
    this.alive.delete(pid);
    this.leaving.delete(pid);
    if (pid === this.first || pid === FIRST) this.isFirstAlive = false;
  }

  private momentOf(clock: string | undefined, epoch: string | undefined, elapsed: string | undefined): Moment {
    if (clock !== undefined) return { kind: 'clock', micros: timeOfDay(clock) };
    if (epoch !== undefined) return { kind: 'epoch', micros: Math.round(Number(epoch) * SECOND) };
    if (elapsed === undefined) return { kind: 'elapsed', micros: NaN };
    this.elapsed += Math.round(Number(elapsed) * SECOND);
    return { kind: 'elapsed', micros: this.elapsed };
  }
}
