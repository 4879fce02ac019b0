import type { Fact } from './facts.js';
import type { ParseContext } from './format.js';
import { isoMicros } from './jsonFields.js';
import { UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, type LineReading, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { zoneGuessed } from './snapshotCoverage.js';
import { timeOfDay, TracerClock } from './tracerClock.js';

/** `18:04:06.123456789: Notice A shell was spawned ... (user=root ...)`; with time_format_iso_8601 the whole stamp. */
const LINE = /^(\d\d:\d\d:\d\d\.\d{9}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d{4})): (Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) (.*)$/s;

/** Falco's alerts as it prints them: lines of the host's log, with a pid where the rule shows one. Most state the time of day only: the last was when the output was taken. */
export const falcoTextFormat = lineFormat({
  id: 'falco-text',
  title: 'Falco alerts (text)',
  sniff: (head) => (head.split('\n').slice(0, 20).some((line) => LINE.test(line)) ? 0.9 : 0),
  reading: (context) => new FalcoTextReading(context),
});

class FalcoTextReading implements LineReading {
  private readonly clock: TracerClock;
  private isLocal = false;

  constructor(private readonly context: ParseContext) {
    this.clock = new TracerClock(context);
  }

  line(text: string, from: Provenance, add: (fact: Fact) => void): Verdict {
    const [, stamp = '', priority = '', said = ''] = LINE.exec(text) ?? [];
    if (stamp === '') return { trouble: 'a line that is no alert of Falco' };
    const field = (name: string): string | undefined => new RegExp(`[( ]${name}=([^ )]+)`).exec(said)?.[1];
    const pid = pidIn(field('(?:proc_)?pid'));
    const container = field('container_id');
    const fact: Fact = {
      kind: pid > 0 ? 'sight' : 'log',
      time: isoMicros(stamp),
      pid: pid > 0 ? pid : undefined,
      comm: pid > 0 ? field('process')?.slice(0, 15) : undefined,
      user: field('user'),
      container: container === 'host' || container === '<NA>' ? undefined : container,
      key: said.split(' (')[0],
      message: `${priority}: ${said}`,
    };
    if (!Number.isNaN(fact.time)) add(fact);
    else {
      this.isLocal = true;
      this.clock.atTimeOfDay(fact, from, timeOfDay(stamp.slice(0, 15)));
    }
    return UNDERSTOOD;
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    yield* this.clock.dated(true);
  }

  gaps() {
    const { zoneMinutes } = this.context;
    return this.isLocal && zoneMinutes === undefined ? [{ ...zoneGuessed(0, false), says: 'Its times of day name no zone; UTC was taken.' }] : [];
  }
}
