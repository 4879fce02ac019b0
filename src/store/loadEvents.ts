import { type Batch, BASIS_DERIVED, BASIS_INFERRED, BASIS_OBSERVED, FLAG, type Lineage, OBSERVATION_KINDS, OPERATIONS, OUTCOMES } from '../model/index.js';
import { type EventSource, inTotalOrder, sortedRows, sourceOf } from './eventOrder.js';
import { ALREADY_RUNNING, eventWordsOf, type EventWords, FORK_OF_UNKNOWN, LOCAL_SOCKET, REPARENT } from './eventWords.js';
import type { LoadOptions, Shared } from './loadInput.js';
import { id, moment, reference, stated, text } from './loadProcesses.js';
import { programOf } from './programs.js';
import type { InsertStatement, StoreTarget } from './storeTarget.js';
import type { SqlValue } from './sqlModule.js';
import { createValueCounter, together, type ValueCounter, type ValueCounts } from './valueCounts.js';

const ROWS_A_SLICE = 2048;
const FORK = OBSERVATION_KINDS.indexOf('fork');
const EXEC = OBSERVATION_KINDS.indexOf('exec');
const SOCKET = OBSERVATION_KINDS.indexOf('socket');
const EXEC_FAILED = OPERATIONS.indexOf('exec-failed');

/** Columns whose few values stand in the text of the statement: binding a text costs as much as ten numbers, and there are few combinations. */
const WORD_COLUMNS = ['category', 'type', 'action', 'outcome', 'direction'] as const;
const EVENT_COLUMNS = [
  'id', 'time', 'serial', 'member', 'offset', 'byte_length', 'basis', 'host_s', 'process', 'parent',
  'name_s', 'executable_s', 'args_s', 'command_line_s', 'args_count', 'working_directory_s', 'previous_name_s', 'previous_executable_s',
  'uid', 'euid', 'gid', 'auid', 'ses', 'tty_s', 'user_s', 'exit_code', 'other',
  'path_s', 'path2_s', 'address_s', 'port', 'unit_s', 'key_s', 'message_s',
  'parent_name_s', 'parent_executable_s', 'parent_args_s', 'parent_command_line_s',
] as const;

/** What the events hold: all of them, and those of category `process`. */
export interface EventCounts {
  readonly all: ValueCounts;
  readonly process: ValueCounts;
}

/** The columns that values are counted of: a statement's words, then what is bound. */
const COUNTED_COLUMNS = [...WORD_COLUMNS, ...EVENT_COLUMNS];

/** The statement for one combination of words; they are our own, never evidence's. */
interface Insert {
  readonly words: readonly (string | null)[];
  readonly isProcess: boolean;
  readonly statement: InsertStatement;
}

function createInserts(store: StoreTarget, process: ValueCounter, rest: ValueCounter): { run(words: EventWords, outcome: string | null, values: SqlValue[]): void; free(): void } {
  const inserts = new Map<EventWords, Map<string | null, Insert>>();
  const quote = (word: string | null): string => (word === null ? 'NULL' : `'${word.replaceAll("'", "''")}'`);
  const prepare = (words: EventWords, outcome: string | null): Insert => {
    const direction = words.action === 'connection_attempted' ? 'egress' : words.action === 'connection_accepted' ? 'ingress' : null;
    const literals = [words.category, words.type, words.action, outcome, direction];
    const statement = store.prepare(`INSERT INTO event (${COUNTED_COLUMNS.join(', ')}) VALUES (${[...literals.map(quote), ...EVENT_COLUMNS.map(() => '?')].join(', ')})`);
    return { words: literals, isProcess: words.category === 'process', statement };
  };
  return {
    run(words, outcome, values) {
      let byOutcome = inserts.get(words);
      if (!byOutcome) inserts.set(words, (byOutcome = new Map<string | null, Insert>()));
      let insert = byOutcome.get(outcome);
      if (!insert) byOutcome.set(outcome, (insert = prepare(words, outcome)));
      insert.statement.run(values);
      const counter = insert.isProcess ? process : rest;
      counter.add(insert.words);
      counter.add(values, WORD_COLUMNS.length, false);
    },
    free() {
      for (const byOutcome of inserts.values()) for (const { statement } of byOutcome.values()) statement.free();
    },
  };
}

