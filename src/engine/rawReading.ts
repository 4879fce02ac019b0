import { textOfRecord } from '../evidence/index.js';
import type { Member } from '../model/index.js';

/** Bytes of one record that are read at most: a line of 50 MB is evidence too, but nobody reads it in a panel. */
export const BYTES_AT_MOST = 1 << 20;
/** A gap between two records that is read through rather than opened again (for compressed members an opening starts at the beginning). */
const READ_THROUGH = 32 << 20;

export interface Span {
  readonly offset: number;
  readonly byteLength: number;
}

/** The bytes of spans of one member, in the order of the spans. Short or empty where the member ends earlier than it did. Throws EvidenceUnreadable. */
export async function readSpans(member: Member, spans: readonly Span[], signal?: AbortSignal): Promise<Uint8Array[]> {
  const order = spans.map((_, at) => at).sort((a, b) => spans[a]!.offset - spans[b]!.offset);
  const results = spans.map((span) => new Uint8Array(Math.min(span.byteLength, BYTES_AT_MOST)));
  const filled = new Uint32Array(spans.length);
  let next = 0;
  while (next < order.length) {
    // Records that lie near each other are read in one go.
    let until = next + 1;
    let end = endOf(spans[order[next]!]!);
    while (until < order.length && spans[order[until]!]!.offset - end < READ_THROUGH) end = Math.max(end, endOf(spans[order[until++]!]!));
    const group = order.slice(next, until);
    let position = spans[group[0]!]!.offset;
    for await (const chunk of member.open(position)) {
      signal?.throwIfAborted();
      for (const at of group) copyPart(spans[at]!, results[at]!, filled, at, chunk, position);
      position += chunk.length;
      if (position >= end) break;
    }
    next = until;
  }
  return results.map((bytes, at) => bytes.subarray(0, filled[at]));
}

function endOf(span: Span): number {
  return span.offset + Math.min(span.byteLength, BYTES_AT_MOST);
}

function copyPart(span: Span, into: Uint8Array, filled: Uint32Array, at: number, chunk: Uint8Array, position: number): void {
  const from = Math.max(span.offset, position), to = Math.min(span.offset + into.length, position + chunk.length);
  if (from >= to) return;
  into.set(chunk.subarray(from - position, to - position), from - span.offset);
  filled[at] = to - span.offset;
}

/** The lines of a record's bytes without those of other events: an audit event's records are interleaved with its neighbours'. */
export function linesOf(bytes: Uint8Array): string[] {
  const lines = textOfRecord(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const event = auditEventId(lines[0] ?? '');
  return event === undefined ? lines : lines.filter((line) => line.includes(`audit(${event})`));
}

/** `seconds.milliseconds:serial` of an audit line. */
export function auditEventId(line: string): string | undefined {
  return /\baudit\((\d+\.\d+:\d+)\)/.exec(line.slice(0, 4096))?.[1];
}

const HEX_ROWS = 256;

/** A hex dump as `xxd` prints it; of long records the head, and how much follows. */
export function hexOf(bytes: Uint8Array, offset: number): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length && rows.length < HEX_ROWS; at += 16) {
    const part = bytes.subarray(at, at + 16);
    let pairs = '', text = '';
    for (let i = 0; i < 16; i++) {
      if (i % 2 === 0) pairs += ' ';
      const byte = part[i];
      pairs += byte === undefined ? '  ' : byte.toString(16).padStart(2, '0');
      if (byte !== undefined) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    rows.push(`${(offset + at).toString(16).padStart(8, '0')}:${pairs}  ${text}`);
  }
  if (bytes.length > HEX_ROWS * 16) rows.push(`(${bytes.length - HEX_ROWS * 16} more bytes)`);
  return rows.join('\n');
}
