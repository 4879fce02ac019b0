import type { Batch, Member } from '../model/index.js';
import { commOf, type Fact, FactRows } from './facts.js';
import { type Format, type ParseContext, SNIFF_BYTES } from './format.js';
import { isoMicros, pidOf } from './jsonFields.js';
import { type Fields, jsonRecordsOf } from './jsonRecords.js';
import { linesOf } from './lines.js';
import type { Provenance } from './procRows.js';
import { type RecordShape, recordsInOrder } from './recordOrder.js';
import { SensorCoverage } from './sensorCoverage.js';
import { isSysmonView, sysmonViewEventsOf } from './sysmonView.js';
import { parseSysmonEvent, type SysmonEvent } from './sysmonXml.js';

/** Sysmon for Linux (FORMATS 4.4): its XML in syslog lines, by itself, or as text inside JSON objects; what sysmonLogView prints of it. */
export const sysmonFormat: Format = {
  id: 'sysmon',
  title: 'Sysmon for Linux',
  sniff(head) {
    const text = new TextDecoder().decode(head);
    if (/Linux-Sysmon/.test(text) && /(<|\\u003c)Event(>|\\u003e| )/i.test(text)) return 0.97;
    if (isSysmonView(text)) return 0.95;
    return /^\S+ +\d+ [\d:]{8} \S+ sysmon(\[\d+\])?: Sysmon v/.test(text) ? 0.95 : 0;
  },
  async *parse(members, context) {
    const coverage = new SensorCoverage();
    for (const [index, member] of members.entries()) yield* readMember(member, context.firstMember + index, context, coverage);
    for (const gap of coverage.gaps()) context.cover?.(gap);
  },
};

/** A text that may hold an event; undefined where the record could not be read at all. */
interface Piece {
  readonly text: string | undefined;
  readonly from: Provenance;
}

async function* readMember(member: Member, memberId: number, context: ParseContext, coverage: SensorCoverage): AsyncIterable<Batch> {
  const { account } = context;
  const rows = new FactRows(context.strings);
  const exits = new ThreadExits();
  const add = (fact: Fact, from: Provenance): void => {
    coverage.sees(fact.kind);
    rows.add(fact, from);
  };
  for await (const { text, from } of recordsInOrder(member, shapeOf(memberId), context)) {
    context.signal?.throwIfAborted();
    if (text === undefined) {
      account.reject('an object that is no JSON', member.path, from.offset);
      continue;
    }
    if (text.trim() === '') {
      account.notNeeded++;
      continue;
    }
    const event = parseSysmonEvent(text);
    if (!event) {
      // What Sysmon says of itself at its start names no process.
      if (/ sysmon(\[\d+\])?: /.test(text) && !text.includes('<Event')) account.notNeeded++;
      else account.reject('a line that holds no whole event of Sysmon', member.path, from.offset);
      continue;
    }
    const fact = sysmonFact(event);
    if (!fact) {
      account.reject('an event of Sysmon without a time or a pid', member.path, from.offset);
      continue;
    }
    account.understood++;
    if (!text.includes('</Event>')) account.note('an event that breaks off', member.path, from.offset);
    for (const [settled, place] of exits.settle(fact, from)) add(settled, place);
    yield* rows.take();
  }
  for (const [fact, from] of exits.rest()) add(fact, from);
  yield* rows.rest();
}

const CREATED = /<TimeCreated\s+SystemTime="([^"]{1,64})"/;
const RECORD = /<EventRecordID>(\d{1,15})</;

/** Which exit is a process's last hangs on what its pid does later, so all are put in order. */
function shapeOf(memberId: number): RecordShape<Piece> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    needsOrder: true,
    cut: (member) => piecesOf(member, memberId),
    keyOf({ text = '' }) {
      const time = isoMicros(CREATED.exec(text)?.[1]);
      return Number.isNaN(time) ? undefined : { time, serial: Number(RECORD.exec(text)?.[1] ?? 0), node: 0, rank: 0 };
    },
    store({ text = '', from }, key, sort) {
      const bytes = encoder.encode(text);
      sort.add(key, bytes, 0, bytes.length, from.offset, from.byteLength);
    },
    restore: ({ bytes, from, to, offset, span }) => ({ text: decoder.decode(bytes.subarray(from, to)), from: { member: memberId, offset, byteLength: span } }),
  };
}

