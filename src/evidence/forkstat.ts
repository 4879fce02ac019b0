import { commOf, type Fact } from './facts.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, type LineReading, pidIn } from './lineFormat.js';
import type { ParseContext } from './format.js';
import type { Provenance } from './procRows.js';
import { zoneGuessed } from './snapshotCoverage.js';
import { timeOfDay, TracerClock } from './tracerClock.js';

/**
 * forkstat's lines (FORMATS 6). A fork is two lines, parent and child. For a new THREAD the kernel names the process's own parent as "parent", so such a
 * pair is no fork: the child carries its process's name, not the parent's, and never runs a program or has a child. Names are read late.
 */
export const forkstatFormat = lineFormat({
  id: 'forkstat',
  title: 'forkstat',
  sniff: (head) => (/^Time +Event +(UID +(EUID +)?(TTY +)?)?PID +/m.test(head) || /^\d\d:\d\d:\d\d(\.\d+)? +fork +\d+ +parent /m.test(head) ? 0.9 : 0),
  reading: (context) => new ForkstatReading(context),
});

const LINE = /^(\d\d:\d\d:\d\d(?:\.\d{1,6})?) +(fork|clone|vfork|exec|exit|comm|sid|uid|gid|ptrce|core) +(\d{1,10}) +(.*)$/;

interface Held {
  readonly fact: Fact;
  readonly from: Provenance;
  readonly micros: number;
  /** A child that may be a thread. */
  readonly doubtful?: number;
}

class ForkstatReading implements LineReading {
  private readonly held: Held[] = [];
  private readonly acted = new Set<number>();
  private parent: { readonly pid: number; readonly name: string; readonly from: Provenance } | undefined;

  /** Where the Info column begins, behind UID, EUID and TTY (`-x`), which are blank where they are not known. */
  private infoAt: number | undefined;

  constructor(private readonly context: ParseContext) {}

  line(text: string, from: Provenance): Verdict {
    const match = LINE.exec(text);
    if (!match) {
      if (!/^Time +Event/.test(text)) return { trouble: 'a line that is no event of forkstat' };
      this.infoAt = / UID /.test(text) ? text.indexOf('Info') : undefined;
      return NOT_NEEDED;
    }
    const [, stamp = '', event, pidText, rest = ''] = match;
    // `-g` draws a sign before the column; finer stamps push what follows.
    const info = this.infoAt === undefined ? rest : text.slice(this.infoAt + stamp.length - 'HH:MM:SS'.length - 1);
    const tail = info.replace(/^\s*[^\x20-\x7e]?\s*/u, '');
    const pid = pidIn(pidText);
    const micros = timeOfDay(stamp);
    if (pid <= 0 && !/^parent/.test(tail)) return { trouble: 'an event of forkstat without a pid' };
    const hold = (fact: Omit<Fact, 'time' | 'pid'>, more: Partial<Held> & { readonly pid?: number } = {}): void => {
      this.held.push({ fact: { ...fact, time: NaN, pid: more.pid ?? pid }, from: more.from ?? from, micros, ...(more.doubtful === undefined ? {} : { doubtful: more.doubtful }) });
    };
    switch (event) {
      case 'fork':
      case 'vfork':
      case 'clone': {
        const [, role, , name = ''] = /^(parent|child)( +[\d.]+)? *(.*)$/.exec(tail) ?? [];
        if (role === 'parent') {
          this.parent = { pid, name, from };
          return UNDERSTOOD;
        }
        const { parent } = this;
        this.parent = undefined;
        if (role !== 'child' || !parent) return { trouble: 'a child without the parent line before it' };
        if (parent.pid === 0) return NOT_NEEDED; // a parent outside the PID namespace that is watched
        const span: Provenance = { ...parent.from, byteLength: Math.max(parent.from.byteLength, from.offset + from.byteLength - parent.from.offset) };
        this.acted.add(parent.pid);
        hold({ kind: 'fork', other: pid, flags: 0, comm: commOf(parent.name.split(' ')[0]), args: parent.name }, { pid: parent.pid, from: span, ...(name === parent.name ? {} : { doubtful: pid }) });
        return UNDERSTOOD;
      }
      case 'exec':
        this.acted.add(pid);
        hold({ kind: 'exec', args: tail.trim(), exe: tail.trim().startsWith('/') ? tail.trim().split(' ')[0] : undefined, comm: commOf(tail.trim().split(' ')[0]) });
        return UNDERSTOOD;
      case 'exit': {
        const status = /^(-?\d+)/.exec(tail)?.[1];
        hold({ kind: 'exit', exitCode: status === undefined ? undefined : Number(status) }, { doubtful: pid });
        return UNDERSTOOD;
      }
      case 'sid':
        hold({ kind: 'setsid' });
        return UNDERSTOOD;
      default:
        return NOT_NEEDED;
    }
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    const threads = new Set<number>();
    const clock = new TracerClock(this.context);
    for (const { fact, from, micros, doubtful } of this.held) {
      if (fact.kind === 'fork' && fact.other !== undefined) {
        const isThread = doubtful !== undefined && !this.acted.has(doubtful);
        if (isThread) threads.add(fact.other);
        else threads.delete(fact.other);
        if (isThread) continue;
      } else if (fact.kind === 'exit' && fact.pid !== undefined && threads.has(fact.pid)) continue; // the end of a thread
      clock.atTimeOfDay(fact, from, micros);
    }
    yield* clock.dated(true);
  }

  gaps() {
    return this.context.zoneMinutes === undefined ? [zoneGuessed(0, false)] : [];
  }
}
