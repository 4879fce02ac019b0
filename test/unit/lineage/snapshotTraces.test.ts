import { describe, expect, it } from 'vitest';
import { createBatch, KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';
import { ENTRY_KINDS, FLAG, type Lineage, NO_PROCESS } from '../../../src/model/index.js';

const T0 = 1_795_532_000;
const UNSET = 0xffffffff;

interface Seen {
  readonly pid: number;
  readonly ppid?: number;
  /** Its own pid, unless stated. */
  readonly sid?: number;
  readonly pgid?: number;
  /** Seconds after T0; /proc states ticks of 10 ms. */
  readonly start?: number;
  readonly exe?: string;
  readonly args?: readonly string[];
  readonly ses?: number;
  readonly uid?: number;
  readonly cgroup?: string;
  readonly unit?: string;
  readonly tty?: string;
}

/** A host with systemd, sshd, cron and a web service, quiet since its boot. */
const HOST: readonly Seen[] = [
  { pid: 1, ppid: 0, exe: '/usr/lib/systemd/systemd', unit: 'init.scope' },
  { pid: 2, ppid: 0, sid: 0, pgid: 0 },
  { pid: 300, exe: '/usr/sbin/sshd', args: ['sshd: /usr/sbin/sshd -D [listener]'], start: 10, unit: 'ssh.service' },
  { pid: 301, exe: '/usr/sbin/cron', args: ['/usr/sbin/cron', '-f'], start: 10.1, unit: 'cron.service' },
  { pid: 302, exe: '/usr/bin/python3.11', args: ['python3', '/opt/webapp/app.py'], start: 10.2, unit: 'webapp.service', uid: 33 },
];

/** The same as ps shows it: no executables, no cgroups; and the manager of user 1000, logged in since second 50. */
const PS_HOST: readonly Seen[] = [
  { pid: 1, ppid: 0, args: ['/sbin/init'] },
  { pid: 2, ppid: 0, sid: 0, pgid: 0 },
  { pid: 300, args: ['sshd: /usr/sbin/sshd -D [listener]'], start: 10 },
  { pid: 302, args: ['python3 /opt/webapp/app.py'], start: 10.2, uid: 33 },
  { pid: 400, args: ['/lib/systemd/systemd --user'], start: 50, uid: 1000 },
];

/** A lone whole snapshot, taken 500 s after T0. */
function snapshot(seen: readonly Seen[], host = HOST): { lineage: Lineage; row: (pid: number) => number; pid: (row: number) => number | undefined; entry: (pid: number) => unknown } {
  const strings = createStringTable();
  const all = [...host, ...seen];
  const batch = createBatch(all.length + 1);
  for (const [at, process] of all.entries()) {
    const { pid, ppid = 1, start = 1, exe, unit, cgroup = unit, tty } = process;
    batch.kind[at] = KIND.seen;
    batch.time[at] = (T0 + 500) * 1e6;
    batch.parentKind[at] = PARENT_KIND.atCapture;
    batch.start[at] = batch.startFrom[at] = (T0 + start) * 1e6;
    batch.startUntil[at] = batch.startFrom[at] + 10_000;
    batch.pid[at] = pid;
    batch.ppid[at] = ppid;
    batch.sid[at] = process.sid ?? pid;
    batch.pgid[at] = process.pgid ?? process.sid ?? pid;
    batch.uid[at] = process.uid ?? 0;
    batch.ses[at] = process.ses ?? UNSET;
    batch.auid[at] = process.ses === undefined ? UNSET : 1000;
    if (exe !== undefined) batch.exe[at] = strings.internText(exe);
    if (unit !== undefined) batch.unit[at] = strings.internText(unit);
    if (cgroup !== undefined) batch.cgroup[at] = strings.internText(`/${cgroup}`);
    if (tty !== undefined) batch.tty[at] = strings.internText(tty);
    batch.args[at] = strings.internText((process.args ?? [exe ?? `p${pid}`]).join('\0'));
    batch.count++;
  }
  batch.kind[batch.count] = KIND.snapshot;
  batch.time[batch.count] = (T0 + 500) * 1e6;
  batch.other[batch.count] = all.length;
  batch.count++;
  const healer = createHealer(strings);
  healer.add(batch);
  const { lineage } = healer.finish();
  const row = (pid: number): number => lineage.pid.indexOf(pid);
  const pid = (of: number): number | undefined => (of === NO_PROCESS ? undefined : lineage.pid[of]);
  const entry = (of: number): unknown => [ENTRY_KINDS[lineage.entryKind[row(of)]!], pid(lineage.entry[row(of)]!)];
  return { lineage, row, pid, entry };
}

const isOrphan = ({ lineage, row }: ReturnType<typeof snapshot>, pid: number): boolean => (lineage.flags[row(pid)]! & FLAG.orphan) !== 0;
const creatorOf = ({ lineage, row, pid }: ReturnType<typeof snapshot>, of: number): number | undefined => pid(lineage.creator[row(of)]!);
const launcherOf = ({ lineage, row, pid }: ReturnType<typeof snapshot>, of: number): number | undefined => pid(lineage.launcher[row(of)]!);

describe('what a lone snapshot says of orphans', () => {
  it('a session whose number no process bears names the vanished middle of a double fork, which gets a row of its own', () => {
    const healed = snapshot([{ pid: 901, sid: 900, start: 100, exe: '/tmp/x', ses: 7, unit: 'session-7.scope' }]);
    expect(isOrphan(healed, 901)).toBe(true);
    expect(creatorOf(healed, 901)).toBe(900);
    const { lineage, row } = healed;
    expect(lineage.flags[row(900)]! & (FLAG.unrecorded | FLAG.intermediate)).toBe(FLAG.unrecorded | FLAG.intermediate);
    expect(lineage.start[row(900)]).toBeNaN();
    expect(lineage.creatorConfidence[row(901)]).toBeGreaterThan(0.9);
  });

  it('the vanished leader of a session is an ancestor without doubt, though who came between is not known', () => {
    const healed = snapshot([{ pid: 990, sid: 900, start: 100, exe: '/tmp/x' }]);
    expect([creatorOf(healed, 990), launcherOf(healed, 990)]).toEqual([undefined, 900]);
    expect(healed.lineage.launcherConfidence[healed.row(990)]).toBeGreaterThan(0.95);
  });

  it('init makes no process in the scope of a login: it is an orphan that came in by that session, let in by sshd', () => {
    const healed = snapshot([{ pid: 901, start: 100, exe: '/usr/bin/tail', ses: 7, unit: 'session-7.scope' }]);
    expect(isOrphan(healed, 901)).toBe(true);
    expect([creatorOf(healed, 901), launcherOf(healed, 901)]).toEqual([undefined, 300]);
    expect(healed.entry(901)).toEqual(['login', undefined]);
  });

  it('the login of a console is in a session\'s scope by right', () => {
    const healed = snapshot([{ pid: 901, start: 100, exe: '/usr/bin/login', ses: 7, unit: 'session-7.scope', tty: 'tty1' }]);
    expect(isOrphan(healed, 901)).toBe(false);
  });

  it('a service\'s only process is its main process, and no orphan', () => {
    const healed = snapshot([]);
    expect([isOrphan(healed, 302), creatorOf(healed, 302)]).toEqual([false, 1]);
  });

  it('beside the main process of its service, init\'s other child was left by it', () => {
    const healed = snapshot([{ pid: 901, start: 100, exe: '/tmp/x', unit: 'webapp.service', uid: 33 }]);
    expect([isOrphan(healed, 901), launcherOf(healed, 901)]).toEqual([true, 302]);
    expect(healed.entry(901)).toEqual(['service', 302]);
  });

  it('what began with the main process may be its brother: never a sure claim', () => {
    const healed = snapshot([{ pid: 303, start: 10.5, exe: '/usr/bin/helper', unit: 'webapp.service', uid: 33 }]);
    expect(healed.lineage.launcherConfidence[healed.row(303)]).toBeLessThan(0.8);
    expect(healed.lineage.runnersUp(healed.row(303)).some((other) => other.about === 'orphan')).toBe(true);
  });

  it('a job that cron left behind is of cron, by cgroup and a session of its own', () => {
    const healed = snapshot([{ pid: 901, sid: 900, start: 100, exe: '/usr/libexec/helper', ses: 9, unit: 'cron.service' }]);
    expect([launcherOf(healed, 901), creatorOf(healed, 901)]).toEqual([301, 900]);
    expect(healed.entry(901)).toEqual(['cron', undefined]);
  });

  it('the living leader of its session launched it', () => {
    const healed = snapshot([
      { pid: 800, ppid: 300, start: 90, exe: '/usr/sbin/sshd', ses: 7, unit: 'session-7.scope' },
      { pid: 801, ppid: 800, start: 91, exe: '/usr/bin/bash', ses: 7, unit: 'session-7.scope', tty: 'pts/0' },
      { pid: 901, sid: 801, pgid: 901, start: 100, exe: '/tmp/x', ses: 7, unit: 'session-7.scope' },
    ]);
    expect([isOrphan(healed, 901), launcherOf(healed, 901), creatorOf(healed, 901)]).toEqual([true, 801, undefined]);
    expect(healed.entry(901)).toEqual(['login', 800]);
  });

  it('a child in the session of its parent was made by it', () => {
    const healed = snapshot([{ pid: 801, ppid: 302, sid: 302, start: 90, exe: '/usr/bin/dash', unit: 'webapp.service', uid: 33 }]);
    expect([isOrphan(healed, 801), creatorOf(healed, 801)]).toEqual([false, 302]);
  });

  it('below a shim that adopts, another session than the shim\'s tells the orphan', () => {
    const healed = snapshot([
      { pid: 800, start: 90, exe: '/usr/bin/containerd-shim-runc-v2', unit: 'docker.service' },
      { pid: 901, ppid: 800, sid: 899, start: 100, exe: '/app' },
    ]);
    expect(isOrphan(healed, 901)).toBe(true);
  });

  it('arguments alone claim nothing: a stranger that names the program launched nobody', () => {
    const healed = snapshot([
      { pid: 800, ppid: 300, start: 90, exe: '/usr/bin/dash', args: ['sh', '-c', '/tmp/x &'], ses: 6, unit: 'session-6.scope' },
      { pid: 901, start: 100, exe: '/tmp/x', args: ['/tmp/x'], unit: 'x.service' },
    ]);
    expect([isOrphan(healed, 901), creatorOf(healed, 901)]).toEqual([false, 1]);
  });

  it('each claim says the traces that it rests on, and what would settle it', () => {
    const { lineage, row } = snapshot([{ pid: 901, sid: 900, start: 100, exe: '/tmp/x', ses: 7, unit: 'session-7.scope' }]);
    const traces = lineage.reasons(row(901)).map((reason) => `${reason.about} ${reason.trace}`);
    expect(traces).toEqual(expect.arrayContaining(['orphan audit-session', 'creator process-group', 'launcher pid-order']));
    expect(lineage.settledBy(row(901)).join(' ')).toContain('fork');
  });
});

describe('what ps alone says of children of init', () => {
  it('a later child run by the user of a service was left by that service', () => {
    const healed = snapshot([{ pid: 901, start: 300, args: ['/usr/local/lib/monit/fstrimd'], uid: 33 }], PS_HOST);
    expect([isOrphan(healed, 901), launcherOf(healed, 901)]).toEqual([true, 302]);
    expect(healed.entry(901)).toEqual(['service', 302]);
  });

  it('another service of root or of nobody, whom services share, is a service', () => {
    const healed = snapshot([{ pid: 303, start: 10.3, args: ['/usr/sbin/ntpd'], uid: 65_534 }, { pid: 901, start: 300, args: ['/opt/agent'] }, { pid: 902, start: 300, args: ['/opt/relay'], uid: 65_534 }], PS_HOST);
    expect([901, 902].map((pid) => [isOrphan(healed, pid), healed.entry(pid)])).toEqual([[false, ['service', 901]], [false, ['service', 902]]]);
  });

  it('a service started later than the boot has no elder to be left by', () => {
    const healed = snapshot([{ pid: 901, start: 300, args: ['/usr/bin/redis-server'], uid: 110 }, { pid: 902, start: 320, args: ['/usr/bin/redis-server'], uid: 110 }], PS_HOST);
    expect(isOrphan(healed, 902)).toBe(false);
  });

  it('what a user\'s manager starts came in by itself, as a service', () => {
    const healed = snapshot([{ pid: 901, ppid: 400, start: 300, args: ['/home/u/.cache/agent'], uid: 1000 }], PS_HOST);
    expect([isOrphan(healed, 901), healed.entry(901)]).toEqual([false, ['service', 901]]);
  });

  it('init is a surer creator of what began long after the boot: daemons of the old kind fork away when the host comes up', () => {
    const { lineage, row } = snapshot([{ pid: 303, start: 11, args: ['nginx: master process'] }, { pid: 901, start: 300, args: ['/opt/agent'] }], PS_HOST);
    expect(lineage.creatorConfidence[row(303)]!).toBeLessThan(lineage.creatorConfidence[row(901)]!);
  });
});
