import { auditFormat } from '../../../src/evidence/audit.js';
import { Account } from '../../../src/evidence/account.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer, type Healed } from '../../../src/lineage/index.js';
import { type Batch, FLAG, type Lineage, type StringTable } from '../../../src/model/index.js';

/** One audit event in short: what a test says of it. Times are seconds after T0. */
export interface Event {
  readonly at: number;
  readonly pid: number;
  readonly ppid: number;
  readonly call: 'clone' | 'clone3' | 'vfork' | 'exec' | 'exit' | 'exit_group' | 'setsid' | 'subreaper' | 'connect' | 'kill';
  /** Child of a fork, target of a kill. */
  readonly other?: number;
  /** Of a fork; the status of an exit. */
  readonly flags?: number;
  readonly signal?: number;
  readonly comm?: string;
  readonly exe?: string;
  readonly ses?: number;
  readonly tty?: string;
  readonly args?: readonly string[];
}

export const T0 = 1_700_000_000;
const NUMBER = { clone: 56, clone3: 435, vfork: 58, exec: 59, exit: 60, exit_group: 231, setsid: 112, subreaper: 157, connect: 42, kill: 62 } as const;

/** sshd 10 (below init) has a shell 20; both live on. */
export const SHELL: readonly Event[] = [
  { at: 0, pid: 10, ppid: 1, call: 'connect', comm: 'sshd', ses: 4294967295 },
  { at: 0.1, pid: 10, ppid: 1, call: 'clone', other: 20, comm: 'sshd', ses: 4294967295 },
  { at: 0.2, pid: 20, ppid: 10, call: 'exec', comm: 'bash' },
];

/** The text that auditd would have written, in the order given. */
export function auditText(events: readonly Event[], firstSerial = 100): string {
  return events
    .map((event, index) => {
      const stamp = `audit(${(T0 + event.at).toFixed(3)}:${firstSerial + index})`;
      const ends = event.call === 'exit' || event.call === 'exit_group';
      const isFork = event.call === 'clone' || event.call === 'clone3' || event.call === 'vfork';
      const a0 = event.call === 'subreaper' ? '24' : (event.flags ?? 0x1200011).toString(16);
      const a1 = event.call === 'subreaper' ? '1' : (event.signal ?? 0).toString(16);
      const outcome = ends ? '' : ` success=yes exit=${isFork ? event.other : 0}`;
      const comm = event.comm ?? `p${event.pid}`;
      const lines = [
        `type=SYSCALL msg=${stamp}: arch=c000003e syscall=${NUMBER[event.call]}${outcome} a0=${a0} a1=${a1} a2=0 a3=0 items=0 ppid=${event.ppid} pid=${event.pid} auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=${event.tty ?? '(none)'} ses=${event.ses ?? 5} comm="${comm}" exe="${event.exe ?? `/usr/bin/${comm}`}" key="t"`,
      ];
      const args = event.args ?? [comm];
      if (event.call === 'exec') lines.push(`type=EXECVE msg=${stamp}: argc=${args.length} ${args.map((arg, at) => `a${at}="${arg}"`).join(' ')}`);
      if (event.call === 'kill') lines.push(`type=OBJ_PID msg=${stamp}: opid=${event.other} oauid=1000 ouid=1000 oses=5 obj=unconfined ocomm="x"`);
      return lines.join('\n');
    })
    .join('\n')
    .concat('\n');
}

/** Batches of an audit text; `chunk` bytes at a time. */
export async function batchesOf(text: string | Uint8Array, strings: StringTable, account = new Account(), chunk = 1 << 16): Promise<Batch[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const member = {
    path: 'audit.log',
    size: bytes.length,
    modifiedMicros: undefined,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
  const batches: Batch[] = [];
  for await (const batch of auditFormat.parse([member], { strings, account, firstMember: 0, zoneMinutes: undefined, takenMicros: undefined, signal: undefined })) batches.push(batch);
  return batches;
}

export interface Healing {
  readonly healed: Healed;
  readonly lineage: Lineage;
  readonly strings: StringTable;
  /** The only lifetime of a pid, or its n-th. */
  of(pid: number, nth?: number): Told;
  rowsOf(pid: number): number[];
}

/** What a test asks of one process; other processes are named by pid. */
export interface Told {
  readonly row: number;
  readonly creator: number | undefined;
  readonly parent: number | undefined;
  readonly orphan: boolean;
  readonly adopters: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly launcher: number | undefined;
  readonly entry: number | undefined;
}

/** Rebuilds lineage from events, in the order in which they are written. */
export async function heal(events: readonly Event[]): Promise<Healing> {
  return healText(auditText(events));
}

export async function healText(text: string): Promise<Healing> {
  const strings = createStringTable();
  const healer = createHealer(strings);
  for (const batch of await batchesOf(text, strings)) healer.add(batch);
  return told(healer.finish(), strings);
}

export function told(healed: Healed, strings: StringTable): Healing {
  const { lineage: l } = healed;
  const pid = (row: number): number | undefined => (row < 0 ? undefined : l.pid[row]);
  const seconds = (micros: number): number => Math.round((micros / 1e6 - T0) * 1000) / 1000;
  const rowsOf = (wanted: number): number[] => Array.from({ length: l.count }, (_, row) => row).filter((row) => l.pid[row] === wanted);
  return {
    healed,
    lineage: l,
    strings,
    rowsOf,
    of(wanted, nth = 0) {
      const row = rowsOf(wanted)[nth];
      if (row === undefined) throw new Error(`no lifetime ${nth} of pid ${wanted}`);
      const first = l.intervalFirst[row]!;
      const last = l.intervalFirst[row + 1]! - 1;
      const adopters = [];
      for (let at = first; at <= last; at++) if (l.intervalAdopted[at] === 1) adopters.push(pid(l.intervalParent[at]!)!);
      return {
        row, creator: pid(l.creator[row]!), parent: last < first ? undefined : pid(l.intervalParent[last]!), orphan: (l.flags[row]! & FLAG.orphan) !== 0, adopters,
        start: seconds(l.start[row]!), end: seconds(l.end[row]!), launcher: pid(l.launcher[row]!), entry: pid(l.entry[row]!),
      };
    },
  };
}
