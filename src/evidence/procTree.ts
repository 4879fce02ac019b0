import { type Batch, type Member, NO_STRING, type StringId } from '../model/index.js';
import { SECOND } from './clock.js';
import type { Format, ParseContext } from './format.js';
import { bootOf, type ProcProcess, ProcRows, type Provenance } from './procRows.js';
import { parseProcStat, parseProcStatus } from './procStatus.js';
import { internSome } from './snapshotRows.js';

/** Files of /proc are small; what is longer is cut and said (a command line may have megabytes). */
const LONGEST_FILE = 4 << 20;

/** The files of a process that are read; UAC adds `.txt`. Everything else in the copy is counted as not needed. */
const PROCESS_FILES = ['stat', 'status', 'comm', 'cmdline', 'cgroup', 'loginuid', 'sessionid'] as const;
const PROCESS_LINKS = ['exe', 'cwd', 'ns/pid'] as const;
type ProcessFile = (typeof PROCESS_FILES)[number];
type ProcessLink = (typeof PROCESS_LINKS)[number];

const MACHINE_FILES = ['stat', 'uptime', 'sys/kernel/random/boot_id', 'sys/kernel/hostname'] as const;
type MachineFile = (typeof MACHINE_FILES)[number];

/** A copy of /proc: a folder or an archive with `proc/PID/stat`, `status` and so on (FORMATS 5.3). */
export const procTreeFormat: Format = {
  id: 'proc-copy',
  title: '/proc copy',
  sniff: () => 0, // one file of a copy is nothing by itself
  claim(paths) {
    const first = paths.map((path) => /^(.*?(?:^|\/)proc)\/\d+\/(?:stat|status)(?:\.txt)?$/.exec(path)?.[1]).find((root) => root !== undefined);
    return first === undefined ? undefined : paths.filter((path) => path.startsWith(`${first}/`));
  },
  async *parse(members, context) {
    yield* new ProcCopy(members, context).read();
  },
};

interface Held {
  readonly member: Member;
  readonly id: number;
}

/** The parts of one process before they are read. */
interface Parts {
  readonly files: Map<ProcessFile, Held>;
  readonly links: Map<ProcessLink, string>;
}

class ProcCopy {
  private readonly rows: ProcRows;
  private readonly processes = new Map<number, Parts>();
  private readonly machine = new Map<MachineFile, Held>();
  private rejected = 0;

  constructor(
    private readonly members: readonly Member[],
    private readonly context: ParseContext,
  ) {
    this.rows = new ProcRows(context);
  }

  async *read(): AsyncIterable<Batch> {
    const { context } = this;
    const root = /^(.*?(?:^|\/)proc)\/\d+\//.exec(this.members.find(({ path }) => /(?:^|\/)proc\/\d+\//.test(path))?.path ?? '')?.[1] ?? 'proc';
    for (const [at, member] of this.members.entries()) this.sort({ member, id: context.firstMember + at }, member.path.slice(root.length + 1));
    for (const [pid, parts] of [...this.processes].sort((a, b) => a[0] - b[0])) {
      context.signal?.throwIfAborted();
      await this.process(pid, parts);
    }
    yield* this.rows.finish(await this.moment());
  }

  /** Puts a member where it belongs; one that nothing of ours is in counts as not needed. */
  private sort(held: Held, path: string): void {
    const slash = path.indexOf('/');
    const pid = /^[1-9]\d{0,9}$/.test(path.slice(0, slash)) ? Number(path.slice(0, slash)) : undefined;
    const name = (pid === undefined ? path : path.slice(slash + 1)).replace(/\.txt$/, '');
    if (pid === undefined) {
      const machine = MACHINE_FILES.find((file) => file === name);
      if (machine && held.member.linkTarget === undefined) this.keep(this.machine, machine, held);
      else this.context.account.notNeeded++;
      return;
    }
    let parts = this.processes.get(pid);
    if (!parts) this.processes.set(pid, (parts = { files: new Map(), links: new Map() }));
    const file = PROCESS_FILES.find((known) => known === name);
    const link = PROCESS_LINKS.find((known) => known === name);
    if (file && held.member.linkTarget === undefined) this.keep(parts.files, file, held);
    else if (link && held.member.linkTarget !== undefined) {
      parts.links.set(link, held.member.linkTarget);
      this.context.account.understood++;
    } else this.context.account.notNeeded++;
  }

  /** An archive may hold a file twice; the first is read, and the other is told. */
  private keep<Name>(files: Map<Name, Held>, name: Name, held: Held): void {
    if (!files.has(name)) {
      files.set(name, held);
      return;
    }
    this.context.account.understood++;
    this.context.account.duplicates++;
    this.context.account.note('a file that is there twice; the first one was read', held.member.path, 0);
  }