/** Fills `event`: every observation, and the derived events (adoptions, processes never seen to begin), numbered in total order. */
export async function loadEvents(store: StoreTarget, input: Shared, options: LoadOptions, progress: { events: number }): Promise<EventCounts> {
  const { lineage, batches } = input;
  const derived = derivedEvents(input);
  const sources: EventSource[] = [...batches.map(sourceOf), derived];
  const orders: Uint32Array[] = [];
  for (const source of sources) {
    orders.push(sortedRows(source));
    await options.breathe();
  }
  const total = sources.reduce((sum, source) => sum + source.count, 0);
  const ofProcesses = createValueCounter(COUNTED_COLUMNS), ofRest = createValueCounter(COUNTED_COLUMNS);
  const inserts = createInserts(store, ofProcesses, ofRest);
  const programs = createProgramCursor(lineage);
  const bornName = new Uint32Array(lineage.count), bornExecutable = new Uint32Array(lineage.count);
  const addressIds = addressTest(input);

  const writeDerived = (row: number): void => {
    const process = derived.process[row]!, time = derived.time[row]!;
    const program = programs.at(process, time);
    const words = derived.words[row]!;
    const args = programs.args(process, program);
    write(words, {
      time, serial: 0, member: null, offset: null, byteLength: null, basis: derived.basis[row]!, outcome: null,
      process, parent: derived.parent[row]!, other: derived.other[row]!,
      name: programs.name(process, program), executable: programs.executable(process, program), args,
      cwd: lineage.cwd[process]!, previousName: 0, previousExecutable: 0,
      uid: lineage.uid[process]!, euid: lineage.euid[process]!, gid: lineage.gid[process]!, auid: lineage.auid[process]!, ses: lineage.ses[process]!,
      tty: lineage.tty[process]!, user: input.userName(lineage.host[process]!, lineage.uid[process]!) ?? lineage.user[process]!,
      exitCode: null, path: 0, path2: 0, address: 0, port: null, unit: 0, key: 0, message: 0, host: lineage.host[process]!,
    });
  };

  const writeObservation = (batch: Batch, source: number, row: number): void => {
    const kind = batch.kind[row]!, operation = batch.operation[row]!, time = batch.time[row]!;
    const about = input.assignments[source]![row]!, otherRow = input.others[source]![row]!;
    const isFork = kind === FORK, isBirth = isFork && otherRow >= 0;
    const isExec = kind === EXEC && operation !== EXEC_FAILED;
    // A fork is the child's beginning (ECS); its record speaks of the caller.
    const process = isBirth ? otherRow : about;
    const before = isExec && process >= 0 ? programs.before(process, time) : -1;
    const speaker = programs.at(about, time);
    if (isBirth) {
      bornName[otherRow] = batch.comm[row]! || programs.name(about, speaker);
      bornExecutable[otherRow] = batch.exe[row]! || programs.executable(about, speaker);
    }
    const args = isExec && batch.args[row]! !== 0 ? batch.args[row]! : programs.args(about, speaker) || batch.args[row]!;
    const isAddress = kind === SOCKET && addressIds(batch.path[row]!);
    const isLocal = kind === SOCKET && !isAddress && batch.path[row] !== 0;
    const words = isFork && !isBirth ? FORK_OF_UNKNOWN : isLocal ? LOCAL_SOCKET : eventWordsOf(kind, operation);
    write(words, {
      time, serial: batch.serial[row]!, member: batch.member[row]!, offset: batch.offset[row]!, byteLength: batch.byteLength[row]!,
      // A line that names no pid was joined to its process (lineage/webRequests.ts).
      basis: about >= 0 && batch.pid[row]! <= 0 ? BASIS_INFERRED : BASIS_OBSERVED, outcome: OUTCOMES[batch.outcome[row]!] ?? null,
      process, parent: parentAt(lineage, process, time), other: isBirth ? about : otherRow,
      name: batch.comm[row]! || programs.name(about, speaker), executable: batch.exe[row]! || programs.executable(about, speaker), args,
      cwd: batch.cwd[row]! || (about >= 0 ? lineage.cwd[about]! : 0),
      previousName: !isExec || process < 0 ? 0 : before >= 0 ? lineage.programComm[before]! : bornName[process]!,
      previousExecutable: !isExec || process < 0 ? 0 : before >= 0 ? lineage.programExe[before]! : bornExecutable[process]!,
      uid: batch.uid[row]!, euid: batch.euid[row]!, gid: batch.gid[row]!, auid: batch.auid[row]!, ses: batch.ses[row]!, tty: batch.tty[row]!,
      user: batch.user[row]! || (about >= 0 ? (input.userName(lineage.host[about]!, batch.uid[row]!) ?? 0) : 0),
      exitCode: stated(batch.exitCode[row]!),
      path: isAddress ? 0 : batch.path[row]!, path2: batch.path2[row]!, address: isAddress ? batch.path[row]! : 0, port: stated(batch.port[row]!),
      unit: batch.unit[row]!, key: batch.key[row]!, message: batch.message[row]!,
      host: about >= 0 ? lineage.host[about]! : batch.host[row]!,
    });
  };

  function write(words: EventWords, event: EventCells): void {
    const parent = programOf(lineage, event.parent, event.time);
    inserts.run(words, event.outcome, [
      progress.events++, moment(event.time), event.serial, event.member, event.offset, event.byteLength,
      event.basis, text(event.host), reference(event.process), reference(event.parent),
      text(event.name), text(event.executable), text(event.args), text(input.commandLine(event.args)), input.argsCount(event.args), text(event.cwd),
      text(event.previousName), text(event.previousExecutable),
      id(event.uid), id(event.euid), id(event.gid), id(event.auid), id(event.ses), text(event.tty), text(event.user), event.exitCode, reference(event.other),
      text(event.path), text(event.path2), text(event.address), event.port, text(event.unit), text(event.key), text(event.message),
      text(parent.name), text(parent.executable), text(parent.args), text(input.commandLine(parent.args)),
    ]);
  }

  try {
    const last = batches.length;
    for (const done of inTotalOrder(sources, orders, ROWS_A_SLICE, (source, row) => (source === last ? writeDerived(row) : writeObservation(batches[source]!, source, row)))) {
      options.onProgress?.(done, total);
      options.signal?.throwIfAborted();
      await options.breathe();
    }
  } finally {
    inserts.free();
  }
  return { all: together(ofProcesses, ofRest), process: ofProcesses };
}

