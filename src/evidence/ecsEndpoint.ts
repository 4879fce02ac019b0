import { NOT_STATED, type Operation } from '../model/index.js';
import { commOf, type Fact, startOf } from './facts.js';
import { fieldsAt, hostOf, idAt, listAt, numberAt, pidAt, textAt, timeAt } from './jsonFields.js';
import type { Fields } from './jsonRecords.js';
import { ownEnd } from './sockets.js';

/** Process.start is kept in hundreds of nanoseconds, and shown to milliseconds by some versions. */
const START_GRAIN = 1000;
/** tty_io.h: the major device numbers of a console and of a pseudo terminal. */
const TTY_MAJOR = 4;
const PTS_MAJOR = 136;

/**
 * The facts of one event of Elastic Defend. An aggregated event (`event.action: [fork, exec, end]`) states several, in the order they happened.
 * Its parent is the kernel's real_parent as its probe saw it; `entity_id` names a process through all its programs.
 */
export function endpointFacts(event: Fields): readonly Fact[] {
  const actions = listAt(event, 'event.action') ?? [];
  const dataset = textAt(event, 'event.dataset', 'data_stream.dataset') ?? '';
  const base = processOf(event);
  if (dataset.endsWith('.network') || dataset.endsWith('.file')) {
    const fact = dataset.endsWith('.file') ? fileFact(event, base, actions) : socketFact(event, base, actions);
    return base.pid === NOT_STATED ? [] : [fact];
  }
  const facts: Fact[] = [];
  const began = timeAt(event, 'process.start');
  const isAggregated = actions.length > 1;
  for (const action of actions) {
    switch (action) {
      case 'fork': {
        const time = isAggregated && !Number.isNaN(began) ? began : base.time;
        const parent = pidAt(event, 'process.parent.pid');
        if (parent !== NOT_STATED) facts.push(forkFact(event, base, parent, time));
        facts.push({ ...base, kind: 'sight', time });
        break;
      }
      case 'exec':
        facts.push({ ...base, kind: 'exec', time: isAggregated && actions.includes('end') && !Number.isNaN(began) ? began : base.time });
        break;
      case 'end': {
        const ended = timeAt(event, 'process.end');
        // Who has it when it ends is from the sensor's own table: the parent is not stated here.
        facts.push({ ...base, kind: 'exit', ppid: undefined, time: Number.isNaN(ended) ? base.time : ended, exitCode: numberOr(numberAt(event, 'process.exit_code')) });
        break;
      }
      case 'already_running':
        facts.push({ ...base, kind: 'seen', start: startOf(began, START_GRAIN) });
        break;
      case 'session_id_change':
        facts.push({ ...base, kind: base.pid === base.sid ? 'setsid' : 'sight' });
        break;
      default:
        if (base.pid !== NOT_STATED) facts.push({ ...base, kind: 'sight', message: action });
    }
  }
  return facts.filter(({ pid }) => pid !== undefined && pid !== NOT_STATED);
}

function processOf(event: Fields): Fact & { readonly pid: number; readonly sid: number } {
  const exe = textAt(event, 'process.executable');
  const entry = fieldsAt(event, 'process.entry_leader');
  const entryType = entry && textAt(entry, 'entry_meta.type');
  return {
    kind: 'sight',
    time: timeAt(event, '@timestamp'),
    serial: numberOr(numberAt(event, 'event.sequence'), 0),
    host: hostOf(event),
    pid: pidAt(event, 'process.pid'),
    ppid: pidAt(event, 'process.parent.pid', 'process.ppid'),
    parentKind: 'atEvent',
    sid: pidAt(event, 'process.session_leader.pid'),
    pgid: pidAt(event, 'process.group_leader.pid'),
    uid: idAt(event, 'process.real_user.id', 'user.id', 'process.user.id'),
    euid: idAt(event, 'process.user.id', 'user.effective.id', 'user.id'),
    gid: idAt(event, 'process.real_group.id', 'group.id', 'user.group.id'),
    user: textAt(event, 'user.name', 'process.user.name'),
    tty: ttyOf(event),
    comm: textAt(event, 'process.name') ?? commOf(exe),
    exe,
    args: listAt(event, 'process.args') ?? textAt(event, 'process.command_line'),
    cwd: textAt(event, 'process.working_directory'),
    container: textAt(event, 'container.id'),
    identity: textAt(event, 'process.entity_id'),
    parentIdentity: textAt(event, 'process.parent.entity_id'),
    message: entry && entryType !== undefined ? `entry ${entryType}, pid ${textAt(entry, 'pid') ?? 'not stated'}` : undefined,
  };
}

/** The record of a fork is about the child; the row of a fork is about who called it. */
function forkFact(event: Fields, child: Fact & { readonly pid: number }, parent: number, time: number): Fact {
  return {
    kind: 'fork', time, serial: child.serial, host: child.host, pid: parent, other: child.pid, flags: 0,
    comm: textAt(event, 'process.parent.name'), exe: textAt(event, 'process.parent.executable'), args: listAt(event, 'process.parent.args'),
    cwd: textAt(event, 'process.parent.working_directory'), container: child.container, identity: child.parentIdentity,
  };
}

const FILE_OPERATIONS: Readonly<Record<string, Operation>> = { creation: 'creation', deletion: 'deletion', rename: 'rename', modification: 'modification', overwrite: 'modification', open: 'open' };

function fileFact(event: Fields, base: Fact, actions: readonly string[]): Fact {
  const operation = actions.map((action) => FILE_OPERATIONS[action]).find((found) => found !== undefined) ?? '';
  const old = textAt(event, 'file.Ext.original.path');
  const path = textAt(event, 'file.path');
  return { ...base, kind: 'file', operation, path: old ?? path, path2: old === undefined ? undefined : path, message: operation === '' ? actions[0] : undefined };
}

function socketFact(event: Fields, base: Fact, actions: readonly string[]): Fact {
  const isAccepted = actions.some((action) => action.includes('accepted'));
  const operation: Operation = isAccepted ? 'connection_accepted' : actions.some((action) => action.includes('attempted')) ? 'connection_attempted' : '';
  const side = isAccepted ? 'source' : 'destination';
  const message = operation === '' ? actions[0] : isAccepted ? undefined : ownEnd(textAt(event, 'source.ip'), numberAt(event, 'source.port'));
  return { ...base, kind: 'socket', operation, path: textAt(event, `${side}.ip`, 'dns.question.name'), port: numberOr(numberAt(event, `${side}.port`)), message };
}

function ttyOf(event: Fields): string | undefined {
  const major = numberAt(event, 'process.tty.char_device.major');
  const minor = numberAt(event, 'process.tty.char_device.minor');
  return major === PTS_MAJOR ? `pts/${minor}` : major === TTY_MAJOR ? `tty${minor}` : undefined;
}

function numberOr(value: number, otherwise: number = NOT_STATED): number {
  return Number.isNaN(value) ? otherwise : value;
}
