import { type Batch, type Member, NO_STRING, NOT_STATED, type StringId } from '../model/index.js';
import { KIND, PARENT_KIND } from './batch.js';
import { cgroupPath, containerOfCgroup, unitOfCgroup } from './cgroup.js';
import { MINUTE, SECOND } from './clock.js';
import type { Format, ParseContext } from './format.js';
import { type Line, linesOf } from './lines.js';
import { type Cell, psCells, type PsColumn, psHeader, type PsMeaning } from './psColumns.js';
import { parsePsElapsed, parsePsStart, type PsStart, startMicros } from './psStart.js';
import { signalMask } from './procStatus.js';
import { NO_PARENTS, partOnly, SNAPSHOT_GAPS, takenGuessed, truncated, zoneGuessed } from './snapshotCoverage.js';
import { internSome, SnapshotRows } from './snapshotRows.js';

/** A pasted prompt or a `date` may stand before the header. */
const LINES_BEFORE_HEADER = 20;

/** Text of procps ps: `aux`, `-ef`, `-elfL`, `-ejHf`, `alx`, `axo ...` (FORMATS 5.1). Columns are known by the header line. */
export const psFormat: Format = {
  id: 'ps',
  title: 'ps text',
  sniff(head) {
    const text = latin1(head, 0, head.length).replace(/^\u00ef\u00bb\u00bf/, '');
    const lines = text.split('\n').slice(0, LINES_BEFORE_HEADER);
    return lines.some((line) => psHeader(line.replace(/\r$/, '')) !== undefined) ? 0.9 : 0;
  },
  async *parse(members, context) {
    for (const [index, member] of members.entries()) yield* new PsSnapshot(member, context.firstMember + index, context).read();
  },
};

/** The cells of one row by what they mean; undefined where the header has no such column. */
interface RowCells {
  readonly cell: (meaning: PsMeaning) => Cell | undefined;
  readonly word: (meaning: PsMeaning) => string | undefined;
}

/** One ps output, from its first line to its last. */
class PsSnapshot {
  private readonly rows = new SnapshotRows();
  private readonly starts: (PsStart | undefined)[] = [];
  private readonly pids = new Set<number>();
  private columns: readonly PsColumn[] | undefined;
  private readonly where = new Map<PsMeaning, number>();
  private isForeign = false;
  private isEnded = true;
  private end = { offset: 0, byteLength: 0 };

  constructor(
    private readonly member: Member,
    private readonly memberId: number,
    private readonly context: ParseContext,
  ) {}

  async *read(): AsyncIterable<Batch> {
    const { account, signal } = this.context;
    for await (const line of linesOf(this.member)) {
      signal?.throwIfAborted();
      this.end = { offset: line.offset, byteLength: line.byteLength };
      this.isEnded = line.isEnded;
      const text = latin1(line.bytes, line.from, line.to);
      if (text.trim() === '') account.notNeeded++;
      else if (this.columns === undefined) this.header(text, line);
      else if (psHeader(text))
        account.notNeeded++; // the header again, of a ps that was run in a loop
      else this.row(text, line, this.columns);
    }
    yield* this.finish();
  }

  private header(text: string, line: Line): void {
    this.columns = psHeader(text);
    if (!this.columns) {
      this.context.account.reject('a line before the header of ps', this.member.path, line.offset);
      return;
    }
    this.context.account.understood++;
    for (const [at, { meaning }] of this.columns.entries()) if (!this.where.has(meaning)) this.where.set(meaning, at);
  }

  private row(text: string, line: Line, columns: readonly PsColumn[]): void {
    const { account } = this.context;
    const cells = psCells(text, columns);
    const cell = (meaning: PsMeaning): Cell | undefined => cells?.[this.where.get(meaning) ?? -1];
    const word = (meaning: PsMeaning): string | undefined => {
      const found = cell(meaning);
      return found && text.slice(found.from, found.to);
    };
    if (!cells) return account.reject('a row with fewer cells than its header', this.member.path, line.offset);
    const pidText = word('pid') ?? '';
    if (pidText === '-') {
      account.understood++; // a thread of the row above (ps m)
      return;
    }
    const pid = pidIn(pidText);
    if (pid === NOT_STATED || pid === 0) return account.reject('a row without a pid where its header has PID', this.member.path, line.offset);
    const tty = word('tty');
    if (tty === '??' || /^ttys\d|^s\d{3}$/.test(tty ?? '') || /[AP]M$/.test(word('start') ?? word('lstart') ?? '')) {
      this.isForeign = true;
      return account.reject('a row of a ps of macOS or BSD, which is not read', this.member.path, line.offset);
    }
    account.understood++;
    if (!line.isEnded || line.isCut) account.note('a row that may be cut', this.member.path, line.offset);
    const lwp = this.where.has('lwp') ? pidIn(word('lwp')) : NOT_STATED;
    if (lwp !== NOT_STATED && this.pids.has(pid)) return; // another thread of the same process
    this.pids.add(pid);
    this.seen(pid, text, line, { cell, word });
  }

