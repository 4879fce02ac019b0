import type { Member } from '../model/index.js';
import { byteText } from './byteText.js';
import type { JournalExportEntry } from './journalExport.js';
import { linesOf } from './lines.js';

/** `Fri 2024-01-05 10:11:12.345678 UTC [s=...;i=5a;b=<boot>;m=...;t=<microseconds, hex>;x=...]`: the cursor holds the moment. */
const HEAD = /^\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \S{1,8} \[([^\]]*)\]\s*$/;
const FIELD = /^ {4}([A-Z_][A-Z0-9_]{0,63})=(.*)$/s;
/** The further lines of a value are indented to where it begins. */
const FURTHER = /^ {4,}(.*)$/s;
const FIELDS_MOST = 1024;
const VALUE_MOST = 1 << 20;
/** The field whose further lines belong to nothing. */
const LEFT_OUT = '';

/** True for the head of what `journalctl -o verbose` prints. */
export function isJournalVerbose(head: string): boolean {
  const lines = head.split(/\r?\n/);
  const at = lines.findIndex((line) => HEAD.test(line));
  return at >= 0 && at < 20 && FIELD.test(lines[at + 1] ?? '');
}

/** The entries of `journalctl -o verbose`: the fields of an export, indented under a line that dates them. */
export async function* journalVerboseEntriesOf(member: Member): AsyncGenerator<JournalExportEntry> {
  let fields = new Map<string, string>();
  let last: string | undefined;
  let offset = 0;
  let end = 0;
  for await (const line of linesOf(member)) {
    const text = byteText(line.bytes, line.from, line.to);
    const head = HEAD.exec(text);
    if (head) {
      if (fields.size > 0) yield { fields, offset, byteLength: end - offset };
      fields = cursorFields(head[1] ?? '');
      offset = line.offset;
      end = offset + line.byteLength;
      last = undefined;
      continue;
    }
    const [, name, value = ''] = FIELD.exec(text) ?? [];
    const further = FURTHER.exec(text)?.[1];
    if (fields.size > 0 && name !== undefined) {
      const isKept = !fields.has(name) && fields.size < FIELDS_MOST; // of a field that comes twice the first is kept
      if (isKept) fields.set(name, value);
      last = isKept ? name : LEFT_OUT;
    } else if (fields.size > 0 && last !== undefined && further !== undefined) {
      const before = fields.get(last);
      if (before !== undefined && before.length < VALUE_MOST) fields.set(last, `${before}\n${further.trimStart()}`);
    } else {
      if (text.trim() !== '' && !text.startsWith('-- ')) yield { fields: new Map(), offset: line.offset, byteLength: line.byteLength, trouble: 'a line of journalctl -o verbose that is no field' };
      continue;
    }
    end = line.offset + line.byteLength;
  }
  if (fields.size > 0) yield { fields, offset, byteLength: end - offset };
}

function cursorFields(cursor: string): Map<string, string> {
  const parts = new Map(cursor.split(';').map((part) => [part.slice(0, 1), part.slice(2)] as const));
  const micros = parseInt(parts.get('t') ?? '', 16);
  const fields = new Map([['__CURSOR', cursor]]);
  if (Number.isSafeInteger(micros)) fields.set('__REALTIME_TIMESTAMP', String(micros));
  const boot = parts.get('b');
  if (boot !== undefined) fields.set('_BOOT_ID', boot);
  return fields;
}
