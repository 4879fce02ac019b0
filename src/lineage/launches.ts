import { ID_NOT_STATED, lastBefore, NO_PROCESS, type StringTable, UNSET_ID } from '../model/index.js';
import { NAMED, type Named, namedIn, type Run, runOf, scriptOf } from './argv.js';
import type { Links } from './lists.js';
import type { Processes } from './processes.js';
import { baseName } from './programNames.js';

/** A launcher named the program in its own arguments this long before at most (12 s in the lab captures, sleeps included). */
const LAUNCHED_WITHIN_MICROS = 60_000_000;
/** Stamps of two execs of one launch may be out of order by this much. */
const TICK_MICROS = 50_000;
/** So many of the latest command lines with the name are looked at. */
const LOOKED_AT = 64;

/** Who named a program in its own arguments before it ran. */
export interface Launch {
  readonly row: number;
  readonly named: Named;
  readonly run: Run;
  /** Where in `run.line` the program is named. */
  readonly at: number;
  readonly time: number;
}

/** All command lines by the programs they name: who could have launched whom. */
export class Launches {
  private readonly runs = new Map<string, { run: Run; names: readonly string[] }>();
  private readonly byName = new Map<string, { row: number; link: number; time: number }[]>();

  constructor(
    private readonly p: Processes,
    private readonly programs: Links,
    private readonly strings: StringTable,
    rows: readonly number[],
  ) {
    const names = new Set<string>();
    for (const row of rows) for (let at = p.firstProgram[row]!; at !== -1; at = programs.next[at]!) for (const name of namesOf(this.runOf(at))) names.add(name);
    const all: { row: number; link: number; time: number }[] = [];
    for (const row of rows) for (let at = p.firstProgram[row]!; at !== -1; at = programs.next[at]!) all.push({ row, link: at, time: programs.time[at]! });
    all.sort((a, b) => a.time - b.time || a.link - b.link);
    for (const entry of all) {
      for (const name of this.mentioned(entry.link, names)) {
        const known = this.byName.get(name);
        if (known) known.push(entry);
        else this.byName.set(name, [entry]);
      }
    }
  }

  /** A program of a process as it was run. */
  runOf(link: number): Run {
    return this.keptRun(link).run;
  }

  /** The last program that a process ran, undefined if none is on record. */
  lastRun(row: number): Run | undefined {
    const link = this.p.lastProgram[row]!;
    return link === NO_PROCESS ? undefined : this.runOf(link);
  }

  /** All programs that a process ran, with their times. */
  *runsOf(row: number): Generator<{ run: Run; time: number }> {
    for (let at = this.p.firstProgram[row]!; at !== -1; at = this.programs.next[at]!) yield { run: this.runOf(at), time: this.programs.time[at]! };
  }

  /**
   * Who named the first program of `row` in its arguments last before it ran: the closest naming wins, then the latest. `accept` decides who may have.
   */
  of(row: number, accept: (other: number, named: Named) => boolean): Launch | undefined {
    const { p, programs } = this;
    const first = p.firstProgram[row]!;
    if (first === NO_PROCESS) return undefined;
    const run = this.runOf(first);
    const t = programs.time[first]!;
    let best: Launch | undefined;
    for (const name of namesOf(run)) {
      const entries = this.byName.get(name);
      if (!entries) continue;
      const until = lastBefore(entries, t + TICK_MICROS);
      for (let i = until; i >= 0 && i > until - LOOKED_AT; i--) {
        const { row: other, link, time } = entries[i]!;
        if (time < t - LAUNCHED_WITHIN_MICROS) break;
        if (other === row || p.host[other] !== p.host[row] || p.boot[other] !== p.boot[row] || p.start[other]! > p.start[row]! + TICK_MICROS) continue;
        const by = this.runOf(link);
        const { named, at } = namedIn(by, run);
        if (named === NAMED.not || !accept(other, named)) continue;
        if (!best || named > best.named || (named === best.named && time > best.time)) best = { row: other, named, run: by, at, time };
      }
    }
    return best;
  }

  private mentioned(link: number, names: ReadonlySet<string>): ReadonlySet<string> {
    const kept = this.keptRun(link);
    const own = baseName(kept.run.exe);
    const found = new Set<string>();
    let first = true;
    for (const word of kept.run.line.split(/[\s"'`;&|<>(){}=,[\]]+/)) {
      const name = baseName(word);
      if (names.has(name) && !(first && name === own)) found.add(name);
      if (word !== '') first = false;
    }
    return found;
  }

  private keptRun(link: number): { run: Run; names: readonly string[] } {
    const key = `${this.programs.b[link]} ${this.programs.c[link]}`;
    let kept = this.runs.get(key);
    if (!kept) {
      const run = runOf(this.strings.text(this.programs.b[link]!) ?? '', this.strings.list(this.programs.c[link]!));
      kept = { run, names: namesOf(run) };
      this.runs.set(key, kept);
    }
    return kept;
  }
}

/** The names by which others may speak of a run. */
function namesOf(run: Run): readonly string[] {
  const names = new Set([baseName(run.exe), baseName(run.args[0])]);
  names.add(baseName(scriptOf(run)));
  names.delete('');
  return [...names];
}

/** Is it in a login session, or a job with a session of its own? */
export function inSession(p: Processes, row: number): boolean {
  return p.ses[row] !== UNSET_ID && p.ses[row] !== ID_NOT_STATED;
}
