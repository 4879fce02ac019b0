import type { Fact } from './facts.js';

/** What a log line's text adds to its time, host and program. `pid` is stated only where the line is about another process than its writer. */
export type Said = Pick<Fact, 'kind'> & Partial<Omit<Fact, 'kind' | 'time' | 'host'>>;

const PLAIN: Said = { kind: 'log' };

/** Reads what well-known programs write: logins, sessions, commands by sudo and cron, units, accounts, and lines that name a process. All else is a log line. */
export function saidIn(program: string, message: string): Said {
  const repeated = /^message repeated \d+ times: \[ ?(.*?)\]$/s.exec(message.trimStart());
  if (repeated) return saidIn(program, repeated[1] ?? '');
  const pam = /^pam_\w+\([\w./-]+:session\): session (opened|closed) for user ([^\s(]+)(?:\(uid=(\d+)\))?/.exec(message);
  if (pam) return { kind: 'session', operation: pam[1] === 'opened' ? 'opened' : 'closed', outcome: 'success', user: pam[2] };
  const refused = /^pam_\w+\([\w./-]+:auth\): authentication failure;.*?(?: user=(\S+))?$/.exec(message);
  if (refused) return { kind: 'authentication', operation: 'credentials', outcome: 'failure', user: refused[1] };
  return BY_PROGRAM.get(baseName(program))?.(message) ?? PLAIN;
}

const BY_PROGRAM: ReadonlyMap<string, (message: string) => Said | undefined> = new Map([
  ['sshd', sshd],
  ['sshd-session', sshd],
  ['cron', cron],
  ['crond', cron],
  ['sudo', sudo],
  ['su', su],
  ['systemd', systemd],
  ['systemd-logind', logind],
  ['useradd', accounts],
  ['groupadd', accounts],
  ['userdel', accounts],
  ['groupdel', accounts],
  ['usermod', accounts],
  ['passwd', accounts],
  ['chpasswd', accounts],
  ['kernel', kernel],
]);

/** The program of a tag: `/usr/sbin/CRON` is cron, the `(systemd)` of a forked manager systemd. */
function baseName(program: string): string {
  const name = program.split('/').at(-1) ?? program;
  return name.replace(/^\((.*)\)$/, '$1').toLowerCase();
}

function sshd(message: string): Said | undefined {
  const accepted = /^\s*Accepted \S+ for (\S+) from (\S+) port (\d+)/.exec(message);
  if (accepted) return { kind: 'authentication', operation: 'opened', outcome: 'success', user: accepted[1], path: accepted[2], port: portIn(accepted[3]) };
  const failed = /^\s*(?:Failed \S+ for (?:invalid user )?|Invalid user )(\S*) from (\S+)(?: port (\d+))?/.exec(message);
  if (failed) return { kind: 'authentication', operation: 'credentials', outcome: 'failure', user: failed[1], path: failed[2], port: portIn(failed[3]) };
  return undefined;
}

function portIn(text: string | undefined): number | undefined {
  const port = Number(text);
  return text !== undefined && port <= 65535 ? port : undefined;
}

/** (root) CMD (command); the pid is cron's child that runs it. */
function cron(message: string): Said | undefined {
  const command = /^\((\S+)\) CMD \((.*)\)\s*$/s.exec(message);
  return command ? { kind: 'session', operation: 'command', user: command[1] } : undefined;
}

/** bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/id */
function sudo(message: string): Said | undefined {
  const command = /^\s*(\S+) : (?:((?!TTY=|PWD=).*?) ; )?(?:TTY=(\S+) ; )?PWD=(.*?) ; USER=(\S+) ;(?: GROUP=\S+ ;)?(?: TSID=\S+ ;)?(?: ENV=.*? ;)? COMMAND=(.*)$/s.exec(message);
  if (!command) return undefined;
  const tty = command[3] === 'unknown' ? undefined : command[3];
  const isRefused = /not allowed|NOT in sudoers|incorrect password|a password is required/.test(command[2] ?? '');
  return { kind: 'session', operation: 'command', outcome: isRefused ? 'failure' : 'success', user: command[1], tty, cwd: command[4] };
}

/** (to root) bob on pts/0; before 2.32 "Successful su for root by bob". */
function su(message: string): Said | undefined {
  const done = /^\(to (\S+)\) (\S+) on (\S+)/.exec(message) ?? /^Successful su for (\S+) by (\S+)/.exec(message);
  if (done) return { kind: 'authentication', operation: 'opened', outcome: 'success', user: done[2], tty: done[3] === 'none' ? undefined : done[3] };
  const refused = /^FAILED (?:su for|SU \(to) (\S+?)\)? (?:by )?(\S+)/.exec(message) ?? /^'su (\S+)' failed for (\S+)/.exec(message);
  return refused ? { kind: 'authentication', operation: 'credentials', outcome: 'failure', user: refused[2] } : undefined;
}

const UNIT = '[^\\s:]+\\.(?:service|scope|slice|socket|target|timer|mount|automount|swap|path|device)';
const STARTED = new RegExp(`^(?:Started|Finished|Listening on|Mounted|Reached target|Created slice) (${UNIT})(?: - .*)?\\.?$`);
const STOPPED = new RegExp(`^(?:Stopped|Closed|Unmounted|Removed slice|Stopped target) (?:target )?(${UNIT})(?: - .*)?\\.?$`);
const OF_UNIT = new RegExp(`^(${UNIT}): (.*)$`, 's');
const NAMED_UNIT = new RegExp(`^(?:Starting|Stopping|Reloading|Reloaded|Failed to start|Dependency failed for) (${UNIT})(?: - .*)?$`);

/** systemd's lines on units (the unit's name stands in them since 249), and on processes that a unit left behind: those are about the process they name. */
function systemd(message: string): Said | undefined {
  const started = STARTED.exec(message);
  if (started) return { kind: 'service', operation: 'started', outcome: 'success', unit: started[1] };
  const stopped = STOPPED.exec(message);
  if (stopped) return { kind: 'service', operation: 'stopped', outcome: 'success', unit: stopped[1] };
  const of = OF_UNIT.exec(message);
  if (of) {
    const [, unit, text = ''] = of;
    const process = /^(?:Unit process|Found left-over process|Killing process|Supervising process|New main PID|Changing main PID to|Main PID:) (\d{1,10})(?: \((.*?)\))?/.exec(text);
    const pid = Number(process?.[1] ?? NaN);
    if (process && pid > 0 && pid <= 0x7fffffff) return { kind: 'log', unit, pid, comm: process[2] };
    if (/^(?:Deactivated successfully|Succeeded)\.$/.test(text)) return { kind: 'service', operation: 'stopped', outcome: 'success', unit };
    if (/^Failed with result/.test(text)) return { kind: 'service', operation: 'stopped', outcome: 'failure', unit };
    return { kind: 'log', unit };
  }
  const named = NAMED_UNIT.exec(message);
  return named ? { kind: 'log', unit: named[1] } : undefined;
}

/** New session 15 of user bob. The line is logind's own; the session's number is no claim about logind. */
function logind(message: string): Said | undefined {
  const opened = /^New session ['"]?(\w+)['"]? of user ['"]?([^\s'"]+?)['"]?(?: with class .*)?\.$/.exec(message);
  if (opened) return { kind: 'log', user: opened[2], unit: `session-${opened[1]}.scope` };
  const removed = /^(?:Removed session|Session) ['"]?(\w+?)['"]?(?:\.$| logged out)/.exec(message);
  return removed ? { kind: 'log', unit: `session-${removed[1]}.scope` } : undefined;
}

function accounts(message: string): Said | undefined {
  const added = /^new (?:user|group): name=([^\s,]+)/.exec(message);
  if (added) return { kind: 'iam', operation: 'account-added', outcome: 'success', path: added[1] };
  const removed = /^(?:delete user|removed group) '([^']+)'/.exec(message);
  if (removed) return { kind: 'iam', operation: 'account-removed', outcome: 'success', path: removed[1] };
  const changed = /^(?:add|delete|change user|lock user|unlock user) '([^']+)'|password changed for (\S+)/.exec(message);
  return changed ? { kind: 'iam', operation: 'account-changed', outcome: 'success', path: changed[1] ?? changed[2] } : undefined;
}

/** Lines in which the kernel names a process: killed for memory, crashed. */
function kernel(message: string): Said | undefined {
  const text = message.replace(/^\[ *\d+\.\d+\] /, '');
  const process = /^(?:Out of memory: |Memory cgroup out of memory: )?Killed process (\d{1,10}) \((.*?)\)/.exec(text);
  if (process) return { kind: 'log', pid: pidIn(process[1]), comm: process[2] };
  const crashed = /^(?:traps: )?(.{1,15})\[(\d{1,10})\]:? (?:segfault|trap |general protection)/.exec(text);
  return crashed ? { kind: 'log', pid: pidIn(crashed[2]), comm: crashed[1] } : undefined;
}

function pidIn(text: string | undefined): number | undefined {
  const pid = Number(text);
  return pid > 0 && pid <= 0x7fffffff ? pid : undefined;
}
