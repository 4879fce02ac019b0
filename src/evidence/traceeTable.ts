import { SECOND } from './clock.js';
import { type Fact } from './facts.js';
import type { ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, type LineReading, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { SensorCoverage } from './sensorCoverage.js';
import { zoneGuessed } from './snapshotCoverage.js';
import { timeOfDay, TracerClock } from './tracerClock.js';
import { readTraceeEvent } from './tracee.js';

/** Of its table, also the verbose one; older versions count seconds since boot. */
const HEADER = /^TIME(?:\(s\))? +(?:UTS_NAME +CONTAINER_ID +MNT_NS +PID_NS +|CONTAINER_ID +)?UID +COMM +PID +TID +(?:PPID +)?RET +EVENT +ARGS\s*$/;
/** Tracee's own words at its end. */
const OWN = /^(?:End of events stream|Stats: \{)/;
/** An argument's name: letters behind `, ` and before `: `. */
const NAMED = /(?:^|, )([A-Za-z_][\w.]{0,63}): /g;
const NUMBERS: ReadonlySet<string> = new Set(['MNT_NS', 'PID_NS', 'UID', 'PID', 'TID', 'PPID', 'RET']);
/** Any date: readTraceeEvent wants one, and the clock sets the real one. */
const SOME_DAY = 1;

/**
 * Tracee's events as it prints them for people (FORMATS 4.2): a table with the time of day, or seconds since boot, and the arguments in words. Pids are those
 * of the process's own namespace; only the verbose table has a parent. The last line was when the output was taken.
 */
export const traceeTableFormat = lineFormat({
  id: 'tracee-table',
  title: 'Tracee events (table)',
  sniff: (head) => (head.split('\n').slice(0, 60).some((line) => HEADER.test(line)) ? 0.93 : 0),
  reading: (context) => new TraceeTableReading(context),
});

class TraceeTableReading implements LineReading {
  private columns: readonly string[] = [];
  private pattern = /$^/;
  private readonly clock: TracerClock;
  private readonly coverage = new SensorCoverage();
  private isTimeOfDay = true;

  constructor(private readonly context: ParseContext) {
    this.clock = new TracerClock(context);
  }

  line(text: string, from: Provenance): Verdict {
    if (HEADER.test(text)) {
      this.columns = text.trim().split(/ +/);
      this.pattern = rowPattern(this.columns);
      this.isTimeOfDay = this.columns[0] === 'TIME';
      return UNDERSTOOD;
    }
    // What it says of itself before the header.
    if (this.columns.length === 0 || OWN.test(text)) return NOT_NEEDED;
    const cells = this.cells(text);
    const pid = pidIn(cells?.get('PID'));
    if (!cells || pid <= 0) return { trouble: 'a line that is no row of the table' };
    const stamp = cells.get('TIME') ?? '';
    const micros = this.isTimeOfDay ? timeOfDay(stamp.replace(/:(?=\d{6}$)/, '.')) : Number(cells.get('TIME(s)')) * SECOND;
    if (Number.isNaN(micros)) return { trouble: 'a row without its time' };
    const facts: Fact[] = [];
    const verdict = readTraceeEvent(eventOf(cells), (fact) => facts.push(fact));
    for (const fact of facts) {
      this.coverage.sees(fact.kind);
      if (this.isTimeOfDay) this.clock.atTimeOfDay(fact, from, micros);
      else this.clock.atElapsed(fact, from, micros);
    }
    return verdict;
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    yield* this.clock.dated(this.isTimeOfDay);
  }

  gaps() {
    const isLocal = this.isTimeOfDay && this.context.zoneMinutes === undefined;
    return [...this.coverage.gaps(), ...(isLocal ? [{ ...zoneGuessed(0, false), says: 'Its times of day name no zone; UTC was taken.' }] : [])];
  }

  /** Cells by their titles; names of programs may hold blanks, and the arguments are the rest of the line. */
  private cells(text: string): Map<string, string> | undefined {
    const match = this.pattern.exec(text.trimEnd());
    return match ? new Map(this.columns.map((name, at) => [name, (match[at + 1] ?? '').trim()])) : undefined;
  }
}

function rowPattern(columns: readonly string[]): RegExp {
  const cells = columns.map((name) => (name === 'COMM' ? '(.{1,32}?)' : name === 'ARGS' ? '(.*)' : name === 'CONTAINER_ID' ? '(\\S*)' : NUMBERS.has(name) ? '(-?\\d+)' : '(\\S+)'));
  return new RegExp(`^${cells.slice(0, -1).join(' +')}(?: +${cells.at(-1) ?? ''})?$`, 's');
}

/** A row in the words of Tracee's JSON. */
function eventOf(cells: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  return {
    timestamp: SOME_DAY * 1e9,
    hostName: cells.get('UTS_NAME'),
    hostProcessId: cells.get('PID'),
    hostThreadId: cells.get('TID'),
    hostParentProcessId: cells.get('PPID'),
    userId: cells.get('UID'),
    processName: cells.get('COMM'),
    containerId: cells.get('CONTAINER_ID'),
    returnValue: cells.get('RET'),
    eventName: cells.get('EVENT'),
    args: Object.fromEntries(argsOf(cells.get('ARGS') ?? '')),
  };
}

/** `pathname: /bin/ls, argv: [ls -l], dev: 8388610`: values may hold commas, but not what looks like the next name. */
function argsOf(text: string): (readonly [string, unknown])[] {
  const names = [...text.matchAll(NAMED)];
  return names.map(({ 0: whole, 1: name = '', index }, at) => {
    const value = text.slice(index + whole.length, names[at + 1]?.index ?? text.length);
    if (/^\[.*\]$/s.test(value)) return [name, value.slice(1, -1).split(' ')];
    return [name, value === 'true' ? true : value === 'false' ? false : value];
  });
}
