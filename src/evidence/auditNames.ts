/**
 * Names that libauparse prints instead of numbers, and the numbers they stand for on x86_64 (linux/audit.h, asm/unistd_64.h, bits/signum.h): only
 * those that mean something to us. A call that is not here is no concern of lineage, and reads as "other".
 */
export const SYSCALL_NUMBERS: Readonly<Record<string, number>> = {
  open: 2, connect: 42, accept: 43, bind: 49, clone: 56, fork: 57, vfork: 58, execve: 59, exit: 60, kill: 62, truncate: 76, ftruncate: 77, rename: 82, mkdir: 83,
  rmdir: 84, creat: 85, link: 86, unlink: 87, symlink: 88, chmod: 90, fchmod: 91, chown: 92, fchown: 93, lchown: 94, setsid: 112, prctl: 157, tkill: 200,
  exit_group: 231, tgkill: 234, openat: 257, mkdirat: 258, fchownat: 260, unlinkat: 263, renameat: 264, linkat: 265, symlinkat: 266, fchmodat: 268, accept4: 288,
  renameat2: 316, execveat: 322, clone3: 435, openat2: 437, fchmodat2: 452,
  'socketcall(connect)': 42, 'socketcall(bind)': 49, 'socketcall(accept)': 43, 'socketcall(accept4)': 288,
};

const SIGNALS: readonly string[] = [
  '', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP',
  'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO', 'PWR', 'SYS',
];

/** Bits of names that are joined with `|`: clone's (linux/sched.h) and open's (asm-generic/fcntl.h). */
const FLAGS: Readonly<Record<string, number>> = {
  CLONE_VM: 0x100, CLONE_FS: 0x200, CLONE_FILES: 0x400, CLONE_SIGHAND: 0x800, CLONE_PIDFD: 0x1000, CLONE_PTRACE: 0x2000, CLONE_VFORK: 0x4000, CLONE_PARENT: 0x8000,
  CLONE_THREAD: 0x10000, CLONE_NEWNS: 0x20000, CLONE_SYSVSEM: 0x40000, CLONE_SETTLS: 0x80000, CLONE_PARENT_SETTID: 0x100000, CLONE_CHILD_CLEARTID: 0x200000,
  CLONE_DETACHED: 0x400000, CLONE_UNTRACED: 0x800000, CLONE_CHILD_SETTID: 0x1000000, CLONE_STOPPED: 0x2000000, CLONE_NEWCGROUP: 0x2000000, CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000, CLONE_NEWUSER: 0x10000000, CLONE_NEWPID: 0x20000000, CLONE_NEWNET: 0x40000000, CLONE_IO: 0x80000000, child_stack: 0,
  O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 0x40, O_EXCL: 0x80, O_TRUNC: 0x200, O_APPEND: 0x400,
  EXIT_SUCCESS: 0, EXIT_FAILURE: 1, PR_SET_CHILD_SUBREAPER: 36,
};

/** The number that an interpreted argument stands for: `0x1b6`, `12`, `SIGTERM`, `CLONE_VM|SIGCHLD`. Parts that are not known count 0; undefined when none is. */
export function argumentNumber(text: string): number | undefined {
  let value = 0;
  let isKnown = false;
  for (const part of text.split('|')) {
    const one = /^(?:0x[0-9a-f]+|\d+)$/i.test(part) ? Number(part) : (FLAGS[part] ?? signalNumber(part));
    if (one === undefined) continue;
    isKnown = true;
    value = (value | one) >>> 0;
  }
  return isKnown ? value : undefined;
}

/** 15 of SIGTERM; undefined for what is no signal. */
export function signalNumber(name: string): number | undefined {
  const real = /^(?:SIGRT|RT)(\d+)$/i.exec(name);
  if (real) return 34 + Number(real[1]);
  const at = name.startsWith('SIG') ? SIGNALS.indexOf(name.slice(3)) : -1;
  return at > 0 ? at : undefined;
}

/** Record types by their number (linux/audit.h, libaudit's audit-records.h), as the kernel's log and the journal name them when auditd is away. */
export const RECORD_TYPES: Readonly<Record<string, string>> = {
  1006: 'LOGIN', 1100: 'USER_AUTH', 1101: 'USER_ACCT', 1102: 'USER_MGMT', 1103: 'CRED_ACQ', 1104: 'CRED_DISP', 1105: 'USER_START', 1106: 'USER_END', 1107: 'USER_AVC',
  1108: 'USER_CHAUTHTOK', 1109: 'USER_ERR', 1110: 'CRED_REFR', 1111: 'USYS_CONFIG', 1112: 'USER_LOGIN', 1113: 'USER_LOGOUT', 1114: 'ADD_USER', 1115: 'DEL_USER',
  1116: 'ADD_GROUP', 1117: 'DEL_GROUP', 1123: 'USER_CMD', 1124: 'USER_TTY', 1127: 'SYSTEM_BOOT', 1128: 'SYSTEM_SHUTDOWN', 1129: 'SYSTEM_RUNLEVEL', 1130: 'SERVICE_START',
  1131: 'SERVICE_STOP', 1132: 'GRP_MGMT', 1200: 'DAEMON_START', 1201: 'DAEMON_END', 1202: 'DAEMON_ABORT', 1203: 'DAEMON_CONFIG', 1300: 'SYSCALL', 1302: 'PATH',
  1303: 'IPC', 1304: 'SOCKETCALL', 1305: 'CONFIG_CHANGE', 1306: 'SOCKADDR', 1307: 'CWD', 1309: 'EXECVE', 1318: 'OBJ_PID', 1319: 'TTY', 1320: 'EOE', 1321: 'BPRM_FCAPS',
  1325: 'NETFILTER_CFG', 1326: 'SECCOMP', 1327: 'PROCTITLE', 1334: 'BPF', 1335: 'EVENT_LISTENER', 1336: 'URINGOP', 1400: 'AVC', 1701: 'ANOM_ABEND', 2000: 'KERNEL',
};
