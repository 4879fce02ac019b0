import { ADOPTER_KINDS, BASIS_NONE, ENTRY_KINDS, FLAG, ID_NOT_STATED, type Lineage, NOT_STATED, type SessionRecord } from '../model/index.js';
import type { LoadOptions, Shared } from './load.js';
import type { SqlStore } from './sqlStore.js';
import type { SqlValue } from './sqlModule.js';
import { createValueCounter, type ValueCounts } from './valueCounts.js';

const ROWS_A_SLICE = 1024;

const PROCESS_COLUMNS = [
  'id', 'entity_id', 'host_s', 'boot', 'pid', 'start', 'start_basis', 'end', 'end_basis', 'last_seen', 'exit_code',
  'name_s', 'executable_s', 'args_s', 'command_line_s', 'args_count', 'working_directory_s',
  'uid', 'euid', 'gid', 'auid', 'ses', 'sid', 'pgid', 'tty_s', 'interactive', 'user_s', 'cgroup_s', 'unit_s', 'container_s',
  'parent', 'creator', 'creator_basis', 'creator_confidence', 'adopter', 'adopter_kind', 'adopter_basis',
  'orphan', 'orphan_basis', 'orphan_confidence', 'orphaned_after_min', 'orphaned_after_max',
  'launcher', 'launcher_basis', 'launcher_confidence', 'launcher_distance', 'entry', 'entry_kind', 'entry_basis', 'entry_confidence',
  'requester', 'requester_confidence', 'session_leader', 'group_leader', 'session_start', 'session_end',
  'intermediate', 'unrecorded', 'kernel_thread', 'exe_deleted', 'memfd', 'writable_dir',
  'reparented', 'execs', 'children', 'descendants', 'setsid_at', 'pid_gap', 'pre', 'post', 'depth',
] as const;

/** Fills `process` and `parentage`, and answers what the processes hold. */
export async function loadProcesses(store: SqlStore, input: Shared, options: LoadOptions): Promise<ValueCounts> {
  const { lineage } = input;
  const insert = store.prepare(`INSERT INTO process (${PROCESS_COLUMNS.join(', ')}) VALUES (${PROCESS_COLUMNS.map(() => '?').join(', ')})`);
  const insertInterval = store.prepare('INSERT INTO parentage VALUES (?, ?, ?, ?, ?, ?)');
  const children = childCounts(lineage);
  const counts = createValueCounter(PROCESS_COLUMNS);
  const sessions = sessionsByKey(input.sessions);
  const leaders = createLeaderIndex(lineage);
  try {
    for (let row = 0; row < lineage.count; row++) {
      const sessionLeader = leaders.find(row, lineage.sid[row]!);
      const groupLeader = leaders.find(row, lineage.pgid[row]!);
      leaders.add(row);
      const flags = lineage.flags[row]!;
      const session = sessions.get(sessionKey(lineage.host[row]!, lineage.boot[row]!, lineage.ses[row]!));
      const first = lineage.intervalFirst[row]!, end = lineage.intervalFirst[row + 1]!;
      let reparented = 0;
      for (let at = first; at < end; at++) {
        reparented += lineage.intervalAdopted[at]!;
        insertInterval.run([row, reference(lineage.intervalParent[at]!), moment(lineage.intervalFrom[at]!), moment(lineage.intervalTo[at]!), basis(lineage.intervalBasis[at]!), lineage.intervalAdopted[at]!]);
      }
      const isOrphan = (flags & FLAG.orphan) !== 0;
      const args = lineage.args[row]!;
      const values: Record<(typeof PROCESS_COLUMNS)[number], SqlValue> = {
        id: row, entity_id: input.entityId(row), host_s: lineage.host[row]!, boot: lineage.boot[row]!, pid: lineage.pid[row]!,
        start: moment(lineage.start[row]!), start_basis: basis(lineage.startBasis[row]!), end: moment(lineage.end[row]!), end_basis: basis(lineage.endBasis[row]!),
        last_seen: moment(lineage.lastSeen[row]!), exit_code: stated(lineage.exitCode[row]!),
        name_s: text(lineage.comm[row]!), executable_s: text(lineage.exe[row]!), args_s: text(args), command_line_s: text(input.commandLine(args)),
        args_count: input.argsCount(args), working_directory_s: text(lineage.cwd[row]!),
        uid: id(lineage.uid[row]!), euid: id(lineage.euid[row]!), gid: id(lineage.gid[row]!), auid: id(lineage.auid[row]!), ses: id(lineage.ses[row]!),
        sid: stated(lineage.sid[row]!), pgid: stated(lineage.pgid[row]!), tty_s: text(lineage.tty[row]!), interactive: bit(flags, FLAG.interactive),
        user_s: input.userName(lineage.host[row]!, lineage.uid[row]!) ?? null,
        cgroup_s: text(lineage.cgroup[row]!), unit_s: text(lineage.unit[row]!), container_s: text(lineage.container[row]!),
        parent: end > first ? reference(lineage.intervalParent[end - 1]!) : null,
        creator: reference(lineage.creator[row]!), creator_basis: basis(lineage.creatorBasis[row]!), creator_confidence: confidence(lineage.creatorConfidence[row]!, lineage.creator[row]! >= 0),
        adopter: reference(lineage.adopter[row]!), adopter_kind: word(ADOPTER_KINDS[lineage.adopterKind[row]!]), adopter_basis: basis(lineage.adopterBasis[row]!),
        orphan: bit(flags, FLAG.orphan), orphan_basis: basis(lineage.orphanBasis[row]!), orphan_confidence: confidence(lineage.orphanConfidence[row]!, isOrphan),
        orphaned_after_min: moment(lineage.orphanedAfterMin[row]!), orphaned_after_max: moment(lineage.orphanedAfterMax[row]!),
        launcher: reference(lineage.launcher[row]!), launcher_basis: basis(lineage.launcherBasis[row]!),
        launcher_confidence: confidence(lineage.launcherConfidence[row]!, lineage.launcher[row]! >= 0), launcher_distance: lineage.launcher[row]! >= 0 ? lineage.launcherDistance[row]! : null,
        entry: reference(lineage.entry[row]!), entry_kind: word(ENTRY_KINDS[lineage.entryKind[row]!]), entry_basis: basis(lineage.entryBasis[row]!),
        entry_confidence: confidence(lineage.entryConfidence[row]!, lineage.entry[row]! >= 0),
        requester: reference(lineage.requester[row]!), requester_confidence: confidence(lineage.requesterConfidence[row]!, lineage.requester[row]! >= 0),
        session_leader: reference(sessionLeader), group_leader: reference(groupLeader),
        session_start: session ? moment(session.start) : null, session_end: session ? moment(session.end) : null,
        intermediate: bit(flags, FLAG.intermediate), unrecorded: bit(flags, FLAG.unrecorded), kernel_thread: bit(flags, FLAG.kernelThread),
        exe_deleted: bit(flags, FLAG.exeDeleted), memfd: bit(flags, FLAG.memfd), writable_dir: bit(flags, FLAG.writableDir),
        reparented, execs: lineage.execs[row]!, children: children[row]!, descendants: lineage.size[row]! - 1,
        setsid_at: moment(lineage.setsidAt[row]!), pid_gap: moment(lineage.pidGap[row]!),
        pre: lineage.pre[row]!, post: lineage.pre[row]! + lineage.size[row]! - 1, depth: lineage.depth[row]!,
      };
      const bound = PROCESS_COLUMNS.map((column) => values[column]);
      insert.run(bound);
      counts.add(bound);
      if (row % ROWS_A_SLICE === 0) {
        options.signal?.throwIfAborted();
        await options.breathe();
      }
    }
  } finally {
    insert.free();
    insertInterval.free();
  }
  return counts;
}

