import { XzReadableStream } from 'xz-decompress';
import { EvidenceUnreadable } from '../model/index.js';
import type { OpenStored } from './ranges.js';

const STEP = 1 << 16;

/**
 * Unpacks xz. Throws {@link EvidenceUnreadable} where the data is corrupt or ends too early, after what came before. One stream at a time: the
 * decoder (WebAssembly) is shared, and a second caller waits for the first one's end.
 */
export async function* unxz(open: OpenStored, path: string, consumed: (bytes: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
  const state: { failure?: Error } = {};
  const stored = steps(open, consumed);
  const input = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await stored.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (cause) {
          state.failure = cause instanceof Error ? cause : new Error(String(cause)); // the decoder would put its own words around it
          controller.error(cause);
        }
      },
      async cancel() {
        await stored.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  const reader = new XzReadableStream(input).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length > 0) yield value;
    }
  } catch (cause) {
    if (state.failure !== undefined) throw state.failure;
    const code = /error code (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1];
    throw new EvidenceUnreadable(path, `the xz data ${WORDS[code ?? ''] ?? 'is corrupt'}; what could be unpacked before it is kept`, { cause });
  } finally {
    await reader.cancel().catch(() => undefined); // frees the decoder for the next one; a stream that failed has nothing more to say
    reader.releaseLock();
  }
  const rest = await stored.next();
  if (rest.done !== true) throw new EvidenceUnreadable(path, 'there is more data behind the end of the xz stream, which was not read (xz -dk reads it)');
}

/** xz_ret of xz-embedded. */
const WORDS: Readonly<Record<string, string>> = { '3': 'needs more memory than there is', '4': 'needs a larger dictionary than 64 MiB; unpack it first (xz -dk)', '6': 'uses an option that is not read; unpack it first (xz -dk)', '8': 'ends too early' };

async function* steps(open: OpenStored, consumed: (bytes: number) => void): AsyncGenerator<Uint8Array, undefined> {
  let read = 0;
  for await (const chunk of open()) {
    for (let from = 0; from < chunk.length; from += STEP) {
      const piece = chunk.subarray(from, from + STEP);
      yield piece;
      read += piece.length;
      consumed(read);
    }
  }
}