  private seen(pid: number, text: string, line: Line, { cell, word }: RowCells): void {
    const { strings } = this.context;
    const { batch, at } = this.rows.add();
    const intern = (found: Cell | undefined): StringId =>
      !found || found.from >= found.to || text.slice(found.from, found.to) === '-'
        ? NO_STRING
        : strings.intern(line.bytes, line.from + found.from, line.from + found.to);
    batch.kind[at] = KIND.seen;
    batch.member[at] = this.memberId;
    batch.offset[at] = line.offset;
    batch.byteLength[at] = line.byteLength;
    batch.pid[at] = pid;
    const ppid = pidIn(word('ppid'));
    if (ppid !== NOT_STATED) {
      batch.ppid[at] = ppid;
      batch.parentKind[at] = PARENT_KIND.atCapture;
    }
    batch.pgid[at] = pidIn(word('pgid'));
    batch.sid[at] = pidIn(word('sid'));
    batch.tty[at] = /^[?-]?$/.test(word('tty') ?? '') ? NO_STRING : intern(cell('tty'));
    this.user(batch, at, { cell, word }, intern);
    const stat = word('stat') ?? '';
    if (stat.startsWith('Z') || stat.startsWith('X')) batch.zombie[at] = 1;
    const ignored = word('ignored');
    if (ignored !== undefined && /^[0-9a-f]{8,16}$/i.test(ignored)) batch.signalsIgnored[at] = signalMask(ignored);
    const namespace = Number(word('pidns'));
    if (Number.isSafeInteger(namespace) && namespace > 0) batch.pidNamespace[at] = namespace;
    const cgroup = cgroupPath(word('cgroup') ?? '');
    if (cgroup !== undefined) {
      batch.cgroup[at] = internSome(strings, cgroup);
      batch.unit[at] = internSome(strings, unitOfCgroup(cgroup));
      batch.container[at] = internSome(strings, containerOfCgroup(cgroup));
    }
    if (batch.unit[at] === NO_STRING) batch.unit[at] = intern(cell('unit'));
    batch.exe[at] = intern(cell('exe'));
    batch.comm[at] = intern(cell('comm'));
    const isKernels = ppid === 2 || ppid === 0 || (ppid === NOT_STATED && /^(root|0|)$/.test(word('user') ?? ''));
    this.command(batch, at, isKernels, text, line, cell('args'));
    const start = word('lstart') ?? word('start');
    const elapsed = word('elapsed');
    this.starts.push((start === undefined ? undefined : parsePsStart(start)) ?? (elapsed === undefined ? undefined : parsePsElapsed(elapsed)));
  }

  /** UID and USER are the effective user; a name stays a name, since only the host's own passwd file may turn it into a number. */
  private user(batch: Batch, at: number, { cell, word }: RowCells, intern: (cell: Cell | undefined) => StringId): void {
    const effective = idIn(word('euser') ?? word('user'));
    const real = idIn(word('ruser'));
    if (effective !== NOT_STATED) batch.euid[at] = effective;
    // Most outputs name one user only; it then stands for both.
    if (real !== NOT_STATED) batch.uid[at] = real;
    else if (effective !== NOT_STATED && !this.where.has('ruser')) batch.uid[at] = effective;
    for (const meaning of ['ruser', 'user', 'euser'] as const) {
      const name = word(meaning);
      if (batch.user[at] === NO_STRING && name !== undefined && idIn(name) === NOT_STATED) batch.user[at] = intern(cell(meaning));
    }
    const gid = idIn(word('gid'));
    if (gid !== NOT_STATED) batch.gid[at] = gid;
    const auid = idIn(word('auid'));
    if (auid !== NOT_STATED) batch.auid[at] = auid;
  }

