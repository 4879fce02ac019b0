/**
 * The tables of the store, alike for every engine. Times are whole microseconds since the epoch (INTEGER), absent is NULL.
 * Text that occurs often lies once in `string` and is referred to by id; columns that end in `_s` hold such ids.
 *
 * A text predicate is evaluated once over `string`, giving an id set, then integer IN (HUNT 13).
 */
export const SCHEMA = `
CREATE TABLE string (id INTEGER PRIMARY KEY, text TEXT NOT NULL, chars INTEGER NOT NULL);
CREATE TABLE evidence (id INTEGER PRIMARY KEY, file TEXT, format TEXT, host TEXT, sha256 TEXT);
CREATE TABLE member (id INTEGER PRIMARY KEY, evidence INTEGER, path TEXT);
CREATE TABLE process (
  id INTEGER PRIMARY KEY,            -- ProcessRow of the lineage
  entity_id TEXT NOT NULL, host_s INTEGER NOT NULL, boot INTEGER NOT NULL, pid INTEGER NOT NULL,
  start INTEGER, start_basis INTEGER, end INTEGER, end_basis INTEGER, last_seen INTEGER, exit_code INTEGER,
  name_s INTEGER, executable_s INTEGER, args_s INTEGER, command_line_s INTEGER, args_count INTEGER, working_directory_s INTEGER,
  uid INTEGER, user_s INTEGER, euid INTEGER, gid INTEGER, auid INTEGER, ses INTEGER, sid INTEGER, pgid INTEGER, tty_s INTEGER, interactive INTEGER,
  cgroup_s INTEGER, unit_s INTEGER, container_s INTEGER,
  parent INTEGER,                    -- the last recorded parent, a process id
  creator INTEGER, creator_basis INTEGER, creator_confidence REAL,
  adopter INTEGER, adopter_kind TEXT, adopter_basis INTEGER,
  orphan INTEGER, orphan_basis INTEGER, orphan_confidence REAL, orphaned_after_min INTEGER, orphaned_after_max INTEGER,
  launcher INTEGER, launcher_basis INTEGER, launcher_confidence REAL, launcher_distance INTEGER,
  entry INTEGER, entry_kind TEXT, entry_basis INTEGER, entry_confidence REAL,
  requester INTEGER, requester_confidence REAL,
  session_leader INTEGER, group_leader INTEGER, session_start INTEGER, session_end INTEGER,
  intermediate INTEGER, unrecorded INTEGER, kernel_thread INTEGER, exe_deleted INTEGER, memfd INTEGER, writable_dir INTEGER,
  reparented INTEGER, execs INTEGER, children INTEGER, descendants INTEGER, setsid_at INTEGER, pid_gap INTEGER,
  pre INTEGER, post INTEGER, depth INTEGER,   -- created tree: post = the largest pre below
  creator_name_s INTEGER, creator_executable_s INTEGER, creator_args_s INTEGER, creator_command_line_s INTEGER, -- what its creator ran when it made it
  passed_over INTEGER                -- a living subreaper nearer than the adopter
);
CREATE TABLE parentage (process INTEGER NOT NULL, parent INTEGER, from_time INTEGER, to_time INTEGER, basis INTEGER, adopted INTEGER);
CREATE TABLE event (
  id INTEGER PRIMARY KEY,            -- total order: time, serial, evidence, offset
  time INTEGER, serial INTEGER, member INTEGER, offset INTEGER, byte_length INTEGER,
  category TEXT NOT NULL,            -- process, lineage, snapshot, network, file, authentication, session, iam, configuration, driver, log
  type TEXT NOT NULL,                -- start, end, change, info, creation, deletion, ...
  action TEXT NOT NULL,              -- the canonical action: fork, exec, exit, reparent, seen, connection_attempted, ...
  basis INTEGER NOT NULL, outcome TEXT, host_s INTEGER,
  process INTEGER,                   -- whose event it is
  parent INTEGER,                    -- its parent as recorded at this time
  name_s INTEGER, executable_s INTEGER, args_s INTEGER, command_line_s INTEGER, args_count INTEGER, working_directory_s INTEGER, -- the program run at that time
  previous_name_s INTEGER, previous_executable_s INTEGER,
  uid INTEGER, user_s INTEGER, euid INTEGER, gid INTEGER, auid INTEGER, ses INTEGER, tty_s INTEGER,
  exit_code INTEGER, other INTEGER,  -- other: caller of a fork (whose own process is the child, as in ECS), target of a signal, the parent before a reparent: a process id
  path_s INTEGER, path2_s INTEGER, address_s INTEGER, port INTEGER, direction TEXT, transport TEXT,
  unit_s INTEGER, key_s INTEGER, message_s INTEGER,
  parent_name_s INTEGER, parent_executable_s INTEGER, parent_args_s INTEGER, parent_command_line_s INTEGER -- what the parent ran at this time
);
-- the items of each distinct argument list (value of an args_s column): one list that a million events share lies here once
CREATE TABLE arg (args_s INTEGER NOT NULL, at INTEGER NOT NULL, arg_s INTEGER NOT NULL, PRIMARY KEY (args_s, at)) WITHOUT ROWID;
CREATE TABLE verdict (process INTEGER PRIMARY KEY, verdict TEXT NOT NULL);
-- what triage says of a process in all: its score after the baseline, and the kinds of its findings as an argument list
CREATE TABLE triaged (process INTEGER PRIMARY KEY, score INTEGER NOT NULL, kinds_s INTEGER);
CREATE TABLE finding (process INTEGER NOT NULL, kind TEXT NOT NULL, points INTEGER NOT NULL);
`;

/** Made after the rows are in: building an index once is several times faster than keeping it. */
export const INDICES = `
CREATE INDEX event_process ON event(process);
CREATE INDEX event_other ON event(other) WHERE other IS NOT NULL;
CREATE INDEX event_scan ON event(category, action, name_s, executable_s, args_s, command_line_s, process, uid, parent_name_s, type, basis); -- what hunts ask most: a tenth of the table to read (a million events: 5 to 20 ms against 90)
CREATE INDEX process_pre ON process(pre);
CREATE INDEX process_pid ON process(pid);
CREATE INDEX process_creator ON process(creator);
CREATE INDEX parentage_process ON parentage(process);
CREATE INDEX parentage_parent ON parentage(parent);
CREATE INDEX arg_s ON arg(arg_s);
PRAGMA analysis_limit = 1000;      -- so that a source of few events (network) is found by index, and one of most events (process) by a plain scan
ANALYZE;
`;
