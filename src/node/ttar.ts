import { linesOf } from '../evidence/index.js';
import { EvidenceUnreadable, type Member } from '../model/index.js';
import type { ArchiveEntry, ListedArchive } from './archive.js';
import type { Budget } from './limits.js';
import { rangeMember } from './ranges.js';

/** True for the first line of a text archive (https://github.com/ideaship/ttar), in which projects keep copies of /proc under git. */
export function isTtar(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1').startsWith('# Archive created by ttar ');
}

/**
 * Lists a text archive: `Directory: d`, or `Path: p` with `SymlinkTo: t` or with `Lines: n` and its lines, each followed by `Mode: m`; comments between them.
 * Its files are decoded when they are opened. Names are only text, as in a tar.
 */
export async function readTtar(ttar: Member, shown: string, budget: Budget, signal: AbortSignal | undefined): Promise<ListedArchive> {
  const entries: ArchiveEntry[] = [];
  const told = (why: string): ListedArchive => ({ entries, error: `${shown}: ${why}; ${entries.length} members were read` });
  let path = '';
  let file: { readonly from: number; length: number; linesLeft: number } | undefined;
  const keep = (): void => {
    if (file) entries.push({ member: fileMember(ttar, path, file.from, file.length), head: undefined });
    file = undefined;
  };
  try {
    for await (const { bytes, from, to, offset, byteLength, isCut } of linesOf(ttar)) {
      signal?.throwIfAborted();
      const stop = isCut ? `a line is longer than ${bytes.length} bytes` : budget.unpack(byteLength);
      if (stop !== undefined) return told(stop);
      if (file && file.linesLeft > 0) {
        file.linesLeft--;
        file.length += byteLength;
        continue;
      }
      keep();
      const [, word, value = ''] = /^(Path|Directory|SymlinkTo|Lines|Mode): (.*)$/.exec(Buffer.from(bytes.subarray(from, to)).toString()) ?? [];
      if (word === 'Path') {
        path = value;
        const most = budget.take(path.length, 0);
        if (most !== undefined) return told(most);
      } else if (word === 'SymlinkTo') entries.push({ member: { path, size: 0, modifiedMicros: undefined, linkTarget: value, async *open() {} }, head: undefined });
      else if (word === 'Lines' && /^\d{1,12}$/.test(value)) file = { from: offset + byteLength, length: 0, linesLeft: Number(value) };
      else if (word === 'Lines' || (word === undefined && bytes[from] !== HASH)) return told(`the line at byte ${offset} is none of a ttar archive (Path, Directory, SymlinkTo, Lines, Mode or a comment)`);
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceUnreadable)) throw cause;
    keep();
    return told(cause.message);
  }
  const isBrokenOff = file !== undefined && file.linesLeft > 0;
  keep(); // what is there of a file that breaks off is evidence too
  return isBrokenOff ? told('it breaks off inside a file') : { entries };
}

const HASH = 0x23;

function fileMember(ttar: Member, path: string, from: number, length: number): Member {
  const stored = rangeMember(ttar, from, length, { path, modifiedMicros: undefined });
  return {
    path,
    size: undefined,
    modifiedMicros: undefined,
    async *open(start) {
      let skipped = 0;
      for await (const piece of decoded(stored)) {
        const first = Math.min(piece.length, start - skipped);
        skipped += first;
        if (first < piece.length) yield piece.subarray(first);
      }
    },
  };
}

/** The bytes as they were in the file: NUL is written NULLBYTE, a last line without an end ends in EOF, and a backslash takes the meaning from either. */
async function* decoded(stored: Member): AsyncIterable<Uint8Array> {
  let rest = '';
  for await (const chunk of stored.open(0)) {
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1'); // a character a byte
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) yield plain(text.slice(0, end));
    rest = text.slice(end);
  }
  if (rest !== '') yield plain(rest);
}

function plain(lines: string): Uint8Array {
  return Buffer.from(lines.replace(/(?<!\\)EOF(?:\n|$)/g, '').replace(/\\EOF/g, 'EOF').replace(/(?<!\\)NULLBYTE/g, '\0').replace(/\\NULLBYTE/g, 'NULLBYTE'), 'latin1');
}
