import { type Batch, EvidenceUnreadable, type Member } from '../model/index.js';
import { withAuditCoverage } from './auditCoverage.js';
import { LocaleDates } from './auditDate.js';
import { addressFields, commonFields, cwdFields, execveFields, pathFields, syscallFields, titleFields } from './auditInterpreted.js';
import { rankOf } from './auditOrder.js';
import { auditStamp, RetoldRecords } from './auditRetold.js';
import { byteText } from './byteText.js';
import { MINUTE } from './clock.js';
import type { Format, ParseContext } from './format.js';
import { linesOf } from './lines.js';
import { lineShape } from './lineShape.js';
import { hashOf, type LineKey } from './lineSort.js';
import { recordsInOrder } from './recordOrder.js';

/** type=SYSCALL msg=audit(03/17/2023 18:04:06.482:2402) : ...; the space before the colon is libauparse's. */
const HEAD = /^(node=\S+ )?type=([A-Z_0-9]+(?:\[\d+\])?) msg=audit\((\S+) (\d\d):(\d\d):(\d\d)\.(\d{3}):(\d{1,15})\) : ?/;
/** The head of a record, its rank among those of its event included. */
const HEAD_BYTES = 400;
/** More records than this in one event are told in parts. */
const EVENT_RECORDS = 4096;
/** Records of an event that were found further apart than this, by sorting, are not shown as one place. */
const NEAR_BYTES = 64 << 10;

/** `ausearch -i`: audit records with names for numbers, in local time (FORMATS 3.3). */
export const ausearchFormat: Format = {
  id: 'ausearch-i',
  title: 'ausearch -i text',
  numbersEvents: true,
  hasLocalTime: true,
  isInOrder: true,
  sniff(head) {
    return byteText(head, 0, head.length)
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .split('\n')
      .slice(0, 40)
      .some((line) => HEAD.test(line)) ? 0.95 : 0;
  },
  parse: withAuditCoverage((member, memberId, context) => new InterpretedMember(member, memberId, context).read()),
};

interface Pending {
  readonly head: string;
  readonly body: string;
  readonly type: string;
  readonly rank: number;
  readonly offset: number;
  readonly byteLength: number;
}

/** One output of ausearch. Its events are printed with the SYSCALL record last, or in any order: an event is told as the kernel writes it when it is whole. */
class InterpretedMember {
  private readonly records: RetoldRecords;
  private event: Pending[] = [];
  private eventId = '';
  private readonly dates = new LocaleDates();

  constructor(
    private readonly member: Member,
    memberId: number,
    private readonly context: ParseContext,
  ) {
    this.records = new RetoldRecords(memberId, member.path, context);
  }

