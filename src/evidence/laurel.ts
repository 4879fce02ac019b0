import type { Batch, Member } from '../model/index.js';
import { withAuditCoverage } from './auditCoverage.js';
import { RetoldRecords } from './auditRetold.js';
import { byteText } from './byteText.js';
import type { Format, ParseContext } from './format.js';
import { isFields, recordsOfEvent } from './laurelRecords.js';
import { lineShape } from './lineShape.js';
import { hashOf } from './lineSort.js';
import { recordsInOrder } from './recordOrder.js';

const HEAD = /^\{\s*(?:"NODE"\s*:\s*"([^"]*)"\s*,\s*)?"ID"\s*:\s*"(\d{1,12})\.(\d{3}):(\d{1,15})"/;
const HEAD_BYTES = 1024;

/** laurel's JSON lines: one audit event a line (FORMATS 3.5). */
export const laurelFormat: Format = {
  id: 'laurel',
  title: 'laurel JSON lines',
  numbersEvents: true,
  isInOrder: true,
  isKernelTimed: true,
  sniff(head) {
    return HEAD.test(byteText(head, 0, Math.min(head.length, HEAD_BYTES)).replace(/^\u00ef\u00bb\u00bf/, '').trimStart()) ? 1 : 0;
  },
  parse: withAuditCoverage(parseMember),
};

const SHAPE = lineShape((line) => {
  const head = HEAD.exec(byteText(line.bytes, line.from, Math.min(line.to, line.from + HEAD_BYTES)));
  return head ? { time: Number(head[2]) * 1e6 + Number(head[3]) * 1e3, serial: Number(head[4]), node: hashOf(head[1] ?? ''), rank: 0 } : undefined;
});

async function* parseMember(member: Member, memberId: number, context: ParseContext): AsyncIterable<Batch> {
  const { account, signal } = context;
  const records = new RetoldRecords(memberId, member.path, context);
  const decoder = new TextDecoder();
  for await (const line of recordsInOrder(member, SHAPE, context)) {
    signal?.throwIfAborted();
    const text = decoder.decode(line.bytes.subarray(line.from, line.to));
    if (text.trim() === '') continue; // a blank line is no record
    const event = parseEvent(text);
    const id = event?.['ID'];
    if (!event || typeof id !== 'string' || !/^\d{1,12}\.\d{3}:\d{1,15}$/.test(id)) {
      account.reject(line.isEnded && !line.isCut ? "expected a JSON object with laurel's ID" : 'a JSON line that is cut', member.path, line.offset);
      continue;
    }
    const node = typeof event['NODE'] === 'string' && /^\S+$/.test(event['NODE']) ? `node=${event['NODE']} ` : '';
    let isUnderstood = false;
    let isRejected = false;
    for (const { type, body } of recordsOfEvent(event)) {
      const verdict = records.tell(`${node}type=${type} msg=audit(${id}): ${body}`, line.offset, line.byteLength);
      if (verdict === 'understood') isUnderstood = true;
      else if (verdict === 'rejected') isRejected = true;
    }
    if (isUnderstood) account.understood++;
    else if (isRejected) account.reject('an event whose records could not be read', member.path, line.offset);
    else account.notNeeded++; // record types that say nothing about processes, files, sockets or sessions
    yield* records.take();
  }
  records.finish();
  yield* records.take();
}

function parseEvent(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined; // not JSON: the caller counts it
  }
}
