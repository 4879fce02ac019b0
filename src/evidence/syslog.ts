import type { Batch, Member } from '../model/index.js';
import { auditStamp } from './auditRetold.js';
import { byteText, utf8OfText } from './byteText.js';
import { DAY, MINUTE, zoneText } from './clock.js';
import type { Format, ParseContext } from './format.js';
import { isNameless } from './hosts.js';
import { bootToldBy } from './kernelLine.js';
import { type Line, linesOf } from './lines.js';
import { lineShape } from './lineShape.js';
import type { LineKey } from './lineSort.js';
import type { LogStamp, SyslogLine } from './logLine.js';
import { auditIn, BOOT_UNKNOWN, LogRows, YEAR_UNKNOWN, yearGuessed, zoneUnstated } from './logRows.js';
import { saidIn } from './logText.js';
import type { Provenance } from './procRows.js';
import { type RecordShape, recordsInOrder } from './recordOrder.js';
import { parseSyslogLine, stampMicros, YearCount } from './syslogLine.js';

/** Longer lines are cut: rsyslog's own limit is 8 KiB. */
const LONGEST = 1 << 20;
/** journalctl's own lines: `-- Logs begin at ...`, `-- Boot ... --`, and the catalogue's texts. */
const JOURNALCTL = /^--(?: |$)/;
const NEW_BOOT = /^-- (?:Boot [0-9a-f]{32}|Reboot) --/;

/** syslog text: RFC 3164 as programs write it, RFC 5424, rsyslog's ISO stamps, journalctl's short forms, dmesg's (FORMATS 7). */
export const syslogFormat: Format = {
  id: 'syslog',
  title: 'syslog text',
  numbersEvents: true,
  isKnownByMoment: true,
  isInOrder: true,
  sniff(head, path) {
    const lines = byteText(head, 0, head.length)
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '' && !JOURNALCTL.test(line))
      .slice(0, 20);
    // The last of a full head is cut.
    const whole = lines.length > 1 && lines.length < 20 ? lines.slice(0, -1) : lines;
    const known = whole.map((line) => parseSyslogLine(line)).filter((line) => line !== undefined);
    if (known.length * 2 <= whole.length) return 0;
    // A stamp alone is in many logs; a tag or the usual name of the file makes it syslog's.
    const isTagged = known.some(({ program }) => program !== '');
    return isTagged || /(?:^|\/)(?:syslog|messages|auth|secure|cron|daemon|user|kern|mail)(?:[.-]|$)/.test(path) ? 0.4 + (0.3 * known.length) / whole.length : 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* new SyslogMember(member, context.firstMember + index, context).read();
  },
};

class SyslogMember {
  private readonly rows: LogRows;
  private readonly years = new YearCount();
  private firstYear = NaN;
  private isDatedHere = false;
  private isLocal = false;
  private hasStamp = false;
  private isSorted = false;
  /** The line that was parsed last: what tells its place in the order and what reads it are the same parts. */
  private parsedAt = -1;
  private parsed: SyslogLine | undefined;
  /** When each boot began that the log tells of, NaN where no line says; and the one that the lines read are of. */
  private boots: readonly number[] | undefined;
  private boot = 0;

  constructor(
    private readonly member: Member,
    private readonly memberId: number,
    private readonly context: ParseContext,
  ) {
    this.rows = new LogRows(memberId, member.path, context);
  }

  async *read(): AsyncIterable<Batch> {
    const { account, signal } = this.context;
    for await (const line of recordsInOrder(this.member, this.shape(), this.context)) {
      signal?.throwIfAborted();
      const text = byteText(line.bytes, line.from, line.to);
      if (text.trim() === '') continue; // a blank line is no record
      const parsed = this.parse(line);
      const from: Provenance = { member: this.memberId, offset: line.offset, byteLength: line.byteLength };
      if (!parsed) this.stampless(text, line, from);
      else {
        this.hasStamp = true;
        if (parsed.stamp?.kind === 'yearless' && !this.isDatedHere) await this.findYear();
        if (parsed.stamp?.kind === 'sinceBoot') this.boots ??= await this.findBoots();
        this.line(parsed, from);
        if (line.isCut) account.note('a line of more than 1 MiB, of which the head was read', this.member.path, line.offset);
      }
      yield* this.rows.take();
    }
    if (this.isLocal && this.context.zoneMinutes === undefined) this.context.cover?.(zoneUnstated(zoneText(0)));
    yield* this.rows.finish();
  }

  /** Lines in order of their stamps. Without years, a line is as late as it can be; in a log that is in order years are counted. */
  private shape(): RecordShape<Line> {
    const lines = lineShape(() => undefined);
    return {
      ...lines,
      cut: (member) => {
        this.parsedAt = -1;
        return linesOf(member, LONGEST);
      },
      keyOf: (line) => {
        const stamp = this.parse(line)?.stamp;
        if (!stamp) return undefined;
        this.hasStamp = true;
        if (line.isCut || stamp.kind === 'sinceBoot') return undefined; // the order of the lines tells whose boot they are of
        return keyAt(stamp.kind === 'yearless' ? this.latestMicros(stamp) : stamp.micros);
      },
      restore: (line) => {
        this.isSorted = true;
        return lines.restore(line);
      },
      watching: () => {
        const years = new YearCount();
        return (line) => {
          const stamp = this.parse(line)?.stamp;
          return stamp && keyAt(stampMicros(stamp, 2000 + years.next(stamp), 0));
        };
      },
    };
  }

  private parse(line: Line): SyslogLine | undefined {
    if (line.offset !== this.parsedAt) {
      this.parsedAt = line.offset;
      this.parsed = parseSyslogLine(byteText(line.bytes, line.from, line.to));
    }
    return this.parsed;
  }

