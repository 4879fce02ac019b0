import type { Batch, Member } from '../model/index.js';
import { AuditCoverage } from './auditCoverage.js';
import { AuditRecords } from './auditRecords.js';
import type { Format, ParseContext } from './format.js';

/** A record longer than this is no audit record: the kernel's own limit is 8,970 bytes (MAX_AUDIT_MESSAGE_LENGTH), enrichment may double it. */
const LONGEST_LINE = 1 << 20;
const LINE_END = 0x0a;

/** auditd's log, raw and enriched (FORMATS 3.1, 3.2). */
export const auditFormat: Format = {
  id: 'auditd',
  title: 'auditd log',
  numbersEvents: true,
  isInOrder: true,
  sniff(head) {
    const text = new TextDecoder('latin1').decode(head.subarray(0, 4096)).replace(/^\u00ef\u00bb\u00bf/, '');
    for (const line of text.split('\n').slice(0, 40)) {
      if (line.trim() === '' || line.startsWith('#') || line.startsWith('----') || line.startsWith('time->')) continue;
      return /^(node=\S+ )?type=[A-Z_0-9]+(\[\d+\])? msg=audit\(\d{1,12}\.\d{3}:\d+\):/.test(line) ? 1 : 0;
    }
    return 0;
  },
  async *parse(members, context) {
    const coverage = new AuditCoverage();
    for (const [index, member] of members.entries()) {
      for await (const batch of parseMember(member, context.firstMember + index, context)) {
        coverage.see(batch);
        yield batch;
      }
    }
    for (const gap of coverage.gaps(context.account)) context.cover?.(gap);
  },
};

async function* parseMember(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const records = new AuditRecords(memberId, member.path, context);
  let rest: Uint8Array = NOTHING; // the head of a line whose end is in a later chunk
  let offset = 0; // of the next byte that is in no line yet
  let skipping = false; // inside a line that is too long to be a record
  for await (const chunk of member.open(0)) {
    context.signal?.throwIfAborted();
    context.account.bytes += chunk.length;
    let from = 0;
    // Only the line that lies over the border is copied; the others are read where they are.
    if (rest.length > 0 || skipping) {
      const end = chunk.indexOf(LINE_END);
      from = end < 0 ? chunk.length : end + 1;
      if (skipping) {
        offset += from;
        skipping = end < 0;
      } else {
        const line = joined(rest, end < 0 ? chunk : chunk.subarray(0, end));
        rest = end < 0 ? line : NOTHING;
        if (end >= 0) {
          records.line(line, 0, line.length, offset);
          offset += line.length + 1;
        }
      }
    }
    for (let end = chunk.indexOf(LINE_END, from); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      records.line(chunk, from, end, offset);
      offset += end + 1 - from;
      from = end + 1;
    }
    if (from < chunk.length) rest = chunk.slice(from);
    if (rest.length > LONGEST_LINE) {
      context.account.reject('expected an audit record, found a line of more than 1 MiB', member.path, offset);
      skipping = true;
      offset += rest.length;
      rest = NOTHING;
    }
    yield* records.take();
  }
  if (rest.length > 0) records.line(rest, 0, rest.length, offset, true);
  records.finish();
  yield* records.take();
}

const NOTHING = new Uint8Array(0);

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
