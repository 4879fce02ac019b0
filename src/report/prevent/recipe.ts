import { type FindingKind, START_PLACES, watchesOf } from '../../triage/index.js';

/** The languages that a finding or a hunt leaves in. */
export const PREVENT_LANGUAGES = ['audit', 'sigma', 'eql', 'spl', 'falco'] as const;
export type PreventLanguage = (typeof PREVENT_LANGUAGES)[number];

type SigmaValue = string | number | readonly (string | number)[];

/** One Sigma rule, or a part that a correlation names. */
export interface SigmaRule {
  /** How a correlation names it. */
  readonly name?: string;
  readonly title?: string;
  readonly logsource: Readonly<Record<string, string>>;
  readonly detection: Readonly<Record<string, Readonly<Record<string, SigmaValue>> | readonly Readonly<Record<string, SigmaValue>>[]>>;
  readonly condition: string;
}

/** Several rules in time: Sigma's correlations. */
export interface SigmaCorrelation {
  readonly type: 'temporal_ordered' | 'temporal' | 'event_count';
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespan: string;
  readonly atLeast?: number;
}

/** One text and what it cannot see. */
export interface Recipe {
  readonly text: string;
  readonly blind: string;
}

/** What every output of prevention says of itself, from a finding or from a hunt. */
export interface Origin {
  readonly title: string;
  /** What all five look for, one sentence. */
  readonly looksFor: string;
  /** ATT&CK ids, the most telling first. */
  readonly techniques: readonly string[];
  /** On which basis the finding rests, by what is recorded. */
  readonly basis: string;
  readonly level: 'low' | 'medium' | 'high';
  readonly falsePositives: readonly string[];
}

/** How one kind of finding is watched for from now on, in each language. */
export interface Prevention extends Origin {
  readonly kind: FindingKind;
  readonly audit: { readonly rules: readonly string[]; readonly blind: string };
  readonly sigma: { readonly rules: readonly SigmaRule[]; readonly correlation?: SigmaCorrelation; readonly blind: string };
  readonly eql: Recipe;
  readonly spl: Recipe;
  readonly falco: { readonly condition: string; readonly blind: string };
}

/** A rule for calls of 64-bit and of 32-bit programs: who is built for i386 is not seen by the first alone. */
const both = (rule: string): readonly string[] => [rule, rule.replace('arch=b64', 'arch=b32')];

/** Audit rules by what they make visible. */
export const AUDIT = {
  execs: ['-a always,exit -F arch=b64 -S execve,execveat -k foundling_exec', '-a always,exit -F arch=b32 -S execve,execveat -k foundling_exec'],
  forks: ['-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k foundling_fork', '-a always,exit -F arch=b32 -S fork,vfork,clone,clone3 -k foundling_fork'],
  exits: ['-a always,exit -F arch=b64 -S exit,exit_group -k foundling_exit', '-a always,exit -F arch=b32 -S exit,exit_group -k foundling_exit'],
  setsid: ['-a always,exit -F arch=b64 -S setsid -k foundling_setsid', '-a always,exit -F arch=b32 -S setsid -k foundling_setsid'],
  subreapers: both('-a always,exit -F arch=b64 -S prctl -F a0=36 -k foundling_subreaper'),
  cloneParent: both('-a always,exit -F arch=b64 -S clone -F a0&0x8000 -k foundling_clone_parent'),
  ptrace: both('-a always,exit -F arch=b64 -S ptrace -k foundling_ptrace'),
  connections: [
    '-a always,exit -F arch=b64 -S connect,accept,accept4,bind -k foundling_net',
    '-a always,exit -F arch=b32 -S connect,accept4,bind,socketcall -k foundling_net', // older C libraries of i386 make all of these by socketcall
    ...both('-a always,exit -F arch=b64 -S socket -F a0=17 -k foundling_raw_socket'),
    ...both('-a always,exit -F arch=b64 -S socket -F a0=2 -F a1&=3 -k foundling_raw_socket'),
  ],
  memfd: both('-a always,exit -F arch=b64 -S memfd_create -k foundling_memfd'),
  scratchRemovals: ['/tmp', '/var/tmp', '/dev/shm'].flatMap((folder) => both(`-a always,exit -F arch=b64 -F dir=${folder} -S unlink,unlinkat,rename,renameat,renameat2 -k foundling_scratch`)),
  names: both('-a always,exit -F arch=b64 -S prctl -F a0=15 -k foundling_rename'),
  signals: ['-a always,exit -F arch=b64 -S rt_sigaction -F a0=1 -F auid>=1000 -F auid!=unset -k foundling_sighup'],
  persistence: watchesOf([...START_PLACES.flatMap(({ paths }) => paths), '/root/.ssh/*', '/etc/ssh/*'], 'foundling_persistence'),
  brokers: ['/var/spool/cron/', '/etc/cron.d/', '/var/spool/at/', '/etc/systemd/system/', '/run/systemd/transient/'].map((path) => `-w ${path} -p wa -k foundling_broker`),
  sensor: [...['/etc/audit/', '/etc/libaudit.conf', '/var/log/audit/'].map((path) => `-w ${path} -p wa -k foundling_sensor`), ...['/usr/sbin/auditctl', '/usr/sbin/auditd'].map((path) => `-w ${path} -p x -k foundling_sensor`), '-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -k foundling_clock'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Where SIEMs keep audit records; one place to change. */
export const SPL_AUDIT = 'index=* sourcetype=linux:audit';
