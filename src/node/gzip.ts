import { createGunzip, createInflateRaw } from 'node:zlib';
import { EvidenceUnreadable } from '../model/index.js';
import type { OpenStored } from './ranges.js';

/** Stored bytes that zlib is fed at once; the smaller ones only look for a damaged place. */
const LARGEST_STEP = 1 << 16;
const STEPS = [LARGEST_STEP, 512, 1] as const;

/** True for the two magic bytes of gzip (RFC 1952); names are not asked. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08;
}

/**
 * Inflates a gzip stream (one member or several joined). Throws {@link EvidenceUnreadable} where the data is corrupt or ends too early,
 * after all that could be inflated before it was handed on.
 */
export function gunzip(open: OpenStored, path: string, consumed: (bytes: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
  return inflateAll(createGunzip, 'gzip', open, path, consumed);
}

/** Inflates what a zip stores of a file: deflate without a header. Throws as {@link gunzip} does. */
export function inflateRaw(open: OpenStored, path: string, consumed: (bytes: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
  return inflateAll(createInflateRaw, 'deflate', open, path, consumed);
}

type CreateInflater = typeof createGunzip | typeof createInflateRaw;

async function* inflateAll(create: CreateInflater, name: string, open: OpenStored, path: string, consumed: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let emitted = 0;
  let good = 0; // stored bytes in the steps that inflated without an error
  let failure: (Error & { code: string }) | undefined;
  // zlib drops the output of the step that failed. Smaller steps near the damaged place bring it back, up to the last byte before it.
  for (const step of STEPS) {
    let skip = emitted;
    let read = 0;
    failure = undefined;
    try {
      for await (const inflated of inflate(create, open(), good, step, (bytes) => consumed((read = bytes)))) {
        const from = Math.min(skip, inflated.length);
        skip -= from;
        emitted += inflated.length - from;
        if (from < inflated.length) yield from === 0 ? inflated : inflated.subarray(from);
      }
    } catch (cause) {
      if (!isZlibError(cause)) throw cause;
      failure = cause;
    }
    if (!failure) return;
    good = Math.max(good, read);
    if (failure.code === 'Z_BUF_ERROR') break; // the end was reached: all that was there came out
  }
  const what = failure?.code === 'Z_BUF_ERROR' ? `the ${name} data ends too early` : `the ${name} data is corrupt at stored byte ${good}`;
  throw new EvidenceUnreadable(path, `${what}; what could be inflated before it is kept`, { cause: failure });
}

/** Feeds zlib in steps, large ones through the part that is known to be good, and hands on what comes out before the next one goes in. */
async function* inflate(create: CreateInflater, stored: AsyncIterable<Uint8Array>, good: number, step: number, consumed: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const inflater = create({ chunkSize: 1 << 17 });
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
      for (let from = 0; from < chunk.length;) {
        const piece = chunk.subarray(from, from + (read < good ? Math.min(LARGEST_STEP, good - read) : step));
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
