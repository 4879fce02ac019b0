import type { Batch, Member } from '../model/index.js';
import { SECOND } from './clock.js';
import { type Fact, FactRows } from './facts.js';
import { fixedRecordsOf } from './fixedRecords.js';
import type { Format, ParseContext } from './format.js';
import type { Provenance } from './procRows.js';

/** Where the fields of a record lie. glibc keeps 32-bit times on x86 and some others, 64-bit ones on arm64 and s390x, each in the host's byte order. */
interface Layout {
  readonly length: number;
  readonly isLittle: boolean;
  readonly seconds: number;
  readonly micros: number;
  readonly address: number;
  readonly isWide: boolean;
}
const NARROW = { length: 384, seconds: 340, micros: 344, address: 348, isWide: false } as const;
const WIDE = { length: 400, seconds: 344, micros: 352, address: 360, isWide: true } as const;
const LAYOUTS: readonly Layout[] = [
  { ...NARROW, isLittle: true },
  { ...NARROW, isLittle: false },
  { ...WIDE, isLittle: true },
  { ...WIDE, isLittle: false },
];

const EMPTY = 0;
const RUN_LEVEL = 1;
const BOOT = 2;
const NEW_TIME = 3;
const LOGIN_PROCESS = 6;
const USER_PROCESS = 7;
const DEAD_PROCESS = 8;
const ACCOUNTING = 9;

/** Sessions that are held because they may still be open; a made-up file could open one on a new line with each record. */
const OPEN_MOST = 10_000;

/**
 * utmp, wtmp and btmp as the kernel's login programs write them (utmp(5), FORMATS 7): sessions, failed logins, boots; times in UTC.
 * The pid of a session is stated only where the file leaves it open. A wtmp goes back over months and boots, and who held a pid then is not who holds it
 * in the rest of the evidence: of closed sessions and failed logins it is kept in words. Boots are told as lines of a log, as those of `last` are.
 */
export const utmpFormat: Format = {
  id: 'utmp',
  title: 'utmp, wtmp, btmp',
  sniff: (head) => (layoutOf(head) ? 0.9 : 0),
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* readMember(member, context.firstMember + index, context);
  },
};

async function* readMember(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const { account, signal } = context;
  const rows = new FactRows(context.strings);
  const layout = layoutOf(await headOf(member)) ?? { ...NARROW, isLittle: true };
  const sessions = new OpenSessions((fact, from) => rows.add(fact, from));
  const isFailures = /btmp/.test(member.path);
  for await (const { bytes, offset } of fixedRecordsOf(member, layout.length)) {
    signal?.throwIfAborted();
    const from: Provenance = { member: memberId, offset, byteLength: bytes.length };
    const record = bytes.length < layout.length ? undefined : recordIn(bytes, layout);
    if (!record) account.reject(bytes.length < layout.length ? 'a login record that breaks off' : 'bytes that are no login record', member.path, offset);
    else if (readRecord(record, from, isFailures, sessions)) account.understood++;
    else account.notNeeded++;
    yield* rows.take();
  }
  sessions.end();
  yield* rows.rest();
}

export interface LoginRecord {
  readonly type: number;
  readonly pid: number;
  readonly line: string;
  readonly user: string;
  readonly host: string;
  readonly address: string | undefined;
  /** NaN where the record has none. */
  readonly time: number;
}

/** What utmpdump and the file itself share. Tells what a record says; false when that is nothing needed here. */
export function readRecord(record: LoginRecord, from: Provenance, isFailures: boolean, sessions: OpenSessions): boolean {
  const { type, pid, line, user, time } = record;
  const place = record.host === '' ? record.address : record.host;
  const leader = [...(place === undefined ? [] : [`from ${place}`]), ...(pid > 0 ? [`pid ${pid}`] : [])].join(', ');
  // getty's own entries stand under LOGIN; under another name a login that was tried.
  if (type !== EMPTY && user !== '' && (isFailures || (type === LOGIN_PROCESS && user !== 'LOGIN'))) {
    sessions.tell({ ...whoOf(record), kind: 'authentication', operation: 'credentials', outcome: 'failure', message: leader }, from);
    return true;
  }
  switch (type) {
    case USER_PROCESS:
      sessions.opened(line, { ...whoOf(record), kind: 'session', operation: 'opened', outcome: 'success', message: leader }, pid, from);
      return true;
    case DEAD_PROCESS: {
      const began = sessions.closed(line);
      if (line === '' && user === '') return false; // a terminal that nobody had
      sessions.tell({ ...whoOf(record), kind: 'session', operation: 'closed', user: user === '' ? began?.user : user, path: began?.path ?? whoOf(record).path, message: leader }, from);
      return true;
    }
    case BOOT:
    case RUN_LEVEL: {
      if (type === RUN_LEVEL && user !== 'shutdown') return false;
      sessions.closeAll();
      sessions.tell({ kind: 'log', time, key: 'logins', message: type === BOOT ? `system boot ${record.host}`.trimEnd() : 'system down' }, from);
      return true;
    }
    case NEW_TIME:
      sessions.tell({ kind: 'configuration', time, key: 'logins', message: 'the clock was set' }, from);
      return true;
    default:
      return false; // an empty slot, a getty that waits, the time before the clock was set
  }
}

