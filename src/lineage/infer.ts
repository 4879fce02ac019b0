import { BASIS_DERIVED, BASIS_INFERRED, BASIS_NONE, FLAG, ID_NOT_STATED, NO_PROCESS, type StringTable } from '../model/index.js';
import { afterStart, isInterpreter, isShell, NAMED, namedIn, type Run } from './argv.js';
import type { BrokerRecords } from './brokerRecords.js';
import type { Claims } from './claims.js';
import { detacherOf } from './detachers.js';
import { groupBySession, Inferred, sessionKey } from './inferred.js';
import { inSession, type Launch, Launches } from './launches.js';
import type { Links } from './lists.js';
import { mayBeBornAfter, type Processes } from './processes.js';
import { aliveUntil, inferOutlived } from './outlived.js';
import { baseName, systemName } from './programNames.js';
import { ASKERS, FILE_TOOLS, NAMESPACE_MAKERS, OF_INIT, waitsForCommand } from './programRoles.js';
import type { LoginRecord } from './sessions.js';
import { inferStopped } from './stopped.js';
import { inferSubshells } from './subshells.js';
import { SURE } from './sure.js';
import { inferTerminalLost, type TerminalLoss } from './terminals.js';
import { CREATOR_WHY, END_WHY, ORPHAN_WHY } from './why.js';

/** A server that detaches is first named by its children within this time. */
const SERVER_WITHIN_MICROS = 10_000_000;

/**
 * What traces say where forks are not on record. The audit session survives every fork and adoption, so a process of a login session that init has was
 * adopted; whoever named its program in its own arguments shortly before launched it; programs that detach by design leave what they ran behind.
 * Arguments are the attacker's to write, so they only pick among processes that the session, the user or the parent already binds.
 */
export class Inference {
  private readonly launches: Launches;
  private readonly leaders: ReadonlyMap<string, number>;
  private readonly given: ReadonlySet<number>;
  private readonly rows: readonly number[];
  private readonly said: Inferred;
  /** Rows below a recorded parent that nothing shows as an adopter of theirs. */
  private readonly below: number[] = [];
  /** Rows that a shell has from birth, which it did not make. */
  private readonly besideShells: number[] = [];
  private prompts: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(
    private readonly p: Processes,
    private readonly intervals: Links,
    private readonly programs: Links,
    private readonly strings: StringTable,
    private readonly logins: readonly LoginRecord[],
    private readonly terminals: readonly TerminalLoss[],
    private readonly brokers: BrokerRecords,
    forksSince: ReadonlyMap<number, number>,
    private readonly claims: Claims,
  ) {
    const rows: number[] = [];
    for (let row = 0; row < p.count; row++) if (!forksSince.has(p.host[row]!)) rows.push(row);
    this.rows = rows;
    this.said = new Inferred(p, intervals, strings, claims);
    this.launches = new Launches(p, programs, strings, rows);
    this.leaders = new Map(logins.map((login) => [sessionKey(login.host, login.boot, login.ses), login.leader]));
    this.given = new Set(logins.map((login) => login.leader));
  }

  run(): void {
    const { p } = this;
    if (this.rows.length === 0) return;
    // A child has its parent's session unless a LOGIN gave it one of its own; so a parent that is only pointed to has its child's.
    for (const row of this.rows) {
      const parent = this.parentOf(row);
      if (parent !== NO_PROCESS && p.spoke[parent] === 0 && p.ses[parent] === ID_NOT_STATED && p.pid[parent]! > 2 && inSession(p, row) && !this.given.has(row)) p.ses[parent] = p.ses[row]!;
    }
    for (const row of this.rows) if (p.spoke[row] === 1 && p.pid[row]! > 2) this.explain(row);
    // Who adopts lives on: what it was given as a command it has not left.
    for (const row of this.below) if (p.subreaper[this.parentOf(row)] !== 1) this.leftBy(row, this.parentOf(row));
    this.unwaited();
    this.servers();
    inferSubshells(p, this.rows, this.strings, this.claims);
    const alive = aliveUntil(p, this.rows);
    inferStopped(p, this.rows, this.programs, this.strings, this.brokers, alive, this.said);
    inferTerminalLost(p, this.terminals, this.launches, this.strings, alive, this.said);
    inferOutlived(p, this.rows, this.logins, alive, this.said, (row) => this.isPrompt(row), (row) => baseName(this.firstRun(row)?.exe) === 'nohup');
  }

