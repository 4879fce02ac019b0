import type { Member } from '../model/index.js';

/** So much of a member decides whether it is in order. */
export const SAMPLE_BYTES = 1 << 20;

/** A member of which the beginning is looked at before it is read from the beginning; reading it whole twice opens it anew. With `reusesChunks` (default false) each chunk is valid until the next is asked for. */
export class SampledMember implements Member {
  readonly path: string;
  readonly size: number | undefined;
  readonly modifiedMicros: number | undefined;
  readonly stored?: { readonly size: number; readonly read: number };
  /** The sample, until what follows it is read. */
  private chunks: readonly Uint8Array[] | undefined = [];
  private readonly rest: AsyncIterator<Uint8Array>;

  constructor(
    private readonly member: Member,
    private readonly reusesChunks = false,
  ) {
    this.path = member.path;
    this.size = member.size;
    this.modifiedMicros = member.modifiedMicros;
    if (member.stored !== undefined) this.stored = member.stored;
    this.rest = member.open(0, reusesChunks)[Symbol.asyncIterator]();
  }

  /** The first {@link SAMPLE_BYTES}, or some more. */
  async sample(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (length < SAMPLE_BYTES) {
      const next = await this.rest.next();
      if (next.done === true) break;
      chunks.push(next.value.slice());
      length += next.value.length;
    }
    this.chunks = chunks;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    const { chunks } = this;
    if (!chunks) {
      yield* this.member.open(0, this.reusesChunks);
      return;
    }
    yield* chunks;
    this.chunks = undefined;
    for (let next = await this.rest.next(); next.done !== true; next = await this.rest.next()) yield next.value;
  }

  /** Whoever stops early leaves no file open. */
  async close(): Promise<void> {
    await this.rest.return?.();
  }
}

/** Bytes as a member. */
export function memberOf(bytes: Uint8Array, path: string): Member {
  return {
    path,
    size: bytes.length,
    modifiedMicros: undefined,
    async *open() {
      yield await Promise.resolve(bytes);
    },
  };
}
