import { BASIS_DERIVED, BASIS_INFERRED, BASIS_NONE, BASIS_OBSERVED, ENTRY_KINDS, type EntryKind, FLAG, NO_PROCESS, NOT_STATED, type StringTable, type Trace } from '../model/index.js';
import type { Claims } from './claims.js';
import type { Processes } from './processes.js';
import type { Rebuilt } from './rebuilt.js';
import { SnapshotHost } from './snapshotHost.js';
import { CREATOR_FLOOR, FEW_NUMBERS, FLOOR, LIVING_FLOOR, MIDDLE_LIVES_SECONDS, SAME_START_MICROS, STRANGERS_UNKNOWN, SURE } from './snapshotWeights.js';
import { CREATOR_WHY, ORPHAN_WHY } from './why.js';

/** What was said of a creator without its birth on record; traces may know better. */
const UNBORN_WHY: ReadonlySet<number> = new Set([
  CREATOR_WHY.unknown, CREATOR_WHY.firstParentSeen, CREATOR_WHY.firstParentInit, CREATOR_WHY.snapshotParent, CREATOR_WHY.traces,
]);
/** Programs that set PR_SET_CHILD_SUBREAPER for what they start (prctl(2)); `systemd --user` is known by its arguments. */
const SUBREAPERS: ReadonlySet<string> = new Set(['containerd-shim', 'containerd-shim-runc-v1', 'containerd-shim-runc-v2', 'conmon', 'tini', 'dumb-init', 'docker-init', 'catatonit']);
const ENTRY = Object.fromEntries(ENTRY_KINDS.map((kind, code) => [kind, code])) as Readonly<Record<EntryKind, number>>;
/** Units whose main process runs jobs for others. */
const JOB_UNITS: ReadonlyMap<string, EntryKind> = new Map([['cron.service', 'cron'], ['crond.service', 'cron'], ['cronie.service', 'cron'], ['atd.service', 'at']]);
/** SIGINT and SIGQUIT: what a shell without job control has its background commands ignore (POSIX, Asynchronous Lists). */
const SHELL_IGNORES = 0x6;
/** A middle is born this long before its child, at least: a clock tick of /proc. */
const TICK_MICROS = 10_000;

/** Something that a trace shows, how sure, and in words. */
interface Sign {
  readonly sure: number;
  readonly trace: Trace;
  readonly says: string;
}

interface Ancestor extends Sign {
  readonly row: number;
}

/**
 * What traces say of processes that only snapshots show: who was adopted though init, or a subreaper, has it now; who made it, as far as a number of
 * a vanished process tells; who launched it; how it came in. Claims nothing where a record of the birth does.
 */
export function inferFromSnapshots(rebuilt: Rebuilt, strings: StringTable, claims: Claims): void {
  const { processes: p, forksSince } = rebuilt;
  const hosts = new Map<string, number[]>();
  for (let row = 0; row < p.count; row++) {
    const key = `${p.host[row]} ${p.boot[row]}`;
    const rows = hosts.get(key);
    if (rows) rows.push(row);
    else hosts.set(key, [row]);
  }
  for (const all of hosts.values()) {
    const shown = all.filter((row) => p.snapshotStamp[row]! > 0 && (p.flags[row]! & FLAG.kernelThread) === 0).sort((a, b) => p.start[a]! - p.start[b]! || a - b);
    if (shown.length === 0) continue;
    const traces = new SnapshotTraces(rebuilt, strings, claims, new SnapshotHost(p, strings, shown, all));
    for (const row of shown) {
      const since = forksSince.get(p.host[row]!);
      if (since === undefined || p.start[row]! < since) traces.judge(row);
    }
  }
}

class SnapshotTraces {
  private readonly p: Processes;
  /** Rows made for vanished processes, by pid. */
  private readonly vanished = new Map<number, number>();

  constructor(
    private readonly rebuilt: Rebuilt,
    private readonly strings: StringTable,
    private readonly claims: Claims,
    private readonly host: SnapshotHost,
  ) {
    this.p = rebuilt.processes;
  }

