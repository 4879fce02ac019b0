import { FLAGS_UNKNOWN, NOT_STATED, type Operation } from '../model/index.js';
import { SECOND } from './clock.js';
import { commOf, type Fact, startOf } from './facts.js';
import { epochMicros, idAt, numberAt, pidAt, textAt } from './jsonFields.js';
import { type AddFact, jsonFormat, type JsonReading, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';
import type { Provenance } from './procRows.js';
import { columnsOf, jsonOrTableRecordsOf } from './tableRecords.js';

/**
 * Results of osquery (FORMATS 4.7), one query's row or a batch of them in a record, or osqueryi's tables as JSON, CSV and boxes. Packs name their queries and columns as they like, so a row is
 * known by its columns. `added` and `removed` are what changed since the query ran before: bounds, not events.
 */
export const osqueryFormat = jsonFormat({
  id: 'osquery',
  title: 'osquery results',
  sniff(head) {
    if (/"hostIdentifier"\s*:/.test(head) && /"(columns|snapshot|diffResults)"\s*:/.test(head)) return 0.95;
    const columns = new Set(columnsOf(head));
    if (columns.has('pid') && ['parent', 'local_port', 'protocol'].some((name) => columns.has(name))) return 0.6;
    return /^\s*\[\s*\{/.test(head) && /"pid"\s*:\s*"-?\d+"/.test(head) && /"parent"\s*:\s*"-?\d+"/.test(head) ? 0.6 : 0;
  },
  reading: (context) => new OsqueryReading(context.takenMicros ?? NaN),
  records: jsonOrTableRecordsOf,
  // Rows of one run belong together; in it, what is gone comes before what is there now in its place.
  needsOrder: true,
  placeOf: (fields) => ({ time: epochMicros(numberAt(fields, 'unixTime')), serial: numberAt(fields, 'counter'), rank: textAt(fields, 'action') === 'removed' ? 0 : 1, of: `${hostOf(fields) ?? ''}\n${textAt(fields, 'name') ?? ''}` }),
});

function hostOf(fields: Fields): string | undefined {
  return textAt(fields, 'decorations.hostname', 'hostIdentifier');
}

/** One run of a query. */
interface Run {
  readonly name: string;
  readonly host: string | undefined;
  readonly time: number;
}

type Removed = readonly [Fact, Provenance];

class OsqueryReading implements JsonReading {
  /** Processes that the current run no longer lists in the same words; who is listed in other words has only changed. */
  private removed = new Map<number, Removed>();
  private run = '';

  /** `taken` dates plain tables, which carry no time. */
  constructor(private readonly taken: number) {}

  record(fields: Fields, from: Provenance, add: AddFact): Verdict {
    const stated = epochMicros(numberAt(fields, 'unixTime'));
    const run: Run = { name: textAt(fields, 'name') ?? '', host: hostOf(fields), time: Number.isNaN(stated) ? this.taken : stated };
    const id = `${run.host ?? ''}\n${run.name}\n${textAt(fields, 'counter') ?? ''}\n${run.time}`;
    if (id !== this.run) {
      for (const [fact, place] of this.removed.values()) add(fact, place);
      this.removed = new Map();
      this.run = id;
    }
    const rows = rowsOf(fields);
    if (rows.length === 0) return fields['columns'] === undefined && fields['snapshot'] === undefined && fields['diffResults'] === undefined ? { trouble: 'an object that is no result of osquery' } : NOT_NEEDED;
    let isUnderstood = false;
    for (const { columns, action } of rows) isUnderstood = this.row(columns, action, run, from, add) || isUnderstood;
    return isUnderstood ? UNDERSTOOD : NOT_NEEDED;
  }

  *end(): Iterable<Removed> {
    yield* this.removed.values();
  }

  /** Reads a row; false when it says nothing of processes, sockets, files or people. */
  private row(columns: Fields, action: string, run: Run, from: Provenance, add: AddFact): boolean {
    const has = (name: string): boolean => Object.hasOwn(columns, name);
    const pid = pidAt(columns, 'pid');
    const hasParent = has('parent') || has('ppid');
    if (pid > 0 && hasParent && (has('syscall') || has('eid') || has('ntime'))) return addAll(eventFacts(columns, pid, run), add);
    if (pid > 0 && (hasParent || (has('watcher') && has('start_time')))) {
      const fact = processFact(columns, pid, run);
      if (action === 'removed') {
        if (this.removed.size < 100_000) this.removed.set(pid, [{ ...fact, kind: 'exit', ppid: undefined, message: 'no longer listed' }, from]);
      } else {
        const [before, place] = this.removed.get(pid) ?? [];
        if (before?.start && fact.start && before.start.from !== fact.start.from) add(before, place); // another process of the same pid
        this.removed.delete(pid);
        add(fact);
      }
      return true;
    }
    if (action === 'removed') return false;
    const other = otherFact(columns, pid, run, has);
    return other !== undefined && addAll([other], add);
  }
}

function addAll(facts: readonly Fact[], add: AddFact): boolean {
  for (const fact of facts) add(fact);
  return facts.length > 0;
}

function rowsOf(fields: Fields): { readonly columns: Fields; readonly action: string }[] {
  const action = textAt(fields, 'action') ?? 'snapshot';
  const rows: { columns: Fields; action: string }[] = [];
  const addRows = (value: unknown, as: string): void => {
    for (const row of Array.isArray(value) ? value : [value]) if (isFields(row)) rows.push({ columns: row, action: as });
  };
  addRows(fields['columns'], action);
  addRows(fields['snapshot'], 'snapshot');
  const difference = fields['diffResults'];
  if (isFields(difference)) {
    addRows(difference['removed'], 'removed');
    addRows(difference['added'], 'added');
  }
  if (rows.length === 0 && fields['pid'] !== undefined) rows.push({ columns: fields, action: 'snapshot' }); // a table by itself
  return rows;
}

function described(columns: Fields, run: Run): Fact {
  const exe = textAt(columns, 'path', 'exe');
  const args = textAt(columns, 'cmdline');
  const name = textAt(columns, 'name', 'comm');
  // A query that joins the parent may have named the parent's name `name`.
  const isOwnName = textAt(columns, 'pcmdline') === undefined || (name !== undefined && (args?.includes(name) ?? false));
  return {
    kind: 'seen',
    time: run.time,
    host: run.host,
    pgid: pidAt(columns, 'pgroup'),
    uid: idAt(columns, 'uid'),
    euid: idAt(columns, 'euid'),
    gid: idAt(columns, 'gid'),
    auid: idAt(columns, 'auid', 'login_uid'),
    user: textAt(columns, 'username'),
    comm: (isOwnName ? name?.slice(0, 15) : undefined) ?? commOf(exe),
    exe,
    args,
    cwd: textAt(columns, 'cwd'),
    container: textAt(columns, 'container_id', 'cid'),
    cgroup: textAt(columns, 'cgroup_path'),
  };
}

/** A row of the process table: who had the process when the query ran. */
function processFact(columns: Fields, pid: number, run: Run): Fact {
  return {
    ...described(columns, run),
    pid,
    ppid: pidAt(columns, 'parent', 'ppid'),
    parentKind: 'atCapture',
    start: startOf(epochMicros(numberAt(columns, 'start_time')), SECOND),
    isZombie: textAt(columns, 'state') === 'Z',
    isExeDeleted: textAt(columns, 'on_disk') === '0',
  };
}

/** A row of process_events: exec with the parent at exec; fork with the child as pid and the caller as parent (osquery's source). */
function eventFacts(columns: Fields, pid: number, run: Run): readonly Fact[] {
  const time = epochMicros(numberAt(columns, 'time'));
  const parent = pidAt(columns, 'parent', 'ppid');
  const serial = numberAt(columns, 'eid');
  const call = textAt(columns, 'syscall') ?? 'execve';
  const base: Fact = { ...described(columns, run), time: Number.isNaN(time) ? run.time : time, serial: Number.isSafeInteger(serial) ? serial : 0 };
  if (/^(fork|vfork|clone3?)$/.test(call)) {
    if (parent === NOT_STATED) return [];
    return [{ ...base, kind: 'fork', pid: parent, other: pid, flags: call === 'clone3' ? FLAGS_UNKNOWN : 0 }];
  }
  const status = textAt(columns, 'status');
  const failed = (status !== undefined && status !== 'succeeded') || numberAt(columns, 'exit_code') < 0;
  if (/^execve(at)?$/.test(call)) return [{ ...base, kind: failed ? 'sight' : 'exec', operation: failed ? 'exec-failed' : '', pid, ppid: parent, parentKind: 'atEvent' }];
  if (/^exit(_group)?$/.test(call)) return [{ ...base, kind: call === 'exit' ? 'threadExit' : 'exit', pid }];
  return [{ ...base, kind: 'sight', pid, ppid: parent, parentKind: 'atEvent', message: call }];
}

const FIM: Readonly<Record<string, Operation>> = { CREATED: 'creation', UPDATED: 'modification', DELETED: 'deletion', MOVED_FROM: 'rename', MOVED_TO: 'rename', ATTRIBUTES_MODIFIED: 'mode', OPENED: 'open', ACCESSED: 'open' };
const SOCKET_CALLS: Readonly<Record<string, Operation>> = { connect: 'connection_attempted', accept: 'connection_accepted', accept4: 'connection_accepted', bind: 'bound-socket', listen: 'listening' };

function otherFact(columns: Fields, pid: number, run: Run, has: (name: string) => boolean): Fact | undefined {
  const stated = epochMicros(numberAt(columns, 'time'));
  const time = Number.isNaN(stated) ? run.time : stated;
  const user = textAt(columns, 'username', 'user');
  const base = { host: run.host, user, time } as const;
  if (pid > 0 && (has('local_port') || has('remote_port') || (has('port') && has('protocol')))) {
    const action = textAt(columns, 'action');
    const isListening = has('port') || textAt(columns, 'state') === 'LISTEN';
    const operation = action === undefined ? (isListening ? 'listening' : 'open-socket') : (SOCKET_CALLS[action] ?? '');
    const remote = numberAt(columns, 'remote_port') > 0;
    return {
      ...base, kind: 'socket', operation, pid, ppid: undefined, exe: textAt(columns, 'process_path'),
      path: remote ? textAt(columns, 'remote_address') : textAt(columns, 'address', 'local_address', 'path'), port: remote ? pidAt(columns, 'remote_port') : pidAt(columns, 'port', 'local_port'),
    };
  }
  if (has('target_path')) {
    const action = textAt(columns, 'action') ?? '';
    return { ...base, kind: 'file', operation: FIM[action] ?? '', path: textAt(columns, 'target_path'), message: action };
  }
  if (has('command') && has('history_file')) return { ...base, kind: 'log', uid: idAt(columns, 'uid'), message: textAt(columns, 'command'), key: 'shell-history' };
  if (pid > 0 && has('tty') && user !== undefined) {
    const isEnd = textAt(columns, 'type') === '8' || textAt(columns, 'type_name') === 'dead-process';
    return { ...base, kind: 'session', operation: isEnd ? 'closed' : 'opened', pid, tty: textAt(columns, 'tty'), path: textAt(columns, 'host') };
  }
  return undefined;
}