  /** The last such moment before the log was taken, as if in UTC. */
  private latestMicros(stamp: LogStamp): number {
    const { takenMicros, zoneMinutes } = this.context;
    if (takenMicros === undefined) return NaN;
    const reference = takenMicros + (zoneMinutes ?? 0) * MINUTE + DAY;
    const year = new Date(reference / 1000).getUTCFullYear();
    for (let back = 0; back < 8; back++) {
      const micros = stampMicros(stamp, year - back, 0);
      if (micros <= reference) return micros;
    }
    return NaN;
  }

  /** What has no stamp: journalctl's own lines, or a further line of the message above, which states no time of its own. */
  private stampless(text: string, line: Line, from: Provenance): void {
    const { account } = this.context;
    if (JOURNALCTL.test(text)) {
      if (NEW_BOOT.test(text) && this.hasStamp) this.boot++;
      account.notNeeded++;
    }
    else if (this.hasStamp && !hasControls(text)) {
      account.understood++;
      this.rows.add({ kind: 'log', time: NaN, message: utf8OfText(text) }, from);
    } else account.reject('expected a line that begins with a syslog stamp', this.member.path, line.offset);
  }

  private line(parsed: SyslogLine, from: Provenance): void {
    const { account } = this.context;
    const time = parsed.stamp ? this.micros(parsed.stamp) : NaN;
    const audit = auditIn(parsed.program, parsed.message);
    if (audit) {
      const verdict =
        'record' in audit
          ? this.rows.audit(audit.record, from)
          : Number.isNaN(time) || time < 0
            ? 'rejected'
            : this.rows.auditWithoutNumber(audit.type, auditStamp(Math.floor(time / 1000)), String(parsed.pid), audit.body, from);
      if (verdict === 'understood') account.understood++;
      else if (verdict === 'notNeeded') account.notNeeded++;
      else account.reject('an audit record in a log line that could not be read', this.member.path, from.offset);
      return;
    }
    account.understood++;
    const said = saidIn(parsed.program, parsed.message);
    const isAboutAnother = said.pid !== undefined;
    this.rows.add(
      {
        ...said,
        ...textsOf(said),
        time,
        host: parsed.host === undefined || isNameless(parsed.host) ? undefined : parsed.host,
        pid: said.pid ?? parsed.pid,
        comm: isAboutAnother ? textOf(said.comm) : utf8OfText(parsed.program),
        message: utf8OfText(isAboutAnother ? `${parsed.program}: ${parsed.message}` : parsed.message),
      },
      from,
    );
  }

  private micros(stamp: LogStamp): number {
    if (stamp.kind === 'sinceBoot') return (this.boots?.[this.boot] ?? NaN) + stamp.micros;
    const isZoned = stamp.kind === 'whole' && stamp.isUtc;
    if (!isZoned) this.isLocal = true;
    const zone = this.context.zoneMinutes ?? 0;
    if (this.isSorted && stamp.kind === 'yearless') return this.latestMicros(stamp) - zone * MINUTE;
    return stampMicros(stamp, this.firstYear + this.years.next(stamp), zone);
  }

  /** Reads all lines once, since what tells when a boot began may stand anywhere in it. */
  private async findBoots(): Promise<readonly number[]> {
    const boots = [NaN];
    let hasStamp = false;
    for await (const line of linesOf(this.member, LONGEST)) {
      this.context.signal?.throwIfAborted();
      const text = byteText(line.bytes, line.from, line.to);
      if (NEW_BOOT.test(text) && hasStamp) boots.push(NaN);
      const parsed = parseSyslogLine(text);
      if (!parsed) continue;
      hasStamp = true;
      if (Number.isNaN(boots.at(-1))) boots[boots.length - 1] = bootToldBy(parsed);
    }
    if (boots.some((began) => Number.isNaN(began))) this.context.cover?.(BOOT_UNKNOWN);
    return boots;
  }

  /** Reads all stamps once, since the year is that of the last line. */
  private async findYear(): Promise<void> {
    this.isDatedHere = true;
    const { takenMicros, takenFrom, cover, signal } = this.context;
    if (takenMicros === undefined) {
      cover?.(YEAR_UNKNOWN);
      return;
    }
    if (this.isSorted) {
      cover?.(yearGuessed(new Date((takenMicros + (this.context.zoneMinutes ?? 0) * MINUTE) / 1000).getUTCFullYear(), takenFrom ?? 'modified'));
      return;
    }
    const years = new YearCount();
    for await (const line of linesOf(this.member, 256)) {
      signal?.throwIfAborted();
      const stamp = parseSyslogLine(byteText(line.bytes, line.from, line.to))?.stamp;
      if (stamp) years.next(stamp);
    }
    this.firstYear = years.firstYear(takenMicros + (this.context.zoneMinutes ?? 0) * MINUTE);
    cover?.(yearGuessed(this.firstYear + years.begun, takenFrom ?? 'modified'));
  }
}

function keyAt(time: number): LineKey | undefined {
  return Number.isNaN(time) ? undefined : { time, serial: 0, node: 0, rank: 0 };
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x09) return true;
  }
  return false;
}

function textOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : utf8OfText(text);
}

/** The texts that were said, out of the line's bytes. */
function textsOf(said: { readonly user?: string | undefined; readonly path?: string | undefined; readonly cwd?: string | undefined; readonly unit?: string | undefined; readonly tty?: string | undefined }): typeof said {
  return { user: textOf(said.user), path: textOf(said.path), cwd: textOf(said.cwd), unit: textOf(said.unit), tty: textOf(said.tty) };
}