  /**
   * The parent that a process has on record. That its number was given again says that it left some time, before its child or after: as long as no
   * record is of the child after that, it says no more than if the number had not come round.
   */
  private parentOf(row: number): number {
    const { p } = this;
    const isGoneOnly = p.orphanBasis[row] === BASIS_DERIVED && p.orphanWhy[row] === ORPHAN_WHY.parentGone && !(p.lastSeen[row]! >= p.adoptedMax[row]!);
    return isGoneOnly && p.creator[row] !== NO_PROCESS ? p.creator[row]! : p.parent[row]!;
  }

  private explain(row: number): void {
    const { p } = this;
    const parent = this.parentOf(row);
    const session = inSession(p, row);
    if (session && parent === NO_PROCESS && p.creator[row] === NO_PROCESS) return this.belowLeader(row);
    if (parent === NO_PROCESS) return;
    // Init has it now; who had it first may have adopted it as well.
    const first = p.creatorWhy[row] === CREATOR_WHY.firstParentSeen ? p.creator[row]! : parent;
    if (first !== parent && p.spoke[first] === 1 && this.beside(row, first)) return;
    if (p.pid[parent] === 1) return session ? this.initInSession(row, parent) : this.initOutsideSession(row);
    if (p.orphanBasis[row] !== BASIS_NONE && p.orphanBasis[row] !== BASIS_DERIVED) return;
    if (this.isManager(parent)) return this.belowManager(row, parent);
    if (p.spoke[parent] === 0) return this.belowUnrecorded(row, parent);
    if (!this.beside(row, parent)) this.below.push(row);
  }

  /** Init starts no process of a session, save the few that then belong to it by right. */
  private initInSession(row: number, init: number): void {
    const { p } = this;
    // Known by a ps without sessions first, and by its session later: what was said of init then is taken back.
    if (p.creatorWhy[row] === CREATOR_WHY.firstParentInit) p.creator[row] = NO_PROCESS;
    if (p.creator[row] !== NO_PROCESS) return;
    if (OF_INIT.has(systemName(this.strings.text(p.exe[row]!)))) {
      p.creator[row] = init;
      p.creatorBasis[row] = BASIS_DERIVED;
      p.creatorWhy[row] = CREATOR_WHY.firstParentInit;
      return;
    }
    if (this.given.has(row)) return;
    this.said.mark(row, init, SURE.initInSession, 'audit-session', 'it belongs to a login session, yet pid 1 has it: init starts no process of a session');
    const launch = this.launches.of(row, (other) => this.sameSession(other, row) && !this.asksOnly(other));
    if (launch) this.launched(row, launch);
    else this.byShellOfSession(row);
  }

  /** Outside a session init may have started it; not if another process of the same user had just named it in its arguments. */
  private initOutsideSession(row: number): void {
    const { p } = this;
    if (p.creatorWhy[row] !== CREATOR_WHY.firstParentInit) return;
    const launch = this.launches.of(row, (other, named) => named >= NAMED.byPath && !inSession(p, other) && p.uid[other] === p.uid[row] && p.uid[row] !== ID_NOT_STATED && !this.asksOnly(other) && !this.isFileTool(other));
    if (!launch) return;
    p.creator[row] = NO_PROCESS;
    this.said.mark(row, p.parent[row]!, launch.named === NAMED.wordForWord ? SURE.namedOutsideSession : SURE.namedOutsideSessionByPath, 'arguments', `pid 1 has it, yet ${this.said.name(launch.row)} of the same user had just named it in its arguments`);
    this.launched(row, launch);
  }

  /** The manager of a user's session starts units, and adopts: what another process of the session had just named is no unit's. */
  private belowManager(row: number, manager: number): void {
    const launch = this.launches.of(row, (other, named) => named >= NAMED.byPath && other !== manager && this.sameSession(other, row) && !this.asksOnly(other) && !this.isFileTool(other));
    if (!launch) return;
    this.said.mark(row, manager, SURE.belowManager, 'arguments', `the user's systemd has it, yet ${this.said.name(launch.row)} had just named it in its arguments`);
    this.launched(row, launch);
  }