  judge(row: number): void {
    const { p } = this;
    const parent = p.parent[row]!;
    if (parent === NO_PROCESS || p.pid[row]! <= 2 || p.creatorBasis[row] === BASIS_OBSERVED || !UNBORN_WHY.has(p.creatorWhy[row]!)) return;
    if (p.orphanBasis[row] === BASIS_OBSERVED || p.orphanBasis[row] === BASIS_DERIVED) return;
    const adopted = this.adopted(row, parent);
    const isKnown = p.orphanBasis[row] === BASIS_INFERRED;
    if (!adopted && !isKnown) return this.manager(row, parent);
    if (adopted) this.orphan(row, adopted);
    const leader = this.leader(row);
    const living = this.livingAncestor(row, parent, adopted);
    const middle = this.creator(row, leader);
    this.launcher(row, leader, living, middle);
    this.entry(row, parent);
    this.claims.settledBy(row, 'fork records (audit rules for fork, vfork, clone and clone3), or the environment of the process, which names SYSTEMD_EXEC_PID, SSH_CONNECTION or SUDO_COMMAND');
  }

  /** What shows that its parent is an adopter. */
  private adopted(row: number, parent: number): Sign | undefined {
    const { p, host } = this;
    const sid = p.sid[row]!;
    const pid = p.pid[row]!;
    const name = this.name(parent);
    if (sid > 0 && sid !== pid) {
      const sidOfParent = p.sid[parent]!;
      if (sidOfParent === NOT_STATED ? !host.isInit(parent) : sid === sidOfParent || sid === p.pid[parent]) return undefined;
      const above = p.parent[parent]!;
      if (above !== NO_PROCESS && p.sid[above] === sid) return undefined; // its parent may have left that session after the fork
      const adopts = host.isManager(parent) || SUBREAPERS.has(host.nameOf(parent)) || p.namespacePid[parent] === 1;
      return { sure: adopts ? SURE.otherSession : SURE.otherSessionUnknownAdopter, trace: 'session', says: `it is in session ${sid}, which is not that of ${name}: whoever made it was in that session` };
    }
    if (!host.isManager(parent) || host.isOfInit(row)) return undefined;
    const unit = host.unitOf(row);
    if (unit.endsWith('.scope') && unit !== 'init.scope') return { sure: SURE.inScope, trace: 'cgroup', says: `it is in ${unit}, and ${name} makes no process in a scope` };
    const main = host.mainOfUnit(row);
    if (main !== NO_PROCESS) {
      const sure = host.beganBefore(main, row, SAME_START_MICROS) ? SURE.besideMain : SURE.besideMainAtStart;
      return { sure, trace: 'cgroup', says: `${name} has another process in ${unit} that began before, ${this.name(main)}; a service has one main process` };
    }
    if (unit !== '' || p.cgroup[row] !== 0 || host.isLogin(row) || !host.isInit(parent)) return undefined;
    const service = host.serviceOfUser(row);
    if (service !== NO_PROCESS) return { sure: SURE.besideService, trace: 'user', says: `it began long after ${this.name(service)}, the service of its user; init starts one main process for a service` };
    const manager = host.userManager(row);
    if (manager === NO_PROCESS || !host.beganBefore(manager, row)) return undefined;
    return { sure: SURE.userLoggedIn, trace: 'user', says: `it began while its user was logged in (${this.name(manager)} runs since before), and init runs services for others` };
  }

  /** Nothing shows an adoption: whoever starts services made what leads its own session below it. */
  private manager(row: number, parent: number): void {
    const { p } = this;
    if (this.host.isManager(parent) && p.creator[row] === parent && p.sid[row] === p.pid[row] && p.creatorSure[row] === 0) p.creatorSure[row] = this.host.isOfBoot(row) ? SURE.managerAtBoot : SURE.manager;
  }

  private orphan(row: number, sign: Sign): void {
    const { p, claims } = this;
    const { intervals } = this.rebuilt;
    if (p.creatorWhy[row] !== CREATOR_WHY.traces) {
      p.creator[row] = NO_PROCESS; // the adopter was taken for it
      p.creatorBasis[row] = BASIS_NONE;
      p.creatorWhy[row] = CREATOR_WHY.unknown;
    }
    p.orphanBasis[row] = BASIS_INFERRED;
    p.orphanWhy[row] = ORPHAN_WHY.traces;
    p.orphanSure[row] = Math.max(sign.sure, p.orphanSure[row]!);
    p.adoptedMin[row] = p.start[row]!;
    p.adoptedMax[row] = p.lastSeen[row]!;
    const interval = p.interval[row]!;
    if (interval !== -1) {
      intervals.c[interval] = 1; // it is in the adopter's hands as long as it is on record
      intervals.b[interval] = BASIS_OBSERVED;
    }
    if (p.namespacePid[p.parent[row]!] === 1) p.namespaceInit[row] = p.parent[row]!;
    claims.reason(row, { about: 'orphan', for: true, says: sign.says, trace: sign.trace });
    if (sign.sure < LIVING_FLOOR) claims.reason(row, { about: 'orphan', for: false, says: 'its adoption is not on record; a child of the same parent could look alike', trace: sign.trace });
    claims.runnerUp(row, { about: 'orphan', process: p.parent[row]!, confidence: 1 - sign.sure, says: `${this.name(p.parent[row]!)} made it itself` });
  }

