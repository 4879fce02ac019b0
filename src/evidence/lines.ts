import type { Member } from '../model/index.js';
import { joinedBytes } from './joinedBytes.js';

/** Longer lines are cut: no record of ours is near this, and a hostile file must not fill the memory. */
export const LONGEST_LINE = 16 << 20;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One line: bytes [from, to) of a buffer that is valid until the next line is asked for. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Place in the member and length with its line end. */
  readonly offset: number;
  readonly byteLength: number;
  /** False for a last line without a line feed: the file may be cut there. */
  readonly isEnded: boolean;
  /** True when the line was longer than the limit and `bytes` holds only its head. */
  readonly isCut: boolean;
}

/** The lines of a member. CRLF and a byte order mark at the head of the file are left out of [from, to), not out of the offsets. */
export async function* linesOf(member: Member, longest: number = LONGEST_LINE): AsyncGenerator<Line> {
  let offset = 0; // of the line that is being read
  let kept: Uint8Array[] = []; // its bytes from earlier chunks, at most `longest` of them
  let keptLength = 0;
  let length = 0; // its bytes from earlier chunks, all of them
  const line = (tail: Uint8Array, from: number, to: number, isEnded: boolean): Line => {
    const byteLength = length + (to - from) + (isEnded ? 1 : 0);
    let bytes = tail;
    let first = from;
    let last = to;
    if (keptLength > 0) {
      const more = tail.subarray(from, Math.min(to, from + longest - keptLength));
      bytes = joinedBytes(kept, more, keptLength);
      first = 0;
      last = bytes.length;
    } else if (to - from > longest) last = from + longest;
    const isCut = last - first < byteLength - (isEnded ? 1 : 0);
    if (!isCut && last > first && bytes[last - 1] === CARRIAGE_RETURN) last--;
    if (offset === 0 && bytes[first] === 0xef && bytes[first + 1] === 0xbb && bytes[first + 2] === 0xbf) first = Math.min(first + 3, last);
    return { bytes, from: first, to: last, offset, byteLength, isEnded, isCut };
  };
  for await (const chunk of member.open(0)) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const whole = line(chunk, from, end, true);
      yield whole;
      offset += whole.byteLength;
      kept = [];
      keptLength = 0;
      length = 0;
      from = end + 1;
    }
    if (from < chunk.length) {
      const piece = chunk.slice(from, Math.min(chunk.length, from + longest - keptLength));
      if (piece.length > 0) kept.push(piece);
      keptLength += piece.length;
      length += chunk.length - from;
    }
  }
  if (length > 0) yield line(new Uint8Array(0), 0, 0, false);
}