  /** Its parent ran no program of its own: a subshell, or the middle of a double fork, seen before it left. */
  private belowUnrecorded(row: number, middle: number): void {
    const { p } = this;
    const launch = this.launches.of(row, (other, named) => named >= NAMED.byPath && other !== middle && this.sameSession(other, row) && !this.asksOnly(other) && !this.isFileTool(other));
    if (!launch) return;
    if (p.pid[launch.row] === p.pid[middle]) return this.sameProcess(row, middle, launch.row);
    const shell = isShell(launch.run.exe);
    const detacher = detacherOf(launch.run);
    if (detacher?.stays === 'copy') return; // the parent is the copy that it leaves behind: see servers
    const after = shell ? afterStart(launch.run.line, launch.at) : 'waits';
    if (p.creator[middle] === NO_PROCESS && p.start[launch.row]! <= p.start[middle]!) {
      p.creator[middle] = launch.row;
      p.creatorBasis[middle] = BASIS_INFERRED;
      p.creatorWhy[middle] = CREATOR_WHY.traces;
      p.creatorSure[middle] = SURE.subshellNamed;
      for (const launched of [middle, row]) {
        p.launcherHint[launched] = launch.row;
        p.launcherSure[launched] = SURE.launcher;
      }
      this.claims.reason(middle, { about: 'creator', for: true, says: `${this.said.name(launch.row)} named what this process ran, ${this.said.name(row)}, in its arguments`, trace: 'arguments' });
    }
    if (detacher?.stays === 'command') this.said.left(row, SURE.detached, 'arguments', `${this.said.name(launch.row)} ran it: ${detacher.says}`);
    else if (after === 'leaves') this.said.left(row, SURE.backgroundLast, 'arguments', `the shell ${this.said.name(launch.row)} put it in the background as the last thing it did`);
    else if (launch.named === NAMED.wordForWord && !isInterpreter(launch.run.exe) && !waitsForCommand(launch.run) && detacher === undefined) {
      p.flags[middle]! |= FLAG.intermediate;
      this.said.left(row, SURE.caughtBetween, 'arguments', `${this.said.name(launch.row)} named it in its arguments, and its parent is a copy between the two that ran no program: a double fork, seen before the middle left`);
    }
  }

  /** Its parent was taken for a later holder of the number; that the earlier one had named it says that it still lived. */
  private sameProcess(row: number, later: number, earlier: number): void {
    const { p, intervals } = this;
    if (p.spoke[later] === 1 || p.firstChild[later] !== row || p.nextSibling[row] !== NO_PROCESS) return;
    p.move(row, earlier);
    p.creator[row] = earlier;
    intervals.a[p.interval[row]!] = earlier;
    p.tentative[later] = 1; // no process of its own after all
    p.end[earlier] = NaN;
    p.endBasis[earlier] = BASIS_NONE;
    p.endWhy[earlier] = END_WHY.unknown;
  }

  /**
   * Its parent is recorded, yet a child of that parent had named it, word for word: the parent adopted it, as a subreaper or the init of a pid namespace;
   * or, where the parent can be neither, it was made with CLONE_PARENT. True if so.
   */
  private beside(row: number, parent: number): boolean {
    const { p } = this;
    const launch = this.launches.of(row, (other, named) => named === NAMED.wordForWord && other !== parent && this.sameSession(other, row) && this.isBelow(other, parent) && !this.asksOnly(other) && !this.isFileTool(other) && !this.waits(other));
    if (!launch || isShell(launch.run.exe)) return false;
    const run = this.launches.lastRun(parent);
    if (run && isShell(run.exe) && !this.isNamespaceInit(parent)) {
      p.creator[row] = launch.row;
      p.creatorBasis[row] = BASIS_INFERRED;
      p.creatorWhy[row] = CREATOR_WHY.traces;
      p.creatorSure[row] = SURE.beside;
      p.launcherHint[row] = launch.row;
      p.launcherSure[row] = SURE.launcher;
      p.flags[row]! |= FLAG.foreignParent;
      this.claims.reason(row, { about: 'creator', for: true, says: `${this.said.name(launch.row)}, itself a child of ${this.said.name(parent)}, had named it in its arguments; a shell adopts nobody, so it was made beside its maker (CLONE_PARENT)`, trace: 'arguments' });
      this.claims.runnerUp(row, { about: 'orphan', process: parent, confidence: 1 - SURE.beside, says: `${this.said.name(parent)} had been made a subreaper, or init of a pid namespace, before it ran the shell: then it adopted it, which leaves the same marks` });
      this.besideShells.push(row);
      return true;
    }
    p.subreaper[parent] = 1;
    this.claims.runnerUp(row, { about: 'orphan', process: NO_PROCESS, confidence: 1 - SURE.beside, says: `${this.said.name(launch.row)} made it with CLONE_PARENT, beside itself: no orphan, and the same marks` });
    this.said.mark(row, parent, SURE.beside, 'arguments', `${this.said.name(launch.row)}, itself a child of ${this.said.name(parent)}, had named it in its arguments: ${this.said.name(parent)} adopted it`);
    this.launched(row, launch);
    return true;
  }