  async *read(): AsyncIterable<Batch> {
    const { account, signal } = this.context;
    let unended: number | undefined;
    await this.learnDates();
    for await (const line of recordsInOrder(this.member, lineShape((each) => this.keyOf(byteText(each.bytes, each.from, Math.min(each.to, each.from + HEAD_BYTES)))), this.context)) {
      signal?.throwIfAborted();
      if (!line.isEnded) unended = line.offset;
      const text = byteText(line.bytes, line.from, line.to);
      const head = HEAD.exec(text);
      if (!head) {
        if (text.trim() === '') continue; // a blank line is no record
        if (/^(----|time->|<no matches>|#)/.test(text)) account.notNeeded++;
        else account.reject('expected type=... msg=audit(date time:serial) : of ausearch -i', this.member.path, line.offset);
        continue;
      }
      this.record(head, text.slice(head[0].length).replace(/ $/, ''), line.offset, line.byteLength);
      yield* this.records.take();
    }
    this.tell();
    this.records.finish();
    yield* this.records.take();
    if (unended !== undefined) account.note('the last record has no line end: it may be cut', this.member.path, unended);
    const guess = this.dates.guess('ausearch -i', this.context.zoneMinutes);
    if (guess) this.context.cover?.(guess);
  }

  /** Whether day or month stands first may show in the last line only, and decides when the first one was. */
  private async learnDates(): Promise<void> {
    try {
      for await (const line of linesOf(this.member)) {
        this.context.signal?.throwIfAborted();
        const head = HEAD.exec(byteText(line.bytes, line.from, Math.min(line.to, line.from + HEAD_BYTES)));
        if (head && this.dates.learn(head[3] ?? '')) return;
      }
    } catch (cause) {
      if (!(cause instanceof EvidenceUnreadable)) throw cause; // said when it is read
    }
  }

  /** Milliseconds of a record's stamp, NaN for what is none. */
  private millisOf([, , , date = '', hour, minute, second, millis]: RegExpExecArray): number {
    const micros = this.dates.micros(date, Number(hour), Number(minute), Number(second));
    return micros / 1000 + Number(millis) - (this.context.zoneMinutes ?? 0) * (MINUTE / 1000);
  }

  private keyOf(text: string): LineKey | undefined {
    const head = HEAD.exec(text);
    if (!head) return undefined;
    const millis = this.millisOf(head);
    return Number.isNaN(millis) ? undefined : { time: millis * 1000, serial: Number(head[8]), node: hashOf(head[1] ?? ''), rank: rankIn(head[2] ?? '', text.slice(head[0].length)) };
  }

  private record(head: RegExpExecArray, body: string, offset: number, byteLength: number): void {
    const [, node = '', type = '', , , , , , serial] = head;
    const utc = this.millisOf(head);
    if (Number.isNaN(utc)) return this.context.account.reject('a date that no locale of ausearch writes so', this.member.path, offset);
    if (utc < 0) return this.context.account.reject('a date before 1970', this.member.path, offset);
    const id = `${node}${auditStamp(utc)}:${serial}`;
    if (id !== this.eventId || this.event.length >= EVENT_RECORDS) this.tell();
    this.eventId = id;
    this.event.push({ head: `${node}type=${type} msg=audit(${auditStamp(utc)}:${serial}): `, body, type, rank: rankIn(type, body), offset, byteLength });
  }

  /** Tells the records of an event, each with the place of the whole; alike ones backwards, as they were printed. */
  private tell(): void {
    const { account } = this.context;
    const event = this.event.reverse().sort((a, b) => a.rank - b.rank);
    this.event = [];
    const { from, span } = placeOf(event);
    for (const { head, body, type, offset } of event) {
      const verdict = this.records.tell(head + fieldsOf(type, body), from, span);
      if (verdict === 'understood') account.understood++;
      else if (verdict === 'notNeeded') account.notNeeded++;
      else account.reject('an interpreted record that could not be read', this.member.path, offset);
    }
  }
}

/** Where a record stands in its event as the kernel writes it, PATH records by their item. */
function rankIn(type: string, body: string): number {
  const rank = rankOf(type, ` ${body}`);
  return type === 'PATH' ? rank + Number(/^item=(\d{1,4}) /.exec(body)?.[1] ?? 0) / 1e6 : rank;
}

/** From the first of an event's records to its last; where they lie far apart, the first. */
function placeOf(event: readonly Pending[]): { readonly from: number; readonly span: number } {
  let first: Pending | undefined;
  let end = 0;
  for (const record of event) {
    if (!first || record.offset < first.offset) first = record;
    end = Math.max(end, record.offset + record.byteLength);
  }
  if (!first) return { from: 0, span: 0 };
  return { from: first.offset, span: end - first.offset > NEAR_BYTES ? first.byteLength : end - first.offset };
}

function fieldsOf(type: string, body: string): string {
  switch (type) {
    case 'SYSCALL':
    case 'URINGOP':
      return syscallFields(body);
    case 'EXECVE':
      return execveFields(body);
    case 'PATH':
      return pathFields(body);
    case 'CWD':
      return cwdFields(body);
    case 'PROCTITLE':
      return titleFields(body);
    case 'SOCKADDR':
      return addressFields(body);
    case 'OBJ_PID':
      return body;
    default:
      return commonFields(body);
  }
}
