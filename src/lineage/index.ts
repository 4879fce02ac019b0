import type { Batch, StringTable } from '../model/index.js';
import { type Counted, countProcesses } from './countProcesses.js';
import { finish, type Healed } from './finish.js';
import { createRebuilding } from './rebuild.js';

export { isInterpreter, isShell, NAMED, namedIn, type Run, runOf } from './argv.js';
export type { Counted } from './countProcesses.js';
export { Counts } from './counts.js';
export type { Healed } from './finish.js';
export { baseName } from './programNames.js';
export { waitsForCommand } from './programRoles.js';
export { numberTree, type TreeNumbers } from './tree.js';

/** Takes batches in any order, then heals the tree. */
export interface Healer {
  add(batch: Batch): void;
  /**
   * Says that nothing older than `before` (microseconds) comes any more, so that what is older need not be kept. Not saying it costs memory only.
   * Throws an AbortError when the signal was aborted.
   */
  settle(before: number, signal?: AbortSignal): void;
  /** True once something came that is older than what was settled: then heal anew without settling. */
  readonly isDisordered: boolean;
  /** Throws an AbortError when the signal was aborted. */
  finish(signal?: AbortSignal): Healed;
}

/**
 * Creates a healer for one evidence set. `keepAssignments` (default true): say of each observation which process it is about; the command line's
 * `open` does without.
 */
export function createHealer(strings: StringTable, options: { keepAssignments?: boolean } = {}): Healer {
  const rebuilding = createRebuilding(strings, options.keepAssignments === false ? 'lineage' : 'assignments');
  return {
    add: (batch) => rebuilding.add(batch),
    settle: (before, signal) => rebuilding.settle(before, signal),
    get isDisordered() {
      return rebuilding.isDisordered;
    },
    finish: (signal) => finish(rebuilding.finish(signal), strings),
  };
}

/** As a {@link Healer}, but counts processes: those that have ended, and that nothing can change any more, are let go as soon as what came before is settled. */
export interface ProcessCounter extends Omit<Healer, 'finish'> {
  /** True once something came that may tell of processes that were let go: then heal anew, which keeps them all. */
  readonly forgotTooMuch: boolean;
  /** How many processes are kept now. */
  readonly kept: number;
  /** Throws an AbortError when the signal was aborted. */
  finish(signal?: AbortSignal): Counted;
}

/** Creates a counter for one evidence set. `more`: how many more than those kept are taken before it is looked again for some that can go. */
export function createProcessCounter(strings: StringTable, options: { more?: (kept: number) => number } = {}): ProcessCounter {
  const rebuilding = createRebuilding(strings, 'counts', options.more);
  return {
    add: (batch) => rebuilding.add(batch),
    settle: (before, signal) => rebuilding.settle(before, signal),
    get isDisordered() {
      return rebuilding.isDisordered;
    },
    get forgotTooMuch() {
      return rebuilding.forgotTooMuch;
    },
    get kept() {
      return rebuilding.kept;
    },
    finish: (signal) => countProcesses(rebuilding.finish(signal), strings),
  };
}
