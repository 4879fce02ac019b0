import type { Batch } from '../model/index.js';

/** All rows of the batches in the total order of events: time, the record's own serial, member, offset. Undated rows come first. */
export interface Order {
  readonly count: number;
  readonly batch: Uint16Array | Uint32Array;
  readonly row: Uint32Array;
}

/** Blocks that are put in order by insertion; logs are nearly sorted, so an element seldom moves further than a few places. */
const BLOCK = 32;

/** Sorts rows stably. Nearly sorted input (a log) costs one pass; any other n log n. */
export function orderRows(batches: readonly Batch[]): Order {
  let count = 0;
  for (const batch of batches) count += batch.count;
  const time = new Float64Array(count);
  const batchOf = batches.length > 0xffff ? new Uint32Array(count) : new Uint16Array(count);
  const base = new Float64Array(batches.length);
  let at = 0;
  for (const [index, batch] of batches.entries()) {
    base[index] = at;
    batchOf.fill(index, at, at + batch.count);
    time.set(batch.time.subarray(0, batch.count), at);
    at += batch.count;
  }
  const after = (a: number, b: number): boolean => {
    const ta = time[a]!;
    const tb = time[b]!;
    if (ta !== tb) return Number.isNaN(tb) ? !Number.isNaN(ta) : ta > tb;
    const batchA = batches[batchOf[a]!]!;
    const batchB = batches[batchOf[b]!]!;
    const rowA = a - base[batchOf[a]!]!;
    const rowB = b - base[batchOf[b]!]!;
    const bySerial = batchA.serial[rowA]! - batchB.serial[rowB]!;
    if (bySerial !== 0) return bySerial > 0;
    const byMember = batchA.member[rowA]! - batchB.member[rowB]!;
    if (byMember !== 0) return byMember > 0;
    return batchA.offset[rowA]! > batchB.offset[rowB]!;
  };
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(from + BLOCK, count);
    for (let i = from + 1; i < to; i++) {
      const moving = order[i]!;
      let j = i - 1;
      for (; j >= from && after(order[j]!, moving); j--) order[j + 1] = order[j]!;
      order[j + 1] = moving;
    }
  }
  let spare = new Uint32Array(count);
  for (let width = BLOCK; width < count; width *= 2) {
    for (let from = 0; from < count; from += 2 * width) merge(order, spare, from, Math.min(from + width, count), Math.min(from + 2 * width, count), after);
    [order, spare] = [spare, order];
  }
  const batchInOrder = batches.length > 0xffff ? new Uint32Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const index = batchOf[order[i]!]!;
    batchInOrder[i] = index;
    spare[i] = order[i]! - base[index]!;
  }
  return { count, batch: batchInOrder, row: spare };
}

/** Merges order[from, middle) and order[middle, to) into target; halves that already follow each other are copied. */
function merge(order: Uint32Array, target: Uint32Array, from: number, middle: number, to: number, after: (a: number, b: number) => boolean): void {
  if (middle >= to || !after(order[middle - 1]!, order[middle]!)) {
    target.set(order.subarray(from, to), from);
    return;
  }
  let left = from;
  let right = middle;
  for (let at = from; at < to; at++) {
    if (left < middle && (right >= to || !after(order[left]!, order[right]!))) target[at] = order[left++]!;
    else target[at] = order[right++]!;
  }
}
