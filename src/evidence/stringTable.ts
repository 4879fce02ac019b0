import type { StringId, StringTable } from '../model/index.js';

/** Creates an empty table. Bytes lie one after another in one growing buffer; the hash index is open addressing over ids. */
export function createStringTable(): StringTable {
  return new Table();
}

class Table implements StringTable {
  private arena = new Uint8Array(1 << 16);
  private used = 0;
  private ends = new Float64Array(1 << 10); // ends[id] = end of entry id in the arena; starts at ends[id - 1]
  private hashes = new Uint32Array(1 << 10);
  private slots = new Uint32Array(1 << 12);
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly encoder = new TextEncoder();
  private room = new Uint8Array(1 << 10);
  private readonly texts = new Map<StringId, string>();
  count = 1; // entry 0 is the absent string

  intern(bytes: Uint8Array, from: number, to: number): StringId {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let id = this.slots[slot]!; id !== 0; id = this.slots[(slot = (slot + 1) & mask)]!) {
      if (this.hashes[id] === hash && this.same(id, bytes, from, to)) return id;
    }
    const id = this.append(bytes, from, to, hash);
    this.slots[slot] = id;
    if (this.count * 2 > this.slots.length) this.rehash();
    return id;
  }

  internText(text: string): StringId {
    if (this.room.length < text.length * 3) this.room = new Uint8Array(text.length * 3); // a UTF-16 unit is three bytes at most
    return this.intern(this.room, 0, this.encoder.encodeInto(text, this.room).written);
  }

  bytes(id: StringId): Uint8Array {
    return id <= 0 || id >= this.count ? this.arena.subarray(0, 0) : this.arena.subarray(this.ends[id - 1], this.ends[id]);
  }

  text(id: StringId): string | undefined {
    if (id <= 0 || id >= this.count) return undefined;
    let text = this.texts.get(id);
    if (text === undefined) {
      text = this.decoder.decode(this.bytes(id));
      if (this.texts.size > 200_000) this.texts.clear(); // a bound on memory: decoding again is cheap
      this.texts.set(id, text);
    }
    return text;
  }

  list(id: StringId): string[] {
    return this.text(id)?.split('\0') ?? [];
  }

  private same(id: StringId, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.ends[id - 1]!;
    if (this.ends[id]! - start !== to - from) return false;
    for (let at = from, mine = start; at < to; at++, mine++) if (this.arena[mine] !== bytes[at]) return false;
    return true;
  }

  private append(bytes: Uint8Array, from: number, to: number, hash: number): StringId {
    const length = to - from;
    if (this.used + length > this.arena.length) {
      const larger = new Uint8Array(Math.max(this.arena.length * 2, this.used + length));
      larger.set(this.arena.subarray(0, this.used));
      this.arena = larger;
    }
    if (this.count === this.ends.length) {
      const ends = new Float64Array(this.ends.length * 2);
      ends.set(this.ends);
      this.ends = ends;
      const hashes = new Uint32Array(this.hashes.length * 2);
      hashes.set(this.hashes);
      this.hashes = hashes;
    }
    this.arena.set(bytes.subarray(from, to), this.used);
    this.used += length;
    const id = this.count++;
    this.ends[id] = this.used;
    this.hashes[id] = hash;
    return id;
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 1; id < this.count; id++) {
      let slot = this.hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}
