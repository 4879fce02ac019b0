import type { Member } from '../model/index.js';
import { auditEventId } from './rawReading.js';

/** Where a record lies, for a command that shows it again. */
export interface RecordPlace {
  /** The file as it was opened; a tar, or the folder of a /proc copy, for its members. */
  readonly file: string;
  readonly member: Member;
  readonly offset: number;
  readonly byteLength: number;
  /** The record's first line. */
  readonly firstLine: string;
}

/** Tools that write the bytes of a packed file, by its ending; zcat where the name does not tell. */
const UNPACKERS: Readonly<Record<string, string>> = { xz: 'xzcat', txz: 'xzcat', zst: 'zstdcat', bz2: 'bzcat' };
const ARCHIVE = /\.(?:tar|tgz|txz|zip|tar\.\w+)$/i;

/**
 * A command for a shell on the examiner's machine that shows the same record: `ausearch` for audit records, else `tail | head` by bytes; `foundling raw` for
 * what common tools do not reach in one line (an archive in an archive). Names come from evidence and are quoted for a POSIX shell.
 */
export function showCommand({ file, member, offset, byteLength, firstLine }: RecordPlace): string {
  const part = `tail -c +${offset + 1}`, cut = `head -c ${byteLength}`;
  const serial = auditEventId(firstLine)?.split(':')[1];
  const plain = plainFileOf(file, member);
  if (plain !== undefined) return serial === undefined ? `${part} ${quoted(plain)} | ${cut}` : `ausearch -a ${serial} -if ${quoted(plain)} --raw`;
  const shown = serial === undefined ? `${part} | ${cut}` : `ausearch -a ${serial} --raw`;
  if (lastPart(member.path) === lastPart(file)) return `${unpackerOf(file)} ${quoted(file)} | ${shown}`;
  if (member.path.split('/').slice(0, -1).some((folder) => ARCHIVE.test(folder))) return `foundling raw ${quoted(file)} --at ${quoted(`${member.path}:${offset}`)}`;
  const name = member.archiveName ?? member.path;
  const isPacked = member.stored !== undefined && /\.(?:gz|xz|zst|bz2)$/i.test(member.path);
  // unzip takes the name for a pattern.
  const taken = /\.zip$/i.test(file) ? `unzip -p ${quoted(file)} ${quoted(name.replace(/[\\[\]*?]/g, '\\$&'))}` : `tar -xOf ${quoted(file)} ${quoted(name)}`;
  return `${taken}${isPacked ? ` | ${unpackerOf(member.path)}` : ''} | ${shown}`;
}

/** The file that holds the member's bytes as they are; undefined where they are packed. */
function plainFileOf(file: string, member: Member): string | undefined {
  const base = lastPart(file);
  if (lastPart(member.path) === base) return member.stored === undefined ? file : undefined;
  // A /proc copy in a folder: `file` is .../proc, the member is named from a folder above it.
  const at = `/${member.path}`.indexOf(`/${base}/`);
  return at >= 0 && !ARCHIVE.test(base) ? file + `/${member.path}`.slice(at + base.length + 1) : undefined;
}

function unpackerOf(path: string): string {
  return UNPACKERS[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'zcat';
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A word for a POSIX shell. Control characters go in as $'...' escapes, so that pasting cannot run anything. */
export function quoted(text: string): string {
  if (/^[A-Za-z0-9_./:@%+,=-]+$/.test(text) && !text.startsWith('-')) return text;
  const safe = text.startsWith('-') ? `./${text}` : text;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202f\u2066-\u2069]/.test(safe)) return `$'${[...safe].map(escapedCharacter).join('')}'`;
  return `'${safe.replaceAll("'", `'\\''`)}'`;
}

function escapedCharacter(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  const code = character.codePointAt(0)!;
  const isPlain = code >= 0x20 && code !== 0x7f && !(code >= 0x80 && code <= 0x9f) && !(code >= 0x2028 && code <= 0x202f) && !(code >= 0x2066 && code <= 0x2069);
  if (isPlain) return character;
  return [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
