/** A source: which rows a query is about (HUNT section 4). */
export interface SourceRow {
  readonly name: string;
  readonly table: 'process' | 'event';
  /**
   * Condition on the event's own columns (`e`), our own text: no user's value is in it. Undefined: every row.
   * `+` keeps the index away: most events are process events, and where the index lacks a column a plain scan of them takes half the time.
   */
  readonly where?: string;
  readonly doc: string;
  /** The columns shown when the hunt names none. */
  readonly columns: readonly string[];
}

const PROCESS_COLUMNS = ['@timestamp', 'host.name', 'event.action', 'process.pid', 'process.name', 'process.command_line', 'user.id', 'process.parent.name', 'process.creator.name'];

export const SOURCES: readonly SourceRow[] = [
  {
    name: 'processes', table: 'process', doc: 'One row is one reconstructed lifetime of a process; the only source that is not events.',
    columns: ['process.start', 'host.name', 'process.pid', 'process.name', 'process.command_line', 'user.id', 'process.orphan', 'process.creator.pid', 'process.creator.name', 'process.parent.pid', 'process.parent.name', 'process.entry.kind'],
  },
  { name: 'process', table: 'event', where: "+e.category = 'process'", doc: 'Any process event: start, end, change, info.', columns: PROCESS_COLUMNS },
  { name: 'exec', table: 'event', where: "e.action IN ('exec', 'already_running') AND e.category = 'process'", doc: 'A process ran a program.', columns: PROCESS_COLUMNS },
  { name: 'fork', table: 'event', where: "e.action = 'fork' AND e.category = 'process'", doc: 'A process made another.', columns: PROCESS_COLUMNS },
  { name: 'exit', table: 'event', where: "e.action = 'exit' AND e.category = 'process'", doc: 'A process ended.', columns: [...PROCESS_COLUMNS, 'process.exit_code'] },
  {
    name: 'reparent', table: 'event', where: "e.category = 'lineage' AND e.action = 'reparent'", doc: 'Derived: a process got another parent, since its parent died.',
    columns: ['@timestamp', 'host.name', 'process.pid', 'process.name', 'process.command_line', 'process.orphaned_after', 'process.creator.name', 'process.parent.name', 'event.basis'],
  },
  { name: 'lineage', table: 'event', where: "e.category = 'lineage'", doc: 'Any derived event about parents.', columns: PROCESS_COLUMNS },
  { name: 'snapshot', table: 'event', where: "e.category = 'snapshot'", doc: 'A process was seen in a snapshot.', columns: PROCESS_COLUMNS },
  {
    name: 'network', table: 'event', where: "e.category = 'network'", doc: 'connect, accept, bind, or a socket in a snapshot.',
    columns: ['@timestamp', 'host.name', 'event.action', 'process.pid', 'process.name', 'source.ip', 'source.port', 'destination.ip', 'destination.port', 'process.creator.name'],
  },
  {
    name: 'file', table: 'event', where: "e.category = 'file'", doc: 'create, write, rename, delete, chmod, open of a file.',
    columns: ['@timestamp', 'host.name', 'event.action', 'file.path', 'process.pid', 'process.name', 'user.id', 'process.creator.name'],
  },
  { name: 'authentication', table: 'event', where: "e.category = 'authentication'", doc: 'A login, as the system says.', columns: ['@timestamp', 'host.name', 'event.action', 'event.outcome', 'user.id', 'process.pid', 'message'] },
  { name: 'session', table: 'event', where: "e.category = 'session'", doc: 'A session opened or closed.', columns: ['@timestamp', 'host.name', 'event.action', 'session.id', 'user.id', 'process.pid', 'message'] },
  { name: 'iam', table: 'event', where: "e.category = 'iam'", doc: 'An account changed.', columns: ['@timestamp', 'host.name', 'event.action', 'user.id', 'process.pid', 'message'] },
  { name: 'driver', table: 'event', where: "e.category = 'driver'", doc: 'A kernel module was loaded.', columns: ['@timestamp', 'host.name', 'event.action', 'file.path', 'process.pid', 'process.name'] },
  { name: 'configuration', table: 'event', where: "e.category = 'configuration'", doc: 'Audit rules, clock or services changed.', columns: ['@timestamp', 'host.name', 'event.action', 'process.pid', 'process.name', 'message'] },
  { name: 'log', table: 'event', where: "e.category = 'log'", doc: 'Any other line worth showing.', columns: ['@timestamp', 'host.name', 'process.pid', 'process.name', 'message'] },
  { name: 'any', table: 'event', doc: 'All events.', columns: ['@timestamp', 'host.name', 'event.category', 'event.action', 'process.pid', 'process.name', 'process.command_line', 'message'] },
];

/** Categories of ECS (and Elastic's own `dns`) that no evidence read here has: rules of others may ask them, and find nothing. */
const ABSENT_CATEGORIES = ['api', 'database', 'dns', 'email', 'host', 'intrusion_detection', 'library', 'malware', 'package', 'registry', 'threat', 'vulnerability', 'web'];

/** Rows of those. A let may have their names: they are asked only where no let has. */
export const ABSENT_SOURCES: ReadonlyMap<string, SourceRow> = new Map(ABSENT_CATEGORIES.map((name) => [name, {
  name, table: 'event', where: `e.category = '${name}'`, doc: 'A category of events that no evidence read here has.', columns: ['@timestamp', 'host.name', 'event.action', 'process.pid', 'process.name', 'message'],
}]));

export const SOURCE_NAMES: ReadonlyMap<string, SourceRow> = new Map(SOURCES.map((source) => [source.name, source]));

/** Every spelling that stands for a canonical action, so that vendors' lists match (HUNT section 4). The canonical word stands for itself besides. */
export const ACTION_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  exec: ['executed', 'exec_event', 'process_started', 'start', 'ProcessRollup2', 'started'],
  already_running: ['exec'],
  fork: ['fork_event', 'SyntheticProcessRollup2', 'forked'],
  exit: ['end', 'process_stopped', 'exit_event', 'EndOfProcess', 'terminated'],
  connection_attempted: ['connected-to', 'connection_attempt', 'NetworkConnectIP4', 'connect'],
  connection_accepted: ['accepted-connection-from', 'NetworkReceiveAcceptIP4', 'accept'],
  'bound-socket': ['bound_socket', 'bind'],
  creation: ['file_create_event', 'opened-file', 'created'],
  modification: ['wrote-to-file', 'file_modify_event', 'updated', 'modified'],
  rename: ['file_rename_event', 'renamed'],
  deletion: ['file_delete_event', 'deleted'],
  open: ['opened-file', 'file_open_event'],
  mode: ['changed-file-permissions-of'],
  owner: ['changed-file-ownership-of'],
  'added-account': ['added-user-account', 'added-group-account-to', 'account-added'],
  'changed-account': ['changed-password', 'modified-user-account', 'account-changed'],
  'removed-account': ['deleted-user-account', 'deleted-group-account-from', 'account-removed'],
  'opened-session': ['session_opened', 'started-session', 'opened'],
  'closed-session': ['session_closed', 'ended-session', 'closed'],
  login: ['logged-in', 'user_login', 'ssh_login'],
  setsid: ['session_id_change'],
  signal: ['killed-pid'],
  'started-service': ['service_started', 'started'],
  'stopped-service': ['service_stopped', 'stopped'],
  load_module: ['loaded-kernel-module'],
  reparent: ['reparented', 'adopted'],
};
