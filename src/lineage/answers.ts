import { ID_NOT_STATED, type Trace, UNSET_ID } from '../model/index.js';
import type { Request } from './asks.js';
import type { Processes } from './processes.js';

const SECOND = 1_000_000;

/** A request that a process made. */
export interface Ask extends Request {
  readonly row: number;
  readonly time: number;
}

/** Who may have asked for a start. */
export interface Answer {
  readonly row: number;
  readonly sure: number;
  readonly reasons: readonly { readonly says: string; readonly trace: Trace; readonly for: boolean }[];
}

/** Answers by the row that was started, best first. */
export type Answers = Map<number, Answer[]>;

/** Answers kept of one start: the best, and runners-up. */
const KEPT = 4;

/** Adds an answer; of two about one process the surer stays. */
export function give(answers: Answers, row: number, answer: Answer): void {
  const known = answers.get(row);
  if (!known) {
    answers.set(row, [answer]);
    return;
  }
  const same = known.findIndex((other) => other.row === answer.row);
  if (same >= 0 && known[same]!.sure >= answer.sure) return;
  if (same >= 0) known.splice(same, 1);
  known.push(answer);
  known.sort((a, b) => b.sure - a.sure);
  known.length = Math.min(known.length, KEPT);
}

/** How many of a list in order of time are at or before `time`. */
export function countUntil<T>(list: readonly T[], time: number, timeOf: (each: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(list[middle]!) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function timeOf(each: { readonly time: number }): number {
  return each.time;
}

/** Do two processes run for the same user? Where one does not say, they may. */
export function sameUser(p: Processes, a: number, b: number): boolean {
  const stated = (id: number): boolean => id !== ID_NOT_STATED && id !== UNSET_ID;
  return !stated(p.uid[a]!) || !stated(p.uid[b]!) || p.uid[a] === p.uid[b] || (stated(p.auid[b]!) && p.uid[a] === p.auid[b]);
}

/** A sentence for or against an answer. */
export function reason(says: string, trace: Trace, speaksFor = true): { says: string; trace: Trace; for: boolean } {
  return { says, trace, for: speaksFor };
}

/** A span in words: 40 ms, 2.1 s. */
export function inSeconds(micros: number): string {
  return micros < SECOND ? `${Math.max(0, Math.round(micros / 1000))} ms` : `${(micros / SECOND).toFixed(1)} s`;
}
