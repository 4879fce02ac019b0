import type { ObservationKind } from '../model/index.js';
import { SECOND } from './clock.js';
import type { Fact } from './facts.js';
import type { Format, ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, type LineReading, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { SensorCoverage } from './sensorCoverage.js';
import { signalNumber } from './straceCalls.js';
import { timeOfDay, TracerClock } from './tracerClock.js';

/** A tracer of one event that prints a table: stamp, pid, name, and what it is about. */
interface Snoop {
  readonly id: string;
  readonly header: RegExp;
  /** Its first three groups are the stamp (time of day, or milliseconds since it began), the pid and the name. */
  readonly row: RegExp;
  readonly kind: ObservationKind;
  /** What a row says beyond its first three groups. */
  readonly says: (groups: readonly (string | undefined)[]) => Partial<Fact>;
}

/** No row of one is near this. */
const LONGEST = 4096;

/** Both names of the tool print the same: bcc's and bpftrace's killsnoop, libbpf-tools' sigsnoop. A target below 0 is a process group: it names no one process. */
const KILLSNOOP: Snoop = {
  id: 'killsnoop',
  header: /^TIME +PID +COMM +SIG +TPID +RESULT\s*$/,
  row: /^(\d\d:\d\d:\d\d(?:\.\d{1,6})?) +(\d{1,10}) +(.*?) +(\d{1,2}|SIG[A-Z0-9]{1,9}) +(-?\d{1,10}) +(-?\d{1,4})\s*$/,
  kind: 'signal',
  says: ([, , , , signal = '', target, result]) => ({
    flags: /^\d/.test(signal) ? Number(signal) : signalNumber(signal),
    other: pidIn(target) > 0 ? pidIn(target) : undefined,
    outcome: result === '0' ? 'success' : 'failure',
  }),
};

/** A thread is no process of its own: all that a row tells is that its process was alive, under that name. */
const THREADSNOOP: Snoop = {
  id: 'threadsnoop',
  header: /^TIME(?:\(ms\))? +PID +COMM +FUNC\s*$/,
  row: /^(\d{1,12}|\d\d:\d\d:\d\d(?:\.\d{1,6})?) +(\d{1,10}) +(.*?) +\S+\s*$/,
  kind: 'sight',
  says: () => ({}),
};

/** killsnoop: who sent which signal to whom (bcc, tools/killsnoop_example.txt). It names no parent; a SIGKILL that arrived ends its target. */
export const killsnoopFormat = snoopFormat(KILLSNOOP);
/** threadsnoop: who made a thread (bcc, tools/threadsnoop_example.txt). */
export const threadsnoopFormat = snoopFormat(THREADSNOOP);

function snoopFormat(snoop: Snoop): Format {
  return lineFormat({
    id: snoop.id,
    title: snoop.id,
    sniff: (head) => (head.split('\n').some((line) => snoop.header.test(line)) ? 0.92 : 0),
    reading: (context) => new SnoopReading(snoop, context),
  });
}

class SnoopReading implements LineReading {
  private readonly clock: TracerClock;
  private isTimeOfDay = true;

  constructor(
    private readonly snoop: Snoop,
    context: ParseContext,
  ) {
    this.clock = new TracerClock(context);
  }

  line(text: string, from: Provenance): Verdict {
    const { id, header, row, kind, says } = this.snoop;
    if (header.test(text)) {
      this.isTimeOfDay = !text.startsWith('TIME(ms)');
      return NOT_NEEDED;
    }
    if (/^Attaching \d+ probe|^Tracing |^\[\.\.\.\]/.test(text)) return NOT_NEEDED;
    const groups = text.length > LONGEST ? null : row.exec(text);
    const [, stamp, pidText, comm] = groups ?? [];
    const pid = pidIn(pidText);
    const micros = this.isTimeOfDay ? timeOfDay(stamp) : (Number(stamp) * SECOND) / 1000;
    if (!groups || pid <= 0 || Number.isNaN(micros)) return { trouble: `a line that is no row of ${id}` };
    const fact: Fact = { kind, time: NaN, pid, comm, ...says(groups) };
    if (this.isTimeOfDay) this.clock.atTimeOfDay(fact, from, micros);
    else this.clock.atElapsed(fact, from, micros);
    return UNDERSTOOD;
  }

  end() {
    return this.clock.dated(this.isTimeOfDay);
  }

  gaps() {
    const coverage = new SensorCoverage();
    coverage.sees(this.snoop.kind);
    return coverage.gaps();
  }
}
