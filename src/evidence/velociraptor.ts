import { NOT_STATED } from '../model/index.js';
import { SECOND } from './clock.js';
import { commOf, type Fact, startOf } from './facts.js';
import { fieldsAt, idAt, isoMicros, numberAt, pidAt, pidOf, textAt, timeAt, valueAt } from './jsonFields.js';
import { type AddFact, jsonFormat, type JsonReading, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';
import type { Provenance } from './procRows.js';
import { jsonOrTableRecordsOf } from './tableRecords.js';
import { readTraceeEvent } from './tracee.js';

/** `results/Linux.Sys.Pslist.json` of a collection: whatever its artifact, its rows are Velociraptor's. */
const RESULT = /(?:^|\/)results\/[A-Za-z][\w.%/ ]*\.(?:json|csv)$/;
const COLUMNS_OF_PROCESS = /"(?:Pid|PID)"\s*:/;
/** Ids of the process tracker: pid and start, or `?` where the start did not fit. */
const TRACKED = /"Id"\s*:\s*"\d+-(?:\d+|\?)"/;
const CSV_HEADER = /^(?:\ufeff)?(?=.*\bPid\b)(?=.*\bPpid\b)[\w."]+(?:,[\w." ]+)+\r?\n/;
const EBPF = /"System"\s*:\s*\{[^}]*"HostProcessI[Dd]"/;

/**
 * Rows of Velociraptor's artifacts (FORMATS 4.6), as JSON lines, an array or CSV: process lists, process executions, its process tracker, eBPF events.
 * Rows are known by their columns; artifacts are renamed and written anew by those who collect.
 */
