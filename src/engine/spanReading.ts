import type { Member } from '../model/index.js';
import type { Span } from './rawReading.js';

/** Bytes of one record that are read at most; what reads JSON keeps no longer record either. */
const LONGEST = 16 << 20;
/** A gap that is read through rather than opened anew: of plain files an opening costs little, compressed ones are read again from their beginning. */
const GAP = 1 << 20;

/**
 * The bytes of spans of one member, which are in order of their offsets (they may overlap: records of audit events are interleaved), in one walk over it.
 * Memory is that of the longest span. Throws EvidenceUnreadable, and the signal's reason when it was aborted.
 */
export async function* spansInOrder(member: Member, spans: readonly Span[], signal: AbortSignal | undefined): AsyncGenerator<{ readonly at: number; readonly bytes: Uint8Array }> {
  let at = 0;
  while (at < spans.length) {
    let window = new Uint8Array(0);
    let base = spans[at]!.offset; // of the window's first byte
    let isLeft = false;
    for await (const chunk of member.open(base)) {
      signal?.throwIfAborted();
      window = joined(window, chunk);
      const end = base + window.length;
      for (; at < spans.length && endOf(spans[at]!) <= end; at++) yield { at, bytes: window.subarray(spans[at]!.offset - base, endOf(spans[at]!) - base) };
      if (at >= spans.length) return;
      const { offset } = spans[at]!;
      isLeft = member.stored === undefined && offset - end > GAP;
      if (isLeft) break;
      const drop = Math.min(offset, end) - base;
      window = window.slice(drop);
      base += drop;
    }
    // A member that ended earlier than it did gives what it still has.
    if (!isLeft) for (; at < spans.length; at++) yield { at, bytes: window.subarray(Math.min(window.length, spans[at]!.offset - base)) };
  }
}

function endOf({ offset, byteLength }: Span): number {
  return offset + Math.min(byteLength, LONGEST);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
