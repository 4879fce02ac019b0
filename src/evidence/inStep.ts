import type { Batch } from '../model/index.js';

/** Records of one evidence stand this far out of order at most, else it is not in order at all (audit: 0.25 s were seen). */
const DISORDER_MICROS = 10_000_000;

/** Batches of one evidence, in its own order. */
export interface Stream {
  readonly batches: AsyncIterator<Batch>;
  /** Its events may come in other streams too; those before it in the list tell them. */
  readonly isCopied: boolean;
}

interface Head {
  readonly stream: Stream;
  readonly index: number;
  readonly batch: Batch;
  readonly oldest: number;
  readonly newest: number;
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
      const others = heads.reduce((least, head) => (head === next ? least : Math.min(least, head.oldest)), Infinity);
      yield { batch: next.batch, index: next.index, settledMicros: Math.min(others, next.newest) - DISORDER_MICROS };
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
  for (const head of heads) if (head.newest < next.newest) next = head;
  for (const head of heads) if (head.index < next.index && head.stream.isCopied && next.stream.isCopied && head.reached < next.newest) return head;
  return next;
}

async function pull(stream: Stream, index: number, reached: number): Promise<Head | undefined> {
  const { value: batch, done } = (await stream.batches.next()) as IteratorResult<Batch, undefined>;
  if (done === true) return undefined;
  let oldest = Infinity;
  let newest = -Infinity;
  for (let row = 0; row < batch.count; row++) {
    const t = batch.time[row]!;
    if (t < oldest) oldest = t;
    if (t > newest) newest = t;
  }
  return { stream, index, batch, oldest, newest, reached };
}
