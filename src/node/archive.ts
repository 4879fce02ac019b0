import { extract, type Header } from 'tar-stream';
import { EvidenceUnreadable, type Member } from '../model/index.js';
import { gzipMember, isGzip } from './gzip.js';

/** What an archive may cost at most. An archive beyond it is read up to there, and its entry says so. */
export interface ArchiveLimits {
  readonly members: number;
  /** Unpacked bytes of all members together. */
  readonly bytes: number;
  /** Unpacked bytes for each stored byte, beyond the first 64 MiB: ordinary logs stay under 100, a bomb has 1,000. */
  readonly ratio: number;
  readonly nameLength: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = { members: 500_000, bytes: 2 ** 30, ratio: 250, nameLength: 4096 };

/** Below this size no ratio is suspicious. */
const RATIO_FREE = 64 << 20;
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

/**
 * Reads a tar into memory. Names are only text: nothing is ever written, so `../` and absolute paths are kept as they stand.
 * Links keep their target and are not followed. `storedSize` is the size of the archive file.
 */
export async function readTar(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  storedSize: number,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<ReadArchive> {
  const members: Member[] = [];
  const reader = extract();
  let total = 0;
  let count = 0;
  let stop: string | undefined;
  let failure: Error | undefined;
  let open: { readonly header: Header; readonly pieces: Uint8Array[]; length: number } | undefined;
  const keep = (): void => {
    const member = open && memberOf(open.header, open.pieces, open.length);
    if (member) members.push(member);
    open = undefined;
  };
  const closed = new Promise<void>((resolve) => reader.on('close', () => resolve()));
  reader.on('error', (error: Error) => (failure ??= error));
  reader.on('entry', (header, stream, next) => {
    const entry = { header, pieces: [] as Uint8Array[], length: 0 };
    open = entry;
    count++;
    stop ??= overLimit(total, count, header.name.length, storedSize, limits);
    stream.on('data', (piece: unknown) => {
      if (!(piece instanceof Uint8Array)) return;
      total += piece.length;
      stop ??= overLimit(total, count, header.name.length, storedSize, limits);
      if (stop !== undefined) return;
      entry.pieces.push(new Uint8Array(piece)); // a copy: a small member must not hold its whole chunk
      entry.length += piece.length;
    });
    stream.on('error', (error: Error) => (failure ??= error));
    stream.on('end', () => {
      if (stop === undefined) keep();
      next();
    });
    stream.resume();
  });
  try {
    for await (const chunk of bytes) {
      if (stop !== undefined || reader.destroyed) break;
      if (!reader.write(chunk)) await drained(reader);
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    failure = cause;
  }
  // streamx hands pieces on a moment later; an end that is an error would drop those that are under way.
  await new Promise((resolve) => setImmediate(resolve));
  if (stop !== undefined || failure) reader.destroy();
  else reader.end(null);
  await closed;
  if (stop !== undefined) return { members, error: `${path}: ${stop}; the ${members.length} members before that were read` };
  if (!failure) return { members };
  if (open && open.length > 0) keep(); // the member in which the archive breaks off: its head is evidence too
  const why = failure instanceof EvidenceUnreadable ? failure.message : `${path}: the tar is cut or damaged (${failure.message})`;
  return { members, error: `${why}; ${members.length} members were read` };
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

function overLimit(total: number, count: number, nameLength: number, storedSize: number, limits: ArchiveLimits): string | undefined {
  if (total > limits.bytes) return `it unpacks to more than ${limits.bytes} bytes; unpack it and open the folder`;
  if (total > RATIO_FREE && total > storedSize * limits.ratio) return `it unpacks to more than ${limits.ratio} times its size, as only a made-up archive does`;
  if (count > limits.members) return `it has more than ${limits.members} members`;
  if (nameLength > limits.nameLength) return `a member's name is longer than ${limits.nameLength} characters`;
  return undefined;
}

function memberOf(header: Header, pieces: readonly Uint8Array[], length: number): Member | undefined {
  const path = header.name.replace(/^(\.\/)+/, '');
  const modifiedMicros = modified(header);
  if (header.type === 'symlink' || header.type === 'link') {
    return { path, size: 0, modifiedMicros, linkTarget: header.linkname, open: () => memory([], 0) };
  }
  if (header.type !== 'file' && header.type !== 'contiguous-file') return undefined; // folders, devices and pipes hold no bytes
  const plain: Member = { path, size: length, modifiedMicros, open: (from) => memory(pieces, from) };
  return pieces[0] && isGzip(pieces[0]) ? gzipMember(plain, modifiedMicros) : plain;
}

/** tar-stream leaves the fraction of a pax mtime out of `mtime`. */
function modified(header: Header): number | undefined {
  const { pax } = header;
  const stated = typeof pax === 'object' && pax !== null && 'mtime' in pax ? Number(pax.mtime) : NaN;
  if (Number.isFinite(stated)) return Math.round(stated * 1e6);
  const time = header.mtime.getTime();
  return Number.isNaN(time) || time === 0 ? undefined : time * 1000;
}

// eslint-disable-next-line @typescript-eslint/require-await -- the bytes are there; the contract is asynchronous for files
async function* memory(pieces: readonly Uint8Array[], from: number): AsyncGenerator<Uint8Array> {
  let skip = from;
  for (const piece of pieces) {
    const start = Math.min(skip, piece.length);
    skip -= start;
    if (start < piece.length) yield piece.subarray(start);
  }
}