export const velociraptorFormat = jsonFormat({
  id: 'velociraptor',
  title: 'Velociraptor results',
  sniff(head, path) {
    if (EBPF.test(head)) return 0.97; // its events are Tracee's inside
    if (TRACKED.test(head) && /"ParentId"\s*:/.test(head)) return 0.95;
    if (COLUMNS_OF_PROCESS.test(head) && /"Ppid"\s*:/.test(head) && /"(?:CommandLine|Cmdline|CmdLine|Name)"\s*:/.test(head)) return 0.9;
    if (CSV_HEADER.test(head)) return 0.9;
    return RESULT.test(path) && /^\s*(?:\[\s*)?\{"|^[\w."]+(?:,[\w." ]+)+\r?\n/.test(head) ? 0.5 : 0;
  },
  reading: (context, _member, memberId) => new VelociraptorReading(context.takenMicros, memberId),
  records: jsonOrTableRecordsOf,
});

/** Ticks of a list are 10 ms, and the boot time that they are added to is whole seconds. */
const START_GRAIN = SECOND;
/** A Go time that was never set. */
const NEVER = /^0001-01-01T/;
const DEEPEST = 8;

class VelociraptorReading implements JsonReading {
  private listed = 0;
  private readonly hosts = new Set<string>();
  private hasInit = false;
  private lastPlace: Provenance | undefined;

  constructor(
    private readonly taken: number | undefined,
    private readonly memberId: number,
  ) {}

  record(fields: Fields, from: Provenance, add: AddFact): Verdict {
    this.lastPlace = from;
    const system = fieldsAt(fields, 'System');
    if (system && pidAt(system, 'HostProcessID', 'HostProcessId') !== NOT_STATED) return ebpf(fields, system, add);
    const tracked = trackedEntries(fields, 0);
    if (tracked.length > 0) {
      for (const entry of tracked) for (const fact of trackedFacts(entry)) add(fact);
      return UNDERSTOOD;
    }
    const pid = pidAt(fields, 'Pid', 'PID');
    const ppid = pidAt(fields, 'Ppid', 'PPID', 'PPid');
    if (pid > 0 && (valueAt(fields, 'Laddr') !== undefined || valueAt(fields, 'Laddr.IP') !== undefined)) {
      add(socket(fields, pid, this.taken));
      return UNDERSTOOD;
    }
    if (pid > 0 && ppid !== NOT_STATED) {
      const time = timeAt(fields, 'Time');
      if (!Number.isNaN(time)) add({ ...processOf(fields, pid, ppid), kind: 'exec', time, parentKind: 'atEvent', message: parentRead(fields) });
      else {
        this.listed++;
        if (pid === 1) this.hasInit = true;
        this.hosts.add(textAt(fields, 'Fqdn', 'Hostname', 'ClientId') ?? '');
        add({ ...processOf(fields, pid, ppid), kind: 'seen', time: this.taken ?? NaN, parentKind: 'atCapture' });
      }
      return UNDERSTOOD;
    }
    return NOT_NEEDED;
  }

  /** A list with init in it, of one host, is all that was alive. */
  *end(): Iterable<readonly [Fact, Provenance]> {
    if (this.listed === 0 || !this.hasInit || this.taken === undefined || this.hosts.size > 1) return;
    const [host] = this.hosts;
    yield [
      { kind: 'snapshot', time: this.taken, other: this.listed, host: host === '' ? undefined : host },
      this.lastPlace ?? { member: this.memberId, offset: 0, byteLength: 0 },
    ];
  }
}

function processOf(fields: Fields, pid: number, ppid: number): Omit<Fact, 'kind' | 'time'> {
  const stated = textAt(fields, 'Exe', 'Executable');
  const exe = stated?.replace(/ \(deleted\)$/, '');
  const deleted = valueAt(fields, 'Deleted');
  const name = textAt(fields, 'Name', 'Comm');
  return {
    host: textAt(fields, 'Fqdn', 'Hostname'),
    pid,
    ppid,
    uid: idAt(fields, 'UserId', 'Uid', 'UID'),
    user: textAt(fields, 'Username', 'User'),
    comm: name?.slice(0, 15) ?? commOf(exe),
    exe,
    args: textAt(fields, 'CommandLine', 'Cmdline', 'CmdLine'),
    cwd: textAt(fields, 'CWD', 'Cwd'),
    start: startOf(timeAt(fields, valueAt(fields, 'CreateTime') === undefined ? 'CreatedTime' : 'CreateTime'), START_GRAIN),
    isExeDeleted: stated !== exe || deleted === true || deleted === 'true',
  };
}

/** Whoever had the parent's pid when the agent looked it up, after the event (FORMATS section 1, byReader): shown, and no parent. */
function parentRead(fields: Fields): string | undefined {
  const parent = textAt(fields, 'Parent', 'ParentName', 'Parent.CommandLine', 'Parent.Name');
  return parent === undefined ? undefined : `read afterwards of the parent's pid: ${parent.slice(0, 200)}`;
}

/** The entries of the process tracker in a row, however deep a query put them. */
function trackedEntries(value: unknown, depth: number): readonly Fields[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => trackedEntries(item, depth + 1));
  if (!isFields(value)) return [];
  if (typeof value['Id'] === 'string' && typeof value['ParentId'] === 'string' && /^\d+-(?:\d+|\?)$/.test(value['Id'])) return [value];
  return Object.values(value).flatMap((item) => trackedEntries(item, depth + 1));
}

/** The tracker's own table: children of who ended are given to whom it saw them go to (FORMATS section 1, tracked). */
function trackedFacts(entry: Fields): readonly Fact[] {
  const id = textAt(entry, 'Id') ?? '';
  const parentId = textAt(entry, 'ParentId') ?? '';
  const pid = pidOf(Number.parseInt(id, 10));
  const inside = fieldsAt(entry, 'Data') ?? {};
  const started = isoOrNever(textAt(entry, 'StartTime'));
  const ended = isoOrNever(textAt(entry, 'EndTime'));
  if (pid === NOT_STATED || pid === 0) return [];
  const base: Omit<Fact, 'kind'> = {
    ...processOf(inside, pid, pidOf(Number.parseInt(parentId, 10))),
    time: started,
    parentKind: 'tracked',
    start: startOf(started, START_GRAIN),
    identity: id.endsWith('?') ? undefined : id,
    parentIdentity: parentId.endsWith('?') ? undefined : parentId,
  };
  const seen: Fact = { ...base, kind: 'sight' };
  return Number.isNaN(ended) ? [seen] : [seen, { ...base, kind: 'exit', time: ended, ppid: undefined }];
}

function isoOrNever(text: string | undefined): number {
  return text === undefined || NEVER.test(text) ? NaN : isoMicros(text);
}

/** Velociraptor's eBPF plugin passes on Tracee's events, with its own names around them. */
function ebpf(fields: Fields, system: Fields, add: AddFact): Verdict {
  const at = (...names: readonly string[]): unknown => names.map((name) => system[name]).find((value) => value !== undefined);
  return readTraceeEvent(
    {
      timestamp: at('Timestamp') ?? fields['Timestamp'] ?? fields['Time'],
      eventName: at('EventName') ?? fields['EventName'],
      hostProcessId: at('HostProcessID', 'HostProcessId'),
      processId: at('ProcessID', 'ProcessId'),
      hostParentProcessId: at('HostParentProcessID', 'HostParentProcessId'),
      hostThreadId: at('HostThreadID', 'HostThreadId'),
      userId: at('UserID', 'UserId'),
      processName: at('ProcessName'),
      hostName: textAt(fields, 'Fqdn') ?? at('HostName'),
      containerId: at('ContainerID', 'ContainerId'),
      pidNamespace: at('PIDNS', 'PidNS'),
      processEntityId: at('ProcessEntityId'),
      parentEntityId: at('ParentEntityId'),
      returnValue: at('ReturnValue'),
      args: fields['EventData'],
    },
    add,
  );
}

/** A socket of Linux.Network.Netstat. */
function socket(fields: Fields, pid: number, taken: number | undefined): Fact {
  const remote = textAt(fields, 'Raddr.IP');
  const isRemote = numberAt(fields, 'Raddr.Port') > 0 && remote !== undefined;
  return {
    kind: 'socket',
    operation: /^LISTEN/.test(textAt(fields, 'Status') ?? '') ? 'listening' : 'open-socket',
    time: taken ?? NaN,
    host: textAt(fields, 'Fqdn', 'Hostname'),
    pid,
    comm: textAt(fields, 'Name')?.slice(0, 15),
    path: isRemote ? remote : textAt(fields, 'Laddr.IP'),
    port: isRemote ? pidAt(fields, 'Raddr.Port') : pidAt(fields, 'Laddr.Port'),
  };
}
