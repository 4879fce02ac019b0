import { Readable } from 'node:stream';
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader, type ZipFile } from 'yauzl';
import { EvidenceUnreadable, type Member } from '../model/index.js';
import { type ArchiveEntry, type ListedArchive, namedIn } from './archive.js';
import { unpackedMember } from './compression.js';
import { inflateRaw } from './gzip.js';
import type { Budget } from './limits.js';
import { rangeMember } from './ranges.js';
import type { Spill } from './spill.js';

/** True for the magic of a zip's first file, or of an empty zip. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

/** A mode that says symbolic link (S_IFLNK), in the attributes that a Unix writes. */
const LINK_MODE = 0o120000;
/** A link's target is a path. */
const LINK_LENGTH = 4096;
const STORED = 0;
const DEFLATE = 8;

/**
 * Lists a zip from its directory at the end. Names are only text: nothing is ever written, so `../` and absolute paths are kept as they stand.
 * A file that is encrypted or packed in a way that is not read is a member that says so when it is opened.
 */
export async function readZip(zip: Member, size: number, shown: string, budget: Budget, spill: Spill, signal: AbortSignal | undefined): Promise<ListedArchive> {
  const entries: ArchiveEntry[] = [];
  const told = (why: string): ListedArchive => ({ entries, error: `${shown}: ${why}; ${entries.length} members were read` });
  let directory: ZipFile;
  try {
    directory = await fromRandomAccessReaderPromise(new MemberReader(zip), size, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if (cause instanceof EvidenceUnreadable) return told(cause.message);
    return told(`the zip has no directory at its end, so it is cut or damaged (${cause.message}); try to mend it (zip -FF)`);
  }
  try {
    for await (const entry of directory.eachEntry()) {
      signal?.throwIfAborted();
      const named = namedIn(nameOf(entry)), { path } = named;
      const stop = budget.take(path.length, entry.uncompressedSize);
      if (stop !== undefined) return { entries, error: `${shown}: ${stop}; the ${entries.length} members before that were read` };
      if (path.endsWith('/')) continue; // a folder
      entries.push({ member: await memberOf(zip, directory, entry, named, spill), head: undefined });
    }
  } catch (cause) {
    if (!(cause instanceof Error) || signal?.aborted === true) throw cause;
    return told(cause instanceof EvidenceUnreadable ? cause.message : `the zip's directory is damaged (${cause.message})`);
  }
  return { entries };
}

async function memberOf(zip: Member, directory: ZipFile, entry: Entry, name: ReturnType<typeof namedIn>, spill: Spill): Promise<Member> {
  const modifiedMicros = modified(entry);
  const { path } = name, named = { ...name, modifiedMicros };
  const refuse = (why: string): Member => ({
    ...named,
    size: entry.uncompressedSize,
    // eslint-disable-next-line require-yield -- it cannot be opened, and says why
    async *open() {
      await Promise.resolve();
      throw new EvidenceUnreadable(path, why);
    },
  });
  if (entry.isEncrypted()) return refuse('it is encrypted; unpack the zip with its password and open the folder');
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATE) return refuse(`it is packed with method ${entry.compressionMethod} of zip, which is not read; unpack the zip and open the folder`);
  /** Where its bytes begin stands at the file itself, and is only looked up when they are asked for. */
  const stored: Member = {
    ...named,
    size: entry.compressedSize,
    async *open(from) {
      let start: number;
      try {
        start = (await directory.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
      } catch (cause) {
        if (!(cause instanceof Error) || cause instanceof EvidenceUnreadable) throw cause;
        throw new EvidenceUnreadable(path, `the zip is damaged where this file begins (${cause.message})`, { cause });
      }
      yield* rangeMember(zip, start, entry.compressedSize, named).open(from);
    },
  };
  const plain = entry.compressionMethod === STORED ? stored : unpackedMember(stored, { unpack: inflateRaw }, { spill, modifiedMicros, size: entry.uncompressedSize });
  const isLink = (entry.externalFileAttributes >>> 16 & 0o170000) === LINK_MODE && entry.uncompressedSize <= LINK_LENGTH;
  return isLink ? { ...named, size: 0, linkTarget: await textOf(plain), async *open() {} } : plain;
}

/** A link's target is what the file holds. One that cannot be read leads nowhere. */
async function textOf(member: Member): Promise<string> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of member.open(0)) pieces.push(piece);
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function nameOf(entry: Entry): string {
  return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
}

/** The old field of a zip has local time without a zone, and is read as UTC, and only where no other field says it better. */
function modified(entry: Entry): number | undefined {
  const time = entry.getLastModDate({ timezone: 'UTC' }).getTime();
  return Number.isNaN(time) ? undefined : time * 1000;
}

/** What yauzl reads a zip through. */
class MemberReader extends RandomAccessReader {
  constructor(private readonly zip: Member) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(rangeMember(this.zip, start, end - start, { path: this.zip.path, modifiedMicros: undefined }).open(0), { objectMode: false });
  }
}
