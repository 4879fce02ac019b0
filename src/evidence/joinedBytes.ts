/** The bytes of some pieces, `length` in all, and of what comes after them. */
export function joinedBytes(pieces: readonly Uint8Array[], tail: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length + tail.length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  whole.set(tail, at);
  return whole;
}
