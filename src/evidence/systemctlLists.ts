import type { Coverage } from '../model/index.js';
import { MINUTE } from './clock.js';
import type { ParseContext } from './format.js';
import { isoMicros } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type LineReading, lineFormat } from './lineFormat.js';

const LONGEST = 4096;
const TIMERS = /^NEXT\s+LEFT\s+LAST\s+PASSED\s+UNIT\s+ACTIVATES\s*$/;
const UNIT_FILES = /^UNIT FILE\s+STATE(?:\s+(?:VENDOR )?PRESET)?\s*$/;
const UNITS = /^ {0,2}UNIT\s+LOAD\s+ACTIVE\s+SUB\s+(?:JOB\s+)?DESCRIPTION\s*$/;
const SOCKETS = /^LISTEN\s+(?:TYPE\s+)?UNIT\s+ACTIVATES\s*$/;
const UNIT = '[^\\s]+\\.(?:service|scope|slice|socket|target|timer|mount|automount|swap|path|device)';
const STAMP = '[A-Z][a-z]{2} (\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d)(?:\\.\\d+)? (\\S{1,8})';
/** NEXT, LEFT, LAST, PASSED, then the timer and what it starts. */
const TIMER = new RegExp(`^(?:(?:${STAMP}|-|n/a)\\s+.*?)(?:\\s(?:${STAMP})\\s+.*?|\\s(?:-|n/a)\\s+.*?)?\\s(${UNIT})(?:\\s+(${UNIT}))?\\s*$`);
const UNIT_FILE = new RegExp(`^(${UNIT})\\s+([a-z-]+)(?:\\s+(\\S+))?\\s*$`);
/** Where it listens, maybe of what type, the socket, and what it starts. */
const LISTENING = new RegExp(`^(\\S+(?: \\d+)?)\\s+(?:[A-Z]\\w+\\s+)?(${UNIT})(?:\\s+(${UNIT}|-))?(?:,.*)?\\s*$`);
const LOADED = new RegExp(`^(?:[*\\u25cf\\u25cb\\u00d7] )?\\s*(${UNIT})\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s*(.*)$`, 'u');

const TIMER_ZONE: Coverage = {
  gap: 'zone-guessed',
  says: 'Times of timers are in the zone of the host, by a name that is no offset; when they last ran is left out.',
  remedy: '--zone +HH:MM',
};

/** `systemctl list-timers`, `list-unit-files`, `list-units` and `list-sockets`: which units there are, which are enabled, and when a timer last started what. */
export const systemctlListsFormat = lineFormat({
  id: 'systemctl-list',
  title: 'systemctl lists',
  sniff: (head) => (head.split('\n').slice(0, 5).some((line) => TIMERS.test(line) || UNIT_FILES.test(line) || UNITS.test(line) || SOCKETS.test(line)) ? 0.95 : 0),
  reading: (context) => new ListReading(context),
});

class ListReading implements LineReading {
  private shape: 'timers' | 'unit-files' | 'units' | 'sockets' | undefined;
  private hasOtherZone = false;

  constructor(private readonly context: ParseContext) {}

  line(...[text, , add]: Parameters<LineReading['line']>): Verdict {
    const time = this.context.takenMicros ?? NaN;
    if (text.length > LONGEST) return { trouble: 'a line that is no row of a list of units' };
    const shape = TIMERS.test(text) ? 'timers' : UNIT_FILES.test(text) ? 'unit-files' : UNITS.test(text) ? 'units' : SOCKETS.test(text) ? 'sockets' : undefined;
    if (shape) {
      this.shape = shape;
      return UNDERSTOOD;
    }
    if (/^\d+ (?:timers|unit files|loaded units|sockets) listed\b|^(?:LOAD|ACTIVE|SUB|Pass|To show|Legend)\b/.test(text.trim())) return NOT_NEEDED;
    if (this.shape === 'timers') {
      const timer = TIMER.exec(text);
      if (!timer) return { trouble: 'a line that is no row of a list of units' };
      const [, next, , last, zone, name, activates] = timer;
      add({ kind: 'configuration', time, unit: activates ?? name, path: name, key: 'timer', message: `${name} starts ${activates ?? 'its unit'}${next === undefined ? ', not planned' : `, next ${next}`}${last === undefined ? ', never ran' : `, last ${last} ${zone}`}` });
      const ran = this.micros(last, zone);
      if (!Number.isNaN(ran)) add({ kind: 'service', time: ran, unit: activates, path: name, key: 'timer', message: `${name} elapsed` });
      return UNDERSTOOD;
    }
    if (this.shape === 'unit-files') {
      const [, unit, state, preset] = UNIT_FILE.exec(text) ?? [];
      if (unit === undefined) return { trouble: 'a line that is no row of a list of units' };
      add({ kind: 'configuration', time, unit, key: state, message: `${unit} is ${state}${preset === undefined || preset === '-' ? '' : `, by default ${preset}`}` });
      return UNDERSTOOD;
    }
    if (this.shape === 'sockets') {
      const [, listen, socket, activates] = LISTENING.exec(text) ?? [];
      if (socket === undefined) return { trouble: 'a line that is no row of a list of units' };
      add({ kind: 'configuration', time, unit: activates ?? socket, path: listen, key: 'socket', message: `${socket} listens on ${listen} for ${activates ?? 'its unit'}` });
      return UNDERSTOOD;
    }
    const [, unit, load, active, sub, description = ''] = (this.shape === 'units' && LOADED.exec(text)) || [];
    if (unit === undefined) return { trouble: 'a line that is no row of a list of units' };
    add({ kind: 'configuration', time, unit, key: `${active} ${sub}`, message: `${unit} is ${load}, ${active}, ${sub}: ${description.trim()}` });
    return UNDERSTOOD;
  }

  gaps(): readonly Coverage[] {
    return this.hasOtherZone ? [TIMER_ZONE] : [];
  }

  private micros(stamp: string | undefined, zone: string | undefined): number {
    if (stamp === undefined) return NaN;
    if (zone === 'UTC' || zone === 'GMT') return isoMicros(stamp);
    if (this.context.zoneMinutes !== undefined) return isoMicros(stamp) - this.context.zoneMinutes * MINUTE;
    this.hasOtherZone = true;
    return NaN;
  }
}