  /** Its parent is its creator, and by what it is it had left before the process did. */
  private leftBy(row: number, parent: number): void {
    const { p } = this;
    if (p.orphanBasis[row] !== BASIS_NONE && p.orphanBasis[row] !== BASIS_DERIVED) return;
    if (p.exe[row] !== 0 && systemName(this.strings.text(p.exe[row]!)) === 'systemd' && this.isManager(p.creator[row] ?? NO_PROCESS)) return;
    const first = p.firstProgram[row]!;
    const by = this.launches.lastRun(parent);
    if (first === NO_PROCESS || !by) return;
    const run = this.launches.runOf(first);
    const { named, at } = namedIn(by, run);
    if (named === NAMED.not) return;
    const detacher = detacherOf(by);
    if (detacher?.stays === 'command') this.said.left(row, SURE.detached, 'arguments', `its creator ${this.said.name(parent)} ran it: ${detacher.says}`);
    else if (isShell(by.exe)) {
      const after = afterStart(by.line, at);
      if (after === 'leaves') this.said.left(row, SURE.backgroundLast, 'arguments', `the shell ${this.said.name(parent)} put it in the background as the last thing it did`);
      else if (after === 'goesOn') this.said.left(row, SURE.backgroundMore, 'arguments', `the shell ${this.said.name(parent)} put it in the background and never waits for it`);
    } else if (named === NAMED.wordForWord && by.line.endsWith(run.line) && !isInterpreter(by.exe) && !waitsForCommand(by) && !this.isNamespaceMaker(by)) {
      this.said.left(row, SURE.launcherOfCommand, 'arguments', `its creator ${this.said.name(parent)} was given it as a command line, and is not known to wait for what it runs`);
    }
  }

  /** A shell waits for what it started itself (sh(1), Lists): whom it has by CLONE_PARENT it leaves behind, unless that one did its work, left another behind, and left. */
  private unwaited(): void {
    const { p } = this;
    if (this.besideShells.length === 0) return;
    const left = new Set(this.rows.filter((row) => p.orphanBasis[row] !== BASIS_NONE).map((row) => p.launcherHint[row]!));
    for (const row of this.besideShells) {
      if (!left.has(row)) this.said.left(row, SURE.besideShell, 'arguments', `${this.said.name(this.parentOf(row))}, a shell, did not start it and waits for what it started only`);
    }
  }

