import { NOT_STATED, type Operation } from '../model/index.js';
import { commOf, type Fact, startOf } from './facts.js';
import { fieldsAt, idAt, numberAt, pidAt, textAt, timeAt, valueAt } from './jsonFields.js';
import { jsonFormat, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';

/** Older versions print starts to milliseconds. */
const START_GRAIN = 1000;

/**
 * Tetragon's events (FORMATS 4.1): no fork is told; `parent` is the kernel's real_parent at exec, so after a double fork the adopter, and where it
 * does not know that one, an ancestor further up. exec_id names one program of one process: a new one begins at each exec of the same pid.
 */
export const tetragonFormat = jsonFormat({
  id: 'tetragon',
  title: 'Tetragon events',
  sniff: (head) => (/"process_[a-z_]+"\s*:\s*\{/.test(head) && /"exec_id"\s*:/.test(head) ? 0.95 : 0),
  reading: () => ({
    record(fields, _from, add) {
      const source = fieldsAt(fields, '_source') ?? fields;
      for (const [kind, value] of Object.entries(source)) {
        if (!kind.startsWith('process_') || !isFields(value)) continue;
        const process = fieldsAt(value, 'process');
        if (!process) return { trouble: 'a Tetragon event without a process' };
        return event(kind, value, process, source, add);
      }
      return ['test', 'rate_limit_info'].some((known) => known in source) ? NOT_NEEDED : { trouble: 'an object that is no Tetragon event' };
    },
  }),
  placeOf: (fields) => ({ time: timeAt(fieldsAt(fields, '_source') ?? fields, 'time') }),
});

function event(kind: string, value: Fields, process: Fields, source: Fields, add: (fact: Fact) => void): Verdict {
  const started = timeAt(process, 'start_time');
  const stamped = timeAt(source, 'time');
  const time = Number.isNaN(stamped) ? started : stamped; // the stamp is missing in some exports
  const pid = pidAt(process, 'pid');
  if (pid === NOT_STATED) return { trouble: 'a Tetragon event without a pid' };
  if (Number.isNaN(time)) return { trouble: 'a Tetragon event without a time' };
  const parent = fieldsAt(value, 'parent');
  const parentPid = parent ? pidAt(parent, 'pid') : NOT_STATED;
  const exe = textAt(process, 'binary');
  const flags = textAt(process, 'flags')?.split(' ') ?? [];
  const args = textAt(process, 'arguments');
  const base: Fact = {
    kind: 'sight',
    time,
    host: textAt(source, 'node_name'),
    pid,
    // The image that the same process ran before is told as its parent (tetragon #532).
    ppid: parentPid === pid ? undefined : parentPid,
    // `miss`: Tetragon itself does not trust the parent that it found.
    parentKind: flags.includes('miss') ? 'byReader' : 'atEvent',
    uid: idAt(process, 'uid'),
    auid: idAt(process, 'auid'),
    comm: commOf(exe),
    exe,
    args: exe === undefined ? args : args === undefined ? [exe] : [exe, ...args.split(' ')],
    cwd: textAt(process, 'cwd'),
    identity: textAt(process, 'exec_id'),
    parentIdentity: textAt(process, 'parent_exec_id'),
    container: textAt(process, 'pod.container.id', 'docker')?.replace(/^\w+:\/\//, ''),
    namespacePid: pidAt(process, 'pod.container.pid'),
  };
  switch (kind) {
    case 'process_exec':
      // A process that Tetragon found in /proc when it began is told as `procFS`.
      if (flags.includes('procFS')) add({ ...base, kind: 'seen', parentKind: 'atCapture', start: startOf(started, START_GRAIN) });
      else add({ ...base, kind: 'exec', time: flags.includes('execve') && !Number.isNaN(started) ? started : time });
      return UNDERSTOOD;
    case 'process_exit': {
      const signal = textAt(value, 'signal');
      const status = numberAt(value, 'status');
      add({ ...base, kind: 'exit', ppid: undefined, exitCode: Number.isNaN(status) ? NOT_STATED : status, message: signal });
      return UNDERSTOOD;
    }
    case 'process_connect':
    case 'process_accept':
    case 'process_listen':
      add({ ...base, ...endpoint(value), kind: 'socket', operation: SOCKETS[kind] });
      return UNDERSTOOD;
    default:
      add(probe(value, base, kind));
      return UNDERSTOOD;
  }
}

const SOCKETS = { process_connect: 'connection_attempted', process_accept: 'connection_accepted', process_listen: 'listening' } as const satisfies Record<string, Operation>;

function endpoint(value: Fields): Pick<Fact, 'path' | 'port'> {
  const port = pidAt(value, 'destination_port');
  return { path: textAt(value, 'destination_ip'), port };
}

/** A hook of the user's own policy: a socket or a file where its arguments show one. */
function probe(value: Fields, base: Fact, kind: string): Fact {
  const name = textAt(value, 'function_name', 'event', 'path') ?? kind;
  const args = valueAt(value, 'args');
  for (const arg of Array.isArray(args) ? args : []) {
    if (!isFields(arg)) continue;
    const socket = fieldsAt(arg, 'sock_arg') ?? fieldsAt(arg, 'sockaddr_arg');
    if (socket) {
      return {
        ...base, kind: 'socket', operation: name.includes('connect') ? 'connection_attempted' : name.includes('accept') ? 'connection_accepted' : name.includes('bind') ? 'bound-socket' : '',
        path: textAt(socket, 'daddr', 'addr'), port: pidAt(socket, 'dport', 'port'), message: name,
      };
    }
    const path = textAt(arg, 'file_arg.path', 'path_arg.path');
    if (path !== undefined) {
      const operation: Operation = name.includes('write') ? 'modification' : name.includes('unlink') ? 'deletion' : name.includes('rename') ? 'rename' : 'open';
      return { ...base, kind: 'file', operation, path, message: name };
    }
  }
  const { path, port } = endpoint(value);
  return path === undefined ? { ...base, message: name } : { ...base, kind: 'socket', operation: 'open-socket', path, port, message: kind };
}
