import { OBSERVATION_KINDS, OPERATIONS, type ObservationKind, type Operation, unreachable } from '../model/index.js';

/** How an observation is called in the event table: ECS's category and type, and one canonical action (HUNT 4). */
export interface EventWords {
  readonly category: 'process' | 'lineage' | 'snapshot' | 'network' | 'file' | 'authentication' | 'session' | 'iam' | 'configuration' | 'driver' | 'log';
  readonly type: 'start' | 'end' | 'change' | 'info' | 'creation' | 'deletion' | 'access';
  readonly action: string;
}

const words = (category: EventWords['category'], type: EventWords['type'], action: string): EventWords => ({ category, type, action });

const OPERATION_WORDS: Partial<Record<Operation, EventWords>> = {
  connection_attempted: words('network', 'start', 'connection_attempted'),
  connection_accepted: words('network', 'start', 'connection_accepted'),
  'bound-socket': words('network', 'start', 'bound-socket'),
  listening: words('network', 'info', 'listening'),
  'open-socket': words('network', 'info', 'open-socket'),
  creation: words('file', 'creation', 'creation'),
  modification: words('file', 'change', 'modification'),
  rename: words('file', 'change', 'rename'),
  deletion: words('file', 'deletion', 'deletion'),
  mode: words('file', 'change', 'mode'),
  owner: words('file', 'change', 'owner'),
  open: words('file', 'access', 'open'),
  link: words('file', 'creation', 'link'),
  opened: words('session', 'start', 'opened-session'),
  closed: words('session', 'end', 'closed-session'),
  credentials: words('session', 'info', 'credentials'),
  started: words('log', 'start', 'started-service'),
  stopped: words('log', 'end', 'stopped-service'),
  up: words('log', 'start', 'system-boot'),
  down: words('log', 'end', 'system-shutdown'),
  'account-added': words('iam', 'creation', 'added-account'),
  'account-removed': words('iam', 'deletion', 'removed-account'),
  'account-changed': words('iam', 'change', 'changed-account'),
};

/** The words for a kind and operation; `thread` for a fork whose child is a thread or is not known. */
export function eventWords(kind: ObservationKind, operation: Operation): EventWords {
  switch (kind) {
    case 'fork': return words('process', 'start', 'fork');
    case 'exec': return operation === 'exec-failed' ? words('process', 'info', 'exec-failed') : words('process', 'start', 'exec');
    case 'exit': return words('process', 'end', 'exit');
    case 'threadExit': return words('process', 'info', 'thread-exit');
    case 'sight': return words('process', 'info', operation === '' ? 'sight' : operation);
    case 'seen': return words('snapshot', 'info', 'seen');
    case 'snapshot': return words('log', 'info', 'snapshot-taken');
    case 'setsid': return words('process', 'change', 'setsid');
    case 'subreaper': return words('process', 'change', 'subreaper');
    case 'signal': return words('process', 'info', 'signal');
    case 'socket': return OPERATION_WORDS[operation] ?? words('network', 'info', 'socket');
    case 'file': return OPERATION_WORDS[operation] ?? words('file', 'info', operation === '' ? 'file' : operation);
    case 'login': return words('authentication', 'start', 'login');
    case 'session': return OPERATION_WORDS[operation] ?? words('session', 'info', operation === '' ? 'session' : operation);
    case 'authentication': return words('authentication', 'info', operation === '' ? 'authentication' : operation);
    case 'iam': return OPERATION_WORDS[operation] ?? words('iam', 'info', operation === '' ? 'iam' : operation);
    case 'service': return OPERATION_WORDS[operation] ?? words('log', 'info', 'service');
    case 'boot': return OPERATION_WORDS[operation] ?? words('log', 'info', 'boot');
    case 'configuration': return words('configuration', 'change', operation === '' ? 'configuration' : operation);
    case 'log': return words('log', 'info', operation === '' ? 'log' : operation);
    default: return unreachable(kind);
  }
}

/** A fork that made a thread, or a child that could not be found: something happened, but no process is known to have begun. */
export const FORK_OF_UNKNOWN: EventWords = words('process', 'info', 'clone');
/** A socket that leads to another process of the same host (AF_UNIX, netlink): no connection to anywhere, and rules about the network must not see one. */
export const LOCAL_SOCKET: EventWords = words('network', 'info', 'local-socket');
export const REPARENT: EventWords = words('lineage', 'change', 'reparent');
/** A process that was never seen to begin (HUNT 4). */
export const ALREADY_RUNNING: EventWords = words('process', 'start', 'already_running');

const TABLE: readonly (readonly EventWords[])[] = OBSERVATION_KINDS.map((kind) => OPERATIONS.map((operation) => eventWords(kind, operation)));

/** The same by the codes of a batch's columns. */
export function eventWordsOf(kind: number, operation: number): EventWords {
  return TABLE[kind]?.[operation] ?? words('log', 'info', 'log');
}
