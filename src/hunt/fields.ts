import type { ValueType } from './types.js';

/**
 * How a value lies in a table (store/schema.ts).
 *   plain     the column holds the value          interned  it holds a string id
 *   number    an integer that ECS writes as text (`user.id`)
 *   args      an id of an argument list           action    the canonical action, which stands for all its spellings
 *   basis     a code of model/basis.ts
 */
export type Form = 'plain' | 'interned' | 'number' | 'args' | 'action' | 'basis';

/** One value of a row: `sql` has `$` where the row's alias goes. `derive` makes the value from an interned text (`$`). */
export interface Column {
  readonly sql: string;
  readonly form: Form;
  readonly derive?: string;
  /** `sql` where ClickHouse has it otherwise (store/clickhouseSchema.ts). */
  readonly clickhouse?: string;
  /** ClickHouse's own SELECT of (id, value) in which `clickhouse` is looked up, by the id of the row. */
  readonly clickhouseFrom?: string;
  /** The column is an argument list, and this its one item that is meant. */
  readonly item?: number;
  /** Never NULL: rows cannot be undecided for want of it. */
  readonly always?: boolean;
  /** `$` as in `sql`: where this is true and the value is absent, there is none; evidence does not lack it. */
  readonly noneWhere?: string;
  /** Stands for the process itself: its row's id says the same. */
  readonly isIdentity?: boolean;
  /** Column of the basis this value rests on, `$` as in `sql`. */
  readonly basis?: string;
}

export type Origin = 'ecs' | 'lineage' | 'ours';

/** A field of a process, by its name below `process.` (or below `process.creator.` and the like). */
export interface LeafRow {
  readonly name: string;
  readonly type: ValueType;
  readonly origin: Origin;
  readonly doc: string;
  readonly process: Column | undefined;
  /** Where the event itself says it: the program run at that time. */
  readonly event?: Column;
}

/** A step from a process to another: `process.creator.*`. */
export interface LinkRow {
  readonly name: string;
  readonly origin: Origin;
  readonly doc: string;
  /** Column of the other process's id, undefined where the store has none. */
  readonly process: string | undefined;
  readonly event?: string;
  readonly basis?: string;
  /** True where there is no such process, and evidence does not lack it. */
  readonly noneWhere?: string;
  /**
   * What the other process ran when it mattered (name, executable, args, command line), where the row that is stepped from says so: columns that begin
   * so on an event, on a process. Its own row only knows what it ran last.
   */
  readonly program?: { readonly event?: string; readonly process?: string };
}

/** A field of the row itself, not below `process.`. */
export interface RootRow {
  readonly name: string;
  readonly type: ValueType;
  readonly origin: Origin;
  readonly doc: string;
  readonly list?: boolean;
  /** On events, `$` is the event; on `processes`, the process. */
  readonly event: Column | undefined;
  readonly process: Column | undefined;
}

const plain = (name: string, more: Partial<Column> = {}): Column => ({ sql: `$.${name}`, form: 'plain', ...more });
const text = (name: string, more: Partial<Column> = {}): Column => ({ sql: `$.${name}`, form: 'interned', ...more });
const number = (name: string): Column => ({ sql: `$.${name}`, form: 'number' });
/** The leaves that are a program's, with the end of their column's name. */
export const PROGRAM_COLUMNS: Readonly<Record<string, string>> = { name: 'name_s', executable: 'executable_s', args: 'args_s', command_line: 'command_line_s' };
/** Who is known to be no orphan has no adopter: nothing is lacking. */
const NO_ORPHAN = '$.orphan = 0';
const basis = (name: string): Column => ({ sql: `$.${name}`, form: 'basis', basis: `$.${name}` });

export const LINKS: readonly LinkRow[] = [
  { name: 'parent', origin: 'ecs', doc: 'The parent as recorded: on events at that time, on `processes` the last.', process: '$.parent', event: '$.parent', program: { event: '$.parent_' } },
  { name: 'creator', origin: 'lineage', doc: 'The process that made it (fork, clone), with the program that it ran then.', process: '$.creator', basis: '$.creator_basis', program: { process: '$.creator_' } },
  { name: 'adopter.passed_over', origin: 'lineage', doc: 'A living subreaper nearer than the adopter: the kernel would have chosen it.', process: '$.passed_over', noneWhere: NO_ORPHAN },
  { name: 'adopter', origin: 'lineage', doc: 'Who has it since its parent died.', process: '$.adopter', basis: '$.adopter_basis', noneWhere: NO_ORPHAN },
  { name: 'launcher', origin: 'lineage', doc: 'The nearest ancestor by creation that ran a program of its own.', process: '$.launcher', basis: '$.launcher_basis' },
  { name: 'entry_leader', origin: 'lineage', doc: 'The process that stands for the way in: the login, service, cron job, ...', process: '$.entry', basis: '$.entry_basis' },
  { name: 'requester', origin: 'lineage', doc: 'Who asked a broker (systemd, cron, atd) to start it.', process: '$.requester' },
  { name: 'session_leader', origin: 'ecs', doc: 'The leader of its session.', process: '$.session_leader' },
  { name: 'group_leader', origin: 'ecs', doc: 'The leader of its process group.', process: '$.group_leader' },
];