  /** The leader of its session, when that is another: an ancestor without doubt, alive or not. */
  private leader(row: number): (Ancestor & { readonly pid: number; readonly isAlive: boolean }) | undefined {
    const { p, host } = this;
    const sid = p.sid[row]!;
    if (sid <= 1 || sid === p.pid[row]) return undefined;
    const held = host.holder(sid, row);
    const isAlive = held !== NO_PROCESS && p.snapshotStamp[held]! > 0 && p.sid[held] === sid;
    const says = isAlive ? `${this.name(held)} leads its session, and a session is inherited by fork alone` : `pid ${sid}, gone by now, led its session, and a session is inherited by fork alone`;
    return { row: held, pid: sid, isAlive, sure: SURE.sessionLeader, trace: 'session', says };
  }

  /** The nearest ancestor that still lives. */
  private livingAncestor(row: number, parent: number, adopted: Sign | undefined): Ancestor | undefined {
    const { host } = this;
    const found: Ancestor[] = [];
    const namer = host.namerOf(row);
    if (namer !== NO_PROCESS) found.push({ row: namer, sure: SURE.argumentsInGroup, trace: 'arguments', says: `${this.name(namer)}, of the same session or service, names its program in its own arguments` });
    const main = host.mainOfUnit(row);
    if (main !== NO_PROCESS) {
      const sure = host.beganBefore(main, row, SAME_START_MICROS) ? SURE.unitMain : SURE.besideMainAtStart;
      found.push({ row: main, sure, trace: 'cgroup', says: `${this.name(main)} is the main process of its service, ${host.unitOf(row)}` });
    }
    const top = host.topOfSession(row);
    if (top !== NO_PROCESS && top !== parent) found.push({ row: top, sure: SURE.auditSession, trace: 'audit-session', says: `${this.name(top)} is the oldest process of audit session ${this.p.ses[row]}, which is handed on by fork alone` });
    const service = host.isInit(parent) && main === NO_PROCESS && host.unitOf(row) === '' ? host.serviceOfUser(row) : NO_PROCESS;
    if (service !== NO_PROCESS) found.push({ row: service, sure: SURE.besideService, trace: 'user', says: `${this.name(service)} is the service of its user` });
    if (!host.isInit(parent)) found.push({ row: parent, sure: SURE.adopter, trace: 'record', says: `${this.name(parent)} adopted it, and only an ancestor, or init, does` });
    const inSession = /^session-.*\.scope$/.test(host.unitOf(row));
    if (found.length === 0 && (inSession || adopted?.trace === 'user')) {
      const { row: listener, isOnly } = host.listener(row);
      const sure = !isOnly ? SURE.oneOfListeners : inSession ? SURE.onlyListener : SURE.listenerByUser;
      if (listener !== NO_PROCESS) found.push({ row: listener, sure, trace: inSession ? 'cgroup' : 'user', says: `${this.name(listener)} lets in who logs in here, and it is of a login; those between are gone` });
    }
    const sure = found.find((ancestor) => ancestor.sure >= LIVING_FLOOR);
    const named = found[0]?.trace === 'arguments' ? found[0] : undefined;
    if (named && sure) return { ...named, sure: SURE.argumentsInGroup };
    return sure ?? found[0];
  }

