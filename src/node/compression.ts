import { EvidenceUnreadable, type Member } from '../model/index.js';
import { unbzip2 } from './bzip2.js';
import { gunzip, isGzip } from './gzip.js';
import type { OpenStored } from './ranges.js';
import { KeptBytes, type Spill } from './spill.js';
import { unxz } from './xz.js';
import { unzstd } from './zstd.js';

/**
 * Unpacks a stream; `consumed` is told how many stored bytes are done. Throws {@link EvidenceUnreadable} where the data is corrupt or ends too early,
 * after what could be unpacked before it was handed on.
 */
export type Unpack = (open: OpenStored, path: string, consumed: (bytes: number) => void) => AsyncIterable<Uint8Array>;

interface Compression {
  /** True when bytes begin as this one does; names are not asked. */
  isThis(head: Uint8Array): boolean;
  readonly unpack: Unpack;
  /** The decoder is one for the whole program: a stream must be read to its end before another one begins. */
  readonly isOneAtATime?: boolean;
}

/** Every compression that is read through. */
const COMPRESSIONS: readonly Compression[] = [
  { isThis: isGzip, unpack: gunzip },
  { isThis: (head) => begins(head, [0x28, 0xb5, 0x2f, 0xfd]) || (begins(head.subarray(1), [0x2a, 0x4d, 0x18]) && (head[0] ?? 0) >> 4 === 5), unpack: unzstd },
  { isThis: (head) => begins(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), unpack: unxz, isOneAtATime: true },
  // "BZh", the block size, and a block's or the end's magic: the three letters alone begin ordinary text too.
  { isThis: (head) => begins(head, [0x42, 0x5a, 0x68]) && /^[1-9]$/.test(String.fromCharCode(head[3] ?? 0)) && (head[4] === 0x31 || head[4] === 0x17), unpack: unbzip2 },
];

/** How bytes that begin like this are unpacked; undefined when they are not compressed. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  return COMPRESSIONS.find((compression) => compression.isThis(head));
}

function begins(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

/** Unpacked bytes for each stored one, beyond the first 64 MiB: deflate has at most 1,032; more is made up to fill a disk. */
const RATIO_MOST = 1_100;
const RATIO_FREE = 64 << 20;

export interface Unpacking {
  readonly spill: Spill;
  readonly modifiedMicros: number | undefined;
  /** Unpacked size, where the archive states it. More than that is not read. */
  readonly size?: number | undefined;
}

/**
 * A compressed member as its unpacked bytes. What is unpacked is kept in the spill while it is read for the first time, so that `open(from)` is quick
 * ever after; what could not be kept is unpacked again from the start.
 */
export function unpackedMember(stored: Member, compression: Pick<Compression, 'unpack' | 'isOneAtATime'>, { spill, modifiedMicros, size }: Unpacking): Member {
  const progress = { size: stored.size ?? 0, read: 0 };
  const kept = new KeptBytes(spill);
  const { path, archiveName } = stored;

  async function* unpack(): AsyncGenerator<Uint8Array> {
    let at = 0;
    try {
      for await (const chunk of compression.unpack(() => stored.open(0), path, (bytes) => (progress.read = bytes))) {
        if (at + chunk.length > RATIO_FREE && at + chunk.length > (stored.size ?? Infinity) * RATIO_MOST) {
          throw new EvidenceUnreadable(path, `it unpacks to more than ${RATIO_MOST} times its size, as only a made-up file does; what came before is kept`);
        }
        const wanted = size === undefined ? chunk : chunk.subarray(0, size - at);
        await kept.offer(at, wanted);
        yield wanted;
        at += wanted.length;
        if (wanted.length < chunk.length) throw new EvidenceUnreadable(path, 'it unpacks to more than the archive states; the rest was not read');
      }
      if (size !== undefined && at < size) throw new EvidenceUnreadable(path, `it unpacks to ${at} bytes where the archive states ${size}; what was there is kept`);
      kept.end(at, undefined);
    } catch (cause) {
      if (cause instanceof EvidenceUnreadable) kept.end(at, cause);
      throw cause;
    }
  }

  /** All of it into the spill, for a decoder that cannot wait for its reader: several members are read side by side. */
  async function unpackWhole(): Promise<void> {
    try {
      for await (const chunk of unpack()) void chunk;
    } catch (cause) {
      if (!(cause instanceof EvidenceUnreadable) || kept.whole === undefined) throw cause; // else it is told behind what was kept
    }
    if (kept.whole === undefined) throw new EvidenceUnreadable(path, 'there is no room for its unpacked copy in the folder for temporary files; make room there, or unpack it first');
  }

  return {
    path,
    ...(archiveName === undefined ? {} : { archiveName }),
    size,
    modifiedMicros,
    stored: progress,
    async *open(from) {
      if (compression.isOneAtATime === true && kept.whole === undefined) await unpackWhole();
      let at = from;
      while (at < kept.available) {
        for await (const chunk of kept.read(at)) {
          at += chunk.length;
          if (kept.whole) progress.read = Math.round((progress.size * at) / kept.whole.length);
          yield chunk;
        }
      }
      if (kept.whole) {
        if (kept.whole.error) throw kept.whole.error;
        return;
      }
      let position = 0;
      for await (const chunk of unpack()) {
        const start = Math.min(chunk.length, Math.max(0, at - position));
        position += chunk.length;
        if (start < chunk.length) yield start === 0 ? chunk : chunk.subarray(start);
      }
    },
  };
}
