import { FLAGS_UNKNOWN, NOT_STATED, OBSERVATION_KINDS, OPERATIONS, type Operation } from '../model/index.js';
import { PR_SET_CHILD_SUBREAPER, OPEN_WRITES } from './auditSyscalls.js';
import { USER_RECORDS } from './auditUserRecords.js';
import { commOf, type Fact } from './facts.js';
import { hostOf, idAt, listAt, numberAt, pidAt, textAt, timeAt, valueAt } from './jsonFields.js';
import { type Fields, isFields } from './jsonRecords.js';

/** What a system call does, by its name as go-libaudit prints it. */
const CALLS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    fork: ['fork', 'vfork'], clone: ['clone'], clone3: ['clone3'], exec: ['execve', 'execveat'], exit: ['exit'], exitGroup: ['exit_group'], setsid: ['setsid'],
    prctl: ['prctl'], kill: ['kill', 'tkill'], tgkill: ['tgkill'], connect: ['connect'], bind: ['bind'], accept: ['accept', 'accept4'], listen: ['listen'],
    open: ['open', 'openat', 'openat2', 'creat'], rename: ['rename', 'renameat', 'renameat2'], deletion: ['unlink', 'unlinkat', 'rmdir'],
    creation: ['mkdir', 'mkdirat', 'mknod', 'mknodat'], link: ['link', 'linkat', 'symlink', 'symlinkat'], mode: ['chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
    owner: ['chown', 'fchown', 'lchown', 'fchownat'], modification: ['truncate', 'ftruncate'],
  }).flatMap(([call, names]) => names.map((name) => [name, call] as const)),
);

/**
 * An event of the audit log as Auditbeat's auditd module and go-libaudit merge it: one object an event, numbers as text. `ppid` is the kernel's
 * real_parent when the record was made. undefined: a record that names no process.
 */
export function auditdFact(event: Fields): Fact | undefined {
  const type = (textAt(event, 'auditd.message_type', 'auditd.log.record_type', 'record_type') ?? '').toUpperCase();
  const base = common(event);
  const action = textAt(event, 'event.action', 'summary.action');
  if (type === 'SYSCALL' || type === 'URINGOP' || (type === '' && action === 'executed')) return callFact(event, base, action);
  if (type === 'LOGIN') return { ...base, kind: 'login' };
  if (type === 'CONFIG_CHANGE') {
    const op = textAt(event, 'auditd.data.op', 'data.op') ?? '';
    const isOff = textAt(event, 'auditd.data.audit_enabled', 'data.audit_enabled') === '0';
    return { ...base, kind: 'configuration', operation: isOff ? 'auditing-off' : op.includes('remove') ? 'rules-removed' : 'rules-changed', message: op };
  }
  const known = USER_RECORDS.get(type);
  const kind = known && OBSERVATION_KINDS[known.kind];
  if (known && kind) {
    const operation = OPERATIONS[known.operation] ?? '';
    const command = textAt(event, 'auditd.data.cmd', 'data.cmd');
    const unit = kind === 'service' ? serviceName(textAt(event, 'auditd.data.unit', 'data.unit')) : undefined;
    return { ...base, kind, operation, unit, message: command ?? textAt(event, 'auditd.data.op', 'data.op'), path: textAt(event, 'source.ip', 'data.addr') };
  }
  if (base.pid === NOT_STATED) return undefined;
  return { ...base, kind: 'log', message: action ?? type.toLowerCase() };
}