  private async process(pid: number, { files, links }: Parts): Promise<void> {
    const { account } = this.context;
    const texts = new Map<ProcessFile, string>();
    let args: StringId = NO_STRING;
    for (const [name, held] of files) {
      const bytes = await this.bytesOf(held.member);
      if (name === 'cmdline') args = this.argsOf(bytes, held.member.path.endsWith('.txt'));
      else texts.set(name, new TextDecoder().decode(bytes));
    }
    const stat = parseProcStat(texts.get('stat') ?? '');
    const status = parseProcStatus(texts.get('status') ?? '');
    const place = files.get(stat ? 'stat' : 'status');
    for (const [name, held] of files) {
      const isBroken = (name === 'stat' && !stat) || (name === 'status' && !status);
      if (!isBroken) account.understood++;
      else {
        // A process that ended while it was read leaves empty files: nothing was there, nothing is lost.
        if ((texts.get(name) ?? '') !== '') this.rejected++;
        account.reject(`a ${name} file that does not read as one`, held.member.path, 0);
      }
    }
    if (!place) return;
    if (stat && stat.pid !== pid) {
      account.note('a stat file of another process than its folder', place.member.path, 0);
      return;
    }
    const from: Provenance = { member: place.id, offset: 0, byteLength: place.member.size ?? 0 };
    const process: ProcProcess = {
      pid,
      stat,
      status,
      args,
      comm: texts.get('comm')?.replace(/\n$/, ''),
      cgroup: texts.get('cgroup'),
      loginuid: texts.get('loginuid'),
      sessionid: texts.get('sessionid'),
      exe: links.get('exe'),
      cwd: links.get('cwd'),
      pidNamespace: links.get('ns/pid'),
    };
    this.rows.add(process, from);
  }

  private async moment(): Promise<Parameters<ProcRows['finish']>[0]> {
    const { context } = this;
    const texts = new Map<MachineFile, string>();
    for (const [name, { member }] of this.machine) {
      texts.set(name, new TextDecoder().decode(await this.bytesOf(member)));
      context.account.understood++;
    }
    const boot = /^btime (\d{1,11})$/m.exec(texts.get('stat') ?? '')?.[1];
    const uptime = /^(\d+(?:\.\d+)?) /.exec(texts.get('uptime') ?? '')?.[1];
    const taken = this.taken();
    const started = bootOf(
      boot === undefined ? undefined : Number(boot) * SECOND,
      this.machine.get('uptime')?.member.modifiedMicros,
      uptime === undefined ? undefined : Number(uptime) * SECOND,
    );
    const first = this.machine.get('stat') ?? [...this.processes.values()][0]?.files.values().next().value;
    return {
      host: texts.get('sys/kernel/hostname')?.trim() || undefined,
      bootId: texts.get('sys/kernel/random/boot_id')?.trim() || undefined,
      bootMicros: started.micros,
      bootGrain: started.grain,
      ticksPerSecond: undefined,
      takenMicros: taken,
      isTakenWeak: context.takenFrom === 'modified' || context.takenMicros === undefined,
      from: { member: first?.id ?? context.firstMember, offset: 0, byteLength: first?.member.size ?? 0 },
      partBecause: context.isCut?.() === true ? 'it is cut' : this.rejected > 0 ? 'files of it could not be read' : undefined,
    };
  }

  /** The files' own times tell when the walk began better than the copy's name does, as long as the two agree. */
  private taken(): number | undefined {
    const { takenMicros, takenFrom } = this.context;
    let earliest = Infinity;
    for (const { files } of this.processes.values()) {
      const modified = files.get('stat')?.member.modifiedMicros ?? files.get('status')?.member.modifiedMicros;
      if (modified !== undefined) earliest = Math.min(earliest, modified);
    }
    if (!Number.isFinite(earliest)) return takenMicros;
    if (takenMicros === undefined || takenFrom === 'modified') return earliest;
    return earliest >= takenMicros && earliest < takenMicros + 600 * SECOND ? earliest : takenMicros;
  }

  /** NUL stands between arguments; UAC's copies went through strings(1), which made them lines and lost the short ones. */
  private argsOf(bytes: Uint8Array, isThroughStrings: boolean): StringId {
    if (isThroughStrings) return internSome(this.context.strings, new TextDecoder().decode(bytes).replace(/\n+$/, '').replaceAll('\n', '\0'));
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    // The last argument has its NUL; one more is an empty argument, and many are what a title written over the arguments left behind.
    const isEmptyLast = end > 0 && bytes.length - end === 2;
    return end === 0 ? NO_STRING : this.context.strings.intern(bytes, 0, isEmptyLast ? end + 1 : end);
  }

  private async bytesOf(member: Member): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of member.open(0)) {
      this.context.signal?.throwIfAborted();
      if (length < LONGEST_FILE) pieces.push(chunk.slice(0, LONGEST_FILE - length));
      length += chunk.length;
    }
    if (length > LONGEST_FILE) this.context.account.note('a file that is too long for /proc; only its head was read', member.path, LONGEST_FILE);
    const bytes = new Uint8Array(Math.min(length, LONGEST_FILE));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}
