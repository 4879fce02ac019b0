/**
 * Bytes as a string of one char a byte (TextDecoder's "latin1" is windows-1252, which moves 0x80..0x9f). For texts that are cut and looked at, and
 * whose pieces become bytes again.
 */
export function byteText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 4096) text += String.fromCharCode(...bytes.subarray(at, Math.min(to, at + 4096)));
  return text;
}

/** The bytes behind a {@link byteText}. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A {@link byteText} read as UTF-8. */
export function utf8OfText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : new TextDecoder().decode(bytesOfText(text));
}
