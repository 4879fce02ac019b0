import { Decompress } from 'fzstd';
import { EvidenceUnreadable } from '../model/index.js';
import type { OpenStored } from './ranges.js';

/** zstd itself asks for `--long` beyond this window; a hostile header could ask for 2 GiB of memory. */
const WINDOW_MOST = 128 << 20;
/** A block holds at most 128 KiB, so a step this small unpacks little at a time. */
const STEP = 1 << 16;

const FRAME = 0xfd2fb528;
const HEADER_MOST = 18;

/**
 * Unpacks zstd, frame by frame. Throws {@link EvidenceUnreadable} where the data is corrupt, ends too early or needs more memory than zstd takes by
 * default, after what came before. Checksums are not verified.
 */
export async function* unzstd(open: OpenStored, path: string, consumed: (bytes: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
  const frames = new Frames();
  let out: Uint8Array[] = [];
  let decoder: Decompress | undefined;
  let read = 0;
  const fail = (what: string, cause?: unknown): EvidenceUnreadable => new EvidenceUnreadable(path, `the zstd data ${what}; what could be unpacked before it is kept`, { cause });
  for await (const chunk of open()) {
    for (let from = 0; from < chunk.length; from += STEP) {
      const step = chunk.subarray(from, from + STEP);
      const pieces = frames.split(step);
      if (frames.window > WINDOW_MOST) throw fail(`needs a window of ${frames.window} bytes; unpack it first (zstd -dk --long=31)`);
      try {
        for (const { bytes, isFirst, isLast } of pieces) {
          if (isFirst) decoder = new Decompress((piece) => out.push(piece.slice()));
          decoder?.push(bytes, isLast);
        }
      } catch (cause) {
        yield* out;
        throw fail('is corrupt', cause);
      }
      yield* out;
      out = [];
      if (frames.isCorrupt) throw fail('is corrupt');
      read += step.length;
      consumed(read);
    }
  }
  if (!frames.isAtEnd) throw fail('ends too early');
}

interface FramePiece {
  readonly bytes: Uint8Array;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Follows the frames of a zstd stream (RFC 8878 section 3.1), so that the memory that each one asks for is known before it is given. */
class Frames {
  /** The largest window that a frame asked for, bytes. */
  window = 0;
  isCorrupt = false;
  private header: number[] = [];
  private state: 'start' | 'block' | 'body' | 'skip' = 'start';
  private left = 0;
  private hasChecksum = false;
  private isLastBlock = false;

  /** True between frames. */
  get isAtEnd(): boolean {
    return this.state === 'start' && this.header.length === 0;
  }

  /** Cuts bytes where frames begin and end; skippable frames are left out. */
  split(bytes: Uint8Array): FramePiece[] {
    const pieces: FramePiece[] = [];
    let from = 0; // of the piece that is open
    let isFirst = false;
    for (let at = 0; at < bytes.length && !this.isCorrupt;) {
      if (this.state === 'body' || this.state === 'skip') {
        const step = Math.min(this.left, bytes.length - at);
        this.left -= step;
        at += step;
        if (this.left > 0) break;
        if (this.state === 'skip') {
          this.state = 'start';
          from = at;
        } else if (!this.isLastBlock) this.state = 'block';
        else {
          pieces.push({ bytes: bytes.subarray(from, at), isFirst, isLast: true });
          this.state = 'start';
          from = at;
          isFirst = false;
        }
        continue;
      }
      if (this.state === 'start' && this.header.length === 0) from = at;
      this.header.push(bytes[at++]!);
      if (this.state === 'block') this.block();
      else if (this.start()) {
        if (this.isSkippable()) from = at;
        else {
          // The header may have come in several chunks; the decoder gets it whole.
          pieces.push({ bytes: Uint8Array.from(this.header), isFirst: true, isLast: false });
          from = at;
        }
        this.header = [];
      }
    }
    if (this.state === 'block' || this.state === 'body') pieces.push({ bytes: bytes.subarray(from), isFirst, isLast: false });
    return pieces;
  }

  private isSkippable(): boolean {
    return this.state === 'skip';
  }

  private block(): void {
    if (this.header.length < 3) return;
    const word = this.header[0]! | (this.header[1]! << 8) | (this.header[2]! << 16);
    this.header = [];
    this.isLastBlock = (word & 1) === 1;
    const isRun = ((word >> 1) & 3) === 1; // one byte, however long the run
    this.left = (isRun ? 1 : word >> 3) + (this.isLastBlock && this.hasChecksum ? 4 : 0);
    this.state = 'body';
  }

  /** True when the header of a frame is whole. */
  private start(): boolean {
    const { header } = this;
    if (header.length < 4) return false;
    const magic = word32(header, 0);
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      if (header.length < 8) return false;
      this.left = word32(header, 4);
      this.state = 'skip';
      return true;
    }
    if (magic !== FRAME) {
      this.isCorrupt = true;
      return false;
    }
    if (header.length < 5) return false;
    const flags = header[4]!;
    const isSingle = (flags >> 5) & 1;
    const sizeBytes = flags >> 6 === 0 ? isSingle : 1 << (flags >> 6);
    const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
    const length = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (header.length < length || length > HEADER_MOST) return false;
    if (isSingle) {
      let size = 0;
      for (let at = length - 1; at >= length - sizeBytes; at--) size = size * 256 + header[at]!;
      this.window = Math.max(this.window, size + (sizeBytes === 2 ? 256 : 0));
    } else {
      const base = 2 ** (10 + (header[5]! >> 3));
      this.window = Math.max(this.window, base + (base / 8) * (header[5]! & 7));
    }
    this.hasChecksum = ((flags >> 2) & 1) === 1;
    this.state = 'block';
    return true;
  }
}

function word32(bytes: readonly number[], at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
