import { close, constants, open, read, statfs, unlink, write } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [openFile, closeFile, readFile, writeFile, unlinkFile, statFileSystem] = [promisify(open), promisify(close), promisify(read), promisify(write), promisify(unlink), promisify(statfs)];

/** So much of the disk is left to others. */
const FREE_BYTES = 1 << 30;
const CHECK_EVERY = 64 << 20;
const CHUNK = 1 << 20;
/** Windows does not unlink an open file; there the system deletes it when it is closed (libuv's UV_FS_O_TEMPORARY). */
const DELETE_ON_CLOSE = process.platform === 'win32' ? 0x40 : 0;

/** A place in the spill. */
interface Extent {
  /** Offset in what was spilled. */
  readonly at: number;
  /** Offset in the temporary file. */
  readonly position: number;
  length: number;
}

/**
 * A temporary file that keeps what was unpacked, so that a later look at one record does not unpack from the start. It has no name as soon as it is
 * open, so nothing is left behind, whatever becomes of this process; its space is free again when the spill is closed or nobody holds it any more.
 * Where no such file can be made, or the disk is nearly full, nothing is kept, and everything still works, slower.
 */
export class Spill {
  private file: Promise<number | undefined> | undefined;
  private length = 0;
  private checked = 0;
  private isFull = false;

  constructor(private readonly folder: string = tmpdir()) {}

  /** Keeps bytes; answers where, or undefined when they could not be kept. */
  async add(bytes: Uint8Array): Promise<number | undefined> {
    if (this.isFull) return undefined;
    this.file ??= this.create();
    const file = await this.file;
    if (file === undefined || !(await this.hasRoom(bytes.length))) {
      this.isFull = true;
      return undefined;
    }
    const position = this.length;
    this.length += bytes.length;
    try {
      for (let done = 0; done < bytes.length;) done += (await writeFile(file, bytes, done, bytes.length - done, position + done)).bytesWritten;
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
      this.isFull = true; // what was written before can still be read
      return undefined;
    }
    return position;
  }

  async *read(position: number, length: number): AsyncGenerator<Uint8Array> {
    const file = await this.file;
    if (file === undefined) throw new Error('nothing was kept there');
    for (let done = 0; done < length;) {
      const chunk = new Uint8Array(Math.min(CHUNK, length - done));
      const { bytesRead } = await readFile(file, chunk, 0, chunk.length, position + done);
      if (bytesRead === 0) throw new Error('the temporary file became shorter');
      done += bytesRead;
      yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
    }
  }

  /** Gives the room back at once. */
  async close(): Promise<void> {
    const file = await this.file;
    this.file = Promise.resolve(undefined);
    this.isFull = true;
    if (file === undefined) return;
    FORGOTTEN.unregister(this);
    await closeFile(file);
  }

  private async create(): Promise<number | undefined> {
    const path = join(this.folder, `foundling-${randomUUID()}.tmp`);
    try {
      const file = await openFile(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | DELETE_ON_CLOSE, 0o600);
      FORGOTTEN.register(this, file, this);
      if (DELETE_ON_CLOSE === 0) await unlinkFile(path);
      return file;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause) return undefined; // no place for temporary files: nothing is kept
      throw cause;
    }
  }

  private async hasRoom(bytes: number): Promise<boolean> {
    if (this.length + bytes < this.checked) return true;
    this.checked = this.length + bytes + CHECK_EVERY;
    try {
      const { bavail, bsize } = await statFileSystem(this.folder);
      return bavail * bsize > FREE_BYTES;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause) return false;
      throw cause;
    }
  }
}

/** Members live as long as somebody may ask for a raw record, and have no end of their own; with the last of them the file goes. */
const FORGOTTEN = new FinalizationRegistry<number>((file) => close(file));

/** The beginning of an unpacked stream, as far as it was read, in a {@link Spill}. */
export class KeptBytes {
  private readonly extents: Extent[] = [];
  private length = 0;
  /** Set when the stream ended (maybe in an error): then all of it is kept, unless something could not be. */
  private ended: { readonly length: number; readonly error: Error | undefined } | undefined;

  constructor(private readonly spill: Spill) {}

  /** How many bytes from the start on can be had again. */
  get available(): number {
    return this.length;
  }

  /** How the stream ended, once all of it is kept. */
  get whole(): { readonly length: number; readonly error: Error | undefined } | undefined {
    return this.ended?.length === this.length ? this.ended : undefined;
  }

  /** Offers bytes at an offset of the stream; those that follow on what is kept are kept too. */
  async offer(at: number, bytes: Uint8Array): Promise<void> {
    if (at > this.length || at + bytes.length <= this.length) return;
    const fresh = bytes.subarray(this.length - at);
    const start = this.length;
    const position = await this.spill.add(fresh);
    if (position === undefined || this.length !== start) return; // another reader was quicker
    const last = this.extents.at(-1);
    if (last && last.position + last.length === position) last.length += fresh.length;
    else this.extents.push({ at: start, position, length: fresh.length });
    this.length += fresh.length;
  }

  end(length: number, error: Error | undefined): void {
    this.ended = { length, error };
  }

  /** The kept bytes from an offset on. */
  async *read(from: number): AsyncGenerator<Uint8Array> {
    for (const { at, position, length } of this.extents) {
      if (at + length <= from) continue;
      const skip = Math.max(0, from - at);
      yield* this.spill.read(position + skip, length - skip);
    }
  }
}
