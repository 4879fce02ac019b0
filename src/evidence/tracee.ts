import { NOT_STATED, type Operation } from '../model/index.js';
import { commOf, type Fact } from './facts.js';
import { fieldsAt, idOf, numberAt, pidAt, pidOf, textAt, timeAt, valueAt } from './jsonFields.js';
import { jsonFormat, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';

/** Tracee's events (FORMATS 4.2). Pids of the initial namespace (`host*`) are taken: the others are the container's own. */
export const traceeFormat = jsonFormat({
  id: 'tracee',
  title: 'Tracee events',
  sniff: (head) =>
    (/"eventName"\s*:/.test(head) && /"(hostProcessId|hostParentProcessId|threadStartTime)"\s*:/.test(head)) || (/"workload"\s*:\s*\{\s*"(process|container|pod)"\s*:/.test(head) && /"name"\s*:/.test(head)) ? 0.95 : 0,
  reading: () => ({
    record(fields, _from, add) {
      return readTraceeEvent(fieldsAt(fields, '_source') ?? fields, add);
    },
  }),
  placeOf: (fields) => ({ time: timeAt(fieldsAt(fields, '_source') ?? fields, 'timestamp') }),
});

/** Reads one event in Tracee's words, whoever passes it on. */
export function readTraceeEvent(given: Fields, add: (fact: Fact) => void): Verdict {
  const event = isFields(given['workload']) ? asFlat(given) : given;
  const name = textAt(event, 'eventName');
  if (name === undefined) return { trouble: 'an object that is no Tracee event: it has no eventName' };
  const time = timeAt(event, 'timestamp');
  // Nanoseconds since boot (its relative time option) are no date, and rows with them could not be put in order with any other evidence.
  if (Number.isNaN(time)) return { trouble: 'a Tracee event whose time is no date' };
  const pid = pidAt(event, 'hostProcessId', 'processId');
  if (pid === NOT_STATED) return { trouble: 'a Tracee event without a pid' };
  return read(name, event, { pid, time }, add);
}

/** An event of Tracee's v1beta1 structure in the words of the flat one that came before it. */
function asFlat(event: Fields): Fields {
  const process = fieldsAt(event, 'workload.process') ?? {};
  const ancestors = process['ancestors'];
  const parent: unknown = Array.isArray(ancestors) ? ancestors[0] : undefined;
  const data = event['data'];
  const args = (Array.isArray(data) ? data : []).filter(isFields).map((value) => ({ name: value['name'], value: valueOf(value) }));
  return {
    timestamp: event['timestamp'],
    eventName: event['name'],
    hostProcessId: process['hostPid'],
    processId: process['pid'],
    hostParentProcessId: isFields(parent) ? parent['hostPid'] : undefined,
    hostThreadId: valueAt(process, 'thread.hostTid'),
    threadId: valueAt(process, 'thread.tid'),
    userId: valueAt(process, 'realUser.id'),
    processName: valueAt(process, 'thread.name'),
    executable: process['executable'],
    processEntityId: process['uniqueId'],
    parentEntityId: isFields(parent) ? parent['uniqueId'] : undefined,
    containerId: valueAt(event, 'workload.container.id'),
    returnValue: args.find(({ name }) => name === 'returnValue')?.value,
    args,
  };
}

/** protobuf's JSON names a value by its type: `str`, `int32`, `strArray: {value: [...]}`. */
function valueOf(value: Fields): unknown {
  const typed = Object.entries(value).find(([key]) => key !== 'name')?.[1];
  return isFields(typed) && Array.isArray(typed['value']) ? typed['value'] : typed;
}

function read(name: string, event: Fields, { pid, time }: { pid: number; time: number }, add: (fact: Fact) => void): Verdict {
  const args = argsOf(event);
  const text = (key: string): string | undefined => textIn(args.get(key));
  const number = (key: string): number => numberIn(args.get(key));
  const exe = textAt(event, 'executable.path');
  const thread = pidAt(event, 'hostThreadId', 'threadId');
  const result = numberAt(event, 'returnValue');
  const base: Fact = {
    kind: 'sight',
    time,
    host: textAt(event, 'hostName'),
    pid,
    ppid: pidAt(event, 'hostParentProcessId'),
    parentKind: 'atEvent',
    uid: idOf(numberAt(event, 'userId')),
    comm: textAt(event, 'processName'),
    exe,
    pidNamespace: numberOr(numberAt(event, 'pidNamespace'), 0) >>> 0,
    namespacePid: pidAt(event, 'processId'),
    container: textAt(event, 'container.id', 'containerId'),
    identity: textAt(event, 'processEntityId'),
    parentIdentity: textAt(event, 'parentEntityId'),
    outcome: result >= 0 ? 'success' : result < 0 ? 'failure' : 'unknown',
  };
  switch (name) {
    case 'sched_process_fork': {
      const child = pidOf(number('child_process_pid') || number('child_pid'));
      const childThread = pidOf(number('child_tid'));
      const leader = pidOf(number('leader_tid') || number('leader_pid'));
      const parent = pidOf(number('parent_process_pid') || number('parent_pid'));
      if (child === NOT_STATED) return { trouble: 'a fork without a child' };
      // A new thread is reported as a fork too: its id is not its process's.
      const isThread = childThread !== NOT_STATED && (leader !== NOT_STATED ? childThread !== leader : childThread !== child);
      if (isThread) return NOT_NEEDED;
      add({
        ...base,
        kind: 'fork',
        pid: parent === NOT_STATED ? pid : parent,
        ppid: parent === NOT_STATED || parent === pid ? base.ppid : undefined,
        other: child,
        flags: 0,
      });
      return UNDERSTOOD;
    }
    case 'sched_process_exec': {
      const path = text('pathname') ?? text('cmdpath');
      add({ ...base, kind: 'exec', exe: path ?? exe, comm: text('comm') ?? commOf(path) ?? base.comm, args: listIn(args.get('argv')), cwd: text('cwd') });
      return UNDERSTOOD;
    }
    case 'sched_process_exit':
      // Each thread reports its own end.
      if (args.get('process_group_exit') === true || thread === NOT_STATED || (thread === pid && args.get('process_group_exit') === undefined)) {
        add({ ...base, kind: 'exit', ppid: undefined, exitCode: exitCode(number('exit_code')) });
      } else add({ ...base, kind: 'threadExit', ppid: undefined });
      return UNDERSTOOD;
    case 'setsid':
      add({ ...base, kind: result > 0 ? 'setsid' : 'sight' });
      return UNDERSTOOD;
    case 'execve':
    case 'execveat':
      // The call itself; that it worked is told by sched_process_exec.
      add({ ...base, ...(result < 0 ? { operation: 'exec-failed' as const } : {}), path: text('pathname') });
      return UNDERSTOOD;
    case 'kill':
    case 'tkill':
      if (!(number('pid') > 0)) return NOT_NEEDED;
      add({ ...base, kind: 'signal', other: pidOf(number('pid')), flags: numberOr(number('sig'), 0) });
      return UNDERSTOOD;
    default:
      add({ ...base, ...whatElse(name, text, args) });
      return UNDERSTOOD;
  }
}

const FILE_EVENTS: Readonly<Record<string, Operation>> = {
  security_file_open: 'open',
  openat: 'open',
  open: 'open',
  vfs_write: 'modification',
  vfs_writev: 'modification',
  magic_write: 'modification',
  security_inode_unlink: 'deletion',
  unlink: 'deletion',
  unlinkat: 'deletion',
  security_inode_rename: 'rename',
  security_inode_mknod: 'creation',
  file_modification: 'modification',
  chmod: 'mode',
  fchmodat: 'mode',
  chown: 'owner',
};

function whatElse(name: string, text: (key: string) => string | undefined, args: ReadonlyMap<string, unknown>): Partial<Fact> {
  const operation = FILE_EVENTS[name];
  const path = text('pathname') ?? text('file_path');
  if (operation !== undefined && path !== undefined)
    return {
      kind: 'file',
      operation: operation === 'open' && /O_CREAT/.test(text('flags') ?? '') ? 'creation' : operation,
      path,
      path2: text('new_path'),
      message: name,
    };
  const address = args.get('remote_addr') ?? args.get('local_addr') ?? args.get('addr');
  if (isFields(address) && /connect|accept|bind|listen/.test(name)) {
    const what: Operation = name.includes('connect')
      ? 'connection_attempted'
      : name.includes('accept')
        ? 'connection_accepted'
        : name.includes('bind')
          ? 'bound-socket'
          : 'listening';
    return {
      kind: 'socket',
      operation: what,
      path: textAt(address, 'sin_addr', 'sin6_addr', 'sun_path'),
      port: pidAt(address, 'sin_port', 'sin6_port'),
      message: name,
    };
  }
  if (name.startsWith('net_packet'))
    return { kind: 'socket', operation: 'open-socket', path: text('dst'), port: pidOf(numberIn(args.get('dst_port'))), message: name };
  return { message: name };
}

/** `args` is a list of {name, type, value}, or (older, and by option) an object. */
function argsOf(event: Fields): ReadonlyMap<string, unknown> {
  const args = event['args'];
  if (isFields(args)) return new Map(Object.entries(args));
  const found = new Map<string, unknown>();
  for (const arg of Array.isArray(args) ? args : []) if (isFields(arg) && typeof arg['name'] === 'string') found.set(arg['name'], arg['value']);
  return found;
}

/** exit_code is the kernel's: status in the second byte. Small numbers are shown as such. */
function exitCode(code: number): number {
  if (Number.isNaN(code)) return NOT_STATED;
  return code > 255 ? (code >> 8) & 0xff : code & 0xff;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : '')) : typeof value === 'string' ? value.split(' ') : undefined;
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : NaN;
}

function numberOr(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}
