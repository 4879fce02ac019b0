/** Low-level reading of audit text: numbers, hex values and fields, straight from bytes. No strings are made here. */

const SPACE = 0x20;
const QUOTE = 0x22;
const EQUALS = 0x3d;
/** Ends the raw part of an enriched record (auditd.conf log_format=ENRICHED). */
export const ENRICHED = 0x1d;

/** A decimal number, also negative and quoted; NaN if no digit stands there. */
export function decimal(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  if (bytes[at] === QUOTE) at++;
  const negative = bytes[at] === 0x2d;
  if (negative) at++;
  let value = 0;
  const first = at;
  for (; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === first ? NaN : negative ? -value : value;
}

const NIBBLE = new Int8Array(256).fill(-1);
for (let i = 0; i < 10; i++) NIBBLE[48 + i] = i;
for (let i = 0; i < 6; i++) {
  NIBBLE[65 + i] = 10 + i;
  NIBBLE[97 + i] = 10 + i;
}

/** The low 32 bits of a hexadecimal number (SYSCALL's a0..a3, arch). */
export function hexNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const nibble = NIBBLE[bytes[at]!]!;
    if (nibble < 0) break;
    value = (value << 4) | nibble;
  }
  return value >>> 0;
}

/** A growing buffer that hex values are decoded into. */
export class Scratch {
  bytes = new Uint8Array(4096);
  length = 0;

  clear(): void {
    this.length = 0;
  }
  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
  push(byte: number): void {
    this.room(1);
    this.bytes[this.length++] = byte;
  }
  append(source: Uint8Array, from: number, to: number): void {
    this.room(to - from);
    if (to - from > 64) {
      this.bytes.set(source.subarray(from, to), this.length);
      this.length += to - from;
    } else for (let at = from; at < to; at++) this.bytes[this.length++] = source[at]!; // a view costs more than a few bytes
  }
  /** Appends the bytes that hex digits [from, to) stand for; false (and nothing appended) if they are not whole hex. */
  appendHex(source: Uint8Array, from: number, to: number): boolean {
    if ((to - from) % 2 !== 0) return false;
    this.room((to - from) / 2);
    const start = this.length;
    for (let at = from; at < to; at += 2) {
      const high = NIBBLE[source[at]!]!;
      const low = NIBBLE[source[at + 1]!]!;
      if ((high | low) < 0) {
        this.length = start;
        return false;
      }
      this.bytes[this.length++] = (high << 4) | low;
    }
    return true;
  }
}

/** Where the last field read by {@link nextField} lies: key [keyFrom, keyTo), value [from, to) without its quotes. */
export class Field {
  keyFrom = 0;
  keyTo = 0;
  from = 0;
  to = 0;
  quoted = false;
}

/**
 * Reads the field `key=value` at or after `at`. Returns the place behind it, or -1 at the end of the record or of its raw part.
 * A quoted value ends at the next quote, another at a blank; an upper-case key starts the enriched names even where a shipper stripped the 0x1D.
 */
export function nextField(bytes: Uint8Array, at: number, end: number, field: Field): number {
  while (at < end && (bytes[at] === SPACE || bytes[at] === 0x27 || bytes[at] === 0x2c)) at++;
  const keyFrom = at;
  for (;;) {
    if (at >= end) return -1;
    const byte = bytes[at]!;
    if (byte === EQUALS) break;
    if (byte === ENRICHED) return -1;
    if (byte === SPACE) return nextField(bytes, at, end, field); // a word that is no field ("netlabel:")
    at++;
  }
  const first = bytes[keyFrom]!;
  if (first >= 65 && first <= 90) return -1;
  field.keyFrom = keyFrom;
  field.keyTo = at;
  let from = at + 1;
  if (bytes[from] === QUOTE) {
    from++;
    let to = from;
    while (to < end && bytes[to] !== QUOTE) to++;
    field.from = from;
    field.to = to;
    field.quoted = true;
    return to + 1;
  }
  let to = from;
  while (to < end) {
    const byte = bytes[to]!;
    if (byte === SPACE || byte === ENRICHED) break;
    to++;
  }
  field.from = from;
  field.to = to;
  field.quoted = false;
  return to;
}

/** True if the key of a field is this ASCII word. */
export function isKey(bytes: Uint8Array, field: Field, word: string): boolean {
  return isWord(bytes, field.keyFrom, field.keyTo, word);
}

/** True if bytes [from, to) are this ASCII word. */
export function isWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word.charCodeAt(i)) return false;
  return true;
}
