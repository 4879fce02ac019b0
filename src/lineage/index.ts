import type { Batch, StringTable } from '../model/index.js';
import { finish, type Healed } from './finish.js';
import { rebuild } from './rebuild.js';

export type { Healed } from './finish.js';
export { numberTree, type TreeNumbers } from './tree.js';

/** Takes batches in any order, then heals the tree. */
export interface Healer {
  add(batch: Batch): void;
  /** Throws an AbortError when the signal was aborted. */
  finish(signal?: AbortSignal): Healed;
}

/**
 * Creates a healer for one evidence set. `keepAssignments` (default true): say of each observation which process it is about; the command line's
 * `open` does without.
 */
export function createHealer(strings: StringTable, options: { keepAssignments?: boolean } = {}): Healer {
  const batches: Batch[] = [];
  return {
    add: (batch) => void batches.push(batch),
    finish: (signal) => finish(rebuild(batches, strings, options.keepAssignments ?? true, signal), strings),
  };
}