/** Absent values of the columns become NULL. */
export function moment(micros: number): number | null {
  return Number.isNaN(micros) ? null : Math.round(micros);
}
export function reference(row: number): number | null {
  return row < 0 ? null : row;
}
export function basis(code: number): number | null {
  return code === BASIS_NONE ? null : code;
}
export function text(string: number): number | null {
  return string === 0 ? null : string;
}
export function stated(number: number): number | null {
  return number === NOT_STATED ? null : number;
}
/** Ids: 4294967294 is "not stated"; 4294967295 (unset) is a value that rules ask for. */
export function id(number: number): number | null {
  return number === ID_NOT_STATED ? null : number;
}
function word(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
function bit(flags: number, flag: number): number {
  return (flags & flag) === 0 ? 0 : 1;
}
function confidence(value: number, claimed: boolean): number | null {
  return claimed ? value : null;
}

function childCounts(lineage: Lineage): Uint32Array {
  const counts = new Uint32Array(lineage.count);
  for (let row = 0; row < lineage.count; row++) {
    const creator = lineage.creator[row]!;
    if (creator >= 0) counts[creator]!++;
  }
  return counts;
}

function sessionKey(host: number, boot: number, ses: number): string {
  return `${host}/${boot}/${ses}`;
}

function sessionsByKey(sessions: readonly SessionRecord[]): ReadonlyMap<string, SessionRecord> {
  return new Map(sessions.map((session) => [sessionKey(session.host, session.boot, session.ses), session]));
}

/** Finds the process that a sid or pgid names: the lifetime of that pid, on the same host and boot, that began last before the asker, or the asker. */
function createLeaderIndex(lineage: Lineage): { find(row: number, pid: number): number; add(row: number): void } {
  const hosts = new Map<number, number>();
  const latest = new Map<number, number>();
  const key = (row: number, pid: number): number => {
    const host = lineage.host[row]!;
    let place = hosts.get(host);
    if (place === undefined) hosts.set(host, (place = hosts.size));
    return (place * 65536 + lineage.boot[row]!) * 8388608 + pid; // pids end at 2^22
  };
  return {
    find: (row, pid) => (pid <= 0 ? -1 : pid === lineage.pid[row]! ? row : (latest.get(key(row, pid)) ?? -1)),
    add: (row) => void latest.set(key(row, lineage.pid[row]!), row),
  };
}
