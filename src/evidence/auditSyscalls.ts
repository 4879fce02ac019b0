/**
 * What the audited system calls mean for us, for each architecture that audit names (`arch=`, linux/audit.h AUDIT_ARCH_*).
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl, include/uapi/asm-generic/unistd.h.
 */
export const ACTIONS = [
  'other', 'fork', 'clone', 'clone3', 'exec', 'exit', 'exitGroup', 'setsid', 'prctl', 'kill', 'tkill', 'tgkill',
  'connect', 'bind', 'accept', 'open', 'openat', 'openat2', 'creat', 'rename', 'unlink', 'mkdir', 'link', 'chmod', 'chown', 'truncate',
] as const;
export type Action = (typeof ACTIONS)[number];

export const ACTION = Object.fromEntries(ACTIONS.map((action, code) => [action, code])) as Readonly<Record<Action, number>>;

const X86_64: Readonly<Record<number, Action>> = {
  2: 'open', 42: 'connect', 43: 'accept', 49: 'bind', 56: 'clone', 57: 'fork', 58: 'fork', 59: 'exec', 60: 'exit', 62: 'kill', 76: 'truncate', 77: 'truncate',
  82: 'rename', 83: 'mkdir', 84: 'unlink', 85: 'creat', 86: 'link', 87: 'unlink', 88: 'link', 90: 'chmod', 91: 'chmod', 92: 'chown', 93: 'chown', 94: 'chown',
  112: 'setsid', 157: 'prctl', 200: 'tkill', 231: 'exitGroup', 234: 'tgkill', 257: 'openat', 258: 'mkdir', 260: 'chown', 263: 'unlink', 264: 'rename', 265: 'link',
  266: 'link', 268: 'chmod', 288: 'accept', 316: 'rename', 322: 'exec', 435: 'clone3', 437: 'openat2', 452: 'chmod',
};
const I386: Readonly<Record<number, Action>> = {
  1: 'exit', 2: 'fork', 5: 'open', 8: 'creat', 9: 'link', 10: 'unlink', 11: 'exec', 15: 'chmod', 16: 'chown', 37: 'kill', 38: 'rename', 39: 'mkdir', 40: 'unlink',
  66: 'setsid', 83: 'link', 92: 'truncate', 93: 'truncate', 94: 'chmod', 95: 'chown', 120: 'clone', 172: 'prctl', 182: 'chown', 190: 'fork', 193: 'truncate',
  194: 'truncate', 198: 'chown', 207: 'chown', 212: 'chown', 238: 'tkill', 252: 'exitGroup', 270: 'tgkill', 295: 'openat', 296: 'mkdir', 298: 'chown', 301: 'unlink',
  302: 'rename', 303: 'link', 304: 'link', 306: 'chmod', 353: 'rename', 358: 'exec', 361: 'bind', 362: 'connect', 364: 'accept', 435: 'clone3', 437: 'openat2', 452: 'chmod',
};
const AARCH64: Readonly<Record<number, Action>> = {
  34: 'mkdir', 35: 'unlink', 36: 'link', 37: 'link', 38: 'rename', 45: 'truncate', 46: 'truncate', 52: 'chmod', 53: 'chmod', 54: 'chown', 55: 'chown', 56: 'openat',
  93: 'exit', 94: 'exitGroup', 129: 'kill', 130: 'tkill', 131: 'tgkill', 157: 'setsid', 167: 'prctl', 200: 'bind', 202: 'accept', 203: 'connect', 220: 'clone',
  221: 'exec', 242: 'accept', 276: 'rename', 281: 'exec', 435: 'clone3', 437: 'openat2', 452: 'chmod',
};

const SYSCALLS = 512;
const table = (actions: Readonly<Record<number, Action>>): Uint8Array => {
  const codes = new Uint8Array(SYSCALLS);
  for (const [number, action] of Object.entries(actions)) codes[Number(number)] = ACTION[action];
  return codes;
};
const x86 = table(X86_64);
const BY_ARCH: ReadonlyMap<number, Uint8Array> = new Map([
  [0xc000003e, x86],
  [0x40000003, table(I386)],
  [0xc00000b7, table(AARCH64)],
]);

/** The ACTION code of a system call; 0 (other) for a number or an architecture that is not in the tables. */
export function actionOf(arch: number, syscall: number): number {
  return syscall >= 0 && syscall < SYSCALLS ? (BY_ARCH.get(arch)?.[syscall] ?? 0) : 0;
}

/** prctl option (include/uapi/linux/prctl.h). */
export const PR_SET_CHILD_SUBREAPER = 36;
/** open(2) flags that let write (include/uapi/asm-generic/fcntl.h): O_WRONLY, O_RDWR, O_CREAT, O_TRUNC. */
export const OPEN_WRITES = 0x1 | 0x2 | 0x40 | 0x200;
