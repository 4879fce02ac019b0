import { test, type Condition } from './condition.js';

/** A field of audit records in Hunt. */
interface AuditField {
  readonly field: string;
  readonly exec?: 'needs';
  readonly ending?: string;
}

/** The path of a PATH record: the file of a file event, the program of an exec. */
const PATH_NAME = 'coalesce(file.path, process.executable)';

/** Names of auditd's records (audit-documentation, fields.csv). Names in capitals are those of enriched logs: ids as words. */
export const AUDIT_FIELDS: Readonly<Record<string, AuditField>> = {
  type: { field: 'auditd.message_type' }, SYSCALL: { field: 'auditd.data.syscall' }, syscall: { field: 'auditd.data.syscall' }, argc: { field: 'process.args_count', exec: 'needs' }, proctitle: { field: 'process.command_line', exec: 'needs' },
  comm: { field: 'process.name' }, exe: { field: 'process.executable' }, cwd: { field: 'process.working_directory' }, name: { field: PATH_NAME }, key: { field: 'auditd.key' }, tty: { field: 'process.tty.name' },
  pid: { field: 'process.pid' }, ppid: { field: 'process.parent.pid' }, uid: { field: 'user.id' }, auid: { field: 'user.audit.id' }, euid: { field: 'user.effective.id' }, gid: { field: 'group.id' }, ses: { field: 'session.id' },
  UID: { field: 'user.name' }, AUID: { field: 'user.audit.name' }, EUID: { field: 'user.effective.name' }, unit: { field: 'service.name', ending: '.service' }, node: { field: 'host.name' }, success: { field: 'event.outcome' }, nametype: { field: 'auditd.data.nametype' },
};

const either = (...of: readonly Condition[]): Condition => ({ kind: 'or', of });
const action = (word: string): Condition => test(`event.action == "${word}"`, 'never');
const category = (word: string): Condition => test(`event.category == "${word}"`, 'never');
const categoryWith = (word: string, what: string): Condition => ({ kind: 'and', of: [category(word), action(what)] });
const EXEC = test('true', 'needs');
const CALL = test('event.category in ("process", "file", "network", "driver")', 'always');
const CREDENTIALS = categoryWith('authentication', 'credentials');
const COMMAND = categoryWith('session', 'command');

/** Record types by the events that are read from them. A type that is not here is asked of `auditd.message_type`. */
const TYPES: Readonly<Record<string, Condition>> = {
  execve: EXEC, syscall: CALL, cwd: CALL, proctitle: CALL, path: either(EXEC, category('file')), sockaddr: category('network'), config_change: category('configuration'),
  add_user: action('added-account'), add_group: action('added-account'), del_user: action('removed-account'), del_group: action('removed-account'),
  user_chauthtok: action('changed-account'), user_mgmt: action('changed-account'), grp_mgmt: action('changed-account'), acct_lock: action('changed-account'), acct_unlock: action('changed-account'),
  user_start: action('opened-session'), user_end: action('closed-session'), user_login: categoryWith('authentication', 'opened'), user_logout: categoryWith('authentication', 'closed'),
  user_auth: CREDENTIALS, user_acct: CREDENTIALS, user_err: CREDENTIALS, cred_acq: CREDENTIALS, cred_disp: CREDENTIALS, cred_refr: CREDENTIALS, user_cmd: COMMAND, user_tty: COMMAND, tty: COMMAND,
  service_start: action('started-service'), service_stop: action('stopped-service'), system_boot: action('system-boot'), system_shutdown: action('system-shutdown'),
  daemon_start: action('daemon-started'), daemon_end: action('daemon-stopped'), daemon_abort: action('daemon-stopped'),
};

const many = (names: readonly string[], condition: Condition): [string, Condition][] => names.map((name) => [name, condition]);

/** System calls by the events that are read from them; the names of others no event keeps. */
const CALLS: readonly [string, Condition][] = [
  ...many(['execve', 'execveat'], EXEC), ...many(['fork', 'vfork', 'clone', 'clone3'], action('fork')), ...many(['connect'], action('connection_attempted')),
  ...many(['accept', 'accept4'], action('connection_accepted')), ...many(['bind'], action('bound-socket')), ...many(['listen'], action('listening')), ...many(['rename', 'renameat', 'renameat2'], action('rename')),
  ...many(['unlink', 'unlinkat', 'rmdir'], action('deletion')), ...many(['chmod', 'fchmod', 'fchmodat', 'fchmodat2'], action('mode')), ...many(['chown', 'fchown', 'lchown', 'fchownat'], action('owner')),
  ...many(['link', 'linkat', 'symlink', 'symlinkat'], action('link')), ...many(['kill', 'tkill', 'tgkill'], action('signal')), ...many(['setsid'], action('setsid')),
  ...many(['open', 'openat', 'openat2', 'creat'], test('event.action in ("open", "creation", "modification")', 'never')),
];

const SYSCALLS: ReadonlyMap<string, Condition> = new Map(CALLS);

/** Values that stand for events: of each field by its name. */
export const AUDIT_WORDS: ReadonlyMap<string, ReadonlyMap<string, Condition>> = new Map([
  ['type', new Map(Object.entries(TYPES))],
  ['SYSCALL', SYSCALLS],
  ['syscall', SYSCALLS],
  ['nametype', new Map([['create', test('event.action in ("creation", "link", "rename")', 'never')], ['delete', test('event.action in ("deletion", "rename")', 'never')]])],
  ['success', new Map([['yes', test('event.outcome == "success"')], ['no', test('event.outcome == "failure"')]])],
]);
