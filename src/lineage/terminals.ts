import { type Batch, NO_PROCESS, OBSERVATION_KINDS, type StringTable } from '../model/index.js';
import { isShell } from './argv.js';
import type { Inferred } from './inferred.js';
import type { Launches } from './launches.js';
import type { Processes } from './processes.js';
import { baseName } from './programNames.js';
import { SURE } from './sure.js';

const EXEC = OBSERVATION_KINDS.indexOf('exec');
/** Records of one moment may be out of order by this much. */
const TICK_MICROS = 50_000;
/** A chain of creators is followed this far. */
const DEEPEST = 64;
/** Programs that run others in the session that they are in themselves: none of them calls setsid, and nobody's child does before it runs a program. */
const STAY_IN_SESSION: ReadonlySet<string> = new Set(['nohup', 'env', 'nice', 'ionice', 'stdbuf', 'chrt', 'taskset', 'timeout', 'time', 'xargs', 'find', 'make', 'gmake', 'flock', 'run-parts']);

/** A process that had a terminal and then had none, by a record of its own or of a child that it had just made. */
export interface TerminalLoss {
  readonly row: number;
  readonly time: number;
  readonly isOwn: boolean;
}

/** Collects, while the pass runs, who lost its terminal: the first time of each process. Audit states the terminal in every exec record. */
export class TerminalLosses {
  private readonly byRow = new Map<number, TerminalLoss>();

  constructor(private readonly p: Processes) {}

  /** Takes a record of `row` before the row is described by it. */
  see(batch: Batch, at: number, row: number): void {
    if (batch.kind[at] !== EXEC || batch.tty[at] !== 0 || batch.serial[at] === 0) return;
    const { p } = this;
    const isFirst = p.execs[row] === 0 && p.tty[row] === 0;
    const loser = isFirst ? p.parent[row]! : row;
    if (loser === NO_PROCESS || p.tty[loser] === 0 || this.byRow.has(loser)) return;
    this.byRow.set(loser, { row: loser, time: batch.time[at]!, isOwn: !isFirst });
  }

  /** What they lost is judged when all is known. */
  held(): Iterable<number> {
    return this.byRow.keys();
  }

  /** Rows have new numbers. */
  renumber(renumber: Int32Array): void {
    const losses = this.all();
    this.byRow.clear();
    for (const loss of losses) this.byRow.set(renumber[loss.row]!, { ...loss, row: renumber[loss.row]! });
  }

  all(): readonly TerminalLoss[] {
    return [...this.byRow.values()];
  }
}

/**
 * When the leader of a session ends, the kernel takes the terminal from everybody in it (drivers/tty/tty_jobctrl.c, disassociate_ctty, called by do_exit);
 * when a terminal is hung up, likewise, and its leader is told to end (__tty_hangup). So who had a terminal and has none, without having called setsid,
 * outlived the shell that held that terminal; whom that shell had made it left behind.
 */
export function inferTerminalLost(p: Processes, losses: readonly TerminalLoss[], launches: Launches, strings: StringTable, alive: (row: number) => number, said: Inferred): void {
  for (const { row, time, isOwn } of losses) {
    if (!staysInSession(row, time, isOwn)) continue;
    const held = holderAbove(row);
    if (held === undefined || alive(held.holder) > time + TICK_MICROS) continue;
    const { holder, left } = held;
    // Between the two somebody else may stand, and nobody knows which of them lived then.
    if (left !== row && !(p.parent[row] === left && p.parentSeen[row]! >= time)) continue;
    said.left(left, SURE.terminalLost, 'terminal', `${said.name(row)} had ${strings.text(p.tty[row]!) ?? 'a terminal'} and then had none, without a session of its own: ${said.name(holder)}, whose terminal it was, had left`, time);
  }

  /** Ran it, when it had no terminal any more, a program that cannot have let it go itself? */
  function staysInSession(row: number, time: number, isOwn: boolean): boolean {
    let exe: string | undefined;
    for (const program of launches.runsOf(row)) if (isOwn ? program.time < time : program.time <= time) exe = program.run.exe;
    // busybox may be setsid itself, without an exec
    return exe !== undefined && baseName(exe) !== 'busybox' && (isShell(exe) || STAY_IN_SESSION.has(baseName(exe)));
  }

  /** Who took the terminal first, of those above: the topmost that has it, below somebody who has it not; and whom it made, on the way down to `row`. */
  function holderAbove(row: number): { readonly holder: number; readonly left: number } | undefined {
    const tty = p.tty[row]!;
    let left = row;
    for (let depth = 0; depth < DEEPEST; depth++) {
      const above = p.creator[left]!;
      if (above === NO_PROCESS) return undefined;
      const next = p.creator[above]!;
      const isOn = p.tty[above] === tty;
      if (!isOn && (p.tty[above] !== 0 || p.spoke[above] === 1)) return undefined; // `row` has it from nobody who shows
      if (isOn && next !== NO_PROCESS && p.spoke[next] === 1 && p.tty[next] !== tty) return { holder: above, left };
      left = above;
    }
    return undefined;
  }
}
