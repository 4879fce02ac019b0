import { NO_STRING, type StringId, type StringTable } from '../model/index.js';
import { SECOND } from './clock.js';
import type { Format, ParseContext } from './format.js';
import { linesOf } from './lines.js';
import { bootOf, type ProcMoment, type ProcProcess, ProcRows, type Provenance } from './procRows.js';
import { parseProcStat, parseProcStatus } from './procStatus.js';
import { truncated } from './snapshotCoverage.js';
import { internBytesOf } from './snapshotRows.js';

type Fields = Readonly<Record<string, unknown>>;

/** A /proc collection as JSON lines: one `meta` line (host, boot, clock), then one `process` line for each process, its files as text. */
export const procLinesFormat: Format = {
  id: 'proc-jsonl',
  title: '/proc snapshot (JSON lines)',
  sniff(head) {
    const text = new TextDecoder('latin1').decode(head).replace(/^\u00ef\u00bb\u00bf/, '');
    for (const line of text.split('\n').slice(0, 20)) {
      if (/^\s*$/.test(line)) continue;
      const kind = /^\s*\{\s*"kind"\s*:\s*"(meta|process)"\s*,/.exec(line)?.[1];
      if (kind === 'meta') return /"(btime|boot_id|clk_tck)"\s*:/.test(line) ? 0.95 : 0;
      if (kind === 'process') return /"pid"\s*:\s*\d+/.test(line) && /"(stat|status)"\s*:\s*"/.test(line) ? 0.95 : 0;
    }
    return 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) {
      const rows = new ProcRows(context);
      const moment = new Moment(context, context.firstMember + index);
      for await (const line of linesOf(member)) {
        context.signal?.throwIfAborted();
        const from: Provenance = { member: context.firstMember + index, offset: line.offset, byteLength: line.byteLength };
        const text = new TextDecoder().decode(line.bytes.subarray(line.from, line.to));
        if (text.trim() === '') {
          context.account.notNeeded++;
          continue;
        }
        const fields = line.isCut ? undefined : fieldsOf(text);
        if (fields?.['kind'] === 'meta' && moment.meta(fields, from)) context.account.understood++;
        else if (fields?.['kind'] === 'process' && addProcess(rows, fields, from, context.strings)) {
          context.account.understood++;
          moment.sees(fields);
        } else {
          context.account.reject(fields ? 'a line that is no process of a /proc collection' : 'a line that is no JSON object', member.path, line.offset);
          moment.rejected++;
        }
      }
      yield* rows.finish(moment.read());
    }
  },
};

/** What the meta line and the lines' own stamps say of machine and time. */
class Moment {
  rejected = 0;
  private fields: Fields = {};
  private earliest = Infinity;
  private latest = -Infinity;
  private from: Provenance;

  constructor(
    private readonly context: ParseContext,
    member: number,
  ) {
    this.from = { member, offset: 0, byteLength: 0 };
  }

  meta(fields: Fields, from: Provenance): boolean {
    this.fields = fields;
    this.from = from;
    this.sees(fields);
    return true;
  }

  sees(fields: Fields): void {
    const time = secondsIn(fields['time']);
    if (time === undefined) return;
    this.earliest = Math.min(this.earliest, time);
    this.latest = Math.max(this.latest, time);
  }

  read(): ProcMoment {
    const { fields } = this;
    const boot = bootOf(secondsIn(fields['btime']), secondsIn(fields['time']), secondsIn(Number.parseFloat(textIn(fields['uptime']) ?? '')));
    const ticks = fields['clk_tck'];
    const isCut = this.rejected > 0 || this.context.isCut?.() === true;
    if (isCut) this.context.cover?.(truncated('Lines of the snapshot could not be read'));
    return {
      host: textIn(fields['hostname']),
      bootId: textIn(fields['boot_id']),
      bootMicros: boot.micros,
      bootGrain: boot.grain,
      ticksPerSecond: typeof ticks === 'number' && ticks >= 1 && ticks <= 1e6 ? ticks : undefined,
      takenMicros: Number.isFinite(this.earliest) ? this.earliest : undefined,
      ...(this.latest > this.earliest ? { untilMicros: this.latest } : {}),
      isTakenWeak: false,
      from: this.from,
      partBecause: isCut ? 'lines of it could not be read' : undefined,
    };
  }
}

function addProcess(rows: ProcRows, fields: Fields, from: Provenance, strings: StringTable): boolean {
  const stat = parseProcStat(textIn(fields['stat']) ?? '');
  const status = parseProcStatus(textIn(fields['status']) ?? '');
  const pid = typeof fields['pid'] === 'number' && Number.isInteger(fields['pid']) ? fields['pid'] : (stat?.pid ?? status?.pid ?? 0);
  const process: ProcProcess = {
    pid,
    stat,
    status,
    comm: textIn(fields['comm'])?.replace(/\n$/, ''),
    args: argsIn(fields['cmdline'], strings),
    cgroup: textIn(fields['cgroup']),
    loginuid: textIn(fields['loginuid']),
    sessionid: textIn(fields['sessionid']),
    exe: textIn(fields['exe']),
    cwd: textIn(fields['cwd']),
    pidNamespace: textIn(fields['ns/pid']),
  };
  if (status && status.tgid > 0 && status.tgid !== status.pid) return true; // a thread: its process has a line of its own
  return rows.add(process, from);
}

function argsIn(value: unknown, strings: StringTable): StringId {
  const items =
    typeof value === 'string'
      ? value.replace(/\0$/, '').split('\0')
      : Array.isArray(value)
        ? value.map((item) => (typeof item === 'string' ? item : String(item)))
        : [];
  const text = withoutPadding(items.join('\0'));
  return text === '' ? NO_STRING : internBytesOf(strings, text);
}

/** A process that wrote a title over its arguments leaves NULs behind it; one empty argument at the end may be meant. */
function withoutPadding(args: string): string {
  const padding = /\0{2,}$/.exec(args);
  return padding ? args.slice(0, padding.index) : args;
}

function fieldsOf(text: string): Fields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // told by the caller, with its place
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined; // an object that is no array
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Seconds since the epoch as microseconds; undefined for what is no time of ours. */
function secondsIn(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value < 1e11 ? Math.round(value * SECOND) : undefined;
}
