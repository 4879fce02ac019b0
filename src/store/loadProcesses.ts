import { ADOPTER_KINDS, BASIS_NONE, ENTRY_KINDS, FLAG, ID_NOT_STATED, type Lineage, NOT_STATED, type SessionRecord } from '../model/index.js';
import type { LoadOptions, Shared } from './loadInput.js';
import { createPassedOver } from './passedOver.js';
import { NO_PROGRAM, type Program, programOf } from './programs.js';
import type { StoreTarget } from './storeTarget.js';
import type { SqlValue } from './sqlModule.js';
import { createValueCounter, type ValueCounts } from './valueCounts.js';

const ROWS_A_SLICE = 1024;

/** Fills `process` and `parentage`, and answers what the processes hold. */
export async function loadProcesses(store: StoreTarget, input: Shared, options: LoadOptions): Promise<ValueCounts> {
  const { lineage } = input;
  const columns = processColumns(input);
  const names = columns.map(([name]) => name);
  const counts = createValueCounter(names);
  const insert = store.prepare(`INSERT INTO process (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`);
  const insertInterval = store.prepare('INSERT INTO parentage VALUES (?, ?, ?, ?, ?, ?)');
  const bound = new Array<SqlValue>(columns.length).fill(null);
  try {
    for (let row = 0; row < lineage.count; row++) {
      for (let at = 0; at < columns.length; at++) bound[at] = columns[at]![1](row);
      insert.run(bound);
      counts.add(bound);
      for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) {
        insertInterval.run([row, reference(lineage.intervalParent[at]!), moment(lineage.intervalFrom[at]!), moment(lineage.intervalTo[at]!), basis(lineage.intervalBasis[at]!), lineage.intervalAdopted[at]!]);
      }
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

type ColumnOf = readonly [name: string, value: (row: number) => SqlValue];

/** Every column of `process` with how its value is had. Called for rows in ascending order: the leaders' index grows with them. */
function processColumns(input: Shared): ColumnOf[] {
  const { lineage } = input;
  const children = childCounts(lineage);
  const sessions = sessionsByKey(input.sessions);
  const sessionOf = (row: number): SessionRecord | undefined => (sessions.size === 0 ? undefined : sessions.get(sessionKey(lineage.host[row]!, lineage.boot[row]!, lineage.ses[row]!)));
  const leaders = createLeaderIndex(lineage);
  const flag = (name: string, mask: number): ColumnOf => [name, (row) => ((lineage.flags[row]! & mask) === 0 ? 0 : 1)];
  const texts = (name: string, column: Uint32Array): ColumnOf => [name, (row) => text(column[row]!)];
  const ids = (name: string, column: Uint32Array): ColumnOf => [name, (row) => id(column[row]!)];
  const moments = (name: string, column: Float64Array): ColumnOf => [name, (row) => moment(column[row]!)];
  const bases = (name: string, column: Uint8Array): ColumnOf => [name, (row) => basis(column[row]!)];
  const references = (name: string, column: Int32Array): ColumnOf => [name, (row) => reference(column[row]!)];
  const numbers = (name: string, column: Int32Array): ColumnOf => [name, (row) => stated(column[row]!)];
  /** A confidence where there is a claim that it is of. */
  const confidences = (name: string, column: Float32Array, of: Int32Array): ColumnOf => [name, (row) => (of[row]! < 0 ? null : column[row]!)];
  const passedOver = createPassedOver(input);
  let maker: Program = NO_PROGRAM, makerOf = -1;
  const made = (row: number): Program => {
    if (makerOf !== row) [maker, makerOf] = [programOf(lineage, lineage.creator[row]!, lineage.start[row]!), row];
    return maker;
  };
  return [
    ['id', (row) => row],
    ['entity_id', (row) => input.entityId(row)],
    ['host_s', (row) => lineage.host[row]!],
    ['boot', (row) => lineage.boot[row]!],
    ['pid', (row) => lineage.pid[row]!],
    moments('start', lineage.start), bases('start_basis', lineage.startBasis), moments('end', lineage.end), bases('end_basis', lineage.endBasis),
    moments('last_seen', lineage.lastSeen), numbers('exit_code', lineage.exitCode),
    texts('name_s', lineage.comm), texts('executable_s', lineage.exe), texts('args_s', lineage.args),
    ['command_line_s', (row) => text(input.commandLine(lineage.args[row]!))],
    ['args_count', (row) => input.argsCount(lineage.args[row]!)],
    texts('working_directory_s', lineage.cwd),
    ids('uid', lineage.uid), ids('euid', lineage.euid), ids('gid', lineage.gid), ids('auid', lineage.auid), ids('ses', lineage.ses),
    ['user_s', (row) => input.userName(lineage.host[row]!, lineage.uid[row]!) ?? (lineage.user[row] || null)],
    numbers('sid', lineage.sid), numbers('pgid', lineage.pgid), texts('tty_s', lineage.tty), flag('interactive', FLAG.interactive),
    texts('cgroup_s', lineage.cgroup), texts('unit_s', lineage.unit), texts('container_s', lineage.container),
    ['parent', (row) => (lineage.intervalFirst[row + 1]! > lineage.intervalFirst[row]! ? reference(lineage.intervalParent[lineage.intervalFirst[row + 1]! - 1]!) : null)],
    references('creator', lineage.creator), bases('creator_basis', lineage.creatorBasis), confidences('creator_confidence', lineage.creatorConfidence, lineage.creator),
    references('adopter', lineage.adopter), ['adopter_kind', (row) => word(ADOPTER_KINDS[lineage.adopterKind[row]!])], bases('adopter_basis', lineage.adopterBasis),
    ['orphan', (row) => ((lineage.flags[row]! & FLAG.orphanUnknown) !== 0 ? null : (lineage.flags[row]! & FLAG.orphan) === 0 ? 0 : 1)], bases('orphan_basis', lineage.orphanBasis),
    ['orphan_confidence', (row) => ((lineage.flags[row]! & FLAG.orphan) === 0 ? null : lineage.orphanConfidence[row]!)],
    moments('orphaned_after_min', lineage.orphanedAfterMin), moments('orphaned_after_max', lineage.orphanedAfterMax),
    references('launcher', lineage.launcher), bases('launcher_basis', lineage.launcherBasis), confidences('launcher_confidence', lineage.launcherConfidence, lineage.launcher),
    ['launcher_distance', (row) => (lineage.launcher[row]! < 0 ? null : lineage.launcherDistance[row]!)],
    references('entry', lineage.entry), ['entry_kind', (row) => word(ENTRY_KINDS[lineage.entryKind[row]!])], bases('entry_basis', lineage.entryBasis), confidences('entry_confidence', lineage.entryConfidence, lineage.entry),
    references('requester', lineage.requester), confidences('requester_confidence', lineage.requesterConfidence, lineage.requester),
    ['session_leader', (row) => reference(leaders.find(row, lineage.sid[row]!))],
    ['group_leader', (row) => reference(leaders.find(row, lineage.pgid[row]!))],
    ['session_start', (row) => moment(sessionOf(row)?.start ?? NaN)],
    ['session_end', (row) => moment(sessionOf(row)?.end ?? NaN)],
    flag('intermediate', FLAG.intermediate), flag('unrecorded', FLAG.unrecorded), flag('kernel_thread', FLAG.kernelThread),
    flag('exe_deleted', FLAG.exeDeleted), flag('memfd', FLAG.memfd), flag('writable_dir', FLAG.writableDir),
    ['reparented', (row) => adoptions(lineage, row)],
    ['execs', (row) => lineage.execs[row]!],
    ['children', (row) => children[row]!],
    ['descendants', (row) => lineage.size[row]! - 1],
    moments('setsid_at', lineage.setsidAt), moments('pid_gap', lineage.pidGap),
    ['pre', (row) => lineage.pre[row]!],
    ['post', (row) => lineage.pre[row]! + lineage.size[row]! - 1],
    ['depth', (row) => lineage.depth[row]!],
    ['creator_name_s', (row) => text(made(row).name)], ['creator_executable_s', (row) => text(made(row).executable)], ['creator_args_s', (row) => text(made(row).args)],
    ['creator_command_line_s', (row) => text(input.commandLine(made(row).args))],
    ['passed_over', (row) => reference(passedOver(row))],
  ];
}

function adoptions(lineage: Lineage, row: number): number {
  let count = 0;
  for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) count += lineage.intervalAdopted[at]!;
  return count;
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

/**
 * Finds the process that a sid or pgid names: the lifetime of that pid, on the same host and boot, that began last before the asker, or the asker.
 * Asked for rows in ascending order.
 */
function createLeaderIndex(lineage: Lineage): { find(row: number, pid: number): number } {
  const hosts = new Map<number, number>();
  const latest = new Map<number, number>();
  let added = 0;
  const key = (row: number, pid: number): number => {
    const host = lineage.host[row]!;
    let place = hosts.get(host);
    if (place === undefined) hosts.set(host, (place = hosts.size));
    return (place * 65536 + lineage.boot[row]!) * 8388608 + pid; // pids end at 2^22
  };
  return {
    find(row, pid) {
      for (; added < row; added++) latest.set(key(added, lineage.pid[added]!), added);
      return pid <= 0 ? -1 : pid === lineage.pid[row] ? row : (latest.get(key(row, pid)) ?? -1);
    },
  };
}