  /**
   * The command: the drawing of a tree is taken off, `<defunct>` is a zombie, and `[x]` is the comm of a process that shows no arguments.
   * Arguments are split at each blank: ps joins them with one, so joined again they read as printed.
   */
  private command(batch: Batch, at: number, mayBeKernels: boolean, text: string, line: Line, cell: Cell | undefined): void {
    if (!cell || cell.from >= cell.to) return;
    const { strings } = this.context;
    let { from, to } = cell;
    const drawing = /^[ |]*\\_ /.exec(text.slice(from, to));
    if (drawing) from += drawing[0].length;
    while (from < to && text[from] === ' ') from++;
    const defunct = / ?<defunct>$/.exec(text.slice(from, to));
    if (defunct) {
      batch.zombie[at] = 1;
      to -= defunct[0].length;
    }
    const shown = text.slice(from, to);
    const isBracketed = shown.length > 2 && shown.startsWith('[') && shown.endsWith(']');
    if ((isBracketed || defunct) && batch.comm[at] === NO_STRING) {
      batch.comm[at] = isBracketed
        ? strings.intern(line.bytes, line.from + from + 1, line.from + to - 1)
        : strings.intern(line.bytes, line.from + from, line.from + to);
    }
    // Only below kthreadd are brackets ps's own; elsewhere they may be what the process calls itself, and that is worth seeing.
    if ((isBracketed && mayBeKernels) || defunct || shown === '' || shown === '-') return;
    const args = line.bytes.slice(line.from + from, line.from + to);
    for (let i = 0; i < args.length; i++) if (args[i] === 0x20) args[i] = 0;
    batch.args[at] = strings.intern(args, 0, args.length);
  }

  /** Dates the rows, now that all are known, and says whether the snapshot is whole. */
  private *finish(): Iterable<Batch> {
    const { context, rows } = this;
    if (rows.count === 0) return;
    const zone = this.zone();
    const taken = context.takenMicros;
    rows.each((batch, at, index) => {
      const start = this.starts[index];
      const micros = start ? startMicros(start, taken, zone) : NaN;
      const grain = start?.grain ?? 0;
      batch.startFrom[at] = micros;
      batch.startUntil[at] = micros + grain;
      if (grain <= SECOND) batch.start[at] = micros;
      // ps itself, and whoever began while it ran, come just after the stamp of the file.
      batch.time[at] = taken === undefined ? NaN : grain <= SECOND && micros > taken && micros < taken + MINUTE ? micros : taken;
    });
    for (const gap of SNAPSHOT_GAPS) context.cover?.(gap);
    if (!this.where.has('ppid')) context.cover?.(NO_PARENTS);
    const guessed = takenGuessed(context);
    if (guessed) context.cover?.(guessed);
    const why = this.partBecause();
    if (why === undefined && taken !== undefined) {
      const { batch, at } = rows.add();
      batch.kind[at] = KIND.snapshot;
      batch.member[at] = this.memberId;
      batch.offset[at] = this.end.offset;
      batch.byteLength[at] = this.end.byteLength;
      batch.time[at] = taken;
      batch.other[at] = rows.count - 1;
    } else if (why !== undefined) context.cover?.(partOnly(why));
    yield* rows.take();
  }

  private partBecause(): string | undefined {
    if (this.context.isCut?.() === true || !this.isEnded) {
      this.context.cover?.(truncated('The output is cut in its last row'));
      return 'it is cut';
    }
    if (this.isForeign) return 'not all rows could be read';
    return this.pids.has(1) ? undefined : 'pid 1 is not in it';
  }

  /** The zone of local stamps: stated; else the one in which the newest process began just before the capture; else UTC. */
  private zone(): number {
    const { context } = this;
    if (context.zoneMinutes !== undefined) return context.zoneMinutes;
    if (!this.starts.some((start) => start && start.kind !== 'age')) return 0;
    let newest = -Infinity;
    for (const start of this.starts) if (start?.kind === 'whole') newest = Math.max(newest, start.micros);
    const taken = context.takenFrom === 'modified' ? undefined : context.takenMicros;
    if (taken !== undefined && newest > -Infinity) {
      const minutes = Math.round((newest - taken) / MINUTE / 15) * 15;
      const off = newest - minutes * MINUTE - taken;
      if (Math.abs(minutes) <= 14 * 60 && off > -MINUTE && off < MINUTE) {
        context.cover?.(zoneGuessed(minutes, true));
        return minutes;
      }
    }
    context.cover?.(zoneGuessed(0, false));
    return 0;
  }
}

/** A pid; NOT_STATED for anything else. */
function pidIn(text: string | undefined): number {
  const value = idIn(text);
  return value <= 0x7fffffff ? value : NOT_STATED;
}

/** A uid or another id of 32 bits; NOT_STATED for anything else. */
function idIn(text: string | undefined): number {
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : NOT_STATED;
  return value <= 0xffffffff ? value : NOT_STATED;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder('latin1').decode(bytes.subarray(from, to));
}