interface EventCells {
  time: number; serial: number; member: number | null; offset: number | null; byteLength: number | null; basis: number; outcome: string | null;
  host: number; process: number; parent: number; other: number; name: number; executable: number; args: number; cwd: number; previousName: number; previousExecutable: number;
  uid: number; euid: number; gid: number; auid: number; ses: number; tty: number; user: number; exitCode: number | null;
  path: number; path2: number; address: number; port: number | null; unit: number; key: number; message: number;
}

interface Derived extends EventSource {
  readonly process: readonly number[];
  readonly parent: readonly number[];
  readonly other: readonly number[];
  readonly basis: readonly number[];
  readonly words: readonly EventWords[];
}

/** Adoptions, and one row for each process that no fork and no exec shows beginning (HUNT 4). */
function derivedEvents(input: Shared): Derived {
  const { lineage } = input;
  const begins = new Uint8Array(lineage.count);
  input.batches.forEach((batch, source) => {
    const about = input.assignments[source]!, other = input.others[source]!;
    for (let row = 0; row < batch.count; row++) {
      if (batch.kind[row] === FORK && other[row]! >= 0) begins[other[row]!] = 1;
      else if (batch.kind[row] === EXEC && batch.operation[row] !== EXEC_FAILED && about[row]! >= 0) begins[about[row]!] = 1;
    }
  });
  const times: number[] = [], process: number[] = [], parent: number[] = [], other: number[] = [], basis: number[] = [], words: EventWords[] = [];
  const add = (time: number, row: number, now: number, previous: number, how: number, what: EventWords): void => {
    times.push(time); process.push(row); parent.push(now); other.push(previous); basis.push(how); words.push(what);
  };
  for (let row = 0; row < lineage.count; row++) {
    const start = lineage.start[row]!;
    if (!begins[row] && !Number.isNaN(start) && (lineage.flags[row]! & FLAG.unrecorded) === 0) add(start, row, parentAt(lineage, row, start), -1, BASIS_DERIVED, ALREADY_RUNNING);
    for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) {
      if (!lineage.intervalAdopted[at]) continue;
      const previous = at > lineage.intervalFirst[row]! ? lineage.intervalParent[at - 1]! : lineage.creator[row]!;
      add(lineage.intervalFrom[at]!, row, lineage.intervalParent[at]!, previous, Math.max(lineage.intervalBasis[at]!, BASIS_DERIVED), REPARENT);
    }
  }
  const count = times.length;
  // Serial beyond every record's own: at equal times what follows from records stands after them.
  return { count, time: Float64Array.from(times), serial: new Float64Array(count).fill(Number.MAX_SAFE_INTEGER), member: new Uint32Array(count), offset: Float64Array.from(process), process, parent, other, basis, words };
}

