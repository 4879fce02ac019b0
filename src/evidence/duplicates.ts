import type { Batch } from '../model/index.js';
import { keepRows } from './batch.js';

const FIRST_SLOTS = 1 << 16;

/**
 * Knows audit events that came already with another evidence of the set (the log, its journal copy, its export), so that nothing is told twice. An
 * event is known by host, time and the kernel's number of it; its rows by kind, pid and the other process. Rows of one evidence are never
 * compared with each other: its reader has done that.
 */
export class KnownEvents {
  private high = new Uint32Array(FIRST_SLOTS);
  private low = new Uint32Array(FIRST_SLOTS);
  private evidence = new Uint32Array(FIRST_SLOTS); // 0 empty, else index + 1
  private count = 0;
  private readonly words = new Uint32Array(8);
  private readonly floats = new Float64Array(this.words.buffer, 0, 2);

  /** The batch without the rows that an earlier evidence has, and how many those are. Rows without a number are kept. */
  unseen(batch: Batch, evidence: number): { readonly batch: Batch; readonly duplicates: number } {
    let keep: Uint8Array | undefined;
    let duplicates = 0;
    for (let row = 0; row < batch.count; row++) {
      if (batch.serial[row] === 0 || this.add(batch, row, evidence)) continue;
      keep ??= new Uint8Array(batch.count).fill(1);
      keep[row] = 0;
      duplicates++;
    }
    return { batch: keep ? keepRows(batch, keep) : batch, duplicates };
  }

  /** False if another evidence has it. */
  private add(batch: Batch, row: number, evidence: number): boolean {
    const { floats, words } = this;
    floats[0] = batch.time[row]!;
    floats[1] = batch.serial[row]!;
    words[4] = batch.host[row]!;
    words[5] = batch.kind[row]!;
    words[6] = batch.pid[row]!;
    words[7] = batch.other[row]!;
    let high = 0x811c9dc5;
    let low = 0x9e3779b9;
    for (const word of words) {
      high = Math.imul(high ^ word, 0x01000193);
      high ^= high >>> 15;
      low = Math.imul(low ^ word, 0x85ebca6b);
      low ^= low >>> 13;
    }
    high >>>= 0;
    low >>>= 0;
    const mask = this.high.length - 1;
    let slot = high & mask;
    for (; this.evidence[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.high[slot] === high && this.low[slot] === low) return this.evidence[slot] === evidence + 1;
    }
    this.high[slot] = high;
    this.low[slot] = low;
    this.evidence[slot] = evidence + 1;
    if (++this.count * 2 > this.high.length) this.grow();
    return true;
  }

  private grow(): void {
    const before = { high: this.high, low: this.low, evidence: this.evidence };
    const slots = before.high.length * 2;
    this.high = new Uint32Array(slots);
    this.low = new Uint32Array(slots);
    this.evidence = new Uint32Array(slots);
    for (let at = 0; at < before.high.length; at++) {
      if (before.evidence[at] === 0) continue;
      let slot = before.high[at]! & (slots - 1);
      while (this.evidence[slot] !== 0) slot = (slot + 1) & (slots - 1);
      this.high[slot] = before.high[at]!;
      this.low[slot] = before.low[at]!;
      this.evidence[slot] = before.evidence[at]!;
    }
  }
}
