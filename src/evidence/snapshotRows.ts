import { type Batch, NO_STRING, type StringId, type StringTable } from '../model/index.js';
import { createBatch, trimBatch } from './batch.js';

/** Most snapshots have a few hundred processes; each further batch is twice as large. */
const FIRST_ROWS = 256;
const MOST_ROWS = 16384;

/** A row that is being filled: its batch and its place in it. */
export interface Row {
  readonly batch: Batch;
  readonly at: number;
}

/**
 * Collects the rows of one snapshot. They are held until the file was read, because what dates them (boot time, capture time, zone) may stand
 * at its end.
 */
export class SnapshotRows {
  private readonly batches: Batch[] = [];
  count = 0;

  add(): Row {
    let batch = this.batches.at(-1);
    if (!batch || batch.count === batch.capacity) {
      batch = createBatch(batch ? Math.min(batch.capacity * 2, MOST_ROWS) : FIRST_ROWS);
      this.batches.push(batch);
    }
    this.count++;
    return { batch, at: batch.count++ };
  }

  /** Calls back for every row, in order. */
  each(visit: (batch: Batch, at: number, index: number) => void): void {
    let index = 0;
    for (const batch of this.batches) for (let at = 0; at < batch.count; at++) visit(batch, at, index++);
  }

  take(): Batch[] {
    return this.batches.map(trimBatch);
  }
}

/** Interns text whose lone surrogates U+DC80..U+DCFF stand for the bytes 0x80..0xFF, as Python writes bytes that are no UTF-8. */
export function internBytesOf(strings: StringTable, text: string): StringId {
  if (!/[\udc80-\udcff]/.test(text)) return strings.internText(text);
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else for (const byte of encoder.encode(character)) bytes.push(byte);
  }
  return strings.intern(Uint8Array.from(bytes), 0, bytes.length);
}

/** Interns text, the empty one as absent. */
export function internSome(strings: StringTable, text: string | undefined): StringId {
  return text === undefined || text === '' ? NO_STRING : internBytesOf(strings, text);
}
