import { SECOND } from './clock.js';
import { type Fact, startOf } from './facts.js';
import type { ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, type LineReading, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { SensorCoverage } from './sensorCoverage.js';
import { timeOfDay, TracerClock } from './tracerClock.js';

const HEADER = /^(?:TIME(?:-\S+)? +)?(?:LABEL +)?PCOMM +PID +PPID +TID +AGE\(s\) +EXIT_CODE/;
const ROW = /^(?:(\d\d:\d\d:\d\d(?:\.\d{1,6})?) +)?(.*?) +(\d{1,10}) +(\d{1,10}) +(\d{1,10}) +(\d{1,9}\.\d{1,6}) +(\S.*)$/;
/** Ages are rounded to hundredths of a second. */
const AGE_GRAIN = 10_000;

/** exitsnoop of bcc (FORMATS 6): who ended, how, and how old. The parent is the kernel's at death: of an orphan its adopter. Ages date the starts where `-t` dates the ends. */
export const exitsnoopFormat = lineFormat({
  id: 'exitsnoop',
  title: 'exitsnoop',
  sniff: (head) => (head.split('\n').some((line) => HEADER.test(line)) ? 0.92 : 0),
  reading: (context) => new ExitsnoopReading(context),
});

class ExitsnoopReading implements LineReading {
  private readonly clock: TracerClock;
  private isTimeOfDay = false;

  constructor(context: ParseContext) {
    this.clock = new TracerClock(context);
  }

  line(text: string, from: Provenance): Verdict {
    if (HEADER.test(text)) {
      this.isTimeOfDay = text.startsWith('TIME');
      return NOT_NEEDED;
    }
    if (text.length > LONGEST) return { trouble: 'a line that is no row of exitsnoop' };
    const [, stamp, comm, pidText, ppidText, tid, age, how = ''] = ROW.exec(text) ?? [];
    const pid = pidIn(pidText);
    if (pid <= 0) return { trouble: 'a line that is no row of exitsnoop' };
    const code = /^(?:code )?(\d{1,3})\b/.exec(how)?.[1];
    const micros = timeOfDay(stamp);
    const born = Number(age) * SECOND;
    const fact: Fact = { kind: tid === pidText ? 'exit' : 'threadExit', time: NaN, pid, ppid: pidIn(ppidText), parentKind: 'atExit', comm, exitCode: code === undefined ? undefined : Number(code), message: code === undefined ? how.trim() : undefined };
    if (!this.isTimeOfDay) this.clock.atElapsed(fact, from, NaN);
    else if (Number.isNaN(micros)) return { trouble: 'a row of exitsnoop without its time' };
    else this.clock.atTimeOfDay({ ...fact, start: startOf(-born, AGE_GRAIN) }, from, micros);
    return UNDERSTOOD;
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    for (const [fact, from] of this.clock.dated(this.isTimeOfDay)) {
      const { start, time } = fact;
      yield [start ? { ...fact, start: startOf(time + start.from, AGE_GRAIN) } : fact, from];
    }
  }

  gaps() {
    const coverage = new SensorCoverage();
    coverage.sees('exit');
    return coverage.gaps();
  }
}

/** No row of it is near this. */
const LONGEST = 4096;
