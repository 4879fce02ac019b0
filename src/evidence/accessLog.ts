import { civilMicros, MINUTE, monthNamed } from './clock.js';
import { UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';

/** Longer lines are no requests that a server takes (8 KiB by default), and the pattern must not be tried on megabytes. */
const LONGEST = 1 << 16;
/** [vhost:port] client ident user [time] "request" status bytes and what else the server was told to write. */
const LINE = /^(?:[^\s[\]]{1,255}:\d{1,5} )?([^\s"[\]]{1,255}) \S{1,255} (.{1,255}?) \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] ("((?:[^"\\]|\\.)*)" (\d{3}|-) (?:\d{1,20}|-)(?:\s.*)?)$/s;

/**
 * Access logs of web servers, common and combined (FORMATS 7). A request names no process: client, moment, request and answer are kept, to be joined to
 * the processes of the server's unit. `path` is the client, `path2` what was asked for with its escapes read, `message` both and the request as it was written.
 */
export const accessLogFormat = lineFormat({
  id: 'access-log',
  title: 'web access log',
  isDated: true,
  sniff(head) {
    const lines = head.split('\n').slice(0, 20);
    if (lines.length > 1) lines.pop(); // it may be cut
    const written = lines.filter((line) => line.trim() !== '');
    const hits = written.filter((line) => line.length <= LONGEST && LINE.test(line)).length;
    return hits > 0 && hits * 2 > written.length ? 0.9 : 0;
  },
  reading(_context, member) {
    const server = /nginx|apache2|httpd|lighttpd|caddy/.exec(member.path)?.[0];
    return {
      line(text, _from, add) {
        const match = text.length > LONGEST ? null : LINE.exec(text);
        if (!match) return { trouble: 'a line that is no request of a web server' };
        const [, client, user, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes, message, request = '', status] = match;
        const local = civilMicros(Number(year), monthNamed(month), Number(day), Number(hour), Number(minute), Number(second));
        const time = local - (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE;
        if (Number.isNaN(time)) return { trouble: 'a request with a time that is none' };
        const target = /^\S+ (\S+)/.exec(request)?.[1];
        const asked = unescaped(target);
        add({
          kind: 'log',
          outcome: status === '-' ? 'unknown' : Number(status) < 400 ? 'success' : 'failure',
          time,
          comm: server,
          user: user === '-' ? undefined : user,
          path: client,
          path2: asked,
          key: 'access-log',
          message: `${client} ${message}${asked === undefined || asked === target ? '' : `, which asks for ${asked}`}`,
        });
        return UNDERSTOOD;
      },
    };
  },
});

/** A request's target with its %XX read as UTF-8; what is no UTF-8 stays as it is written. */
function unescaped(target: string | undefined): string | undefined {
  return target?.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = Uint8Array.from(escapes.slice(1).split('%'), (hex) => parseInt(hex, 16));
    const text = new TextDecoder().decode(bytes);
    return text.includes('\ufffd') ? escapes : text;
  });
}
