import type { Batch, Member } from '../model/index.js';
import { withAuditCoverage } from './auditCoverage.js';
import { AuditLines } from './auditLines.js';
import { readInParts } from './auditParts.js';
import { AuditRecords } from './auditRecords.js';
import { isOutOfOrder, readSorted } from './auditSorted.js';
import type { Format, ParseContext } from './format.js';
import { SORTED } from './recordOrder.js';
import { SampledMember } from './sampledMember.js';

/** auditd's log, raw and enriched (FORMATS 3.1, 3.2). */
export const auditFormat: Format = {
  id: 'auditd',
  title: 'auditd log',
  numbersEvents: true,
  isInOrder: true,
  isKernelTimed: true,
  sniff(head) {
    const text = new TextDecoder('latin1').decode(head.subarray(0, 4096)).replace(/^\u00ef\u00bb\u00bf/, '');
    for (const line of text.split('\n').slice(0, 40)) {
      if (line.trim() === '' || line.startsWith('#') || line.startsWith('----') || line.startsWith('time->')) continue;
      return /^(node=\S+ )?type=[A-Z_0-9]+(\[\d+\])? msg=audit\(\d{1,12}\.\d{3}:\d+\):/.test(line) ? 1 : 0;
    }
    return 0;
  },
  parse: withAuditCoverage(parseMember),
};

async function* parseMember(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const log = new SampledMember(member, true);
  try {
    if (context.sortsAll === true || isOutOfOrder(await log.sample())) {
      context.cover?.(SORTED);
      yield* readSorted(log, memberId, context);
    } else yield* readAsStored(log, memberId, context);
  } finally {
    await log.close();
  }
}

async function* readAsStored(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const readers = worthReaders(member) ? context.startReaders?.() : undefined;
  if (!readers) {
    const records = new AuditRecords(memberId, member.path, context);
    const lines = new AuditLines(records);
    for await (const chunk of member.open(0)) {
      context.signal?.throwIfAborted();
      context.account.bytes += chunk.length;
      lines.chunk(chunk);
      if (records.isDisordered) context.foundDisorder?.();
      yield* records.take();
    }
    lines.end();
    if (records.isDisordered) context.foundDisorder?.();
    yield* records.take();
    return;
  }
  try {
    yield* readInParts(member, memberId, context, readers);
  } finally {
    void readers.close(); // they end while the processes are put together
  }
}

/** Threads cost some 50 ms to start, which is what 10 MB take to read. A packed log is known to be long only from what is stored of it. */
function worthReaders(member: Member): boolean {
  return (member.size ?? (member.stored?.size ?? 0) * PACKED_TIMES) >= LONG_BYTES;
}

const LONG_BYTES = 32 << 20;
const PACKED_TIMES = 10;
