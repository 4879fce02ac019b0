import { sha256 } from '@noble/hashes/sha2.js';
import type { Lineage, ProcessRow, StringTable } from '../model/index.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'; // RFC 4648, lower case: 26 characters for 128 bits

/** A process's name in this evidence set: base32 of a hash of host, boot, pid and start (DESIGN 6). What people write hangs on more than this. */
export function createEntityIds(lineage: Lineage, strings: StringTable): (row: ProcessRow) => string {
  const encoder = new TextEncoder();
  return (row) => {
    const start = lineage.start[row]!;
    // An undated process has nothing but its row to tell it from others of its pid.
    const when = Number.isNaN(start) ? `row ${row}` : String(start);
    return base32(sha256(encoder.encode(`${strings.text(lineage.host[row]!) ?? ''}\0${lineage.boot[row]!}\0${lineage.pid[row]!}\0${when}`)).subarray(0, 16));
  };
}

function base32(bytes: Uint8Array): string {
  let text = '', bits = 0, value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}