export const LEAVES: readonly LeafRow[] = [
  { name: 'entity_id', type: 'text', origin: 'ecs', doc: 'The identity of the lifetime; never shared by two uses of a pid.', process: plain('entity_id', { always: true, isIdentity: true }) },
  { name: 'pid', type: 'int', origin: 'ecs', doc: 'Process id.', process: plain('pid', { always: true }) },
  { name: 'name', type: 'text', origin: 'ecs', doc: 'Name of the program.', process: text('name_s'), event: text('name_s') },
  { name: 'executable', type: 'path', origin: 'ecs', doc: 'Path of the program.', process: text('executable_s'), event: text('executable_s') },
  { name: 'command_line', type: 'text', origin: 'ecs', doc: 'The arguments, joined by spaces.', process: text('command_line_s'), event: text('command_line_s') },
  { name: 'args', type: 'text', origin: 'ecs', doc: 'The arguments, a list: a test holds if any of them passes.', process: { sql: '$.args_s', form: 'args' }, event: { sql: '$.args_s', form: 'args' } },
  { name: 'args_count', type: 'int', origin: 'ecs', doc: 'How many arguments.', process: plain('args_count'), event: plain('args_count') },
  { name: 'working_directory', type: 'path', origin: 'ecs', doc: 'Its current folder.', process: text('working_directory_s'), event: text('working_directory_s') },
  { name: 'start', type: 'time', origin: 'ecs', doc: 'Its birth, else when it was first seen.', process: plain('start', { basis: '$.start_basis' }) },
  { name: 'end', type: 'time', origin: 'ecs', doc: 'Its end.', process: plain('end', { basis: '$.end_basis' }) },
  { name: 'exit_code', type: 'int', origin: 'ecs', doc: 'Its exit status.', process: plain('exit_code'), event: plain('exit_code') },
  { name: 'interactive', type: 'bool', origin: 'ecs', doc: 'Has a terminal.', process: plain('interactive') },
  { name: 'tty.name', type: 'text', origin: 'ours', doc: 'Its terminal.', process: text('tty_s'), event: text('tty_s') },
  { name: 'user.id', type: 'text', origin: 'ecs', doc: 'User id (real).', process: number('uid') },
  { name: 'user.name', type: 'text', origin: 'ecs', doc: 'User name, where the evidence gives it.', process: text('user_s') },
  { name: 'real_user.id', type: 'text', origin: 'ecs', doc: 'Real user id.', process: number('uid') },
  { name: 'group.id', type: 'text', origin: 'ecs', doc: 'Group id.', process: number('gid') },
  { name: 'real_group.id', type: 'text', origin: 'ecs', doc: 'Real group id.', process: number('gid') },
  { name: 'cgroup', type: 'path', origin: 'ours', doc: 'Its control group.', process: text('cgroup_s') },
  { name: 'unit', type: 'text', origin: 'ours', doc: 'Its systemd unit, from the control group.', process: text('unit_s') },
  { name: 'previous.name', type: 'text', origin: 'ecs', doc: 'The program before the exec.', process: undefined, event: text('previous_name_s') },
  { name: 'previous.executable', type: 'path', origin: 'ecs', doc: 'Path of the program before the exec.', process: undefined, event: text('previous_executable_s') },
  { name: 'creator.basis', type: 'text', origin: 'lineage', doc: 'How the creator is known: observed, derived, inferred.', process: basis('creator_basis') },
  { name: 'creator.confidence', type: 'float', origin: 'lineage', doc: 'Certainty of the creator, 0 to 1.', process: plain('creator_confidence', { basis: '$.creator_basis' }) },
  { name: 'adopter.kind', type: 'text', origin: 'lineage', doc: 'init, subreaper or namespace-init.', process: plain('adopter_kind', { basis: '$.adopter_basis', noneWhere: NO_ORPHAN }) },
  { name: 'adopter.basis', type: 'text', origin: 'lineage', doc: 'How the adopter is known.', process: { ...basis('adopter_basis'), noneWhere: NO_ORPHAN } },
  { name: 'orphan', type: 'bool', origin: 'lineage', doc: 'Was adopted: its parent died before it did.', process: plain('orphan', { basis: '$.orphan_basis' }) },
  { name: 'orphan.basis', type: 'text', origin: 'lineage', doc: 'How that is known.', process: { ...basis('orphan_basis'), noneWhere: NO_ORPHAN } },
  { name: 'orphan.confidence', type: 'float', origin: 'lineage', doc: 'Certainty of it, 0 to 1.', process: plain('orphan_confidence', { basis: '$.orphan_basis', noneWhere: NO_ORPHAN }) },
  { name: 'orphaned_after', type: 'duration', origin: 'lineage', doc: 'From its start to its first adoption; the upper bound where not recorded.', process: plain('orphaned_after_max', { basis: '$.orphan_basis', noneWhere: NO_ORPHAN }) },
  { name: 'orphaned_after.min', type: 'duration', origin: 'lineage', doc: 'Lower bound of it.', process: plain('orphaned_after_min', { basis: '$.orphan_basis', noneWhere: NO_ORPHAN }) },
  { name: 'orphaned_after.max', type: 'duration', origin: 'lineage', doc: 'Upper bound of it.', process: plain('orphaned_after_max', { basis: '$.orphan_basis', noneWhere: NO_ORPHAN }) },
  { name: 'launcher.basis', type: 'text', origin: 'lineage', doc: 'How the launcher is known.', process: basis('launcher_basis') },
  { name: 'launcher.confidence', type: 'float', origin: 'lineage', doc: 'Certainty of the launcher.', process: plain('launcher_confidence', { basis: '$.launcher_basis' }) },
  { name: 'launcher.distance', type: 'int', origin: 'lineage', doc: 'Creations between it and its launcher.', process: plain('launcher_distance', { basis: '$.launcher_basis' }) },
  { name: 'entry.kind', type: 'text', origin: 'lineage', doc: 'The way in: login, service, timer, cron, at, console, container, boot.', process: plain('entry_kind', { basis: '$.entry_basis' }) },
  { name: 'entry.basis', type: 'text', origin: 'lineage', doc: 'How the entry is known.', process: basis('entry_basis') },
  { name: 'entry.confidence', type: 'float', origin: 'lineage', doc: 'Certainty of the entry.', process: plain('entry_confidence', { basis: '$.entry_basis' }) },
  { name: 'entry_leader.entry_meta.type', type: 'text', origin: 'ecs', doc: 'The kind of entry, as ECS names the field.', process: plain('entry_kind', { basis: '$.entry_basis' }) },
  { name: 'requester.confidence', type: 'float', origin: 'lineage', doc: 'Certainty of the requester.', process: plain('requester_confidence') },
  { name: 'start.basis', type: 'text', origin: 'lineage', doc: 'How the start is known.', process: basis('start_basis') },
  { name: 'end.basis', type: 'text', origin: 'lineage', doc: 'How the end is known.', process: basis('end_basis') },
  { name: 'intermediate', type: 'bool', origin: 'lineage', doc: 'Only served to detach: forked, ran no program of its own, ended.', process: plain('intermediate') },
  { name: 'unrecorded', type: 'bool', origin: 'lineage', doc: 'Known only by what points to it.', process: plain('unrecorded') },
  { name: 'reparented', type: 'int', origin: 'lineage', doc: 'How often it got another parent.', process: plain('reparented') },
  { name: 'execs', type: 'int', origin: 'lineage', doc: 'How many programs it ran.', process: plain('execs') },
  { name: 'children', type: 'int', origin: 'lineage', doc: 'How many processes it made.', process: plain('children') },
  { name: 'descendants', type: 'int', origin: 'lineage', doc: 'How many lie below it in the created tree.', process: plain('descendants') },
  { name: 'depth', type: 'int', origin: 'lineage', doc: 'Depth in the created tree.', process: plain('depth') },
  { name: 'lifetime', type: 'duration', origin: 'lineage', doc: 'Start to end, or to when it was last seen.', process: { sql: '(coalesce($.end, $.last_seen) - $.start)', form: 'plain' } },
  { name: 'setsid_at', type: 'time', origin: 'lineage', doc: 'When it left its session.', process: plain('setsid_at') },
  { name: 'pid_gap', type: 'duration', origin: 'lineage', doc: 'Since the previous lifetime of this pid ended.', process: plain('pid_gap') },
  { name: 'kernel_thread', type: 'bool', origin: 'lineage', doc: 'Really a kernel thread.', process: plain('kernel_thread') },
  { name: 'exe.deleted', type: 'bool', origin: 'lineage', doc: 'Its executable was removed.', process: plain('exe_deleted') },
  { name: 'exe.memfd', type: 'bool', origin: 'lineage', doc: 'Its executable is anonymous memory.', process: plain('memfd') },
  { name: 'exe.writable_dir', type: 'bool', origin: 'lineage', doc: 'Its executable lies below /tmp, /var/tmp, /dev/shm or /run.', process: plain('writable_dir') },
];

