import { createGunzip } from 'node:zlib';
import { EvidenceUnreadable, type Member } from '../model/index.js';

const CHUNK = 1 << 16;
/** Stored bytes a step where the damaged place is looked for: at most so many are lost before it. */
const SMALL_STEP = 16;

/** True for the two magic bytes of gzip (RFC 1952); names are not asked. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08;
}

/** Bytes as they are stored, from the start. */
export type OpenStored = () => AsyncIterable<Uint8Array>;

/**
 * Inflates a gzip stream (one member or several joined). Throws {@link EvidenceUnreadable} where the data is corrupt or ends too early,
 * after all that could be inflated before it was handed on.
 */
export async function* gunzip(open: OpenStored, path: string, consumed: (bytes: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
  let emitted = 0;
  let read = 0; // stored bytes that went into pieces which inflated without error
  try {
    for await (const inflated of inflate(open(), Infinity, (bytes) => consumed((read = bytes)))) {
      emitted += inflated.length;
      yield inflated;
    }
  } catch (cause) {
    if (!isZlibError(cause)) throw cause;
    yield* lastBytes(open(), read, emitted);
    const what = cause.code === 'Z_BUF_ERROR' ? 'the gzip data ends too early' : `the gzip data is corrupt near stored byte ${read}`;
    throw new EvidenceUnreadable(path, `${what}; what could be inflated before it is kept`, { cause });
  }
}

/** zlib drops the output of the call that failed, up to a whole buffer. Inflating again in small steps brings back all but the last few bytes of it. */
async function* lastBytes(stored: AsyncIterable<Uint8Array>, coarse: number, emitted: number): AsyncGenerator<Uint8Array> {
  let skip = emitted;
  try {
    for await (const inflated of inflate(stored, coarse, () => undefined)) {
      const from = Math.min(skip, inflated.length);
      skip -= from;
      if (from < inflated.length) yield inflated.subarray(from);
    }
  } catch (cause) {
    if (!isZlibError(cause)) throw cause; // the same error again: it was told once
  }
}

/** Feeds zlib piece by piece and hands on what comes out before the next piece goes in: an error then loses nothing that came before. */
async function* inflate(stored: AsyncIterable<Uint8Array>, coarse: number, consumed: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const inflater = createGunzip({ chunkSize: coarse === Infinity ? 1 << 17 : 1 << 14 });
  let out: Uint8Array[] = [];
  const state: { failure?: Error } = {};
  inflater.on('data', (piece: Uint8Array) => out.push(piece));
  inflater.on('error', (error) => (state.failure = error));
  // A write in which zlib fails never calls back: the stream only closes.
  let proceed = (): void => undefined;
  inflater.on('close', () => proceed());
  let read = 0;
  try {
    for await (const chunk of stored) {
      for (let from = 0; from < chunk.length; ) {
        // Large steps through the part that is known to be good, small ones after it.
        const piece = chunk.subarray(from, from + (read < coarse ? Math.min(CHUNK, coarse - read) : SMALL_STEP));
        await new Promise<void>((resolve) => {
          proceed = resolve;
          inflater.write(piece, () => resolve());
        });
        yield* out;
        out = [];
        if (state.failure) throw state.failure;
        from += piece.length;
        read += piece.length;
        consumed(read);
      }
    }
    await new Promise<void>((resolve) => {
      proceed = resolve;
      inflater.end();
    });
    yield* out;
    if (state.failure) throw state.failure;
  } finally {
    inflater.destroy();
  }
}

function isZlibError(cause: unknown): cause is Error & { code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('Z_');
}

/**
 * A gzip file as a member of inflated bytes. `open(from)` inflates from the start and drops what lies before `from`:
 * the time to show one raw record grows with its offset.
 */
export function gzipMember(stored: Member, modifiedMicros: number | undefined): Member {
  const progress = { size: stored.size ?? 0, read: 0 };
  return {
    path: stored.path,
    size: undefined,
    modifiedMicros,
    stored: progress,
    async *open(from) {
      let skip = from;
      for await (const chunk of gunzip(() => stored.open(0), stored.path, (bytes) => (progress.read = bytes))) {
        const start = Math.min(skip, chunk.length);
        skip -= start;
        if (start < chunk.length) yield start === 0 ? chunk : chunk.subarray(start);
      }
    },
  };
}
