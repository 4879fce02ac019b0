import type { Batch, Member } from '../model/index.js';
import { AuditLines, type LineReader } from './auditLines.js';
import { rankOf } from './auditOrder.js';
import { AuditRecords } from './auditRecords.js';
import { SerialGaps } from './auditSerials.js';
import { byteText } from './byteText.js';
import type { ParseContext } from './format.js';
import { hashOf, type LineKey, LineSort } from './lineSort.js';

/** The head of a record, as {@link AuditRecords} reads it. */
const HEAD = /^(?:\u00ef\u00bb\u00bf)?[\0-\x20]*(?:node=([^ ]*) )?type=([^ [\]]*)[^ ]* msg=audit\((\d{1,12})\.(\d{3}):(\d{1,15})\)/;
/** The head, and the first argument of an EXECVE. */
const HEAD_BYTES = 400;
/** In a log that auditd wrote up to 8 of 100 events stand behind a later one; in a shuffled one half of them, in a reversed one all. */
const BACK_SHARE = 0.2;
const EVENTS_NEEDED = 8;

/** Whether the records of a log stand out of order, by the lines of its beginning. */
export function isOutOfOrder(sample: Uint8Array): boolean {
  const serials = new SerialGaps();
  let events = 0;
  let back = 0;
  let last: RecordHead | undefined;
  let isTorn = false;
  const lines = new AuditLines({
    line(bytes, from, end) {
      const head = headOf(bytes, from, end);
      if (!head || head.type.startsWith('DAEMON_')) return;
      serials.see(head.serial, head.time, head.node);
      if (last && last.serial === head.serial && last.time === head.time && last.node === head.node) {
        if (head.type === 'EXECVE' && last.type === 'EXECVE' && head.rank < last.rank) isTorn = true;
      } else if (last && last.node === head.node) {
        events++;
        if (head.serial < last.serial && head.time <= last.time) back++;
      }
      last = head;
    },
    reject: () => undefined,
    finish: () => undefined,
  });
  lines.chunk(sample);
  return isTorn || serials.isDisordered || (events >= EVENTS_NEEDED && back > events * BACK_SHARE);
}

/** Reads a log whose lines stand in any order: sorts them by time, event and place in the event, and gives what the log in order would have given. */
export async function* readSorted(member: Member, memberId: number, context: ParseContext): AsyncGenerator<Batch> {
  const { account, signal } = context;
  const records = new AuditRecords(memberId, member.path, context, true, undefined, true);
  const sort = new LineSort(context.openTemporary);
  context.sorts?.();
  try {
    const heads = new HeadReader(records, sort);
    const gathered = new AuditLines(heads);
    for await (const chunk of member.open(0)) {
      signal?.throwIfAborted();
      account.bytes += chunk.length;
      gathered.chunk(chunk);
      await sort.relieve();
    }
    gathered.end();
    for await (const lines of sort.sorted()) {
      signal?.throwIfAborted();
      for (const { bytes, from, to, offset, isRepeat } of lines) records.line(bytes, from, to, offset, offset === heads.unended, undefined, isRepeat);
      yield* records.take();
    }
    records.finish();
    yield* records.take();
  } finally {
    await sort.close();
  }
}

interface RecordHead extends LineKey {
  readonly type: string;
}

function headOf(bytes: Uint8Array, from: number, end: number): RecordHead | undefined {
  const text = byteText(bytes, from, Math.min(end, from + HEAD_BYTES));
  const head = HEAD.exec(text);
  if (!head) return undefined;
  const [all, node = '', type = '', seconds, millis, serial] = head;
  return { time: Number(seconds) * 1e6 + Number(millis) * 1e3, serial: Number(serial), node: hashOf(node), type, rank: rankOf(type, text.slice(all.length)) };
}

/** Gives records to the sort; what has no place in the order (comments, what is no record) is counted at once. */
class HeadReader implements LineReader {
  /** Where the line without an end stands, which may be cut. */
  unended = -1;

  constructor(
    private readonly records: AuditRecords,
    private readonly sort: LineSort,
  ) {}

  line(bytes: Uint8Array, from: number, end: number, offset: number, last = false): void {
    if (last) this.unended = offset;
    const head = headOf(bytes, from, end);
    if (head) this.sort.add(head, bytes, from, end, offset);
    else this.records.line(bytes, from, end, offset, last);
  }

  reject(what: string, offset: number): void {
    this.records.reject(what, offset);
  }

  finish(): void {
    // the records go on when all lines are sorted
  }
}
