import { NOT_STATED } from '../model/index.js';

/** What /proc/PID/stat says of a process that we use (proc(5), fields 1-7 and 22). */
export interface ProcStat {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  readonly tty: string | undefined;
  /** Clock ticks from boot to its start. */
  readonly startTicks: number;
}

/** Parses /proc/PID/stat. comm may hold blanks and parentheses: it ends at the LAST `)`. undefined for what is none. */
export function parseProcStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 1 || close < open) return undefined;
  const pid = wholeNumber(text.slice(0, open).trim());
  const fields = text
    .slice(close + 1)
    .trim()
    .split(/\s+/); // fields[0] is field 3 of proc(5)
  const [state = '', ppid, pgrp, session, tty] = fields;
  const startTicks = fields[19] !== undefined && /^\d{1,20}$/.test(fields[19]) ? Number(fields[19]) : NaN;
  if (pid < 1 || !/^[A-Za-z]$/.test(state) || wholeNumber(ppid) < 0) return undefined;
  return {
    pid,
    comm: text.slice(open + 1, close),
    state,
    ppid: wholeNumber(ppid),
    pgrp: wholeNumber(pgrp),
    session: wholeNumber(session),
    tty: ttyName(tty),
    startTicks,
  };
}

/** What /proc/PID/status says of a process that we use; NOT_STATED where it says nothing. */
export interface ProcStatus {
  readonly name: string | undefined;
  readonly state: string;
  readonly pid: number;
  readonly tgid: number;
  readonly ppid: number;
  readonly tracer: number;
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly pgid: number;
  readonly sid: number;
  /** Innermost pid, where the process lives in a pid namespace of its own. */
  readonly namespacePid: number;
  readonly signalsIgnored: number;
}

/** Parses /proc/PID/status. undefined for what is none. */
export function parseProcStatus(text: string): ProcStatus | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !fields.has(line.slice(0, colon))) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const number = (key: string, at: number): number => wholeNumber(fields.get(key)?.split(/\s+/)[at]);
  const pid = number('Pid', 0);
  if (pid < 1) return undefined;
  const nested = fields.get('NSpid')?.split(/\s+/) ?? [];
  const ignored = fields.get('SigIgn');
  return {
    name: fields.get('Name'),
    state: fields.get('State')?.slice(0, 1) ?? '',
    pid,
    tgid: number('Tgid', 0),
    ppid: number('PPid', 0),
    tracer: number('TracerPid', 0),
    uid: number('Uid', 0),
    euid: number('Uid', 1),
    gid: number('Gid', 0),
    pgid: number('NSpgid', 0),
    sid: number('NSsid', 0),
    namespacePid: nested.length > 1 ? wholeNumber(nested.at(-1)) : NOT_STATED,
    signalsIgnored: ignored !== undefined && /^[0-9a-f]{1,16}$/i.test(ignored) ? signalMask(ignored) : NaN,
  };
}

/** The ignored signals of a mask in hex as a number: bit n-1 is signal n. Those above 52 do not fit one; they are real-time signals that nobody asks about. */
export function signalMask(hex: string): number {
  return Number.parseInt(hex.slice(-13), 16);
}

/** The name of a terminal from the number in stat (Documentation/admin-guide/devices.txt); undefined for none. */
function ttyName(number: string | undefined): string | undefined {
  const device = wholeNumber(number);
  if (device <= 0) return undefined;
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  if (major === 5 && minor === 1) return 'console';
  if (major === 229) return `hvc${minor}`;
  if (major === 204 && minor >= 64) return `ttyAMA${minor - 64}`;
  return `${major}:${minor}`;
}

/** A whole number of at most 32 bits, NOT_STATED for anything else; -1 of stat (`tty_nr`, `tpgid`) is not stated either. */
export function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return NOT_STATED;
  const value = Number(text);
  return value <= 0xffffffff ? value : NOT_STATED;
}
