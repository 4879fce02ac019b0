import { type Batch, ID_NOT_STATED, NO_PROCESS, NOT_STATED, type StringTable } from '../model/index.js';
import type { Processes } from './processes.js';

/** What fork copies. */
export function inheritTraits(p: Processes, row: number, from: number): void {
  p.uid[row] = p.uid[from]!;
  p.euid[row] = p.euid[from]!;
  p.gid[row] = p.gid[from]!;
  p.auid[row] = p.auid[from]!;
  p.ses[row] = p.ses[from]!;
  p.sid[row] = p.sid[from]!;
  p.pgid[row] = p.pgid[from]!;
  p.tty[row] = p.tty[from]!;
  p.comm[row] = p.comm[from]!;
  p.exe[row] = p.exe[from]!;
  p.args[row] = p.args[from]!;
  p.cwd[row] = p.cwd[from]!;
  p.cgroup[row] = p.cgroup[from]!;
  p.unit[row] = p.unit[from]!;
  p.container[row] = p.container[from]!;
  p.namespaceInit[row] = p.namespaceInit[from]!;
}

/** Sets what the record says of the process itself. */
export function describeProcess(p: Processes, row: number, batch: Batch, at: number): void {
  if (batch.uid[at] !== ID_NOT_STATED) p.uid[row] = batch.uid[at]!;
  if (batch.euid[at] !== ID_NOT_STATED) p.euid[row] = batch.euid[at]!;
  if (batch.gid[at] !== ID_NOT_STATED) p.gid[row] = batch.gid[at]!;
  if (batch.auid[at] !== ID_NOT_STATED) p.auid[row] = batch.auid[at]!;
  if (batch.ses[at] !== ID_NOT_STATED) p.ses[row] = batch.ses[at]!;
  if (batch.tty[at] !== 0) p.tty[row] = batch.tty[at]!;
  if (batch.comm[at] !== 0) p.comm[row] = batch.comm[at]!;
  if (batch.exe[at] !== 0) p.exe[row] = batch.exe[at]!;
  if (batch.args[at] !== 0 && p.args[row] === 0) p.args[row] = batch.args[at]!;
  if (batch.cwd[at] !== 0) p.cwd[row] = batch.cwd[at]!;
  if (batch.sid[at] !== NOT_STATED) p.sid[row] = batch.sid[at]!;
  if (batch.pgid[at] !== NOT_STATED) p.pgid[row] = batch.pgid[at]!;
  if (batch.cgroup[at] !== 0) p.cgroup[row] = batch.cgroup[at]!;
  if (batch.unit[at] !== 0) p.unit[row] = batch.unit[at]!;
  if (batch.container[at] !== 0) p.container[row] = batch.container[at]!;
}

/** Sets what only a snapshot says. */
export function describeSight(p: Processes, row: number, batch: Batch, at: number): void {
  if (batch.user[at] !== 0) p.user[row] = batch.user[at]!;
  if (!Number.isNaN(batch.signalsIgnored[at]!)) p.signalsIgnored[row] = batch.signalsIgnored[at]!;
  if (batch.namespacePid[at] !== NOT_STATED) p.namespacePid[row] = batch.namespacePid[at]!;
}

/** `systemd --user` is a subreaper (systemd src/core/main.c); where prctl is not recorded its arguments tell. */
export function knowSubreaper(p: Processes, row: number, strings: StringTable): void {
  const words = (): string[] => strings.list(p.args[row]!).join(' ').split(' ');
  const isChildOfInit = p.parent[row] !== NO_PROCESS && p.pid[p.parent[row]!] === 1;
  // ps shows no executable: then the arguments of a child of init, which are its own word, have to do.
  const exe = strings.text(p.exe[row]!) ?? (isChildOfInit ? words()[0]! : '');
  if (exe.endsWith('/systemd') && words().includes('--user')) p.subreaper[row] = 1;
}
