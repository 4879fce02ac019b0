import { type Line, linesOf } from './lines.js';
import type { LineKey } from './lineSort.js';
import type { RecordShape } from './recordOrder.js';

/** Records that are a line each. A line that may be cut keeps no place: it is handed on when it is met. */
export function lineShape(keyOf: (line: Line) => LineKey | undefined): RecordShape<Line> {
  return {
    cut: (member) => linesOf(member),
    keyOf: (line) => (line.isEnded && !line.isCut ? keyOf(line) : undefined),
    store: ({ bytes, from, to, offset, byteLength }, key, sort) => sort.add(key, bytes, from, to, offset, byteLength),
    restore: ({ bytes, from, to, offset, span }) => ({ bytes, from, to, offset, byteLength: span, isEnded: true, isCut: false }),
  };
}
