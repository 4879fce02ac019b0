import { createEngine, type FindingRow, type FindingsAnswer } from '../../../src/engine/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';

const START = 1_700_000_000;
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

interface Alive {
  ppid: number;
  comm: string;
  exe: string;
  uid: number;
  ses: number;
  isSubreaper?: boolean;
}

/**
 * What happens on a host, told as auditd writes it: who forks, runs, ends. Parents are kept as the kernel keeps them: who outlives its parent goes to the
 * nearest subreaper above it, else to pid 1.
 * Every step takes 10 ms unless `wait` lets time pass. There are systemd (1), sshd (700) with its unit, and cron (300).
 */
export class Story {
  private readonly lines: string[] = [];
  private readonly alive = new Map<number, Alive>();
  private time = 0;
  private serial = 1;
  private nextPid = 1000;
  private nextSession = 5;

  constructor() {
    this.alive.set(1, { ppid: 0, comm: 'systemd', exe: '/usr/lib/systemd/systemd', uid: 0, ses: 4294967295 });
    this.service(700, '/usr/sbin/sshd', ['sshd: /usr/sbin/sshd -D [listener]'], 'ssh');
    this.service(300, '/usr/sbin/cron', ['/usr/sbin/cron', '-f'], 'cron');
  }

  /** A service's main process, made by systemd. */
  service(pid: number, exe: string, args: readonly string[], unit: string): number {
    this.fork(1, pid);
    this.exec(pid, exe, args);
    this.started(unit);
    return pid;
  }

  /** systemd says that a unit has started. */
  started(unit: string): void {
    this.record('SERVICE_START', 1, `pid=1 uid=0 auid=4294967295 ses=4294967295 subj=unconfined msg='unit=${unit} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'`);
  }

  /** A login over ssh: answers the pid of its shell. */
  login(uid = 1000): number {
    const sshd = this.fork(700);
    this.exec(sshd, '/usr/sbin/sshd', ['sshd', '-D', '-R']);
    this.enterSession(sshd, uid);
    const shell = this.fork(sshd);
    this.alive.get(shell)!.uid = uid;
    this.exec(shell, '/usr/bin/bash', ['-bash']);
    return shell;
  }

  /** pam_loginuid: from here on it and what it makes have a session. */
  enterSession(pid: number, uid = 1000): number {
    const ses = this.nextSession++;
    this.stamp((at) => `type=LOGIN msg=${at}: pid=${pid} uid=0 subj=unconfined old-auid=4294967295 auid=${uid} tty=(none) old-ses=4294967295 ses=${ses} res=1`);
    this.alive.get(pid)!.ses = ses;
    return pid;
  }

  /** cron starts a job: answers the pid of its shell, the child of cron's child. */
  cronJob(command: string, uid = 0): number {
    const keeper = this.enterSession(this.fork(300), uid);
    return this.exec(this.fork(keeper), '/usr/bin/dash', ['/bin/sh', '-c', command]);
  }

  /** systemd --user of a person, a subreaper (systemd src/core/main.c). */
  userManager(uid = 1000): number {
    const manager = this.enterSession(this.fork(1), uid);
    this.alive.get(manager)!.uid = uid;
    this.exec(manager, '/usr/lib/systemd/systemd', ['/lib/systemd/systemd', '--user']);
    this.started(`user@${uid}`);
    return this.subreaper(manager);
  }

  /** prctl(PR_SET_CHILD_SUBREAPER). */
  subreaper(pid: number): number {
    this.call(pid, 157, 0, 'a0=24 a1=1');
    this.alive.get(pid)!.isSubreaper = true;
    return pid;
  }

  fork(by: number, pid = this.nextPid++, flags = 0x1200011): number {
    const caller = this.alive.get(by)!;
    if (by !== 1) this.call(by, 56, pid, `a0=${flags.toString(16)}`);
    this.alive.set(pid, { ...caller, ppid: (flags & 0x8000) !== 0 ? caller.ppid : by, isSubreaper: false });
    return pid;
  }

