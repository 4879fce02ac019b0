import type { StringId } from './strings.js';

/**
 * The kinds of fact that one place can state.
 *   fork      `pid` called fork/vfork/clone/clone3 and `other` is the child, numbered in the CALLER's pid namespace; `flags` are the clone flags
 *   exec      `pid` runs a new program (comm, exe, args)          exit    the whole process `pid` ends (exit_group), `exitCode`
 *   threadExit one thread of `pid` ends                            sight   `pid` was alive and, where stated, `ppid` its parent
 *   seen      `pid` in a snapshot, with `start`                    snapshot a whole snapshot was taken, from `start` (where not stated: all at once) to `time`: who is not seen was not there (`other` = processes seen);
 *             parts of snapshots (a ps of one user, a cut file) have seen rows and no snapshot row
 *   setsid    `pid` made a session of its own                      subreaper `pid` set (flags 1) or cleared (0) PR_SET_CHILD_SUBREAPER
 *   signal    `pid` sent signal `flags` to `other`                 socket  connect, accept, bind, listen, or a socket in a snapshot
 *   file      create, write, rename, delete, chmod, open           login   `pid` got the login uid `auid` and audit session `ses`
 *   session, authentication, iam   PAM and account records         service unit started or stopped (`unit`)
 *   boot      the system came up or went down                      configuration audit rules or clock changed
 *   log       any other line worth showing
 */
export const OBSERVATION_KINDS = [
  'fork', 'exec', 'exit', 'threadExit', 'sight', 'seen', 'snapshot', 'setsid', 'subreaper', 'signal', 'socket', 'file',
  'login', 'session', 'authentication', 'iam', 'service', 'boot', 'configuration', 'log',
] as const;
export type ObservationKind = (typeof OBSERVATION_KINDS)[number];

/** What was done, where the kind leaves it open. ECS's words where ECS has one. */
export const OPERATIONS = [
  '', 'connection_attempted', 'connection_accepted', 'bound-socket', 'listening', 'open-socket',
  'creation', 'modification', 'rename', 'deletion', 'mode', 'owner', 'open', 'link',
  'opened', 'closed', 'credentials', 'started', 'stopped', 'up', 'down', 'rules-changed', 'rules-removed', 'auditing-off', 'daemon-started', 'daemon-stopped',
  'exec-failed', 'command', 'account-added', 'account-removed', 'account-changed',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const OUTCOMES = ['unknown', 'success', 'failure'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A number of the record that it does not state. */
export const NOT_STATED = -1;
/** An id (uid, auid, ses) that the record states as unset, 4294967295. */
export const UNSET_ID = 0xffffffff;
/** An id that the record does not state. */
export const ID_NOT_STATED = 0xfffffffe;
/** Clone flags that lie behind a pointer (clone3). */
export const FLAGS_UNKNOWN = 0xffffffff;

/**
 * The columns of a batch and their element types. `text` columns hold {@link StringId}s.
 *   time   microseconds since the epoch, as the source states it (audit: syscall ENTRY)      serial  the record's own number, 0 if none
 *   member, offset, byteLength   provenance: global member id, place and span in the decompressed member (the span may hold lines of other events)
 *   host   text: the host that the record itself names
 *   ppid with parentKind   other  child of a fork, target of a signal, count of a snapshot   start  start time stated by a snapshot, NaN if none
 *   startFrom, startUntil  bounds of the start that a snapshot states: as it prints it: 10 ms apart from /proc, 1 s from lstart, a minute, a day or a year from ps START (ps adds whole seconds of a boot time that drifts: 1.7 s off were seen);
 *                  `start` itself is stated only where they are at most a second apart
 *   time of seen and snapshot rows: when the reading of the snapshot began (its walk over the processes is one moment by courtesy);
 *   a process that began during the walk has its own start as time, and is no part of what the snapshot row says
 *   path, path2, port      file and its new name; socket address ("10.0.0.5", "/run/x.sock") and port
 *   user   text: the name of `uid` as the evidence itself gives it
 *   identity, parentIdentity   text: the sensor's own id of process and parent (Tetragon exec_id, ECS entity_id): the same id is the same process, or one image of it
 *   container  text: the container's id, cut where the sensor cuts it
 *   args   text list (NUL between items; of a record other than exec: what the process shows as its title)     unit  text: systemd unit     key  text: audit key     message  text: the rest worth showing
 */
export const COLUMNS = {
  kind: 'u8', operation: 'u8', outcome: 'u8', parentKind: 'u8',
  time: 'f64', serial: 'f64', member: 'u32', offset: 'f64', byteLength: 'u32', host: 'u32',
  pid: 'i32', ppid: 'i32', other: 'i32', flags: 'u32', sid: 'i32', pgid: 'i32',
  uid: 'u32', euid: 'u32', gid: 'u32', auid: 'u32', ses: 'u32',
  user: 'u32', tty: 'u32', comm: 'u32', exe: 'u32', args: 'u32', cwd: 'u32', cgroup: 'u32', unit: 'u32',
  start: 'f64', startFrom: 'f64', startUntil: 'f64', exitCode: 'i32',
  path: 'u32', path2: 'u32', port: 'i32', key: 'u32', message: 'u32',
  /** Snapshot traces: ignored signals (bit n-1 = signal n), pid namespace, innermost pid, 1 if the executable was deleted, 1 if a zombie, tracer's pid. */
  signalsIgnored: 'f64', pidNamespace: 'u32', namespacePid: 'i32', exeDeleted: 'u8', zombie: 'u8', tracer: 'i32',
  identity: 'u32', parentIdentity: 'u32', container: 'u32',
} as const satisfies Record<string, 'u8' | 'i32' | 'u32' | 'f64'>;
export type ColumnName = keyof typeof COLUMNS;

interface ArrayOf { u8: Uint8Array; i32: Int32Array; u32: Uint32Array; f64: Float64Array }

/** Some thousand observations as columns. `count` rows are filled; a batch is never changed after it was handed on. */
export type Batch = { readonly [C in ColumnName]: ArrayOf[(typeof COLUMNS)[C]] } & { readonly capacity: number; count: number };

export type { StringId };
