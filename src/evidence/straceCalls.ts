import type { Fact } from './facts.js';
import { pidIn } from './lineFormat.js';

/** What a system call says about processes, without who made it and when; undefined where it says nothing. `result` is what it returned, as text. */
export function factOfCall(name: string, args: string, result: string): Omit<Fact, 'time' | 'pid'> | undefined {
  const returned = /^-?\d{1,10}(?=$|[\s<])/.exec(result)?.[0];
  switch (name) {
    case 'fork':
    case 'vfork':
    case 'clone':
    case 'clone3': {
      const child = pidIn(returned);
      return child > 0 ? { kind: 'fork', other: child, flags: name === 'vfork' ? CLONE_FLAGS['CLONE_VFORK'] : flagsIn(args) } : undefined;
    }
    case 'execve':
    case 'execveat': {
      const [path] = /"((?:[^"\\]|\\.)*)"/.exec(args) ?? [];
      const exe = path === undefined ? undefined : unquoted(path);
      if (returned !== '0') return returned === undefined ? undefined : { kind: 'sight', operation: 'exec-failed', message: exe };
      const list = /\[((?:"(?:[^"\\]|\\.)*"(?:\.\.\.)?|\.\.\.|, )*)\]/.exec(args)?.[1];
      const argv = list === undefined ? undefined : [...list.matchAll(/"(?:[^"\\]|\\.)*"/g)].map((item) => unquoted(item[0]));
      return { kind: 'exec', exe, comm: exe?.split('/').at(-1)?.slice(0, 15), args: argv };
    }
    case 'setsid':
      return pidIn(returned) > 0 ? { kind: 'setsid' } : undefined;
    case 'kill':
    case 'tgkill': {
      const [, target, signal] = /^(\d{1,10})(?:<[^>]*>)?, (?:\d+(?:<[^>]*>)?, )?(SIG\w+)/.exec(args) ?? [];
      const number = signalNumber(signal);
      return target === undefined || number === 0 ? undefined : { kind: 'signal', other: pidIn(target), flags: number, outcome: returned === '0' ? 'success' : 'failure' };
    }
    case 'prctl': {
      const value = /^PR_SET_CHILD_SUBREAPER, (\d)/.exec(args)?.[1];
      return value === undefined || returned !== '0' ? undefined : { kind: 'subreaper', flags: value === '0' ? 0 : 1 };
    }
    case 'connect':
    case 'bind': {
      const operation = name === 'connect' ? 'connection_attempted' : 'bound-socket';
      const [, port, four, six] = /sin6?_port=htons\((\d{1,5})\)(?:.*?inet_addr\("([\d.]{7,15})"\))?(?:.*?inet_pton\(AF_INET6, "([\da-fA-F:.]{2,45})")?/.exec(args) ?? [];
      if (port !== undefined) return { kind: 'socket', operation, path: four ?? six, port: Number(port), outcome: returned === '0' ? 'success' : 'failure' };
      const path = /sun_path=(@?"(?:[^"\\]|\\.)*")/.exec(args)?.[1];
      return path === undefined ? undefined : { kind: 'socket', operation, path: path.startsWith('@') ? `@${unquoted(path.slice(1))}` : unquoted(path), outcome: returned === '0' ? 'success' : 'failure' };
    }
    default:
      return undefined;
  }
}

/** linux/sched.h: those that say whose child it is and what it shares. */
const CLONE_FLAGS: Readonly<Record<string, number>> = {
  CLONE_VM: 0x100, CLONE_FS: 0x200, CLONE_FILES: 0x400, CLONE_SIGHAND: 0x800, CLONE_VFORK: 0x4000, CLONE_PARENT: 0x8000, CLONE_THREAD: 0x10000,
  CLONE_NEWNS: 0x20000, CLONE_NEWUSER: 0x10000000, CLONE_NEWPID: 0x20000000, CLONE_NEWNET: 0x40000000,
};

function flagsIn(args: string): number {
  const names = /flags=([A-Z0-9_|]+)/.exec(args)?.[1]?.split('|') ?? [];
  return names.reduce((flags, name) => flags | (CLONE_FLAGS[name] ?? 0), 0) >>> 0;
}

const SIGNALS = ['', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO', 'PWR', 'SYS'];

/** The number of a signal by its name (x86, arm64); 0 for what is none. */
export function signalNumber(name: string | undefined): number {
  return Math.max(0, SIGNALS.indexOf(name?.replace(/^SIG/, '') ?? '-'));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', a: '\x07', b: '\b' };

/** A string as C writes it, with or without its quotes; bytes in octal or hex are put together as UTF-8. */
function unquoted(text: string): string {
  const inner = text.replace(/^"|"$/g, '');
  if (!inner.includes('\\')) return inner;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [, octal, hex, letter, plain] of inner.matchAll(/\\([0-7]{1,3})|\\x([0-9a-fA-F]{2})|\\(.)|([^\\]+|\\$)/gs)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
    else if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else bytes.push(...encoder.encode(letter === undefined ? (plain ?? '') : (ESCAPES[letter] ?? letter)));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