  /**
   * The creator, where numbers tell: pids are given one after the other, so the creator is the vanished ancestor `N` or one that came between it and
   * this process. Answers the row of the claimed creator, -1 when nothing is claimed.
   */
  private creator(row: number, leader: { readonly pid: number; readonly isAlive: boolean } | undefined): number {
    const { p, host, claims } = this;
    const pid = p.pid[row]!;
    const pgid = p.pgid[row]!;
    const isGroupKnown = pgid > 1 && pgid !== pid && pgid !== leader?.pid && host.holder(pgid, row) === NO_PROCESS;
    const near = isGroupKnown && pgid < pid && pgid > (leader?.pid ?? 0) ? pgid : leader && !leader.isAlive ? leader.pid : NOT_STATED;
    if (near === NOT_STATED || near > pid) return NO_PROCESS;
    const between = host.vanishedBetween(near, pid, FEW_NUMBERS);
    const strangers = Number.isNaN(host.forkRate) ? STRANGERS_UNKNOWN : host.forkRate * MIDDLE_LIVES_SECONDS;
    const odds = Math.min(SURE.mostWithOneBetween, strangers / (strangers + SURE.oneMoreFork));
    const isJob = pgid === pid;
    const sure = between.length === 0 ? SURE.nextNumber : isJob ? SURE.jobOfLeader : between.length === 1 ? odds : between.length <= FEW_NUMBERS ? odds * SURE.fewNumbers : 0;
    const trace: Trace = near === pgid ? 'process-group' : 'session';
    const ancestor = `pid ${near}, which led its ${trace === 'session' ? 'session' : 'process group'} and is gone`;
    const numbers = between.length === 0 ? 'no vanished process can have come between the two' : `${between.length > FEW_NUMBERS ? 'many' : between.length} number${between.length === 1 ? '' : 's'} between the two belong${between.length === 1 ? 's' : ''} to nobody now`;
    const known = p.creator[row] === NO_PROCESS ? 0 : p.creatorSure[row]!;
    if (known >= sure && known > 0) return p.creator[row]!;
    if (sure >= CREATOR_FLOOR) {
      claims.retract(row, 'creator');
      const made = this.gone(near, row, between.length <= 1 && pgid === p.sid[row]);
      this.claimCreator(row, made, sure);
      claims.reason(row, { about: 'creator', for: true, says: ancestor, trace });
      claims.reason(row, { about: 'creator', for: between.length === 0, says: numbers, trace: 'pid-order' });
      if (isJob && between.length > 0) claims.reason(row, { about: 'creator', for: true, says: 'it leads a process group of its own: a job that its shell made', trace: 'process-group' });
      if (this.hasShellsIgnores(row)) claims.reason(row, { about: 'creator', for: true, says: 'it ignores SIGINT and SIGQUIT, as what a shell puts in the background does', trace: 'ignored-signals' });
      if (between.length > 0) claims.runnerUp(row, { about: 'creator', process: NO_PROCESS, confidence: 1 - sure, says: `a process that pid ${near} made between the two, and that is gone too` });
      return made;
    }
    if (sure >= FLOOR) claims.runnerUp(row, { about: 'creator', process: this.gone(near, row, between.length <= 1 && pgid === p.sid[row]), confidence: sure, says: `${ancestor}; ${numbers}` });
    const chained = between.length === 1 ? (1 - odds) * SURE.nextNumber : 0;
    if (chained < CREATOR_FLOOR || chained <= known) return p.creator[row]!;
    const above = this.gone(near, row, false);
    const made = this.gone(between[0]!, row, true);
    if (p.creator[made] === NO_PROCESS) this.claimCreator(made, above, chained);
    this.claimCreator(row, made, chained);
    claims.reason(row, { about: 'creator', for: true, says: `${ancestor}; pid ${between[0]} came between the two and is gone too: on a host that makes few processes, one more of the same chain`, trace: 'pid-order' });
    claims.runnerUp(row, { about: 'creator', process: above, confidence: odds, says: `pid ${near} itself, and the number between belonged to a stranger` });
    return made;
  }

  private claimCreator(row: number, creator: number, sure: number): void {
    const { p } = this;
    p.creator[row] = creator;
    p.creatorBasis[row] = BASIS_INFERRED;
    p.creatorWhy[row] = CREATOR_WHY.traces;
    p.creatorSure[row] = sure;
  }

  private launcher(row: number, leader: ReturnType<SnapshotTraces['leader']>, living: Ancestor | undefined, creator: number): void {
    const { p, claims } = this;
    let chosen: Ancestor | undefined = leader?.isAlive ? leader : living;
    if (leader && !leader.isAlive) {
      // The middle of a double fork ran no program; then whoever lives above it is the nearer answer. A session's dead shell did.
      const mayBeBare = p.pgid[row] === leader.pid && p.pid[row]! > leader.pid && this.host.vanishedBetween(leader.pid, p.pid[row]!, 1).length <= 1;
      if (!mayBeBare || !living || living.sure < LIVING_FLOOR || living.trace === 'user' || this.isListener(living.row)) {
        chosen = { ...leader, row: this.gone(leader.pid, row, mayBeBare) };
        if (mayBeBare) claims.reason(row, { about: 'launcher', for: false, says: `pid ${leader.pid} may have run no program of its own: then whoever made it launched this one`, trace: 'pid-order' });
        if (living) claims.runnerUp(row, { about: 'launcher', process: living.row, confidence: Math.min(living.sure, 1 - leader.sure + (mayBeBare ? FLOOR : 0)), says: living.says });
      }
    }
    if (!chosen || chosen.sure < FLOOR || chosen.sure <= p.launcherSure[row]!) return;
    p.launcherHint[row] = chosen.row;
    p.launcherSure[row] = chosen.sure;
    if (creator !== NO_PROCESS && creator !== chosen.row && p.launcherSure[creator] === 0) {
      p.launcherHint[creator] = chosen.row;
      p.launcherSure[creator] = chosen.sure;
    }
    claims.reason(row, { about: 'launcher', for: true, says: chosen.says, trace: chosen.trace });
  }