function common(event: Fields): Fact & { readonly pid: number } {
  const exe = textAt(event, 'process.executable', 'process.exe');
  const title = textAt(event, 'process.title', 'process.command_line');
  const tty = textAt(event, 'auditd.data.tty', 'data.tty', 'auditd.data.terminal', 'data.terminal');
  const result = textAt(event, 'event.outcome', 'auditd.result', 'result');
  return {
    kind: 'sight',
    time: timeAt(event, '@timestamp'),
    serial: numberOr(numberAt(event, 'auditd.sequence', 'auditd.log.sequence', 'sequence'), 0),
    host: hostOf(event),
    pid: pidAt(event, 'process.pid'),
    ppid: pidAt(event, 'process.parent.pid', 'process.ppid'),
    parentKind: 'atEvent',
    uid: idAt(event, 'user.id', 'user.ids.uid'),
    euid: idAt(event, 'user.effective.id', 'user.ids.euid'),
    gid: idAt(event, 'user.group.id', 'user.ids.gid'),
    auid: idAt(event, 'user.audit.id', 'user.ids.auid', 'auditd.data.auid', 'data.auid'),
    ses: idAt(event, 'auditd.session', 'session'),
    user: textAt(event, 'user.name'),
    tty: tty === undefined || /^[(?]/.test(tty) ? undefined : tty,
    comm: textAt(event, 'process.name') ?? commOf(exe),
    exe,
    args: listAt(event, 'process.args') ?? title,
    cwd: textAt(event, 'process.working_directory', 'process.cwd'),
    outcome: result === undefined ? 'unknown' : result.startsWith('succ') ? 'success' : result.startsWith('fail') ? 'failure' : 'unknown',
    key: listAt(event, 'tags')?.join(' '),
    container: textAt(event, 'container.id'),
    identity: textAt(event, 'process.entity_id'),
    parentIdentity: textAt(event, 'process.parent.entity_id'),
  };
}

/** `action` tells an exec where an export left the call out. */
function callFact(event: Fields, base: Fact, action: string | undefined): Fact {
  const data = (name: string): string | undefined => textAt(event, `auditd.data.${name}`, `auditd.log.${name}`, `data.${name}`);
  const hex = (name: string): number => Number.parseInt(data(name) ?? '', 16);
  const isActionOnly = data('syscall') === undefined && action === 'executed';
  const call = isActionOnly ? 'exec' : CALLS.get(data('syscall') ?? '');
  const exit = Number(data('exit') ?? NaN);
  const succeeded = base.outcome === 'success' || (isActionOnly && base.outcome === 'unknown');
  const path = textAt(event, 'file.path', 'destination.path', 'destination.ip', 'summary.object.primary', 'auditd.summary.object.primary');
  switch (call) {
    case 'fork':
    case 'clone':
    case 'clone3':
      if (!succeeded || !(exit > 0)) return base;
      return { ...base, kind: 'fork', other: exit, flags: call === 'fork' ? 0 : call === 'clone' ? numberOr(hex('a0'), FLAGS_UNKNOWN) >>> 0 : FLAGS_UNKNOWN };
    case 'exec':
      return succeeded ? { ...base, kind: 'exec' } : { ...base, operation: 'exec-failed', path };
    case 'exit':
    case 'exitGroup': // neither returns, so neither has a result
      return { ...base, kind: call === 'exit' ? 'threadExit' : 'exit', exitCode: numberOr(hex('a0'), NOT_STATED) & 0xff };
    case 'setsid':
      return succeeded ? { ...base, kind: 'setsid' } : base;
    case 'prctl':
      return succeeded && hex('a0') === PR_SET_CHILD_SUBREAPER ? { ...base, kind: 'subreaper', flags: hex('a1') === 0 ? 0 : 1 } : base;
    case 'kill':
    case 'tgkill': {
      const target = pidAt(event, 'auditd.data.opid', 'data.opid', 'process.target.pid');
      return target === NOT_STATED ? base : { ...base, kind: 'signal', other: target, flags: numberOr(hex(call === 'kill' ? 'a1' : 'a2'), 0) };
    }
    case 'connect':
    case 'bind':
    case 'accept':
    case 'listen': {
      const port = numberAt(event, 'destination.port', 'source.port');
      const operation: Operation = call === 'connect' ? 'connection_attempted' : call === 'accept' ? 'connection_accepted' : call === 'bind' ? 'bound-socket' : 'listening';
      const address = textAt(event, 'destination.ip', 'destination.path', 'source.ip') ?? path;
      return { ...base, kind: address === undefined ? 'sight' : 'socket', operation, path: address, port: numberOr(port, NOT_STATED) };
    }
    case 'open':
    case 'rename':
    case 'deletion':
    case 'creation':
    case 'link':
    case 'mode':
    case 'owner':
    case 'modification':
      if (path === undefined || !succeeded) return { ...base, path };
      return { ...base, kind: 'file', operation: call === 'open' ? openOperation(event, data('syscall'), hex) : call, path };
    default:
      return { ...base, path };
  }
}

function openOperation(event: Fields, name: string | undefined, hex: (name: string) => number): Operation {
  const paths = valueAt(event, 'auditd.paths') ?? valueAt(event, 'paths');
  const isMade = Array.isArray(paths) && paths.some((path) => isFields(path) && path['nametype'] === 'CREATE');
  if (isMade || name === 'creat') return 'creation';
  const flags = name === 'openat2' ? NaN : hex(name === 'open' ? 'a1' : 'a2'); // openat2 has them behind a pointer
  return Number.isNaN(flags) || (flags & OPEN_WRITES) === 0 ? 'open' : 'modification';
}

function serviceName(unit: string | undefined): string | undefined {
  return unit === undefined || unit.includes('.') ? unit : `${unit}.service`;
}

function numberOr(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}
