/** A small seeded generator (mulberry32): the same seed gives the same damage. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const LINE_END = 0x0a;
const SPICE = ['\0', '\r\n', '\ufeff', '\ud800', '99999999999999999999', '-1', 'audit(0.000:0):', '=', '"', "'", '[', '{', '\u202e', '\t', '<![CDATA[', 'x'.repeat(70_000)];

const ENORMOUS = ['99999999999999999999', '4294967296', '2147483648', '-1', '0', '18446744073709551615', '9'.repeat(400)];

/** What is done to a sample, by name: the damage that disks, shippers and attackers do. */
export const MUTATIONS: Readonly<Record<string, (bytes: Uint8Array, random: () => number, other: Uint8Array) => Uint8Array>> = {
  cut: (bytes, random) => bytes.slice(0, Math.floor(random() * bytes.length)),
  behead: (bytes, random) => bytes.slice(Math.floor(random() * bytes.length)),
  /** As rotation and a full disk leave it. */
  cutAtLine(bytes, random) {
    const at = bytes.indexOf(LINE_END, Math.floor(random() * bytes.length));
    return bytes.slice(0, at < 0 ? bytes.length : at + 1);
  },
  flip(bytes, random) {
    const broken = bytes.slice();
    for (let n = 1 + Math.floor(random() * 30); n > 0 && broken.length > 0; n--) broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
    return broken;
  },
  spice(bytes, random) {
    const at = Math.floor(random() * bytes.length);
    return joined(bytes.subarray(0, at), new TextEncoder().encode(SPICE[Math.floor(random() * SPICE.length)]), bytes.subarray(at));
  },
  shuffle(bytes, random) {
    const lines = linesOf(bytes);
    for (let i = lines.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [lines[i], lines[j]] = [lines[j]!, lines[i]!];
    }
    return joined(...lines);
  },
  repeat(bytes, random) {
    return joined(...linesOf(bytes).flatMap((line) => (random() < 0.2 ? [line, line] : [line])));
  },
  drop: (bytes, random) => joined(...linesOf(bytes).filter(() => random() < 0.8)),
  /** Some numbers are as long as no field of the kernel. */
  numbers(bytes, random) {
    const text = latin1(bytes).replace(/\d+/g, (digits) => (random() < 0.03 ? ENORMOUS[Math.floor(random() * ENORMOUS.length)]! : digits));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  },
  /** Half a surrogate pair as some programs write it, and bytes that are no UTF-8. */
  noText(bytes, random) {
    const at = Math.floor(random() * bytes.length);
    return joined(bytes.subarray(0, at), Uint8Array.of(0xed, 0xa0, 0x80, 0xff, 0xc3, 0x00, 0xf8), bytes.subarray(at));
  },
  wide(bytes, random) {
    const isLittle = random() < 0.5;
    const wide = new Uint8Array(bytes.length * 2 + 2);
    const view = new DataView(wide.buffer);
    view.setUint16(0, 0xfeff, isLittle);
    for (let at = 0; at < bytes.length; at++) view.setUint16(2 * at + 2, bytes[at]!, isLittle);
    return wide.slice(0, wide.length - Math.floor(random() * 4));
  },
  coloured: (bytes) =>
    joined(...linesOf(bytes).map((line, at) => (at % 2 === 0 ? joined(Uint8Array.of(0x1b, 0x5b, 0x33, 0x31, 0x6d), line.subarray(0, 9), Uint8Array.of(0x1b, 0x5b, 0x6d), line.subarray(9)) : line))),
  carriage: (bytes) => joined(...linesOf(bytes).map((line) => (line.at(-1) === LINE_END ? joined(line.subarray(0, -1), Uint8Array.of(0x0d, 0x0a)) : line))),
  splice(bytes, random, other) {
    return joined(bytes.subarray(0, Math.floor(random() * bytes.length)), other.subarray(Math.floor(random() * other.length)));
  },
  interleave(bytes, random, other) {
    const [mine, theirs] = [linesOf(bytes), linesOf(other)];
    const mixed: Uint8Array[] = [];
    while (mine.length + theirs.length > 0) mixed.push((theirs.length === 0 || (mine.length > 0 && random() < 0.5) ? mine : theirs).shift()!);
    return joined(...mixed);
  },
};

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(LINE_END, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
