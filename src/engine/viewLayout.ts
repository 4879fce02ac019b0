/** A tree as numbers, in preorder: node n's subtree is [n, n + size[n]). */
export interface Layout {
  readonly count: number;
  /** Process of a node, or -1 - g for the heading of group g. */
  readonly process: Int32Array;
  readonly depth: Uint16Array;
  readonly size: Uint32Array;
  /** Node above, -1 for roots. */
  readonly above: Int32Array;
  readonly positionInSet: Uint32Array;
  readonly setSize: Uint32Array;
  /** Node of a process; -1 when the view leaves it out. */
  readonly nodeOf: Int32Array;
}

export interface LayoutAsk {
  /** Parent of each process in the tree that is asked for; -1 none. May hold cycles and later rows: evidence is hostile. */
  readonly parents: Int32Array;
  /** Processes that the filter keeps; their ancestors are shown too. */
  readonly keep: Uint8Array;
  /** Group of each process, -1 for none; a process whose parent is in another group stands at its group's top. */
  readonly groups?: { readonly of: Int32Array; readonly count: number } | undefined;
}

/**
 * Lays out the tree in two passes over columns. Children stand in order of rows, which is order of start.
 * (d3.stratify and d3.tree took 5.1 s for a million nodes.)
 */
export function layOut(ask: LayoutAsk): Layout {
  const { parents, groups } = ask;
  const processes = parents.length;
  const groupCount = groups?.count ?? 0;
  const shown = withAncestors(parents, ask.keep);

  // Children as linked lists. Headings come after the processes: heading g is slot processes + g.
  const slots = processes + groupCount;
  const firstChild = new Int32Array(slots).fill(-1), lastChild = new Int32Array(slots).fill(-1), nextSibling = new Int32Array(slots).fill(-1);
  const childCount = new Uint32Array(slots);
  const slotAbove = new Int32Array(slots).fill(-1);
  const roots: number[] = [];
  const hang = (slot: number, above: number): void => {
    slotAbove[slot] = above;
    childCount[above]!++;
    const last = lastChild[above]!;
    if (last < 0) firstChild[above] = slot;
    else nextSibling[last] = slot;
    lastChild[above] = slot;
  };
  const inCycle = cycleHeads(parents, shown);
  for (let group = 0; group < groupCount; group++) roots.push(processes + group);
  for (let row = 0; row < processes; row++) {
    if (!shown[row]) continue;
    const parent = inCycle.has(row) ? -1 : parents[row]!;
    const group = groups ? groups.of[row]! : -1;
    if (parent >= 0 && shown[parent] && (!groups || groups.of[parent] === group)) hang(row, parent);
    else if (group >= 0) hang(row, processes + group);
    else roots.push(row);
  }

  const used = roots.filter((slot) => slot < processes || childCount[slot]! > 0);
  let count = 0;
  for (let row = 0; row < processes; row++) count += shown[row]!;
  for (const slot of used) if (slot >= processes) count++;

  const process = new Int32Array(count), depth = new Uint16Array(count), size = new Uint32Array(count).fill(1), above = new Int32Array(count).fill(-1);
  const positionInSet = new Uint32Array(count), setSize = new Uint32Array(count);
  const nodeOf = new Int32Array(processes).fill(-1);
  const nodeOfSlot = new Int32Array(slots).fill(-1);
  let node = 0;
  const place = (slot: number, position: number, among: number): void => {
    const upper = slotAbove[slot]! < 0 ? -1 : nodeOfSlot[slotAbove[slot]!]!;
    process[node] = slot < processes ? slot : -1 - (slot - processes);
    depth[node] = upper < 0 ? 0 : Math.min(65535, depth[upper]! + 1);
    above[node] = upper;
    positionInSet[node] = position;
    setSize[node] = among;
    if (slot < processes) nodeOf[slot] = node;
    nodeOfSlot[slot] = node++;
  };
  used.forEach((root, index) => {
    place(root, index + 1, used.length);
    // Preorder without recursion: chains a million deep exist in hostile evidence.
    for (let slot = root; ; ) {
      let next = firstChild[slot]!;
      if (next < 0) {
        while (slot !== root && nextSibling[slot]! < 0) slot = slotAbove[slot]!;
        if (slot === root) break;
        next = nextSibling[slot]!;
        place(next, positionInSet[nodeOfSlot[slot]!]! + 1, childCount[slotAbove[slot]!]!);
      } else {
        place(next, 1, childCount[slot]!);
      }
      slot = next;
    }
  });
  for (let at = count - 1; at >= 0; at--) if (above[at]! >= 0) size[above[at]!]! += size[at]!;
  return { count, process, depth, size, above, positionInSet, setSize, nodeOf };
}

/** What is kept, and everything above it. */
function withAncestors(parents: Int32Array, keep: Uint8Array): Uint8Array {
  const shown = keep.slice();
  for (let row = 0; row < parents.length; row++) {
    if (!keep[row]) continue;
    for (let up = parents[row]!; up >= 0 && !shown[up]; up = parents[up]!) shown[up] = 1;
  }
  return shown;
}

/** One process of each cycle, which becomes a root: nothing that is shown may hang in the air. */
function cycleHeads(parents: Int32Array, shown: Uint8Array): ReadonlySet<number> {
  const heads = new Set<number>();
  const state = new Int32Array(parents.length); // 0 new, -1 done, else the walk that met it
  for (let row = 0, walk = 1; row < parents.length; row++, walk++) {
    if (!shown[row] || state[row] !== 0) continue;
    let at = row;
    while (at >= 0 && state[at] === 0) {
      state[at] = walk;
      at = parents[at]!;
    }
    if (at >= 0 && state[at] === walk) heads.add(at);
    for (let back = row; back >= 0 && state[back] === walk; back = parents[back]!) state[back] = -1;
  }
  return heads;
}
