import type { Member } from '../model/index.js';

/** So much of a member decides whether it is in order. */
export const SAMPLE_BYTES = 1 << 20;

/** A member of which the beginning is looked at before it is read, once, from the beginning. */
export class SampledMember implements Member {
  readonly path: string;
  readonly size: number | undefined;
  readonly modifiedMicros: number | undefined;
  readonly stored?: { readonly size: number; readonly read: number };
  private readonly chunks: Uint8Array[] = [];
  private readonly rest: AsyncIterator<Uint8Array>;

  constructor(member: Member) {
    this.path = member.path;
    this.size = member.size;
    this.modifiedMicros = member.modifiedMicros;
    if (member.stored !== undefined) this.stored = member.stored;
    this.rest = member.open(0)[Symbol.asyncIterator]();
  }

  /** The first {@link SAMPLE_BYTES}, or some more. */
  async sample(): Promise<Uint8Array> {
    let length = 0;
    while (length < SAMPLE_BYTES) {
      const next = await this.rest.next();
      if (next.done === true) break;
      this.chunks.push(next.value);
      length += next.value.length;
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    yield* this.chunks.splice(0);
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
