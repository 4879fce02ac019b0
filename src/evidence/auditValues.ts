import { type StringId, type StringTable, UNSET_ID } from '../model/index.js';
import { decimal, ENRICHED, type Field, type Scratch } from './auditFields.js';

/** Interns the values of audit fields: quoted text as it is, encoded (hex) text decoded. */
export class AuditValues {
  constructor(
    private readonly strings: StringTable,
    readonly scratch: Scratch,
  ) {}

  /** The value of an encoded field: quoted text as it is, hex decoded; absent for (null), (none) and ?. */
  text(bytes: Uint8Array, field: Field): StringId {
    if (field.quoted) return this.strings.intern(bytes, field.from, field.to);
    if (isAbsent(bytes, field)) return 0;
    this.scratch.clear();
    this.append(bytes, field);
    return this.strings.intern(this.scratch.bytes, 0, this.scratch.length);
  }

  plain(bytes: Uint8Array, field: Field): StringId {
    return isAbsent(bytes, field) ? 0 : this.strings.intern(bytes, field.from, field.to);
  }

  append(bytes: Uint8Array, field: Field): void {
    const { scratch } = this;
    if (field.quoted) return scratch.append(bytes, field.from, field.to);
    const to = hexEnd(bytes, field.from, field.to);
    if (to === field.from || !scratch.appendHex(bytes, field.from, to)) scratch.append(bytes, field.from, field.to); // not encoded after all: a re-rendered log
  }

  /** A file name made whole by the directory it is relative to. */
  joinPath(directory: StringId, name: StringId): StringId {
    const { strings } = this;
    const tail = strings.bytes(name);
    if (name === 0 || tail.length === 0 || tail[0] === 0x2f || directory === 0) return name;
    const { scratch } = this;
    scratch.clear();
    const head = strings.bytes(directory);
    scratch.append(head, 0, head.length);
    if (head[head.length - 1] !== 0x2f) scratch.push(0x2f);
    const skip = tail[0] === 0x2e && tail[1] === 0x2f ? 2 : 0; // ./name
    scratch.append(tail, skip, tail.length);
    return strings.intern(scratch.bytes, 0, scratch.length);
  }
}

/** An id: audit writes "unset" as 4294967295, older kernels as -1. */
export function id(bytes: Uint8Array, from: number, to: number): number {
  const value = decimal(bytes, from, to);
  return value < 0 || Number.isNaN(value) ? UNSET_ID : value;
}

/** True for (null), (none), ? and nothing. */
export function isAbsent(bytes: Uint8Array, field: Field): boolean {
  const first = bytes[field.from]!;
  return field.to === field.from || first === 0x28 || (first === 0x3f && field.to === field.from + 1); // (null) (none) ?
}

/** Where hex digits (as audit writes them, upper case) end: a shipper that strips 0x1D lets the first enriched name follow at once. */
export function hexEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at]!;
    if (!((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102))) break;
    at++;
  }
  if (at < to && bytes[at]! >= 65 && bytes[at]! <= 90) while ((at - from) % 2 !== 0) at--;
  return at === to || (bytes[at]! >= 65 && bytes[at]! <= 90) ? at : from;
}

/** The part of a record before its enriched names. */
export function rawPart(text: string): string {
  const end = text.indexOf('\u001d');
  return end < 0 ? text : text.slice(0, end);
}

/** True if enriched names follow, so that the record is whole. */
export function enrichedTail(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes.subarray(at, end).includes(ENRICHED);
}

/** systemd leaves ".service" away in its audit records (unit=cron); other kinds keep their ending. */
export function unitName(unit: string | undefined): string | undefined {
  return unit === undefined || /\.\w+$/.test(unit) ? unit : `${unit}.service`;
}
