/** Bytes kept outside memory for a while: a temporary file. */
export interface Temporary {
  /** Keeps bytes; answers where, or undefined when they could not be kept (no room, no place for temporary files). */
  add(bytes: Uint8Array): Promise<number | undefined>;
  read(position: number, length: number): AsyncIterable<Uint8Array>;
  /** Gives the room back. Nothing may be read after it. */
  close(): Promise<void>;
}

/** Opens a temporary file; undefined where there is none to be had, and everything stays in memory. */
export type OpenTemporary = () => Temporary | undefined;

/** A place in a {@link Temporary}. */
export interface Kept {
  readonly position: number;
  readonly length: number;
}

/** Reads a kept place in one piece. */
export async function readKept(temporary: Temporary, { position, length }: Kept): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(length);
  let at = 0;
  for await (const chunk of temporary.read(position, length)) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
