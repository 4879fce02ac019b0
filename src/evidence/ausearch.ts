import type { Batch, Member } from '../model/index.js';
import { AuditCoverage } from './auditCoverage.js';
import { LocaleDates } from './auditDate.js';
import { addressFields, commonFields, cwdFields, execveFields, pathFields, syscallFields, titleFields } from './auditInterpreted.js';
import { auditStamp, RetoldRecords } from './auditRetold.js';
import { byteText } from './byteText.js';
import { MINUTE } from './clock.js';
import type { Format, ParseContext } from './format.js';
import { linesOf } from './lines.js';

/** type=SYSCALL msg=audit(03/17/2023 18:04:06.482:2402) : ...; the space before the colon is libauparse's. */
const HEAD = /^(node=\S+ )?type=([A-Z_0-9]+(?:\[\d+\])?) msg=audit\((\S+) (\d\d):(\d\d):(\d\d)\.(\d{3}):(\d{1,15})\) : ?/;
/** More records than this in one event are told in parts. */
const EVENT_RECORDS = 4096;

/** `ausearch -i`: audit records with names for numbers, in local time (FORMATS 3.3). */
export const ausearchFormat: Format = {
  id: 'ausearch-i',
  title: 'ausearch -i text',
  numbersEvents: true,
  hasLocalTime: true,
  sniff(head) {
    return byteText(head, 0, head.length)
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .split('\n')
      .slice(0, 40)
      .some((line) => HEAD.test(line)) ? 0.95 : 0;
  },
  async *parse(members, context) {
    const coverage = new AuditCoverage();
    for (const [index, member] of members.entries()) {
      for await (const batch of new InterpretedMember(member, context.firstMember + index, context).read()) {
        coverage.see(batch);
        yield batch;
      }
    }
    for (const gap of coverage.gaps(context.account)) context.cover?.(gap);
  },
};

interface Pending {
  readonly head: string;
  readonly body: string;
  readonly type: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** One output of ausearch. Its events are printed with the SYSCALL record last, so that an event is told backwards when it is whole. */
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
    let isLastEnded = true;
    let lastOffset = 0;
    for await (const line of linesOf(this.member)) {
      signal?.throwIfAborted();
      isLastEnded = line.isEnded;
      lastOffset = line.offset;
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
    if (!isLastEnded) account.note('the last record has no line end: it may be cut', this.member.path, lastOffset);
    const guess = this.dates.guess('ausearch -i', this.context.zoneMinutes);
    if (guess) this.context.cover?.(guess);
  }

  private record(head: RegExpExecArray, body: string, offset: number, byteLength: number): void {
    const [, node = '', type = '', date = '', hour, minute, second, millis, serial] = head;
    const micros = this.dates.micros(date, Number(hour), Number(minute), Number(second));
    if (Number.isNaN(micros)) return this.context.account.reject('a date that no locale of ausearch writes so', this.member.path, offset);
    const utc = micros / 1000 + Number(millis) - (this.context.zoneMinutes ?? 0) * (MINUTE / 1000);
    if (utc < 0) return this.context.account.reject('a date before 1970', this.member.path, offset);
    const id = `${node}${auditStamp(utc)}:${serial}`;
    if (id !== this.eventId || this.event.length >= EVENT_RECORDS) this.tell();
    this.eventId = id;
    this.event.push({ head: `${node}type=${type} msg=audit(${auditStamp(utc)}:${serial}): `, body, type, offset, byteLength });
  }

  /** Tells the records of an event from the last to the first, each with the place of the whole. */
  private tell(): void {
    const { account } = this.context;
    const first = this.event[0];
    const last = this.event.at(-1);
    if (!first || !last) return;
    const span = last.offset + last.byteLength - first.offset;
    for (let i = this.event.length - 1; i >= 0; i--) {
      const { head, body, type, offset } = this.event[i]!;
      const verdict = this.records.tell(head + fieldsOf(type, body), first.offset, span);
      if (verdict === 'understood') account.understood++;
      else if (verdict === 'notNeeded') account.notNeeded++;
      else account.reject('an interpreted record that could not be read', this.member.path, offset);
    }
    this.event = [];
  }
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
