import type { Member } from '../model/index.js';
import { byteText, utf8OfText } from './byteText.js';
import { civilMicros } from './clock.js';
import { csvRecordsOf } from './csvRecords.js';
import type { Carried, Recognise } from './envelope.js';
import type { Format } from './format.js';
import { isoMicros } from './jsonFields.js';
import { jsonRecordsOf } from './jsonRecords.js';
import { wrapperFormat } from './wrapped.js';

/** A row of a table, by column; texts are one char a byte. */
type Cell = (name: string) => string | undefined;

interface Place {
  readonly offset: number;
  readonly byteLength: number;
}

/** The columns that tell the tables: Sentinel's Syslog, and audit records as lists of fields. */
const TABLES = /"?(?:SyslogMessage|AuditdMessage)"?/;

/**
 * Exports of Azure Monitor and Sentinel (FORMATS 3.6): the Syslog table, in which the audit agent writes too, and the table of audit records as lists;
 * JSON objects or CSV. Each row is told as the line that the host wrote.
 */
export function azureFormat(recognise: Recognise): Format {
  return wrapperFormat(
    {
      id: 'azure-syslog',
      title: 'Azure Sentinel export (Syslog, auditd)',
      sniff(head) {
        const text = byteText(head, 0, head.length).replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
        // A table of Sysmon's events alone is read by its own format; it reads them out of JSON.
        if (/^[{[]/.test(text)) return isSysmonAlone(text) ? 0.9 : /"(?:SyslogMessage|AuditdMessage)"\s*:\s*["[]/.test(text) && /"(?:TimeGenerated|Computer|TenantId)[^"]*"\s*:/.test(text) ? 0.98 : 0;
        const header = text.split(/\r?\n/, 1)[0] ?? '';
        return header.includes(',') && TABLES.test(header) && /Computer|TimeGenerated/.test(header) ? 0.98 : 0;
      },
      carried: rowsOf,
    },
    recognise,
  );
}

function isSysmonAlone(text: string): boolean {
  const messages = [...text.matchAll(/"SyslogMessage"\s*:\s*"(.{0,40})/g)];
  return messages.length > 0 && messages.every(([, start = '']) => /^(?:\s|\\n)*(?:<|\\u003c)Event/i.test(start));
}

async function* rowsOf(member: Member): AsyncGenerator<Carried> {
  if (await isJson(member)) {
    for await (const piece of jsonRecordsOf(member)) {
      if (piece.kind === 'broken') yield piece;
      else yield carriedIn((name) => textOf(piece.fields[name]), piece);
    }
    return;
  }
  let columns: ReadonlyMap<string, number> | undefined;
  for await (const piece of csvRecordsOf(member)) {
    if (piece.kind === 'broken') yield piece;
    else if (!columns) {
      columns = new Map(piece.cells.map((name, at) => [name.trim().replace(/ \[[\w +:/-]+\]$/, ''), at])); // the portal writes "TimeGenerated [UTC]"
      yield { kind: 'notNeeded' };
    } else yield carriedIn((name) => piece.cells[columns?.get(name) ?? -1] || undefined, piece);
  }
}

function carriedIn(cell: Cell, place: Place): Carried {
  const at: Place = { offset: place.offset, byteLength: place.byteLength };
  const host = utf8(cell('Computer')) ?? utf8(cell('HostName'));
  const micros = stampMicros(cell('EventTime') ?? '') ?? stampMicros(cell('TimeGenerated') ?? '') ?? NaN;
  const records = cell('AuditdMessage');
  if (records !== undefined) {
    const id = /\d{1,12}\.\d{3}:\d{1,15}/.exec(cell('mssg_id') ?? cell('MessageId') ?? '')?.[0];
    const lines = id === undefined ? [] : recordsIn(records, id);
    if (lines.length === 0) return { kind: 'broken', what: 'a row whose audit records could not be read', offset: place.offset };
    return { kind: 'envelope', text: lines.join('\n'), ...at, host, micros, path: 'audit.log' };
  }
  const message = cell('SyslogMessage');
  if (message === undefined) return { kind: 'broken', what: 'a row without SyslogMessage', offset: place.offset };
  return { kind: 'envelope', text: /^\s*<Event[ >]/.test(message) ? message : lineOf(cell, message, host, micros), ...at, host, micros, path: 'syslog' };
}

/** The line as rsyslog writes it, since the table keeps its parts. */
function lineOf(cell: Cell, message: string, host: string | undefined, micros: number): string {
  const program = cell('ProcessName')?.replaceAll(/[\s:[\]]/g, '_');
  const pid = /^\d{1,10}$/.exec(cell('ProcessID') ?? '')?.[0];
  const stamp = Number.isNaN(micros) ? '' : `${new Date(micros / 1000).toISOString().slice(0, -1)}Z `;
  const name = host !== undefined && /^[\w.-]+$/.test(host) ? host : '-';
  return `${stamp}${name} ${program === undefined || program === '' ? 'unknown' : program}${pid === undefined ? '' : `[${pid}]`}: ${message.replaceAll(/\r?\n/g, ' ')}`;
}

/**
 * `[{'SYSCALL': ['arch=c000003e', ...]}, {'EXECVE': [...]}]`, as Python or JSON prints it: a text before a colon is the type of a record, the others are
 * its fields. Broken ends cost what they hold.
 */
function recordsIn(list: string, id: string): readonly string[] {
  const records: { readonly type: string; readonly fields: string[] }[] = [];
  for (const match of list.matchAll(/(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")(\s*:)?/gs)) {
    const text = unescaped(match[1] ?? match[2] ?? '');
    if (match[3] !== undefined) records.push({ type: text, fields: [] });
    else records.at(-1)?.fields.push(text);
  }
  return records.filter(({ type }) => /^[A-Z][A-Z_0-9]*(?:\[\d+\])?$/.test(type)).map(({ type, fields }) => `type=${type} msg=audit(${id}): ${fields.join(' ').replaceAll(/[\r\n]/g, ' ')}`);
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_all, hex: string | undefined, plain: string | undefined) =>
    hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : plain === 'n' ? '\n' : plain === 't' ? '\t' : plain === 'r' ? '\r' : (plain ?? ''),
  );
}

/** A stamp in UTC: ISO, or the portal's `5/11/2022, 6:10:21.997 PM`. */
function stampMicros(text: string): number | undefined {
  const iso = isoMicros(text);
  if (!Number.isNaN(iso)) return iso;
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4}), (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,6}))? ([AP])M$/.exec(text.trim());
  if (!parts) return undefined;
  const [month, day, year, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number]; // \d+ each
  const micros = civilMicros(year, month, day, (hour % 12) + (parts[8] === 'P' ? 12 : 0), minute, second) + Number((parts[7] ?? '').padEnd(6, '0'));
  return Number.isNaN(micros) ? undefined : micros;
}

async function isJson(member: Member): Promise<boolean> {
  for await (const chunk of member.open(0)) {
    const first = chunk.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
    if (first !== undefined) return first === 0x7b || first === 0x5b;
  }
  return false;
}

function utf8(text: string | undefined): string | undefined {
  return text === undefined ? undefined : utf8OfText(text);
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : Array.isArray(value) ? JSON.stringify(value) : undefined;
  if (text === undefined || text === '') return undefined;
  const bytes = new TextEncoder().encode(text);
  return byteText(bytes, 0, bytes.length);
}
