import { NO_PROCESS } from '../model/index.js';

/** A forest as numbers: preorder, subtree size (itself included), depth. "b is under a" is pre[a] <= pre[b] < pre[a] + size[a]. */
export interface TreeNumbers {
  readonly pre: Uint32Array;
  readonly size: Uint32Array;
  readonly depth: Uint16Array;
  /** Rows in preorder. */
  readonly order: Uint32Array;
}

/**
 * Numbers the forest that `parent` makes; children in row order. A cycle (two records that contradict each other) is cut at its first row,
 * which becomes a root: `parent` is changed there.
 */
export function numberTree(parent: Int32Array): TreeNumbers {
  const count = parent.length;
  cutCycles(parent);
  const first = new Int32Array(count).fill(NO_PROCESS);
  const next = new Int32Array(count).fill(NO_PROCESS);
  let firstRoot = NO_PROCESS;
  for (let row = count - 1; row >= 0; row--) {
    const above = parent[row]!;
    if (above === NO_PROCESS) {
      next[row] = firstRoot;
      firstRoot = row;
    } else {
      next[row] = first[above]!;
      first[above] = row;
    }
  }
  const pre = new Uint32Array(count);
  const size = new Uint32Array(count).fill(1);
  const depth = new Uint16Array(count);
  const order = new Uint32Array(count);
  let number = 0;
  for (let root = firstRoot; root !== NO_PROCESS; root = next[root]!) {
    let row = root;
    let level = 0;
    for (;;) {
      pre[row] = number;
      order[number++] = row;
      depth[row] = Math.min(level, 0xffff);
      const child = first[row]!;
      if (child !== NO_PROCESS) {
        row = child;
        level++;
        continue;
      }
      while (row !== root && next[row] === NO_PROCESS) {
        row = parent[row]!;
        level--;
      }
      if (row === root) break;
      row = next[row]!;
    }
  }
  for (let at = count - 1; at >= 0; at--) {
    const row = order[at]!;
    const above = parent[row]!;
    if (above !== NO_PROCESS) size[above]! += size[row]!;
  }
  return { pre, size, depth, order };
}

/** Cuts each cycle at its first row, which becomes a root. */
export function cutCycles(parent: Int32Array): void {
  const checked = new Uint8Array(parent.length); // 1: on this walk, 2: known to end at a root
  for (let row = 0; row < parent.length; row++) {
    if (checked[row] !== 0) continue;
    let at = row;
    while (at !== NO_PROCESS && checked[at] === 0) {
      checked[at] = 1;
      at = parent[at]!;
    }
    if (at !== NO_PROCESS && checked[at] === 1) parent[at] = NO_PROCESS;
    for (at = row; at !== NO_PROCESS && checked[at] === 1; at = parent[at]!) checked[at] = 2;
  }
}
