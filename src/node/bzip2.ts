import unbzip2Stream from 'unbzip2-stream';
import { EvidenceUnreadable } from '../model/index.js';
import type { OpenStored } from './ranges.js';

/** Small steps, so that no more than a block or two is unpacked at a time: a block of 900 kB may hold 46 MB. */
const STEP = 1 << 16;

/** Unpacks bzip2, also several streams joined. Throws {@link EvidenceUnreadable} where the data is corrupt or ends too early, after what came before. */
export async function* unbzip2(open: OpenStored, path: string, consumed: (bytes: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
  const unpacking = unbzip2Stream();
  const out: Uint8Array[] = [];
  const state: { failure?: unknown } = {};
  unpacking.on('data', (piece: Uint8Array) => out.push(piece));
  unpacking.on('error', (cause: unknown) => (state.failure ??= cause));
  let read = 0;
  for await (const chunk of open()) {
    for (let from = 0; from < chunk.length && state.failure === undefined; from += STEP) {
      const piece = chunk.subarray(from, from + STEP);
      unpacking.write(piece);
      read += piece.length;
      consumed(read);
      yield* out.splice(0);
    }
    if (state.failure !== undefined) break;
  }
  if (state.failure === undefined) unpacking.end();
  yield* out.splice(0);
  if (state.failure === undefined) return;
  const said = state.failure instanceof Error ? state.failure.message : '';
  const what = /premature|undefined/.test(said) ? 'the bzip2 data ends too early' : 'the bzip2 data is corrupt';
  throw new EvidenceUnreadable(path, `${what}; what could be unpacked before it is kept`, { cause: state.failure });
}
