import { isoMicros, epochMicros } from './jsonFields.js';
import { UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';
import { isNameless } from './hosts.js';
import { civilMicros, monthNamed } from './clock.js';
import { parseSyslogLine, stampMicros } from './syslogLine.js';

const LONGEST = 1 << 16;
/** CEF:0|vendor|product|version|class|name|severity|extension; a bar in a field is written \|. */
const CEF = /^CEF:\d{1,3}\|((?:[^|\\]|\\.)*)\|((?:[^|\\]|\\.)*)\|((?:[^|\\]|\\.)*)\|((?:[^|\\]|\\.)*)\|((?:[^|\\]|\\.)*)\|((?:[^|\\]|\\.)*)\|(.*)$/s;
/** LEEF:1.0|vendor|product|version|event|attributes, LEEF:2.0 with the delimiter before the attributes. */
const LEEF = /^LEEF:([12])(?:\.\d)?\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|(.*)$/s;

/** CEF and LEEF lines of security products (FORMATS 7): lines of a log, since every vendor fills the fields as it likes. Behind a syslog header they are syslog's. */
export const eventLinesFormat = lineFormat({
  id: 'cef-leef',
  title: 'CEF and LEEF lines',
  isDated: true,
  sniff(head) {
    const lines = head.split('\n').slice(0, 20).filter((line) => line.trim() !== '');
    const hits = lines.filter((line) => /^(?:CEF:\d|LEEF:[12])/.test(line)).length;
    return hits > 0 && hits * 2 > lines.length ? 0.95 : 0;
  },
  reading: () => ({
    line(text, _from, add) {
      // A line here and there may have a header of syslog.
      const header = /^[^|]{0,300}?(?=(?:CEF|LEEF):\d)/.exec(text)?.[0] ?? '';
      const event = text.length > LONGEST ? '' : text.slice(header.length);
      const cef = CEF.exec(event);
      const leef = LEEF.exec(event);
      const attributes = cef ? cefAttributes(cef[7] ?? '') : leef ? leefAttributes(leef[1] === '2', leef[6] ?? '') : undefined;
      if (!attributes) return { trouble: 'a line that is no CEF or LEEF event' };
      const product = (cef ? `${cef[1]} ${cef[2]}` : `${leef?.[2]} ${leef?.[3]}`).replaceAll(/\\(.)/g, '$1');
      const name = (cef ? `${cef[4]} ${cef[5]}` : (leef?.[5] ?? '')).replaceAll(/\\(.)/g, '$1');
      const carrier = header === '' ? undefined : parseSyslogLine(text);
      const received = carrier?.stamp?.kind === 'whole' && carrier.stamp.isUtc ? carrier : undefined;
      const host = received?.host ?? attributes.get('dvchost') ?? attributes.get('dvc') ?? attributes.get('devname');
      add({
        kind: 'log',
        time: timeOf(attributes) ?? (received?.stamp ? stampMicros(received.stamp, 0, 0) : NaN),
        host: host === undefined || isNameless(host) ? undefined : host,
        user: attributes.get('suser') ?? attributes.get('usrName'),
        path: attributes.get('src'),
        key: cef ? 'cef' : 'leef',
        message: `${header}${product}: ${name}: ${(cef ? cef[7] : leef?.[6])?.trim() ?? ''}`,
      });
      return UNDERSTOOD;
    },
  }),
});

/** key=value, values with blanks in them; the next key ends one. */
function cefAttributes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const keys = [...text.matchAll(/(?:^|\s)([A-Za-z][\w.-]{0,63})=/g)];
  for (const [at, key] of keys.entries()) found.set(key[1] ?? '', text.slice(key.index + key[0].length, keys[at + 1]?.index).replaceAll(/\\([=\\])/g, '$1').trim());
  return found;
}

/** Between tabs; LEEF 2 names another character, or its number as hex, first. */
function leefAttributes(isSecond: boolean, text: string): Map<string, string> {
  const named = isSecond ? /^(?:(?:0x|x)([0-9a-fA-F]{2,4})|(.?))\|/s.exec(text) : null;
  const delimiter = named?.[1] !== undefined ? String.fromCharCode(parseInt(named[1], 16)) : named?.[2] || '\t';
  const found = new Map<string, string>();
  for (const part of (named ? text.slice(named[0].length) : text).split(delimiter)) {
    const at = part.indexOf('=');
    if (at > 0) found.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return found;
}

/** When it happened, where a field says so with a zone or as a number: the vendor's local times are no moments. */
function timeOf(attributes: ReadonlyMap<string, string>): number | undefined {
  for (const name of ['rt', 'start', 'end', 'devTime', 'deviceReceiptTime']) {
    const text = attributes.get(name);
    if (text === undefined) continue;
    if (/^\d{9,19}$/.test(text)) return epochMicros(Number(text));
    if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(isoMicros(text))) return isoMicros(text);
    const written = /^([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{3}))? (?:UTC|GMT)$/.exec(text);
    if (written) return civilMicros(Number(written[3]), monthNamed(written[1]), Number(written[2]), Number(written[4]), Number(written[5]), Number(written[6])) + Number(written[7] ?? 0) * 1000;
  }
  return undefined;
}
