import type { Batch, StringTable } from '../model/index.js';
import type { Order } from './rowOrder.js';
import { settleTies } from './ties.js';

/** Blocks that are put in order by insertion; logs are nearly sorted, so an element seldom moves further than a few places. */
const BLOCK = 32;

/** Sorts all rows of batches. */
export function orderRows(batches: readonly Batch[], strings: StringTable): Order {
  let count = 0;
  for (const batch of batches) count += batch.count;
  const batchOf = batches.length > 0xffff ? new Uint32Array(count) : new Uint16Array(count);
  const rowOf = new Uint32Array(count);
  let at = 0;
  for (const [index, batch] of batches.entries()) {
    batchOf.fill(index, at, at + batch.count);
    for (let row = 0; row < batch.count; row++) rowOf[at++] = row;
  }
  return sortRows({ count, batches, batch: batchOf, row: rowOf }, strings);
}

/** Puts rows in order. Nearly sorted rows (a log) cost one pass; any other n log n. */
export function sortRows({ count, batches, batch: batchOf, row: rowOf }: Order, strings: StringTable): Order {
  const time = new Float64Array(count);
  for (let at = 0; at < count; at++) time[at] = batches[batchOf[at]!]!.time[rowOf[at]!]!;
  let hasTies = false;
  const after = (a: number, b: number): boolean => {
    const ta = time[a]!;
    const tb = time[b]!;
    if (ta !== tb) return Number.isNaN(tb) ? !Number.isNaN(ta) : ta > tb;
    const batchA = batches[batchOf[a]!]!;
    const batchB = batches[batchOf[b]!]!;
    const rowA = rowOf[a]!;
    const rowB = rowOf[b]!;
    const bySerial = batchA.serial[rowA]! - batchB.serial[rowB]!;
    if (bySerial !== 0) return bySerial > 0;
    const byPlace = batchA.member[rowA]! - batchB.member[rowB]! || batchA.offset[rowA]! - batchB.offset[rowB]!;
    if (byPlace === 0) return false;
    hasTies = true; // rows that end up side by side were compared with each other
    return byPlace > 0;
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
    const at = order[i]!;
    batchInOrder[i] = batchOf[at]!;
    spare[i] = rowOf[at]!;
  }
  const ordered: Order = { count, batches, batch: batchInOrder, row: spare };
  if (hasTies) settleTies(ordered, strings);
  return ordered;
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
