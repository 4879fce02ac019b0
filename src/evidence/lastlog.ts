import type { Batch, Member } from '../model/index.js';
import { civilMicros, MINUTE, monthNamed, SECOND } from './clock.js';
import { FactRows } from './facts.js';
import { fixedRecordsOf } from './fixedRecords.js';
import type { Format, ParseContext } from './format.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

const LONGEST = 1024;
const HEADER = /^Username +Port +(?:From +)?Latest\s*$/;
const ROW = /^(\S{1,64}) +(.*?) *[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d) (\d{4})\s*$/;

/** `lastlog`: when each account logged in last, from where, with the zone of the host stated. */
export const lastlogTextFormat = lineFormat({
  id: 'lastlog',
  title: 'lastlog text',
  isDated: true,
  sniff: (head) => (HEADER.test(head.split('\n').find((line) => line.trim() !== '') ?? '') ? 0.95 : 0),
  reading: () => ({
    line(text, _from, add) {
      if (HEADER.test(text)) return UNDERSTOOD;
      if (text.length > LONGEST) return { trouble: 'a line that is no last login' };
      if (/\*\*Never logged in\*\*\s*$/.test(text)) return NOT_NEEDED;
      const [, user, where = '', month, day, hour, minute, second, sign, hours, minutes, year] = ROW.exec(text) ?? [];
      const local = civilMicros(Number(year), monthNamed(month), Number(day), Number(hour), Number(minute), Number(second));
      const time = local - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
      if (user === undefined || Number.isNaN(time)) return { trouble: 'a line that is no last login' };
      const [tty, from] = where.trim().split(/\s+/);
      add({ kind: 'session', operation: 'opened', outcome: 'success', time, user, tty: tty === '' ? undefined : tty, path: from, message: lastLogin(from) });
      return UNDERSTOOD;
    },
  }),
});

function lastLogin(from: string | undefined): string {
  return `the last login of its account${from === undefined || from === '' ? '' : `, from ${from}`}`;
}

/** Seconds, line, host: one record for each uid, whose number is its place. */
const LENGTH = 292;

/** /var/log/lastlog as it lies on the disk. Little endian; most of it is empty. */
export const lastlogFormat: Format = {
  id: 'lastlog-binary',
  title: 'lastlog',
  sniff(head, path) {
    const isNamed = /(?:^|\/)lastlog$/.test(path);
    if (head.length < LENGTH && !isNamed) return 0;
    let told = 0;
    for (let at = 0; at + LENGTH <= head.length; at += LENGTH) {
      const record = recordIn(head.subarray(at, at + LENGTH));
      if (record === 'damaged') return 0;
      if (record) told++;
    }
    return told > 0 ? (isNamed ? 0.9 : 0.4) : isNamed && head.length >= LENGTH && head.every((byte) => byte === 0) ? 0.4 : 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readMember(member, context.firstMember + index, context);
  },
};

async function* readMember(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const { account, signal, strings } = context;
  const rows = new FactRows(strings);
  for await (const { bytes, offset } of fixedRecordsOf(member, LENGTH)) {
    signal?.throwIfAborted();
    const record = bytes.length < LENGTH ? 'damaged' : recordIn(bytes);
    if (record === 'damaged') account.reject(bytes.length < LENGTH ? 'a last login that breaks off' : 'bytes that are no last login', member.path, offset);
    else if (!record) account.notNeeded++; // an account that never logged in, or none
    else {
      account.understood++;
      rows.add({ kind: 'session', operation: 'opened', outcome: 'success', time: record.time, uid: offset / LENGTH, tty: record.line, path: record.host, message: lastLogin(record.host) }, { member: memberId, offset, byteLength: LENGTH });
    }
    yield* rows.take();
  }
  yield* rows.rest();
}

/** undefined for an empty record. */
function recordIn(bytes: Uint8Array): { readonly time: number; readonly line: string; readonly host: string } | 'damaged' | undefined {
  const seconds = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
  if (seconds === 0) return bytes.every((byte) => byte === 0) ? undefined : 'damaged';
  const line = textIn(bytes, 4, 36);
  const host = textIn(bytes, 36, LENGTH);
  return seconds < 315_532_800 || line === undefined || host === undefined ? 'damaged' : { time: seconds * SECOND, line, host };
}

/** A text up to its NUL; undefined where control characters stand in it, or anything behind the NUL. */
function textIn(bytes: Uint8Array, from: number, end: number): string | undefined {
  let to = from;
  while (to < end && bytes[to] !== 0) if (bytes[to++]! < 0x20) return undefined;
  for (let at = to; at < end; at++) if (bytes[at] !== 0) return undefined;
  // Names that fill their whole field were not seen: texts of other kinds do.
  return to === end ? undefined : new TextDecoder().decode(bytes.subarray(from, to));
}