async function* piecesOf(member: Member, memberId: number): AsyncGenerator<Piece> {
  const head = await headOf(member);
  if (/^[\ufeff\s]*[{[]/.test(head)) {
    for await (const piece of jsonRecordsOf(member)) {
      yield { text: piece.kind === 'record' ? (eventText(piece.fields, 0) ?? '') : undefined, from: { member: memberId, offset: piece.offset, byteLength: piece.byteLength } };
    }
    return;
  }
  if (isSysmonView(head)) {
    for await (const { text, offset, byteLength } of sysmonViewEventsOf(member)) yield { text, from: { member: memberId, offset, byteLength } };
    return;
  }
  const decoder = new TextDecoder();
  for await (const line of linesOf(member)) {
    yield { text: decoder.decode(line.bytes.subarray(line.from, line.to)), from: { member: memberId, offset: line.offset, byteLength: line.byteLength } };
  }
}

async function headOf(member: Member): Promise<string> {
  const head = new Uint8Array(SNIFF_BYTES);
  let length = 0;
  for await (const chunk of member.open(0)) {
    const part = chunk.subarray(0, SNIFF_BYTES - length);
    head.set(part, length);
    length += part.length;
    if (length === SNIFF_BYTES) break;
  }
  return new TextDecoder().decode(head.subarray(0, length));
}

/** The text with the event in it: SyslogMessage (Azure), message, event.original, _raw ...; whatever it is called. */
function eventText(fields: Fields, depth: number): string | undefined {
  for (const value of Object.values(fields)) {
    if (typeof value === 'string' && value.includes('<Event')) return value;
    if (depth < 4 && typeof value === 'object' && value !== null) {
      const found = eventText(value as Fields, depth + 1); // an object or an array: both have values
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const ZERO_GUID = '{00000000-0000-0000-0000-000000000000}';

/** What an event states; undefined when it has no time, or no pid where it should have one. ParentProcessId is the tracer's where there is one. */
function sysmonFact(event: SysmonEvent): Fact | undefined {
  const { data } = event;
  const time = isoMicros(event.created); // UtcTime of a process event is its start, and may be off by minutes
  if (Number.isNaN(time)) return undefined;
  const pid = pidOf(Number(data.get('ProcessId') ?? NaN));
  const image = data.get('Image')?.replace(/ \(deleted\)$/, '');
  const guid = data.get('ProcessGuid');
  const base: Fact = {
    kind: 'sight',
    time,
    serial: event.record,
    host: event.computer,
    pid,
    user: data.get('User'),
    exe: image?.startsWith('/') ? image : undefined,
    identity: guid === ZERO_GUID ? undefined : guid,
  };
  if (event.id === 4 || event.id === 16) {
    const state = data.get('State');
    return { ...base, kind: 'configuration', operation: event.id === 16 ? 'rules-changed' : state === 'Stopped' ? 'daemon-stopped' : 'daemon-started', message: data.get('Configuration') ?? state };
  }
  if (pid <= 0) return undefined;
  switch (event.id) {
    case 1: {
      const ppid = pidOf(Number(data.get('ParentProcessId') ?? NaN));
      const parentGuid = data.get('ParentProcessGuid');
      return {
        ...base, kind: 'exec', ppid: ppid > 0 ? ppid : undefined, parentKind: 'ptraceView', comm: commOf(image), args: data.get('CommandLine'), cwd: data.get('CurrentDirectory'),
        parentIdentity: parentGuid === ZERO_GUID ? undefined : parentGuid,
      };
    }
    case 5:
      return { ...base, kind: 'threadExit', comm: image };
    case 3: {
      const side = data.get('Initiated') === 'false' ? 'Source' : 'Destination';
      return { ...base, kind: 'socket', operation: side === 'Source' ? 'connection_accepted' : 'connection_attempted', path: data.get(`${side}Ip`), port: pidOf(Number(data.get(`${side}Port`) ?? NaN)) };
    }
    case 11:
    case 23:
    case 26:
      return { ...base, kind: 'file', operation: event.id === 11 ? 'creation' : 'deletion', path: data.get('TargetFilename') };
    case 9:
      return { ...base, kind: 'file', operation: 'open', path: data.get('Device') };
    default:
      return { ...base, message: `event ${event.id}` };
  }
}

/**
 * Event 5 tells the end of any thread, and does not say of which: the last one of a pid is the end of the process. So each is held until the same
 * pid shows that it lived on, or had another process by then.
 */
class ThreadExits {
  private readonly pending = new Map<number, readonly [Fact, Provenance]>();

  *settle(fact: Fact, from: Provenance): Generator<readonly [Fact, Provenance]> {
    const pid = fact.pid ?? 0;
    const before = this.pending.get(pid);
    if (before) {
      this.pending.delete(pid);
      const was = startSecond(before[0].identity);
      const is = startSecond(fact.identity);
      // A fork that never ran a program has no guid: if its pid runs one later, that is another process.
      const isOther = was !== is && (fact.kind === 'exec' || (was !== undefined && is !== undefined));
      yield isOther ? ended(before) : [{ ...before[0], comm: undefined }, before[1]];
    }
    if (fact.kind === 'threadExit') this.pending.set(pid, [fact, from]);
    else yield [fact, from];
  }

  *rest(): Generator<readonly [Fact, Provenance]> {
    for (const exit of this.pending.values()) yield ended(exit);
  }
}

function ended([fact, from]: readonly [Fact, Provenance]): readonly [Fact, Provenance] {
  return [{ ...fact, kind: 'exit', comm: fact.exe === undefined ? undefined : commOf(fact.exe) }, from];
}

/** A guid holds the second in which the process began (Sysmon's source): `{machine-low-high-...}`. */
function startSecond(guid: string | undefined): string | undefined {
  return /^\{[0-9a-f]{8}-([0-9a-f]{4}-[0-9a-f]{4})-/i.exec(guid ?? '')?.[1];
}
