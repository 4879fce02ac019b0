import { SECOND } from './clock.js';
import { type Fact } from './facts.js';
import { idOf } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, type LineReading, pidIn } from './lineFormat.js';
import type { ParseContext } from './format.js';
import type { Provenance } from './procRows.js';
import { SensorCoverage } from './sensorCoverage.js';
import { timeOfDay, TracerClock } from './tracerClock.js';

const BCC_HEADER = /^(TIME +)?(TIME\(s\) +)?(UID +)?P?COMM +PID +(PPID +)?RET +ARGS\s*$/;
/** bpftrace's: taken at the entry of the call, so that an exec that failed stands there too. */
const BPFTRACE_HEADER = /^TIME(?:\(ms\))? +PID +(?:PPID +)?(?:COMM +)?ARGS\s*$/;
const PERF_HEADER = /^\s*(TIMEs +)?PID +PPID +ARGS\s*$/;

/** execsnoop of bcc, of bpftrace and of perf-tools (FORMATS 6). The parent is the kernel's real_parent at exec; most runs state no date, so the last line was when the file was taken. */
export const execsnoopFormat = lineFormat({
  id: 'execsnoop',
  title: 'execsnoop',
  sniff(head) {
    const lines = head.split('\n');
    if (lines.some((line) => BCC_HEADER.test(line) || BPFTRACE_HEADER.test(line))) return 0.92;
    return lines.some((line) => PERF_HEADER.test(line)) && /Tracing exec\(\)s/.test(head) ? 0.92 : 0;
  },
  reading: (context) => new ExecsnoopReading(context),
});

class ExecsnoopReading implements LineReading {
  private columns: readonly string[] = [];
  private readonly clock: TracerClock;
  private isTimeOfDay = true;

  constructor(context: ParseContext) {
    this.clock = new TracerClock(context);
  }

  line(text: string, from: Provenance): Verdict {
    if (BCC_HEADER.test(text) || BPFTRACE_HEADER.test(text) || PERF_HEADER.test(text)) {
      this.columns = text.trim().split(/ +/);
      if (!this.columns.includes('TIME')) this.isTimeOfDay = false;
      return UNDERSTOOD;
    }
    if (/^Tracing exec|^Attaching \d+ probe|^\[\.\.\.\]/.test(text)) return NOT_NEEDED;
    const cells = this.cells(text);
    const pid = pidIn(cells?.get('PID'));
    if (!cells || pid <= 0) return { trouble: 'a line that is no row of execsnoop' };
    const result = cells.get('RET');
    const ppid = pidIn(cells.get('PPID'));
    const args = cells.get('ARGS') ?? '';
    const program = args.split(' ')[0] ?? '';
    const fact: Fact = {
      kind: result === undefined || result === '0' ? 'exec' : 'sight',
      operation: result === undefined || result === '0' ? '' : 'exec-failed',
      time: NaN,
      pid,
      ppid: ppid > 0 ? ppid : undefined, // 0: it could not be found
      parentKind: 'atEvent',
      uid: idOf(Number(cells.get('UID') ?? NaN)),
      comm: cells.get('PCOMM') ?? cells.get('COMM'),
      exe: program.startsWith('/') ? program : undefined,
      args: args.replaceAll('"', ''),
    };
    if (this.isTimeOfDay) this.clock.atTimeOfDay(fact, from, timeOfDay(cells.get('TIME')));
    else this.clock.atElapsed(fact, from, Number(cells.get('TIME(s)') ?? cells.get('TIMEs') ?? Number(cells.get('TIME(ms)') ?? NaN) / 1000) * SECOND);
    return UNDERSTOOD;
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    yield* this.clock.dated(this.isTimeOfDay);
  }

  gaps() {
    const coverage = new SensorCoverage();
    coverage.sees('exec');
    return coverage.gaps();
  }

  /** Cells by their titles; the name may hold blanks, and the arguments are the rest of the line. */
  private cells(text: string): Map<string, string> | undefined {
    if (this.columns.length === 0) return undefined;
    const pattern = this.columns.map((name) => (/^P?COMM$/.test(name) ? '(.*?)' : name === 'ARGS' ? '(.*)' : name === 'RET' ? '(-?\\d+)' : name === 'TIME' ? '(\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?)' : '([\\d.]+)'));
    const match = new RegExp(`^\\s*${pattern.slice(0, -1).join('\\s+')}(?:\\s+${pattern.at(-1) ?? ''})?$`).exec(text);
    return match ? new Map(this.columns.map((name, at) => [name, (match[at + 1] ?? '').trim()])) : undefined;
  }
}
