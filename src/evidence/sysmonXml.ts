/** One event of Sysmon: the parts of its XML that are read here. */
export interface SysmonEvent {
  readonly id: number;
  readonly record: number;
  readonly created: string | undefined;
  readonly computer: string | undefined;
  /** The `<Data Name="...">` of the event; what Sysmon writes for "nothing known" is left out. */
  readonly data: ReadonlyMap<string, string>;
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const DATA = '<Data Name="';

/**
 * Reads an event out of a text that holds one; undefined where there is none. No XML parser would do: syslog cuts the lines, and Sysmon itself cuts
 * values inside an entity, so that `&quot` stands without its semicolon. What is missing at the end is not read; the rest is.
 */
export function parseSysmonEvent(text: string): SysmonEvent | undefined {
  const from = text.indexOf('<Event>');
  const start = from < 0 ? text.indexOf('<Event ') : from;
  if (start < 0) return undefined;
  const id = Number(between(text, start, '<EventID>', '</EventID>') ?? NaN);
  if (!Number.isInteger(id)) return undefined;
  const data = new Map<string, string>();
  for (let at = text.indexOf(DATA, start); at >= 0; ) {
    const nameEnd = text.indexOf('">', at);
    const next = text.indexOf(DATA, at + DATA.length);
    if (nameEnd < 0) break;
    const end = text.indexOf('</Data>', nameEnd);
    const valueEnd = end < 0 ? -1 : next >= 0 && next < end ? next : end;
    if (valueEnd < 0) break; // cut inside the value
    const value = decodeEntities(text.slice(nameEnd + 2, valueEnd));
    if (!/^(-|\(null\)|<unknown process>|)$/.test(value)) data.set(text.slice(at + DATA.length, nameEnd), value);
    at = next;
  }
  return {
    id,
    record: Number(between(text, start, '<EventRecordID>', '</EventRecordID>') ?? 0) || 0,
    created: between(text, start, '<TimeCreated SystemTime="', '"'),
    computer: between(text, start, '<Computer>', '</Computer>'),
    data,
  };
}

function between(text: string, from: number, open: string, close: string): string | undefined {
  const at = text.indexOf(open, from);
  const end = at < 0 ? -1 : text.indexOf(close, at + open.length);
  return end < 0 ? undefined : text.slice(at + open.length, end);
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos))(?:;|(?![a-z0-9]))/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
