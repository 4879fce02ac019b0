import { EvidenceUnreadable, type Member } from '../model/index.js';
import type { ReadingProgress } from './readingProgress.js';
import { PlainText, type TextForm } from './textForm.js';

/**
 * A member that counts what is read of it, listens to cancellation, and ends where it cannot be read further: a parser sees a file that was
 * cut there and keeps what it has, and the entry says why.
 */
export class WatchedMember implements Member {
  readonly path: string;
  readonly size: number | undefined;
  readonly modifiedMicros: number | undefined;
  readonly linkTarget?: string;
  readonly stored?: { readonly size: number; readonly read: number };
  error: string | undefined;
  /** Where the plain text stands in what is stored, as far as it was read; undefined for what is read as it is stored. */
  text: PlainText | undefined;
  private furthest = 0;
  private isOpened = false;

  constructor(
    private readonly inner: Member,
    error: string | undefined,
    private readonly watch: { readonly signal: AbortSignal | undefined; readonly progress: ReadingProgress },
    private readonly form: TextForm | undefined,
  ) {
    this.path = inner.path;
    this.size = inner.size;
    this.modifiedMicros = inner.modifiedMicros;
    if (inner.stored !== undefined) this.stored = inner.stored;
    if (inner.linkTarget !== undefined) this.linkTarget = inner.linkTarget;
    this.error = error;
  }

  /** Bytes that were read; the whole size of a member that its format did not need to open. */
  get bytes(): number {
    return this.isOpened ? this.furthest : (this.size ?? 0);
  }

  async *open(from: number, reusesChunks = false): AsyncIterable<Uint8Array> {
    if (!this.form) {
      yield* this.readStored(from, reusesChunks);
      return;
    }
    // Offsets are of the plain text, which is only known from the start.
    const text = new PlainText(this.form);
    this.text = text;
    let skip = from;
    const after = function* (bytes: Uint8Array): Generator<Uint8Array> {
      const start = Math.min(skip, bytes.length);
      skip -= start;
      if (start < bytes.length) yield bytes.subarray(start);
    };
    for await (const chunk of this.readStored(0, false)) {
      yield* after(text.next(chunk));
      if (text.isTooMixed) {
        this.error = `${this.path}: it is UTF-16 or coloured text that changes too often to keep its places; what came before was read. Convert it first (iconv)`;
        return;
      }
    }
    yield* after(text.end());
  }

  private async *readStored(from: number, reusesChunks: boolean): AsyncIterable<Uint8Array> {
    this.isOpened = true;
    let at = from;
    try {
      for await (const chunk of this.inner.open(from, reusesChunks)) {
        this.watch.signal?.throwIfAborted();
        const before = this.furthest;
        at += chunk.length;
        this.furthest = Math.max(before, at);
        this.watch.progress.add(this.inner, this.furthest - before);
        yield chunk;
      }
    } catch (cause) {
      if (!(cause instanceof EvidenceUnreadable)) throw cause;
      this.error = cause.message;
    }
  }
}
