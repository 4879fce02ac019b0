/**
 * Inflates one LZ4 block (lz4 doc/lz4_Block_format.md) of a known length; undefined where it is damaged. Ours, because the packages that do it are bound to
 * Node or unkept, and a block is a loop.
 */
export function lz4Block(block: Uint8Array, length: number): Uint8Array | undefined {
  const out = new Uint8Array(length);
  let at = 0;
  let to = 0;
  /** A length beyond 15 goes on in bytes of 255 and one that is less. */
  const more = (first: number): number => {
    let sum = first;
    if (first < 15) return sum;
    for (;;) {
      const byte = block[at++];
      if (byte === undefined) return NaN;
      sum += byte;
      if (byte < 255) return sum;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = more(token >> 4);
    if (!(at + literals <= block.length && to + literals <= length)) return undefined;
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= block.length) break; // the last sequence has no match
    const back = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const match = more(token & 15) + 4;
    if (!(back > 0 && back <= to && to + match <= length)) return undefined;
    for (let i = 0; i < match; i++, to++) out[to] = out[to - back]!; // may overlap itself
  }
  return to === length ? out : undefined;
}
