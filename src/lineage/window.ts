import type { Batch, StringTable } from '../model/index.js';
import { sortRows } from './order.js';
import type { Order } from './rowOrder.js';

/** A batch of which some rows were not handed on yet: all, or those listed. */
interface Held {
  readonly batch: Batch;
  rows: Uint32Array | undefined;
  /** Time of the oldest row held; Infinity if none is dated. */
  oldest: number;
}

/**
 * Holds rows back until no older one can come any more, and hands them on in the total order. A batch of which all rows were handed on is let go.
 * Undated rows have no place in the order and are never handed on.
 */
export class Window {
  private held: Held[] = [];
  private handedOn = -Infinity;
  /** True once a row came that should have been handed on before others were. */
  isDisordered = false;

  constructor(private readonly strings: StringTable) {}

  add(batch: Batch): void {
    const held: Held = { batch, rows: undefined, oldest: oldestOf(batch) };
    if (held.oldest < this.handedOn) this.isDisordered = true;
    this.held.push(held);
  }

  /** The rows held that are older than `before`, in order. */
  take(before: number): Order {
    this.handedOn = Math.max(this.handedOn, before);
    const taken = this.held.filter(({ oldest }) => oldest < before);
    const most = taken.reduce((sum, { batch, rows }) => sum + (rows?.length ?? batch.count), 0);
    const batchOf = taken.length > 0xffff ? new Uint32Array(most) : new Uint16Array(most);
    const rowOf = new Uint32Array(most);
    let count = 0;
    for (const [index, held] of taken.entries()) {
      const { batch, rows } = held;
      const length = rows?.length ?? batch.count;
      const later = new Uint32Array(length);
      let left = 0;
      let oldest = Infinity;
      for (let at = 0; at < length; at++) {
        const row = rows ? rows[at]! : at;
        const t = batch.time[row]!;
        if (t < before) {
          batchOf[count] = index;
          rowOf[count++] = row;
        } else if (t >= before) {
          later[left++] = row;
          if (t < oldest) oldest = t;
        }
      }
      held.rows = left === 0 ? NONE : later.slice(0, left);
      held.oldest = oldest;
    }
    this.held = this.held.filter(({ rows, oldest }) => rows !== NONE && oldest !== Infinity);
    return sortRows({ count, batches: taken.map(({ batch }) => batch), batch: batchOf, row: rowOf }, this.strings);
  }
}

const NONE = new Uint32Array(0);

function oldestOf(batch: Batch): number {
  let oldest = Infinity;
  for (let row = 0; row < batch.count; row++) if (batch.time[row]! < oldest) oldest = batch.time[row]!;
  return oldest;
}
