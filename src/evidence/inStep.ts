import type { Batch } from '../model/index.js';

/**
 * Records of one evidence stand this far out of order at most, else it is not in order at all. A running host's audit log goes back by 0.25 s; a call
 * is stamped at its entry and written when it returns (a connect that nobody answers: 127 s); and auditd's own first record stands before what the
 * kernel kept for it since it came up (14 s were seen).
 */
export const DISORDER_MICROS = 150_000_000;

/** Batches of one evidence, in its own order. */
export interface Stream {
  readonly batches: AsyncIterator<Batch>;
  /** Its events may come in other streams too; those before it in the list tell them. */
  readonly isCopied: boolean;
  /** How coarse its stamps are, microseconds: what it dates 12:00:01 others may have later in that second. */
  readonly grainMicros?: number;
  /** Its batches follow each other in time. Others are read first, and only when they have ended is anything settled. */
  readonly isInOrder?: boolean;
}

interface Head {
  readonly stream: Stream;
  readonly index: number;
  readonly batch: Batch;
  readonly oldest: number;
  readonly newest: number;
  /** Some of its rows are events that another stream may tell too. */
  readonly isCopied: boolean;
  /** Newest time handed on. */
  reached: number;
}

/** What was handed on, and before which time nothing comes any more if every stream is in order. */
export interface Step {
  readonly batch: Batch;
  /** Index of its stream. */
  readonly index: number;
  readonly settledMicros: number;
}

/**
 * Reads streams side by side, always the one that is furthest behind in time, so that whoever follows need not hold back more than a batch of each.
 * Where streams may hold the same events, one is never read beyond what those before it have reached.
 */
export async function* inStep(streams: readonly Stream[]): AsyncGenerator<Step> {
  const heads: Head[] = [];
  try {
    for (const [index, stream] of streams.entries()) {
      const head = await pull(stream, index, -Infinity);
      if (head) heads.push(head);
    }
    while (heads.length > 0) {
      const next = furthestBehind(heads);
      const at = heads.indexOf(next);
      const settled = heads.reduce((least, head) => (head === next ? least : Math.min(least, head.stream.isInOrder === true ? head.oldest : -Infinity)), next.stream.isInOrder === true ? next.newest : -Infinity);
      yield { batch: next.batch, index: next.index, settledMicros: settled - DISORDER_MICROS };
      const head = await pull(next.stream, next.index, Math.max(next.reached, next.newest));
      if (head) heads[at] = head;
      else heads.splice(at, 1);
    }
  } finally {
    for (const { batches } of streams) await batches.return?.(); // whoever stops early leaves no file open
  }
}

function furthestBehind(heads: readonly Head[]): Head {
  let next = heads[0]!;
  for (const head of heads) if (placeOf(head) < placeOf(next)) next = head;
  for (const head of heads) if (head.index < next.index && head.stream.isCopied && next.isCopied && head.reached < next.newest + (next.stream.grainMicros ?? 0)) return head;
  return next;
}

function placeOf({ stream, newest }: Head): number {
  return stream.isInOrder === true ? newest : -Infinity;
}

async function pull(stream: Stream, index: number, reached: number): Promise<Head | undefined> {
  const { value: batch, done } = (await stream.batches.next()) as IteratorResult<Batch, undefined>;
  if (done === true) return undefined;
  let oldest = Infinity;
  let newest = -Infinity;
  let isNumbered = false;
  for (let row = 0; row < batch.count; row++) {
    const t = batch.time[row]!;
    if (t < oldest) oldest = t;
    if (t > newest) newest = t;
    if (batch.serial[row] !== 0) isNumbered = true;
  }
  return { stream, index, batch, oldest, newest, isCopied: stream.isCopied && isNumbered, reached };
}