/** The parent as recorded at a time: the interval that holds it, else the nearest one. -1: none known. */
function parentAt(lineage: Lineage, process: number, time: number): number {
  if (process < 0) return -1;
  const first = lineage.intervalFirst[process]!;
  let at = lineage.intervalFirst[process + 1]! - 1;
  if (at < first) return -1;
  while (at > first && lineage.intervalFrom[at]! > time) at--;
  return lineage.intervalParent[at]!;
}

/** The program of a process at a time; events come in order of time, so a cursor a process is enough. */
function createProgramCursor(lineage: Lineage): {
  at(process: number, time: number): number;
  before(process: number, time: number): number;
  name(process: number, program: number): number;
  executable(process: number, program: number): number;
  args(process: number, program: number): number;
} {
  const next = lineage.programFirst.slice(); // the first program that has not begun
  const at = (process: number, time: number): number => {
    if (process < 0) return -1;
    const end = lineage.programFirst[process + 1]!;
    while (next[process]! < end && lineage.programTime[next[process]!]! <= time) next[process]!++;
    return next[process]! > lineage.programFirst[process]! ? next[process]! - 1 : -1;
  };
  /** Before its first program a process runs its creator's; what it is called last says nothing about then, unless it never ran one. */
  const neverRan = (process: number): boolean => process >= 0 && lineage.programFirst[process] === lineage.programFirst[process + 1];
  return {
    at,
    before(process, time) {
      let program = at(process, time);
      if (program >= 0 && lineage.programTime[program] === time) program--;
      return program >= lineage.programFirst[process]! ? program : -1;
    },
    name: (process, program) => (program >= 0 ? lineage.programComm[program]! : neverRan(process) ? lineage.comm[process]! : 0),
    executable: (process, program) => (program >= 0 ? lineage.programExe[program]! : neverRan(process) ? lineage.exe[process]! : 0),
    args: (process, program) => (program >= 0 ? lineage.programArgs[program]! : neverRan(process) ? lineage.args[process]! : 0),
  };
}

/** Whether a socket's address text is a network address (else it is a path or an abstract name); each distinct text is looked at once. */
function addressTest(input: Shared): (string: number) => boolean {
  const known = new Map<number, boolean>();
  return (string) => {
    if (string === 0) return false;
    let is = known.get(string);
    if (is === undefined) known.set(string, (is = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)(%\w+)?$/i.test(input.strings.text(string) ?? '')));
    return is;
  };
}
