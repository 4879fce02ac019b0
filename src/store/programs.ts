import type { Lineage } from '../model/index.js';

const LONGEST_LINE_OF_FORKS = 64;

/** What a process ran at a moment. 0: not known. */
export interface Program {
  readonly name: number;
  readonly executable: number;
  readonly args: number;
}

export const NO_PROGRAM: Program = { name: 0, executable: 0, args: 0 };

/**
 * The program that a process ran at a time: its own, or before its first exec that of who forked it, as it was then. A process that is never seen to run
 * one has the last name that it is known by.
 */
export function programOf(lineage: Lineage, process: number, time: number): Program {
  let row = process, when = time;
  for (let forks = 0; row >= 0 && forks < LONGEST_LINE_OF_FORKS; forks++) {
    const first = lineage.programFirst[row]!;
    let at = lineage.programFirst[row + 1]! - 1;
    while (at >= first && !(lineage.programTime[at]! <= when)) at--;
    if (at >= first) return { name: lineage.programComm[at]!, executable: lineage.programExe[at]!, args: lineage.programArgs[at]! };
    if (lineage.comm[row] !== 0 && lineage.programFirst[row + 1] === first) return { name: lineage.comm[row]!, executable: lineage.exe[row]!, args: lineage.args[row]! };
    when = lineage.start[row]!;
    row = lineage.creator[row]!;
  }
  if (process < 0) return NO_PROGRAM;
  // Nothing earlier is known: what it ran last is better than nothing, and what most processes ran all their life.
  return { name: lineage.comm[process]!, executable: lineage.exe[process]!, args: lineage.args[process]! };
}