  /** A session's sshd that runs as the user: made by the one that LOGIN gave the session to. */
  private belowLeader(row: number): void {
    const { p, strings } = this;
    const leader = this.leaders.get(sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!));
    if (leader === undefined || leader === row || p.start[leader]! > p.start[row]! || baseName(strings.text(p.exe[row]!)) !== baseName(strings.text(p.exe[leader]!))) return;
    p.creator[row] = leader;
    p.creatorBasis[row] = BASIS_INFERRED;
    p.creatorWhy[row] = CREATOR_WHY.sessionLeader;
    // (sd-pam) closes the session of its systemd --user after that has left (systemd src/core/exec-invoke.c, setup_pam).
    if (this.isManager(leader)) this.said.left(row, SURE.sdPam, 'session', 'it closes the session of its systemd --user, which has left by then');
  }

  /** Servers that no record shows but as a parent, in a session where a program that detaches had just been run. */
  private servers(): void {
    const { p } = this;
    const copies = new Map<string, { row: number; run: Run; forks: 1 | 2; says: string; time: number }[]>();
    for (const row of this.rows) {
      for (const { run, time } of this.launches.runsOf(row)) {
        const detacher = detacherOf(run);
        if (detacher?.stays !== 'copy') continue;
        const key = sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!);
        const made = { row, run, forks: detacher.forks, says: detacher.says, time };
        const known = copies.get(key);
        if (known) known.push(made);
        else copies.set(key, [made]);
      }
    }
    const served = new Set<number>();
    for (const row of this.rows) {
      if (p.spoke[row] === 1 || p.pid[row]! <= 2 || p.creator[row] !== NO_PROCESS) continue;
      const maker = copies.get(sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!))?.filter((made) => !served.has(made.row) && made.time <= p.start[row]! && made.time > p.start[row]! - SERVER_WITHIN_MICROS && mayBeBornAfter(p, row, made.row)).at(-1);
      if (!maker) continue;
      served.add(maker.row);
      p.start[row] = this.said.bornBy(row, p.pid[row]!, maker.time);
      p.comm[row] = p.comm[maker.row]!;
      p.exe[row] = p.exe[maker.row]!;
      this.said.mark(row, this.said.reaper(maker.row), SURE.server, 'executable', `${this.said.name(maker.row)} had just been run in its session: ${maker.says}`);
      this.said.create(row, maker.row, maker.forks === 2, maker.time, SURE.server, 'executable', `${this.said.name(maker.row)} had just been run in its session, and leaves a copy behind`);
    }
  }

  /** The creator that a launch leads to: the launcher, or the middle between the two that only its number shows. */
  private launched(row: number, launch: Launch): void {
    const shell = isShell(launch.run.exe);
    const sure = launch.named === NAMED.wordForWord ? SURE.launcherWordForWord : launch.named === NAMED.byPath ? SURE.launcherByPath : SURE.launcherByName;
    const how = launch.named === NAMED.wordForWord ? 'its whole command line' : launch.named === NAMED.byPath ? 'its program by path' : 'its program by name';
    const says = `${this.said.name(launch.row)} had named ${how} in its own arguments shortly before it ran`;
    const detacher = detacherOf(launch.run);
    this.said.create(row, launch.row, detacher ? detacher.forks === 2 : !shell || launch.run.line[launch.at - 1] === '(', launch.time, sure, 'arguments', says);
  }

  /** No command line names it: then a shell that waits for commands in the same session may have started it. */
  private byShellOfSession(row: number): void {
    const { p } = this;
    this.prompts ??= groupBySession(p, this.rows.filter((other) => this.isPrompt(other)));
    const shells = (this.prompts.get(sessionKey(p.host[row]!, p.boot[row]!, p.ses[row]!)) ?? []).filter((other) => other !== row && p.start[other]! < p.start[row]!);
    const shell = shells.at(-1);
    if (shell !== undefined) this.said.create(row, shell, true, p.start[row]!, shells.length === 1 ? SURE.onlyShell : SURE.lastShell, 'audit-session', `${this.said.name(shell)} is ${shells.length === 1 ? 'the only' : 'the last'} shell of its session that takes commands`);
  }

  private isManager(row: number): boolean {
    return row !== NO_PROCESS && this.p.subreaper[row] === 1 && systemName(this.strings.text(this.p.exe[row]!)) === 'systemd';
  }

  private firstRun(row: number): Run | undefined {
    const first = this.p.firstProgram[row]!;
    return first === NO_PROCESS ? undefined : this.launches.runOf(first);
  }

  private isNamespaceInit(row: number): boolean {
    const { p } = this;
    const above = this.parentOf(row);
    const run = above === NO_PROCESS ? undefined : this.launches.lastRun(above);
    return p.namespaceInit[row] === row || (run !== undefined && this.isNamespaceMaker(run));
  }

  private isNamespaceMaker(run: Run): boolean {
    return NAMESPACE_MAKERS.has(baseName(run.exe));
  }

  private isBelow(row: number, ancestor: number): boolean {
    const { p } = this;
    let at = row;
    for (let depth = 0; at !== NO_PROCESS && depth < 64; depth++) {
      at = p.creator[at] === NO_PROCESS ? p.parent[at]! : p.creator[at]!;
      if (at === ancestor) return true;
    }
    return false;
  }

  private sameSession(a: number, b: number): boolean {
    return this.p.ses[a] === this.p.ses[b];
  }

  private asksOnly(row: number): boolean {
    return ASKERS.has(baseName(this.strings.text(this.p.exe[row]!)));
  }

  private isFileTool(row: number): boolean {
    return FILE_TOOLS.has(baseName(this.strings.text(this.p.exe[row]!)));
  }

  private waits(row: number): boolean {
    const run = this.launches.lastRun(row);
    return run !== undefined && waitsForCommand(run);
  }

  /** A shell that takes its commands from a terminal or a pipe. */
  private isPrompt(row: number): boolean {
    const run = this.launches.lastRun(row);
    return run !== undefined && isShell(run.exe) && (run.args.length === 1 || !run.args.some((arg) => !arg.startsWith('-') || arg === '-c') || run.args[0]!.startsWith('-'));
  }
}