  exec(pid: number, exe: string, args: readonly string[] = [exe]): number {
    const who = this.alive.get(pid)!;
    who.exe = exe;
    who.comm = exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15);
    this.call(pid, 59, 0, 'a0=55d0', (at) => `type=EXECVE msg=${at}: argc=${args.length} ${args.map((arg, index) => `a${index}=${/[^!-~]|"/.test(arg) ? hex(arg) : `"${arg}"`}`).join(' ')}`);
    return pid;
  }

  /** sudo: forks and execs as its caller, then the command as root. Answers the command's pid. */
  sudo(by: number, exe: string, args: readonly string[] = [exe]): number {
    const sudo = this.exec(this.fork(by), '/usr/bin/sudo', ['sudo', ...args]);
    const command = this.fork(sudo);
    this.alive.get(command)!.uid = 0;
    return this.exec(command, exe, args);
  }

  setsid(pid: number): number {
    this.call(pid, 112, pid, 'a0=0');
    return pid;
  }

  /** prctl(PR_SET_NAME): the next records show it. */
  rename(pid: number, comm: string): number {
    this.alive.get(pid)!.comm = comm;
    return this.setsid(pid);
  }

  /** SIGKILL: the target ends without a record of its own. */
  kill(by: number, target: number): void {
    this.call(by, 62, 0, `a0=${target.toString(16)} a1=9`, (at) => `type=OBJ_PID msg=${at}: opid=${target} oauid=1000 ouid=1000 oses=5 obj=unconfined ocomm="x"`);
    this.end(target);
  }

  connect(pid: number, address: string, port: number): number {
    const bytes = [2, 0, port >> 8, port & 255, ...address.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0];
    this.call(pid, 42, 0, 'a0=3', (at) => `type=SOCKADDR msg=${at}: saddr=${Buffer.from(bytes).toString('hex').toUpperCase()}`);
    return pid;
  }

  write(pid: number, path: string): number {
    this.call(pid, 257, 3, 'a0=ffffff9c a2=241', (at) => `type=CWD msg=${at}: cwd="/"\ntype=PATH msg=${at}: item=0 name="${path}" inode=7 dev=fe:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=CREATE cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0`);
    return pid;
  }

  exit(pid: number): void {
    this.call(pid, 231, undefined, 'a0=0');
    this.end(pid);
  }

  private end(pid: number): void {
    let adopter = this.alive.get(pid)?.ppid ?? 1;
    while (adopter > 1 && this.alive.get(adopter)?.isSubreaper !== true) adopter = this.alive.get(adopter)?.ppid ?? 1;
    this.alive.delete(pid);
    for (const child of this.alive.values()) if (child.ppid === pid) child.ppid = Math.max(1, adopter);
  }

  /** A pid in a namespace of its own: the clone answers the namespace's number (TRUTH 6.8). */
  forkInNamespace(by: number, flags: number): number {
    const caller = this.alive.get(by)!, pid = this.nextPid++;
    this.call(by, 56, 1, `a0=${flags.toString(16)}`);
    this.alive.set(pid, { ...caller, ppid: (flags & 0x8000) !== 0 ? caller.ppid : by, isSubreaper: true });
    return pid;
  }

  /** auditctl -D by somebody. */
  removeRules(pid: number): number {
    this.record('CONFIG_CHANGE', pid, `auid=1000 ses=${this.alive.get(pid)!.ses} subj=unconfined op=remove_rule key="exec" list=4 res=1`);
    return pid;
  }

  wait(seconds: number): this {
    this.time += seconds;
    return this;
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  private stamp(line: (at: string) => string): void {
    this.time += 0.01;
    this.lines.push(line(`audit(${(START + this.time).toFixed(3)}:${this.serial++})`));
  }

  private record(type: string, pid: number, rest: string): void {
    const who = this.alive.get(pid)!;
    this.stamp((at) =>
      type === 'CONFIG_CHANGE'
        ? `${this.syscall(at, pid, who, 44, 1080, 'a0=4')}\ntype=${type} msg=${at}: ${rest}`
        : `type=${type} msg=${at}: ${rest}`,
    );
  }

  private call(pid: number, number: number, exit: number | undefined, args: string, more?: (at: string) => string): void {
    const who = this.alive.get(pid)!;
    this.stamp((at) => [this.syscall(at, pid, who, number, exit, args), ...(more ? [more(at)] : [])].join('\n'));
  }

  private syscall(at: string, pid: number, { ppid, comm, exe, uid, ses }: Alive, number: number, exit: number | undefined, args: string): string {
    const auid = ses === 4294967295 ? ses : 1000;
    const name = /[^!-~]|"/.test(comm) ? hex(comm) : `"${comm}"`;
    return `type=SYSCALL msg=${at}: arch=c000003e syscall=${number}${exit === undefined ? '' : ` success=yes exit=${exit}`} ${args}${args.includes('a1=') ? '' : ' a1=0'}${args.includes('a2=') ? '' : ' a2=0'} a3=0 items=1 ppid=${ppid} pid=${pid} auid=${auid} uid=${uid} gid=${uid} euid=${uid} suid=${uid} fsuid=${uid} egid=${uid} sgid=${uid} fsgid=${uid} tty=(none) ses=${ses} comm=${name} exe="${exe}" key="t"`;
  }
}

export interface Told extends FindingsAnswer {
  of(pid: number): FindingRow | undefined;
  /** The kinds of a process's findings, in order. */
  kinds(pid: number): readonly string[];
}

/** What triage says of a story; further files by their names, settings and baseline of a case. */
export async function told(story: Story | string, more: { readonly files?: Readonly<Record<string, string>>; readonly triage?: unknown; readonly baseline?: string } = {}): Promise<Told> {
  const sources = [sourceOf(typeof story === 'string' ? story : story.text(), 'audit.log'), ...Object.entries(more.files ?? {}).map(([name, text]) => sourceOf(text, name))];
  const engine = createEngine({ ...portsOver(sources), caseTriage: () => Promise.resolve({ settings: more.triage, baseline: more.baseline }) });
  await engine.ask('open', { sources: [] });
  const answer = await engine.ask('findings', { first: 0, count: 1000 });
  await engine.close();
  const of = (pid: number): FindingRow | undefined => answer.rows.find((row) => row.pid === pid);
  return { ...answer, of, kinds: (pid) => (of(pid)?.findings ?? []).map(({ kind }) => kind) };
}

/** A launcher that forks twice and has the grandchild run something else: the dropper of the captures. Answers the payload's pid. */
export function drop(story: Story, by: number, launcher: string, payload: string, payloadArgs: readonly string[] = [payload, '4444']): number {
  const first = story.fork(by);
  story.exec(first, launcher, [launcher, '-x', ...payloadArgs]);
  const middle = story.fork(first);
  story.setsid(middle);
  const last = story.fork(middle);
  story.exit(middle);
  story.exec(last, payload, payloadArgs);
  story.exit(first);
  return last;
}

/** A program that detaches itself: forks, setsid, and goes on as the copy. Answers the copy's pid. */
export function daemonise(story: Story, by: number, program: string, args: readonly string[] = [program]): number {
  const first = story.fork(by);
  story.exec(first, program, args);
  const last = story.fork(first);
  story.exit(first);
  story.setsid(last);
  return last;
}

/** A program that detaches itself with two forks, the middle a session's leader: python-daemon and the like. Answers the last copy's pid. */
export function doubleForked(story: Story, by: number, program: string, args: readonly string[] = [program]): number {
  const first = story.fork(by);
  story.exec(first, program, args);
  const middle = story.setsid(story.fork(first));
  const last = story.fork(middle);
  story.exit(middle);
  story.exit(first);
  return last;
}

/** A shell that starts a program with `&` and ends. Answers the program's pid. */
export function leaveJob(story: Story, shell: number, program: string, args: readonly string[] = [program]): number {
  const left = story.exec(story.fork(shell), program, args);
  story.exit(shell);
  return left;
}