  private isListener(row: number): boolean {
    return this.host.nameOf(row) === 'sshd' && this.host.isInit(this.p.parent[row]!);
  }

  /** How it came in, by session and unit, which adoption leaves as they are. */
  private entry(row: number, parent: number): void {
    const { p, host, claims } = this;
    const unit = host.unitOf(row);
    const say = (kind: EntryKind, process: number, sure: number, trace: Trace, says: string): void => {
      p.entryHintKind[row] = ENTRY[kind];
      p.entryHint[row] = process;
      p.entrySure[row] = sure;
      const creator = p.creator[row]!;
      if (creator !== NO_PROCESS && p.entrySure[creator] === 0 && (p.flags[creator]! & FLAG.unrecorded) !== 0) {
        p.entryHintKind[creator] = ENTRY[kind];
        p.entryHint[creator] = process;
        p.entrySure[creator] = sure;
      }
      claims.reason(row, { about: 'entry', for: true, says, trace });
    };
    const jobs = JOB_UNITS.get(unit);
    const top = host.topOfSession(row);
    if (jobs && host.isLogin(row)) say(jobs, NO_PROCESS, SURE.entryBySession, 'cgroup', `it is in ${unit}, in audit session ${p.ses[row]} of its own: a job`);
    else if (/^session-.*\.scope$/.test(unit)) say(isConsole(this.strings.text(p.tty[row]!)) ? 'console' : 'login', top, SURE.entryBySession, 'cgroup', `it is in ${unit}, which a login opened`);
    else if (unit.endsWith('.service')) {
      const main = host.mainOfUnit(row);
      const starter = host.isInit(parent) ? 'init' : this.name(parent);
      say('service', main, SURE.entryByUnit, 'cgroup', main === NO_PROCESS ? `it is in ${unit}, which ${starter} started; the process that stood for it is gone` : `it is in ${unit}, whose main process is ${this.name(main)}`);
    } else if (unit === '' && host.isInit(parent) && host.serviceOfUser(row) !== NO_PROCESS) {
      const service = host.serviceOfUser(row);
      say('service', service, SURE.besideService, 'user', `${this.name(service)} is the service of its user`);
    } else if (top !== NO_PROCESS && host.isInit(parent)) say('login', top, SURE.entryBySession, 'audit-session', `${this.name(top)} is the oldest process of its audit session ${p.ses[row]}`);
  }

  /** The row of a vanished process that only a number shows; `row` was born below it. */
  private gone(pid: number, row: number, isMiddle: boolean): number {
    const { p } = this;
    const known = this.vanished.get(pid) ?? this.host.holder(pid, row);
    if (known !== NO_PROCESS) return known;
    const made = p.add(p.host[row]!, p.boot[row]!, pid, p.start[row]! - TICK_MICROS);
    p.flags[made] = FLAG.unrecorded | (isMiddle ? FLAG.intermediate : 0);
    p.startSpan[made] = NaN; // nothing dates it but its child
    p.endBasis[made] = BASIS_DERIVED; // a snapshot lacks it; when it ended, nobody knows
    p.ses[made] = p.ses[row]!;
    p.auid[made] = p.auid[row]!;
    p.sid[made] = p.sid[row]!;
    this.vanished.set(pid, made);
    return made;
  }

  private hasShellsIgnores(row: number): boolean {
    return (this.p.signalsIgnored[row]! & SHELL_IGNORES) === SHELL_IGNORES;
  }

  private name(row: number): string {
    return row === NO_PROCESS ? 'an unknown process' : `${this.strings.text(this.p.comm[row]!) ?? (this.host.nameOf(row) || 'pid')} ${this.p.pid[row]}`;
  }
}

function isConsole(tty: string | undefined): boolean {
  return tty !== undefined && /^tty\d+$/.test(tty);
}
