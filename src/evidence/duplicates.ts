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
  private readonly seconds: HashSet | undefined;
  private readonly floats = new Float64Array(this.words.buffer, 0, 2);

  /** `hasReports`: there are reports among the evidences, so that events are known by their second too. */
  constructor(hasReports = false) {
    this.seconds = hasReports ? new HashSet() : undefined;
  }

  /** The batch of a report without the rows on events that any evidence but a report has told. */
  unreported(batch: Batch): { readonly batch: Batch; readonly duplicates: number } {
    const { seconds } = this;
    if (!seconds) return { batch, duplicates: 0 };
    const keep = new Uint8Array(batch.count).fill(1);
    let duplicates = 0;
    for (let row = 0; row < batch.count; row++) {
      if (batch.serial[row] === 0 || !seconds.has(...secondOf(batch, row))) continue;
      keep[row] = 0;
      duplicates++;
    }
    return { batch: duplicates > 0 ? keepRows(batch, keep) : batch, duplicates };
  }

  /**
   * The batch without the rows that an earlier evidence has, and how many those are. Rows without a number are kept, but where `byMoment` says that
   * moment, writer and message tell one from another.
   */
  unseen(batch: Batch, evidence: number, byMoment = false): { readonly batch: Batch; readonly duplicates: number } {
    let keep: Uint8Array | undefined;
    let duplicates = 0;
    for (let row = 0; row < batch.count; row++) {
      const isNumbered = batch.serial[row] !== 0;
      if (!isNumbered && (!byMoment || Number.isNaN(batch.time[row]!))) continue;
      if (isNumbered) this.seconds?.add(...secondOf(batch, row));
      if (this.add(batch, row, evidence, isNumbered ? batch.serial[row]! : wordsOf(batch, row))) continue;
      keep ??= new Uint8Array(batch.count).fill(1);
      keep[row] = 0;
      duplicates++;
    }
    return { batch: keep ? keepRows(batch, keep) : batch, duplicates };
  }

  /** False if another evidence has it. */
  private add(batch: Batch, row: number, evidence: number, number: number): boolean {
    const { floats, words } = this;
    floats[0] = batch.time[row]!;
    floats[1] = number;
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

/** What a line without a number says, as one number below zero, where no event's is. */
function wordsOf(batch: Batch, row: number): number {
  let hash = 0;
  for (const word of [batch.message[row]!, batch.unit[row]!, batch.user[row]!, batch.path[row]!, batch.ses[row]!, batch.operation[row]!]) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  return -1 - (hash >>> 0);
}

/** What tells an event by its second: two hashes of host, number and second. */
function secondOf(batch: Batch, row: number): [number, number] {
  const serial = batch.serial[row]!;
  const second = Math.floor(batch.time[row]! / 1e6);
  const one = Math.imul(batch.host[row]! ^ 0x811c9dc5, 0x01000193);
  const high = Math.imul(Math.imul(one ^ serial, 0x01000193) ^ second, 0x85ebca6b);
  const low = Math.imul(Math.imul(one ^ second, 0x9e3779b1) ^ serial ^ Math.floor(serial / 2 ** 32), 0xc2b2ae35);
  return [(high ^ (high >>> 15)) >>> 0, (low ^ (low >>> 13)) >>> 0];
}

/** A set of pairs of 32-bit words. */
class HashSet {
  private words = new Uint32Array(FIRST_SLOTS * 2);
  private count = 0;

  has(high: number, low: number): boolean {
    const slot = this.slotOf(high, low);
    return this.words[slot] !== 0 || this.words[slot + 1] !== 0;
  }

  add(high: number, low: number): void {
    const slot = this.slotOf(high, low);
    if (this.words[slot] !== 0 || this.words[slot + 1] !== 0) return;
    this.words[slot] = high;
    this.words[slot + 1] = low;
    if (++this.count * 4 <= this.words.length) return;
    const before = this.words;
    this.words = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] === 0 && before[at + 1] === 0) continue;
      const to = this.slotOf(before[at]!, before[at + 1]!);
      this.words[to] = before[at]!;
      this.words[to + 1] = before[at + 1]!;
    }
  }

  private slotOf(high: number, low: number): number {
    const { words } = this;
    const mask = words.length - 2;
    let slot = (high << 1) & mask;
    while ((words[slot] !== 0 || words[slot + 1] !== 0) && (words[slot] !== high || words[slot + 1] !== low)) slot = (slot + 2) & mask;
    return slot;
  }
}