function whoOf(record: LoginRecord): Pick<Fact, 'time' | 'user' | 'tty' | 'path'> {
  return { time: record.time, user: record.user, tty: record.line, path: record.address ?? record.host };
}

interface OpenSession {
  readonly fact: Fact;
  readonly pid: number;
  readonly from: Provenance;
}

/** Holds the sessions of one file until it shows whether they were closed. */
export class OpenSessions {
  private readonly byLine = new Map<string, OpenSession>();

  constructor(readonly tell: (fact: Fact, from: Provenance) => void) {}

  opened(line: string, fact: Fact, pid: number, from: Provenance): void {
    this.closed(line);
    this.byLine.set(line, { fact, pid, from });
    if (this.byLine.size > OPEN_MOST) for (const first of this.byLine.keys()) return void this.closed(first);
  }

  /** Tells the session of a line as one that is over, and answers what it was. */
  closed(line: string): Fact | undefined {
    const session = this.byLine.get(line);
    if (!session) return undefined;
    this.byLine.delete(line);
    this.tell(session.fact, session.from);
    return session.fact;
  }

  closeAll(): void {
    for (const line of [...this.byLine.keys()]) this.closed(line);
  }

  end(): void {
    for (const { fact, pid, from } of this.byLine.values()) this.tell({ ...fact, pid }, from);
    this.byLine.clear();
  }
}

/** The layout in which the head of a file holds login records: of those that fit, the one in which the most records do. */
function layoutOf(head: Uint8Array): Layout | undefined {
  let best: Layout | undefined;
  let most = 0;
  for (const layout of LAYOUTS) {
    const whole = Math.floor(head.length / layout.length);
    let told = 0;
    let good = 0;
    for (let at = 0; at < whole; at++) {
      const record = recordIn(head.subarray(at * layout.length, (at + 1) * layout.length), layout);
      if (!record) continue;
      good++;
      if (record.type !== EMPTY && !Number.isNaN(record.time)) told++;
    }
    if (told > most && good * 4 >= whole * 3) {
      best = layout;
      most = told;
    }
  }
  return best;
}

/** A record's fields; undefined where the bytes hold none. */
function recordIn(bytes: Uint8Array, layout: Layout): LoginRecord | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { isLittle } = layout;
  const type = view.getInt16(0, isLittle);
  const pid = view.getInt32(4, isLittle);
  const seconds = layout.isWide ? Number(view.getBigInt64(layout.seconds, isLittle)) : view.getUint32(layout.seconds, isLittle);
  const micros = layout.isWide ? Number(view.getBigInt64(layout.micros, isLittle)) : view.getInt32(layout.micros, isLittle);
  // Two bytes of padding stand behind the type; 2100 is far enough.
  if (type < EMPTY || type > ACCOUNTING || pid < 0 || bytes[2] !== 0 || bytes[3] !== 0) return undefined;
  if (seconds < 0 || seconds > 4_102_444_800 || micros < 0 || micros >= SECOND) return undefined;
  const line = textIn(bytes, 8, 32);
  const user = textIn(bytes, 44, 32);
  const host = textIn(bytes, 76, 256);
  if (line === undefined || user === undefined || host === undefined) return undefined;
  return { type, pid, line, user, host, address: addressIn(bytes, layout.address), time: seconds === 0 ? NaN : seconds * SECOND + micros };
}

/** A text up to its NUL; undefined where control characters stand in it. */
function textIn(bytes: Uint8Array, from: number, length: number): string | undefined {
  let to = from;
  while (to < from + length && bytes[to] !== 0) if (bytes[to++]! < 0x20) return undefined;
  return new TextDecoder().decode(bytes.subarray(from, to));
}

/** An address in network order: IPv4 in the first four bytes, the rest 0. */
function addressIn(bytes: Uint8Array, from: number): string | undefined {
  const address = bytes.subarray(from, from + 16);
  if (address.every((byte) => byte === 0)) return undefined;
  if (address.subarray(4).every((byte) => byte === 0)) return address.subarray(0, 4).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((address[at * 2]! << 8) | address[at * 2 + 1]!).toString(16));
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}

/** The bytes that decide the layout. */
async function headOf(member: Member): Promise<Uint8Array> {
  const head = new Uint8Array(8192);
  let length = 0;
  for await (const chunk of member.open(0)) {
    const part = chunk.subarray(0, head.length - length);
    head.set(part, length);
    length += part.length;
    if (length === head.length) break;
  }
  return head.subarray(0, length);
}
