const LINE_END = 0x0a;
const OPEN = 0x28;
const CLOSE = 0x29;
/** How far into a line the event's time and number stand at most: behind node= and type=. */
const HEAD_BYTES = 400;

/**
 * A place between two lines of [from, to) such that no event has records on both sides, as far as these lines show; the one nearest to the middle,
 * since events at the rims may go on beyond them. -1 where there is none.
 */
export function seamIn(bytes: Uint8Array, from: number, to: number): number {
  const ends: number[] = [];
  const events: number[] = [];
  const last = new Map<number, number>();
  for (let at = bytes.indexOf(LINE_END, from) + 1; at > 0 && at < to;) {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0 || end >= to) break;
    const event = eventOf(bytes, at, Math.min(end, at + HEAD_BYTES));
    if (event !== 0) last.set(event, ends.length);
    ends.push(end + 1);
    events.push(event);
    at = end + 1;
  }
  let best = -1;
  let open = -1; // the last line that an event of the lines so far has
  for (const [line, end] of ends.entries()) {
    open = Math.max(open, last.get(events[line]!) ?? -1);
    if (open > line || line === ends.length - 1) continue;
    if (best < 0 || Math.abs(2 * end - from - to) < Math.abs(2 * best - from - to)) best = end;
  }
  return best;
}

/** What stands in audit(...), as a number; 0 where there is nothing. Two events of one number only cost a seam. */
function eventOf(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== OPEN) at++;
  let hash = 0;
  for (at++; at < to && bytes[at] !== CLOSE; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return hash;
}
