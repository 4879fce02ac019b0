import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { EvidenceUnreadable, type Member } from '../model/index.js';

const CHUNK = 1 << 20;
/** Whoever begins in the middle mostly wants one record, or one file of an archive. */
const CHUNK_INSIDE = 1 << 16;

/** A regular file as it was when it was listed. */
export interface ListedFile {
  /** Where it lies. */
  readonly file: string;
  /** How it is shown and named inside its evidence. */
  readonly path: string;
  readonly size: number;
  readonly modifiedMicros: number;
}

/**
 * The bytes [from, size) of a file as a stream: memory stays at a chunk whatever the size, and Node's limit of 2 GiB a read is never met.
 * With `reusesChunks` each chunk is valid until the next is asked for. A log that grows is read up to the size it had when it was listed; one that shrinks or goes away throws {@link EvidenceUnreadable}.
 */
export async function* readFile(listed: ListedFile, from: number, chunkSize: number = CHUNK, reusesChunks = false): AsyncGenerator<Uint8Array> {
  if (from >= listed.size) return;
  let at = from;
  try {
    for await (const chunk of reusesChunks ? chunksInPlace(listed, from, chunkSize) : chunksOf(listed, from, chunkSize)) {
      at += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw unreadable(listed.path, cause);
  }
  if (at < listed.size) {
    throw new EvidenceUnreadable(listed.path, `it became shorter while it was read (${at} of ${listed.size} bytes were there); what was read is kept`);
  }
}

async function* chunksOf(listed: ListedFile, from: number, chunkSize: number): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(listed.file, { start: from, end: listed.size - 1, highWaterMark: chunkSize });
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } finally {
    stream.destroy();
  }
}

/** All chunks in one buffer: with a new one each, V8 collects its garbage for every 64 MB of a log (5 % of opening 400 MB). */
async function* chunksInPlace(listed: ListedFile, from: number, chunkSize: number): AsyncGenerator<Uint8Array> {
  const handle = await open(listed.file, 'r');
  try {
    const buffer = new Uint8Array(chunkSize);
    for (let at = from; at < listed.size;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkSize, listed.size - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** A plain file as a member. */
export function fileMember(listed: ListedFile): Member {
  return { path: listed.path, size: listed.size, modifiedMicros: listed.modifiedMicros, open: (from, reusesChunks) => readFile(listed, from, from === 0 ? CHUNK : CHUNK_INSIDE, reusesChunks) };
}

/** A failure of the file system as a sentence that says what to do. Throws again what is no failure of the file system. */
export function unreadable(path: string, cause: unknown): EvidenceUnreadable {
  if (cause instanceof EvidenceUnreadable) return cause;
  if (!(cause instanceof Error) || !('code' in cause)) throw cause;
  return new EvidenceUnreadable(path, WORDS[String(cause.code)] ?? cause.message, { cause });
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file (any more)',
  ESTALE: 'the file went away while it was read',
  EACCES: 'no permission to read it; open it as a user who may, or copy it',
  EPERM: 'no permission to read it; open it as a user who may, or copy it',
  EISDIR: 'it is a folder where a file was expected',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EIO: 'the disk failed while it was read',
  EMFILE: 'too many files are open; close some, or raise the limit (ulimit -n)',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};
