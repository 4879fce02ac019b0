import type { Batch } from '../model/index.js';
import { Account } from './account.js';
import { AuditRecords } from './auditRecords.js';
import { bytesOfText } from './byteText.js';
import type { ParseContext } from './format.js';

/** What became of a record that was told in auditd's words. */
export type Verdict = 'understood' | 'notNeeded' | 'rejected';

/**
 * Audit records out of another form (ausearch -i, laurel, journal, syslog), told in auditd's own words and read by the one reader there is, so that
 * they mean the same everywhere. The caller counts its own records (lines, entries); here only what the verdicts do not hold is counted.
 */
export class RetoldRecords {
  private readonly inner = new Account();
  private readonly records: AuditRecords;

  constructor(
    member: number,
    path: string,
    private readonly context: ParseContext,
    countsHoles = true,
  ) {
    this.inner.note = (what, where, offset) => context.account.note(what, where, offset);
    this.records = new AuditRecords(member, path, { ...context, account: this.inner }, countsHoles);
  }

  /** Reads one record; each char of `line` is one byte. [offset, offset + span) is where it stands in the member. */
  tell(line: string, offset: number, span: number): Verdict {
    const { understood, notNeeded } = this.inner;
    const bytes = bytesOfText(line);
    this.records.line(bytes, 0, bytes.length, offset, false, span);
    return this.inner.understood > understood ? 'understood' : this.inner.notNeeded > notNeeded ? 'notNeeded' : 'rejected';
  }

  take(): Batch[] {
    return this.records.take();
  }

  finish(): void {
    this.records.finish();
    this.context.account.duplicates += this.inner.duplicates;
    this.context.account.lostBySource += this.inner.lostBySource;
  }
}

/** Text, one byte a char, as audit encodes it: upper-case hex without quotes. */
export function encoded(text: string): string {
  let hex = '';
  for (let i = 0; i < text.length; i++) hex += HEX[text.charCodeAt(i) & 0xff]!;
  return hex;
}

/** The same of a text of any characters, as UTF-8. */
export function encodedUtf8(text: string): string {
  let hex = '';
  for (const byte of new TextEncoder().encode(text)) hex += HEX[byte]!;
  return hex;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());

/** `seconds.mmm` of a moment in whole milliseconds, as it stands in audit(...). */
export function auditStamp(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  return `${seconds}.${String(millis - seconds * 1000).padStart(3, '0')}`;
}

/** saddr= of an address, in the kernel's bytes on a little-endian host; undefined for what is no IP address. */
export function encodedAddress(family: 'inet' | 'inet6', address: string, port: number): string | undefined {
  const word = (value: number): string => HEX[(value >> 8) & 0xff]! + HEX[value & 0xff]!;
  if (!(port >= 0 && port <= 0xffff)) return undefined;
  if (family === 'inet') {
    const parts = address.split('.').map(Number);
    if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
    return `0200${word(port)}${parts.map((part) => HEX[part]!).join('')}0000000000000000`;
  }
  const mapped = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = mapped ? `${mapped[1]}${word(Number(mapped[2]) * 256 + Number(mapped[3]))}:${word(Number(mapped[4]) * 256 + Number(mapped[5]))}` : address;
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const all = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return `0A00${word(port)}00000000${all.map((group) => word(parseInt(group, 16))).join('')}00000000`;
}
