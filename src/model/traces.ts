/**
 * What survives adoption, or was written at the time, and can point to a creator where no fork is on record.
 * `record` is a record that names a parent; `log` a line of a log with a pid.
 */
export const TRACES = [
  'record', 'audit-session', 'login-uid', 'session', 'process-group', 'terminal', 'cgroup', 'user', 'executable', 'arguments', 'ignored-signals',
  'working-directory', 'pid-order', 'time', 'log',
] as const;
export type Trace = (typeof TRACES)[number];

/** What it takes to forge each trace, in words. Sources: credentials(7), setsid(2), setpgid(2), cgroups(7), audit_setloginuid in kernel/auditsc.c, proc(5). */
export const TRACE_PRICE: Readonly<Record<Trace, string>> = {
  record: 'written by the kernel: not without control of the kernel or of the log',
  'audit-session': 'root, unless the login uid is immutable; kept through every fork and adoption',
  'login-uid': 'root, unless the login uid is immutable; kept through every fork and adoption',
  session: 'free: setsid by the process itself; but it can only leave for a session of its own number',
  'process-group': 'free: setpgid by the process itself, within its session',
  terminal: 'free to let go (setsid); to take another needs that terminal',
  cgroup: 'root, or a delegated cgroup',
  user: 'root, or a set-uid program',
  executable: 'free: the process chooses what it runs',
  arguments: 'free: whoever runs a program chooses them, and the process can rewrite its own',
  'ignored-signals': 'free: set by the process itself, inherited through exec',
  'working-directory': 'free: chdir by the process itself',
  'pid-order': 'not forged, only waited for: the kernel gives pids one after the other, and all that fork move them on',
  time: 'not forged where the kernel states it',
  log: 'syslog takes lines from anybody; the journal states the sender\'s pid itself',
};
