import type { Member } from '../model/index.js';
import { linesOf } from './lines.js';

/** A block as sysmonLogView prints it begins with this; its fields follow, indented. */
const BLOCK = /^Event SYSMONEVENT_([A-Z_]+)\s*$/;
const FIELD = /^\s+([A-Za-z]{1,64}): ?(.*)$/;
/** Further fields of a block are not kept. */
const FIELDS_MOST = 100;

/** sysmonLogView's names of the events whose numbers matter here. */
const IDS: Readonly<Record<string, number>> = {
  CREATE_PROCESS: 1, FILE_TIME: 2, NETWORK_CONNECT: 3, SERVICE_STATE_CHANGE: 4, PROCESS_TERMINATE: 5, RAWACCESS_READ: 9, PROCESS_ACCESS: 10, ACCESS_PROCESS: 10,
  FILE_CREATE: 11, SERVICE_CONFIGURATION_CHANGE: 16, FILE_DELETE: 23, FILE_DELETE_DETECTED: 26,
};

/** True for the head of what sysmonLogView printed. */
export function isSysmonView(head: string): boolean {
  return head.split(/\r?\n/).slice(0, 40).some((line) => BLOCK.test(line));
}

/** The events of such a text, told as the XML that Sysmon writes. The time is that of the event itself: when Sysmon wrote it is not printed. */
export async function* sysmonViewEventsOf(member: Member): AsyncGenerator<{ readonly text: string; readonly offset: number; readonly byteLength: number }> {
  const decoder = new TextDecoder();
  let open: { readonly name: string; readonly fields: [string, string][]; readonly offset: number; end: number } | undefined;
  for await (const line of linesOf(member)) {
    const text = decoder.decode(line.bytes.subarray(line.from, line.to));
    const [, name] = BLOCK.exec(text) ?? [];
    const [, field, value = ''] = FIELD.exec(text) ?? [];
    const end = line.offset + line.byteLength;
    if (open && field !== undefined && name === undefined) {
      if (open.fields.length < FIELDS_MOST) open.fields.push([field, value.trimEnd()]);
      open.end = end;
      continue;
    }
    if (open) yield { text: xmlOf(open.name, open.fields), offset: open.offset, byteLength: open.end - open.offset };
    open = name === undefined ? undefined : { name, fields: [], offset: line.offset, end };
    if (!open && text.trim() !== '') yield { text, offset: line.offset, byteLength: line.byteLength };
  }
  if (open) yield { text: xmlOf(open.name, open.fields), offset: open.offset, byteLength: open.end - open.offset };
}

function xmlOf(name: string, fields: readonly (readonly [string, string])[]): string {
  const time = fields.find(([field]) => field === 'UtcTime')?.[1].replace(' ', 'T') ?? '';
  const cells = fields.map(([field, value]) => `<Data Name="${field}">${escaped(value)}</Data>`);
  return `<Event><EventID>${IDS[name] ?? 0}</EventID><TimeCreated SystemTime="${escaped(time)}Z"/>${cells.join('')}</Event>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