/** Paths of files only: a socket has one too. After a rename the file has its new name; ECS keeps the old one in `file.Ext.original`. */
const fileColumn = (sql: string, derive?: string): Column => ({ sql: `(CASE WHEN $.category IN ('file', 'driver') THEN ${sql} END)`, form: 'interned', ...(derive !== undefined && { derive }) });
const filePath = (derive?: string): Column => fileColumn("CASE WHEN $.action = 'rename' THEN coalesce($.path2_s, $.path_s) ELSE $.path_s END", derive);
const oldPath = (derive?: string): Column => fileColumn("CASE WHEN $.action = 'rename' THEN $.path_s END", derive);
const ACCEPTED = "$.action IN ('connection_accepted', 'bound-socket', 'listening')";

export const ROOTS: readonly RootRow[] = [
  { name: '@timestamp', type: 'time', origin: 'ecs', doc: 'When it happened; of `processes`, the start.', event: plain('time'), process: plain('start', { basis: '$.start_basis' }) },
  { name: 'event.category', type: 'text', origin: 'ecs', doc: 'process, network, file, ...', event: plain('category', { always: true }), process: undefined },
  { name: 'event.type', type: 'text', origin: 'ecs', list: true, doc: 'start, end, change, info, creation, ...', event: plain('type', { always: true }), process: undefined },
  { name: 'event.action', type: 'text', origin: 'ecs', list: true, doc: 'exec, fork, exit, ..., with every spelling that stands for the fact.', event: { sql: '$.action', form: 'action', always: true }, process: undefined },
  { name: 'event.outcome', type: 'text', origin: 'ecs', doc: 'success, failure, unknown.', event: plain('outcome'), process: undefined },
  { name: 'event.id', type: 'int', origin: 'ours', doc: 'Its place in the order of all events.', event: plain('id', { always: true }), process: undefined },
  { name: 'event.sequence', type: 'int', origin: 'ecs', doc: 'The serial of its record.', event: plain('serial'), process: undefined },
  { name: 'event.basis', type: 'text', origin: 'ours', doc: 'How the event is known: observed, derived, inferred.', event: basis('basis'), process: undefined },
  { name: 'message', type: 'text', origin: 'ecs', doc: 'The rest of the record in words.', event: text('message_s'), process: undefined },
  { name: 'host.id', type: 'text', origin: 'ecs', doc: 'The host.', event: text('host_s'), process: text('host_s', { always: true }) },
  { name: 'host.name', type: 'text', origin: 'ecs', doc: 'The host.', event: text('host_s'), process: text('host_s', { always: true }) },
  { name: 'host.os.type', type: 'text', origin: 'ecs', doc: 'linux.', event: { sql: "'linux'", form: 'plain', always: true }, process: { sql: "'linux'", form: 'plain', always: true } },
  { name: 'user.id', type: 'text', origin: 'ecs', doc: 'User id.', event: number('uid'), process: number('uid') },
  { name: 'user.name', type: 'text', origin: 'ecs', doc: 'User name, where the evidence gives it.', event: text('user_s'), process: text('user_s') },
  { name: 'user.effective.id', type: 'text', origin: 'ecs', doc: 'Effective user id.', event: number('euid'), process: number('euid') },
  { name: 'user.audit.id', type: 'text', origin: 'ecs', doc: 'Login uid: who logged in, kept through su and sudo.', event: number('auid'), process: number('auid') },
  { name: 'group.id', type: 'text', origin: 'ecs', doc: 'Group id.', event: number('gid'), process: number('gid') },
  { name: 'session.id', type: 'text', origin: 'ours', doc: 'Audit session.', event: number('ses'), process: number('ses') },
  { name: 'session.start', type: 'time', origin: 'ours', doc: 'When the login session began.', event: undefined, process: plain('session_start') },
  { name: 'session.end', type: 'time', origin: 'ours', doc: 'When the login session ended.', event: undefined, process: plain('session_end') },
  { name: 'container.id', type: 'text', origin: 'ecs', doc: 'The container.', event: undefined, process: text('container_s') },
  { name: 'file.path', type: 'path', origin: 'ecs', doc: 'The file.', event: filePath(), process: undefined },
  { name: 'file.name', type: 'text', origin: 'ecs', doc: 'The last part of its path.', event: filePath('h_basename($)'), process: undefined },
  { name: 'file.directory', type: 'path', origin: 'ecs', doc: 'The folder it lies in.', event: filePath('h_dirname($)'), process: undefined },
  { name: 'file.extension', type: 'text', origin: 'ecs', doc: 'What follows the last dot of its name.', event: filePath('h_extension($)'), process: undefined },
  { name: 'file.Ext.original.path', type: 'path', origin: 'ecs', doc: 'The path before the rename.', event: oldPath(), process: undefined },
  { name: 'file.Ext.original.name', type: 'text', origin: 'ecs', doc: 'The name before the rename.', event: oldPath('h_basename($)'), process: undefined },
  { name: 'file.Ext.original.extension', type: 'text', origin: 'ecs', doc: 'The extension before the rename.', event: oldPath('h_extension($)'), process: undefined },
  { name: 'source.ip', type: 'ip', origin: 'ecs', doc: 'The address that the connection came from, or was bound.', event: { sql: `(CASE WHEN ${ACCEPTED} THEN $.address_s END)`, form: 'interned' }, process: undefined },
  { name: 'source.port', type: 'int', origin: 'ecs', doc: 'The port of it.', event: { sql: `(CASE WHEN ${ACCEPTED} THEN $.port END)`, form: 'plain' }, process: undefined },
  { name: 'destination.ip', type: 'ip', origin: 'ecs', doc: 'The address that was connected to.', event: { sql: `(CASE WHEN NOT (${ACCEPTED}) THEN $.address_s END)`, form: 'interned' }, process: undefined },
  { name: 'destination.port', type: 'int', origin: 'ecs', doc: 'The port of it.', event: { sql: `(CASE WHEN NOT (${ACCEPTED}) THEN $.port END)`, form: 'plain' }, process: undefined },
  { name: 'network.direction', type: 'text', origin: 'ecs', doc: 'egress or ingress.', event: plain('direction'), process: undefined },
  { name: 'network.transport', type: 'text', origin: 'ecs', doc: 'tcp, udp, ...', event: plain('transport'), process: undefined },
  { name: 'auditd.key', type: 'text', origin: 'ours', doc: 'The key of the audit rule that wrote the record.', event: text('key_s'), process: undefined },
  { name: 'service.name', type: 'text', origin: 'ecs', doc: 'The systemd unit that a service record speaks of.', event: text('unit_s'), process: undefined },
  { name: 'evidence.name', type: 'text', origin: 'ours', doc: 'The evidence file.', event: { sql: '(SELECT v.file FROM member m JOIN evidence v ON v.id = m.evidence WHERE m.id = $.member)', clickhouse: '$.evidence_file', form: 'plain' }, process: undefined },
  { name: 'evidence.offset', type: 'int', origin: 'ours', doc: 'Byte offset of the record in its file.', event: plain('offset'), process: undefined },
  { name: 'finding.kind', type: 'text', origin: 'ours', list: true, doc: 'What triage found on it: adopted, double-fork, kernel-name, ...', event: undefined, process: { sql: 'coalesce((SELECT t.kinds_s FROM triaged t WHERE t.process = $.id), 0)', clickhouse: '$.finding_kinds_s', form: 'args', always: true } },
  { name: 'finding.score', type: 'int', origin: 'ours', doc: 'The points of its findings, after the baseline.', event: undefined, process: { sql: 'coalesce((SELECT t.score FROM triaged t WHERE t.process = $.id), 0)', clickhouse: '$.finding_score', form: 'plain', always: true } },
  { name: 'verdict', type: 'text', origin: 'ours', doc: 'What an analyst decided of it: benign, authorised, suspicious, malicious, undetermined.', event: undefined, process: { sql: '(SELECT v.verdict FROM verdict v WHERE v.process = $.id)', clickhouse: 'NULL', form: 'plain' } },
];
