import type { Coverage, Member } from '../model/index.js';
import type { ParseContext } from './format.js';
import { DISORDER_MICROS } from './inStep.js';
import { type LineKey, LineSort, type SortedLine } from './lineSort.js';
import { memberOf, SampledMember } from './sampledMember.js';

/** How the records of a format are put in order, where they stand in another. */
export interface RecordShape<T> {
  /** What cuts a member into records. */
  cut(member: Member): AsyncIterable<T>;
  /** What a record is sorted by; undefined for what is no record: it is handed on when it is met. */
  keyOf(record: T): LineKey | undefined;
  /** Hands a record to the sort, which keeps its bytes. */
  store(record: T, key: LineKey, sort: LineSort): void;
  /** The record again; bytes are valid until the next one is asked for. */
  restore(line: SortedLine): T;
  /** What a record means hangs on those before it, so that also records that stand a little out of order must be put right: all are sorted. */
  readonly needsOrder?: boolean;
  /** What tells whether records stand in order, where that is not {@link keyOf}: made anew for each look, it is asked of one record after another. */
  watching?(): (record: T) => LineKey | undefined;
}

/** What is said of evidence that was sorted. */
export const SORTED: Coverage = {
  gap: 'disordered',
  says: 'Its records do not stand in the order of time: they were sorted by time and number, and joined from all over the file. Where the records of an event lie far apart, its place shows the first of them.',
};

/**
 * The records of a member in the order of time: as they are stored where that is in order, by a sort in bounded memory where its beginning is not, or
 * where an earlier reading found that the rest is not.
 */
export async function* recordsInOrder<T>(member: Member, shape: RecordShape<T>, context: Pick<ParseContext, 'sortsAll' | 'openTemporary' | 'cover' | 'foundDisorder' | 'signal' | 'sorts'>): AsyncGenerator<T> {
  const sampled = new SampledMember(member);
  try {
    if (context.sortsAll === true || (await isOutOfOrder(await sampled.sample(), member, shape))) {
      context.cover?.(SORTED);
      yield* sortedRecords(shape.cut(sampled), shape, context);
      return;
    }
    const watch = new OrderWatch();
    const watched = shape.watching?.() ?? ((record: T) => shape.keyOf(record));
    if (shape.needsOrder === true) {
      yield* sortedRecords(shape.cut(sampled), shape, context, watch);
      if (watch.isOutOfOrder) context.cover?.(SORTED);
      return;
    }
    for await (const record of shape.cut(sampled)) {
      const key = watched(record);
      if (key) watch.see(key);
      if (watch.isOutOfOrder) context.foundDisorder?.();
      yield record;
    }
  } finally {
    await sampled.close();
  }
}

async function isOutOfOrder<T>(bytes: Uint8Array, { path }: Member, shape: RecordShape<T>): Promise<boolean> {
  const watch = new OrderWatch();
  const watched = shape.watching?.() ?? ((record: T) => shape.keyOf(record));
  for await (const record of shape.cut(memberOf(bytes, path))) {
    const key = watched(record);
    if (key) watch.see(key);
  }
  return watch.isOutOfOrder;
}

async function* sortedRecords<T>(records: AsyncIterable<T>, shape: RecordShape<T>, { openTemporary, signal, sorts }: Pick<ParseContext, 'openTemporary' | 'signal' | 'sorts'>, watch?: OrderWatch): AsyncGenerator<T> {
  const sort = new LineSort(openTemporary);
  sorts?.();
  try {
    for await (const record of records) {
      signal?.throwIfAborted();
      const key = shape.keyOf(record);
      if (!key) yield record;
      else {
        watch?.see(key);
        shape.store(record, key, sort);
        await sort.relieve();
      }
    }
    for await (const lines of sort.sorted()) {
      signal?.throwIfAborted();
      for (const line of lines) yield shape.restore(line);
    }
  } finally {
    await sort.close();
  }
}

/** Sensors on several processors write up to a tenth of their records behind a later one; in a shuffled file one half of them stand so, in a reversed one all. */
const BACK_SHARE = 0.2;
const RECORDS_NEEDED = 8;
/** Shares are taken of so many records, so that disorder shows that begins late. */
const RECORDS_COUNTED = 4096;

/** Watches whether records come in order, nearly. */
export class OrderWatch {
  isOutOfOrder = false;
  private newest = -Infinity;
  private last: LineKey | undefined;
  private count = 0;
  private back = 0;

  see(key: LineKey): void {
    const { last } = this;
    this.last = key;
    if (key.time < this.newest - DISORDER_MICROS) this.isOutOfOrder = true;
    if (key.time > this.newest) this.newest = key.time;
    if (!last || (key.time === last.time && key.serial === last.serial)) return;
    // A call that took long is numbered late and stamped early: both must go back.
    if (key.time <= last.time && key.serial <= last.serial) this.back++;
    this.count++;
    if (this.count >= RECORDS_NEEDED && this.back > this.count * BACK_SHARE) this.isOutOfOrder = true;
    if (this.count === RECORDS_COUNTED) this.count = this.back = 0;
  }
}
