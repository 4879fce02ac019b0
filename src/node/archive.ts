import { extract, type Header } from 'tar-stream';
import { EvidenceUnreadable, type Member } from '../model/index.js';
import type { Budget } from './limits.js';
import { rangeMember } from './ranges.js';

const BLOCK = 512;

/** True when bytes begin with a tar header: its own checksum holds (POSIX ustar, GNU, and the old format that has no magic). */
export function isTar(head: Uint8Array): boolean {
  if (head.length < BLOCK || head[0] === 0) return false;
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (head[at] ?? 0);
  const stated = /^[ 0]*([0-7]+)[ \0]/.exec(String.fromCharCode(...head.subarray(148, 156)))?.[1];
  return stated !== undefined && Number.parseInt(stated, 8) === sum;
}

export interface ReadArchive {
  readonly members: readonly Member[];
  /** Why not all of it was read; what was read is in `members`. */
  readonly error?: string;
}

/** One file of an archive, with its first bytes where reading them cost nothing. */
export interface ArchiveEntry {
  readonly member: Member;
  readonly head: Uint8Array | undefined;
}

export interface ListedArchive {
  readonly entries: readonly ArchiveEntry[];
  readonly error?: string;
}

/**
 * Lists a tar: its files are ranges of it, so nothing is held in memory. Names are only text: nothing is ever written, so `../` and absolute paths are
 * kept as they stand. Links keep their target and are not followed.
 */
export async function readTar(tar: Member, shown: string, budget: Budget, signal: AbortSignal | undefined): Promise<ListedArchive> {
  const entries: ArchiveEntry[] = [];
  const reader = extract();
  let stop: string | undefined;
  let failure: Error | undefined;
  let open: { readonly header: Header; readonly head: Uint8Array; length: number } | undefined;
  const keep = (): void => {
    const entry = open && entryOf(tar, open.header, open.head, open.length);
    if (entry) entries.push(entry);
    open = undefined;
  };
  const closed = new Promise<void>((resolve) => reader.on('close', () => resolve()));
  reader.on('error', (error: Error) => (failure ??= error));
  reader.on('entry', (header, stream, next) => {
    const entry = { header, head: new Uint8Array(Math.min(BLOCK, Number(header.size ?? 0))), length: 0 };
    open = entry;
    stop ??= budget.take(header.name.length, 0);
    stream.on('data', (piece: unknown) => {
      if (!(piece instanceof Uint8Array)) return;
      if (entry.length < entry.head.length) entry.head.set(piece.subarray(0, entry.head.length - entry.length), entry.length);
      entry.length += piece.length;
    });
    stream.on('error', (error: Error) => (failure ??= error));
    stream.on('end', () => {
      if (stop === undefined) keep();
      next();
    });
    stream.resume();
  });
  let read = 0;
  try {
    for await (const chunk of tar.open(0)) {
      signal?.throwIfAborted();
      // Counted here, where headers and padding count too: an archive of nothing but long headers is a bomb as well.
      stop ??= budget.unpack(chunk.length);
      if (stop !== undefined || reader.destroyed) break;
      read += chunk.length;
      if (!reader.write(chunk)) await drained(reader);
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) {
      reader.destroy();
      throw cause;
    }
    failure = cause;
  }
  // streamx hands pieces on a moment later; an end that is an error would drop those that are under way.
  await new Promise((resolve) => setImmediate(resolve));
  if (stop !== undefined || failure) reader.destroy();
  else reader.end(null);
  await closed;
  if (stop !== undefined) return { entries, error: `${shown}: ${stop}; the ${entries.length} members before that were read` };
  if (!failure) return { entries };
  if (open && open.length > 0) keep(); // the member in which the archive breaks off: its head is evidence too
  const why = failure instanceof EvidenceUnreadable ? failure.message : `${shown}: the tar is cut or damaged at byte ${read} or before (${failure.message})`;
  return { entries, error: `${why}; ${entries.length} members were read` };
}

/** Resolves when the reader takes bytes again, or has ended. */
function drained(reader: ReturnType<typeof extract>): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      reader.off('drain', go);
      reader.off('close', go);
      reader.off('error', go);
      resolve();
    };
    reader.on('drain', go);
    reader.on('close', go);
    reader.on('error', go);
  });
}

/** A member's path, and its name where that is another: archives of a folder `.` have `./` before every name. */
export function namedIn(name: string): Pick<Member, 'path' | 'archiveName'> {
  const path = name.replace(/^(?:\.\/)+/, '');
  return path === name ? { path } : { path, archiveName: name };
}

function entryOf(tar: Member, header: Header, head: Uint8Array, length: number): ArchiveEntry | undefined {
  const named = namedIn(header.name);
  const modifiedMicros = modified(header);
  if (header.type === 'symlink' || header.type === 'link') {
    return { member: { ...named, size: 0, modifiedMicros, linkTarget: header.linkname ?? '', async *open() {} }, head: undefined };
  }
  if (header.type !== 'file' && header.type !== 'contiguous-file') return undefined; // folders, devices and pipes hold no bytes
  return { member: rangeMember(tar, offsetOf(header), length, { ...named, modifiedMicros }), head: head.subarray(0, length) };
}

/** Where the file's bytes begin in the tar; tar-stream has it, and its types do not. */
function offsetOf(header: Header): number {
  if (!('byteOffset' in header) || typeof header.byteOffset !== 'number') throw new Error('tar-stream says no longer where a file begins');
  return header.byteOffset;
}

/** tar-stream leaves the fraction of a pax mtime out of `mtime`. */
function modified(header: Header): number | undefined {
  const { pax } = header;
  const stated = typeof pax === 'object' && pax !== null && 'mtime' in pax ? Number(pax.mtime) : NaN;
  if (Number.isFinite(stated)) return Math.round(stated * 1e6);
  const time = header.mtime.getTime();
  return Number.isNaN(time) || time === 0 ? undefined : time * 1000;
}
