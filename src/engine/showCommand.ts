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

/**
 * A command for a shell on the examiner's machine that shows the same record: `ausearch` for audit records, else `tail | head` by bytes.
 * Names come from evidence and are quoted for a POSIX shell.
 */
export function showCommand(place: RecordPlace): string {
  const bytes = `tail -c +${place.offset + 1} | head -c ${place.byteLength}`;
  const serial = auditEventId(place.firstLine)?.split(':')[1];
  const { file, member } = place;
  const stored = storedAs(file, member);
  switch (stored.kind) {
    case 'file':
      if (serial !== undefined) return `ausearch -a ${serial} -if ${quoted(stored.path)} --raw`;
      return `tail -c +${place.offset + 1} ${quoted(stored.path)} | head -c ${place.byteLength}`;
    case 'gzip':
      return serial !== undefined ? `zcat ${quoted(stored.path)} | ausearch -a ${serial} --raw` : `zcat ${quoted(stored.path)} | ${bytes}`;
    case 'tar':
      return `tar -xOf ${quoted(file)} ${quoted(member.path)} | ${bytes}`;
  }
}

function storedAs(file: string, member: Member): { readonly kind: 'file' | 'gzip' | 'tar'; readonly path: string } {
  const base = lastPart(file);
  if (lastPart(member.path) === base) return { kind: member.stored === undefined ? 'file' : 'gzip', path: file };
  // A /proc copy in a folder: `file` is .../proc, the member is named from a folder above it.
  const at = `/${member.path}`.indexOf(`/${base}/`);
  if (at >= 0 && !/\.(tar|tgz|tar\.\w+)$/i.test(base)) return { kind: 'file', path: file + `/${member.path}`.slice(at + base.length + 1) };
  return { kind: 'tar', path: file };
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
